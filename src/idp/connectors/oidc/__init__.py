"""Sign-in through another OpenID provider (OpenID Connect Core 1.0, authorization code flow with PKCE)."""

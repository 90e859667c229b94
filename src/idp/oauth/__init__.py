"""The one adapter to Authlib's server core. Nothing else imports authlib on the server side.

Authlib brings the reviewed order of checks of each grant and endpoint; this package brings the rows, the single use,
the families of tokens and the claims. `server.OAuthServer` is what the application layer calls, inside one unit of
work.
"""

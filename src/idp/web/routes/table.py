"""Every route of the provider, in one table."""

from starlette.routing import BaseRoute, Mount, Route

from idp.web.assets import Assets
from idp.web.console.files import ConsoleFiles
from idp.web.console.table import list_console_routes
from idp.web.routes import (
    authorize,
    ended,
    home,
    invitation,
    logout,
    metadata,
    recover,
    run,
    sign_in_link,
    upstream,
    vendor,
)
from idp.web.routes.account.table import list_account_routes
from idp.web.routes.tokens import make_endpoint
from idp.web.theme_files import PREFIX, ThemeFiles


def list_routes(assets: Assets, themes: ThemeFiles, console: ConsoleFiles) -> list[BaseRoute]:
    """Return the routes. Methods not listed are answered with 405 and `Allow`."""
    return [
        Route("/", home.home_page, methods=["GET"]),
        Route("/authorize", authorize.authorize_endpoint, methods=["GET", "POST"]),
        Route("/authorize/continue", authorize.continue_endpoint, methods=["GET"]),
        Route("/sign-up", authorize.sign_up_endpoint, methods=["GET"]),
        Route("/consent", authorize.consent_page, methods=["GET"]),
        Route("/consent", authorize.consent_answer, methods=["POST"]),
        Route("/select-account", authorize.select_account_page, methods=["GET"]),
        Route("/select-account", authorize.select_account_answer, methods=["POST"]),
        Route("/run/{run_id}", run.run_page, methods=["GET"]),
        Route("/run/{run_id}", run.run_answer, methods=["POST"]),
        Route("/run/{run_id}/status", run.run_status, methods=["GET"]),
        Route("/sign-in/link", sign_in_link.link_page, methods=["GET"]),
        Route("/sign-in/link", sign_in_link.link_answer, methods=["POST"]),
        Route("/ended", ended.ended_page, methods=["GET"]),
        Route("/ended", ended.ended_answer, methods=["POST"]),
        Route("/recover", recover.recover_page, methods=["GET"]),
        Route("/recover", recover.recover_answer, methods=["POST"]),
        Route("/recover/sent", recover.recover_sent_page, methods=["GET"]),
        Route("/recover/confirm", recover.confirm_page, methods=["GET"]),
        Route("/recover/confirm", recover.confirm_answer, methods=["POST"]),
        Route("/invitation", invitation.invitation_page, methods=["GET"]),
        Route("/invitation", invitation.invitation_answer, methods=["POST"]),
        Route("/logout", logout.logout_endpoint, methods=["GET", "POST"]),
        Route("/logout/confirm", logout.logout_answer, methods=["POST"]),
        *list_account_routes(),
        *list_console_routes(console),
        Route("/return", vendor.return_endpoint, methods=["GET"]),
        Route("/upstream/{connection}/return", upstream.return_endpoint, methods=["GET"]),
        Route("/connectors/{connection}/token", vendor.webhook_token_endpoint, methods=["POST"]),
        Route("/connectors/{connection}/webhook", vendor.webhook_endpoint, methods=["POST"]),
        Route("/token", make_endpoint("token"), methods=["GET", "POST"]),
        Route("/introspect", make_endpoint("introspect"), methods=["GET", "POST"]),
        Route("/revoke", make_endpoint("revoke"), methods=["GET", "POST"]),
        Route("/userinfo", make_endpoint("userinfo"), methods=["GET", "POST"]),
        Route("/jwks.json", metadata.jwks_endpoint, methods=["GET"]),
        Route("/.well-known/openid-configuration", metadata.openid_configuration_endpoint, methods=["GET"]),
        Route("/.well-known/oauth-authorization-server", metadata.oauth_metadata_endpoint, methods=["GET"]),
        Route("/.well-known/change-password", metadata.change_password_endpoint, methods=["GET"]),
        Route("/.well-known/passkey-endpoints", metadata.passkey_endpoints_endpoint, methods=["GET"]),
        Route("/.well-known/webauthn", metadata.related_origins_endpoint, methods=["GET"]),
        Route("/livez", home.livez, methods=["GET"]),
        Route("/readyz", home.readyz, methods=["GET"]),
        Mount("/static", assets),
        Mount(PREFIX, themes),
    ]

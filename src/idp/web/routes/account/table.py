"""The routes of the account pages."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.web.routes.account import (
    access,
    deletion,
    home,
    links,
    passkeys,
    phones,
    profile,
    second_factors,
    security,
)

Handler = Callable[[Request], Awaitable[Response]]


def list_account_routes() -> list[BaseRoute]:
    """Return the routes. Every one of them but `declined` and `keep` needs a signed-in person."""
    return [
        Route("/account", home.home_page, methods=["GET"]),
        Route("/account/declined", home.declined_page, methods=["GET"]),
        Route("/account/activity", home.activity_page, methods=["GET"]),
        *_page("/account/language", home.language_page, home.language_answer),
        Route("/account/profile", profile.profile_page, methods=["GET"]),
        *_page("/account/profile/name", profile.name_page, profile.name_answer),
        *_page("/account/profile/document", profile.document_page, profile.document_answer),
        *_page("/account/email", profile.email_page, profile.email_answer),
        *_page("/account/email/{row}", profile.email_code_page, profile.email_code_answer),
        Route("/account/security", security.security_page, methods=["GET"]),
        *_page("/account/password", security.password_page, security.password_answer),
        *_page("/account/password/remove", security.remove_password_page, security.remove_password_answer),
        *_page("/account/passkeys/add", passkeys.add_page, passkeys.add_answer),
        *_page("/account/passkeys/{row}/rename", passkeys.rename_page, passkeys.rename_answer),
        *_page("/account/passkeys/{row}/remove", passkeys.remove_page, passkeys.remove_answer),
        *_page("/account/links/{row}/rename", links.rename_page, links.rename_answer),
        *_page("/account/links/{row}/remove", links.remove_page, links.remove_answer),
        *_page("/account/authenticators/add", second_factors.add_page, second_factors.add_answer),
        *_page("/account/authenticators/{row}/replace", second_factors.replace_page, second_factors.replace_answer),
        *_page("/account/authenticators/{row}/rename", second_factors.rename_page, second_factors.rename_answer),
        *_page("/account/authenticators/{row}/remove", second_factors.remove_page, second_factors.remove_answer),
        *_page("/account/phones/add", phones.add_page, phones.add_answer),
        *_page("/account/phones/code/{row}", phones.code_page, phones.code_answer),
        *_page("/account/phones/{row}/replace", phones.replace_page, phones.replace_answer),
        *_page("/account/phones/{row}/rename", phones.rename_page, phones.rename_answer),
        *_page("/account/phones/{row}/remove", phones.remove_page, phones.remove_answer),
        *_page("/account/recovery-codes", second_factors.codes_page, second_factors.codes_answer),
        *_page("/account/recovery-codes/remove", second_factors.remove_codes_page, second_factors.remove_codes_answer),
        Route("/account/devices", access.devices_page, methods=["GET"]),
        Route("/account/devices/sign-out-others", access.others_answer, methods=["POST"]),
        Route("/account/devices/{row}/sign-out", access.device_answer, methods=["POST"]),
        Route("/account/applications", access.applications_page, methods=["GET"]),
        *_page("/account/applications/withdraw", access.withdraw_page, access.withdraw_answer),
        Route("/account/identity", deletion.identity_page, methods=["GET"]),
        *_page("/account/identity/delete", deletion.delete_identity_page, deletion.delete_identity_answer),
        *_page("/account/close", deletion.close_page, deletion.close_answer),
        *_page("/account/keep", deletion.keep_page, deletion.keep_answer),
    ]


def _page(path: str, shows: Handler, takes: Handler) -> list[BaseRoute]:
    return [Route(path, shows, methods=["GET"]), Route(path, takes, methods=["POST"])]

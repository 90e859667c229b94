"""The routes of the operators' console."""

from starlette.routing import BaseRoute, Route

from idp.web.console import entrance, set_up
from idp.web.console.files import ConsoleFiles


def list_console_routes(files: ConsoleFiles) -> list[BaseRoute]:
    """Return the routes. What is not one of them is a page of the application itself."""
    return [
        Route("/console/sign-in", entrance.sign_in_endpoint, methods=["GET"]),
        Route("/console/step-up", entrance.step_up_endpoint, methods=["GET"]),
        Route("/console/callback", entrance.callback_endpoint, methods=["GET"]),
        Route("/console/sign-out", entrance.sign_out_answer, methods=["POST"]),
        Route("/console/signed-out", entrance.signed_out_page, methods=["GET"]),
        Route("/console/set-up", set_up.set_up_page, methods=["GET"]),
        Route("/console/set-up", set_up.set_up_answer, methods=["POST"]),
        Route("/console/assets/{name}", files.asset, methods=["GET"]),
        Route("/console", files.page, methods=["GET"]),
        Route("/console/{path:path}", files.page, methods=["GET"]),
    ]

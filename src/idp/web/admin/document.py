"""The OpenAPI document, served beside the API that it describes.

Everybody may read it: it is the same in every installation of a release and stands in the sources, and tools that make
clients from it send no token.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.application.threads import in_thread
from idp.web.admin.openapi import publish_document
from idp.web.admin.operation import PREFIX

DOCUMENT_PATH: Final = f"{PREFIX}/openapi.json"


def list_document_routes() -> list[BaseRoute]:
    """Return the route of the document."""
    return [Route(DOCUMENT_PATH, show_document, methods=["GET"])]


async def show_document(request: Request) -> Response:
    """Answer with the document, or with 304 for who has it (RFC 9110 section 13.1.2)."""
    document = await in_thread(publish_document)
    headers = {"ETag": document.tag, "Cache-Control": "public, no-cache"}
    if matches_tag(request.headers.getlist("if-none-match"), document.tag):
        return Response(status_code=304, headers=headers)
    return Response(document.body, headers=headers, media_type="application/json")


def matches_tag(values: list[str], tag: str) -> bool:
    """Say whether `If-None-Match` names the tag, compared weakly, or anything at all."""
    named = [item.strip().removeprefix("W/") for value in values for item in value.split(",")]
    return tag in named or "*" in named

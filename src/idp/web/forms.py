"""Reading form bodies: small, strict, and in one encoding.

For pages and for the OAuth endpoints that take `application/x-www-form-urlencoded` (RFC 6749 appendix B). The body
never grows past its bound, whatever Content-Length says.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from idp.errors import InvalidInput

MAX_BODY: Final = 16 * 1024
MAX_FIELDS: Final = 64
FORM_TYPE: Final = "application/x-www-form-urlencoded"

Pairs = tuple[tuple[str, str], ...]


async def read_form(request: Request, *, repeatable: frozenset[str] = frozenset()) -> dict[str, str]:
    """Read a form in which every name occurs once. Raises InvalidInput.

    Names in `repeatable` are left out of the answer: read those from `read_pairs`.
    """
    return take_unique(await read_pairs(request), repeatable=repeatable)


async def read_pairs(request: Request) -> Pairs:
    """Read a form as (name, value) pairs in the order they were sent. Raises InvalidInput."""
    check_form_type(request.headers.getlist("content-type"))
    if request.headers.getlist("content-encoding"):
        raise InvalidInput("The form must be sent uncompressed.", detail="Content-Encoding on a form")
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY:
                raise InvalidInput("The form is too large.", code="body_too_large")
    except ClientDisconnect as error:
        raise InvalidInput("The form did not arrive whole.", detail="client disconnected") from error
    return parse_pairs(bytes(body))


def check_form_type(values: list[str]) -> None:
    """Raise InvalidInput unless there is one Content-Type, that of a form, with no charset but UTF-8."""
    media_type, _, parameter = (values[0] if len(values) == 1 else "").partition(";")
    charset = parameter.strip().lower().replace('"', "")
    if media_type.strip().lower() != FORM_TYPE or charset not in ("", "charset=utf-8"):
        raise InvalidInput(
            f"The body must be {FORM_TYPE} in UTF-8.", detail="content type", code="unsupported_media_type"
        )


def parse_pairs(body: bytes) -> Pairs:
    """Decode a form body. Raises InvalidInput if it is malformed, not UTF-8, holds a NUL, or has too many fields."""
    if not body:
        return ()
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise InvalidInput("The form is malformed.", detail=type(error).__name__) from error
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise InvalidInput("The form is malformed.", detail="NUL in a form")
    return tuple(pairs)


def take_unique(pairs: Iterable[tuple[str, str]], *, repeatable: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the pairs as a dict, without those of `repeatable`. Raises InvalidInput for a name sent twice.

    RFC 6749 section 3.1: parameters must not be included more than once.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in repeatable:
            continue
        if name in found:
            raise InvalidInput("A field was sent more than once.", detail="duplicate field")
        found[name] = value
    return found

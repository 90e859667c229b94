"""Cursors: where the next page of a list begins, in a form that says nothing and that only we read."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from idp.web.admin.models.shape import PageQuery
from idp.web.admin.problems import refuse_input

T = TypeVar("T")
Key = str | int
K = TypeVar("K", str, int)


def encode_cursor(key: Key) -> str:
    """Return the cursor of the page that begins after `key`."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def decode_cursor(text: str | None, kind: type[K]) -> K | None:
    """Return the key that a cursor stands for, None for the first page. Refuses one that is not ours."""
    if text is None:
        return None
    try:
        key = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, kind) or isinstance(key, bool) or (isinstance(key, int) and not 0 <= key < 2**63):
        raise refuse_input("cursor", "This cursor is not one that a page gave out.", parameter="cursor")
    return key


def cut_page(found: Sequence[T], limit: int, key_of: Callable[[T], Key]) -> tuple[Sequence[T], str | None]:
    """Return the entries of a page and the cursor of the next, of a list that was asked for one entry more."""
    if len(found) <= limit:
        return found, None
    return found[:limit], encode_cursor(key_of(found[limit - 1]))


def page_of_names(found: Sequence[T], query: PageQuery, name_of: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """Return a page of a short list that is whole in memory, in the order of its names."""
    after = decode_cursor(query.cursor, str)
    rest = [one for one in sorted(found, key=name_of) if after is None or name_of(one) > after]
    return cut_page(rest[: query.limit + 1], query.limit, name_of)

"""Form bodies: small, strict, UTF-8, and no name twice."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from idp.errors import InvalidInput
from idp.web.forms import FORM_TYPE, MAX_BODY, MAX_FIELDS, check_form_type, parse_pairs, read_form, read_pairs

FORM_HEADERS = ((b"content-type", FORM_TYPE.encode()),)


def make_request(*pieces, headers=FORM_HEADERS):
    messages = [
        {"type": "http.request", "body": piece, "more_body": index < len(pieces) - 1}
        for index, piece in enumerate(pieces)
    ]
    asked = []

    async def receive():
        asked.append(1)
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": list(headers), "query_string": b""}
    return Request(scope, receive), asked


def run(reader, *args):
    return anyio.run(reader, *args)


def test_a_form_is_read_in_pieces():
    request, _ = make_request(b"email=maria%40exam", b"ple.com&note=a+b%C3%A4&empty=")
    assert run(read_form, request) == {"email": "maria@example.com", "note": "a bä", "empty": ""}


def test_an_empty_body_is_an_empty_form():
    request, _ = make_request(b"")
    assert run(read_form, request) == {}


def test_a_body_that_grows_too_large_is_refused_before_it_is_read_to_its_end():
    request, asked = make_request(*[b"a" * 4096] * 100)
    with pytest.raises(InvalidInput) as caught:
        run(read_form, request)
    assert caught.value.code == "body_too_large"
    assert len(asked) == MAX_BODY // 4096 + 1


def test_a_body_of_exactly_the_limit_is_read():
    request, _ = make_request(b"a=" + b"x" * (MAX_BODY - 2))
    assert len(run(read_form, request)["a"]) == MAX_BODY - 2


def test_a_client_that_hangs_up_is_bad_input_and_no_server_error():
    request, _ = make_request()
    with pytest.raises(InvalidInput):
        run(read_form, request)


def test_a_name_sent_twice_is_refused_unless_it_may_repeat():
    request, _ = make_request(b"resource=a&resource=b&client_id=c")
    with pytest.raises(InvalidInput, match="more than once"):
        run(read_form, request)
    request, _ = make_request(b"resource=a&resource=b&client_id=c")
    assert run(read_pairs, request) == (("resource", "a"), ("resource", "b"), ("client_id", "c"))

    async def read_repeating(request):
        return await read_form(request, repeatable=frozenset({"resource"}))

    request, _ = make_request(b"resource=a&resource=b&client_id=c")
    assert run(read_repeating, request) == {"client_id": "c"}


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"content-type", b"application/json"),),
        ((b"content-type", b"multipart/form-data; boundary=x"),),
        ((b"content-type", b"text/plain"),),
        ((b"content-type", b"application/x-www-form-urlencoded; charset=utf-16"),),
        ((b"content-type", b"application/x-www-form-urlencoded; charset=utf-8; x=y"),),
        ((b"content-type", FORM_TYPE.encode()), (b"content-type", b"application/json")),
        ((b"content-type", FORM_TYPE.encode()), (b"content-encoding", b"gzip")),
    ],
)
def test_anything_but_a_plain_utf8_form_is_refused(headers):
    request, asked = make_request(b"a=b", headers=headers)
    with pytest.raises(InvalidInput):
        run(read_form, request)
    assert not asked


@pytest.mark.parametrize(
    "value",
    [FORM_TYPE, f"{FORM_TYPE};charset=UTF-8", f'{FORM_TYPE}; charset="utf-8"', FORM_TYPE.upper(), f"{FORM_TYPE};"],
)
def test_spellings_of_the_form_type_that_browsers_and_libraries_send(value):
    check_form_type([value])


@pytest.mark.parametrize(
    "body",
    [
        b"a",
        b"a=b&&c=d",
        b"a=%ff",
        b"a=\xc3\xa4",
        b"a=%00",
        b"%00=a",
        b"&".join(b"a%d=1" % i for i in range(MAX_FIELDS + 1)),
    ],
)
def test_malformed_bodies_are_refused(body):
    with pytest.raises(InvalidInput):
        parse_pairs(body)


def test_the_highest_number_of_fields_is_read():
    assert len(parse_pairs(b"&".join(b"a%d=1" % i for i in range(MAX_FIELDS)))) == MAX_FIELDS


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused_and_nothing_else(body):
    try:
        pairs = parse_pairs(body)
    except InvalidInput:
        return
    assert all(isinstance(name, str) and "\0" not in name + value for name, value in pairs)

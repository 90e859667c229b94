"""What is kept of an applied document: its text, unless it says a secret in clear."""

import pytest

from idp.configuration import says_no_secret


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("name: a\nsecrets: {key: '${env:KEY}', other: '${file:/run/key}'}", True),
        ("name: a", True),
        ("client_id: a\ntoken_endpoint_auth_method: client_secret_basic", True),
        ("name: a\nsecrets: {key: canary}", False),
        ("name: a\nsecrets: {key: 'x${env:KEY}'}", False),
        ('client_id: a\nclient_secret: "can\\u0061ry"', False),
        ("client_id: a\nclient_secret: 12345", False),
    ],
)
def test_a_document_with_a_secret_in_clear_is_told_from_one_with_references(text: str, free: bool) -> None:
    assert says_no_secret(text) is free

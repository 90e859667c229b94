"""Documents are sent again for a few seconds and no longer."""

from idp.web.documents import KEPT_SECONDS, Documents


def test_a_document_is_kept_for_a_few_seconds():
    documents = Documents()
    assert documents.find("jwks", 100.0) is None
    documents.keep("jwks", b"old", 100.0)
    assert documents.find("jwks", 100.0) == b"old"
    assert documents.find("jwks", 100.0 + KEPT_SECONDS - 0.01) == b"old"
    assert documents.find("jwks", 100.0 + KEPT_SECONDS) is None
    assert documents.find("openid", 100.0) is None


def test_a_clock_that_was_set_back_does_not_keep_a_document_for_long():
    documents = Documents()
    documents.keep("jwks", b"old", 100.0)
    assert documents.find("jwks", 99.0) is None


def test_a_document_is_replaced():
    documents = Documents()
    documents.keep("jwks", b"old", 100.0)
    documents.keep("jwks", b"new", 106.0)
    assert documents.find("jwks", 106.0) == b"new"

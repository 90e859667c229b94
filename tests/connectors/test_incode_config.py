"""The settings of an Incode connection."""

import pytest

from idp.connectors.incode import INCODE
from idp.errors import InvalidInput

GIVEN = {"api_url": "https://demo-api.incodesmile.com", "flow_id": "65f0"}


def test_address_and_flow_are_enough_and_the_rest_is_careful():
    config = INCODE.parse(GIVEN)
    assert config.passing == ("OK",)
    assert config.accept_manual_review_approved is False
    assert config.amr == ("face",)
    assert (config.deadline_seconds, config.attempts_per_day) == (600, 5)
    assert config.review_deadline_seconds > config.deadline_seconds


@pytest.mark.parametrize("url", ["https://x.example/", "https://x.example/0", "https://x.example/0/"])
def test_the_base_url_may_come_as_the_sdk_writes_it(url):
    assert INCODE.parse({**GIVEN, "api_url": url}).api_url == "https://x.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_url": "javascript:alert(1)"},
        {"api_url": "x.example"},
        {"api_url": "https://key@x.example"},
        {"api_url": "https://x.example?x-api-key=1"},
        {"api_url": "https://x.example/#a"},
        {"api_url": "https://x.example:0/"},
        {"api_url": "https://x.example:port/"},
        {"api_url": 7},
        {"flow_id": "../flows"},
        {"flow_id": "a/b?c"},
        {"flow_id": ""},
        {"passing": []},
        {"passing": ["OK", "WARN"]},
        {"passing": ["FAIL"]},
        {"passing": "OK"},
        {"accept_manual_review_approved": "yes"},
        {"accept_manual_review_approved": 1},
        {"amr": ["hwk"]},
        {"amr": ["face", "face"]},
        {"deadline_seconds": 0},
        {"deadline_seconds": -1},
        {"poll_seconds": 0},
        {"attempts_per_day": 0},
        {"languages": {"en": "not a language"}},
        {"api_key": "typed into the wrong place"},
        {"unknown": 1},
    ],
)
def test_anything_unclear_is_refused(wrong):
    with pytest.raises(InvalidInput):
        INCODE.parse({**GIVEN, **wrong})


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en", "en-US"), ("EN_gb", "en-US"), ("pt-BR", "pt-BR"), ("de", None), ("", None), ("es-419", "es-ES")],
)
def test_our_locale_becomes_incodes_language_or_none(locale, language):
    assert INCODE.parse(GIVEN).find_language(locale) == language

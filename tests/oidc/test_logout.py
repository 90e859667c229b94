"""Logout at the client's wish: who is asked, and where nobody is sent."""

from dataclasses import replace

import pytest

from idp.errors import InvalidInput
from idp.oidc.logout import (
    MAX_PARAMETER,
    LogoutHint,
    LogoutParams,
    LogoutPlan,
    client_id_of_logout,
    parse_logout,
    plan_logout,
)
from tests.oidc.samples import client

BYE = "https://rp.example/bye"
RP = client(post_logout_redirect_uris=[BYE])
HINT = LogoutHint("sub-a", ("rp",), "sid-1")


def plan(fields=None, hint=HINT, rp=RP, sub="sub-a", sid="sid-1") -> LogoutPlan:
    given = {"id_token_hint": "ey" if hint else None, **(fields or {})}
    return plan_logout(LogoutParams(**given), hint, rp, session_sub=sub, session_sid=sid)


def test_parameters() -> None:
    raw = {
        "id_token_hint": ["ey"],
        "logout_hint": ["sid"],
        "client_id": ["rp"],
        "post_logout_redirect_uri": [BYE],
        "state": ["s"],
        "ui_locales": ["de en"],
        "other": ["a", "b"],
    }
    assert parse_logout(raw) == LogoutParams("ey", "sid", "rp", BYE, "s", ("de", "en"))
    assert parse_logout({"state": [""]}) == LogoutParams()


@pytest.mark.parametrize("values", [["a", "b"], ["a" * 4097], ["a\n"]])
def test_bad_parameters_are_refused(values) -> None:
    with pytest.raises(InvalidInput):
        parse_logout({"state": values})


@pytest.mark.parametrize(
    ("client_id", "hint", "found"),
    [
        (None, None, None),
        ("rp", None, "rp"),
        (None, HINT, "rp"),
        ("rp", HINT, "rp"),
        (None, LogoutHint("s", ("rp", "api")), None),
        ("api", LogoutHint("s", ("rp", "api")), "api"),
    ],
)
def test_the_client_that_the_request_speaks_for(client_id, hint, found) -> None:
    assert client_id_of_logout(LogoutParams(client_id=client_id), hint) == found


def test_a_hint_for_another_client_is_refused() -> None:
    with pytest.raises(InvalidInput):
        client_id_of_logout(LogoutParams(client_id="other"), HINT)


@pytest.mark.parametrize(
    ("hint", "sub", "sid", "confirm"),
    [
        (HINT, "sub-a", "sid-1", False),
        (LogoutHint("sub-a", ("rp",)), "sub-a", "sid-1", False),
        (HINT, "sub-a", "sid-2", True),
        (HINT, "sub-b", "sid-1", True),
        (None, "sub-a", "sid-1", True),
        (None, None, None, False),
        (HINT, None, None, False),
    ],
)
def test_the_person_is_asked_unless_the_hint_is_for_this_session(hint, sub, sid, confirm) -> None:
    assert plan({"client_id": "rp"}, hint, sub=sub, sid=sid) == LogoutPlan(confirm, "rp")


def test_afterwards_the_person_goes_to_a_registered_uri_with_the_state() -> None:
    assert plan({"post_logout_redirect_uri": BYE, "state": "a b"}).redirect_to == BYE + "?state=a+b"
    assert plan({"post_logout_redirect_uri": BYE}).redirect_to == BYE


def test_a_state_without_an_uri_goes_nowhere() -> None:
    assert plan({"state": "s"}).redirect_to is None


@pytest.mark.parametrize("uri", [BYE + "/", BYE + "?x=1", "https://evil.example/", "https://rp.example/cb"])
def test_nobody_is_sent_to_an_uri_that_is_not_registered(uri) -> None:
    with pytest.raises(InvalidInput):
        plan({"post_logout_redirect_uri": uri})


def test_nobody_is_sent_anywhere_for_an_unknown_client() -> None:
    with pytest.raises(InvalidInput):
        plan({"post_logout_redirect_uri": BYE}, hint=None, rp=None)
    assert plan(hint=None, rp=None) == LogoutPlan(True)


def test_a_client_without_registered_uris_sends_nobody() -> None:
    with pytest.raises(InvalidInput):
        plan({"post_logout_redirect_uri": BYE}, rp=client())


def test_a_hint_that_is_not_ours_is_refused() -> None:
    with pytest.raises(InvalidInput):
        plan({"id_token_hint": "forged"}, hint=None)


def test_one_client_cannot_use_anothers_uris() -> None:
    with pytest.raises(InvalidInput):
        plan({"post_logout_redirect_uri": BYE}, hint=LogoutHint("sub-a", ("other",), "sid-1"))


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: parse_logout({"state": ["a", "b"]}), "state is given more than once"),
        (lambda: parse_logout({"state": ["a" * (MAX_PARAMETER + 1)]}), "state is too long or has control characters"),
        (
            lambda: client_id_of_logout(LogoutParams(client_id="other"), HINT),
            "id_token_hint was issued to another client",
        ),
        (lambda: plan({"id_token_hint": "ey"}, hint=None), "id_token_hint is not one of our ID tokens"),
        (lambda: plan(rp=client_named("other")), "the request speaks for another client"),
        (
            lambda: plan({"post_logout_redirect_uri": BYE + "/x"}),
            "post_logout_redirect_uri is not registered for this client",
        ),
    ],
)
def test_what_is_wrong_is_said(attempt, message) -> None:
    with pytest.raises(InvalidInput) as caught:
        attempt()
    assert caught.value.message == message


def client_named(client_id: str):
    return replace(RP, client_id=client_id)


def test_the_longest_state_comes_back_to_the_client_and_nobody_is_asked_in_vain() -> None:
    state = "s" * MAX_PARAMETER
    assert parse_logout({"state": [state]}).state == state
    got = plan({"post_logout_redirect_uri": BYE, "state": "s"})
    assert got == LogoutPlan(False, "rp", f"{BYE}?state=s")
    stranger = plan({"post_logout_redirect_uri": BYE, "state": "s"}, sub="sub-b")
    assert (stranger.confirm, stranger.client_id) == (True, "rp")

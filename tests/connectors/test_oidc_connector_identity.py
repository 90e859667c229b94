"""Sign-in at another provider: who it was, how and when they signed in there, and how little of that is believed."""

from typing import Any

import pytest

from idp.connectors.api import ConnectorError
from idp.connectors.oidc.connector import OIDC
from idp.errors import InvalidInput
from tests.connectors.oidc_refusals import far, refused
from tests.connectors.oidc_world import ISSUER, Far

__all__ = ["far"]

pytestmark = pytest.mark.anyio


async def test_an_identity_is_issuer_and_subject_and_little_else_is_believed(far: Far) -> None:
    far.claims = {
        "email": "Bob@Far.example",
        "email_verified": True,
        "name": "Bob Far",
        "locale": "x" * 300,
        "acr": "urn:idp:acr:idv",
        "amr": ["mfa", "pwd", "face"],
        "groups": ["admin"],
    }
    returned = await far.journey()
    found = returned.identity
    assert found is not None
    assert (returned.outcome, dict(returned.output)) == ("completed", {"email_verified": True, "multi_factor": False})
    assert (found.issuer, found.subject, found.at) == (ISSUER, "far-1", int(far.clock.now()) - 10)
    assert (found.methods, found.amr) == (("federated",), ())
    assert (found.email, found.email_verified, dict(found.claims)) == ("Bob@far.example", True, {"name": "Bob Far"})


@pytest.mark.parametrize(
    ("claims", "methods", "amr"),
    [
        ({"acr": "phr"}, ("federated", "federated_mfa"), ()),
        ({"acr": "PHR"}, ("federated",), ()),
        ({"acr": ["phr"]}, ("federated",), ()),
        ({"amr": ["mfa"]}, ("federated", "federated_mfa"), ()),
        ({"amr": "mfa"}, ("federated",), ()),
        ({"amr": ["otp", "rsa", "otp", 1, None]}, ("federated",), ("otp",)),
        ({"amr": ["fido", "otp"]}, ("federated",), ("hwk", "otp")),
    ],
)
async def test_acr_and_amr_mean_what_the_settings_list_and_nothing_else(
    far: Far, claims: dict[str, Any], methods: tuple[str, ...], amr: tuple[str, ...]
) -> None:
    far.claims = claims
    settings = {"multi_factor_acr": ["phr"], "multi_factor_amr": ["mfa"], "amr": {"otp": "otp", "fido": "hwk"}}
    found = (await far.journey(far.open(**settings))).identity
    assert found is not None
    assert (found.methods, found.amr) == (methods, amr)


@pytest.mark.parametrize("value", ["idv", "mfa", "email", ""])
def test_amr_that_counts_other_evidence_or_is_no_registered_word_is_not_passed_on(value: str) -> None:
    with pytest.raises(InvalidInput):
        OIDC.parse({"issuer": ISSUER, "client_id": "c", "display_name": "x", "amr": {"theirs": value}})


@pytest.mark.parametrize(
    ("email", "verified", "domains", "wanted"),
    [
        ("bob@far.example", True, [], True),
        ("bob@far.example", "true", [], False),
        ("bob@far.example", 1, [], False),
        ("bob@far.example", None, [], False),
        ("bob@far.example", True, ["far.example"], True),
        ("bob@corp.example", True, ["far.example"], False),
        ("bob@sub.far.example", True, ["far.example"], False),
        ("no address", True, [], False),
        (["bob@far.example"], True, [], False),
    ],
)
async def test_an_address_is_verified_only_by_a_plain_word_of_a_provider_that_may_say_so(
    far: Far, email: Any, verified: Any, domains: list[str], wanted: bool
) -> None:
    far.claims = {"email": email, "email_verified": verified}
    found = (await far.journey(far.open(email_domains=domains))).identity
    assert found is not None
    assert found.email_verified is wanted


async def test_userinfo_fills_in_what_the_token_leaves_out(far: Far) -> None:
    far.more = {"email": "bob@far.example", "email_verified": True, "acr": "phr", "amr": ["otp"], "auth_time": 1}
    connector = far.open(userinfo=True, multi_factor_acr=["phr"], amr={"otp": "otp"})
    found = (await far.journey(connector)).identity
    assert found is not None
    assert (found.email, found.email_verified) == ("bob@far.example", True)
    assert (found.methods, found.amr) == (("federated",), ())
    assert far.came[-1].headers["authorization"] == "Bearer at"


async def test_the_word_for_one_address_verifies_no_other(far: Far) -> None:
    far.claims = {"email": "victim@corp.example"}
    far.more = {"email": "bob@far.example", "email_verified": True}
    found = (await far.journey(far.open(userinfo=True))).identity
    assert found is not None
    assert (found.email, found.email_verified) == ("victim@corp.example", False)


@pytest.mark.parametrize("more", [{"sub": "far-2"}, {"sub": None}, {"sub": ["far-1"]}])
async def test_userinfo_of_somebody_else_is_refused(far: Far, more: dict[str, Any]) -> None:
    far.more = more
    assert await refused(far, userinfo=True) == "id_token_refused"


async def test_without_a_userinfo_endpoint_the_token_is_enough(far: Far) -> None:
    far.metadata = {"userinfo_endpoint": None}
    assert (await far.journey(far.open(userinfo=True))).identity is not None


@pytest.mark.parametrize(
    ("age", "config", "wanted", "code"),
    [
        (43_300, {}, None, "login_too_old"),
        (43_200, {}, None, ""),
        (90_000, {"max_age_seconds": None}, None, ""),
        (400, {}, 300.0, "login_too_old"),
        (30, {}, 0.0, ""),
        (None, {}, None, ""),
        (None, {"require_auth_time": True}, None, "login_too_old"),
        (None, {}, 300.0, "login_too_old"),
    ],
)
async def test_a_sign_in_there_may_not_be_older_than_is_wanted(
    far: Far, age: int | None, config: dict[str, Any], wanted: float | None, code: str
) -> None:
    now = int(far.clock.now())
    far.claims = {"auth_time": None if age is None else now - age}
    connector = far.open(**config)
    away, _ = await far.leave(connector, max_age=wanted)
    if code:
        with pytest.raises(ConnectorError) as caught:
            await far.come_back(connector, away)
        assert caught.value.code == code
        return
    found = (await far.come_back(connector, away)).identity
    assert found is not None
    assert found.at == (far.clock.now() if age is None else now - age)

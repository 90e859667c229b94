"""Sign-in at another provider: what the browser brings back, forged, mixed up, refused or used before."""

import httpx
import pytest

from idp.connectors.api import ConnectorError, name_failure
from tests.connectors.oidc_refusals import far, refused
from tests.connectors.oidc_world import Far

__all__ = ["far"]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"iss": "https://evil.example"}, "issuer_mixed_up"),
        ({"iss": ""}, "issuer_mixed_up"),
        ({"iss": "https://evil.example", "error": "access_denied"}, "issuer_mixed_up"),
        ({"state": "of-another-run"}, "return_malformed"),
        ({"state": ""}, "return_malformed"),
        ({"code": ""}, "return_malformed"),
        ({"code": "c" * 5000}, "return_malformed"),
        ({"error": "invalid_scope"}, "upstream_refused"),
        ({"error": "temporarily_unavailable"}, "unavailable"),
    ],
)
async def test_a_forged_or_mixed_up_return_is_refused_and_nobody_is_called(
    far: Far, params: dict[str, str], code: str
) -> None:
    connector = far.open()
    away, _ = await far.leave(connector)
    with pytest.raises(ConnectorError) as caught:
        await far.come_back(connector, away, **params)
    assert name_failure(caught.value) == code
    assert far.count("/token") == 0


async def test_a_provider_that_does_not_name_itself_need_not(far: Far) -> None:
    far.metadata = {"authorization_response_iss_parameter_supported": None}
    connector = far.open()
    away, _ = await far.leave(connector)
    assert (await far.come_back(connector, away, iss="")).identity is not None
    with pytest.raises(ConnectorError):
        await far.come_back(connector, away, iss="https://evil.example")


@pytest.mark.parametrize("error", ["access_denied", "consent_required", "account_selection_required"])
async def test_who_does_not_want_to_is_no_failure(far: Far, error: str) -> None:
    connector = far.open()
    away, _ = await far.leave(connector)
    returned = await far.come_back(connector, away, error=error, code="")
    assert (returned.outcome, returned.identity) == ("cancelled", None)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(400, content=b'{"error": "invalid_grant"}'), "upstream_refused"),
        (httpx.Response(400, content=b'{"error": "invalid_client"}'), "credentials_refused"),
        (httpx.Response(401, content=b"{}"), "credentials_refused"),
        (httpx.Response(500, content=b"{}"), "unavailable"),
        (httpx.Response(429, content=b"{}"), "rate_limited"),
        (httpx.Response(200, content=b"[]"), "unreadable"),
        (httpx.Response(302, content=b""), "rejected"),
        (httpx.ReadTimeout("slow"), "timeout"),
    ],
)
async def test_a_code_that_is_not_taken_is_an_error_and_is_never_sent_twice(
    far: Far, answer: httpx.Response | Exception, code: str
) -> None:
    far.answers["/token"] = answer
    assert await refused(far) == code
    assert far.count("/token") == 1

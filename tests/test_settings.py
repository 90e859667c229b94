"""Settings: what is refused, in words, and never with a value."""

import pytest

from idp.errors import InvalidInput
from idp.settings import read_settings

RP_ID, ORIGINS = "IDP_PASSKEY_RP_ID", "IDP_PASSKEY_RELATED_ORIGINS"


@pytest.mark.parametrize(
    "domain", ["localhost", "login.example.com", "example.com", "xn--bcher-kva.example", "a-b.example"]
)
def test_passkeys_can_be_bound_to_a_domain(domain: str) -> None:
    assert read_settings({RP_ID: domain}).passkey_rp_id == domain


@pytest.mark.parametrize(
    "text",
    [
        *("", "Example.com", "https://example.com", "example.com:443", "example.com/", "192.0.2.1", "[::1]", "::1"),
        *("a b.example", "-a.example", "a-.example", ".example", "example.", "exa\nmple", "bücher.example", "a" * 64),
    ],
)
def test_passkeys_cannot_be_bound_to_anything_else(text: str) -> None:
    with pytest.raises(InvalidInput, match="passkey_rp_id must be a domain name"):
        read_settings({RP_ID: text})


def test_related_origins_are_a_list() -> None:
    settings = read_settings({ORIGINS: "https://a.example, https://b.example:8443"})
    assert settings.passkey_related_origins == ("https://a.example", "https://b.example:8443")
    assert read_settings({}).passkey_related_origins == ()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "http://a.example",
            "a.example",
            "https://",
            "https://a.example/",
            "https://a.example:",
            "https://a.example:x",
        ),
        *("https://192.0.2.1", "https://a.example:123456", "https://user@a.example", "https://A.example", "*"),
    ],
)
def test_a_related_origin_is_an_https_origin_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidInput, match="passkey_related_origins must be https origins"):
        read_settings({ORIGINS: f"https://good.example,{text}"})

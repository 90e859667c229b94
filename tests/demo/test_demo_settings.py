"""Settings and the bank's registration."""

from pathlib import Path

import pytest

from idp.configuration import read_document
from idp.demo.settings import DemoSettings, read_settings
from idp.oidc.registration import register_client

REGISTRATION = Path(__file__).parents[2] / "config" / "demo" / "fernhill-bank.yaml"


def test_settings_come_from_the_environment() -> None:
    settings = read_settings({"DEMO_BANK_PORT": "9001", "DEMO_ISSUER": "http://localhost:9000", "OTHER": "x"})
    assert (settings.bank_port, settings.issuer, settings.api_port) == (9001, "http://localhost:9000", 8002)
    with pytest.raises(ValueError, match="soon"):
        read_settings({"DEMO_BANK_PORT": "soon"})


def test_the_registration_fits_what_the_bank_asks_for() -> None:
    settings = DemoSettings()
    environ = {"DEMO_BANK_SECRET": "s" * 32, "DEMO_BANK_URL": settings.bank_url, "DEMO_API_URL": settings.api_url}
    document = read_document(REGISTRATION, environ)
    assert document["client_secret"] == "s" * 32
    registration = register_client(document)
    assert registration.client_id == settings.client_id
    assert registration.metadata["redirect_uris"] == [settings.redirect_uri]
    assert set(settings.scope.split()) == set(registration.metadata["scope"].split())
    assert registration.policy.audience == settings.api_url

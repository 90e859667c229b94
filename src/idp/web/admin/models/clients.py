"""Relying parties."""

from typing import Any

from pydantic import Field

from idp.web.admin.models.shape import Answer, Body, Time


class Client(Answer):
    """A relying party. Its secret is never in here."""

    client_id: str
    name: str
    metadata: dict[str, Any] = Field(description="As registered (RFC 7591), with defaults filled in.")
    policy: dict[str, Any] = Field(description="What we decide about it: levels, consent, token lifetimes, flows.")
    secrets: int = Field(description="How many secrets it may use: two for a while after a rotation.")
    privileged: bool = Field(
        description="Whether it reaches this API, or is what administrators sign in through. Only owners change it."
    )
    created_at: Time
    updated_at: Time
    etag: str


class ClientChange(Body):
    """What a client shall be from now on."""

    metadata: dict[str, Any] = Field(
        max_length=60, description="RFC 7591 metadata, with `idp_policy`. No secret: it is made here."
    )


class NewClient(ClientChange):
    """A client to register."""

    client_id: str | None = Field(default=None, max_length=128, description="Made up here if it is left out.")


class ClientWithSecret(Client):
    """A client with its new secret, the only time that it is shown. Null for one that needs none."""

    client_secret: str | None


class SecretRotation(Body):
    """Make a new secret."""

    keep_previous: bool = Field(
        default=True, description="Let the one before work on, until the next rotation or until this is false."
    )

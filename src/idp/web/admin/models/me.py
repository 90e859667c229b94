"""Who is calling."""

from pydantic import Field

from idp.application.admin.permissions import Permission
from idp.records.accounts import Role
from idp.web.admin.models.shape import Answer, Time


class Person(Answer):
    """A user, by the public subject."""

    id: str = Field(description="The subject identifier (`sub`).")
    email: str
    name: str | None


class Me(Answer):
    """The caller, and what they may do."""

    user: Person | None = Field(description="Null for a client that acts for itself.")
    client_id: str | None = Field(description="The client whose access token this is, null in the console.")
    roles: list[Role]
    permissions: list[Permission]
    acr: str | None = Field(description="The level of the sign-in.")
    auth_time: Time | None
    session_expires_at: Time
    production: bool = Field(description="False where the provider runs on one machine for trying it out.")
    issuer: str

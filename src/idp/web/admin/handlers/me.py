"""Who is calling."""

from idp.application.admin.permissions import PERMISSIONS
from idp.web.admin.calls import Call, Reply
from idp.web.admin.models.me import Me, Person
from idp.web.admin.models.shape import at, at_or_none


def get_me(call: Call) -> Reply:
    """Say who is calling and what they may do."""
    caller = call.caller
    user = caller.user
    return Reply(
        Me(
            user=Person(id=user.sub, email=user.email, name=user.name) if user is not None else None,
            client_id=caller.client_id,
            roles=list(caller.roles),
            permissions=[one for one in PERMISSIONS if one in caller.permissions],
            acr=caller.acr,
            auth_time=at_or_none(caller.auth_time),
            session_expires_at=at(caller.expires_at),
            production=call.desk.production,
            issuer=call.deps.policy.issuer,
        )
    )

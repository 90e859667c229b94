"""Signing keys. Their private part is nowhere in here."""

from idp.application.audit import note
from idp.errors import NotFound
from idp.records.tokens import SigningKey
from idp.web.admin.calls import Call, Reply
from idp.web.admin.models import setup as models
from idp.web.admin.models.shape import at, at_or_none, plain


def list_keys(call: Call) -> Reply:
    """List signing keys, oldest first."""
    with call.deps.storage.read() as uow:
        return Reply(models.Keys(keys=[_describe_key(one) for one in uow.keys.all()]))


def stage_key(call: Call) -> Reply:
    """Publish the next key."""
    with call.deps.storage.together():
        key = call.desk.keys.stage(call.body.alg)
        _note(call, "key.stage", key.kid)
    return Reply(_describe_key(key))


def activate_key(call: Call) -> Reply:
    """Let a staged key sign."""
    kid = call.path["kid"]
    try:
        with call.deps.storage.together():
            call.desk.keys.activate(kid)
            _note(call, "key.activate", kid)
    except KeyError:
        raise NotFound(f"There is no staged key {kid[:60]!r}.") from None
    return list_keys(call)


def _describe_key(key: SigningKey) -> models.Key:
    return models.Key(
        kid=key.kid,
        alg=key.alg,
        status=key.status,
        created_at=at(key.created_at),
        retired_at=at_or_none(key.retired_at),
        jwk=plain(key.public_jwk),
    )


def _note(call: Call, action: str, kid: str) -> None:
    change = call.change(action)
    with call.deps.storage.write() as uow:
        note(call.deps, uow, action, "done", actor=change.actor, trace=change.trace, data={"kid": kid})

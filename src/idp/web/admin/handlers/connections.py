"""Connections: kinds, settings, health and tests. No secret is ever answered."""

from collections.abc import Mapping
from typing import Any, Final, cast

from idp.application.admin import connections
from idp.application.admin.connections import ConnectionView, ConnectionWish
from idp.application.admin.uses import Uses
from idp.connectors.api import ConnectorType
from idp.connectors.breaker import BreakerState
from idp.web.admin.calls import Call, Later, Reply, quote_tag
from idp.web.admin.cursors import page_of_names
from idp.web.admin.models import connections as models
from idp.web.admin.models.shape import Page, at, at_or_none, plain

#: What to do about a check that failed, where its own words do not say it.
_REMEDIES: Final[Mapping[str, str]] = {
    "address": "Enter an https address that is public, or allow the host in IDP_EGRESS_HOSTS.",
    "name": "Check the spelling of the host, and the name server of this machine.",
    "connection": "Ask whoever runs the firewall to let this machine reach the host.",
    "certificate": "Ask the vendor, or whoever runs a proxy in between, for a certificate of a known authority.",
    "answer": "Compare the API URL with the vendor's documentation, and look at the vendor's status page.",
    "api_key": "Copy the API key from the vendor's dashboard again, for the same environment as the API URL.",
    "flow": "Copy the flow ID from the vendor's dashboard again.",
    "admin_login": "Enter the e-mail and password of an administrator at the vendor.",
    "account": "Compare the account with the service's dashboard, and enter its token again.",
    "metadata": "Compare the issuer with what the provider writes at /.well-known/openid-configuration.",
    "keys": "Ask the provider which algorithms it signs with, and look at its status page.",
    "list": "Compare the URL with the documentation of the list, and look at its status page.",
    "sign_in": "Enter user name and password of the mail server again.",
}


def list_types(call: Call) -> Reply:
    """List the kinds of connections."""
    kinds = sorted(call.deps.switchboard.types.values(), key=lambda kind: kind.title)
    return Reply(models.ConnectionTypes(types=[_describe_type(kind) for kind in kinds]))


def list_connections(call: Call) -> Reply:
    """List connections by name."""
    known = connections.list_connections(call.deps, call.query.ability)
    found, cursor = page_of_names(known, call.query, lambda one: one.record.name)
    return Reply(Page[models.Connection](items=[_describe(call, one) for one in found], next=cursor))


def get_connection(call: Call) -> Reply:
    """Show a connection."""
    return _reply(call, call.path["connection"])


def create_connection(call: Call) -> Reply:
    """Make a connection."""
    body: models.NewConnection = call.body
    connections.save_connection(call.deps, body.name, _wish(body), call.change("created"), seen=None)
    reply = _reply(call, body.name)
    return Reply(reply.body, reply.tag, {"Location": f"{call.root}/connections/{body.name}"})


def put_connection(call: Call) -> Reply:
    """Change a connection that is as the caller saw it."""
    name = call.path["connection"]
    seen = _see(call, name)
    connections.save_connection(call.deps, name, _wish(call.body), call.change("changed"), seen=seen)
    return _reply(call, name)


def delete_connection(call: Call) -> Reply:
    """Remove a connection that no live flow uses."""
    name = call.path["connection"]
    seen = _see(call, name)
    connections.remove_connection(call.deps, name, call.change("removed"), seen=seen)
    return Reply()


def test_connection(call: Call) -> Later:
    """Try a connection, outside of every transaction."""
    connector = connections.open_for_test(call.deps, call.path["connection"], call.change("tested"))

    async def ask() -> Reply:
        report = await connector.check()
        checks = [
            models.HealthCheck(
                name=one.name,
                ok=one.ok,
                what=one.message,
                what_to_do=_REMEDIES.get(one.name, "") if one.ok is False else "",
            )
            for one in report.checks
        ]
        return Reply(models.ConnectionTested(ok=report.ok, checks=checks))

    return ask


def _wish(body: models.ConnectionChange) -> ConnectionWish:
    return ConnectionWish(body.type, body.description, body.settings, body.secrets)


def _see(call: Call, name: str) -> int:
    """Return the version of the connection that the caller saw, if that is what there is. Raises NotFound, Refused."""
    view = connections.find_connection(call.deps, name)
    call.expect(_tag(view), lambda: _describe(call, view))
    return view.record.version


def _reply(call: Call, name: str) -> Reply:
    view = connections.find_connection(call.deps, name)
    return Reply(_describe(call, view), _tag(view))


def _tag(view: ConnectionView) -> str:
    return f"{view.record.version}.{int(view.record.updated_at * 1000):x}"


def _describe_type(kind: ConnectorType) -> models.ConnectionType:
    members = {
        one.name: {"type": ["string", "null"], "title": one.title, "writeOnly": True} for one in kind.secret_fields
    }
    return models.ConnectionType(
        type=kind.type,
        title=kind.title,
        use=cast(Any, kind.use),
        abilities=sorted(kind.abilities),
        settings_schema=plain(kind.schema()),
        secrets_schema={"type": "object", "properties": members, "additionalProperties": False},
        secrets=[
            models.SecretForm(name=one.name, title=one.title, required=one.required) for one in kind.secret_fields
        ],
    )


def _describe(call: Call, view: ConnectionView) -> models.Connection:
    record = view.record
    kind = call.deps.switchboard.types.get(record.type)
    names = [one.name for one in kind.secret_fields] if kind is not None else sorted(view.held)
    return models.Connection(
        name=record.name,
        type=record.type,
        description=record.description,
        settings=plain(record.config),
        secrets={name: models.SecretState(set=name in view.held) for name in names},
        updated_at=at(record.updated_at),
        abilities=sorted(view.abilities),
        used_by=list(view.uses.live),
        other_uses=_describe_uses(view.uses),
        health=_describe_health(view),
        etag=quote_tag(_tag(view)),
    )


def _describe_uses(uses: Uses) -> models.OtherUses:
    return models.OtherUses(
        running=[
            models.RunningUse(flow=flow, version=version, people=people) for flow, version, people in uses.running
        ],
        drafts=[models.DraftUse(flow=flow, draft=draft) for flow, draft in uses.drafts],
        unnamed=list(uses.unnamed),
    )


def _describe_health(view: ConnectionView) -> models.ConnectionHealth:
    counts = [
        models.ResultCount(status=status, overall=overall, error=error, count=count)
        for status, overall, error, count in view.results
    ]
    failed = sum(one.count for one in counts if one.status == "error")
    is_open = view.breaker is not None and view.breaker.position != "closed"
    failing = is_open or 2 * failed > sum(one.count for one in counts)
    used = bool(counts) or view.breaker is not None
    return models.ConnectionHealth(
        state="failing" if failing else "ok" if used else "unknown",
        breaker=_describe_breaker(view.breaker) if view.breaker is not None else None,
        last_day=counts,
    )


def _describe_breaker(state: BreakerState) -> models.BreakerHealth:
    return models.BreakerHealth(
        state=state.position,
        failures=state.failures,
        retry_at=at_or_none(state.retry_at),
        last_failure=state.last_failure,
    )

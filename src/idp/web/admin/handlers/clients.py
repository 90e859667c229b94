"""Relying parties: registered, changed, rotated and removed. A secret is shown once, when it is made."""

from dataclasses import asdict

from idp.application.admin import relying_parties as parties
from idp.records.clients import Client as ClientRecord
from idp.web.admin.calls import Call, Reply, quote_tag
from idp.web.admin.cursors import page_of_names
from idp.web.admin.models import clients as models
from idp.web.admin.models.shape import Page, at, plain


def list_clients(call: Call) -> Reply:
    """List clients by their ids."""
    found, cursor = page_of_names(parties.list_clients(call.deps), call.query, lambda one: one.client_id)
    return Reply(Page[models.Client](items=[_describe(call, one) for one in found], next=cursor))


def get_client(call: Call) -> Reply:
    """Show a client."""
    client = parties.find_client(call.deps, call.path["client_id"])
    return Reply(_describe(call, client), _tag(client))


def register_client(call: Call) -> Reply:
    """Register a client."""
    body: models.NewClient = call.body
    made = parties.register(call.deps, call.caller, body.client_id, body.metadata, call.change("registered"))
    location = {"Location": f"{call.root}/clients/{made.client.client_id}"}
    return Reply(_with_secret(call, made), _tag(made.client), location)


def put_client(call: Call) -> Reply:
    """Change a client that is as the caller saw it."""
    before = _see(call)
    client = parties.change_client(call.deps, call.caller, before, call.body.metadata, call.change("changed"))
    return Reply(_describe(call, client), _tag(client))


def delete_client(call: Call) -> Reply:
    """Remove a client that is as the caller saw it."""
    parties.remove_client(call.deps, call.caller, _see(call), call.change("removed"))
    return Reply()


def rotate_secret(call: Call) -> Reply:
    """Give a client a new secret."""
    before, keep = _see(call), call.body.keep_previous
    made = parties.rotate_secret(call.deps, call.caller, before, call.change("rotated"), keep_previous=keep)
    return Reply(_with_secret(call, made), _tag(made.client))


def _see(call: Call) -> ClientRecord:
    client = parties.find_client(call.deps, call.path["client_id"])
    call.expect(_tag(client), lambda: _describe(call, client))
    return client


def _tag(client: ClientRecord) -> str:
    return f"{client.version}.{int(client.created_at * 1000):x}"


def _with_secret(call: Call, made: parties.Registered) -> models.ClientWithSecret:
    return models.ClientWithSecret(**_describe(call, made.client).model_dump(), client_secret=made.secret)


def _describe(call: Call, client: ClientRecord) -> models.Client:
    # Without what is not set, so that it can be sent back as it was read.
    policy = {name: value for name, value in asdict(client.policy).items() if value is not None}
    return models.Client(
        client_id=client.client_id,
        name=client.name,
        metadata=plain(client.metadata),
        policy=plain(policy),
        secrets=len(client.secret_digests),
        privileged=parties.is_privileged(call.deps, client),
        created_at=at(client.created_at),
        updated_at=at(client.updated_at),
        etag=quote_tag(_tag(client)),
    )

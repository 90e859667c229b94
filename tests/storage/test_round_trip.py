"""Whatever a record may hold comes back as it was, or is refused as InvalidInput; on both engines alike."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary

from idp.errors import Conflict, InvalidInput
from idp.records import accounts, chain, clients, console, journeys, operations, tokens
from idp.records import documents as document_records
from idp.records import flows as flow_records
from idp.storage.sql import (
    access_tokens,
    answers,
    applied,
    audit,
    cases,
    closures,
    codes,
    connections,
    consents,
    console_sessions,
    credentials,
    departures,
    devices,
    documents,
    drafts,
    evidence,
    flows,
    grants,
    hops,
    identities,
    keys,
    links,
    outbox,
    refresh_tokens,
    registrations,
    releases,
    requests,
    roles,
    runs,
    sessions,
    users,
    vendor_deletions,
    verifications,
)
from idp.storage.sql import chain as chain_rows
from idp.storage.sql import clients as client_rows
from idp.storage.sql.codec import codec
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.tables import METADATA
from tests.storage.rows import LATER, NOW, Seed

MAPPINGS: dict[type, Rows[Any]] = {
    accounts.User: users._ROWS,
    accounts.Credential: credentials._ROWS,
    accounts.EnrolledIdentity: identities._ROWS,
    accounts.PendingRegistration: registrations._ROWS,
    accounts.Consent: consents._ROWS,
    accounts.RoleAssignment: roles._ROWS,
    accounts.KnownDevice: devices._ROWS,
    accounts.Closure: closures._ROWS,
    clients.Client: client_rows._ROWS,
    journeys.Connection: connections._ROWS,
    document_records.StoredDocument: documents._ROWS,
    flow_records.FlowVersion: flows._ROWS,
    flow_records.FlowDraft: drafts._ROWS,
    flow_records.FlowRelease: releases._ROWS,
    flow_records.AppliedDocument: applied._ROWS,
    flow_records.RunHop: hops._ROWS,
    journeys.Session: sessions._ROWS,
    console.ConsoleSession: console_sessions._ROWS,
    journeys.AuthorizationRequest: requests._ROWS,
    journeys.Run: runs._ROWS,
    journeys.Evidence: evidence._ROWS,
    journeys.Verification: verifications._ROWS,
    journeys.Departure: departures._ROWS,
    journeys.Case: cases._ROWS,
    journeys.Opinion: cases._OPINIONS,
    journeys.MailedLink: links._ROWS,
    tokens.Grant: grants._ROWS,
    tokens.AuthorizationCode: codes._ROWS,
    tokens.RefreshToken: refresh_tokens._ROWS,
    tokens.AccessToken: access_tokens._ROWS,
    tokens.SigningKey: keys._ROWS,
    operations.AuditEntry: audit._ROWS,
    chain.AuditSeal: chain_rows._SEALS,
    chain.AuditErasure: chain_rows._ERASURES,
    chain.AuditCheck: chain_rows._CHECKS,
    operations.KeptAnswer: answers._ROWS,
    operations.OutgoingMail: outbox._ROWS,
    operations.VendorDeletion: vendor_deletions._ROWS,
}

STORABLE = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60)
HOSTILE = st.text(st.characters() | st.sampled_from(["\0", "\ud800", "\udfff", "\uffff", "'", '"', "%", "\\"])) | (
    st.integers(495, 600).map(lambda length: "ü" * length)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text(max_size=9), JSON, max_size=4)


def values(hint: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for a field's type."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([st.none() if part is type(None) else values(part, text) for part in get_args(hint)])
    if origin is Literal:
        return st.sampled_from(get_args(hint))
    if origin is tuple:
        return st.lists(values(get_args(hint)[0], st.text()), max_size=4).map(tuple)
    if origin is Mapping:
        return st.dictionaries(st.text(), st.text()) if get_args(hint) == (str, str) else OBJECT
    if is_dataclass(hint) and isinstance(hint, type):
        return instances(hint, st.text())
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: text,
        bool: st.booleans(),
        int: st.integers(-(2**63), 2**63 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        bytes: st.binary(max_size=80),
        date: st.dates(),
    }
    return simple[hint]


def instances(record: type[Any], text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for a record."""
    hints = get_type_hints(record)
    return st.builds(record, **{field.name: values(hints[field.name], text) for field in fields(record)})


def referring(record: Any, seed: Seed) -> Any:
    """Let a record's foreign keys name rows that exist."""
    targets: dict[str, int | str] = {
        "user_id": seed.user.id,
        "expected_user_id": seed.user.id,
        "session_id": seed.session.id,
        "request_id": seed.request.id,
        "run_id": seed.run.id,
        "verification_id": seed.verification.id,
        "reviewer_id": seed.user.id,
        "grant_id": seed.grant.id,
    }
    if isinstance(record, operations.AuditEntry | operations.VendorDeletion):
        return record
    if isinstance(record, accounts.Consent):
        targets["client_id"] = seed.client.client_id
    names = {field.name for field in fields(record)} & set(targets)
    return replace(record, **{name: targets[name] for name in names if getattr(record, name) is not None})


class Undo(Exception):
    """Rolls a unit of work back."""


def stored_and_loaded(storage: SqlStorage, rows: Rows[Any], record: Any) -> Any:
    """Store a record, load it, and undo."""
    loaded: list[Any] = []
    with pytest.raises(Undo), storage.write() as unit:  # noqa: PT012
        added = rows.add(unit._transaction, record)
        key = [column for column in rows.columns if column.primary_key]
        statement = rows.select(*(column == getattr(added, column.name) for column in key))
        loaded.append(rows.one(unit._transaction, statement, {}))
        assert loaded == [added]
        raise Undo
    return loaded[0]


def a_case_of(storage: SqlStorage, seed: Seed) -> int:
    """Store a case for opinions to be about, and return its id."""
    with storage.write() as unit:
        return unit.cases.add(journeys.Case(0, seed.run.id, seed.verification.id, "identity", NOW, LATER)).id


@pytest.mark.parametrize("record", MAPPINGS, ids=lambda record: record.__name__)
def test_every_record_comes_back_as_it_was(shared_storage: SqlStorage, shared_seed: Seed, record: type) -> None:
    case_id = a_case_of(shared_storage, shared_seed)

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(made=instances(record, STORABLE))
    def check(made: Any) -> None:
        wanted = referring(made, shared_seed)
        if isinstance(wanted, journeys.Opinion):
            wanted = replace(wanted, case_id=case_id)
        loaded = stored_and_loaded(shared_storage, MAPPINGS[record], wanted)
        assert replace(loaded, id=0) == replace(wanted, id=0) if hasattr(wanted, "id") else loaded == wanted
        for field in fields(wanted):
            kept, given_value = getattr(loaded, field.name), getattr(wanted, field.name)
            assert type(kept) is type(given_value) or field.name == "id"

    check()


@pytest.mark.parametrize("record", MAPPINGS, ids=lambda record: record.__name__)
def test_hostile_text_is_kept_as_it_is_or_refused(shared_storage: SqlStorage, shared_seed: Seed, record: type) -> None:
    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(made=instances(record, HOSTILE))
    def check(made: Any) -> None:
        wanted = referring(made, shared_seed)
        try:
            loaded = stored_and_loaded(shared_storage, MAPPINGS[record], wanted)
        except (InvalidInput, Conflict):
            return
        assert replace(loaded, id=0) == replace(wanted, id=0) if hasattr(wanted, "id") else loaded == wanted

    check()


def test_every_record_type_has_a_mapping() -> None:
    modules = (accounts, chain, clients, console, document_records, flow_records, journeys, operations, tokens)
    defined = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and is_dataclass(thing) and thing.__module__ == module.__name__
    }
    # A part of a client, and an answer that no row holds.
    assert defined - {clients.ClientPolicy, accounts.Holders} == set(MAPPINGS)


def test_secrets_and_digests_are_bytes_in_the_database() -> None:
    secret = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if any(word in column.name for word in ("secret", "digest", "hash", "private", "document", "values"))
        and not column.name.endswith("_at")
    }
    text = {name for name in secret if not isinstance(_column(name).type, LargeBinary)}
    # A client's digests are a list of hexadecimal digests.
    assert text == {"clients.secret_digests"}
    assert len(secret) > 12


def _column(name: str) -> Any:
    table, _, column = name.partition(".")
    return METADATA.tables[table].c[column]


def test_a_type_nobody_has_thought_about_is_refused() -> None:
    with pytest.raises(TypeError):
        codec(set[str])


def test_a_statement_is_compiled_once(shared_storage: SqlStorage) -> None:
    statement = users._ROWS.select()
    with shared_storage.read() as unit:
        engine = unit._transaction.engine
        unit._transaction.rows(statement, {})
    assert isinstance(statement, Statement)
    assert statement.text(engine) is statement.text(engine)

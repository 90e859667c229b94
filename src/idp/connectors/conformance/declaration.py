"""What a type says of itself, without opening a connection."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from idp.connectors.api import ConnectorType
from idp.connectors.conformance.sample import Sample
from idp.errors import InvalidInput
from idp.flows.inputs import PathFault, parse_path
from idp.flows.language import CODE_PREFIX, CONNECTOR_OUTCOMES, ERROR_CODE, FAILED, LIMIT
from idp.flows.reader import NAME
from idp.flows.step_types import CALL, IDENTITY_CHECK, REDIRECT, ConnectionInfo

CANARY: Final = "canary-value-93b1"


def inspect_type(sample: Sample) -> list[str]:
    """Return what is wrong with the declaration of a type; empty if nothing is."""
    return list(_inspect(sample))


def _inspect(sample: Sample) -> Iterator[str]:
    kind = sample.kind
    if not ERROR_CODE.fullmatch(kind.type):
        yield f"the type's name {kind.type!r} is not small letters, digits and _"
    if not kind.title:
        yield "the type has no title"
    yield from _inspect_settings(sample)
    yield from _inspect_secrets(sample)
    try:
        info = kind.inform(sample.config)
    except InvalidInput as error:
        yield f"the sample's settings are not understood: {error.message}"
        return
    yield from _inspect_use(kind, info)


def _inspect_settings(sample: Sample) -> Iterator[str]:
    try:
        parsed = sample.kind.parse(sample.config)
    except InvalidInput as error:
        yield f"the sample's settings are refused: {error.message}"
        return
    kept = json.loads(json.dumps(parsed.model_dump(mode="json")))
    if sample.kind.parse(kept) != parsed:
        yield "settings that were saved do not read back as the same settings"
    for broken in ({**sample.config, "surely_no_setting": CANARY}, {name: {"x": CANARY} for name in sample.config}):
        try:
            sample.kind.parse(broken)
        except InvalidInput as error:
            if CANARY in f"{error.message} {error.detail}":
                yield "a refusal of settings shows their values"
        else:
            yield "wrong settings are accepted: unknown fields must be refused (extra='forbid')"
    json.dumps(sample.kind.schema())


def _inspect_secrets(sample: Sample) -> Iterator[str]:
    kind = sample.kind
    names = [secret.name for secret in kind.secret_fields]
    if len(names) != len(set(names)):
        yield "two secrets have the same name"
    if both := set(names) & set(kind.schema().get("properties", {})):
        yield f"{', '.join(sorted(both))}: a secret and a setting at once"
    try:
        kind.check_secrets(sample.secrets)
    except InvalidInput as error:
        yield f"the sample's secrets are refused: {error.message}"


def _inspect_use(kind: ConnectorType, info: ConnectionInfo) -> Iterator[str]:
    if info.type != kind.type:
        yield f"the connection says it is of the type {info.type!r}"
    if info.use not in {IDENTITY_CHECK, CALL, REDIRECT, None}:
        yield f"{info.use!r} is nothing that a step can do with a connection"
    if info.use is None and not info.abilities:
        yield "neither steps nor actions can use the connection"
    if info.proves is not None and info.use != IDENTITY_CHECK:
        yield "only a connection that checks identities proves something in a condition"
    if info.use == IDENTITY_CHECK and info.outcomes != CONNECTOR_OUTCOMES:
        yield f"a connection that checks identities has the outcomes {', '.join(CONNECTOR_OUTCOMES)}"
    if info.use is not None:
        yield from _inspect_outcomes(info)
    yield from _inspect_fields(info.inputs, info.outputs)


def _inspect_outcomes(info: ConnectionInfo) -> Iterator[str]:
    if FAILED not in info.outcomes:
        yield f"there is no outcome {FAILED!r}"
    for outcome in info.outcomes:
        if not NAME.fullmatch(outcome) or outcome == LIMIT or outcome.startswith(CODE_PREFIX):
            yield f"{outcome!r} cannot be an outcome"
    if len(set(info.outcomes)) != len(info.outcomes) or len(set(info.errors)) != len(info.errors):
        yield "an outcome or an error code is there twice"
    for code in info.errors:
        if not ERROR_CODE.fullmatch(code):
            yield f"{code!r} cannot be an error code"


def _inspect_fields(inputs: Mapping[str, str], outputs: Mapping[str, Any] | None) -> Iterator[str]:
    for name in (*inputs, *(outputs or {})):
        if not NAME.fullmatch(name):
            yield f"{name!r} cannot be the name of an input or a field"
    for text in inputs.values():
        try:
            parse_path(text)
        except PathFault as fault:
            yield str(fault)

"""Logs without secrets, and a handful of metrics.

Everything that is logged, by us or by a library, goes through one redaction: values under telling names vanish, and so
do values that look like our handles, JWTs, bearer credentials, e-mail addresses or URLs with a query, anywhere.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from structlog.typing import EventDict, Processor

REDACTED: Final = "[redacted]"

_SECRET_WORDS: Final = frozenset(
    [
        *("assertion", "authorization", "code", "codes", "cookie", "cookies", "credential", "credentials", "csrf"),
        *("email", "jwt", "key", "link", "nonce", "otp", "passphrase", "passwd", "password", "pin", "seed", "secret"),
        *("secrets", "session", "sid", "state", "ticket", "token", "tokens", "totp", "verifier"),
    ]
)
#: Names that hold a telling word and no secret.
_HARMLESS: Final = frozenset(
    {"error_code", "status_code", "token_type", "key_id", "state_name", "session_id", "code_challenge_method"}
)
_WORDS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_PATTERNS: Final = (
    (re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*){1,4}"), "[jwt]"),
    (re.compile(r"\b(?:\d+\.)?[0-9a-f]{64}\b", re.IGNORECASE), "[handle]"),
    (re.compile(r"\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]{4,}", re.IGNORECASE), r"\1 [redacted]"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"(\bhttps?://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE), r"\1?[redacted]"),
)
# What every pattern above needs to match at all: most texts hold nothing of it and are passed by with one search.
_SUSPECT: Final = re.compile(r"eyJ|@|://|[0-9a-f]{64}|(?:Bearer|Basic|DPoP)\s", re.IGNORECASE)
_MAX_DEPTH: Final = 8
_ENCODER: Final = json.JSONEncoder(default=repr)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Say whether a value of this name must not be logged: `clientSecret`, `X-API-Key`, `id_token`, `email`."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if "_".join(words) in _HARMLESS:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or "apikey" in words


def redact(value: Any, depth: int = 0) -> Any:
    """Return a value without what looks secret, down to a bounded depth."""
    if isinstance(value, str):
        if _SUSPECT.search(value) is None:
            return value
        for pattern, replacement in _PATTERNS:
            value = pattern.sub(replacement, value)
        return value
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= _MAX_DEPTH:
        return REDACTED
    if isinstance(value, dict | Mapping):
        return {str(name): _redact_named(str(name), item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth + 1) for item in value]
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    return redact(repr(value))


def _redact_named(name: str, value: Any, depth: int) -> Any:
    if is_secret_name(name):
        return REDACTED
    kind = type(value)
    # Most of what a log line holds: numbers, and short texts that nothing is wrong with.
    if kind is int or kind is float or (kind is str and _SUSPECT.search(value) is None):
        return value
    return redact(value, depth)


def redact_event(logger: Any, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - structlog's signature
    """Redact a whole log event; a structlog processor."""
    return {name: item if name.startswith("_") else _redact_named(name, item, 1) for name, item in event.items()}


class _LineLogger:
    """Writes finished lines. A log that cannot be written must not fail the request it speaks of."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one line, at once."""
        with suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = msg


def _add_logger_name(logger: _LineLogger, _method: str, event: EventDict) -> EventDict:
    event["logger"] = logger.name
    return event


def _render(_logger: Any, _method: str, event: EventDict) -> str:
    return _ENCODER.encode(event)


def set_up_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send our log and the standard library's to `stream` (standard output) as one JSON object a line.

    Our own events go to the stream by the shortest way: there is one for every request. What libraries log takes the
    standard library's way and ends in the same redaction.
    """
    target = stream if stream is not None else sys.stdout
    shared: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    stamped: list[Processor] = [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *stamped],
        processors=[
            # Last but one, so that tracebacks and messages of libraries are redacted as well.
            redact_event,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _render,
        ],
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Its lines hold query strings; ours stand in for them.
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    structlog.configure(
        processors=[*shared, _add_logger_name, *stamped, redact_event, _render],
        logger_factory=lambda name="": _LineLogger(name, target),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


class Metrics:
    """What is counted. Labels are names from our own code, never something that a client sent."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Register the metrics, in a registry of their own unless one is given."""
        self.registry = registry if registry is not None else CollectorRegistry()
        self._seconds = Histogram(
            "idp_http_request_seconds",
            "Time to answer a request",
            ("method", "route"),
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
            registry=self.registry,
        )
        self._lines: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        self._requests = Counter("idp_http_requests", "Requests", ("method", "route", "status"), registry=self.registry)
        self._decisions = Counter(
            "idp_decisions", "Entries of the audit trail", ("action", "outcome"), registry=self.registry
        )
        self._mails = Gauge("idp_outbox_mails", "Mails that wait to be sent", registry=self.registry)
        self._cases = Gauge("idp_open_reviews", "Cases that wait for a reviewer", registry=self.registry)

        self._seals = Gauge("idp_audit_seals", "Seals in the chain of the audit trail", registry=self.registry)
        self._unsealed = Gauge(
            "idp_audit_unsealed_entries", "Entries of the audit trail that no seal has yet", registry=self.registry
        )
        self._checked = Gauge(
            "idp_audit_last_check_timestamp_seconds",
            "When the whole chain of the audit trail was checked last",
            registry=self.registry,
        )
        self._findings = Gauge(
            "idp_audit_check_findings", "What the last check of the audit trail found wrong", registry=self.registry
        )

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the pattern of its path."""
        found = self._lines.get((method, route, status))
        if found is None:
            name = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
            found = self._seconds.labels(name, route), self._requests.labels(name, route, str(status))
            if name == method:
                self._lines[method, route, status] = found
        found[0].observe(seconds)
        found[1].inc()

    def count_decision(self, action: str, outcome: str) -> None:
        """Count an entry of the audit trail."""
        self._decisions.labels(action, outcome).inc()

    def set_backlog(self, mails: int, cases: int) -> None:
        """Note what waits to be done."""
        self._mails.set(mails)
        self._cases.set(cases)

    def set_chain(self, seals: int, unsealed: int, checked_at: float | None, findings: int | None) -> None:
        """Note how the chain of the audit trail stands; None before its first check, which counts as 0."""
        self._seals.set(seals)
        self._unsealed.set(unsealed)
        self._checked.set(checked_at or 0)
        self._findings.set(findings or 0)

    def render(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        return generate_latest(self.registry)

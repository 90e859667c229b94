"""Logs and metrics: canaries that stand for secrets must never come out."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from idp import observability
from idp.observability import REDACTED, Metrics, is_secret_name, redact, set_up_logging

CANARY = "c4nary"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjNG5hcnkifQ.c2lnbmF0dXJlLWM0bmFyeQ"
HANDLE = "17." + "c4" * 32


@pytest.fixture
def log():
    root, saved = logging.getLogger(), (logging.getLogger().handlers[:], logging.getLogger().level)
    names = ("uvicorn", "uvicorn.error", "uvicorn.access")
    kept = [(logging.getLogger(n), logging.getLogger(n).handlers[:], logging.getLogger(n).propagate) for n in names]
    stream = io.StringIO()
    set_up_logging("INFO", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = saved
    for logger, handlers, propagate in kept:
        logger.handlers[:], logger.propagate = handlers, propagate


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "name",
    [
        *("password", "newPassword", "client_secret", "clientSecret", "id_token", "access-token", "Authorization"),
        *("cookie", "Set-Cookie", "api_key", "X-API-Key", "apiKey", "apikey", "code", "user_code", "code_verifier"),
        *(
            "totp",
            "seed",
            "csrf",
            "state",
            "nonce",
            "email",
            "emailAddress",
            "private_key",
            "mailed_link",
            "DPoP-Nonce",
        ),
    ],
)
def test_telling_names_are_secret(name):
    assert is_secret_name(name)
    assert redact({name: CANARY}) == {name: REDACTED}


@pytest.mark.parametrize(
    "name", ["status_code", "error_code", "token_type", "request_id", "route", "status", "codec", "monkey", "passed"]
)
def test_other_names_are_kept(name):
    assert redact({name: "x"}) == {name: "x"}


@pytest.mark.parametrize(
    "text",
    [
        f"got {JWT} from client",
        f"cookie {HANDLE}",
        f"Authorization: Bearer {CANARY}-abc",
        f"authorization: basic {CANARY}==",
        f"DPoP {CANARY}",
        f"no such user {CANARY}@example.com",
        f"GET https://idp.example/cb?code={CANARY}&state=1 failed",
        f"at https://rp.example/#access_token={CANARY}",
    ],
)
def test_secret_looking_values_are_cut_out_of_any_text(text):
    cleaned = redact(text)
    assert CANARY not in cleaned
    assert JWT not in cleaned
    assert HANDLE not in cleaned


@given(
    st.lists(
        st.sampled_from(
            [
                "eyJ",
                "EYJ",
                "a.b",
                "@",
                "x",
                "://",
                "http",
                "?",
                "#",
                "Bearer",
                "ba\u017fic",
                "DPoP",
                " ",
                "\t",
                "c4" * 32,
            ]
        )
        | st.text(max_size=5),
        max_size=12,
    ).map("".join)
)
def test_no_secret_hides_from_the_first_glance(text):
    """Texts that the quick look lets pass are the same after the thorough one."""
    thorough = text
    for pattern, replacement in observability._PATTERNS:
        thorough = pattern.sub(replacement, thorough)
    assert redact(text) == thorough


def test_a_log_that_cannot_be_written_fails_nobody(log):
    log.close()
    structlog.get_logger("idp.x").info("unheard")


def test_redaction_goes_into_nested_values_and_stops_at_a_depth():
    deep = {"a": [{"password": CANARY}, ({"list": [f"Bearer {CANARY}x"]},)]}
    assert CANARY not in json.dumps(redact(deep))
    endless: dict = {}
    endless["self"] = endless
    assert REDACTED in json.dumps(redact(endless))
    assert redact(b"c4nary") == "[6 bytes]"
    assert redact({"n": 1, "t": True, "x": None, "f": 1.5}) == {"n": 1, "t": True, "x": None, "f": 1.5}


def test_objects_are_shown_redacted():
    class Thing:
        def __repr__(self):
            return f"Thing(Bearer {CANARY})"

    assert redact(Thing()) == "Thing(Bearer [redacted])"


def test_our_log_is_json_with_context_and_without_secrets(log):
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("idp.x").info("signed_in", password=CANARY, note=f"Bearer {CANARY}", n=3)
    (line,) = lines(log)
    assert line["event"] == "signed_in"
    assert line["request_id"] == "r1"
    assert line["level"] == "info"
    assert line["logger"] == "idp.x"
    assert line["n"] == 3
    assert CANARY not in log.getvalue()


def test_library_logs_and_tracebacks_are_redacted_too(log):
    logging.getLogger("some.library").warning("sent %s", JWT, extra={"api_key": CANARY})
    try:
        raise ValueError(f"bad address {CANARY}@example.com")
    except ValueError:
        structlog.get_logger("idp.x").exception("failed")
    first, second = lines(log)
    assert first["level"] == "warning"
    assert "Traceback" in second["exception"]
    assert CANARY not in log.getvalue()
    assert JWT not in log.getvalue()


def test_the_servers_own_access_lines_are_silent(log):
    logging.getLogger("uvicorn.access").info('GET /cb?code=%s "200"', CANARY)
    logging.getLogger("uvicorn.error").info("started")
    assert [line["event"] for line in lines(log)] == ["started"]


def test_lower_levels_are_left_out(log):
    structlog.get_logger("idp.x").debug("noise")
    assert lines(log) == []


def test_metrics_count_what_happened():
    metrics = Metrics()
    metrics.observe_request("GET", "/token", 200, 0.002)
    metrics.observe_request("SPLURGE", "unmatched", 404, 0.002)
    metrics.count_decision("run.finish", "complete")
    metrics.set_backlog(3, 1)
    metrics.set_chain(17, 4, 1_800_000_000.5, 2)
    text = metrics.render().decode()
    assert 'idp_http_requests_total{method="GET",route="/token",status="200"} 1.0' in text
    assert "SPLURGE" not in text
    assert 'idp_decisions_total{action="run.finish",outcome="complete"} 1.0' in text
    assert "idp_outbox_mails 3.0" in text
    assert "idp_open_reviews 1.0" in text
    assert "idp_audit_seals 17.0" in text
    assert "idp_audit_unsealed_entries 4.0" in text
    assert "idp_audit_last_check_timestamp_seconds 1.8000000005e+09" in text
    assert "idp_audit_check_findings 2.0" in text


def test_two_sets_of_metrics_do_not_meet():
    first, second = Metrics(), Metrics()
    first.count_decision("grant", "revoked")
    assert b"revoked" not in second.render()

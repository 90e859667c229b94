"""The middleware as a whole: what every answer carries, and what no answer ever tells."""

import io
import json

import pytest
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, Router
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from idp.errors import Conflict, IdpError, InvalidInput, NotFound, OAuthError
from idp.observability import Metrics
from idp.translation import load_translation
from idp.web.assets import Assets
from idp.web.csrf import ForgedRequest
from idp.web.middleware.stack import wrap
from idp.web.pages import Brand, Page, Pages
from idp.web.refusals import Refusals

CANARY = "c4nary-c4nary"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Trouble(IdpError):
    code = "temporarily_unavailable"


ERRORS = {
    "boom": RuntimeError(f"secret {CANARY}"),
    "idp": IdpError(CANARY, detail=CANARY),
    "missing": NotFound(),
    "conflict": Conflict(),
    "input": InvalidInput("The name is too long."),
    "forged": ForgedRequest(detail="x"),
    "cookies": ForgedRequest(detail="x", code="cookies_missing"),
    "busy": Trouble("Try later."),
    "oauth": OAuthError("invalid_grant", "The code is not valid.", status=400),
    "http": HTTPException(429, headers={"Retry-After": "7"}),
}


def fail(request):
    raise ERRORS[request.path_params["name"]]


async def half(request):
    async def body():
        yield b"half"
        raise RuntimeError("in the middle")

    return StreamingResponse(body())


async def echo(request: Request):
    structlog.get_logger("idp.x").info("inside")
    return JSONResponse({"size": len(await request.body()), "request_id": request.state.request_id})


def page(request):
    return Page("<!doctype html>", 200, {"content-security-policy": "default-src 'self'"}).to_response()


ROUTER = Router(
    [
        Route("/fail/{name}", fail),
        Route("/api/fail/{name}", fail),
        Route("/half", half),
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/run/{handle}", lambda request: PlainTextResponse("ok")),
        Route("/page", page),
        Route("/token", fail, methods=["POST"]),
    ],
    redirect_slashes=False,
)


def make_client(issuer="https://id.example", **options):
    translation = load_translation()
    pages = Pages(translation, Assets(), Brand("Northgate ID"))
    answer = Refusals(pages, translation, lambda path: path.startswith(("/api/", "/token")))
    app = wrap(ROUTER, issuer=issuer, answer=answer, open_paths={"/token": ["POST"]}, **options)
    return TestClient(app, base_url=issuer, raise_server_exceptions=False)


CLIENT = make_client()


def test_every_answer_carries_the_security_headers():
    for path in ("/echo", "/nowhere", "/fail/boom", "/api/fail/boom"):
        headers = CLIENT.get(path).headers
        assert headers["strict-transport-security"] == "max-age=63072000"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_handlers_own_header_wins():
    assert CLIENT.get("/page").headers["content-security-policy"] == "default-src 'self'"


def test_browsers_are_not_told_to_insist_on_https_in_development():
    assert "strict-transport-security" not in make_client("http://127.0.0.1:8000").get("/echo").headers


def test_popups_can_be_let_live():
    headers = make_client(opener_policy="unsafe-none").get("/echo").headers
    assert headers["cross-origin-opener-policy"] == "unsafe-none"


def test_a_request_is_named_by_its_trace():
    answer = CLIENT.get("/echo", headers={"traceparent": TRACEPARENT})
    assert answer.headers["x-request-id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert answer.json()["request_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_later_version_of_the_trace_header_is_read():
    later = "01" + TRACEPARENT[2:] + "-more"
    assert CLIENT.get("/echo", headers={"traceparent": later}).headers["x-request-id"] == TRACEPARENT[3:35]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        TRACEPARENT.upper(),
        "ff" + TRACEPARENT[2:],
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{'4b' * 16}-{'0' * 16}-01",
        TRACEPARENT + "x" * 200,
        "00-<script>alert(1)</script>-00f067aa0ba902b7-01",
    ],
)
def test_without_a_valid_trace_a_request_gets_a_name_of_its_own(value):
    first, second = (CLIENT.get("/echo", headers={"traceparent": value}).headers["x-request-id"] for _ in range(2))
    assert first != second
    assert len(first) == 32
    assert int(first, 16)


def test_a_name_cannot_be_chosen_by_sending_the_answers_header():
    assert CLIENT.get("/echo", headers={"x-request-id": "mine"}).headers["x-request-id"] != "mine"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("boom", 500, "server_error"),
        ("idp", 500, "server_error"),
        ("missing", 404, "not_found"),
        ("conflict", 409, "conflict"),
        ("input", 400, "invalid_request"),
        ("forged", 403, "form_rejected"),
        ("cookies", 400, "cookies_missing"),
        ("busy", 503, "temporarily_unavailable"),
        ("oauth", 400, "invalid_grant"),
        ("http", 429, "too_many_requests"),
    ],
)
def test_errors_become_pages_for_people_and_json_for_programs(name, status, code):
    people, programs = CLIENT.get(f"/fail/{name}"), CLIENT.get(f"/api/fail/{name}")
    assert people.status_code == programs.status_code == status
    assert people.headers["content-type"] == "text/html; charset=utf-8"
    assert people.headers["x-request-id"] in people.text
    assert code in people.text
    body = programs.json()
    assert body["error"] == code
    assert body["request_id"] == programs.headers["x-request-id"]


def test_errors_speak_the_persons_language():
    assert "Hier ist nichts" in CLIENT.get("/nowhere", headers={"accept-language": "de"}).text


def test_a_refusal_keeps_its_headers():
    assert CLIENT.get("/api/fail/http").headers["retry-after"] == "7"


@pytest.mark.parametrize("path", ["/fail/boom", "/api/fail/boom"])
def test_an_unforeseen_error_tells_the_client_nothing_and_the_log_everything_but_secrets(path):
    with capture_logs() as logs:
        answer = CLIENT.get(path)
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" not in answer.text
    (event,) = [entry for entry in logs if entry["event"] == "request_failed"]
    assert event["exc_info"]
    assert event["log_level"] == "error"


def test_an_error_after_the_answer_began_cuts_the_connection():
    with pytest.raises(RuntimeError, match="in the middle"):
        TestClient(CLIENT.app, base_url="https://id.example").get("/half")


def test_an_unknown_path_and_a_wrong_method_are_answered_like_any_error():
    assert CLIENT.get("/api/nowhere").json()["error"] == "not_found"
    answer = CLIENT.get("/token")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()["error"] == "method_not_allowed"


@pytest.mark.parametrize(
    "host", ["evil.example", "id.example.evil.example", "id.example:8443", "", "id.example@evil.example", "id.example."]
)
def test_another_host_is_refused_before_anything_runs(host):
    answer = CLIENT.get("/echo", headers={"host": host})
    assert answer.status_code == 400
    assert "wrong_host" in answer.text


@pytest.mark.parametrize("host", ["id.example", "ID.EXAMPLE", "id.example:443", "10.0.0.7:8080"])
def test_our_own_hosts_are_served(host):
    client = make_client(other_hosts=["http://10.0.0.7:8080"])
    assert client.get("/echo", headers={"host": host}).status_code == 200


def test_a_body_is_bounded_by_what_it_claims_and_by_what_comes():
    client = make_client(body_limit=100)
    assert client.post("/echo", content=b"x" * 100).json()["size"] == 100
    assert client.post("/echo", content=b"x" * 101).status_code == 413
    assert client.post("/echo", content=iter([b"x" * 60, b"x" * 60])).status_code == 413
    assert client.post("/echo", content=b"", headers={"content-length": "-1"}).status_code == 400
    assert client.post("/echo", content=b"", headers={"content-length": "9" * 30}).status_code == 400


def test_only_open_paths_answer_other_origins_and_never_with_credentials():
    origin = {"origin": "https://app.example"}
    opened = CLIENT.post("/token", headers=origin)
    assert opened.headers["access-control-allow-origin"] == "*"
    assert "DPoP-Nonce" in opened.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in opened.headers
    assert "access-control-allow-origin" not in CLIENT.get("/echo", headers=origin).headers
    assert "access-control-allow-origin" not in CLIENT.post("/token").headers


def test_a_preflight_is_answered_for_open_paths_alone():
    asked = {"origin": "https://app.example", "access-control-request-method": "POST"}
    answer = CLIENT.options("/token", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "dpop" in answer.headers["access-control-allow-headers"]
    assert CLIENT.options("/echo", headers=asked).status_code == 405


def test_the_access_log_knows_the_route_and_nothing_secret():
    with capture_logs() as logs:
        CLIENT.get(f"/run/17.{CANARY}?code={CANARY}", headers={"authorization": f"Bearer {CANARY}"})
        CLIENT.get(f"/nowhere/{CANARY}")
    lines = [entry for entry in logs if entry["event"] == "request"]
    assert [(line["route"], line["status"]) for line in lines] == [("/run/{handle}", 200), ("unmatched", 404)]
    assert CANARY not in json.dumps(logs)


def test_requests_are_counted_by_route():
    metrics = Metrics()
    client = make_client(metrics=metrics)
    client.get(f"/run/{CANARY}")
    client.get("/fail/boom")
    text = metrics.render().decode()
    assert 'idp_http_requests_total{method="GET",route="/run/{handle}",status="200"} 1.0' in text
    assert 'status="500"' in text
    assert CANARY not in text


def test_log_lines_of_a_request_carry_its_name_and_no_other():
    stream = io.StringIO()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    try:
        CLIENT.get("/echo", headers={"traceparent": TRACEPARENT})
        structlog.get_logger().info("after")
    finally:
        structlog.reset_defaults()
    inside, request, after = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert inside["request_id"] == request["request_id"] == TRACEPARENT[3:35]
    assert "request_id" not in after

"""The flow core by itself: no store, no HTTP."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.engine import Submitted, advance, begin
from idp.flows.language import Flow
from idp.flows.parse import parse_flow
from idp.flows.setting import Person, Setting
from idp.flows.simulate import simulate
from idp.flows.state import to_json
from idp.flows.step_types import identity_connection

STEPS: Final = 200
CONTEXT: Final[Mapping[str, Any]] = {
    "user": {"known": True, "email_verified": True, "enrolled": False, "locale": "en"},
    "client": {"id": "bench"},
    "request": {"scopes": ["openid"], "acr_values": [], "target_acr": ""},
    "device": {"user_agent": "bench"},
    "run": {"purpose": "sign_in", "recovery_unenrolled": "refuse"},
}


def write_long_flow(steps: int = STEPS) -> str:
    """Write a sign-in flow of `steps` steps: screens that conditions send on, a password at the end."""
    lines = ["id: long", "title: A long flow", "purpose: sign_in", "deadline: 15m", "start: s0", "steps:"]
    pairs = (steps - 4) // 2
    for number in range(pairs):
        following = f"s{number + 1}" if number + 1 < pairs else "password"
        lines += [
            f"  s{number}: {{screen: identifier, max_visits: 3, on: {{submitted: c{number}}}}}",
            f"  c{number}:",
            "    condition:",
            f"      - {{when: 'form.email == \"{number}@example.com\" || user.known == true', to: {following}}}",
            f"    otherwise: {following}",
        ]
    lines += [
        "  password: {screen: password, max_visits: 5, on: {submitted: check, back: s0, limit: stopped}}",
        "  check: {action: check_password, on: {ok: done, wrong: password, throttled: password}}",
        "  stopped: {end: denied}",
        "  done: {end: complete}",
    ]
    return "\n".join(lines) + "\n"


def measure_flows(rounds: int = 20) -> dict[str, float]:
    """Return CPU milliseconds, and the bytes of a run's state."""
    catalog = default_catalog({"incode_verify": identity_connection()})
    text = write_long_flow()
    flow = parse_flow(text, "long.yaml")
    problems = check_flow(flow, catalog)
    if len(flow.steps) != STEPS or problems:
        raise RuntimeError(f"{len(flow.steps)} steps, {problems[:3]}")
    setting = Setting(Person(email="a@example.com"))
    run = simulate(flow, {}, setting, catalog)
    if run.end != "complete" or len(run.steps) < STEPS - 1:
        raise RuntimeError(f"the dry run ended as {run.end} at {run.waiting}: {run.refused}")
    return {
        "parse a flow of 200 steps": _cpu(lambda: parse_flow(text, "long.yaml"), rounds),
        "check a flow of 200 steps": _cpu(lambda: check_flow(flow, catalog), rounds),
        "dry run of 200 steps": _cpu(lambda: simulate(flow, {}, setting, catalog), rounds),
        "engine: one step and a condition": _measure_step(flow, rounds),
        "state of a run at its end, bytes": float(len(to_json(run.state).encode())),
    }


def _measure_step(flow: Flow, rounds: int) -> float:
    state, _ = begin(flow, 1, CONTEXT)
    event = Submitted("s0", state.seq, "submitted", {"email": "a@example.com"}, {})
    return _cpu(lambda: advance(flow, state, event, CONTEXT), rounds * 50)


def _cpu(work: Callable[[], object], rounds: int) -> float:
    work()
    before = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - before) * 1000 / rounds

"""A flow as large as an operator might draw one: a step-up with an identity check of its own for each application."""

from typing import Final

#: Steps of one application: which application, explain, check, judge, review, and a page for each way it can fail.
BRANCH: Final = 8
ENDS: Final = 4
#: How the steps of one application stand, and how many applications stand below each other.
COLUMNS: Final = (("intro",), ("verify", "unavailable"), ("check", "explain"), ("review", "rejected"))
ROWS: Final = 7


def write_large_flow(flow_id: str, steps: int = 200) -> str:
    """Write a flow of exactly so many steps, at least 12, in which no way avoids the proof."""
    branches, rest = divmod(steps - ENDS, BRANCH)
    lines = [f"id: {flow_id}", "title: A check for each application", "purpose: step_up", "deadline: 15m"]
    chain = [*(f"skip_{number}" for number in range(rest)), *(f"app_{number}" for number in range(branches))]
    lines += [f"start: {chain[0]}", "steps:"]
    for index, name in enumerate(chain):
        following = chain[index + 1] if index + 1 < len(chain) else "refused"
        if name.startswith("skip_"):
            lines += _write_condition(name, f'client.id == "closed-{index}"', "refused", following)
        else:
            lines += _write_branch(name.removeprefix("app_"), following)
    lines += [
        "  refused: {end: denied, reason: identity_refused}",
        "  stopped: {end: denied, reason: stopped}",
        "  too_many: {end: denied, reason: too_many_attempts}",
        "  done: {end: complete}",
        "layout:",
        *_write_layout(chain),
    ]
    return "\n".join(lines) + "\n"


def _write_condition(name: str, when: str, then: str, otherwise: str) -> list[str]:
    return [f"  {name}:", "    condition:", f"      - {{when: '{when}', to: {then}}}", f"    otherwise: {otherwise}"]


def _write_branch(number: str, following: str) -> list[str]:
    status = "connectors.incode_verify.data.score.overall.status"
    return [
        f"  # What application {number} asks of people.",
        *_write_condition(f"app_{number}", f'client.id == "app-{number}"', f"intro_{number}", following),
        f"  intro_{number}:",
        "    screen: verification_intro",
        f"    on: {{continue: verify_{number}, stop: stopped}}",
        f"  verify_{number}:",
        "    connector: incode_verify",
        f"    on: {{completed: check_{number}, pending: review_{number}, error: unavailable_{number}, limit: too_many,",
        f"      not_finished: explain_{number}, expired: explain_{number}}}",
        "    max_visits: 5",
        f"  check_{number}:",
        "    condition:",
        f'      - {{when: connectors.incode_verify.owner == "mismatch", to: rejected_{number}}}',
        f"      - {{when: '{status} == \"OK\"', proves: incode_verify, to: done}}",
        f"      - {{when: '{status} == \"WARN\"', to: review_{number}}}",
        f"    otherwise: rejected_{number}",
        f"  review_{number}:",
        "    review: identity",
        f"    on: {{approved: done, rejected: rejected_{number}, expired: explain_{number}}}",
        "    deadline: 48h",
        f"  explain_{number}:",
        "    screen: verification_unfinished",
        f"    on: {{retry: verify_{number}, stop: stopped}}",
        f"  unavailable_{number}:",
        "    screen: try_later",
        f"    on: {{retry: verify_{number}, stop: stopped}}",
        f"  rejected_{number}:",
        "    screen: verification_refused",
        f"    on: {{retry: verify_{number}, stop: refused}}",
    ]


def _write_layout(chain: list[str]) -> list[str]:
    lines = []
    for index, name in enumerate(chain):
        left, top = index // ROWS * 1280, index % ROWS * 360
        lines.append(f"  {name}: [{left}, {top}]")
        if name.startswith("skip_"):
            continue
        number = name.removeprefix("app_")
        for column, names in enumerate(COLUMNS, start=1):
            for row, step in enumerate(names):
                lines.append(f"  {step}_{number}: [{left + column * 240}, {top + row * 200}]")
    right = (len(chain) - 1) // ROWS * 1280 + 1280
    lines += [f"  {name}: [{right}, {at * 120}]" for at, name in enumerate(("refused", "stopped", "too_many", "done"))]
    return lines

"""Flows to publish: small ones that pass the checker, and shipped ones with words changed."""

from idp.application.change import Change
from idp.application.publishing import Publication, publish
from tests.journeys.world import CONFIG, World

ANN = Change("ann", "because")

CHECK = """\
id: identity-check
title: Check a document and a face
purpose: step_up
deadline: 15m
start: intro
steps:
  intro: {screen: verification_intro, on: {continue: verify, stop: stopped}}
  verify:
    connector: incode_verify
    on: {completed: check, pending: refused, not_finished: refused, expired: refused, error: refused}
  check:
    condition:
      - when: connectors.incode_verify.data.score.overall.status in ["OK", "MANUAL_OK"]
        proves: incode_verify
        to: done
    otherwise: refused
  refused: {end: denied, reason: identity_refused}
  stopped: {end: denied, reason: stopped}
  done: {end: complete}
"""

OUTER = """\
id: careful-step-up
title: Confirm it is you
purpose: step_up
deadline: 15m
start: identity
steps:
  identity:
    subflow: identity-check
    on: {complete: done, denied: refused, stopped: stopped}
  refused: {end: denied, reason: identity_refused}
  stopped: {end: denied, reason: stopped}
  done: {end: complete}
"""

#: A sign-in of the tests' own, so that they do not change with the one we ship.
SIGN_IN = """\
id: sign-in
title: Sign in
purpose: sign_in
deadline: 15m
demands: [second_factor]
start: identifier
steps:
  identifier:
    screen: identifier
    on: {submitted: password, limit: too_many}
    max_visits: 10
  password:
    screen: password
    on: {submitted: check_password, back: identifier, limit: too_many}
    max_visits: 10
  check_password: {action: check_password, on: {ok: has_totp, wrong: password, throttled: password}}
  has_totp: {action: has_second_factor, on: {yes: totp, no: done}}
  totp:
    screen: totp
    on: {submitted: check_totp, back: password, limit: too_many}
    max_visits: 8
  check_totp: {action: check_totp, on: {ok: done, wrong: totp, throttled: totp, not_enrolled: has_totp}}
  too_many: {end: denied, reason: too_many_attempts}
  done: {end: complete}
"""


def change(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with words replaced, each of which must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def shipped(name: str, *changes: tuple[str, str]) -> str:
    """Return a shipped flow with words replaced, each of which must be there."""
    return change((CONFIG / "flows" / f"{name}.yaml").read_text(encoding="utf-8"), *changes)


def titled(name: str, title: str) -> str:
    """Return a shipped flow under another title."""
    text = shipped(name)
    head, _, rest = text.partition("\ntitle: ")
    return f"{head}\ntitle: {title}\n{rest.partition(chr(10))[2]}"


def put(world: World, text: str, why: Change = ANN, **options: int) -> Publication:
    """Publish a text."""
    return publish(world.deps, text, "test.yaml", why, **options)


#: A password first, and whatever second factor the person has: passkeys and authenticators, and no text messages.
SECOND = change(
    SIGN_IN,
    (
        "  has_totp: {action: has_second_factor, on: {yes: totp, no: done}}\n",
        """\
  has_totp:
    action: pick_second_factor
    on: {passkey: passkey, totp: totp, recovery_code: code, none: done, unavailable: too_many}
  passkey: {screen: passkey, on: {submitted: check_passkey, back: password, limit: too_many}, max_visits: 8}
  check_passkey:
    action: check_passkey
    on: {ok: done, wrong: passkey, throttled: passkey, unknown: passkey}
  code: {screen: recovery_code, on: {submitted: check_code, back: password, limit: too_many}, max_visits: 8}
  check_code:
    action: check_recovery_code
    on: {ok: done, wrong: code, throttled: code, not_enrolled: has_totp}
""",
    ),
)

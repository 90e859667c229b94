"""Things that only one of many racers may win. Used by threads and by the processes of `racer`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from idp.errors import Conflict
from idp.records.accounts import Credential, PendingRegistration
from idp.records.documents import StoredDocument
from idp.records.flows import FlowDraft, FlowRelease
from idp.records.journeys import Case, MailedLink
from idp.records.operations import KeptAnswer, OutgoingMail
from idp.records.tokens import AccessToken, AuthorizationCode, RefreshToken, SigningKey
from idp.storage.protocols.unit import Storage, UnitOfWork
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_request, a_run, a_session, a_user, a_verification

PRIZES = 12
_NUMBERS = count(1)


@dataclass(frozen=True)
class Contest:
    """`lay_out` stores the prizes and returns what names them; `race` returns those that this racer won."""

    lay_out: Callable[[UnitOfWork, Seed], list[Any]]
    race: Callable[[Storage, Sequence[Any], str], list[Any]]


def one_by_one(take: Callable[[UnitOfWork, Any, str], bool]) -> Callable[[Storage, Sequence[Any], str], list[Any]]:
    """Try for each prize in a unit of work of its own; a Conflict is a lost one."""

    def race(storage: Storage, prizes: Sequence[Any], racer: str) -> list[Any]:
        won = []
        for prize in prizes:
            try:
                with storage.write() as unit:
                    taken = take(unit, prize, racer)
            except Conflict:
                continue
            if taken:
                won.append(prize)
        return won

    return race


def until_empty(claim: Callable[[UnitOfWork], list[int]]) -> Callable[[Storage, Sequence[Any], str], list[Any]]:
    """Claim again and again until nothing is left; a racer may find nothing while others hold the rest."""

    def race(storage: Storage, prizes: Sequence[Any], racer: str) -> list[Any]:
        won: list[int] = []
        for _ in prizes:
            with storage.write() as unit:
                won += claim(unit)
        return won

    return race


def _codes(unit: UnitOfWork, seed: Seed) -> list[Any]:
    code = AuthorizationCode(0, DIGEST, seed.grant.id, "shop", "https://shop.example/cb", None, LATER)
    return [unit.codes.add(code).id for _ in range(PRIZES)]


def _refresh_tokens(unit: UnitOfWork, seed: Seed) -> list[Any]:
    token = RefreshToken(0, DIGEST, seed.grant.id, "shop", (), NOW, LATER)
    return [unit.refresh_tokens.add(token).id for _ in range(PRIZES)]


def _access_tokens(unit: UnitOfWork, seed: Seed) -> list[Any]:
    token = AccessToken(0, DIGEST, seed.grant.id, "shop", (), (), NOW, LATER)
    return [unit.access_tokens.add(token).id for _ in range(PRIZES)]


def _links(unit: UnitOfWork, seed: Seed) -> list[Any]:
    link = MailedLink(0, "recovery", DIGEST, NOW, LATER, user_id=seed.user.id)
    return [unit.links.add(link).id for _ in range(PRIZES)]


def _requests(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [unit.requests.add(a_request()).id for _ in range(PRIZES)]


def _sessions(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [unit.sessions.add(a_session(seed.user.id, sid)).id for sid in _names(unit, seed)]


def _grants(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [unit.grants.add(seed.grant).id for _ in range(PRIZES)]


def _cases(unit: UnitOfWork, seed: Seed) -> list[Any]:
    case = Case(0, seed.run.id, seed.verification.id, "identity", NOW, LATER)
    return [unit.cases.add(case).id for _ in range(PRIZES)]


def _credentials(unit: UnitOfWork, seed: Seed) -> list[Any]:
    credential = Credential(0, seed.user.id, "totp", b"sealed", "", NOW)
    return [unit.credentials.add(credential).id for _ in range(PRIZES)]


def _registrations(unit: UnitOfWork, seed: Seed) -> list[Any]:
    runs = [unit.runs.add(a_run()).id for _ in range(PRIZES)]
    return [unit.registrations.add(PendingRegistration(0, run, "e", "e", b"h", NOW, LATER)).id for run in runs]


def _runs(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [unit.runs.add(a_run()).id for _ in range(PRIZES)]


def _verifications(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [unit.verifications.add(a_verification(seed.run.id, next_look_at=NOW)).id for _ in range(PRIZES)]


def _mails(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [unit.outbox.add(OutgoingMail(0, "a@b", "t", "en", b"v", NOW)).id for _ in range(PRIZES)]


def _names(unit: UnitOfWork, seed: Seed) -> list[Any]:
    return [f"name-{next(_NUMBERS)}" for _ in range(PRIZES)]


def _save_run(unit: UnitOfWork, run_id: int, racer: str) -> bool:
    run = replace(a_run(), id=run_id, reason=racer)
    return unit.runs.save(run).reason == racer


def _add_user(unit: UnitOfWork, name: str, racer: str) -> bool:
    user = replace(a_user(name), sub=f"{name}-{racer}")
    return unit.users.add(user).sub == user.sub


def _add_key(unit: UnitOfWork, alg: str, racer: str) -> bool:
    return unit.keys.add(SigningKey(f"{alg}-{racer}", alg, b"sealed", {}, "active", NOW))


def _publish(unit: UnitOfWork, flow_id: str, racer: str) -> bool:
    """The one who published the version that all others then get."""
    return unit.flows.publish(flow_id, "text", b"same digest", NOW, racer).message == racer


def _release(unit: UnitOfWork, flow_id: str, racer: str) -> bool:
    return unit.releases.append(FlowRelease(flow_id, 1, 1, NOW, "publish", racer)).actor == racer


def _append(unit: UnitOfWork, name: str, racer: str) -> bool:
    return unit.documents.append(StoredDocument("theme", name, 1, "text", b"digest", NOW, racer)).author == racer


def _drafts(unit: UnitOfWork, seed: Seed) -> list[Any]:
    names = _names(unit, seed)
    return [unit.drafts.add(FlowDraft(0, "login", name, "text", 0, "ann", NOW, NOW)).id for name in names]


def _save_draft(unit: UnitOfWork, draft_id: int, racer: str) -> bool:
    name = f"saved-{draft_id}"
    return unit.drafts.save(FlowDraft(draft_id, "login", name, racer, 0, racer, NOW, NOW)).text == racer


CONTESTS: dict[str, Contest] = {
    "codes.consume": Contest(_codes, one_by_one(lambda unit, it, _: unit.codes.consume(it, NOW))),
    "refresh_tokens.consume": Contest(
        _refresh_tokens, one_by_one(lambda unit, it, _: unit.refresh_tokens.consume(it, NOW))
    ),
    "access_tokens.revoke": Contest(_access_tokens, one_by_one(lambda unit, it, _: unit.access_tokens.revoke(it, NOW))),
    "links.consume": Contest(_links, one_by_one(lambda unit, it, _: unit.links.consume(it, NOW))),
    "requests.finish": Contest(_requests, one_by_one(lambda unit, it, _: unit.requests.finish(it, NOW))),
    "sessions.end": Contest(_sessions, one_by_one(lambda unit, it, _: unit.sessions.end(it, NOW))),
    "grants.revoke": Contest(_grants, one_by_one(lambda unit, it, _: unit.grants.revoke(it, NOW))),
    "cases.decide": Contest(
        _cases, one_by_one(lambda unit, it, racer: unit.cases.decide(it, "approved", racer, "", NOW))
    ),
    "credentials.advance_counter": Contest(
        _credentials, one_by_one(lambda unit, it, _: unit.credentials.advance_counter(it, 7, NOW))
    ),
    "registrations.complete": Contest(
        _registrations, one_by_one(lambda unit, it, _: unit.registrations.complete(it, NOW))
    ),
    "once.claim": Contest(_names, one_by_one(lambda unit, it, _: unit.once.claim("jti", it.encode(), LATER))),
    "answers.claim": Contest(
        _names,
        one_by_one(lambda unit, it, _: unit.answers.claim(KeptAnswer("user:1", it, DIGEST, NOW, LATER), NOW)),
    ),
    "keys.add": Contest(_names, one_by_one(_add_key)),
    "users.add": Contest(_names, one_by_one(_add_user)),
    "runs.save": Contest(_runs, one_by_one(_save_run)),
    "flows.publish": Contest(_names, one_by_one(_publish)),
    "releases.append": Contest(_names, one_by_one(_release)),
    "documents.append": Contest(_names, one_by_one(_append)),
    "drafts.save": Contest(_drafts, one_by_one(_save_draft)),
    "drafts.remove": Contest(_drafts, one_by_one(lambda unit, it, _: unit.drafts.remove(it, 1))),
    "outbox.claim": Contest(_mails, until_empty(lambda unit: [it.id for it in unit.outbox.claim(NOW, LATER, limit=2)])),
    "verifications.claim_due": Contest(
        _verifications, until_empty(lambda unit: [it.id for it in unit.verifications.claim_due(NOW, LATER, limit=2)])
    ),
}

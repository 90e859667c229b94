"""What a mailed sign-in link does when it is opened.

Opening it shows a page and uses nothing up, however often and by whom (mail scanners open links). Its button acts:

* in the browser that asked, the link counts as the code, and the run that waits there goes on;
* in another browser it inherits nothing of the one that asked. It shows a code to type there, so that a link that was
  asked for by a stranger lets nobody in who does not also read the code out to them; or, where the flow allows it
  (`anywhere`), it starts the flow anew in this browser with the address proved.
"""

from dataclasses import dataclass, replace
from typing import Final

from idp.application.audit import note
from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.run import AtScreen, RunView, Submission, show_run, submit
from idp.application.sign_in_mail import LINK, SIGNED, add_code, find_newest, find_owner
from idp.application.start import start_run
from idp.application.threads import in_thread
from idp.errors import InvalidInput
from idp.flows.events import StaleEvent
from idp.flows.language import SIGN_IN
from idp.flows.methods import EMAIL
from idp.handles import decode, matches
from idp.identity.links import LinkExpired, LinkInvalid
from idp.oidc.situation import Needs
from idp.records.accounts import User
from idp.records.clients import ClientPolicy
from idp.records.journeys import Evidence, MailedLink, Run
from idp.storage.protocols.unit import UnitOfWork

#: Screens at which a run takes a link in place of a code.
ASKING: Final = frozenset({"email_link_sent", "email_code"})
IDENTIFIER: Final = "identifier"
ENDED: Final = "This link has been used or has expired."


@dataclass(frozen=True, slots=True)
class LinkShown:
    """What the page behind a link may say. `device` and `asked_at` tell who asked; `here` is the browser that did.

    With an `email`, the flow allows to sign in in this other browser too, as that.
    """

    device: str
    asked_at: float
    here: bool
    email: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    row: MailedLink
    run: Run
    user: User


def open_link(deps: Dependencies, text: str, browser: Browser) -> LinkShown:
    """Read a mailed link. Consumes nothing. Raises LinkInvalid or LinkExpired."""
    with deps.storage.read() as uow:
        row, _, run = _read(deps, uow, text)
        device, asked_at = str(row.data.get("device", "")), row.created_at
        if run.browser_digest == browser.digest:
            return LinkShown(device, asked_at, here=True)
        user = _check(deps, uow, row, run)
        return LinkShown(device, asked_at, here=False, email=user.email if row.data.get("anywhere") is True else "")


async def use_link(deps: Dependencies, text: str, browser: Browser) -> RunView:
    """Use the link in the browser that asked: its run goes on.

    A run that has left the page stays where it is, as after a double click; one that waits there says what is wrong
    with the link. Raises LinkInvalid or LinkExpired, NotFound if another browser asked.
    """
    run_id, handle = await in_thread(_find_run, deps, text)
    view = await show_run(deps, run_id, browser)
    if isinstance(view, AtScreen) and view.effect.screen in ASKING:
        step, seq = view.effect.step, view.effect.seq
        try:
            view = await submit(deps, run_id, browser, Submission(step, seq, "submitted", {"code": handle}))
        except StaleEvent:
            view = await show_run(deps, run_id, browser)
    return view


def show_code(deps: Dependencies, text: str, browser: Browser) -> str:
    """Use the link in another browser than the one that asked: return a code to type there, the only time.

    Raises LinkInvalid, LinkExpired or InvalidInput.
    """
    with deps.storage.write() as uow:
        found = _consume(deps, uow, text, browser)
        _note(deps, uow, found, "code_shown", browser)
        return add_code(deps, uow, found.row)


async def sign_in_here(deps: Dependencies, text: str, browser: Browser) -> RunView:
    """Use the link in another browser to sign in there, if the flow allows it.

    A new run of the same flow starts, pinned to this browser. It has the address proved and nothing else: no request,
    no password, no other factor of the run that waits elsewhere. Raises LinkInvalid, LinkExpired or InvalidInput.
    """
    run, email = await in_thread(_start, deps, text, browser)
    view = await show_run(deps, run.id, browser)
    if isinstance(view, AtScreen) and view.effect.screen == IDENTIFIER:
        step, seq = view.effect.step, view.effect.seq
        view = await submit(deps, run.id, browser, Submission(step, seq, "submitted", {"email": email}))
    return view


def _start(deps: Dependencies, text: str, browser: Browser) -> tuple[Run, str]:
    with deps.storage.write() as uow:
        found = _consume(deps, uow, text, browser)
        if found.row.data.get("anywhere") is not True or found.run.purpose != SIGN_IN:
            raise InvalidInput("This link does not sign in here.", detail="the flow does not allow it")
        policy = ClientPolicy(flows={SIGN_IN: found.run.flow_id})
        started = start_run(deps, uow, policy, Needs(SIGN_IN, "mailed_link"), None, None, browser)
        user = found.user
        run = uow.runs.save(replace(started, user_id=user.id, credential_epoch=user.credential_epoch))
        uow.evidence.append(
            Evidence(
                id=0,
                run_id=run.id,
                method=EMAIL,
                amr=("email",),
                at=deps.clock.now(),
                source_step=LINK,
                purpose=run.purpose,
                user_id=user.id,
                flow_id=run.flow_id,
                flow_version=run.flow_version,
            )
        )
        _note(deps, uow, found, "started_elsewhere", browser)
        return run, user.email


def _find_run(deps: Dependencies, text: str) -> tuple[int, str]:
    with deps.storage.read() as uow:
        _, handle, run = _read(deps, uow, text)
        return run.id, handle


def _consume(deps: Dependencies, uow: UnitOfWork, text: str, browser: Browser) -> _Found:
    """Use the link, once, in a browser that did not ask for it."""
    row, _, run = _read(deps, uow, text)
    user = _check(deps, uow, row, run)
    if run.browser_digest == browser.digest:
        raise InvalidInput("This link goes on where it was asked for.", detail="used as if in another browser")
    if not uow.links.consume(row.id, deps.clock.now()):
        raise LinkExpired(ENDED)
    return _Found(row, run, user)


def _check(deps: Dependencies, uow: UnitOfWork, row: MailedLink, run: Run) -> User:
    """Return whose link it is. Raises LinkExpired if it was used, something newer was mailed, or the run is over."""
    user = find_owner(deps, uow, row)
    used = row.consumed_at is not None or deps.clock.now() >= row.expires_at
    if used or run.status != "active" or user is None or row not in find_newest(uow, run):
        raise LinkExpired(ENDED)
    return user


def _read(deps: Dependencies, uow: UnitOfWork, text: str) -> tuple[MailedLink, str, Run]:
    """Return the row of a link, what stands in for a code, and the run it was mailed for, used or not."""
    payload = deps.signer.open(SIGNED, text, deps.policy.email_code_seconds)
    signed = payload.get("l")
    handle = decode(signed) if isinstance(signed, str) else None
    row = uow.links.get(handle[0]) if handle else None
    if handle is None or row is None or row.purpose != LINK or not matches(handle[1], row.digest):
        raise LinkInvalid("This link is not valid.")
    run = uow.runs.get(row.run_id) if row.run_id is not None else None
    if run is None:
        raise LinkExpired(ENDED)
    return row, str(signed), run


def _note(deps: Dependencies, uow: UnitOfWork, found: _Found, outcome: str, browser: Browser) -> None:
    user_id, run_id = found.user.id, found.run.id
    note(deps, uow, "sign_in_link.confirm", outcome, trace=browser.trace, user_id=user_id, run_id=run_id)

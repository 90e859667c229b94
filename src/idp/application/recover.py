"""Account recovery: a mailed link, confirmed by a button, starts the recovery flow in this browser.

The first page answers the same for every address. The work done for an unknown one is the same too, up to what is put
in the outbox, which is sent later by a worker.
"""

from dataclasses import dataclass
from typing import Final

from idp.application.audit import note
from idp.application.authorize import load_request
from idp.application.browser import Browser
from idp.application.client_themes import theme_of_request
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail
from idp.application.ownership import vendor_of
from idp.application.start import start_run
from idp.application.throttle import charge
from idp.errors import InvalidInput, NotFound
from idp.handles import decode, encode, matches, mint
from idp.identity.email_address import parse_email
from idp.identity.links import LinkExpired, LinkInvalid
from idp.identity.recovery import RecoveryFacts, RecoveryPolicy, decide_recovery
from idp.identity.throttling import keys_for_mail
from idp.oidc.situation import Needs
from idp.records.accounts import User
from idp.records.journeys import AuthorizationRequest, Evidence, MailedLink, Run
from idp.storage.protocols.unit import UnitOfWork

LINK_PURPOSE: Final = "recovery_link"


@dataclass(frozen=True, slots=True)
class LinkShown:
    """What the confirm page may say. `device` and `asked_at` tell the person who asked."""

    device: str
    asked_at: float
    same_browser: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """This account cannot be recovered here; `reason` is for the page and the audit trail."""

    reason: str


class LinkUsedHere(LinkExpired):
    """The link was used in this very browser, as by a double click, and what it started goes on.

    `run_id` is that recovery's; it opens in this browser alone anyway.
    """

    def __init__(self, run_id: int) -> None:
        """Name the recovery."""
        super().__init__("This link has been used.")
        self.run_id = run_id


def request_link(deps: Dependencies, typed: str, request_id: int | None, browser: Browser) -> None:
    """Mail a recovery link, if there is such an account and the limits allow. Says nothing about either.

    Raises InvalidInput for a text that is no e-mail address.
    """
    email = parse_email(typed)
    if email is None:
        raise InvalidInput("That is not an e-mail address.")
    now = deps.clock.now()
    with deps.storage.write() as uow:
        request = _request_of(deps, uow, request_id, browser)
        allowed = charge(deps, uow, keys_for_mail(email.lookup_key, browser.address))
        user = uow.users.by_email_key(email.lookup_key)
        secret = mint(deps.random_bytes)
        known = allowed and user is not None and user.status == "active"
        link = uow.links.add(
            MailedLink(
                id=0,
                purpose="recovery",
                digest=secret.digest,
                created_at=now,
                expires_at=now + deps.policy.link_seconds,
                user_id=user.id if known and user else None,
                request_id=request.id if request else None,
                data={"browser": browser.digest.hex(), "device": describe_device(browser.user_agent)},
            )
        )
        text = deps.signer.sign(LINK_PURPOSE, {"l": encode(link.id, secret.text)})
        theme = theme_of_request(uow, request)
        if known and user is not None:
            values = {
                "link": f"{deps.policy.issuer}/recover/confirm?link={text}",
                "minutes": round(deps.policy.link_seconds / 60),
                "device": describe_device(browser.user_agent),
                "at": now,
            }
            queue_mail(deps, uow, user.email, "recovery_link", user.locale or browser.locale, values, theme=theme)
        outcome = "sent" if known else "throttled" if not allowed else "unknown"
        note(deps, uow, "recovery.request", outcome, trace=browser.trace, user_id=user.id if user else None)


def open_link(deps: Dependencies, text: str, browser: Browser) -> LinkShown:
    """Read a mailed link. Consumes nothing, however often it is opened. Raises as `confirm_link` does."""
    with deps.storage.read() as uow:
        link = _link(deps, uow, text)
        _check_unused(deps, uow, link, browser)
        same = link.data.get("browser") == browser.digest.hex()
        return LinkShown(str(link.data.get("device", "")), link.created_at, same)


def confirm_link(deps: Dependencies, text: str, browser: Browser) -> Run | Refused:
    """Use the link, once, and start the recovery flow pinned to this browser.

    In another browser than the one that asked, the recovery works and inherits nothing: it is not tied to the request
    that waits over there. Raises LinkInvalid or LinkExpired, or LinkUsedHere in the browser that has used it.
    """
    with deps.storage.write() as uow:
        link = _link(deps, uow, text)
        _check_unused(deps, uow, link, browser)
        now = deps.clock.now()
        user = uow.users.get(link.user_id) if link.user_id is not None else None
        if not uow.links.consume(link.id, now) or user is None:
            raise LinkExpired("This link has been used or has expired.")
        decision = decide_recovery(_facts(uow, user), RecoveryPolicy(unenrolled=deps.policy.recovery_unenrolled))
        if decision.outcome == "refuse":
            note(deps, uow, "recovery.confirm", "refused", reason=decision.reason, trace=browser.trace, user_id=user.id)
            return Refused(decision.reason)
        request = _request_of(deps, uow, link.request_id, browser)
        client = uow.clients.get(request.client_id) if request else None
        needs = Needs("recovery", "mailed_link")
        run = start_run(deps, uow, client.policy if client else None, needs, request, None, browser, expected=user)
        uow.evidence.append(
            Evidence(
                id=0,
                run_id=run.id,
                method="recovery_link",
                amr=("email",),
                at=now,
                source_step="recovery_link",
                purpose="recovery",
                user_id=user.id,
                request_id=run.request_id,
                flow_id=run.flow_id,
                flow_version=run.flow_version,
            )
        )
        note(deps, uow, "recovery.confirm", "started", trace=browser.trace, user_id=user.id, run_id=run.id)
        return run


def _request_of(
    deps: Dependencies, uow: UnitOfWork, request_id: int | None, browser: Browser
) -> AuthorizationRequest | None:
    if request_id is None:
        return None
    try:
        return load_request(deps, uow, request_id, browser)
    except NotFound:
        return None


def _link(deps: Dependencies, uow: UnitOfWork, text: str) -> MailedLink:
    payload = deps.signer.open(LINK_PURPOSE, text, deps.policy.link_seconds)
    handle = decode(payload.get("l") if isinstance(payload.get("l"), str) else None)
    link = uow.links.get(handle[0]) if handle else None
    if handle is None or link is None or link.purpose != "recovery" or not matches(handle[1], link.digest):
        raise LinkInvalid("This link is not valid.")
    return link


def _check_unused(deps: Dependencies, uow: UnitOfWork, link: MailedLink, browser: Browser) -> None:
    if link.consumed_at is not None and link.user_id is not None:
        active = uow.runs.active_of_user(link.user_id)
        mine = (run for run in active if run.purpose == "recovery" and run.browser_digest == browser.digest)
        if (run := next(mine, None)) is not None:
            raise LinkUsedHere(run.id)
    if link.consumed_at is not None or deps.clock.now() >= link.expires_at:
        raise LinkExpired("This link has been used or has expired.")


def _facts(uow: UnitOfWork, user: User) -> RecoveryFacts:
    vendors = {vendor_of(uow, record.name) for record in uow.connections.all()}
    return RecoveryFacts(
        active=user.status == "active",
        enrolled=any(uow.identities.of_user(user.id, vendor) for vendor in vendors),
        has_password=bool(uow.credentials.of_user(user.id, "password")),
        has_totp=bool(uow.credentials.of_user(user.id, "totp")),
    )

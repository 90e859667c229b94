"""What a page may say around a run: for which client it runs, and for whom."""

from dataclasses import dataclass

from idp.application.client_themes import find_client, theme_of
from idp.application.dependencies import Dependencies
from idp.application.factors import find_offered, list_factors
from idp.application.invite import find_invited
from idp.application.passkey_steps import prepare_ceremony
from idp.application.passkeys import Options
from idp.application.upstream import Offer, offer_link
from idp.flows.events import ShowScreen
from idp.flows.factors import list_served
from idp.flows.language import SIGN_UP
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

#: The screen that asks whether to link an identity at another provider.
CONFIRM_LINK = "confirm_link"


@dataclass(frozen=True, slots=True)
class Frame:
    """The client's name, validated redirect URI and theme, if the run serves a request.

    `email` is the person's address, if known, `ceremony` what the page asks the browser to do with a passkey, `factors`
    the names of those that the person has, for a page that offers them, `link` the identity at another provider that
    could be linked, for the page that asks.
    """

    client_name: str | None = None
    redirect_uri: str | None = None
    email: str = ""
    theme: str | None = None
    ceremony: Options | None = None
    factors: tuple[str, ...] = ()
    link: Offer | None = None


def frame_run(deps: Dependencies, run: Run, screen: ShowScreen | None = None) -> Frame:
    """Read what the page around a run may say, and what its screen asks of passkeys."""
    with deps.storage.read() as uow:
        request = uow.requests.get(run.request_id) if run.request_id is not None else None
        client = find_client(uow, request)
        user_id = run.user_id or run.expected_user_id
        user = uow.users.get(user_id) if user_id is not None else None
        ceremony = prepare_ceremony(deps, uow, run, screen) if screen is not None else None
        factors = _list_offered(deps, uow, run, screen) if screen is not None else ()
        link = offer_link(deps, uow, run) if screen is not None and screen.screen == CONFIRM_LINK else None
        invited = find_invited(uow, run) if user is None and run.purpose == SIGN_UP else ""
    target = request.params.get("redirect_uri") if request and client else None
    email = user.email if user else invited
    return Frame(client.name if client else None, target, email, theme_of(client), ceremony, factors, link)


def frame_request(deps: Dependencies, request_id: int | None) -> Frame:
    """Read what a page around a request may say; nothing for an unknown one."""
    if request_id is None:
        return Frame()
    with deps.storage.read() as uow:
        request = uow.requests.get(request_id)
        client = find_client(uow, request)
    target = request.params.get("redirect_uri") if request and client else None
    return Frame(client.name if client else None, target, theme=theme_of(client))


def _list_offered(deps: Dependencies, uow: UnitOfWork, run: Run, screen: ShowScreen) -> tuple[str, ...]:
    offered = find_offered(deps.flows.get(uow, run.flow_id, run.flow_version), screen)
    if not offered:
        return ()
    # A code by text message is not offered where nothing sends one.
    served = list_served(deps.flows.inventory.catalog(uow)).intersection(offered)
    return tuple(factor.name for factor in list_factors(uow, run) if factor.name in served)

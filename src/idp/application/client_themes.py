"""Whose theme a journey wears: that of the client that asked for it."""

from idp.application.first_party import ACCOUNT_ID
from idp.records.clients import Client
from idp.records.journeys import AuthorizationRequest, Run
from idp.storage.protocols.unit import UnitOfWork


def find_client(uow: UnitOfWork, request: AuthorizationRequest | None) -> Client | None:
    """Return the client outside that a request is from. One of our own pages has none, and its way back is a path."""
    return uow.clients.get(request.client_id) if request and request.client_id != ACCOUNT_ID else None


def theme_of(client: Client | None) -> str | None:
    """Return the id of the theme that a client wears, None for the default one."""
    return client.policy.theme if client else None


def theme_of_request(uow: UnitOfWork, request: AuthorizationRequest | None) -> str | None:
    """Return the id of the theme that pages and mails wear which serve a request, None for the default one."""
    return theme_of(find_client(uow, request))


def theme_of_run(uow: UnitOfWork, run: Run) -> str | None:
    """Return the id of the theme that pages and mails of a run wear, None for the default one."""
    return theme_of_request(uow, uow.requests.get(run.request_id) if run.request_id is not None else None)

"""What a page may say around a run: for which client it runs, and for whom."""

from dataclasses import dataclass

from idp.application.dependencies import Dependencies
from idp.records.journeys import Run


@dataclass(frozen=True, slots=True)
class Frame:
    """The client's name and validated redirect URI, if the run serves a request, and the person's address, if known."""

    client_name: str | None = None
    redirect_uri: str | None = None
    email: str = ""


def frame_run(deps: Dependencies, run: Run) -> Frame:
    """Read what the page around a run may say."""
    with deps.storage.read() as uow:
        request = uow.requests.get(run.request_id) if run.request_id is not None else None
        client = uow.clients.get(request.client_id) if request else None
        user_id = run.user_id or run.expected_user_id
        user = uow.users.get(user_id) if user_id is not None else None
    target = str(request.params["redirect_uri"]) if request else None
    return Frame(client.name if client else None, target, user.email if user else "")


def frame_request(deps: Dependencies, request_id: int | None) -> Frame:
    """Read what a page around a request may say; nothing for an unknown one."""
    if request_id is None:
        return Frame()
    with deps.storage.read() as uow:
        request = uow.requests.get(request_id)
        client = uow.clients.get(request.client_id) if request else None
    target = str(request.params["redirect_uri"]) if request else None
    return Frame(client.name if client else None, target)

"""Whether this process can serve: the database answers, and there is a key to sign with."""

from idp.application.dependencies import Dependencies


def check_readiness(deps: Dependencies) -> None:
    """Do nothing if the process can serve. Raises Unavailable, or what keeps it from signing."""
    with deps.storage.read() as uow:
        uow.clients.get("-")
    deps.keyring().choose("ES256")

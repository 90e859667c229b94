"""What needs an administrator's token at Incode: deleting data (reference, sections 1.3 and 8)."""

from typing import Final

from idp.clock import Clock
from idp.connectors.api import CredentialsRefused
from idp.connectors.incode.client import IncodeClient, IncodeRefusal
from idp.connectors.incode.parse import read_token
from idp.http import CallFailed

#: Seconds a token is used. Incode's lives 24 hours by default.
TOKEN_SECONDS: Final = 3600.0


class Administrator:
    """Logs in when needed and keeps the token in memory."""

    def __init__(self, client: IncodeClient, clock: Clock, email: str, password: str) -> None:
        """Take the login; nothing is called yet."""
        self._client = client
        self._clock = clock
        self._email = email
        self._password = password
        self._token: str | None = None
        self._token_until = 0.0

    async def find_token(self) -> str:
        """Return an admin token. Raises CallFailed, CredentialsRefused when the login is wrong."""
        if self._token is None or self._clock.now() >= self._token_until:
            token = read_token(await self._client.log_in(self._email, self._password))
            if token is None:
                raise CallFailed("not_json", "log-in: the answer has no token")
            self._token, self._token_until = token, self._clock.now() + TOKEN_SECONDS
        return self._token

    async def delete(self, interview_id: str) -> None:
        """Delete a session; one that is gone already is fine. Logs in anew once when the token is refused."""
        kept = self._token
        try:
            await self._delete(interview_id, await self.find_token())
        except CredentialsRefused as refused:
            if refused.status != 401 or kept is None or kept != self._token:
                raise
            self._token = None
            await self._delete(interview_id, await self.find_token())

    async def _delete(self, interview_id: str, token: str) -> None:
        try:
            await self._client.delete(interview_id, token)
        except IncodeRefusal as refusal:
            if not refusal.says_gone:
                raise

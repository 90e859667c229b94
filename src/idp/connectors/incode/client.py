"""Calls to Incode's Omni API, one method an endpoint. Returns JSON as it came; `parse` reads it.

Source: the reference on Incode's API, sections 1 to 8. The API key goes only with calls that need it: the `/0/` form of
a call is authorised by the session token alone (section 1.4).
"""

from collections.abc import Mapping
from typing import Any, Final

from idp.connectors.api import CredentialsRefused
from idp.connectors.breaker import Breaker
from idp.connectors.incode.parse import read_error, read_object
from idp.http import Answer, CallFailed, HttpClient

API_VERSION: Final = "1.0"
TOKEN_HEADER: Final = "X-Incode-Hardware-Id"


class IncodeRefusal(CallFailed):
    """Incode's own error body, whatever HTTP status it came with.

    `said` is Incode's text, which a decision may look at and no log may hold.
    """

    def __init__(self, what: str, *, http_status: int, code: int, said: str, retry_after: float | None) -> None:
        """Keep the code of the body apart from the HTTP status."""
        status = http_status if http_status >= 400 else code
        super().__init__("status", f"{what}: HTTP {http_status}, code {code}", status=status, retry_after=retry_after)
        self.vendor_code = code
        self.said = said

    @property
    def says_gone(self) -> bool:
        """Tell whether Incode says that there is no such session."""
        return self.status == 404

    @property
    def says_closed(self) -> bool:
        """Tell whether Incode refuses because the session is closed already."""
        return self.status in {400, 409, 410} and "closed" in self.said.lower()


class IncodeClient:
    """The wire calls of one connection. Every failure is a CallFailed; 401 and 403 are CredentialsRefused."""

    def __init__(self, http: HttpClient, api_url: str, api_key: str, breaker: Breaker) -> None:
        """Take the base URL without a trailing slash."""
        self._http = http
        self._url = api_url
        self._key = api_key
        self._breaker = breaker

    async def start(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Start a session. Never repeated: each call makes a session."""
        return await self._call("start", "POST", "/omni/start", body=body)

    async def find_url(self, token: str, client_id: str | None) -> Mapping[str, Any]:
        """Get the link to the hosted flow."""
        params = {"clientId": client_id} if client_id else {}
        return await self._call("onboarding-url", "GET", "/0/omni/onboarding-url", token=token, params=params)

    async def find_status(self, token: str) -> Mapping[str, Any]:
        """Get the onboarding status."""
        return await self._call("status", "GET", "/0/omni/get/onboarding/status", token=token)

    async def find_score(self, token: str) -> Mapping[str, Any]:
        """Get the score as it is now."""
        return await self._call("score", "GET", "/0/omni/get/score", token=token)

    async def close(self, token: str) -> Mapping[str, Any]:
        """Close the session, after which its score cannot change (section 5.2). Harmless to repeat."""
        path, params = "/omni/session/status/set", {"action": "Closed"}
        return await self._call("close", "POST", path, token=token, params=params, idempotent=True)

    async def find_document(self, token: str) -> Mapping[str, Any]:
        """Get the document data."""
        return await self._call("ocr-data", "GET", "/omni/get/ocr-data", token=token)

    async def find_flow(self, flow_id: str, token: str | None = None) -> Mapping[str, Any]:
        """Get the flow's configuration, past the breaker: an operator is asking."""
        return await self._call("flow", "GET", f"/omni/flow/{flow_id}", token=token, guarded=False)

    async def log_in(self, email: str, password: str) -> Mapping[str, Any]:
        """Get an admin token."""
        body = {"email": email, "password": password}
        return await self._call("log-in", "POST", "/executive/log-in", body=body, guarded=False)

    async def delete(self, interview_id: str, token: str) -> Mapping[str, Any]:
        """Delete a session's data."""
        params = {"interviewId": interview_id}
        return await self._call("delete", "DELETE", "/omni/interview", token=token, params=params)

    async def _call(
        self,
        what: str,
        method: str,
        path: str,
        *,
        token: str | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotent: bool | None = None,
        guarded: bool = True,
    ) -> Mapping[str, Any]:
        headers = {"api-version": API_VERSION}
        if not path.startswith("/0/"):
            headers["x-api-key"] = self._key
        if token is not None:
            headers[TOKEN_HEADER] = token

        async def call() -> Mapping[str, Any]:
            answer = await self._http.request(
                method, self._url + path, headers=headers, params=params, body=body, idempotent=idempotent
            )
            return _read(what, answer, "API key" if token is None else "token")

        return await (self._breaker.guard(call) if guarded else call())


def _read(what: str, answer: Answer, credential: str) -> Mapping[str, Any]:
    """Return the body's object. An error is one by the HTTP status or by the body, whichever says so (section 10)."""
    body: Any = None
    broken: CallFailed | None = None
    try:
        body = answer.json()
    except CallFailed as failed:
        broken = failed
    error = read_error(body)
    for status in (answer.status, error.code if error else 0):
        if status in {401, 403}:
            refused = "API key" if status == 403 else credential
            raise CredentialsRefused(f"{what}: Incode refuses the {refused} (HTTP {answer.status})", status=status)
    if error is not None:
        raise IncodeRefusal(
            what, http_status=answer.status, code=error.code, said=error.text, retry_after=answer.retry_after
        )
    if not 200 <= answer.status < 300:
        raise CallFailed(
            "status", f"{what}: HTTP {answer.status}", status=answer.status, retry_after=answer.retry_after
        )
    if what == "delete" and not answer.body:
        return {}
    if broken is not None or not isinstance(body, dict):
        raise CallFailed("not_json", f"{what}: HTTP {answer.status} without a JSON object", status=answer.status)
    return read_object(body)

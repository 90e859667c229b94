"""Headers that every answer carries unless its own handler said something else.

The defaults are those of an answer that is no page: nothing may load, frame or cache it. `Referrer-Policy` is
`same-origin` and not `no-referrer`, because the latter makes browsers send `Origin: null` with our own forms.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.web.content_security import SEALED_POLICY

_PERMISSIONS: Final = ", ".join(
    [f"{feature}=()" for feature in ("browsing-topics", "camera", "display-capture", "geolocation", "microphone")]
    + [f"{feature}=()" for feature in ("payment", "serial", "usb")]
    + ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)
_ALWAYS: Final = {
    "Content-Security-Policy": SEALED_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": _PERMISSIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Adds the headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        https: bool,
        hsts_seconds: int = 63_072_000,
        opener_policy: str = "same-origin",
    ) -> None:
        """Wrap `app`. `https`: the issuer is served over https, so browsers shall insist on it for `hsts_seconds`.

        `opener_policy` is the Cross-Origin-Opener-Policy. `same-origin` also cuts off clients that open the sign-in
        in a popup window and wait for it; an operator who has those chooses `unsafe-none`.
        """
        self._app = app
        headers = {**_ALWAYS, "Cross-Origin-Opener-Policy": opener_policy}
        if https:
            headers["Strict-Transport-Security"] = f"max-age={hsts_seconds}"
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the answer gets every header it does not have."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                missing = [header for header in self._headers if header[0] not in said]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        await self._app(scope, receive, send_guarded)

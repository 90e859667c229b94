"""The HTTP connector: fill in the templates, sign, call, and judge the answer."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from idp.connectors.api import CallRequest, CallResult, ConnectorType, HealthReport, Site
from idp.connectors.breaker import Breaker, BreakerState
from idp.connectors.http.answer import judge_answer
from idp.connectors.http.config import SECRET_FIELDS, HttpConfig
from idp.connectors.http.shape import TYPE, UNFIT, describe_http
from idp.connectors.http.template import UnfitValue, fill_field, fill_header, fill_json, fill_path
from idp.connectors.reachability import check_reachable
from idp.egress import RemoteError
from idp.http import Answer, basic_credentials

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class InputUnfit(RemoteError):
    """A value cannot stand where the template puts it; nobody was called."""

    code = UNFIT


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to be sent."""

    url: str
    headers: Mapping[str, str]
    body: bytes | None


class HttpConnector:
    """One HTTP connection."""

    def __init__(self, config: HttpConfig, secrets: Mapping[str, str], site: Site) -> None:
        """Parse the templates; nothing is called yet."""
        self._config = config
        self._secrets = secrets
        self._site = site
        self._breaker = Breaker(site.clock)
        self._path = config.path_template()
        self._query = config.templates(config.query)
        self._headers = config.templates(config.headers)
        form = config.body is not None and config.body.kind == "form"
        self._form = config.templates(config.body.content) if config.body is not None and form else {}
        self._json = None if form else config.json_template()

    @property
    def breaker(self) -> BreakerState:
        """Return the circuit breaker's state."""
        return self._breaker.state

    async def call(self, request: CallRequest) -> CallResult:
        """Ask the service. Raises CallFailed, and InputUnfit for a value that the request cannot carry."""
        prepared = self._prepare(request)

        async def send() -> CallResult:
            return judge_answer(self._config, await self._send(prepared))

        return await self._breaker.guard(send)

    async def check(self) -> HealthReport:
        """Find out whether the service's host can be reached. The call itself is not made: it may do something."""
        parts = urlsplit(self._config.url)
        return await check_reachable(self._site.http, f"{parts.scheme}://{parts.netloc}/")

    async def _send(self, prepared: Prepared) -> Answer:
        config = self._config
        return await self._site.http.request(
            config.method,
            prepared.url,
            headers=prepared.headers,
            content=prepared.body,
            idempotent=config.repeatable,
            total=config.timeout_seconds,
        )

    def _prepare(self, request: CallRequest) -> Prepared:
        values = request.inputs
        try:
            url = self._fill_url(values)
            written = {name: fill_header(template, values) for name, template in self._headers.items()}
        except UnfitValue as unfit:
            raise InputUnfit(detail=f"the value of {unfit}") from None
        headers = {name: value for name, value in written.items() if value is not None}
        body = self._fill_body(values)
        if body is not None and self._config.body is not None:
            headers["Content-Type"] = _JSON if self._config.body.kind == "json" else _FORM
        headers["Idempotency-Key"] = request.key
        headers |= self._show_credentials()
        if self._config.signing is not None and body is not None:
            headers[self._config.signing.header] = self._sign(request.key, int(request.now), body)
        return Prepared(url, headers, body)

    def _fill_url(self, values: Mapping[str, str | int | float | bool | tuple[str, ...]]) -> str:
        parts = urlsplit(self._config.url)
        filled = {name: fill_field(template, values) for name, template in self._query.items()}
        query = urlencode({name: value for name, value in filled.items() if value is not None})
        return urlunsplit((parts.scheme, parts.netloc, fill_path(self._path, values), query, ""))

    def _fill_body(self, values: Mapping[str, str | int | float | bool | tuple[str, ...]]) -> bytes | None:
        if self._config.body is None:
            return None
        if self._config.body.kind == "form":
            fields = {name: fill_field(template, values) for name, template in self._form.items()}
            return urlencode({name: value for name, value in fields.items() if value is not None}).encode()
        return json.dumps(fill_json(self._json, values), ensure_ascii=False, allow_nan=False).encode()

    def _show_credentials(self) -> dict[str, str]:
        shown = self._config.credentials
        if shown is None:
            return {}
        secret = self._secrets["credential"]
        if shown.kind == "basic":
            return {"Authorization": basic_credentials(shown.username or "", secret)}
        return {"Authorization": f"Bearer {secret}"} if shown.header is None else {shown.header: secret}

    def _sign(self, key: str, at: int, body: bytes) -> str:
        """Sign the time, the idempotency key and the body, so that neither an old nor a changed request passes."""
        message = f"{at}.{key}.".encode() + body
        return f"t={at},v1={hmac.new(self._secrets['signing_key'].encode(), message, hashlib.sha256).hexdigest()}"


HTTP: Final = ConnectorType(
    type=TYPE,
    title="HTTP service",
    config_model=HttpConfig,
    build=HttpConnector,
    secret_fields=SECRET_FIELDS,
    proves=None,
    describe=describe_http,
    needs_secrets=HttpConfig.list_secrets,
)

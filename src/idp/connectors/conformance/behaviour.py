"""What a connector does when everything around it fails: only what the API allows, and without telling secrets."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from idp.connectors.api import (
    LISTS_BREACHES,
    MAX_OUTPUT,
    SENDS_MAIL,
    SENDS_SMS,
    CallRequest,
    CallResult,
    Calls,
    ChecksHealth,
    Concluded,
    ConnectorError,
    DeletesData,
    HealthReport,
    IdentityConnector,
    ListsBreaches,
    LookCall,
    Message,
    ReceivesWebhook,
    RedirectCall,
    Redirected,
    Redirects,
    ReturnCall,
    Returned,
    Sends,
    StartCall,
    Started,
    Waiting,
    WebhookHint,
    WebhookRefused,
    is_value,
)
from idp.connectors.conformance.network import BROKEN, Scenario, ScriptedHttp
from idp.connectors.conformance.sample import Sample
from idp.errors import InvalidInput
from idp.flows.state import measure_json
from idp.flows.step_types import CALL, IDENTITY_CHECK, REDIRECT, ConnectionInfo

_RETURN_URL: Final = "https://idp.example/return"
_STATE: Final = "state-5f1d"
_SECRET: Final = "secret-41fe"
_JUNK: Final = (b"", b"null", b"[]", b"{}", b"\xff", b"{" * 10_000, b'{"interviewId": 1}')
_BROUGHT: Final[tuple[Mapping[str, str], ...]] = (
    {},
    {"error": "access_denied", "state": _STATE},
    {"code": "forged", "state": _STATE},
    {"code": "forged", "state": "another"},
    {"id_token": "a.b.c", "state": _STATE},
)
_ABILITIES: Final[Mapping[str, type[Any]]] = {LISTS_BREACHES: ListsBreaches, SENDS_MAIL: Sends, SENDS_SMS: Sends}
_PROTOCOLS: Final[Mapping[str, type[Any]]] = {
    IDENTITY_CHECK: IdentityConnector,
    CALL: Calls,
    REDIRECT: Redirects,
}


async def try_connector(sample: Sample) -> list[str]:
    """Open the sample's connection on every broken network and use all it can do; return what is wrong."""
    try:
        info = sample.kind.inform(sample.config)
        return [fault for scenario in BROKEN for fault in await _Trial(sample, info, scenario).run()]
    except InvalidInput as error:
        return [f"the connection cannot be opened: {error.message}"]


class _Trial:
    """One connection on one broken network."""

    def __init__(self, sample: Sample, info: ConnectionInfo, scenario: Scenario) -> None:
        self.sample = sample
        self.info = info
        self.scenario = scenario
        self.http = ScriptedHttp(scenario)
        self.faults: list[str] = []

    async def run(self) -> list[str]:
        clock = self.http.clock
        connector = self.sample.kind.open(self.sample.config, self.sample.secrets, self.http, clock, lambda: 0.5)
        promised = [(self.info.use or "", _PROTOCOLS), *((ability, _ABILITIES) for ability in self.info.abilities)]
        for word, protocols in promised:
            wanted = protocols.get(word)
            if wanted is not None and not isinstance(connector, wanted):
                self.faults.append(f"what is opened is no {wanted.__name__}, which {word!r} promises")
        if isinstance(connector, IdentityConnector) and self.info.use == IDENTITY_CHECK:
            await self.verify(connector)
        if isinstance(connector, Calls):
            await self.call(connector)
        if isinstance(connector, Redirects):
            await self.redirect(connector)
        await self.use_abilities(connector)
        await self.http.aclose()
        return self.faults

    async def use_abilities(self, connector: object) -> None:
        if isinstance(connector, ChecksHealth):
            report = await self.attempt("check", connector.check)
            if report is not None and not isinstance(report, HealthReport):
                self.fault("check returns no HealthReport")
        if isinstance(connector, ListsBreaches):
            listed = await self.attempt("list_breaches", lambda: connector.list_breaches("5BAA6"))
            if listed is not None and not isinstance(listed, frozenset):
                self.fault("list_breaches returns no frozenset")
            elif listed is not None:
                self.fault("list_breaches takes this for a list, and every leaked password passes")
        if isinstance(connector, Sends):
            await self.send(connector)
        if isinstance(connector, DeletesData):
            await self.attempt("delete", lambda: connector.delete("vendor-reference"))
        if isinstance(connector, ReceivesWebhook):
            self.read(connector)

    def fault(self, what: str) -> None:
        self.faults.append(f"{self.scenario.name}: {what}")

    async def attempt(self, what: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do the work and return what it returns; anything raised but ConnectorError is a fault."""
        try:
            result = await work()
        except ConnectorError as error:
            self.look_for_secrets(what, f"{error} {error.message} {error.detail} {error.code}")
            return None
        except Exception as error:  # noqa: BLE001  # the very thing that is looked for
            self.fault(f"{what} raises {type(error).__name__}, which is no ConnectorError")
            return None
        self.look_for_secrets(what, repr(result))
        return result

    def look_for_secrets(self, what: str, text: str) -> None:
        for name, value in self.sample.secrets.items():
            if value and value in text:
                self.fault(f"{what} shows the secret {name}")

    async def verify(self, connector: IdentityConnector) -> None:
        now = self.http.clock.now()
        start = StartCall(1, "subject", f"{_RETURN_URL}?state=x", "en", now + 600)
        started = await self.attempt("start", lambda: connector.start(start))
        if started is not None and not isinstance(started, Started):
            self.fault("start returns no Started")
        look = LookCall("reference", "secret-3d9a", now, now + 600, now, "subject")
        seen = await self.attempt("look", lambda: connector.look(look))
        if seen is not None and not isinstance(seen, Waiting | Concluded):
            self.fault("look returns neither Waiting nor Concluded")
        if isinstance(seen, Concluded) and seen.result is not None and seen.result.passing:
            self.fault("look passes somebody whom the vendor did not")

    async def call(self, connector: Calls) -> None:
        now = self.http.clock.now()
        request = CallRequest("key-7c20", dict(self.sample.inputs), "en", now + 10, now)
        result = await self.attempt("call", lambda: connector.call(request))
        if result is None:
            return
        if not isinstance(result, CallResult):
            self.fault("call returns no CallResult")
            return
        for what in _judge(self.info, result.outcome, result.error, result.output):
            self.fault(what)

    async def redirect(self, connector: Redirects) -> None:
        now = self.http.clock.now()
        call = RedirectCall(_RETURN_URL, _STATE, dict(self.sample.inputs), "en", now + 600, now, _SECRET)
        away = await self.attempt("start", lambda: connector.start(call))
        if isinstance(away, Redirected):
            self.http.policy.check_url(away.url)
            if _SECRET in away.url:
                self.fault("the address that start returns carries the secret")
            if _STATE not in away.url:
                self.fault("the address that start returns does not carry the state")
        memory = away.memory if isinstance(away, Redirected) else {}
        for params in _BROUGHT:
            back = ReturnCall(params, memory, _RETURN_URL, _STATE, now + 600, now)
            returned = await self.attempt("resume", lambda back=back: connector.resume(back))  # type: ignore[misc]
            if returned is None:
                continue
            if not isinstance(returned, Returned):
                self.fault("resume returns no Returned")
                continue
            if returned.identity is not None:
                self.fault("resume believes what the browser brought")
            for what in _judge(self.info, returned.outcome, returned.error, returned.output):
                self.fault(what)

    async def send(self, connector: Sends) -> None:
        message = Message("+491511234567", "text-canary-6c1e", "key-7c20")
        try:
            await connector.send(message)
        except ConnectorError as error:
            self.look_for_secrets("send", f"{error} {error.message} {error.detail} {error.code}")
            if message.text in f"{error} {error.detail}" or message.to in f"{error} {error.detail}":
                self.fault("send shows the message or the number")
        except Exception as error:  # noqa: BLE001  # the very thing that is looked for
            self.fault(f"send raises {type(error).__name__}, which is no ConnectorError")
        else:
            self.fault("send takes this for a message that was sent")

    def read(self, connector: ReceivesWebhook) -> None:
        for body in _JUNK:
            hint: Any = None
            try:
                hint = connector.read_webhook(body)
            except WebhookRefused:
                continue
            except Exception as error:  # noqa: BLE001  # the very thing that is looked for
                self.fault(f"read_webhook raises {type(error).__name__}, which is no WebhookRefused")
                continue
            if not isinstance(hint, WebhookHint):
                self.fault("read_webhook returns no WebhookHint")


def _judge(info: ConnectionInfo, outcome: str, error: str | None, output: Mapping[str, Any]) -> Iterator[str]:
    if outcome not in info.outcomes:
        yield f"the outcome {outcome!r} is not declared"
    if outcome == "error" and error not in info.errors:
        yield f"the error code {error!r} is not declared"
    if info.outputs is not None and not set(output) <= set(info.outputs):
        yield f"{', '.join(sorted(set(output) - set(info.outputs)))}: not declared as output"
    if not all(is_value(value) for value in output.values()):
        yield "the output has values that are not text, numbers, bools or lists of text"
    elif measure_json(output) > MAX_OUTPUT:
        yield f"the output is larger than {MAX_OUTPUT} bytes"

"""The circuit breaker."""

import anyio
import pytest

from idp.clock import SettableClock
from idp.connectors.breaker import Breaker
from idp.http import CallFailed

pytestmark = pytest.mark.anyio
OUTAGE = CallFailed("connect")


class Service:
    """Counts calls, and fails while `fault` is set."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault = fault
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.fault is not None:
            raise self.fault
        return "fine"


async def knock(breaker: Breaker, service: Service) -> str:
    try:
        return await breaker.guard(service)
    except CallFailed as failed:
        return failed.kind


async def open_breaker(clock: SettableClock, service: Service) -> Breaker:
    breaker = Breaker(clock, threshold=3, rest=30.0)
    for _ in range(3):
        await knock(breaker, service)
    return breaker


async def test_it_starts_closed_and_passes_answers_on():
    breaker = Breaker(SettableClock())
    assert await breaker.guard(Service()) == "fine"
    assert breaker.state.position == "closed"


async def test_it_opens_after_outages_in_a_row_and_then_calls_nobody():
    clock, service = SettableClock(), Service(OUTAGE)
    breaker = await open_breaker(clock, service)
    assert breaker.state.position == "open"
    assert breaker.state.last_failure == "call_connect"
    assert breaker.state.retry_at == clock.now() + 30.0
    with pytest.raises(CallFailed) as caught:
        await breaker.guard(service)
    assert (caught.value.kind, caught.value.retry_after, service.calls) == ("circuit_open", 30.0, 3)


async def test_a_success_between_failures_starts_the_count_anew():
    service = Service(OUTAGE)
    breaker = Breaker(SettableClock(), threshold=3)
    for _ in range(5):
        service.fault = OUTAGE
        await knock(breaker, service)
        await knock(breaker, service)
        service.fault = None
        await knock(breaker, service)
    assert breaker.state.position == "closed"


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_refusals_of_a_call_are_no_outage(status):
    breaker, service = Breaker(SettableClock(), threshold=1), Service(CallFailed("status", status=status))
    await knock(breaker, service)
    assert breaker.state.position == "closed"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_overload_and_server_errors_are_outages(status):
    breaker, service = Breaker(SettableClock(), threshold=1), Service(CallFailed("status", status=status))
    await knock(breaker, service)
    assert breaker.state.position == "open"


async def test_after_the_rest_one_call_decides_and_a_success_closes_it():
    clock, service = SettableClock(), Service(OUTAGE)
    breaker = await open_breaker(clock, service)
    clock.advance(30.0)
    assert breaker.state.position == "half_open"
    service.fault = None
    assert await breaker.guard(service) == "fine"
    assert breaker.state.position == "closed"


async def test_a_failed_probe_opens_it_again_at_once():
    clock, service = SettableClock(), Service(OUTAGE)
    breaker = await open_breaker(clock, service)
    clock.advance(30.0)
    await knock(breaker, service)
    assert breaker.state.position == "open"
    assert await knock(breaker, service) == "circuit_open"
    assert service.calls == 4


async def test_only_one_probe_runs_at_a_time():
    clock, service = SettableClock(), Service(OUTAGE)
    breaker = await open_breaker(clock, service)
    clock.advance(30.0)
    entered, leave = anyio.Event(), anyio.Event()

    async def slow() -> str:
        entered.set()
        await leave.wait()
        return "fine"

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(breaker.guard, slow)
        await entered.wait()
        assert await knock(breaker, service) == "circuit_open"
        leave.set()
    assert breaker.state.position == "closed"


@pytest.mark.parametrize("how", ["cancelled", "broken"])
async def test_a_probe_that_never_finishes_does_not_keep_it_open_for_good(how):
    clock = SettableClock()
    breaker = await open_breaker(clock, Service(OUTAGE))
    clock.advance(30.0)
    if how == "cancelled":
        with anyio.move_on_after(0):
            await breaker.guard(anyio.sleep_forever)
    else:
        with pytest.raises(ZeroDivisionError):
            await breaker.guard(Service(ZeroDivisionError()))
    assert await breaker.guard(Service()) == "fine"

"""CPU of each operation of the design's list."""

from bench.meter import Figure, Meter
from bench.visitor import Visitor
from bench.world import Store
from idp.wiring import Provider


async def measure_operations(provider: Provider, store: Store, alg: str, rounds: int) -> dict[str, Figure]:
    """Measure the list for one signing algorithm. Logins are slower, so there are fewer of them."""
    meter, visitor = Meter(store.server), Visitor(provider, alg)
    few = max(10, rounds // 4)
    found = {"discovery + JWKS": await meter.measure(visitor.discovery, rounds)}
    found["client_credentials"] = await meter.measure(visitor.client_credentials, rounds)
    found["login + code"] = await meter.measure(visitor.login, few)
    found["code with a session"] = await meter.measure(visitor.code_with_a_session, rounds // 2)
    found["refresh"] = await meter.measure(visitor.refresh, rounds)
    found["userinfo"] = await meter.measure(visitor.userinfo, rounds)
    found["introspection"] = await meter.measure(visitor.introspection, rounds)
    found |= await _measure_steps(meter, visitor, few)
    return found


async def _measure_steps(meter: Meter, visitor: Visitor, rounds: int) -> dict[str, Figure]:
    """A flow's first step, by the difference: a login that stops before it, and one that stops behind it."""
    opened = await meter.measure(visitor.open_login, rounds)
    stepped = await meter.measure(visitor.take_first_step, rounds)
    return {
        "authorize, first page": opened,
        "a step, its page": Figure(stepped.provider - opened.provider, stepped.store - opened.store),
    }

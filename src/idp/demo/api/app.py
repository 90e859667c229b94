"""The API's endpoints: GET /balance and POST /transfers."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from idp.clock import Clock
from idp.demo.api.access_token import Bearer, Refusal, demand_identity
from idp.demo.api.ledger import InsufficientFunds, Ledger, Transfer
from idp.demo.provider import Provider, ProviderUnavailable, open_client
from idp.demo.settings import DemoSettings

MAX_BODY: Final = 4096
MAX_AMOUNT: Final = Decimal(1_000_000)
MAX_NAME: Final = 80
CENT: Final = Decimal("0.01")


class BadRequest(Exception):
    """The body is not a transfer."""


def build(settings: DemoSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Return the API as an ASGI app. `transport` carries its calls to the provider; None means the network."""
    client = open_client(transport)
    bearer = Bearer(Provider(settings.issuer, settings.signing_alg, client, clock), settings)
    ledger = Ledger()

    async def show_balance(request: Request) -> JSONResponse:
        token = await bearer.read(request.headers.get("authorization"))
        account = ledger.account(token.sub)
        transfers = [_show(transfer) for transfer in account.transfers]
        return JSONResponse({"balance": str(account.balance), "currency": "GBP", "transfers": transfers})

    async def make_transfer(request: Request) -> JSONResponse:
        token = await bearer.read(request.headers.get("authorization"))
        amount, to = await _read_transfer(request)
        now = clock.now()
        if amount > settings.identity_above:
            demand_identity(token, settings, now)
        transfer = ledger.transfer(token.sub, amount, to, now, token.acr)
        return JSONResponse(_show(transfer), 201)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    return Starlette(
        routes=[
            Route("/balance", show_balance, methods=["GET"]),
            Route("/transfers", make_transfer, methods=["POST"]),
        ],
        exception_handlers={
            Refusal: _refuse,
            BadRequest: _reject,
            InsufficientFunds: _reject_amount,
            ProviderUnavailable: _unavailable,
        },
        lifespan=lifespan,
    )


async def _read_transfer(request: Request) -> tuple[Decimal, str]:
    """Return amount and recipient. The amount may be a JSON number or a string; it is never a binary float."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadRequest("the body is too long")
    try:
        document = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(document, dict):
        raise BadRequest("the body is not an object")
    return _read_amount(document.get("amount")), _read_name(document.get("to"))


def _read_amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise BadRequest("amount must be a number")
    try:
        amount = Decimal(value)
        # Not a number, infinities and fractions of a penny all fail one of these.
        good = amount.is_finite() and 0 < amount <= MAX_AMOUNT and amount == amount.quantize(CENT)
    except (InvalidOperation, ValueError) as error:
        raise BadRequest("amount must be a number") from error
    if not good:
        raise BadRequest("amount must be more than 0, in pounds and whole pence")
    return amount.quantize(CENT)


def _read_name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME or not value.isprintable():
        raise BadRequest(f"to must be a name of at most {MAX_NAME} characters")
    return value.strip()


def _show(transfer: Transfer) -> dict[str, Any]:
    return {
        "id": transfer.id,
        "amount": str(transfer.amount),
        "currency": "GBP",
        "to": transfer.to,
        "at": transfer.at,
        "acr": transfer.acr,
    }


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101
    body = {"error": error.error, "error_description": error.description} if error.error else {}
    return JSONResponse(body, error.status, headers={"www-authenticate": error.challenge, "cache-control": "no-store"})


async def _reject(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": "invalid_request", "error_description": str(error)}, 400)


async def _reject_amount(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "insufficient_funds", "error_description": "There is not enough money"}, 409)


async def _unavailable(_: Request, __: Exception) -> JSONResponse:
    # Without the provider's keys no token can be judged, so none passes.
    return JSONResponse({"error": "temporarily_unavailable"}, 503, headers={"retry-after": "5"})

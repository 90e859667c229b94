"""Mails that a flow's author asks for with the action `send_mail`."""

from collections.abc import Mapping
from typing import Any

from idp.application.audit import note
from idp.application.client_themes import theme_of_run
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail
from idp.application.steps import ActionCall, ActionResult
from idp.application.throttle import charge
from idp.identity.throttling import keys_for_mail
from idp.storage.protocols.unit import UnitOfWork


def perform_send_mail(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Queue a mail of one of the templates for flows to the run's user, by a connection if the option names one."""
    user_id = call.run.user_id or call.run.expected_user_id
    user = uow.users.get(user_id) if user_id is not None else None
    outcome = "throttled"
    if user is not None and charge(deps, uow, keys_for_mail(user.email_key, call.browser.address)):
        outcome = "sent"
        template, connection = str(call.options.get("template", "")), call.options.get("connection")
        values = _values(deps, call)[template]
        locale, theme = user.locale or call.run.locale, theme_of_run(uow, call.run)
        queue_mail(deps, uow, user.email, template, locale, values, connection=connection, theme=theme)
    note(deps, uow, "mail.send", outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)
    return ActionResult(outcome, call.run)


def _values(deps: Dependencies, call: ActionCall) -> Mapping[str, Mapping[str, Any]]:
    return {
        "signed_in": {
            "device": describe_device(call.browser.user_agent),
            "at": deps.clock.now(),
            "recovery_link": f"{deps.policy.issuer}/recover",
        },
        "welcome": {"sign_in_link": deps.policy.issuer},
    }

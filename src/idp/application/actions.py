"""The built-in actions of flows.

An action is given the run and the form, does one thing in the caller's unit of work, and names its outcome.

Work that costs much CPU (a password hash) is done *between* two units of work: `prepare` returns it, the caller runs
it in the hashing pool with no transaction open, and `perform` gets the result.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from idp.application import (
    enrolment,
    factors,
    invite,
    mail_codes,
    passkey_steps,
    second_factor,
    sign_in_mail,
    text_codes,
    upstream,
)
from idp.application.attempt_limits import perform_limit_attempts
from idp.application.dependencies import Dependencies
from idp.application.notices import perform_send_mail
from idp.application.passwords import (
    perform_check_password,
    perform_set_password,
    prepare_check_password,
    prepare_new_password,
)
from idp.application.profile_step import perform_set_profile
from idp.application.registration import perform_create_account, perform_register
from idp.application.steps import ActionCall, ActionResult, Work
from idp.storage.protocols.unit import UnitOfWork

Prepare = Callable[[Dependencies, UnitOfWork, ActionCall], Work]
Perform = Callable[[Dependencies, UnitOfWork, ActionCall], ActionResult]


@dataclass(frozen=True, slots=True)
class Action:
    """How an action of the catalogue is carried out. `prepare` is None where there is nothing heavy to do."""

    perform: Perform
    prepare: Prepare | None = None


ACTIONS: Final[Mapping[str, Action]] = {
    "check_password": Action(perform_check_password, prepare_check_password),
    "check_totp": Action(second_factor.perform_check_totp),
    "has_totp": Action(second_factor.perform_has_totp),
    "check_passkey": Action(passkey_steps.perform_check_passkey),
    "has_passkey": Action(passkey_steps.perform_has_passkey),
    "passkey_offer_due": Action(passkey_steps.perform_passkey_offer_due),
    "register_passkey": Action(passkey_steps.perform_register_passkey),
    "has_second_factor": Action(factors.perform_has_second_factor),
    "pick_second_factor": Action(factors.perform_pick_second_factor),
    "check_recovery_code": Action(factors.perform_check_recovery_code),
    "register": Action(perform_register, prepare_new_password),
    "register_invited": Action(invite.perform_register_invited, prepare_new_password),
    "send_email_code": Action(mail_codes.perform_send_email_code),
    "check_email_code": Action(mail_codes.perform_check_email_code),
    "send_sign_in_code": Action(sign_in_mail.perform_send_sign_in_code),
    "check_sign_in_code": Action(sign_in_mail.perform_check_sign_in_code),
    "create_account": Action(perform_create_account),
    "set_password": Action(perform_set_password, prepare_new_password),
    "has_phone": Action(text_codes.perform_has_phone),
    "send_sms_code": Action(text_codes.perform_send_sms_code),
    "check_sms_code": Action(text_codes.perform_check_sms_code),
    "send_phone_code": Action(text_codes.perform_send_phone_code),
    "add_phone": Action(text_codes.perform_add_phone),
    "check_upstream": Action(upstream.perform_check_upstream),
    "link_upstream": Action(upstream.perform_link_upstream),
    "create_upstream_account": Action(upstream.perform_create_upstream_account),
    "set_profile": Action(perform_set_profile),
    "limit_attempts": Action(perform_limit_attempts),
    "send_mail": Action(perform_send_mail),
    "enrol_identity": Action(enrolment.perform_enrol_identity),
}

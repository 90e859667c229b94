"""From where a run stands to the page that shows it. Every screen of the catalogue has exactly one builder here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, cast

from idp.application.frame import Frame
from idp.application.run import AtScreen
from idp.application.steps import subject_of
from idp.application.text_codes import SECONDS as SMS_SECONDS
from idp.application.waiting import find_end
from idp.flows.components import list_components, pick_text
from idp.flows.language import SIGN_UP
from idp.web import views
from idp.web.views import Form, Problem, View
from idp.web.views.passkeys import UNKNOWN

Builder = Callable[[AtScreen, Frame, Form, float], View]

#: What an action's outcome is called on the page, by screen; the rest is `UNKNOWN_PROBLEM`.
_ERRORS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("password", "wrong"): ("wrong_credentials", "password"),
    ("identifier", "wrong"): ("wrong_credentials", "email"),
    ("totp", "wrong"): ("wrong_code", "code"),
    ("recovery_code", "wrong"): ("wrong_recovery_code", "code"),
    ("sms_code", "wrong"): ("wrong_code", "code"),
    ("sms_code", "expired"): ("expired_code", "code"),
    ("phone", "invalid"): ("invalid_phone", "phone"),
    ("email_code", "wrong"): ("wrong_code", "code"),
    ("email_code", "expired"): ("expired_code", "code"),
    ("email_link_sent", "wrong"): ("wrong_code", "code"),
    ("email_link_sent", "expired"): ("expired_link", ""),
}
#: The same by the action that failed, where one screen comes after several.
_ERRORS_OF_ACTIONS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("check_passkey", "wrong"): ("wrong_passkey", ""),
    ("check_passkey", "unknown"): (UNKNOWN, ""),
    ("register_passkey", "refused"): ("refused_passkey", ""),
}
_WEAK: Final[Mapping[str, tuple[str, str]]] = {
    "too_short": ("short_password", "password"),
    "too_long": ("long_password", "password"),
    "common": ("known_password", "password"),
    "breached": ("known_password", "password"),
    "unchecked": ("unchecked_password", "password"),
    "contains_email": ("email_in_password", "password"),
    "too_guessable": ("weak_password", "password"),
    "email": ("invalid_email", "email"),
}


def build_view(at: AtScreen, frame: Frame, form: Form, email_code_seconds: float) -> View:
    """Return the view of the screen that a run waits at."""
    return BUILDERS[at.effect.screen](at, frame, form, email_code_seconds)


def list_problems(at: AtScreen) -> tuple[Problem, ...]:
    """Translate what went wrong before this screen into problems of its fields."""
    error = at.effect.error
    if error is None:
        return ()
    if error == "weak":
        codes: list[object] = next(
            (said["problems"] for said in reversed(list(at.values.values())) if "problems" in said), []
        )
        return list_weaknesses(codes)
    if error == "throttled":
        return (Problem("throttled"),)
    by_action = _ERRORS_OF_ACTIONS.get((at.action, error))
    return (Problem(*(by_action or _ERRORS.get((at.effect.screen, error), (error, "")))),)


def list_weaknesses(codes: Iterable[object]) -> tuple[Problem, ...]:
    """Translate what is wrong with a new password into problems of its field."""
    found = tuple(Problem(*_WEAK.get(str(code), ("weak_password", "password"))) for code in codes)
    return found or (Problem("weak_password", "password"),)


def _email(at: AtScreen, frame: Frame) -> str:
    return at.effect.form.get("email", "") or frame.email


def _ceremony(frame: Frame, outcome: str = "submitted") -> views.Ceremony | None:
    return views.Ceremony(frame.ceremony, outcome) if frame.ceremony is not None else None


def _request_query(at: AtScreen) -> str:
    return f"?request={at.run.request_id}" if at.run.request_id is not None else ""


def _identifier(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.Identifier(
        form,
        email=_email(at, frame),
        client_name=frame.client_name,
        recover_url=f"/recover{_request_query(at)}",
        sign_up_url=f"/sign-up{_request_query(at)}" if at.run.request_id is not None else None,
        ceremony=_ceremony(frame, "passkey"),
        provider=str(at.effect.options.get("provider", "")) if "upstream" in at.effect.outcomes else None,
        problems=list_problems(at),
    )


def _confirm_link(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    offer = frame.link
    return views.ConfirmLink(form, offer.site if offer else "", offer.email if offer else "", _email(at, frame))


def _passkey(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.Passkey(
        form,
        _ceremony(frame),
        frame.email,
        frame.client_name,
        other_way="other_way" in at.effect.outcomes,
        problems=list_problems(at),
    )


def _offer_passkey(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.OfferPasskey(form, _ceremony(frame), frame.email, list_problems(at))


def _add_passkey(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.AddPasskey(form, _ceremony(frame), frame.email, list_problems(at))


def _password(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.Password(
        form, _email(at, frame), frame.client_name, f"/recover{_request_query(at)}", list_problems(at)
    )


def _totp(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.Totp(form, _email(at, frame), other_way=_has_other_way(at, frame), problems=list_problems(at))


def _recovery_code(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.RecoveryCode(form, _email(at, frame), _has_other_way(at, frame), list_problems(at))


def _choose_factor(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    offered = at.effect.outcomes
    factors = tuple(name for name in frame.factors if name in offered)
    return views.ChooseFactor(form, factors, frame.email, "back" in offered, "stop" in offered, list_problems(at))


def _has_other_way(at: AtScreen, frame: Frame) -> bool:
    """Say whether to offer another factor: the flow does, and the person has one."""
    return "other_way" in at.effect.outcomes and any(name != at.effect.screen for name in frame.factors)


def _sign_up(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    back = f"/authorize/continue{_request_query(at)}" if at.run.request_id is not None else None
    return views.SignUp(form, _email(at, frame), frame.client_name, back, problems=list_problems(at))


def _email_code(at: AtScreen, frame: Frame, form: Form, seconds: float) -> View:
    return views.EmailCode(form, _email(at, frame), seconds, known=_is_known(at), problems=list_problems(at))


def _email_link_sent(at: AtScreen, frame: Frame, form: Form, seconds: float) -> View:
    here = f"/run/{at.run.id}"
    status = f"{here}/status?seq={at.effect.seq}"
    return views.EmailLinkSent(form, _email(at, frame), seconds, here, status, _is_known(at), list_problems(at))


def _is_known(at: AtScreen) -> bool:
    """Say whether the page may be sure that there is somebody to write to."""
    return at.run.purpose == SIGN_UP or subject_of(at.run) is not None


def _phone(at: AtScreen, _frame: Frame, form: Form, _seconds: float) -> View:
    skip = "skip" in at.effect.outcomes
    return views.Phone(form, at.effect.form.get("phone", ""), skip=skip, problems=list_problems(at))


def _sms_code(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    sent = [str(said["phone"]) for said in at.values.values() if "phone" in said]
    digits = sent[-1].split()[-1] if sent else ""
    return views.SmsCode(form, digits, SMS_SECONDS, _has_other_way(at, frame), list_problems(at))


def _new_password(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    return views.NewPassword(form, _email(at, frame), problems=list_problems(at))


def _intro(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    purpose = cast(Literal["sign_in", "sign_up", "step_up", "recovery"], at.run.purpose)
    return views.VerificationIntro(form, purpose, frame.client_name)


def _unfinished(at: AtScreen, _frame: Frame, form: Form, _seconds: float) -> View:
    return views.VerificationUnfinished(form, expired=at.effect.error == "expired")


def _try_later(_at: AtScreen, _frame: Frame, form: Form, _seconds: float) -> View:
    return views.TryLater(form)


def _refused(at: AtScreen, _frame: Frame, form: Form, _seconds: float) -> View:
    return views.VerificationRefused(form, retry="retry" in at.effect.outcomes)


def _form(at: AtScreen, _frame: Frame, form: Form, _seconds: float) -> View:
    options, locale, kept = at.effect.options, at.run.locale, {**at.effect.form, **at.typed}
    fields = tuple(
        views.FormField(
            item.name,
            item.kind,
            pick_text(item.label, locale),
            pick_text(item.hint, locale),
            kept.get(item.name, ""),
            item.required,
            item.max_length,
            tuple((value, pick_text(label, locale)) for value, label in item.choices),
        )
        for item in list_components(options)
    )
    return views.DesignedForm(
        form,
        pick_text(options.get("title", {}), locale),
        fields,
        pick_text(options.get("text", {}), locale),
        "skip" in at.effect.outcomes,
        "back" in at.effect.outcomes,
        tuple(Problem(code, name) for name, code in at.wrong) or list_problems(at),
    )


def _wait(at: AtScreen, frame: Frame, form: Form, _seconds: float) -> View:
    here = f"/run/{at.run.id}"
    return views.Wait(
        form,
        here,
        f"{here}/status?seq={at.effect.seq}",
        find_end(at.run, at.effect),
        str(at.effect.options.get("message", "")),
        mailed=bool(frame.email),
        stop="stop" in at.effect.outcomes,
    )


def _message(at: AtScreen, _frame: Frame, form: Form, _seconds: float) -> View:
    return views.Message(form, str(at.effect.options.get("message", "")))


BUILDERS: Final[Mapping[str, Builder]] = {
    "identifier": _identifier,
    "confirm_link": _confirm_link,
    "passkey": _passkey,
    "offer_passkey": _offer_passkey,
    "add_passkey": _add_passkey,
    "password": _password,
    "totp": _totp,
    "recovery_code": _recovery_code,
    "choose_factor": _choose_factor,
    "sign_up": _sign_up,
    "email_code": _email_code,
    "email_link_sent": _email_link_sent,
    "phone": _phone,
    "sms_code": _sms_code,
    "new_password": _new_password,
    "verification_intro": _intro,
    "verification_unfinished": _unfinished,
    "try_later": _try_later,
    "verification_refused": _refused,
    "form": _form,
    "wait": _wait,
    "message": _message,
}

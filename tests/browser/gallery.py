"""Every page with sample data. `python -m tests.browser.gallery` serves them at http://127.0.0.1:8099/."""

from datetime import date

import uvicorn
from markupsafe import escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from idp.translation import load_translation
from idp.web import views, wording
from idp.web.account_words import ACTIVITY, ACTS
from idp.web.assets import Assets
from idp.web.pages import Brand, Pages

FORM = views.Form("/sent", "sample-token", step="sample", seq=3)
EMAIL = "maria.fernandez@example.com"
CLIENT = "Banco Ejemplo"
AT = 1_790_000_000.0
BORN = date(1990, 4, 12)
TOTP_URI = "otpauth://totp/Northgate%20ID:maria?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Northgate%20ID"
CODES = tuple(f"K7MP-3XQA-9T{one}B" for one in "ABCDEFGHJK")
VENDOR = "https://demo-onboarding.incodesmile.com/acme123/flow/64f0c0ffee?interviewId=0123456789abcdef01234567"
REQUEST = views.Ceremony(
    {
        "challenge": "AAAA",
        "timeout": 900_000,
        "rpId": "localhost",
        "allowCredentials": [],
        "userVerification": "required",
    }
)
CREATION = views.Ceremony(
    {
        "rp": {"name": "Northgate ID", "id": "localhost"},
        "user": {"id": "AAAA", "name": EMAIL, "displayName": "María Fernández"},
        "challenge": "AAAA",
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "excludeCredentials": [],
    }
)


def _wrong(code: str, field: str) -> tuple[views.Problem, ...]:
    return (views.Problem(code, field),)


SAMPLES: dict[str, views.View] = {
    "identifier": views.Identifier(FORM, client_name=CLIENT, recover_url="/recover", sign_up_url="/sign-up"),
    "identifier-wrong": views.Identifier(
        FORM, email="maria@", recover_url="/recover", back=True, problems=_wrong("invalid_email", "email")
    ),
    "identifier-passkey": views.Identifier(
        FORM,
        client_name=CLIENT,
        recover_url="/recover",
        sign_up_url="/sign-up",
        ceremony=views.Ceremony(REQUEST.options, "passkey"),
    ),
    "identifier-passkey-unknown": views.Identifier(
        FORM,
        recover_url="/recover",
        ceremony=views.Ceremony(REQUEST.options, "passkey"),
        problems=(views.Problem("unknown_passkey"),),
    ),
    "passkey": views.Passkey(FORM, REQUEST, EMAIL, client_name=CLIENT, other_way=True),
    "passkey-wrong": views.Passkey(FORM, REQUEST, other_way=True, problems=(views.Problem("wrong_passkey"),)),
    "passkey-nowhere": views.Passkey(FORM, None, EMAIL, other_way=True),
    "identifier-provider": views.Identifier(FORM, EMAIL, CLIENT, "/recover", "/sign-up", provider="Example ID"),
    "identifier-provider-unnamed": views.Identifier(FORM, provider=""),
    "departing": views.Departing(FORM, VENDOR, "Example ID"),
    "departing-at-once": views.Departing(FORM, VENDOR, "Example ID", leaves=True),
    "confirm-link": views.ConfirmLink(FORM, "Example ID", "ada@example.org", EMAIL),
    "confirm-link-unnamed": views.ConfirmLink(FORM, "Example ID", "", EMAIL),
    "wait": views.Wait(FORM, "/wait", "/status", AT, stop=True),
    "wait-own-words": views.Wait(FORM, "/wait-own-words", "/status", AT, "Your contract starts at noon."),
    "form": views.DesignedForm(
        FORM,
        "About your work",
        (
            views.FormField("dept", "text", "Department", "As on your badge", "Accounts"),
            views.FormField("since", "date", "With us since", required=False),
            views.FormField("desk", "number", "Desk"),
            views.FormField("site", "choice", "Site", "", "b", choices=(("a", "Berlin"), ("b", "Madrid"))),
            views.FormField("rules", "checkbox", "I have read the house rules", "They are on the intranet."),
        ),
        "We need this once.",
        skip=True,
        back=True,
    ),
    "form-wrong": views.DesignedForm(
        FORM,
        "About your work",
        (
            views.FormField("dept", "text", "Department"),
            views.FormField("site", "choice", "Site", choices=(("a", "Berlin"),)),
            views.FormField("rules", "checkbox", "I have read the house rules"),
        ),
        problems=(
            views.Problem("missing_value", "dept"),
            views.Problem("invalid_value", "site"),
            views.Problem("missing_value", "rules"),
        ),
    ),
    "invitation": views.Invitation(FORM, EMAIL, AT),
    "offer-passkey": views.OfferPasskey(FORM, CREATION, EMAIL),
    "offer-passkey-nowhere": views.OfferPasskey(FORM, None, EMAIL),
    "add-passkey": views.AddPasskey(FORM, CREATION, EMAIL),
    "add-passkey-refused": views.AddPasskey(FORM, CREATION, problems=(views.Problem("refused_passkey"),)),
    "add-passkey-nowhere": views.AddPasskey(FORM, None, EMAIL),
    "password": views.Password(FORM, EMAIL, client_name=CLIENT, recover_url="/recover"),
    "password-wrong": views.Password(
        FORM, EMAIL, recover_url="/recover", problems=_wrong("wrong_credentials", "password")
    ),
    "password-throttled": views.Password(FORM, EMAIL, problems=(views.Problem("throttled"),)),
    "totp": views.Totp(FORM, EMAIL, recover_url="/recover"),
    "totp-wrong": views.Totp(FORM, problems=_wrong("wrong_code", "code")),
    "totp-other-way": views.Totp(FORM, EMAIL, other_way=True),
    "recovery-code": views.RecoveryCode(FORM, EMAIL, other_way=True),
    "recovery-code-wrong": views.RecoveryCode(FORM, problems=_wrong("wrong_recovery_code", "code")),
    "choose-factor": views.ChooseFactor(
        FORM, ("passkey", "totp", "email_code", "recovery_code"), EMAIL, back=True, stop=True
    ),
    "choose-factor-none": views.ChooseFactor(FORM, (), back=True),
    "sign-up": views.SignUp(FORM, client_name=CLIENT, sign_in_url="/sign-in"),
    "sign-up-wrong": views.SignUp(
        FORM,
        email="maria",
        back=True,
        problems=(views.Problem("invalid_email", "email"), views.Problem("weak_password", "password")),
    ),
    "email-code": views.EmailCode(FORM, EMAIL, lifetime=900),
    "email-code-resent": views.EmailCode(
        FORM, EMAIL, lifetime=900, resent=True, problems=_wrong("expired_code", "code")
    ),
    "email-code-for-whom": views.EmailCode(FORM, EMAIL, lifetime=900, known=False),
    "email-link-sent": views.EmailLinkSent(FORM, EMAIL, 900, "/email-link-sent", "/status"),
    "email-link-sent-wrong": views.EmailLinkSent(
        FORM, EMAIL, 900, "/email-link-sent-wrong", "/status", known=True, problems=_wrong("wrong_code", "code")
    ),
    "sign-in-link": views.SignInLink(FORM, here=True, device="Firefox, Linux", asked_at=1_790_000_000.0),
    "sign-in-link-elsewhere": views.SignInLink(FORM, here=False, device="Firefox, Linux", asked_at=1_790_000_000.0),
    "sign-in-link-anywhere": views.SignInLink(FORM, here=False, email=EMAIL),
    "sign-in-code": views.SignInCode("1234 5678", "Firefox, Linux"),
    "phone": views.Phone(FORM, skip=True),
    "phone-wrong": views.Phone(FORM, "0151", problems=_wrong("invalid_phone", "phone")),
    "sms-code": views.SmsCode(FORM, "789", lifetime=600),
    "sms-code-wrong": views.SmsCode(FORM, "", lifetime=600, problems=_wrong("wrong_code", "code")),
    "new-password": views.NewPassword(FORM, EMAIL),
    "new-password-wrong": views.NewPassword(FORM, EMAIL, problems=_wrong("known_password", "password")),
    "verification-intro-step-up": views.VerificationIntro(FORM, "step_up", client_name=CLIENT),
    "verification-intro-sign-in": views.VerificationIntro(FORM, "sign_in", minutes=1),
    "verification-intro-sign-up": views.VerificationIntro(FORM, "sign_up"),
    "verification-intro-recovery": views.VerificationIntro(FORM, "recovery"),
    "waiting": views.Waiting(FORM, "/waiting", "/status", open_url=VENDOR, phone_url=VENDOR),
    "waiting-for-link": views.Waiting(FORM, "/waiting-for-link", "/status?link"),
    "waiting-here": views.Waiting(FORM, "/waiting-here", "/status", open_url=VENDOR),
    "verification-unfinished": views.VerificationUnfinished(FORM),
    "verification-expired": views.VerificationUnfinished(FORM, expired=True),
    "try-later": views.TryLater(FORM),
    "verification-refused": views.VerificationRefused(FORM, retry=True),
    "verification-refused-for-good": views.VerificationRefused(FORM),
    "review-pending": views.ReviewPending("/review-pending", "/status"),
    "working": views.Working("/working", "/status"),
    "message": views.Message(FORM, "verified"),
    "message-own-words": views.Message(FORM, "Please bring your library card."),
    "consent": views.Consent(
        FORM,
        CLIENT,
        EMAIL,
        (
            views.Scope("openid"),
            views.Scope("profile"),
            views.Scope("email"),
            views.Scope("offline_access"),
            views.Scope("transfers", "Make transfers of up to 1,000 €"),
        ),
        client_host="banco.example",
        privacy_url="https://banco.example/privacy",
        terms_url="https://banco.example/terms",
    ),
    "select-account": views.SelectAccount(
        FORM,
        (views.Account("a", EMAIL, "María Fernández"), views.Account("b", "a.person.with.a.long.name@example.com")),
        client_name=CLIENT,
    ),
    "recover": views.Recover(FORM, sign_in_url="/sign-in"),
    "recover-wrong": views.Recover(FORM, problems=_wrong("missing_email", "email")),
    "recover-sent": views.RecoverSent(1800, "/recover", sign_in_url="/sign-in"),
    "recover-confirm": views.RecoverConfirm(FORM, "Firefox, Linux", 1_790_000_000.0),
    "link-expired": views.LinkExpired("/recover"),
    "link-used-here": views.LinkExpired("/recover", "/run/7"),
    "link-expired-nowhere": views.LinkExpired(),
    "recover-done": views.RecoverDone("/on", CLIENT),
    "request-late": views.RequestLate("step_up", CLIENT, "https://banco.example/start"),
    "request-late-account": views.RequestLate("sign_up"),
    "signed-out": views.SignedOut("https://banco.example/", CLIENT),
    "signed-out-plain": views.SignedOut(),
    "logout-confirm": views.LogoutConfirm(FORM, EMAIL, CLIENT),
    "logout-confirm-plain": views.LogoutConfirm(FORM, EMAIL),
    "returned-elsewhere": views.ReturnedElsewhere(),
    "stale-step": views.StaleStep("/on"),
    "other-user": views.OtherUser(FORM, EMAIL),
    "failure": views.Failure("server_error", "4bf92f3577b34da6a3ce929d0e0e4736"),
    "failure-of-client": views.Failure(
        "invalid_redirect_uri",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "redirect_uri is not registered for this client",
        "https://banco.example/",
        CLIENT,
    ),
    "failure-finished": views.Failure(
        "request_finished", "4bf92f3577b34da6a3ce929d0e0e4736", retry_url="https://banco.example/", client_name=CLIENT
    ),
    "failure-not-here": views.Failure("not_here", "4bf92f3577b34da6a3ce929d0e0e4736"),
    "failure-unknown": views.Failure("no-such-code", "4bf92f3577b34da6a3ce929d0e0e4736", retry_url="/again"),
    # Sent nowhere: the answer stays on this host.
    "form-post": views.FormPost("http://127.0.0.1/callback", (("code", "c"), ("state", "s")), CLIENT),
    "leaving": views.Leaving("https://banco.example/callback?code=c&state=s", CLIENT),
    "leaving-for-verification": views.Leaving(VENDOR, destination="verification"),
    "account-home": views.AccountHome(
        FORM, EMAIL, "María Fernández", second_factors=2, device_count=3, application_count=2, enrolled=True
    ),
    "account-home-attention": views.AccountHome(
        FORM, EMAIL, attention=("no_second_factor", "few_codes", "no_codes", "not_enrolled"), notice="passkey_added"
    ),
    "account-profile": views.AccountProfile(
        EMAIL, "María Fernández", BORN, verified=True, renewable=True, notice="name_changed"
    ),
    "account-profile-bare": views.AccountProfile(EMAIL),
    "account-name": views.ChangeName(FORM, "María", "Fernández"),
    "account-name-wrong": views.ChangeName(FORM, problems=_wrong("missing_name", "given")),
    "account-email": views.ChangeEmail(FORM, EMAIL),
    "account-email-wrong": views.ChangeEmail(FORM, EMAIL, "maria@", _wrong("invalid_email", "email")),
    "account-security": views.AccountSecurity(
        password_set=True,
        password_used_at=AT,
        can_remove_password=True,
        authenticators=(views.Held("Pixel 12", AT, AT, "/account/authenticators/4"),),
        can_add_authenticator=True,
        passkeys=(
            views.Held("iPhone", AT, AT, "/account/passkeys/5", synchronised=True),
            views.Held("A key with quite a long name on my key ring", AT, None, "/account/passkeys/6"),
        ),
        can_add_passkey=True,
        phones=(views.Held("\u2022\u2022\u2022 567", AT, AT, "/account/phones/7"),),
        can_add_phone=True,
        links=(views.Held("Example ID", AT, AT, "/account/links/7"),),
        codes_left=7,
        can_make_codes=True,
        notice="shut_out_passkey",
    ),
    "account-security-bare": views.AccountSecurity(
        password_set=False, can_add_authenticator=True, can_add_passkey=True, can_make_codes=True
    ),
    "account-authenticator": views.AddAuthenticator(FORM, TOTP_URI, "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"),
    "account-authenticator-replaced": views.AddAuthenticator(
        FORM, TOTP_URI, "JBSW Y3DP EHPK 3PXP", "Phone", "Pixel 12", _wrong("wrong_code", "code")
    ),
    **{f"console-{code}": views.ConsoleNotice(code) for code in wording.CONSOLE},
    "console-set-up": views.ConsoleSetUp(FORM),
    "console-set-up-wrong": views.ConsoleSetUp(FORM, "maria@", "Maria", _wrong("invalid_email", "email")),
    "console-set-up-way": views.ConsoleSetUpWay(
        FORM, CREATION, TOTP_URI, "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", EMAIL, "Maria"
    ),
    "console-set-up-way-wrong": views.ConsoleSetUpWay(
        FORM, CREATION, TOTP_URI, "JBSW Y3DP EHPK 3PXP", EMAIL, "Maria", _wrong("wrong_code", "code")
    ),
    "console-set-up-no-passkeys": views.ConsoleSetUpWay(FORM, None, TOTP_URI, "JBSW Y3DP EHPK 3PXP", EMAIL, "Maria"),
    "account-phone": views.AddPhone(FORM),
    "account-phone-wrong": views.AddPhone(FORM, "0151", "\u2022\u2022\u2022 567", _wrong("invalid_phone", "phone")),
    "account-rename": views.RenameCredential(FORM, "Pixel 12"),
    "account-codes": views.RecoveryCodes(FORM, 7, "codes_shown"),
    "account-codes-first": views.RecoveryCodes(FORM),
    "account-codes-made": views.RecoveryCodesMade(CODES, "Northgate ID", EMAIL),
    **{f"account-confirm-{act}": views.ConfirmAct(FORM, act, "/account/security", "Pixel 12") for act in ACTS},
    "account-devices": views.AccountDevices(
        (
            views.DeviceLine("Firefox on Linux", "192.0.2.7", AT, AT),
            views.DeviceLine("Safari on iPhone", "2001:db8:85a3::8a2e:370:7334", AT, AT, FORM),
            views.DeviceLine("Edge on Windows", "", AT, AT, FORM),
        ),
        FORM,
        "device_signed_out",
    ),
    "account-applications": views.AccountApplications(
        (
            views.ApplicationLine(CLIENT, "banco.example", ("openid", "email", "pay"), AT, AT, True, "/w?client=a"),
            views.ApplicationLine("Library", "", ("openid",), AT, None, False, "/w?client=b"),
        ),
        "withdrawn",
    ),
    "account-applications-none": views.AccountApplications(),
    "account-identity": views.AccountIdentity(
        (views.CheckLine(AT, "Incode identity verification", "Document and face", "MARIA FERNANDEZ", BORN),),
        kept=True,
    ),
    "account-identity-deleted": views.AccountIdentity(waiting=1, deleted=2, failed=1, notice="identity_deleted"),
    "account-activity": views.AccountActivity(
        (
            views.ActivityLine(ACTIVITY["authorize", "code_issued"], AT, CLIENT),
            views.ActivityLine(ACTIVITY["account.totp", "added"], AT),
        ),
        "/account/activity?before=7",
    ),
    "account-activity-end": views.AccountActivity(),
    "account-language": views.AccountLanguage(
        FORM, (views.Choice("", ""), views.Choice("en", "English"), views.Choice("de", "Deutsch")), "de"
    ),
    "account-close": views.CloseAccount(FORM, EMAIL, 14 * 86400.0),
    "account-close-at-once": views.CloseAccount(FORM, EMAIL, 0.0),
    "account-closed": views.AccountClosed(AT),
    "account-closed-at-once": views.AccountClosed(),
    "account-keep": views.KeepAccount(FORM, AT),
    "account-kept": views.AccountKept("/account"),
    "account-more-needed": views.MoreNeeded("/account/security"),
    "account-declined": views.AccountDeclined("unmet_authentication_requirements"),
    "account-declined-otherwise": views.AccountDeclined("server_error"),
    "home": views.Home(),
    "home-sign-in": views.Home(sign_in_url="/sign-in"),
    "home-signed-in": views.Home(EMAIL, FORM, "/account"),
}
#: Pages that go elsewhere by themselves once their scripts or refreshes run.
LEAVES_BY_ITSELF = frozenset({"form-post", "leaving", "leaving-for-verification", "departing-at-once"})

BRAND = Brand("Northgate ID", help_url="/help", privacy_url="/privacy", terms_url="/terms")


def make_pages() -> Pages:
    """Return pages in every language, pseudo-locales too."""
    return Pages(load_translation(pseudo=True), Assets(), BRAND)


def make_app() -> Starlette:
    """Return the gallery: `/<sample>?ui_locales=<tag>`, `/status` for polling, `/` as the list."""
    pages = make_pages()

    def show(request: Request) -> Response:
        sample = SAMPLES.get(request.path_params["name"])
        if sample is None:
            return Response("no such page", 404)
        return pages.render(sample, request.query_params.get("ui_locales", "en")).to_response()

    def index(request: Request) -> Response:
        items = "".join(f'<li><a href="/{escape(name)}">{escape(name)}</a>' for name in SAMPLES)
        return Response(f"<!doctype html><title>Gallery</title><ul>{items}</ul>", media_type="text/html")

    def status(request: Request) -> Response:
        return JSONResponse({"state": "waiting"})

    return Starlette(
        routes=[
            Route("/", index),
            Route("/status", status),
            Mount("/static", Assets()),
            Route("/{name}", show),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(make_app(), host="127.0.0.1", port=8099)

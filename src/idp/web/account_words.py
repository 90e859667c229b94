"""The sentences of the account pages behind the codes that the application uses; the catalogues translate them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from idp.translation import mark


@dataclass(frozen=True, slots=True)
class ActWords:
    """An act that is confirmed on a page of its own: its heading, what it does, its button, what else to know.

    `tone` is `danger` for what cannot be taken back by the same page.
    """

    title: str
    text: str
    button: str
    consequences: tuple[str, ...] = ()
    tone: str = "calm"


_SIGNED_OUT: Final = mark("You are signed out on all other devices and in all applications.")

#: By the codes that routes name. `%(name)s` in a title or text is the thing that the act is about.
ACTS: Final[Mapping[str, ActWords]] = MappingProxyType(
    {
        "remove_password": ActWords(
            mark("Remove your password?"),
            mark("You then sign in without one, as with a passkey."),
            mark("Remove the password"),
            (_SIGNED_OUT, mark("You can set a new password at any time.")),
        ),
        "remove_totp": ActWords(
            mark("Remove this authenticator?"),
            mark("Codes from %(name)s will not work any more."),
            mark("Remove the authenticator"),
            (
                mark("If it is your last second factor, your account is protected less well."),
                mark("Recovery codes without a second factor are removed too."),
                _SIGNED_OUT,
            ),
            "danger",
        ),
        "remove_passkey": ActWords(
            mark("Remove this passkey?"),
            mark("You can no longer sign in with %(name)s."),
            mark("Remove the passkey"),
            (
                mark("If it is your last second factor, your account is protected less well."),
                mark("The passkey stays on your device until you delete it there."),
                _SIGNED_OUT,
            ),
            "danger",
        ),
        "remove_phone": ActWords(
            mark("Remove this phone?"),
            mark("We will not send codes to %(name)s any more."),
            mark("Remove the phone"),
            (
                mark("If it is your last second factor, your account is protected less well."),
                mark("Recovery codes without a second factor are removed too."),
                _SIGNED_OUT,
            ),
            "danger",
        ),
        "remove_link": ActWords(
            mark("Remove this link?"),
            mark("You can no longer sign in here with %(name)s."),
            mark("Remove the link"),
            (mark("Your account there stays as it is."), _SIGNED_OUT),
            "danger",
        ),
        "remove_codes": ActWords(
            mark("Remove your recovery codes?"),
            mark("None of the codes that you have written down will work any more."),
            mark("Remove the codes"),
            (mark("You can make new ones at any time."),),
            "danger",
        ),
        "take_name": ActWords(
            mark("Take the name from your document?"),
            mark("We use the name on the document that you have just shown."),
            mark("Take this name"),
            (mark("Applications see the new name the next time you use them."),),
        ),
        "withdraw": ActWords(
            mark("Withdraw the access of %(name)s?"),
            mark("%(name)s can no longer use your account."),
            mark("Withdraw access"),
            (
                mark("Everything it was given ends at once."),
                mark("It may keep what it has copied. Ask there if you want that deleted."),
                mark("It asks again when you sign in to it."),
            ),
        ),
        "delete_identity": ActWords(
            mark("Delete the data of your identity check?"),
            mark("We delete what we keep of the check, and ask the service that made it to delete what it has."),
            mark("Delete this data"),
            (
                mark("If you lose access, you cannot recover your account with an identity check."),
                mark("What asks for an identity check asks for a new one."),
                mark("Your name and your date of birth stay in your profile."),
            ),
            "danger",
        ),
    }
)

#: What has just been done, above the page that follows.
NOTICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "password_set": mark("Your new password is set."),
        "password_removed": mark("Your password is removed."),
        "totp_added": mark("Your authenticator is ready. We ask for its code when you sign in."),
        "totp_replaced": mark("The new authenticator is in place of the old one."),
        "totp_removed": mark("The authenticator is removed."),
        "renamed": mark("The new name is kept."),
        "codes_removed": mark("Your recovery codes are removed."),
        "codes_shown": mark("These codes were shown already. If you have not kept them, make new ones."),
        "passkey_added": mark("Your passkey is ready."),
        "passkey_removed": mark("The passkey is removed. Delete it on your device as well."),
        "phone_added": mark("Your phone is ready. We can send it codes when you sign in."),
        "phone_replaced": mark("The new phone is in place of the old one."),
        "phone_removed": mark("The phone is removed."),
        "link_removed": mark("The link is removed."),
        "email_changed": mark("Your new email address is in use."),
        "name_changed": mark("Your new name is kept."),
        "language_chosen": mark("Your language is kept."),
        "device_signed_out": mark("That device is signed out."),
        "others_signed_out": mark("All other devices are signed out."),
        "withdrawn": mark("The access is withdrawn."),
        "identity_deleted": mark("The data is deleted here. We have asked the checking service to delete its own."),
        "shut_out": mark("Without it you could not sign in any more, so it stays. You can replace it."),
        "shut_out_passkey": mark("Without it you could not sign in any more, so it stays. Add a new passkey first."),
        "shut_out_totp": mark("Without it you could not sign in any more, so it stays. Add a new authenticator first."),
        "shut_out_phone": mark("Without it you could not sign in any more, so it stays. Add a new phone number first."),
        "shut_out_password": mark("Without it you could not sign in any more, so it stays. Set a password first."),
        "shut_out_by": mark(
            "With it you could not sign in any more, so it was not added. Tell the people who run this."
        ),
        "no_second_factor": mark(
            "Recovery codes stand in for another second factor, and there is none. Add one first."
        ),
        "too_many": mark("Your account cannot hold more of these. Remove one first."),
    }
)
#: Notices that something was not done.
WARNINGS: Final = frozenset(
    {"codes_shown", "no_second_factor", "too_many", *(name for name in NOTICES if name.startswith("shut_out"))}
)

#: What needs attention: a sentence and what its link is called.
ATTENTION: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "no_second_factor": (
            mark("Your account is protected by one factor only. With a second one, a stolen password is not enough."),
            mark("Add a second factor"),
            "/account/security",
        ),
        "no_codes": (
            mark("If you lose your second factor, recovery codes let you in. You have none."),
            mark("Make recovery codes"),
            "/account/recovery-codes",
        ),
        "few_codes": (
            mark("You have used most of your recovery codes."),
            mark("Make new codes"),
            "/account/recovery-codes",
        ),
        "not_enrolled": (
            mark("Your identity has not been checked. Without that, a lost account cannot be recovered here."),
            mark("About the identity check"),
            "/account/identity",
        ),
    }
)

#: Why a request of the account pages ended without success; every other reason is told by `DECLINED_OTHERWISE`.
DECLINED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "access_denied": (
            mark("You did not go on"),
            mark("You stopped, or what was asked could not be confirmed. Nothing was changed."),
        ),
        "unmet_authentication_requirements": (
            mark("We could not be sure enough"),
            mark("This needs a stronger proof that it is you than was given. Nothing was changed."),
        ),
        "login_required": (
            mark("Another person signed in"),
            mark("This was started by somebody else. Nothing was changed."),
        ),
    }
)
DECLINED_OTHERWISE: Final = (mark("That did not work"), mark("Nothing was changed. Please try again."))

#: The person's part of the audit trail, by action and outcome. What is not here is not shown to them.
ACTIVITY: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("authorize", "code_issued"): mark("You signed in to %(name)s"),
        ("account", "entered"): mark("You opened your account"),
        ("password.check", "ok"): mark("Your password was entered"),
        ("password.check", "wrong"): mark("A wrong password was entered"),
        ("password.set", "set"): mark("A new password was set in a recovery"),
        ("totp.check", "ok"): mark("A code of your authenticator was entered"),
        ("totp.check", "wrong"): mark("A wrong authenticator code was entered"),
        ("sms_code.check", "ok"): mark("A code from a text message was entered"),
        ("sms_code.check", "wrong"): mark("A wrong code from a text message was entered"),
        ("phone.add", "added"): mark("A phone was added"),
        ("passkey.check", "ok"): mark("A passkey was used"),
        ("passkey.check", "wrong"): mark("A passkey was refused"),
        ("passkey.add", "added"): mark("A passkey was added"),
        ("recovery_code.check", "ok"): mark("A recovery code was used"),
        ("recovery_code.check", "wrong"): mark("A wrong recovery code was entered"),
        ("sign_in_mail.send", "sent"): mark("A mail to sign in with was sent to you"),
        ("sign_in_mail.check", "ok"): mark("A code or a link from a mail was used to sign in"),
        ("recovery.request", "sent"): mark("A link to recover your account was sent"),
        ("recovery.confirm", "started"): mark("A recovery of your account was started"),
        ("recovery.confirm", "refused"): mark("A recovery of your account was refused"),
        ("verification", "started"): mark("An identity check was started"),
        ("identity.judge", "accepted"): mark("An identity check confirmed you"),
        ("identity.judge", "refused"): mark("An identity check did not confirm you"),
        ("identity.review", "accepted"): mark("A reviewer confirmed you"),
        ("identity.enrol", "enrolled"): mark("Your identity was linked to your account"),
        ("review.decide", "approved"): mark("A reviewer accepted your identity check"),
        ("review.decide", "rejected"): mark("A reviewer did not accept your identity check"),
        ("consent", "allowed"): mark("You allowed %(name)s to use your account"),
        ("consent", "denied"): mark("You did not allow %(name)s to use your account"),
        ("logout", "ended"): mark("You signed out"),
        ("sign_up.create", "created"): mark("Your account was created"),
        ("user.add", "added"): mark("Your account was created by the people who run this service"),
        ("user.block", "done"): mark("Your account was blocked by the people who run this service"),
        ("user.unblock", "done"): mark("The block of your account was lifted"),
        ("credential.add", "totp"): mark("An authenticator was added by the people who run this service"),
        ("account.password", "added"): mark("You set a password"),
        ("account.password", "changed"): mark("You changed your password"),
        ("account.password", "removed"): mark("You removed your password"),
        ("account.totp", "added"): mark("You added an authenticator"),
        ("account.totp", "replaced"): mark("You replaced an authenticator"),
        ("account.totp", "renamed"): mark("You renamed an authenticator"),
        ("account.totp", "removed"): mark("You removed an authenticator"),
        ("account.passkey", "added"): mark("You added a passkey"),
        ("account.passkey", "renamed"): mark("You renamed a passkey"),
        ("account.passkey", "removed"): mark("You removed a passkey"),
        ("account.phone", "requested"): mark("You asked for a code to a new phone"),
        ("account.phone", "added"): mark("You added a phone"),
        ("account.phone", "replaced"): mark("You replaced a phone"),
        ("account.phone", "renamed"): mark("You renamed a phone"),
        ("account.phone", "removed"): mark("You removed a phone"),
        ("upstream.check", "ok"): mark("You signed in with another provider"),
        ("upstream.link", "linked"): mark("A sign-in at another provider was linked"),
        ("upstream.create", "created"): mark("Your account was created with a sign-in at another provider"),
        ("account.link", "renamed"): mark("You renamed the link to another provider"),
        ("account.link", "removed"): mark("You removed the link to another provider"),
        ("account.recovery_codes", "made"): mark("You made new recovery codes"),
        ("account.recovery_codes", "removed"): mark("You removed your recovery codes"),
        ("account.name", "changed"): mark("You changed your name"),
        ("account.email", "requested"): mark("You asked to change your email address"),
        ("account.email", "changed"): mark("You changed your email address"),
        ("account.language", "chosen"): mark("You chose a language"),
        ("account.device", "signed_out"): mark("You signed a device out"),
        ("account.device", "all_signed_out"): mark("You signed all other devices out"),
        ("account.application", "withdrawn"): mark("You withdrew the access of %(name)s"),
        ("account.identity", "deleted"): mark("You had the data of your identity check deleted"),
        ("vendor.delete", "deleted"): mark("The checking service deleted its data about you"),
        ("account.close", "requested"): mark("You asked to delete your account"),
        ("account.close", "undone"): mark("You kept your account"),
    }
)
ACTIONS: Final = tuple(dict.fromkeys(action for action, _ in ACTIVITY))

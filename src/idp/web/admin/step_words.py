"""What steps are and what conditions can read, in plain sentences for people who draw flows."""

from collections.abc import Mapping
from typing import Final

SCREENS: Final[Mapping[str, str]] = {
    "identifier": "Asks who wants to sign in. Wired, `passkey` also offers passkeys right in the address field.",
    "passkey": "Asks the browser for a passkey.",
    "offer_passkey": "Offers to create a passkey; the person may skip it.",
    "add_passkey": "Creates a passkey.",
    "password": "Asks for the password.",
    "totp": "Asks for the six digits of an authenticator app.",
    "recovery_code": "Asks for one of the codes that the person once wrote down.",
    "choose_factor": "Shows the second factors that are wired here and that the person has.",
    "sign_up": "Asks for an e-mail address and a new password.",
    "email_code": "Asks for the code that was mailed.",
    "email_link_sent": "Waits until the mailed link is opened, or takes the code from the mail.",
    "phone": "Asks for a phone number.",
    "sms_code": "Asks for the code that was sent to the phone.",
    "new_password": "Asks for a new password.",
    "verification_intro": "Says what the identity check will ask for, before it begins.",
    "verification_unfinished": "Says that the identity check was not finished, and offers another try.",
    "try_later": "Says that the identity check does not work at the moment.",
    "verification_refused": "Says that the identity check did not succeed.",
    "wait": "Asks for patience for a while, or until an operator lets the person go on.",
    "form": "Asks for fields of your own: texts, dates, numbers, choices. Conditions can read them.",
    "confirm_link": "Asks whether a sign-in at another provider shall belong to this account from now on.",
    "message": "Shows a text of yours.",
}
ACTIONS: Final[Mapping[str, str]] = {
    "check_password": "Compares the password that was just typed.",
    "check_totp": "Compares the authenticator's digits; each works once.",
    "has_totp": "Asks whether the person has an authenticator.",
    "has_second_factor": "Asks whether the person has anything beside the password.",
    "pick_second_factor": "Picks the best second factor that the person has and that is wired here.",
    "check_recovery_code": "Compares a recovery code; each works once.",
    "check_passkey": "Checks what the passkey answered.",
    "has_passkey": "Asks whether the person has a passkey.",
    "passkey_offer_due": "Asks whether enough time has passed since the last offer.",
    "register_passkey": "Keeps the passkey that was just created.",
    "register": "Keeps address and password until the address is proved. Nobody learns whether it has an account.",
    "register_invited": "Keeps the password of somebody who was invited; the mailed link has proved the address.",
    "set_profile": "Fills in the account's profile from the fields of a form.",
    "limit_attempts": "Counts an attempt of the person, and says when there were too many.",
    "send_email_code": "Mails a code to the address that was asked for.",
    "check_email_code": "Compares the mailed code.",
    "send_sign_in_code": "Mails a code or a link to the account's own address.",
    "check_sign_in_code": "Compares that code, or sees that the link was opened.",
    "create_account": "Makes an account of the registration.",
    "set_password": "Puts the new password in place.",
    "has_phone": "Asks whether the person has a phone number here.",
    "send_sms_code": "Sends a code to the person's phone.",
    "check_sms_code": "Compares the code from the phone.",
    "send_phone_code": "Sends a code to a number that is to be added.",
    "add_phone": "Keeps the new number once its code was right.",
    "check_upstream": "Signs in the account that the identity at another provider is linked to.",
    "create_upstream_account": "Makes an account for that identity, if the provider vouches for its address.",
    "link_upstream": "Links that identity to the account that was proved.",
    "send_mail": "Sends a mail of yours.",
    "enrol_identity": "Ties the verified identity to the account, so that later checks can compare.",
}
USES: Final[Mapping[str | None, str]] = {
    "identity": "Sends the person to the vendor, who checks a document and a face. A condition judges the result.",
    "redirect": "Sends the person to another site and takes back what the browser brings.",
    "call": "Asks a service and goes on with its answer.",
}
CONDITION: Final = "Takes the first case that holds. A case can turn a connection's result into proof."
REVIEW: Final = "Waits until a reviewer decides."
ENDS: Final[Mapping[str, str]] = {
    "complete": "The flow has done its work. What it is worth is decided by what was proved.",
    "denied": "The person may not go on. The application gets a standard error.",
    "error": "Something did not work. The application gets a standard error.",
}
GROUPS: Final[Mapping[str, str]] = {
    "screens": "Screens",
    "actions": "Actions",
    "connections": "Connections",
    "logic": "Logic",
    "flows": "Other flows",
    "ends": "Ends",
}

#: Variables that every flow has: path, type, sentence, and the values where they are known.
VARIABLES: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("user.known", "bool", "Whether it is known who the person is.", ()),
    ("user.email_verified", "bool", "Whether the account's address is verified.", ()),
    ("user.enrolled", "bool", "Whether an identity was verified for the account before.", ()),
    ("user.locale", "string", "The account's language, empty if none.", ()),
    ("client.id", "string", "The application that the person came from.", ()),
    ("request.scopes", "list", "The scopes that it asks for.", ()),
    ("request.acr_values", "list", "The levels that it asks for.", ()),
    ("request.target_acr", "string", "The level that this run was started for, empty if none.", ()),
    ("device.user_agent", "string", "The browser, as it calls itself.", ()),
    ("risk.new_device", "bool", "Whether this person has not signed in with this browser before.", ()),
    ("risk.failed_attempts", "number", "How many of the last answers in this run failed, at most 12.", ()),
    ("risk.account_attempts", "number", "Recent attempts at the account's password.", ()),
    ("risk.address_attempts", "number", "Recent attempts at passwords from this network.", ()),
    ("risk.place_known", "bool", "Whether it is known where this and the last sign-in came from.", ()),
    ("risk.impossible_travel", "bool", "Whether nobody can have come here from the last sign-in in that time.", ()),
    ("run.purpose", "string", "What the flow is for.", ("sign_in", "sign_up", "step_up", "recovery")),
    ("run.recovery_unenrolled", "string", "What happens to people without a verified identity.", ("refuse", "review")),
    ("run.values", "map", "What actions noted, by step: `run.values.<step>.<name>`.", ()),
    ("run.visits", "map", "How often a step with max_visits was entered: `run.visits.<step>`.", ()),
    ("form", "map", "What screens asked for and may be kept: `form.email`. Never a secret.", ()),
)
#: What a result of an identity connection says, below `connectors.<name>.`.
OVERALL: Final = ("OK", "WARN", "FAIL", "MANUAL", "MANUAL_OK", "MANUAL_FAIL", "MANUAL_PENDING", "UNKNOWN")
IDENTITY_RESULT: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("status", "string", "Whether there is a result.", ("completed", "pending", "not_finished", "expired", "error")),
    ("owner", "string", "Whose document it is.", ("match", "mismatch", "unknown", "enrolling")),
    ("manual", "bool", "Whether a person at the vendor decided.", ()),
    ("data.status", "string", "How the vendor's session stands.", ()),
    ("data.score.overall.status", "string", "What document and face together are worth.", OVERALL),
    ("data.score.idValidation.status", "string", "What the document is worth.", OVERALL),
    ("data.score.liveness.status", "string", "Whether the face is a live one.", OVERALL),
    ("data.score.faceRecognition.status", "string", "Whether the face is the document's.", OVERALL),
)
CALL_RESULT: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("status", "string", "Whether the service answered.", ("completed", "error")),
    ("error", "string", "The code of what failed, empty if nothing did.", ()),
)

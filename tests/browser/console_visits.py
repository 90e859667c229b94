"""Every page, dialog and state of the console, and how to get there."""

import re
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import expect

from tests.browser.console_doings import (
    ACME,
    EMPTY,
    FAILED,
    FAULTS,
    SECRET,
    STALE,
    Do,
    all_of,
    click,
    fill,
    fulfil,
    press,
    refused,
    see,
    see_alert,
)


@dataclass(frozen=True)
class Visit:
    """A state of the console. `route` is its line in `routes.tsx`; `dialog` is the source of the dialog that it opens.

    `before` is done in the tab before the page is opened, `then` after it.
    """

    name: str
    route: str
    path: str
    heading: str
    then: Do | None = None
    before: Do | None = None
    dialog: str = ""
    who: str = "olga"
    shows: str = field(default="", kw_only=True)


CLIENT: Final = "pages/clients/ClientPage.tsx"
USER: Final = "pages/users/UserPage.tsx"
VERSIONS: Final = "parts/Versions.tsx"
PAGES: Final = (
    Visit("home", "", "", "Welcome, Olga Operator", shows="Why people were not let in"),
    Visit("home of a reviewer", "", "", "Welcome, Rita Operator", who="rita", shows="Decide doubtful verifications"),
    Visit("home unreachable", "", "", "Welcome, Olga Operator", then=see_alert, before=refused("/home")),
    Visit("reviews", "reviews", "reviews", "Reviews", shows="Case "),
    Visit("reviews, none", "reviews", "reviews?state=expired", "Reviews", shows="There are none"),
    Visit("review", "reviews/:id", "reviews/1", "Case 1", shows="Account beside document"),
    Visit(
        "review, nothing said",
        "reviews/:id",
        "reviews/1",
        "Case 1",
        then=all_of(click("Decide"), see("Choose one.")),
        who="rita",
    ),
    Visit("review missing", "reviews/:id", "reviews/999", "Case 999", then=see_alert),
    Visit("flows", "flows", "flows", "Flows"),
    Visit("flows, none", "flows", "flows", "Flows", before=fulfil(r"/flows\?", EMPTY), shows="No flows yet"),
    Visit("connectors", "connectors", "connectors", "Connectors"),
    Visit(
        "connectors, none",
        "connectors",
        "connectors",
        "Connectors",
        before=fulfil(r"/connections\?", EMPTY),
        shows="Nothing is connected",
    ),
    Visit("connection, new", "connectors/new/:type", "connectors/new/incode", "Connect Incode identity verification"),
    Visit(
        "connection, new and empty",
        "connectors/new/:type",
        "connectors/new/incode",
        "Connect Incode identity verification",
        then=all_of(click("Connect"), see("Give it a name.")),
    ),
    Visit("connection of no type", "connectors/new/:type", "connectors/new/nothing", "New connection"),
    Visit("connection", "connectors/:name", "connectors/incode_verify", "incode_verify"),
    Visit(
        "connection failing its test",
        "connectors/:name",
        "connectors/incode_verify",
        "incode_verify",
        before=fulfil("/connections/incode_verify/test", FAILED),
        then=all_of(click("Test the connection"), see("It does not work yet.")),
    ),
    Visit(
        "connection in conflict",
        "connectors/:name",
        "connectors/incode_verify",
        "incode_verify",
        before=refused("/connections/incode_verify", **STALE),
        then=all_of(fill("Description (optional)", "My words"), click("Save"), see("Save mine over it")),
    ),
    Visit("connection that no flow names", "connectors/:name", "connectors/texts", "texts", shows="Codes to phones"),
    Visit("clients", "clients", "clients", "Clients"),
    Visit(
        "clients, none",
        "clients",
        "clients",
        "Clients",
        before=fulfil(r"/clients$", EMPTY),
        shows="No client is registered",
    ),
    Visit("client, new", "clients/new", "clients/new", "Register a client"),
    Visit(
        "client, new and refused",
        "clients/new",
        "clients/new",
        "Register a client",
        before=refused("/clients$", 422, "invalid", "POST", errors=FAULTS),
        then=all_of(
            fill("Name", "Library"), fill("Redirect URIs", "ftp://library.example"), click("Register it"), see_alert
        ),
    ),
    Visit("client", "clients/:id", "clients/bank", "Bank"),
    Visit("levels", "levels", "levels", "Levels"),
    Visit(
        "levels with faults",
        "levels",
        "levels",
        "Levels",
        then=all_of(
            lambda page: page.get_by_label("Levels", exact=True).fill("levels: nothing"),
            click("Check"),
            lambda page: expect(page.locator(".note.bad li").first).to_be_visible(),
        ),
    ),
    Visit(
        "levels in conflict",
        "levels",
        "levels",
        "Levels",
        before=refused("/levels$", 412, "precondition-failed", "PUT", current={"text": "levels:\n- theirs\n"}),
        then=all_of(fill("What changes", "Mine"), click("Save"), see("Save mine over it")),
    ),
    Visit("themes", "themes", "themes", "Themes", shows="Acme Bank and Trust"),
    Visit(
        "themes, none", "themes", "themes", "Themes", before=fulfil(r"/themes\?", EMPTY), shows="No theme of your own"
    ),
    Visit(
        "theme",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        then=lambda page: expect(page.frame_locator("iframe").get_by_role("heading", name="Sign in")).to_be_visible(),
    ),
    Visit(
        "theme in a mail",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        then=all_of(
            lambda page: page.get_by_role("combobox", name="Page").select_option(label="Code by mail"),
            lambda page: expect(page.frame_locator("iframe").get_by_text("4829 1375")).to_be_visible(),
        ),
    ),
    Visit("theme that nobody wears", "themes/:id", "themes/plain", "Plain", shows="Remove this theme"),
    Visit(
        "theme with poor contrast",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        then=all_of(
            lambda page: page.get_by_role("textbox", name="Light accent", exact=True).fill("#eeeeee"),
            see(re.compile("accent on surface has a contrast")),
            # Where the head of the page lies over half of an input, axe takes the other half for all of it.
            lambda page: page.evaluate("scrollTo(0, 0)"),
        ),
    ),
    Visit(
        "theme as text",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        then=all_of(
            click("Text"),
            lambda page: page.get_by_label("Theme", exact=True).fill(ACME.replace("#5b2a86", "#eeeeee")),
            see(re.compile("accent on surface has a contrast")),
        ),
    ),
    Visit(
        "theme that cannot be read",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        then=all_of(
            click("Text"),
            lambda page: page.get_by_label("Theme", exact=True).fill("tokens: {"),
            click("Look"),
            see("This text cannot be edited by fields"),
        ),
    ),
    Visit("users", "users", "users", "Users"),
    Visit("users, none", "users", "users?q=nobody-like-this", "Users", shows="Nobody is found"),
    Visit("users unreachable", "users", "users", "Users", then=see_alert, before=refused("/users")),
    Visit(
        "invitations",
        "users",
        "users",
        "Users",
        then=all_of(click("Invitations", "tab"), see("Waits for an answer")),
    ),
    Visit("user", "users/:id", "users/{alice}", "Alice Example", shows="What they have proved"),
    Visit("user who operates", "users/:id", "users/{olga}", "Olga Operator"),
    Visit("sessions", "sessions", "sessions", "Sessions"),
    Visit(
        "sessions, none",
        "sessions",
        "sessions",
        "Sessions",
        before=fulfil("/sessions", EMPTY),
        shows="Nobody is signed in",
    ),
    Visit("runs", "runs", "runs", "Runs"),
    Visit("runs for a reason", "runs", "runs?reason=deadline&step=intro", "Runs", shows="Only at the step"),
    Visit("runs of one person", "runs", "runs?user={bob}", "Runs", shows="Only of"),
    Visit("runs, none", "runs", "runs?flow=recovery", "Runs", shows="There are no such runs"),
    Visit("run", "runs/:id", "runs/{failed_run}", "Run {failed_run}", shows="Step by step"),
    Visit("keys", "keys", "keys", "Keys", shows="Published, not signing yet"),
    Visit("operators", "operators", "operators", "Operators"),
    Visit("audit", "audit", "audit", "Audit"),
    Visit("audit, none", "audit", "audit?action=nothing.such", "Audit", shows="No such entries"),
    Visit("not found", "*", "nowhere/at/all", "There is nothing here"),
    Visit("confirmed", "confirmed", "confirmed", "Thank you, that is confirmed"),
    Visit("flow", "flows/:id", "flows/step-up", ""),
    Visit(
        "page that does not load",
        "*",
        "keys",
        "This page could not be shown",
        before=lambda page: page.route(re.compile(r"/console/assets/KeysPage-.*\.js"), lambda route: route.abort()),
    ),
    Visit(
        "nobody is let in",
        "*",
        "flows?asked=step-up",
        "We cannot let you in yet",
        before=refused("/me", 401, "step-up-required"),
    ),
    Visit("without a role", "*", "flows", "Forbidden", before=refused("/me", 403, "forbidden")),
)

DIALOGS: Final = (
    Visit(
        "somebody invited",
        "users",
        "users",
        "Users",
        all_of(press("Invite somebody"), click("Send the invitation"), see("Give an e-mail address")),
        dialog="pages/users/InviteDialog.tsx",
    ),
    Visit(
        "invitation revoked",
        "users",
        "users",
        "Users",
        all_of(click("Invitations", "tab"), press(re.compile("^Revoke the invitation"))),
        dialog="pages/users/Invitations.tsx",
    ),
    Visit("new flow", "flows", "flows", "Flows", press("New flow"), dialog="pages/flows/NewFlow.tsx"),
    Visit(
        "new flow, empty",
        "flows",
        "flows",
        "Flows",
        all_of(press("New flow"), click("Empty", "tab"), click("Make the draft")),
    ),
    Visit("new flow, from a file", "flows", "flows", "Flows", all_of(press("New flow"), click("From a file", "tab"))),
    Visit(
        "new flow, from a template",
        "flows",
        "flows",
        "Flows",
        all_of(press("New flow"), lambda page: page.locator(".choice-card").first.click(), see("Make the draft")),
    ),
    Visit(
        "new connection",
        "connectors",
        "connectors",
        "Connectors",
        press("Add a connection"),
        dialog="pages/connectors/ConnectorsPage.tsx",
    ),
    Visit(
        "connection removed",
        "connectors/:name",
        "connectors/incode_verify",
        "incode_verify",
        press("Remove this connection"),
        dialog="pages/connectors/ConnectionPage.tsx",
    ),
    Visit(
        "new secret", "clients/:id", "clients/bank", "Bank", press("New secret, the old one ends now"), dialog=CLIENT
    ),
    Visit(
        "new secret, shown",
        "clients/:id",
        "clients/bank",
        "Bank",
        all_of(press("New secret, the old one stays for now"), click("Make it"), see("Copy the secret now")),
        before=fulfil("/clients/bank/rotate-secret", SECRET),
        dialog=CLIENT,
    ),
    Visit("client removed", "clients/:id", "clients/bank", "Bank", press("Remove this client"), dialog=CLIENT),
    Visit("new key", "keys", "keys", "Keys", press("New ES256 key"), dialog="pages/keys/KeysPage.tsx"),
    Visit("key signs", "keys", "keys", "Keys", press(re.compile("^Let .* sign$"))),
    Visit(
        "session ended",
        "sessions",
        "sessions",
        "Sessions",
        press(re.compile("^End the session")),
        dialog="pages/sessions/SessionsPage.tsx",
    ),
    Visit(
        "user's session ended",
        "users/:id",
        "users/{alice}",
        "Alice Example",
        press(re.compile("^End the session")),
        dialog=USER,
    ),
    Visit(
        "user blocked",
        "users/:id",
        "users/{alice}",
        "Alice Example",
        all_of(
            press("Block"),
            lambda page: page.get_by_role("dialog").get_by_role("button", name="Block").click(),
            see("Say why"),
        ),
        dialog=USER,
    ),
    Visit("user erased", "users/:id", "users/{alice}", "Alice Example", press("Erase")),
    Visit("user signed out", "users/:id", "users/{alice}", "Alice Example", press("Sign out everywhere")),
    Visit("recovery link", "users/:id", "users/{alice}", "Alice Example", press("Send a recovery link")),
    Visit(
        "dialog thrown away",
        "users/:id",
        "users/{alice}",
        "Alice Example",
        all_of(press("Block"), fill("Reason", "They asked"), click("Cancel"), see("Throw away what you typed?")),
    ),
    Visit(
        "dialog refused",
        "users/:id",
        "users/{alice}",
        "Alice Example",
        all_of(
            press("Block"),
            fill("Reason", "They asked"),
            lambda page: page.get_by_role("dialog").get_by_role("button", name="Block").click(),
            see_alert,
        ),
        before=refused("/users/[^/]+/block"),
    ),
    Visit(
        "versions compared",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        press("Compare version 1"),
        dialog=VERSIONS,
    ),
    Visit(
        "version put back",
        "themes/:id",
        "themes/acme",
        "Acme Bank and Trust",
        press("Go back to version 1"),
        dialog=VERSIONS,
    ),
    Visit("levels put back", "levels", "levels", "Levels", press("Go back to version 1")),
    Visit(
        "new theme",
        "themes",
        "themes",
        "Themes",
        all_of(press("New theme"), click("Make the theme")),
        dialog="pages/themes/NewTheme.tsx",
    ),
    Visit(
        "theme removed",
        "themes/:id",
        "themes/plain",
        "Plain",
        press("Remove this theme"),
        dialog="pages/themes/ThemePage.tsx",
    ),
    Visit(
        "page left unsaved",
        "clients/new",
        "clients/new",
        "Register a client",
        all_of(
            fill("Name", "Library"),
            click("Flows", "link"),
            see("Leave without saving?"),
        ),
        dialog="parts/LeaveDialog.tsx",
    ),
    Visit(
        "identity confirmed",
        "keys",
        "keys",
        "Keys",
        all_of(press("New ES256 key"), click("Make it"), see("Confirm that it is you")),
        before=refused("/keys", 401, "step-up-required", "POST"),
        dialog="shell/IdentityDialog.tsx",
    ),
    Visit(
        "signed out meanwhile",
        "keys",
        "keys",
        "Keys",
        all_of(press("New ES256 key"), click("Make it"), see("You have been signed out")),
        before=refused("/keys", 401, "unauthenticated", "POST"),
    ),
)
VISITS: Final = {visit.name: visit for visit in (*PAGES, *DIALOGS)}

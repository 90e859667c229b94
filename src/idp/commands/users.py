"""`idp users`."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from idp.application import operators
from idp.application.change import Change
from idp.application.console.set_up import offer_set_up
from idp.application.invitations import list_invitations, revoke_invitation
from idp.application.invite import invite as invite_person
from idp.commands.printing import AsJson, Author, Message, name_author, print_json, write_time
from idp.commands.provider import open_provider, report_faults
from idp.errors import Conflict

app = typer.Typer(no_args_is_help=True)


@app.command()
@report_faults
def add(
    email: str,
    given_name: Annotated[str | None, typer.Option()] = None,
    family_name: Annotated[str | None, typer.Option()] = None,
    birth_date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    password: Annotated[bool, typer.Option(help="Ask for a password")] = True,
) -> None:
    """Add a person. The password is asked for, or read from standard input."""
    secret = typer.prompt("Password", hide_input=True) if password else None
    born: date | None = birth_date.date() if birth_date else None
    with open_provider() as provider:
        new = operators.NewUser(email, secret, given_name, family_name, born)
        user = operators.add_user(provider.deps, new)
    typer.echo(f"{user.sub} {user.email}")


@app.command("list")
@report_faults
def list_users(text: Annotated[str, typer.Argument()] = "") -> None:
    """List people whose address or name contains a text."""
    with open_provider() as provider:
        for user in operators.list_users(provider.deps, text):
            typer.echo(f"{user.sub} {user.status:8} {user.email} {user.name or ''}")


@app.command()
@report_faults
def invite(email: str, locale: Annotated[str, typer.Option(help="Language of the mail")] = "en") -> None:
    """Mail an invitation: whoever opens its link may create an account for that address."""
    with open_provider() as provider:
        until = invite_person(provider.deps, email, locale)
    typer.echo(f"invited {email}; the link works once, until {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC")


@app.command()
@report_faults
def invitations(
    ended: Annotated[bool, typer.Option("--all", help="Used and revoked ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """List invitations, newest first."""
    with open_provider() as provider:
        found = list_invitations(provider.deps, ended=ended, limit=1000)
    if as_json:
        print_json(found)
        return
    for one in found:
        typer.echo(f"{one.id:6}  {one.state:10}  until {write_time(one.until)}  {one.email}  by {one.by or '-'}")


@app.command("revoke-invitation")
@report_faults
def revoke(invitation: int, message: Message, author: Author = None) -> None:
    """Take an invitation back before it is used: its link opens nothing any more."""
    with open_provider() as provider:
        revoked = revoke_invitation(provider.deps, invitation, Change(name_author(author), message))
    typer.echo(f"the invitation of {revoked.email} is revoked")


@app.command()
@report_faults
def block(who: str) -> None:
    """Block a person; ends their sessions, journeys and tokens."""
    _set_blocked(who, blocked=True)


@app.command()
@report_faults
def unblock(who: str) -> None:
    """Lift a block."""
    _set_blocked(who, blocked=False)


@app.command()
@report_faults
def totp(who: str) -> None:
    """Give a person an authenticator, and print its address for a QR code once."""
    with open_provider() as provider:
        typer.echo(operators.add_totp(provider.deps, operators.find_user(provider.deps, who)))


@app.command("set-up-link")
@report_faults
def set_up_link() -> None:
    """Print a link to make the first administrator with; it works once, for an hour."""
    with open_provider() as provider:
        link = offer_set_up(provider.deps)
    if link is None:
        raise Conflict("Somebody has a role already. An owner gives others theirs: idp users role add")
    typer.echo(link)


def _set_blocked(who: str, *, blocked: bool) -> None:
    with open_provider() as provider:
        user = operators.set_blocked(provider.deps, operators.find_user(provider.deps, who), blocked=blocked)
    typer.echo(f"{user.email} is {user.status}")

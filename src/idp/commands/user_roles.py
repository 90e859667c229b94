"""`idp users role`."""

import typer

from idp.application import roles
from idp.application.operators import find_user
from idp.commands.printing import AsJson, Author, name_author, print_json, write_time
from idp.commands.provider import open_provider, report_faults

app = typer.Typer(no_args_is_help=True)


@app.command()
@report_faults
def add(who: str, role: str, author: Author = None) -> None:
    """Give a person a role: owner, editor, reviewer, auditor or support."""
    known = roles.read_role(role)
    with open_provider() as provider:
        user = find_user(provider.deps, who)
        added = roles.grant_role(provider.deps, user, known, name_author(author))
    typer.echo(f"{user.email} is {role} now" if added else f"{user.email} is {role} already")


@app.command()
@report_faults
def remove(who: str, role: str, author: Author = None) -> None:
    """Take a role from a person."""
    known = roles.read_role(role)
    with open_provider() as provider:
        user = find_user(provider.deps, who)
        removed = roles.revoke_role(provider.deps, user, known, name_author(author))
    typer.echo(f"{user.email} is not {role} any more" if removed else f"{user.email} is not {role}")


@app.command("list")
@report_faults
def list_roles(as_json: AsJson = False) -> None:
    """List everybody who has a role, since when, and by whom."""
    with open_provider() as provider:
        found = roles.list_roles(provider.deps)
    if as_json:
        print_json([{"sub": user.sub, "email": user.email, "assignment": item} for user, item in found])
        return
    for user, item in found:
        typer.echo(f"{item.role:9} {user.email} {write_time(item.granted_at)} by {item.granted_by}")

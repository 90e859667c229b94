"""What an operator may do: permissions, and those that each role gives. Scopes of admin tokens are the same words."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from idp.records.accounts import Role

Permission = Literal[
    "flows:read",
    "flows:write",
    "flows:publish",
    "connections:read",
    "connections:write",
    "reviews:read",
    "reviews:decide",
    "users:read",
    "users:write",
    "clients:read",
    "clients:write",
    "sessions:read",
    "sessions:write",
    "runs:read",
    "keys:read",
    "keys:write",
    "levels:read",
    "levels:write",
    "themes:read",
    "themes:write",
    "audit:read",
    "stats:read",
    "roles:write",
]

PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

#: What each permission allows, in one sentence: for the console, and for the descriptions of scopes.
MEANINGS: Final[Mapping[Permission, str]] = {
    "flows:read": "See flows, drafts and what uses them; check flows and run them dry.",
    "flows:write": "Write and discard drafts of flows.",
    "flows:publish": "Publish flows, roll them out and back.",
    "connections:read": "See connections, without their secrets.",
    "connections:write": "Create, change, test and remove connections.",
    "reviews:read": "See the cases that wait for a reviewer.",
    "reviews:decide": "Approve or reject cases.",
    "users:read": "Find people, and see what their accounts hold.",
    "users:write": "Block, unblock and erase accounts, and mail recovery links.",
    "clients:read": "See relying parties.",
    "clients:write": "Register, change and remove relying parties.",
    "sessions:read": "See who is signed in.",
    "sessions:write": "Sign people out.",
    "runs:read": "See what happened to people in flows.",
    "keys:read": "See signing keys, never their private part.",
    "keys:write": "Stage and activate signing keys.",
    "levels:read": "See the levels of assurance.",
    "levels:write": "Change the levels of assurance.",
    "themes:read": "See themes.",
    "themes:write": "Change themes.",
    "audit:read": "Search, export and check the audit trail.",
    "stats:read": "See the numbers of the home page.",
    "roles:write": "Give and take roles.",
}

_EDITED: Final = ("flows", "connections", "clients", "levels", "themes")

OF_ROLE: Final[Mapping[Role, frozenset[Permission]]] = {
    "owner": frozenset(PERMISSIONS),
    "editor": frozenset(
        one for one in PERMISSIONS if one.partition(":")[0] in _EDITED or one in {"runs:read", "stats:read"}
    ),
    "reviewer": frozenset({"reviews:read", "reviews:decide"}),
    "auditor": frozenset(one for one in PERMISSIONS if one.endswith(":read")),
    "support": frozenset({"users:read", "users:write", "sessions:read", "sessions:write", "runs:read", "stats:read"}),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that any of the roles allows."""
    return frozenset(one for role in roles for one in OF_ROLE[role])


def permissions_in(scopes: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions among the scopes of a token; other scopes are none."""
    asked = set(scopes)
    return frozenset(one for one in PERMISSIONS if one in asked)

"""Operations on what the provider is set up with: clients, keys, levels and themes."""

from typing import Final

from idp.web.admin.models import clients, setup
from idp.web.admin.models.shape import Page, PageQuery
from idp.web.admin.operation import Operation

_CLIENT: Final = "/clients/{client_id}"

SETUP: Final[tuple[Operation, ...]] = (
    Operation(
        "GET", "/clients", "listClients", "Relying parties", "clients:read", Page[clients.Client], query=PageQuery
    ),
    Operation(
        "POST",
        "/clients",
        "registerClient",
        "Register a relying party; its secret is shown once",
        "clients:write",
        clients.ClientWithSecret,
        body=clients.NewClient,
        creates=True,
        tagged=True,
        status=201,
    ),
    Operation(
        "GET",
        _CLIENT,
        "getClient",
        "A relying party, without its secret",
        "clients:read",
        clients.Client,
        tagged=True,
        problems=("not-found",),
    ),
    Operation(
        "PUT",
        _CLIENT,
        "putClient",
        "Change a relying party; its secret stays",
        "clients:write",
        clients.Client,
        body=clients.ClientChange,
        guard="match",
        tagged=True,
        problems=("not-found", "conflict"),
    ),
    Operation(
        "DELETE",
        _CLIENT,
        "deleteClient",
        "Remove a relying party; its tokens are worth nothing from then on",
        "clients:write",
        guard="match",
        dangerous=True,
        status=204,
        problems=("not-found", "conflict"),
    ),
    Operation(
        "POST",
        f"{_CLIENT}/rotate-secret",
        "rotateClientSecret",
        "Give a relying party a new secret, shown once",
        "clients:write",
        clients.ClientWithSecret,
        body=clients.SecretRotation,
        guard="match",
        dangerous=True,
        creates=True,
        tagged=True,
        problems=("not-found", "conflict"),
    ),
    Operation("GET", "/keys", "listKeys", "Signing keys, never their private part", "keys:read", setup.Keys),
    Operation(
        "POST",
        "/keys",
        "stageKey",
        "Publish the next signing key; it does not sign yet",
        "keys:write",
        setup.Key,
        body=setup.NewKey,
        dangerous=True,
        creates=True,
        status=201,
    ),
    Operation(
        "POST",
        "/keys/{kid}/activate",
        "activateKey",
        "Let a staged key sign; the one before it is retired",
        "keys:write",
        setup.Keys,
        dangerous=True,
        creates=True,
        problems=("not-found",),
    ),
    Operation("GET", "/levels", "listLevels", "Levels of assurance, lowest first", "levels:read", setup.LevelList),
    Operation(
        "GET", "/themes", "listThemes", "Themes, with the contrast of their colours", "themes:read", setup.Themes
    ),
    Operation(
        "POST",
        "/theme-checks",
        "checkTheme",
        "What is wrong with a theme, and the contrast of its colours; nothing is saved",
        "themes:read",
        setup.ThemeChecked,
        body=setup.ThemeCheck,
    ),
)

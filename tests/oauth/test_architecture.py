"""Rules about who may use what, checked in the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import idp

SOURCE = Path(idp.__file__).parent


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def importers_of(package: str) -> set[str]:
    found = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(each.split(".")[0] == package for each in names):
                found.add(name)
    return found


def users_of(attribute: str) -> set[str]:
    """Return the modules that name an attribute or a function, other than by defining it."""
    return {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == attribute)
        or (isinstance(node, ast.Name) and node.id == attribute)
        or (isinstance(node, ast.Constant) and node.value == attribute)
    }


def test_codes_are_issued_from_one_place_after_the_decision() -> None:
    assert users_of("issue_code") <= {"application/authorize.py"}


def test_codes_and_grants_are_written_by_the_code_grant_only() -> None:
    """A code that is not made by `issue_code` would pass by the decision."""
    writers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AuthorizationCode"
    }
    assert writers == {"oauth/code_grant.py"}


def test_only_the_adapter_knows_authlib_and_only_one_module_knows_jose() -> None:
    """The demo's relying party and the simulator are other programs, which check tokens on their own."""
    server_side = {name for name in importers_of("joserfc") if not name.startswith(("demo/", "simulator/"))}
    assert server_side == {"oidc/jose.py"}
    assert {name.split("/")[0] for name in importers_of("authlib")} == {"oauth"}


def test_the_adapter_does_not_know_the_storage() -> None:
    for name, tree in modules():
        if not name.startswith("oauth/"):
            continue
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        allowed = ("idp.oauth", "idp.oidc", "idp.records", "idp.errors", "idp.clock", "idp.handles", "idp.sealing")
        assert all(module.startswith(allowed) for module in imported if module.startswith("idp")), name


def test_implicit_hybrid_and_password_grants_do_not_exist() -> None:
    for grant in ("ImplicitGrant", "HybridGrant", "ResourceOwnerPasswordCredentialsGrant"):
        assert not users_of(grant)

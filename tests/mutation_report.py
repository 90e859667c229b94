"""Say what is left of the mutants of each core, as a table in Markdown: `python -m tests.mutation_report [mutants]`.

Read by `docs/mutation.md`. mutmut keeps the exit code of the tests for each mutant in a `.meta` file beside the module
that holds them all: 0 is a survivor, none is a mutant that was not tried.
"""

import ast
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

CORES = ("oidc", "flows", "identity")
COLUMNS = ("mutants", "killed", "not tried", "words", "other")
_SURVIVED = 0


class _Blank(ast.NodeTransformer):
    """Takes the words out of a function, so that two that differ in words alone are one."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node


def count_mutants(folder: Path) -> dict[str, Counter[str]]:
    """Return the counts of `COLUMNS` for each module of the cores that has mutants, by its dotted name."""
    found: dict[str, Counter[str]] = {}
    for core in CORES:
        for meta in sorted((folder / "src" / "idp" / core).rglob("*.py.meta")):
            codes: Mapping[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
            if codes:
                name = ".".join(meta.relative_to(folder / "src" / "idp").parts).removesuffix(".py.meta")
                found[name] = _count(codes, meta.with_suffix(""))
    return found


def _count(codes: Mapping[str, int | None], module: Path) -> Counter[str]:
    alive = [key.rpartition(".")[2] for key, code in codes.items() if code == _SURVIVED]
    untried = sum(code is None for code in codes.values())
    functions = dict(_list_functions(ast.parse(module.read_text()))) if alive else {}
    words = sum(_differ_in_words(functions, name) for name in alive)
    killed = len(codes) - len(alive) - untried
    return Counter(dict(zip(COLUMNS, (len(codes), killed, untried, words, len(alive) - words), strict=True)))


def _list_functions(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = ast.Module(node.body, [])
            yield node.name, ast.dump(_Blank().visit(body))


def _differ_in_words(functions: Mapping[str, str], name: str) -> bool:
    original = functions.get(f"{name.rpartition('__mutmut_')[0]}__mutmut_orig")
    return original is not None and original == functions.get(name)


def write_table(found: Mapping[str, Counter[str]]) -> str:
    """Write the table, with a line for each core before those of its modules."""
    lines = [f"| module | {' | '.join(COLUMNS)} |", "|---|" + "--:|" * len(COLUMNS)]
    for core in CORES:
        modules = {name: counts for name, counts in found.items() if name.startswith(f"{core}.")}
        total = sum(modules.values(), Counter())
        for name, counts in ((f"**{core}**", total), *modules.items()):
            lines.append(f"| {name} | {' | '.join(str(counts[column]) for column in COLUMNS)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(write_table(count_mutants(Path(sys.argv[1] if sys.argv[1:] else "mutants"))))

"""The table of `docs/mutation.md` counts what mutmut left behind."""

import json
from pathlib import Path

from tests.mutation_report import count_mutants, write_table

MODULE = """
def x_greet__mutmut_orig(name):
    return "hello", name, 1

def x_greet__mutmut_1(name):
    return "XXhelloXX", name, 1

def x_greet__mutmut_2(name):
    return "hello", None, 1

def x_greet__mutmut_3(name):
    return "hello", name, 2
"""


def test_mutants_are_counted_by_what_became_of_them_and_survivors_by_what_they_change(tmp_path: Path) -> None:
    folder = tmp_path / "src" / "idp" / "flows"
    folder.mkdir(parents=True)
    (folder / "greeting.py").write_text(MODULE)
    codes = {f"idp.flows.greeting.x_greet__mutmut_{number}": code for number, code in ((1, 0), (2, 0), (3, 1))}
    codes |= {"idp.flows.greeting.x_greet__mutmut_4": None, "idp.flows.greeting.x_greet__mutmut_5": -24}
    (folder / "greeting.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    (folder / "empty.py.meta").write_text(json.dumps({"exit_code_by_key": {}}))
    assert write_table(count_mutants(tmp_path)).splitlines() == [
        "| module | mutants | killed | not tried | words | other |",
        "|---|--:|--:|--:|--:|--:|",
        "| **oidc** | 0 | 0 | 0 | 0 | 0 |",
        "| **flows** | 5 | 2 | 1 | 1 | 1 |",
        "| flows.greeting | 5 | 2 | 1 | 1 | 1 |",
        "| **identity** | 0 | 0 | 0 | 0 | 0 |",
    ]

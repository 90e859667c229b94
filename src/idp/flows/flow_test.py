"""Flow tests: what is given, what is answered, and what is expected (`config/flows/<flow>.test.yaml`).

Only the shape is judged here. Whether the words fit the flow is asked by `flow_test_check`, so that a test can be told
what is wrong with it as a whole.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from idp.flows.document import read_document
from idp.flows.given import Given
from idp.flows.language import COMPLETE, DENIED, ERROR
from idp.flows.parse import FLOW_NAME
from idp.flows.problems import FlowFault, Problem
from idp.flows.reader import NameShape
from idp.flows.scripts import ScriptReader, Scripts
from idp.flows.step_types import Catalog

WAITING: Final = "waiting"
NOT_STARTED: Final = "not_started"
#: How a dry run may turn out: the ends of a flow, or left waiting, or refused before it began.
RESULTS: Final = (COMPLETE, DENIED, ERROR, WAITING, NOT_STARTED)
#: What a request may still need, as `oidc.situation.NeedKind` has it.
NEEDS: Final = ("sign_in", "sign_up", "step_up", "recovery", "select_account", "consent")
MAX_CASES: Final = 500
FILE_KEYS: Final = ("flow", "given", "answers", "cases")
CASE_KEYS: Final = ("name", "given", "answers", "expect")
EXPECT_KEYS: Final = (
    *("end", "reason", "path", "through", "never", "evidence"),
    *("acr", "amr", "error", "needs"),
)
_ERROR_NAME: Final = NameShape(
    re.compile(r"[a-z][a-z_]{0,63}"), "small letters and '_', starting with a letter, at most 64"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case expects. Only what is in `said` is compared; an `acr` that was said to be null is None.

    `path` is the whole path, `through` steps that are passed in this order, `never` steps that are not visited.
    `evidence` are the methods that the run proves. `acr`, `amr`, `error` and `needs` are what the client's request gets
    afterwards.
    """

    said: frozenset[str]
    end: str
    reason: str | None = None
    path: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    acr: str | None = None
    amr: tuple[str, ...] = ()
    error: str | None = None
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class FlowTest:
    """One case. `path` is its place in the file, for messages; `own` are the steps that it scripts by itself."""

    name: str
    given: Given
    scripts: Scripts
    expected: Expected
    path: str = ""
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FlowTests:
    """The tests of one flow. `marks` maps a place in the file to its line and column."""

    flow: str
    cases: tuple[FlowTest, ...]
    source: str = ""
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)


def parse_flow_tests(text: str, catalog: Catalog, source: str = "") -> FlowTests:
    """Read a file of flow tests. Raises FlowFault, and nothing else whatever the text, with all problems at once."""
    document = read_document(text, source)
    reader = _Reader(document)
    tests = reader.read_file(document.value, catalog, source)
    if reader.problems or tests is None:
        raise FlowFault(sort_problems(reader.problems), source)
    return tests


def sort_problems(problems: list[Problem]) -> list[Problem]:
    """Sort problems by their place in the text."""
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


class _Reader(ScriptReader):
    """Reads a file of flow tests."""

    def read_file(self, value: Any, catalog: Catalog, source: str) -> FlowTests | None:
        top = self.mapping(value, "")
        if not isinstance(value, dict):
            return None
        self.keys(top, "", FILE_KEYS)
        flow = self.required(top, "flow", "", lambda v, p: self.name(v, p, FLOW_NAME), "")
        given = self.optional(top, "given", "", lambda v, p: self.read_given(v, p, catalog), Given())
        answers: Scripts = self.optional(top, "answers", "", self.read_answers, {})
        items: list[Any] = self.required(top, "cases", "", self.sequence, [])
        if "cases" in top and not 0 < len(items) <= MAX_CASES:
            self.note("cases", f"a file has from 1 to {MAX_CASES} cases", "/cases")
        cases = [self.read_case(item, f"/cases/{index}", catalog) for index, item in enumerate(items[:MAX_CASES])]
        seen: set[str] = set()
        for case in cases:
            if case.name in seen and case.name:
                self.note("duplicate-name", f"two cases are named {case.name!r}", f"{case.path}/name")
            seen.add(case.name)
        joined = tuple(_join(case, given, answers) for case in cases)
        return FlowTests(flow, joined, source, self.marks)

    def read_case(self, value: Any, path: str, catalog: Catalog) -> FlowTest:
        case = self.mapping(value, path)
        if not isinstance(value, dict):
            return FlowTest("", Given(), {}, Expected(frozenset(), ""), path)
        self.keys(case, path, CASE_KEYS)
        scripts: Scripts = self.optional(case, "answers", path, self.read_answers, {})
        return FlowTest(
            name=self.required(case, "name", path, self.text, ""),
            given=self.optional(case, "given", path, lambda v, p: self.read_given(v, p, catalog), Given()),
            scripts=scripts,
            expected=self.required(case, "expect", path, self.read_expected, Expected(frozenset(), "")),
            path=path,
            own=frozenset(scripts),
        )

    def read_expected(self, value: Any, path: str) -> Expected:
        expect = self.mapping(value, path)
        if not isinstance(value, dict):
            return Expected(frozenset(), "")
        self.keys(expect, path, EXPECT_KEYS)
        said: dict[str, Any] = {
            "end": self.required(expect, "end", path, lambda v, p: self.one_of(v, p, RESULTS), ""),
        }
        for key, read in (
            ("reason", self.text),
            ("path", self.words),
            ("through", self.words),
            ("never", self.words),
            ("evidence", self.words),
            ("acr", lambda v, p: None if v is None else self.text(v, p)),
            ("amr", self.words),
            ("error", self.read_error),
            ("needs", lambda v, p: self.one_of(v, p, NEEDS)),
        ):
            if key in expect:
                said[key] = read(expect[key], f"{path}/{key}")
        return Expected(said=frozenset(said), **said)

    def read_error(self, value: Any, path: str) -> str:
        return self.name(value, path, _ERROR_NAME)


def _join(case: FlowTest, given: Given, answers: Scripts) -> FlowTest:
    """Return the case with what the whole file gives and answers beneath its own."""
    return FlowTest(case.name, case.given.over(given), {**answers, **case.scripts}, case.expected, case.path, case.own)

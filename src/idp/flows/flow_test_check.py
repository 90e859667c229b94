"""Do flow tests fit their flow? Everything that does not is a problem with its place in the test file."""

from collections.abc import Collection

from idp.flows.flow_test import FlowTest, FlowTests, sort_problems
from idp.flows.language import STEP_UP, Flow
from idp.flows.problems import Problem, escape_pointer, suggest
from idp.flows.script_check import check_scripts
from idp.flows.step_types import Catalog


def check_flow_tests(
    tests: FlowTests, flow: Flow, catalog: Catalog, acrs: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with the tests of an expanded flow.

    `acrs` are the levels that may be expected, aliases included; without it they are not looked at.
    """
    return _Check(tests, flow, catalog, acrs).list_problems()


class _Check:
    def __init__(self, tests: FlowTests, flow: Flow, catalog: Catalog, acrs: Collection[str] | None) -> None:
        self.tests, self.flow, self.catalog, self.acrs = tests, flow, catalog, acrs
        #: By place and message: what the whole file says is told once, not with each case.
        self.found: dict[tuple[str, str], Problem] = {}

    def list_problems(self) -> tuple[Problem, ...]:
        if self.tests.flow != self.flow.id:
            self.note("flow", f"these tests are for {self.tests.flow!r}, the flow is {self.flow.id!r}", "/flow")
        for case in self.tests.cases:
            self.check_answers(case)
            self.check_given(case)
            self.check_expected(case)
        return tuple(sort_problems(list(self.found.values())))

    def note(self, code: str, message: str, path: str) -> None:
        mark = self.tests.marks.get(path, (None, None))
        self.found.setdefault((path, message), Problem(code, message, None, path, *mark))

    def check_answers(self, case: FlowTest) -> None:
        for step, index, message in check_scripts(case.scripts, self.flow, self.catalog):
            base = f"{case.path if step in case.own else ''}/answers/{escape_pointer(step)}"
            listed = f"{base}/{index}"
            self.note("answer", message, listed if listed in self.tests.marks else base)

    def check_given(self, case: FlowTest) -> None:
        given = case.given
        if self.flow.purpose == STEP_UP and given.session == {}:
            self.note("session", "a step-up starts with a session", self.find(case, "/given/session"))
        floor = (given.minimum_acr,) if given.minimum_acr is not None else ()
        self.check_levels(floor, self.find(case, "/given/client/minimum_acr"))

    def find(self, case: FlowTest, path: str) -> str:
        """Return where it is said: in the case, or for the whole file."""
        own = f"{case.path}{path}"
        return own if own in self.tests.marks else path

    def check_expected(self, case: FlowTest) -> None:
        expected, path = case.expected, f"{case.path}/expect"
        for key, steps in (("path", expected.path), ("through", expected.through), ("never", expected.never)):
            for index, step in enumerate(steps):
                if step not in self.flow.steps:
                    message = f"there is no step {step!r}{suggest(step, self.flow.steps)}"
                    self.note("step", message, f"{path}/{key}/{index}")
        for step in set(expected.never) & {*expected.path, *expected.through}:
            self.note("contradiction", f"the step {step!r} is expected and excluded", f"{path}/never")
        known = self.catalog.list_methods()
        for index, method in enumerate(expected.evidence):
            if method not in known:
                message = f"{method!r} is no evidence method{suggest(method, known)}"
                self.note("evidence", message, f"{path}/evidence/{index}")
        self.check_levels((expected.acr,) if expected.acr is not None else (), f"{path}/acr")
        if expected.acr is not None and (expected.error is not None or expected.needs is not None):
            self.note("contradiction", "a client that gets a level gets no error and needs nothing", f"{path}/acr")

    def check_levels(self, levels: Collection[str], path: str) -> None:
        for acr in levels:
            if self.acrs is not None and acr not in self.acrs:
                self.note("level", f"there is no level {acr!r}{suggest(acr, self.acrs)}", path)

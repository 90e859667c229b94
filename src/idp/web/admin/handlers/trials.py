"""Trying flows: checks, dry runs, tests, and templates to start from."""

from collections.abc import Mapping
from typing import Any

from idp.application.admin.flow_trials import check_draft, run_tests
from idp.application.dry_run import DryRunOrder, run_dry
from idp.application.dry_run_report import describe_rehearsal
from idp.application.versions import list_embedded
from idp.flows.language import ActionStep, ConnectorStep
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault
from idp.flows.step_types import Catalog
from idp.web.admin.calls import Call, Reply
from idp.web.admin.findings import describe_problems
from idp.web.admin.flow_descriptions import read_plain
from idp.web.admin.models import trials as models


def check_flow(call: Call) -> Reply:
    """Say what the checker says about a text."""
    checked = check_draft(call.deps, call.body.text, call.body.flows)
    return Reply(
        models.FlowChecked(
            problems=describe_problems(checked.problems),
            document=read_plain(call.body.text),
            steps={
                name: models.StepFacts(acr=one.acr, amr=list(one.amr), evidence=list(one.evidence))
                for name, one in checked.steps.items()
            },
            levels=[
                models.ReachedLevel(acr=one.acr, declared=one.declared, reached=one.reached) for one in checked.levels
            ],
        )
    )


def run_flow_dry(call: Call) -> Reply:
    """Run a flow dry. The facts about a real person are for those who may see people."""
    body: models.DryRunOrder = call.body
    if body.user is not None:
        call.demand("users:read", "A dry run for a real person takes the permission users:read, which you have not.")
    order = DryRunOrder(
        flow_id=body.flow or "",
        version=body.version,
        text=body.text,
        user=body.user,
        client=body.client,
        given=_join_given(body),
        answers=body.answers,
    )
    done = run_dry(call.deps, order)
    described = {**describe_rehearsal(done.rehearsal), "problems": describe_problems(done.problems)}
    return Reply(models.DryRun.model_validate(described))


def test_flow(call: Call) -> Reply:
    """Run tests against a text."""
    try:
        report, problems = run_tests(call.deps, call.body.text, call.body.tests)
    except FlowFault as fault:
        report, problems = None, fault.problems
    if report is None:
        return Reply(
            models.FlowTested(passed=False, problems=describe_problems(problems), cases=[], coverage=0.0, missing=[])
        )
    return Reply(
        models.FlowTested(
            passed=report.failed == 0,
            problems=[],
            cases=[
                models.CaseResult(
                    name=result.case.name,
                    passed=result.passed,
                    path=list(result.path),
                    differences=[
                        models.Difference(what=one.what, expected=one.expected, found=one.found)
                        for one in result.differences
                    ],
                )
                for result in report.results
            ],
            coverage=report.coverage.percent,
            missing=[models.Uncovered(step=one.source, outcome=one.outcome) for one in report.coverage.missing],
        )
    )


def list_templates(call: Call) -> Reply:
    """List the flows of the configuration folder, to start from."""
    with call.deps.storage.read() as uow:
        catalog = call.deps.flows.inventory.catalog(uow)
    found = [_describe_template(text, catalog) for _, text in sorted(call.desk.templates.items())]
    return Reply(models.FlowTemplates(templates=[one for one in found if one is not None]))


def _describe_template(text: str, catalog: Catalog) -> models.FlowTemplate | None:
    try:
        flow = parse_flow(text)
    except FlowFault:
        return None
    needs = [step.connector for step in flow.steps.values() if isinstance(step, ConnectorStep)]
    for step in flow.steps.values():
        if isinstance(step, ActionStep) and step.action in catalog.actions:
            needs.extend(str(step.options[name]) for name in catalog.actions[step.action].uses if name in step.options)
    return models.FlowTemplate(
        id=flow.id,
        title=flow.title,
        summary=_read_comment(text),
        purpose=flow.purpose,
        text=text,
        needs=list(dict.fromkeys([*needs, *list_embedded(flow)])),
    )


def _read_comment(text: str) -> str:
    """Return what the comment at the head of a file says."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines).strip()


def _join_given(body: models.DryRunOrder) -> Mapping[str, Any]:
    """Put the members with a name of their own beneath what is given as in a test."""
    given: dict[str, Any] = dict(body.given)
    if body.acr_values:
        given["request"] = {"acr_values": list(body.acr_values), **_mapping(given.get("request"))}
    if body.locale:
        given["user"] = {"locale": body.locale, **_mapping(given.get("user"))}
    if body.context:
        given["context"] = {**body.context, **_mapping(given.get("context"))}
    return given


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

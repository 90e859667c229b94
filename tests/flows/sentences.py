"""What the checker says of a flow, line by line as `idp flow check` prints it."""

from typing import Any, Final

from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.language import CONNECTOR_OUTCOMES, Flow
from idp.flows.step_types import REDIRECT, SENDS_MAIL, SENDS_SMS, Catalog, ConnectionInfo, identity_connection
from idp.flows.step_types import name_inputs as own_inputs

_CRM_INPUTS: Final = {"email": "user.email", "dept": "form.dept?"}
#: One connection of each kind.
CONNECTIONS: Final[Catalog] = default_catalog(
    {
        "incode_verify": identity_connection(errors=("timeout",)),
        "risk": ConnectionInfo("http", use="identity", outcomes=CONNECTOR_OUTCOMES),
        "crm": ConnectionInfo(
            "http",
            inputs=_CRM_INPUTS,
            arguments=own_inputs(_CRM_INPUTS),
            outputs={"tier": "string"},
            errors=("timeout",),
        ),
        "partner": ConnectionInfo("oidc", use=REDIRECT),
        "mailer": ConnectionInfo("smtp", use=None, abilities=frozenset({SENDS_MAIL})),
        "gateway": ConnectionInfo("sms", use=None, abilities=frozenset({SENDS_SMS})),
    }
)
#: A sound step-up from `v` on, which the steps before it may lead to.
JUDGE = (
    "{condition: [{when: 'connectors.incode_verify.data.score.overall.status == \"OK\"', "
    "proves: incode_verify, to: yes}], otherwise: no}"
)
VERIFY = "{connector: incode_verify, on: {completed: NEXT, pending: no, not_finished: no, expired: no, error: no}}"
ENDS = "yes: {end: complete}\nno: {end: denied}"
REST = f"v: {VERIFY.replace('NEXT', 'j')}\nj: {JUDGE}\n{ENDS}"


def tell(flow: Flow, **options: Any) -> list[str]:
    """Return the lines; each must name the step of its place, and the path that its message ends with."""
    problems = check_flow(flow, CONNECTIONS, **options)
    for problem in problems:
        _, _, path = problem.message.partition("; path: start")
        assert problem.route == tuple(path.split(" -> ")[1:])
        _, _, place = problem.path.partition("/steps/")
        assert (problem.step or "").partition(".")[0] == place.partition("/")[0]
    return [str(problem) for problem in problems]

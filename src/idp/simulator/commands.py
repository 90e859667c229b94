"""The bodies of the control calls."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from idp.simulator.faults import Fault
from idp.simulator.people import Person, choose_person
from idp.simulator.sessions import EXPIRED, Plan


class Command(BaseModel):
    """The body of a control call: camelCase members, unknown ones refused so that a typo cannot pass for a test."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class WhoCommand(Command):
    """A person: a demo person with overrides. `without_identity` leaves the identity ID out of the score."""

    person: Literal["alice", "bob", "carol", "other"] = "alice"
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    customer_id: str = ""
    without_identity: bool = False
    existing_user: bool | None = None
    existing_external_id: str | None = None
    existing_interview_id: str | None = None

    def choose(self) -> Person:
        """Return the person."""
        return choose_person(
            self.person,
            first_name=self.first_name,
            last_name=self.last_name,
            birth_date=self.birth_date,
            customer_id=self.customer_id,
            with_identity=not self.without_identity,
            existing_user=self.existing_user,
            existing_external_id=self.existing_external_id,
            existing_interview_id=self.existing_interview_id,
        )


class FinishCommand(WhoCommand):
    """How a session ends: any word as `overall.status`, EXPIRE or ABANDON; `then`: statuses of later reads."""

    outcome: str = "OK"
    then: tuple[str, ...] = ()
    delay_seconds: float = Field(default=0.0, ge=0)
    elsewhere: bool = False


class PlanCommand(FinishCommand):
    """How a session will end, and when; its `faults` are bound to it. `elsewhere` is not part of a plan."""

    finish: Literal["open", "start"] = "open"
    faults: tuple[Fault, ...] = ()

    def plan(self) -> Plan:
        """Return the plan."""
        outcome = EXPIRED if self.outcome == "EXPIRE" else self.outcome
        return Plan(outcome, self.choose(), self.then, self.delay_seconds, self.finish)


class ProgressCommand(WhoCommand):
    """One more onboarding status, any word."""

    onboarding_status: str


class ReviewCommand(Command):
    """A reviewer's decision."""

    decision: Literal["approved", "rejected"]
    change_overall: bool = False


class AdvanceCommand(Command):
    """How far to move the clock; what falls due is delivered unless `deliver` is false."""

    seconds: float = Field(ge=0)
    deliver: bool = True


class FireCommand(Command):
    """A notification to send now, maybe several times; members left out come from the session; `raw` goes as it is."""

    interview_id: str
    onboarding_status: str | None = None
    client_id: str | None = None
    flow_id: str | None = None
    external_id: str | None = None
    bearer: str | None = None
    times: int = Field(default=1, ge=1, le=20)
    raw: str | None = None

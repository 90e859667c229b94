"""Where a dry run takes place, and the hints of the catalogue that make it short."""

from dataclasses import replace
from typing import get_args

import pytest

from idp.flows.given import Given
from idp.flows.ready_made import CONNECTION, ReadyMade, Simulated, verification_answers
from idp.flows.setting import NOBODY, Person, Setting, assume_rules, imagine_person, list_credentials
from idp.flows.step_types import LISTS_BREACHES, SENDS_MAIL, SENDS_SMS, ActionType, ConnectionInfo, identity_connection
from idp.records.accounts import CredentialKind
from tests.flows.samples import CATALOG
from tests.flows.test_door import run

ABILITIES = {LISTS_BREACHES, SENDS_MAIL, SENDS_SMS}


@pytest.mark.parametrize("purpose", ["sign_in", "step_up", "recovery"])
def test_an_enrolled_owner_with_a_password_is_assumed(purpose: str) -> None:
    assert imagine_person(purpose).list_facts() == {"known", "email_verified", "enrolled", "password"}


def test_for_a_sign_up_nobody_is_known_yet() -> None:
    assert imagine_person("sign_up") == NOBODY
    assert NOBODY.list_facts() == set()


def test_facts_come_and_go() -> None:
    person = NOBODY.having(["known", "totp"])
    assert person == replace(NOBODY, known=True, credentials=frozenset({"totp"}))
    assert person.having(["totp", "known"], holds=False) == NOBODY
    assert Person(email="a@b.c", locale="de").having(["passkey"]).email == "a@b.c"


def test_what_is_given_shapes_the_person() -> None:
    assert Given().shape(Person(locale="de")) == Person(locale="de")
    assert Given(known=False).shape(Person()) == NOBODY
    assert Given(known=True).shape(NOBODY) == Person()
    said = Given(email_verified=False, enrolled=False, credentials=("totp",), email="a@b.c", locale="fr")
    assert said.shape(Person()) == Person(
        email_verified=False, enrolled=False, credentials=frozenset({"totp"}), email="a@b.c", locale="fr"
    )
    assert Given(enrolled=True).shape(NOBODY).enrolled


def test_credentials_are_those_that_exist_and_those_that_a_hint_names() -> None:
    kinds = set(get_args(CredentialKind))
    assert kinds <= set(list_credentials(CATALOG))
    hint = Simulated("no", {"badge known has_badge:yes": "yes"}, {"yes": ("key_card", "enrolled")})
    action = ActionType("has_badge", "Badge?", ("yes", "no"), simulated=hint)
    words = list_credentials(replace(CATALOG, actions={"has_badge": action}))
    assert set(words) == kinds | {"badge", "key_card"}


def test_every_hint_speaks_of_outcomes_and_actions_that_exist() -> None:
    for name, action in CATALOG.actions.items():
        hint = action.simulated
        if hint is None:
            continue
        said = {hint.otherwise, *hint.when.values(), *hint.gives, *hint.ends_sessions}
        assert said <= set(action.outcomes), name
        for fact in (fact for when in hint.when for fact in when.split() if ":" in fact):
            other, _, outcome = fact.partition(":")
            if fact.startswith(CONNECTION):
                assert outcome in ABILITIES, name
                continue
            assert outcome in CATALOG.actions[other].outcomes, name


def test_every_action_that_proves_a_factor_says_what_it_adds_to_amr() -> None:
    """Without it a dry run would show other claims than the tokens have."""
    # What a sign-in at another provider adds is said by the connection's settings, and nothing unless they say so.
    upstream = {"check_upstream", "create_upstream_account"}
    assert {name for name, action in CATALOG.actions.items() if action.proves and not action.amr} == upstream


def test_an_action_that_asks_whether_somebody_has_something_has_a_hint() -> None:
    """Its first outcome would say yes for everybody."""
    assert all(action.simulated for action in CATALOG.actions.values() if set(action.outcomes) == {"yes", "no"})


def test_a_hint_takes_the_first_entry_whose_facts_all_hold() -> None:
    hint = Simulated("c", {"x y": "a", "x": "b"})
    assert [hint.answer(facts) for facts in ({"x", "y", "z"}, {"x"}, {"y"}, ())] == ["a", "b", "c", "c"]


def test_rules_of_a_connection_that_is_only_known_by_its_type() -> None:
    rules = assume_rules(identity_connection())
    assert (rules.door.passing, rules.door.accept_approved, rules.amr) == ({"OK"}, False, ("face",))
    assert assume_rules(ConnectionInfo("http")).amr == ()


def test_what_never_passes_is_never_among_the_answers_that_pass_by_default() -> None:
    info = identity_connection()
    passing = {name for name, answer in verification_answers().items() if answer.overall in info.passing}
    assert passing == {"OK", "completed", "mismatch", "unknown", "enrolling"}


def test_an_answer_without_a_verdict_has_none() -> None:
    assert ReadyMade("error").overall is None
    assert ReadyMade("completed", {"data": {"score": {"overall": {"status": None}}}}).overall is None
    assert ReadyMade("completed", {"data": "x"}).overall is None


def test_no_level_is_reached_where_none_is_known() -> None:
    assert Setting().reached(run(), (), 0.0) is False

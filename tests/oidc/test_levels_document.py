"""The levels document: shape, ages, and every fault at once."""

import copy

import pytest

from idp.errors import InvalidInput
from idp.oidc.levels import AnyOf, Factor, Factors
from idp.oidc.levels_document import MOST_FACTORS, LevelsFault, parse_levels
from tests.oidc.samples import IDV, ONE, PHR, RECOVERY, SHIPPED_LEVELS, TWO, sample_document


def faults(document: object) -> tuple[str, ...]:
    with pytest.raises(LevelsFault) as caught:
        parse_levels(document)
    assert isinstance(caught.value, InvalidInput)
    return caught.value.faults


def with_level(**fields: object) -> dict[str, object]:
    return {"levels": [{"acr": "urn:a", "requires": [{"factors": 1}], **fields}], "factors": {"pwd": PWD}}


PWD = {"kind": "knowledge", "channel": "password"}


def test_the_shipped_document() -> None:
    levels = SHIPPED_LEVELS
    assert levels.acrs == (RECOVERY, ONE, TWO, PHR, IDV)
    assert levels.base_age == 12 * 3600
    assert levels.level(IDV).requires == (Factors(1, 12 * 3600), AnyOf(("identity", "review"), 300))
    assert levels.level(RECOVERY).requires == (AnyOf(("recovery_link",), 12 * 3600), AnyOf(("identity", "review"), 600))
    assert levels.level("phr") == levels.level(PHR)
    assert levels.factors["otp"] == Factor("possession", "authenticator")
    assert levels.factors["passkey"] == Factor("possession", "passkey", counts=2)
    assert (levels.level(TWO).step_up, levels.level(IDV).step_up) == ("step-up-2fa", None)


@pytest.mark.parametrize("counts", [0, 3, True, "2", 1.0])
def test_a_factor_counts_once_or_twice(counts) -> None:
    document = copy.deepcopy(sample_document())
    document["factors"]["otp"]["counts"] = counts
    with pytest.raises(LevelsFault) as caught:
        parse_levels(document)
    assert caught.value.faults == ("factors.otp.counts: must be a number from 1 to 2",)


def test_a_level_names_the_flow_that_steps_up_to_it() -> None:
    assert parse_levels(with_level(step_up="confirm-it")).levels[0].step_up == "confirm-it"
    assert parse_levels(with_level()).levels[0].step_up is None


@pytest.mark.parametrize("step_up", ["Step Up", "", 7, ["step-up"]])
def test_a_step_up_is_the_id_of_a_flow(step_up) -> None:
    with pytest.raises(LevelsFault) as caught:
        parse_levels(with_level(step_up=step_up))
    assert caught.value.faults == ("levels[0].step_up: must be the id of a flow",)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("12h", 43200), ("2d", 172800), ("9999999s", 9999999)]
)
def test_ages(text, seconds) -> None:
    assert parse_levels(with_level(max_age=text)).levels[0].defining.max_age == seconds


def test_without_an_age_the_base_age_counts_and_without_that_twelve_hours() -> None:
    document = with_level()
    assert parse_levels(document).levels[0].defining.max_age == 43200
    assert parse_levels({**document, "base_age": "1h"}).levels[0].defining.max_age == 3600


def test_a_requirement_may_carry_its_own_age() -> None:
    requires = [{"factors": 1, "max_age": "1h"}, {"any": ["identity"], "max_age": "1m"}]
    level = parse_levels(with_level(requires=requires)).levels[0]
    assert level.requires == (Factors(1, 3600), AnyOf(("identity",), 60))


def test_a_levels_age_belongs_to_its_last_requirement_alone() -> None:
    requires = ["recovery_link", {"factors": 1}, {"any": ["review"]}]
    level = parse_levels(with_level(requires=requires, max_age="1m")).levels[0]
    assert [r.max_age for r in level.requires] == [43200, 43200, 60]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"max_age": 600}, "levels[0].max_age: must be a time such as 90s, 10m, 12h or 2d"),
        ({"max_age": "0m"}, "levels[0].max_age: must be a time such as 90s, 10m, 12h or 2d"),
        ({"max_age": "-1m"}, "levels[0].max_age: must be a time such as 90s, 10m, 12h or 2d"),
        ({"max_age": "10 m"}, "levels[0].max_age: must be a time such as 90s, 10m, 12h or 2d"),
        ({"acr": "two words"}, "levels[0]: 'two words' cannot be an acr: quote it, and use no spaces"),
        ({"acr": None}, "levels[0]: None cannot be an acr: quote it, and use no spaces"),
        ({"aliases": [1]}, "levels[0]: 1 cannot be an acr: quote it, and use no spaces"),
        ({"aliases": "1"}, "levels[0].aliases: must be a list"),
        ({"aliases": ["urn:a"]}, "levels[0]: 'urn:a' is used twice"),
        ({"requires": []}, "levels[0].requires: must be a list with at least one requirement"),
        ({"requires": "pwd"}, "levels[0].requires: must be a list with at least one requirement"),
        ({"requires": [3]}, "levels[0].requires[0]: must be a mapping"),
        ({"requires": ["pasword"]}, "levels[0].requires[0]: 'pasword' is no evidence method"),
        ({"requires": [{"any": []}]}, "levels[0].requires[0].any: must be a list of evidence methods"),
        ({"requires": [{"any": "pwd"}]}, "levels[0].requires[0].any: must be a list of evidence methods"),
        ({"requires": [{"any": [["pwd"]]}]}, "levels[0].requires[0].any: ['pwd'] is no evidence method"),
        ({"requires": [{}]}, "levels[0].requires[0]: must have either any or factors"),
        ({"requires": [{"any": ["pwd"], "factors": 1}]}, "levels[0].requires[0]: must have either any or factors"),
        ({"requires": [{"factors": 0}]}, "levels[0].requires[0].factors: must be a number from 1 to 3"),
        ({"requires": [{"factors": 4}]}, "levels[0].requires[0].factors: must be a number from 1 to 3"),
        ({"requires": [{"factors": True}]}, "levels[0].requires[0].factors: must be a number from 1 to 3"),
        ({"requires": [{"factors": 1, "al": 1}]}, "levels[0].requires[0].al: is not known here"),
        (
            {"requires": [{"factors": 1, "max_age": "1m"}], "max_age": "2m"},
            "levels[0].max_age: is given again by the last requirement",
        ),
        ({"amr": ["pwd"]}, "levels[0].amr: is not known here"),
    ],
)
def test_a_wrong_level_is_refused(change, fault) -> None:
    assert fault in faults(with_level(**change))


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (None, ": must be a mapping"),
        ([], ": must be a mapping"),
        ({"levels": {}}, "levels: must be a list with at least one level"),
        ({"levels": []}, "levels: must be a list with at least one level"),
        ({"levels": ["x"]}, "levels[0]: must be a mapping"),
        ({"factors": {}}, "factors: must be a mapping with at least one factor"),
        ({"factors": []}, "factors: must be a mapping with at least one factor"),
        ({"factors": {"identity": PWD}}, "factors.identity: cannot be the name of a factor"),
        ({"factors": {3: PWD}}, "factors.3: cannot be the name of a factor"),
        ({"factors": {"Pwd": PWD}}, "factors.Pwd: cannot be the name of a factor"),
        ({"factors": {"pwd": {"kind": "k"}}}, "factors.pwd.channel: must be a word"),
        ({"factors": {"pwd": {"kind": "", "channel": "c"}}}, "factors.pwd.kind: must be a word"),
        ({"factors": {"pwd": None}}, "factors.pwd: must be a mapping"),
        ({"base_age": "soon"}, "base_age: must be a time such as 90s, 10m, 12h or 2d"),
        ({"level": []}, "level: is not known here"),
    ],
)
def test_a_wrong_document_is_refused(document, fault) -> None:
    assert fault in faults(document)


def test_one_alias_cannot_name_two_levels() -> None:
    document = copy.deepcopy(sample_document())
    document["levels"][3]["aliases"] = ["1"]
    assert faults(document) == ("levels[3]: '1' is used twice",)


def test_all_faults_are_reported_at_once() -> None:
    found = faults({"base_age": "x", "levels": [{"acr": 1, "requires": ["y"]}], "factors": {"pwd": {}}})
    assert len(found) == 5


def test_the_message_names_every_fault() -> None:
    with pytest.raises(LevelsFault) as caught:
        parse_levels({"base_age": "soon", "factors": {"pwd": PWD}})
    assert caught.value.message == (
        "levels: base_age: must be a time such as 90s, 10m, 12h or 2d; levels: must be a list with at least one level"
    )


def test_a_requirements_own_age_is_named_when_it_is_wrong() -> None:
    found = faults(with_level(requires=[{"factors": 1, "max_age": "soon"}]))
    assert found == ("levels[0].requires[0].max_age: must be a time such as 90s, 10m, 12h or 2d",)


def test_a_level_may_ask_for_as_many_factors_as_are_counted() -> None:
    assert parse_levels(with_level(requires=[{"factors": MOST_FACTORS}])).levels[0].defining == Factors(
        MOST_FACTORS, 43200
    )
    assert faults(with_level(requires=[{"factors": MOST_FACTORS + 1}])) == (
        f"levels[0].requires[0].factors: must be a number from 1 to {MOST_FACTORS}",
    )

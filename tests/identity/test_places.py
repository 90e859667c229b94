"""Where an address is, by the operator's table, and whether somebody can have come from there."""

import pytest

from idp.errors import InvalidInput
from idp.identity.places import NOWHERE, Place, is_impossible, measure_distance, read_places

MUNICH, SYDNEY, BERLIN = Place(48.14, 11.58), Place(-33.87, 151.21), Place(52.52, 13.4)
TABLE = """network,latitude,longitude
192.0.2.0/24,48.14,11.58
192.0.2.128/25,52.52,13.4

0.0.0.0/1,1,1
2001:db8::/32,-33.87,151.21
"""


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", MUNICH),
        ("192.0.2.200", BERLIN),
        ("::ffff:192.0.2.1", MUNICH),
        ("2001:db8::1", SYDNEY),
        ("10.0.0.1", Place(1, 1)),
        ("198.51.100.1", None),
        ("2001:db9::1", None),
        ("unix:", None),
        ("", None),
    ],
)
def test_the_smallest_network_that_holds_an_address_counts(address: str, place: Place | None) -> None:
    assert read_places(TABLE.splitlines()).find(address) == place
    assert NOWHERE.find(address) is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("192.0.2.1/24,1,1", "Line 2"),
        ("network,1,1", "Line 2"),
        ("192.0.2.0/24,1", "Line 2"),
        ("192.0.2.0/24,1,1,1", "Line 2"),
        ("192.0.2.0/24,north,1", "Line 2"),
        ("192.0.2.0/24,91,1", "not a place on earth"),
        ("192.0.2.0/24,1,-181", "not a place on earth"),
        ("192.0.2.0/24,nan,1", "not a place on earth"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_line(line: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        read_places(["network,latitude,longitude", line])


@pytest.mark.parametrize("lines", [[], ["192.0.2.0/24,1,1"], ["network;latitude;longitude"]])
def test_a_table_says_what_its_columns_are(lines: list[str]) -> None:
    with pytest.raises(InvalidInput, match="first line"):
        read_places(lines)


def test_a_table_can_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.identity.places.MAX_NETWORKS", 2)
    lines = ["network,latitude,longitude", "192.0.2.0/24,1,1", "", "198.51.100.0/24,1,1"]
    assert read_places(lines).find("198.51.100.1") == Place(1, 1)
    with pytest.raises(InvalidInput, match="more than 2"):
        read_places([*lines, "203.0.113.0/24,1,1"])


def test_the_poles_and_the_date_line_are_places_on_earth() -> None:
    places = read_places(["network,latitude,longitude", "192.0.2.0/24,90,-180", "198.51.100.0/24,-90,180"])
    assert places.find("192.0.2.1") == Place(90, -180)
    assert places.find("198.51.100.1") == Place(-90, 180)


def test_distances_are_those_of_the_earth() -> None:
    assert measure_distance(MUNICH, BERLIN) == pytest.approx(504, abs=5)
    assert measure_distance(MUNICH, SYDNEY) == pytest.approx(16_300, abs=100)
    assert measure_distance(MUNICH, MUNICH) == 0
    assert measure_distance(Place(0, 0), Place(0, 180)) == pytest.approx(20_015, abs=10)
    # Where rounding makes the other side of the earth a little farther than there is.
    assert measure_distance(Place(8, 0), Place(-8, 180)) == pytest.approx(20_015, abs=10)


@pytest.mark.parametrize(
    ("before", "after", "hours", "impossible"),
    [
        (MUNICH, SYDNEY, 2, True),
        (MUNICH, SYDNEY, 20, False),
        (MUNICH, BERLIN, 1, False),
        (MUNICH, BERLIN, 0.1, True),
        # A table is wrong by that much; and a clock may run backwards.
        (MUNICH, Place(48.3, 11.7), 0, False),
        (MUNICH, SYDNEY, -5, True),
    ],
)
def test_nobody_is_faster_than_an_airliner(before: Place, after: Place, hours: float, impossible: bool) -> None:
    assert is_impossible(before, after, hours * 3600) is impossible


def test_a_thousand_kilometres_take_an_hour() -> None:
    seconds = measure_distance(MUNICH, SYDNEY) / 1000 * 3600
    assert is_impossible(MUNICH, SYDNEY, seconds - 1)
    assert not is_impossible(MUNICH, SYDNEY, seconds + 1)

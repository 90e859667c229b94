"""Where network addresses are, by an operator's own table, and how fast somebody would have had to travel. Pure.

The table is CSV with a header: `network,latitude,longitude`, a line for each network in CIDR notation, in degrees.
Where networks overlap the smallest one that holds an address counts.
"""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final

from idp.errors import InvalidInput

COLUMNS: Final = ("network", "latitude", "longitude")
MAX_NETWORKS: Final = 5_000_000
EARTH_KM: Final = 6371.0
#: What the table may be wrong by, in kilometres: below that nobody has travelled.
ROUGH_KM: Final = 100.0
#: Faster than an airliner, in kilometres an hour.
TOO_FAST_KMH: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Places:
    """A table of networks: by IP version and length of prefix, the place of each network."""

    networks: dict[tuple[int, int], dict[int, Place]] = field(default_factory=dict, repr=False)

    def find(self, address: str) -> Place | None:
        """Return where an address is, None if nobody knows or it is no address."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return None
        mapped = getattr(parsed, "ipv4_mapped", None)
        parsed = mapped if mapped is not None else parsed
        number, bits = int(parsed), parsed.max_prefixlen
        lengths = sorted((length for version, length in self.networks if version == parsed.version), reverse=True)
        for length in lengths:
            found = self.networks[parsed.version, length].get(number >> (bits - length))
            if found is not None:
                return found
        return None


#: A table of nobody: every place is unknown.
NOWHERE: Final = Places()


def read_places(lines: Iterable[str]) -> Places:
    """Read a table. Raises InvalidInput that names the first line that is wrong."""
    rows = csv.reader(lines)
    if tuple(cell.strip() for cell in next(rows, [])) != COLUMNS:
        raise InvalidInput(f"The first line must be {','.join(COLUMNS)}.")
    networks: dict[tuple[int, int], dict[int, Place]] = {}
    count = 0
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        count += 1
        if count > MAX_NETWORKS:
            raise InvalidInput(f"There are more than {MAX_NETWORKS} networks.")
        try:
            written, latitude, longitude = row
            network, place = ip_network(written.strip()), Place(float(latitude), float(longitude))
        except ValueError:
            raise InvalidInput(f"Line {number}: not a network, a latitude and a longitude.") from None
        if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):
            raise InvalidInput(f"Line {number}: not a place on earth.")
        length = network.prefixlen
        key = int(network.network_address) >> (network.max_prefixlen - length)
        networks.setdefault((network.version, length), {})[key] = place
    return Places(networks)


def is_impossible(before: Place, after: Place, seconds: float) -> bool:
    """Say whether nobody can have come from one place to the other in so many seconds."""
    distance = measure_distance(before, after)
    return distance > ROUGH_KM and distance > TOO_FAST_KMH * max(seconds, 0.0) / 3600.0


def measure_distance(one: Place, other: Place) -> float:
    """Return the distance along the earth's surface, in kilometres (haversine formula)."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))

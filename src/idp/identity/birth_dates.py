"""Dates of birth as documents and vendors give them."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

EARLIEST: Final = date(1850, 1, 1)
LATEST: Final = date(2100, 1, 1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Vendors publish instants that are not midnight, so a time zone may have moved the day by one.
TOLERANCE: Final = timedelta(days=1)
_EARLIEST_MILLIS: Final = round((datetime(1850, 1, 1, tzinfo=UTC) - EPOCH).total_seconds() * 1000)
_LATEST_MILLIS: Final = round((datetime(2100, 1, 1, tzinfo=UTC) - EPOCH).total_seconds() * 1000)


def birth_date_from_millis(value: object) -> date | None:
    """Return the UTC date of an integer of milliseconds since 1970 (negative before); None for anything else.

    Booleans, floats, digits in a string, and instants outside `EARLIEST` to `LATEST` are not birth dates.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not _EARLIEST_MILLIS <= value < _LATEST_MILLIS:
        return None
    return (EPOCH + timedelta(milliseconds=value)).date()


def compare_birth_dates(one: date | None, other: date | None) -> Literal["same", "different", "unclear"]:
    """Compare two dates of birth with a tolerance of one day; "unclear" when either is absent."""
    if one is None or other is None:
        return "unclear"
    return "same" if abs(one - other) <= TOLERANCE else "different"

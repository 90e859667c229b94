"""Names as documents and profiles spell them: in parts, as a whole, or in a machine-readable zone."""

from idp.identity.names import PersonName, compare_names


def parted(given_names: str, paternal: str, maternal: str = "") -> PersonName:
    return PersonName(given=given_names, paternal=paternal, maternal=maternal)


def zone(given_names: str, surname: str) -> PersonName:
    return PersonName(given=given_names, paternal=surname, mrz=True)


def whole(text: str) -> PersonName:
    return PersonName(full=text)


def compare(one: PersonName, other: PersonName) -> str:
    """Compare both ways round: no rule may depend on which side is the document."""
    forth, back = compare_names(one, other), compare_names(other, one)
    assert forth == back
    return forth

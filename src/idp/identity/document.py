"""Reading the person out of a vendor's OCR body.

Source: the reference on Incode's API, section 6.1 and its data traps. Any field may be absent, null or of another
type, and each such field is simply absent here: absent data never matches (see `matching`). Only names and the birth
date are read; document numbers and images are not this provider's business.
"""

from collections.abc import Mapping
from typing import Any, Final

from idp.identity.birth_dates import birth_date_from_millis
from idp.identity.matching import DocumentPerson
from idp.identity.names import MAX_NAME_LENGTH, fold_words

WRAPPER: Final = "ocrData"


def parse_document(body: object) -> DocumentPerson:
    """Return the person in an OCR body, bare (v1) or wrapped as `{"ocrData": {...}}` (v2). Never raises."""
    fields = _unwrap(body)
    name = _mapping(fields.get("name"))
    return DocumentPerson(
        full_name=parse_text(name.get("fullName")),
        given_names=parse_given_names(name),
        paternal=parse_text(name.get("paternalLastName")),
        maternal=parse_text(name.get("maternalLastName")),
        mrz_given=parse_mrz_text(name.get("givenNameMrz")),
        mrz_family=parse_mrz_text(name.get("lastNameMrz")),
        mrz_full=parse_text(name.get("machineReadableFullName")),
        birth_date=birth_date_from_millis(fields.get("birthDate")),
    )


def parse_text(value: object) -> str:
    """Return a text without surrounding space; empty for another type, and for a text that is too long for a name."""
    if not isinstance(value, str) or len(value) > MAX_NAME_LENGTH:
        return ""
    return value.strip()


def parse_mrz_text(value: object) -> str:
    """Return a part of the machine-readable zone without its trailing fillers."""
    return parse_text(value).strip("< ")


def parse_given_names(name: Mapping[str, Any]) -> str:
    """Join `firstName`, `givenName` and `middleName` into all given names, first one first.

    `givenName` repeats or extends `firstName`. If it begins with another name, it is not known which is first, and the
    given names are absent. `middleName` is added unless the others end with it.
    """
    first, given, middle = (parse_text(name.get(key)) for key in ("firstName", "givenName", "middleName"))
    short, long = sorted((first, given), key=lambda text: len(fold_words(text)))
    if fold_words(long)[: len(fold_words(short))] != fold_words(short):
        return ""
    extra = fold_words(middle)
    return long if not extra or fold_words(long)[-len(extra) :] == extra else f"{long} {middle}".strip()


def _unwrap(body: object) -> Mapping[str, Any]:
    fields = _mapping(body)
    return _mapping(fields[WRAPPER]) if WRAPPER in fields else fields


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

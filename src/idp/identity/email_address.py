"""E-mail addresses: what is accepted, what mail is sent to, and the key an account is found by.

Conservative on purpose: the dot-atom form of RFC 5321 and its internationalised form (RFC 6531), no quoted local
parts, no comments, no address literals, and a domain of at least two labels.

Two rules against account takeover by look-alike spelling: characters that only *become* ASCII when folded (the Kelvin
sign, the long s, full-width letters) are refused in the local part, since their owner and the ASCII address's owner
are different people; and callers send mail to the address stored with the account, never to the one just typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_ADDRESS_OCTETS: Final = 254
MAX_LOCAL_OCTETS: Final = 64
MAX_LABEL: Final = 63
ATOM_SYMBOLS: Final = frozenset("!#$%&'*+-/=?^_`{|}~.")
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
# IDNA 2008 keeps these apart from "ss" and the other sigma; the codec of the standard library (IDNA 2003) does not.
DEVIATIONS: Final = frozenset("\u00df\u1e9e\u03c2")
FULL_STOPS: Final = re.compile("[.\u3002\uff0e\uff61]")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`address` is what mail is sent to (NFC local part, A-label domain); `lookup_key` finds the account."""

    address: str
    lookup_key: str


def parse_email(text: object) -> EmailAddress | None:
    """Return the normalised address in `text`, or None if it is not one that we accept. Never raises.

    The lookup key ignores case. Dots and "+tags" stay: only the receiving host knows what they mean.
    """
    if not isinstance(text, str) or len(text) > 4 * MAX_ADDRESS_OCTETS:
        return None
    typed_local, _, typed_domain = text.strip().rpartition("@")
    if not _is_local_part(typed_local):
        return None
    domain = encode_domain(typed_domain)
    if domain is None:
        return None
    local = unicodedata.normalize("NFC", typed_local)
    address = f"{local}@{domain}"
    folded = unicodedata.normalize("NFC", local.casefold())
    fits = len(local.encode()) <= MAX_LOCAL_OCTETS and len(address.encode()) <= MAX_ADDRESS_OCTETS
    return EmailAddress(address, f"{folded}@{domain}") if fits else None


def encode_domain(text: str) -> str | None:
    """Return a domain name in lower-case A-labels (RFC 5890), or None if it is no host name of two labels or more."""
    labels = [_encode_label(label) for label in FULL_STOPS.split(text)]
    known = [label for label in labels if label is not None]
    if len(known) < 2 or len(known) != len(labels) or known[-1].isdigit():
        return None
    return ".".join(known)


def _is_local_part(text: str) -> bool:
    if not text or text.startswith(".") or text.endswith(".") or ".." in text:
        return False
    return all(_is_local_character(character) for character in text)


def _is_local_character(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in ATOM_SYMBOLS
    if unicodedata.category(character)[0] not in "LMN":
        return False
    return not unicodedata.normalize("NFKC", character).casefold().isascii()


def _encode_label(label: str) -> str | None:
    # Invisible characters would be mapped away, so that two spellings were one domain.
    if any(unicodedata.category(character) == "Cf" for character in label):
        return None
    lowered = "".join(character.lower() for character in label)
    try:
        encoded = _encode_unmapped(lowered) if DEVIATIONS.intersection(label) else lowered.encode("idna")
        text = encoded.decode("ascii").lower()
    except UnicodeError:
        return None
    return text if len(text) <= MAX_LABEL and LABEL.fullmatch(text) else None


def _encode_unmapped(label: str) -> bytes:
    text = unicodedata.normalize("NFKC", label)
    if not all(character == "-" or character.isalnum() for character in text):
        raise UnicodeError("not a label")
    return b"xn--" + text.encode("punycode")

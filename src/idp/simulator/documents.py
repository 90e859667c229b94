"""What the document said: the bodies of the OCR calls with their odd formats, and the images."""

import base64
import hashlib
import struct
import unicodedata
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from idp.simulator.sessions import STEPS, Session

BIRTH_TIME = timedelta(hours=19, minutes=11)
YEAR = timedelta(days=365)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _milliseconds(at: datetime) -> int:
    """Return UTC milliseconds since 1970, negative before; exact, as floats are not."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def _machine_readable(text: str) -> str:
    """Return the name as the machine-readable zone prints it: upper case, no accents."""
    folded = unicodedata.normalize("NFKD", text.upper())
    return "".join(character for character in folded if not unicodedata.combining(character))


def ocr_body(session: Session, now: float) -> dict[str, Any]:
    """Return the OCR data (section 6.1), an empty object while no document was read or after it was deleted.

    The formats differ per field on purpose: `birthDate` is an integer of milliseconds at 19:11 UTC (never midnight) and
    negative before 1970, `issuedAt` and `expireAt` are strings of milliseconds, `issueDate` and `expirationDate` are
    years. Names are upper case, the surname is in `paternalLastName`.
    """
    person = session.person
    if person is None or session.pii_deleted or not session.reached(STEPS[0], now):
        return {}
    first, last = person.first_name.upper(), person.last_name.upper()
    midnight = datetime(person.birth_date.year, person.birth_date.month, person.birth_date.day, tzinfo=UTC)
    read_at = datetime.fromtimestamp(now, UTC)
    issued, expires = read_at - 3 * YEAR, read_at + 5 * YEAR
    number = int(hashlib.sha256(f"{first}|{last}|{person.birth_date}".encode()).hexdigest()[:12], 16) % 10**8
    address = {"street": "12 SAMPLE STREET", "postalCode": "90001", "city": "LOS ANGELES", "state": "CALIFORNIA"}
    return {
        "name": {
            "fullName": f"{first} {last}",
            "firstName": first,
            "givenName": first,
            "paternalLastName": last,
            "machineReadableFullName": _machine_readable(f"{first} {last}"),
            "givenNameMrz": _machine_readable(first),
            "lastNameMrz": _machine_readable(last),
        },
        "birthDate": _milliseconds(midnight + BIRTH_TIME),
        "address": "12 SAMPLE STREET\nLOS ANGELES CALIFORNIA 90001",
        "addressFields": address,
        "typeOfId": "DriversLicense",
        "documentFrontSubtype": "DRIVERS_LICENSE",
        "documentBackSubtype": "DRIVERS_LICENSE",
        "documentNumber": f"D{number:08d}",
        "issuedAt": str(_milliseconds(issued)),
        "expireAt": str(_milliseconds(expires)),
        "issueDate": issued.year,
        "expirationDate": expires.year,
        "issuingCountry": "USA",
        "issuingState": "CALIFORNIA",
        "nationality": "USA",
        "ocrDataConfidence": {"birthDateConfidence": 0.99, "nameConfidence": 0.98},
    }


def draw_image(name: str) -> str:
    """Return a small base64 PNG in one colour that depends only on the image's name."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = 16
    row = b"\x00" + hashlib.sha256(name.encode()).digest()[:3] * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * size)) + chunk(b"IEND", b"")
    )
    return base64.b64encode(png).decode()

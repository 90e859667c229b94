"""Every message that the pages and their wording ask a catalogue for, read from the source."""

from pathlib import Path

from babel.messages.extract import extract_from_dir

import idp

SOURCE = Path(idp.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
METHODS = [("web/templates/**.html", "jinja2"), ("**.py", "python")]


def extract_messages() -> set[str]:
    """Return all message ids; of a plural message its singular."""
    found = extract_from_dir(SOURCE, METHODS, {"web/templates/**.html": {"silent": "false"}}, keywords=KEYWORDS)
    return {ids[0] if isinstance(ids, tuple) else ids for _, _, ids, _, _ in found}

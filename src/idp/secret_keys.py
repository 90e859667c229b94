"""Deriving every key from the master key (HKDF, RFC 5869), so that an operator keeps one secret."""

import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
FILE_NAME: Final = "master.key"


def derive_key(master: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"idp {purpose}".encode()).derive(master.encode())


def keep_master_key(folder: Path) -> str:
    """Return the key generated for this folder, making it on first use, readable by its owner only. For development."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")

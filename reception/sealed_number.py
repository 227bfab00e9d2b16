"""Personal numbers as the store has them: AES-256-GCM under DATA/keys/citizens.key, bound to their citizen.

The key is 64 hex digits in a file that its owner alone may read, made when the first number is stored. With it the
numbers are lost, and nothing else.
"""

from __future__ import annotations

import base64
import os
import re
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "citizens.key"
KEY_BYTES, NONCE_BYTES = 32, 12
_DOMAIN = b"diemcau citizen 1\0"


class NumberUnreadable(Exception):
    """The key is missing or another one, or the stored number was altered; the message says which key."""


class SealedNumbers:
    """Seals and opens. keys: the directory of the server's keys."""

    def __init__(self, keys: Path) -> None:
        self.path = keys / KEY_FILE
        self._aead: AESGCM | None = None

    def seal(self, number: str, *, citizen_id: str) -> str:
        """The number as stored, "" for "". Raises NumberUnreadable (a key file that is none), OSError."""
        if not number:
            return ""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._key(make=True).encrypt(nonce, number.encode(), _DOMAIN + citizen_id.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, citizen_id: str) -> str:
        """The number. Raises NumberUnreadable, OSError."""
        if not sealed:
            return ""
        raw = base64.b64decode(sealed)
        try:
            plain = self._key(make=False).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _DOMAIN + citizen_id.encode())
        except InvalidTag:
            raise NumberUnreadable(f"{self.path} is not the key that this number was sealed with") from None
        return plain.decode()

    def _key(self, *, make: bool) -> AESGCM:
        if self._aead is None:
            if make and not self.path.exists():
                self._make()
            self._aead = AESGCM(self._read())
        return self._aead

    def _read(self) -> bytes:
        try:
            text = self.path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            raise NumberUnreadable(f"{self.path} is missing: put back the copy that was kept of it") from None
        if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
            raise NumberUnreadable(f"{self.path} must hold 64 hex digits: put back the copy that was kept of it")
        return bytes.fromhex(text)

    def _make(self) -> None:
        """Of several processes that come at once one makes the key: the name is taken only by a whole file."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self.path.with_name(f"{KEY_FILE}.{os.getpid()}.new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(partial, self.path)
        partial.unlink()

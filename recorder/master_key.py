"""The master key, which wraps the data key of each encrypted session (AES Key Wrap, RFC 3394).

A file with 64 hex digits, DATA/keys/master.key or where `recording.master_key` says, made at the first use. With it
every recording that it encrypted is lost. Earlier and foreign ones lie in DATA/keys/retired as `master-ID.key`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from recorder.cipher import ALGORITHM, KEY_BYTES, DataKey
from recorder.keys import key_directory_locked, write_whole

MASTER_FILE = "master.key"
ID_DOMAIN = b"diemcau master key 1\0"
SESSION_KEY = Path("derived") / "decrypted" / "session-key.json"  # in a package that was exported decrypted


class KeyUnavailable(Exception):
    """An encrypted recording cannot be read, or none begun; the message says which key is missing and what to do."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One master key."""

    raw: bytes

    @property
    def id(self) -> str:
        """What segments call it: 16 hex digits that do not tell the key."""
        return hashlib.sha256(ID_DOMAIN + self.raw).hexdigest()[:16]

    @property
    def text(self) -> bytes:
        """As its file holds it."""
        return self.raw.hex().encode() + b"\n"

    def new_data_key(self) -> DataKey:
        """For a new session."""
        raw = os.urandom(KEY_BYTES)
        wrapped = aes_key_wrap(self.raw, raw).hex()
        return DataKey(raw, {"algorithm": ALGORITHM, "master_key_id": self.id, "wrapped_key": wrapped})


def read_master_key(path: Path) -> MasterKey:
    """Raises KeyUnavailable naming the file and what is wrong with it."""
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise KeyUnavailable(f"the master key {path} cannot be read: {error.strerror}") from None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise KeyUnavailable(f"{path} is no master key: it must hold 64 hex digits; put back the copy that was kept")
    return MasterKey(bytes.fromhex(text))


class Keyring:
    """Where keys are looked for. `path`: the master key in use; `others`: a directory with further ones.

    `session_keys`: data keys that came with a recording's package, by their wrapped form.
    """

    def __init__(self, path: Path, others: Path, session_keys: dict[str, bytes] | None = None) -> None:
        self.path, self.others = path, others
        self._session_keys = session_keys or {}

    @classmethod
    def of(cls, data: Path, configured: str = "") -> Keyring:
        """Of a data directory. `configured`: the setting recording.master_key, "" for the usual place."""
        return cls(Path(configured) if configured else data / "keys" / MASTER_FILE, data / "keys" / "retired")

    @classmethod
    def beside(cls, directory: Path, configured: str = "") -> Keyring:
        """For the recording DATA/recordings/ID, or a package with its own session key."""
        found = cls.of(directory.resolve().parent.parent, configured)
        path = directory / SESSION_KEY
        if path.is_file():
            facts = json.loads(path.read_bytes())
            found._session_keys[str(facts["wrapped_key"])] = bytes.fromhex(facts["key"])
        return found

    @property
    def exists(self) -> bool:
        """Whether there is a master key already."""
        return self.path.exists()

    def load_or_make(self, *, replace_lost: bool = False) -> MasterKey:
        """The master key in use; made, readable by its owner only, if there never was one.

        One that was there and is not any more (a stick that was pulled) is not made anew unless `replace_lost`.
        Raises KeyUnavailable.
        """
        try:
            with key_directory_locked(self._noted.parent):
                if not self.path.exists():
                    if self._noted.exists() and not replace_lost:
                        raise KeyUnavailable(
                            f"the master key {self._noted.read_text().strip()} is not at {self.path} any more: put it "
                            "or its copy back, or make a new one with `diemcau recording key --master --rotate`"
                        )
                    self._make()
                key = read_master_key(self.path)
                if not self._noted.exists():
                    write_whole(self._noted, key.id.encode() + b"\n", 0o644)
                return key
        except OSError as error:
            raise KeyUnavailable(f"the master key {self.path} cannot be made: {error.strerror}") from None

    @property
    def _noted(self) -> Path:
        """The id of the key in use, to know that there was one."""
        return self.others.parent / "master.id"

    def _make(self) -> MasterKey:
        key = MasterKey(os.urandom(KEY_BYTES))
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.path, key.text, 0o600)
        write_whole(self._noted, key.id.encode() + b"\n", 0o644)
        return key

    def rotate(self) -> MasterKey:
        """A new master key for sessions that begin from now on; the old one is kept for the old ones, if it is there.
        Raises KeyUnavailable, OSError."""
        if self.path.exists():
            self.keep(read_master_key(self.path))
        with key_directory_locked(self._noted.parent):
            return self._make()

    def keep(self, key: MasterKey) -> Path:
        """Put a key (retired, or of another server) where recordings that need it find it."""
        self.others.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.others / f"master-{key.id}.key"
        write_whole(path, key.text, 0o600)
        return path

    def unwrap(self, facts: dict[str, Any]) -> DataKey:
        """The data key of an `encryption` object. Raises KeyUnavailable."""
        algorithm, wrapped = facts.get("algorithm"), str(facts.get("wrapped_key"))
        if algorithm != ALGORITHM:
            raise KeyUnavailable(f"encrypted with {algorithm}, which this version does not know; use a newer one")
        raw = self._session_keys.get(wrapped)
        if raw is not None:
            return DataKey(raw, facts)
        master = self._find(str(facts.get("master_key_id")))
        try:
            return DataKey(aes_key_unwrap(master.raw, bytes.fromhex(wrapped)), facts)
        except (InvalidUnwrap, ValueError):
            raise KeyUnavailable(f"the wrapped key was altered: master key {master.id} does not open it") from None

    def _find(self, identifier: str) -> MasterKey:
        for path in (self.path, self.others / f"master-{identifier}.key"):
            if path.exists() and (found := read_master_key(path)).id == identifier:
                return found
        has = f"has the key {read_master_key(self.path).id}" if self.exists else "is not there"
        raise KeyUnavailable(
            f"the recording is encrypted with the master key {identifier}; {self.path} {has}. Put the copy of that key "
            f"there, or bring it in with `diemcau recording key --master --import FILE`"
        )

"""The session's file in its recording's directory: papers, documents, events and logs under session/, listed with
hashes and signed by the recorder's key. From then on the directory is the whole package: copied, read back, verified,
exported and destroyed as one.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from recorder.catalogue import seal_of
from recorder.chain import canonical, file_sha256
from recorder.cipher import DataKey
from recorder.encrypted_file import SUFFIX, EncryptingFile, open_media
from recorder.keys import load_or_make_key
from recorder.master_key import Keyring
from recorder.reader import data_key_of
from recorder.storage.targets import sync_path
from recorder.verify_session import PACKAGE_FILE, SESSION_FOLDER, package_digest, read_package

ORIGINAL = "original"  # the medium that the server records on
READ_BYTES = 1 << 20
Content = Mapping[str, bytes | Path]


class NotSealed(Exception):
    """The recording is not complete: its package cannot be made yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What lies there. hash: SHA-256 of its list; made_of: digest of what it was made of, see make_package."""

    hash: str
    made_at: float
    made_of: str
    seal: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A medium on which the whole package was read back and found whole. at: Unix time."""

    medium: str
    at: float


def make_package(data: Path, directory: Path, content: Content, *, made_of: str, keys: Keyring) -> Package:
    """Put the files under session/, in place of what was there. content: bytes or files, by path.

    They are encrypted where the recording is. Raises NotSealed, OSError, KeyUnavailable, ValueError for a path that
    leads elsewhere.
    """
    seal = seal_of(directory)
    if not seal:
        raise NotSealed(directory.name)
    data_key = data_key_of(directory, keys)
    fresh = _beside(directory)
    try:
        files = [_put(fresh, name, content[name], data_key, keys) for name in sorted(content)]
        signing = load_or_make_key(data)
        facts: dict[str, Any] = {
            "version": 1,
            "recording": directory.name,
            "seal": seal,
            "made_at_ms": int(time.time() * 1000),
            "made_of": made_of,
            "files": files,
            "key": signing.public_hex,
            "keys": signing.history,
        }
        facts["sig"] = signing.private.sign(package_digest(facts)).hex()
        _write(fresh / PACKAGE_FILE, [canonical(facts) + b"\n"])
        _replace(directory / SESSION_FOLDER, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    found = package_of(directory)
    assert found is not None
    return found


def _beside(directory: Path) -> Path:
    """A new name next to the recording: what lies in it is verified, half a package would be a fault."""
    return directory.with_name(f".{directory.name}-{SESSION_FOLDER}-{secrets.token_hex(4)}.partial")


def _put(folder: Path, name: str, source: bytes | Path, data_key: DataKey | None, keys: Keyring) -> dict[str, Any]:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or name == PACKAGE_FILE:
        raise ValueError(f"no path inside a package: {name!r}")
    stored = name + SUFFIX if data_key is not None else name
    path = folder / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    if data_key is not None:
        with EncryptingFile(path, data_key) as file:
            for chunk in _chunks(source, keys):
                file.write(chunk)
        sync_path(path)
    else:
        _write(path, _chunks(source, keys))
    return {"path": stored, "bytes": path.stat().st_size, "sha256": file_sha256(path)}


def _chunks(source: bytes | Path, keys: Keyring) -> Iterator[bytes]:
    """As it was before it was encrypted for the disk."""
    if isinstance(source, bytes):
        yield source
        return
    with open_media(source, keys) as file:
        while chunk := file.read(READ_BYTES):
            yield chunk


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _replace(place: Path, fresh: Path) -> None:
    """Renamed into place; what was there is gone then."""
    going = _beside(place.parent)
    if place.exists():
        place.rename(going)
    fresh.rename(place)
    sync_path(place.parent)
    shutil.rmtree(going, ignore_errors=True)


def package_of(directory: Path) -> Package | None:
    """The package that lies there, not verified; None where there is none or nobody can read it."""
    try:
        facts = read_package(directory)
        if facts is None:
            return None
        return Package(
            hash=file_sha256(directory / SESSION_FOLDER / PACKAGE_FILE),
            made_at=facts["made_at_ms"] / 1000,
            made_of=str(facts["made_of"]),
            seal=str(facts["seal"]),
            files=len(facts["files"]),
            bytes=sum(int(each["bytes"]) for each in facts["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def package_hash(directory: Path) -> str:
    """The hash of the package's list, "" where there is none."""
    found = package_of(directory)
    return found.hash if found else ""


def verified_media(entry: Mapping[str, Any], package: str) -> list[Verified]:
    """Where this package (its hash) was read back whole, the server's own disk first.

    entry: of recorder.storage.ledger. A copy on the recordings' own disk is no second medium; what was verified of an
    earlier package does not count.
    """
    found: list[Verified] = []
    fixity = entry.get("fixity", {})
    if package and fixity.get("verdict") == "whole" and fixity.get("package") == package:
        found.append(Verified(medium=ORIGINAL, at=float(fixity["at"])))
    for name, copy in entry.get("copies", {}).items():
        good = copy.get("state") == "verified" and not copy.get("same_disk")
        if package and good and copy.get("package") == package:
            found.append(Verified(medium=str(name), at=float(copy["at"])))
    return found

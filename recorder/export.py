"""A recording as one file to hand over."""

from __future__ import annotations

import io
import json
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from recorder.bundle import verifier_source
from recorder.chain import file_sha256
from recorder.encrypted_file import SUFFIX, DecryptingFile, plain_name
from recorder.live_index import FOLDER
from recorder.master_key import SESSION_KEY, Keyring
from recorder.reader import data_key_of

LEFT_OUT = (str(FOLDER), str(SESSION_KEY.parent))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """The file written. `form`: plain (never was encrypted), encrypted, or decrypted."""

    path: str
    bytes: int
    sha256: str
    form: str


def export(directory: Path, output: Path, *, decrypted: bool = False, keys: Keyring | None = None) -> ExportResult:
    """A tar of the whole directory, uncompressed (the media are compressed already), with the verifier beside them.

    An encrypted recording goes out encrypted, as it lies there: anybody can verify it, and who has the master key
    can play it. With `decrypted` its tracks lie plain in derived/decrypted as well, with the key of this session
    alone, so that the package needs no other key. Raises OSError, KeyUnavailable.
    """
    keys = keys or Keyring.beside(directory)
    data_key = data_key_of(directory, keys) if decrypted else None
    partial = output.with_name(output.name + ".partial")
    with tarfile.open(partial, "w", dereference=True) as archive:
        _fill(archive, directory)
        if data_key is not None:
            facts = {**data_key.facts, "key": data_key.raw.hex()}
            _add(archive, f"{directory.name}/{SESSION_KEY}", json.dumps(facts, indent=2).encode() + b"\n")
            _add_decrypted(archive, directory, keys)
    partial.replace(output)
    form = "decrypted" if data_key is not None else ("encrypted" if _is_encrypted(directory) else "plain")
    return ExportResult(path=str(output), bytes=output.stat().st_size, sha256=file_sha256(output), form=form)


def stream_package(directory: Path, output: BinaryIO) -> None:
    """The same, as it lies there, to something that only takes bytes one after the other. Raises OSError."""
    with tarfile.open(fileobj=output, mode="w|", dereference=True) as archive:
        _fill(archive, directory)


def _fill(archive: tarfile.TarFile, directory: Path) -> None:
    archive.add(directory, arcname=directory.name, filter=_wanted)
    _add(archive, f"{directory.name}/verify.py", verifier_source().encode())


def _wanted(facts: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What belongs into a package: no live tracks, no earlier package's plain ones."""
    inside = facts.name.partition("/")[2]
    return None if any(inside == name or inside.startswith(name + "/") for name in LEFT_OUT) else facts


def _is_encrypted(directory: Path) -> bool:
    return any((directory / "tracks").glob(f"*{SUFFIX}"))


def _add_decrypted(archive: tarfile.TarFile, directory: Path, keys: Keyring) -> None:
    for path in sorted((directory / "tracks").glob(f"*{SUFFIX}")):
        with DecryptingFile(path, keys) as file:
            name = f"{directory.name}/{SESSION_KEY.parent}/{plain_name(path.name)}"
            _add_file(archive, name, file.size, io.BufferedReader(file, buffer_size=1 << 16))


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    _add_file(archive, name, len(content), io.BytesIO(content))


def _add_file(archive: tarfile.TarFile, name: str, size: int, file: BinaryIO) -> None:
    facts = tarfile.TarInfo(name)
    facts.size, facts.mtime = size, int(time.time())
    archive.addfile(facts, file)

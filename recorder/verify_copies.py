"""Plain copies in a package against the sealed, encrypted tracks that they were made from.

A part of the verifier that travels with recordings: standard library and `cryptography` only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recorder.findings import Fault, VerifyReport
from recorder.framing import FILE_DOMAIN, FILE_MAGIC, NONCE_BYTES, TAG_BYTES

COPIES = "derived/decrypted"
SESSION_KEY_FILE = "session-key.json"


def check_copies(directory: Path, report: VerifyReport) -> None:
    """Every plain copy is what its encrypted track holds, byte for byte; where there are none nothing is said."""
    folder = directory / COPIES
    if not (folder / SESSION_KEY_FILE).is_file():
        return
    try:
        key = AESGCM(bytes.fromhex(json.loads((folder / SESSION_KEY_FILE).read_bytes())["key"]))
    except (ValueError, KeyError, TypeError):
        _copy_fault(report, "altered", f"{COPIES}/{SESSION_KEY_FILE}", None, "is no session key")
        return
    for path in sorted(folder.iterdir()):
        if path.name != SESSION_KEY_FILE:
            _check_copy(path, directory / "tracks" / f"{path.name}.enc", key, report)


def _check_copy(copy: Path, track: Path, key: AESGCM, report: VerifyReport) -> None:
    name = f"{COPIES}/{copy.name}"
    if not track.is_file():
        _copy_fault(report, "added", name, None, "there is no sealed track of this name")
        return
    position = 0
    with copy.open("rb") as file:
        try:
            for plain in _plain_chunks(track, key):
                found = file.read(len(plain))
                if found != plain:
                    first = position + next(
                        (at for at, (a, b) in enumerate(zip(found, plain, strict=False)) if a != b), len(found)
                    )
                    kind = "truncated" if first - position == len(found) else "altered"
                    _copy_fault(
                        report, kind, name, (first, position + len(plain) - 1), "not what the sealed track holds"
                    )
                    return
                position += len(plain)
        except InvalidTag:
            _copy_fault(report, "altered", f"{COPIES}/{SESSION_KEY_FILE}", None, f"does not open tracks/{track.name}")
            return
        if rest := file.read():
            last = position + len(rest) - 1
            _copy_fault(report, "added", name, (position, last), "bytes follow what the sealed track holds")
            return
    report.copies += 1


def _plain_chunks(track: Path, key: AESGCM) -> Iterator[bytes]:
    """Raises InvalidTag."""
    with track.open("rb") as file:
        if file.read(len(FILE_MAGIC)) != FILE_MAGIC:
            raise InvalidTag
        facts: dict[str, Any] = json.loads(file.read(int.from_bytes(file.read(4), "little")))
        size = int(facts["chunk"]) + NONCE_BYTES + TAG_BYTES
        index, sealed = 0, file.read(size)
        while sealed:
            following = file.read(size)
            place = FILE_DOMAIN + index.to_bytes(8, "little") + bytes((0 if following else 1,))
            yield key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
            index, sealed = index + 1, following


def _copy_fault(report: VerifyReport, kind: str, name: str, span: tuple[int, int] | None, detail: str) -> None:
    first, last = span or (None, None)
    report.faults.append(Fault(kind=kind, file=name, first_byte=first, last_byte=last, detail=detail))

"""The end of a recording: tracks derived, files hashed, the chain sealed."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recorder.catalogue import is_sealed
from recorder.derive import derive_tracks
from recorder.journal import TornTail, read_segment, segment_numbers
from recorder.manifest import ManifestWriter, file_sha256, merkle_root
from recorder.survey import survey
from recorder.writer import part_facts


def complete(directory: Path, key: Ed25519PrivateKey, *, reason: str) -> None:
    """Derive and seal. A sealed recording is left as it is."""
    if is_sealed(directory):
        return
    torn = torn_tails(directory)
    found = survey(directory)
    tracks = derive_tracks(directory, found)
    manifest = ManifestWriter(directory, key)
    session = found.parts[-1] if found.parts else {}
    names = {"session_id", "title", "kind"}
    manifest.append(
        "part", **part_facts({k: v for k, v in session.items() if k in names}, manifest.key_hex, len(found.parts) + 1)
    )
    for segment, offset in torn:
        manifest.append("torn_tail", segment=segment, offset=offset)
    for track in tracks:
        manifest.append("track", **{**dataclasses.asdict(track), "sha256": file_sha256(directory / track.path)})
    files = sealed_files(directory)
    manifest.append(
        "seal",
        reason=reason,
        files=[{"path": path, "sha256": digest} for path, digest in files],
        merkle_root=merkle_root(files),
        start_ms=round(1000 * found.start_wall_s) if found.parts else 0,
        end_ms=round(1000 * found.end_wall_s) if found.parts else 0,
        wall_ms=int(time.time() * 1000),
    )
    manifest.close()
    for path, _ in files:
        os.chmod(directory / path, 0o444)


def sealed_files(directory: Path) -> list[tuple[str, str]]:
    """(path, sha256) of what the seal covers: the journal, the tracks, the README."""
    paths = sorted(
        path for folder in ("journal", "tracks") for path in (directory / folder).glob("*") if path.is_file()
    )
    paths += [path for path in [directory / "README.txt"] if path.exists()]
    return [(str(path.relative_to(directory)), file_sha256(path)) for path in paths]


def torn_tails(directory: Path) -> list[tuple[int, int]]:
    """(segment, offset) of each segment that ends in the middle of a record."""
    found = []
    for number in segment_numbers(directory):
        try:
            for _ in read_segment(directory, number):
                pass
        except TornTail as torn:
            found.append((torn.segment, torn.offset))
    return found

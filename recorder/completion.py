"""The end of a recording: tracks derived, files hashed, the chain sealed and, where asked for, its time stamped."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Any, BinaryIO

import structlog

from config.models import RecordingSettings
from recorder.adoption import adopt
from recorder.catalogue import is_sealed, is_stamped
from recorder.chain import file_sha256, line_preimage, merkle_root, read_chain
from recorder.derive import derive_tracks
from recorder.keys import SigningKey
from recorder.live_index import live_bytes, remove_live
from recorder.manifest import ManifestWriter
from recorder.master_key import Keyring
from recorder.reserve import Reserve
from recorder.second_disk import reunite
from recorder.survey import Survey, survey
from recorder.timestamp import NotStamped, stamp

log = structlog.get_logger("recorder")

CHUNK_BYTES = 1 << 20  # how closely verification can say where a track was altered
FOLDERS = ("journal", "tracks")


def complete(
    directory: Path, key: SigningKey, settings: RecordingSettings, *, reason: str, keys: Keyring | None = None
) -> None:
    """Derive, seal and stamp. What was done already is left as it is. `keys`: None for those of the recording's own
    data directory. Raises OSError, KeyUnavailable."""
    if settings.second_directory:
        reunite(directory, Path(settings.second_directory))
    Reserve(directory).release()  # a killed process leaves it
    if not is_sealed(directory):
        if shutil.disk_usage(directory).free < 2 * live_bytes(directory):
            remove_live(directory)  # the tracks proper need the room
        _seal(directory, key, keys or Keyring.beside(directory, settings.master_key), reason)
    remove_live(directory)
    if settings.timestamp_url and not is_stamped(directory):
        _stamp(directory, key, settings)
    make_read_only(directory)


def _seal(directory: Path, key: SigningKey, keys: Keyring, reason: str) -> None:
    found = survey(directory, keys=keys)
    tracks = derive_tracks(directory, found, keys=keys)
    manifest = ManifestWriter(directory, key)
    manifest.begin("completion", wall_ms=int(time.time() * 1000))
    adopt(directory, manifest)
    for track in tracks:
        manifest.append("track", **dataclasses.asdict(track), **file_facts(directory / track.path))
    files = sealed_files(directory)
    manifest.append(
        "seal",
        reason=reason,
        files=files,
        merkle_root=merkle_root([(entry["path"], entry["sha256"]) for entry in files]),
        **_times(found),
        wall_ms=int(time.time() * 1000),
    )
    manifest.close()


def _times(found: Survey) -> dict[str, int]:
    if not found.parts:
        return {"start_ms": 0, "end_ms": 0}
    return {"start_ms": round(1000 * found.start_wall_s), "end_ms": round(1000 * found.end_wall_s)}


def _stamp(directory: Path, key: SigningKey, settings: RecordingSettings) -> None:
    """The authority's time on the seal; without it the seal stands all the same, and the next start tries again."""
    path = directory / "manifest.jsonl"
    seal = read_chain(path.read_bytes()).lines[-1]
    body = {name: value for name, value in seal.items() if name != "hash"}
    url = settings.timestamp_url
    try:
        token = stamp(url, line_preimage(seal["prev"], body), timeout_s=settings.timestamp_timeout_s)
    except NotStamped as error:
        log.error("the seal has no time stamp yet", session=directory.name, reason=str(error))
        return
    path.chmod(0o644)
    manifest = ManifestWriter(directory, key)
    manifest.begin("timestamp", seal=seal["hash"], token=token, authority=url, wall_ms=int(time.time() * 1000))
    manifest.close()


def file_facts(path: Path) -> dict[str, Any]:
    """Hashes of a file, whole and by chunks, and its size."""
    with path.open("rb") as file:
        return stream_facts(file)


def stream_facts(file: BinaryIO) -> dict[str, Any]:
    """The same of an open file, from where it is to its end."""
    whole = hashlib.sha256()
    chunks, size = [], 0
    while data := file.read(CHUNK_BYTES):
        whole.update(data)
        chunks.append(hashlib.sha256(data).hexdigest())
        size += len(data)
    return {"sha256": whole.hexdigest(), "bytes": size, "chunk": CHUNK_BYTES, "chunks": chunks}


def sealed_files(directory: Path) -> list[dict[str, Any]]:
    """Path, SHA-256 and size of what the seal covers: the journal, the tracks, the README."""
    paths = sorted(path for folder in FOLDERS for path in (directory / folder).glob("*") if path.is_file())
    paths += [path for path in [directory / "README.txt"] if path.exists()]
    return [
        {"path": str(path.relative_to(directory)), "sha256": file_sha256(path), "bytes": path.stat().st_size}
        for path in paths
    ]


def make_read_only(directory: Path) -> None:
    """Originals are never written again."""
    paths = [path for folder in FOLDERS for path in (directory / folder).glob("*") if path.is_file()]
    for path in [*paths, directory / "README.txt", directory / "manifest.jsonl"]:
        if path.exists():
            os.chmod(path, 0o444)

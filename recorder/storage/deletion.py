"""Destroying a recording: asked for by one person, approved by another, and a record of it that stays."""

from __future__ import annotations

import dataclasses
import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.models import Settings
from config.storage import RetentionSettings
from recorder.catalogue import CatalogueEntry
from recorder.catalogue import read_entry as read_catalogue
from recorder.chain import BrokenChain, read_chain
from recorder.custody import Person, log_use
from recorder.storage.ledger import changing, read_entry, read_json, storage_folder, write_json
from recorder.storage.retention import Refusal, class_of, kept_until, refusal_to_destroy
from recorder.storage.targets import S3, target_of
from recorder.summary import Summary
from recorder.verify_session import SESSION_FOLDER, read_package

DESTROYED = "destroyed"
SYSTEM = Person(identity="system", name="Hệ thống", role="system")


class NotPermitted(Exception):
    """Not to be destroyed, not by this person, or not now. `code` as in Refusal, or same_person, not_requested."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.code, self.vi, self.en = code, vi, en


def ended_at(found: CatalogueEntry | Summary) -> datetime | None:
    """When the recording ended; None while it is not sealed."""
    return datetime.fromtimestamp(found.end_ms / 1000, UTC) if found.state == "done" and found.end_ms else None


def _check(entry: dict[str, Any], found: CatalogueEntry, settings: RetentionSettings) -> None:
    refused: Refusal | None = refusal_to_destroy(entry, found.kind, ended_at(found), settings, now=datetime.now(UTC))
    if refused is not None:
        raise NotPermitted(refused.code, refused.vi, refused.en)


def request(data: Path, directory: Path, settings: RetentionSettings, *, who: Person, reason: str) -> None:
    """The first person's part. Raises NotPermitted."""
    found = read_catalogue(directory)
    with changing(data, directory.name) as entry:
        _check(entry, found, settings)
        state = entry.get("deletion", {}).get("state")
        if state:
            raise NotPermitted(
                "already_requested", "Đã có đề nghị hủy bản ghi này.", "Its destruction was asked for already."
            )
        entry["deletion"] = {"state": "requested", "requested": _by(who, reason=reason)}
        log_use(data, directory.name, what="delete_request", who=who, purpose=reason)


def withdraw(data: Path, recording_id: str, *, who: Person, reason: str) -> None:
    """Take a request back, or turn it down. Raises NotPermitted if there is none that is open."""
    with changing(data, recording_id) as entry:
        if entry.get("deletion", {}).get("state") != "requested":
            raise _not_requested()
        del entry["deletion"]
        log_use(data, recording_id, what="delete_withdrawn", who=who, purpose=reason)


def approve(data: Path, directory: Path, settings: RetentionSettings, *, who: Person, reason: str) -> None:
    """The second person's part: from now on it is destroyed (destroy). Raises NotPermitted."""
    found = read_catalogue(directory)
    with changing(data, directory.name) as entry:
        deletion = entry.get("deletion", {})
        if deletion.get("state") != "requested":
            raise _not_requested()
        if deletion["requested"]["identity"] == who.identity:
            raise NotPermitted(
                "same_person",
                "Người duyệt hủy phải khác người đề nghị hủy.",
                "Who approves the destruction must be another person than who asked for it.",
            )
        _check(entry, found, settings)
        deletion |= {"state": "approved", "approved": _by(who, reason=reason)}
        log_use(data, directory.name, what="delete_approve", who=who, purpose=reason)


def approve_rehearsal(data: Path, directory: Path, settings: RetentionSettings) -> None:
    """A rehearsal whose days are over needs no persons. Raises NotPermitted."""
    found = read_catalogue(directory)
    reason = f"Hết hạn lưu bản ghi chạy thử ({settings.rehearsal_days} ngày)"
    with changing(data, directory.name) as entry:
        _check(entry, found, settings)
        entry["deletion"] = {"state": "approved", "automatic": True, "requested": _by(SYSTEM, reason=reason)}
        log_use(data, directory.name, what="delete_approve", who=SYSTEM, purpose=reason)


def _not_requested() -> NotPermitted:
    return NotPermitted(
        "not_requested", "Chưa có đề nghị hủy bản ghi này.", "Nobody asked for the destruction of this recording."
    )


def _by(who: Person, *, reason: str) -> dict[str, Any]:
    return {**dataclasses.asdict(who), "at": time.time(), "reason": reason}


def destroy(data: Path, recording_id: str, settings: Settings) -> dict[str, Any]:
    """Do what was approved; goes on where it was broken off. Returns the record: it stays in DATA/storage/destroyed.

    Copies that can be reached go too, those on disks that are away stay in the record as to be destroyed by hand.
    Raises NotPermitted if it was not approved, or was put on hold since; OSError to try again: the store is away.
    """
    entry = read_entry(data, recording_id)
    if entry.get("deletion", {}).get("state") not in ("approved", "done"):
        raise _not_requested()
    path = storage_folder(data) / DESTROYED / f"{recording_id}.json"
    path.parent.mkdir(exist_ok=True)
    record = read_json(path)
    directory = data / "recordings" / recording_id
    if not record:
        if entry.get("hold", {}).get("on"):
            raise NotPermitted("hold", "Bản ghi đang bị tạm giữ.", "The recording is under legal hold.")
        record = _record(directory, entry, settings.storage.retention)
        write_json(path, record)
    _remove_tree(directory)
    record["copies"] = _remove_copies(recording_id, entry, settings, record.get("copies", {}))
    record |= {"state": "done", "done_at": record.get("done_at") or time.time()}
    with changing(data, recording_id) as changed:
        first = changed["deletion"]["state"] != "done"
        changed["deletion"]["state"] = "done"
        copies = changed.get("copies", {})
        changed["copies"] = {name: copies[name] for name in copies if record["copies"].get(name) == "left"}
        if first:
            _log(data, record)
        write_json(path, record)
    return record


def _log(data: Path, record: dict[str, Any]) -> None:
    requested, approved = record["requested"], record.get("approved") or record["requested"]
    who = Person(identity=approved["identity"], name=approved["name"], role=approved["role"])
    copies = ", ".join(f"{name}: {state}" for name, state in record["copies"].items())
    facts = {"requested_by": requested["name"], "seal": record["seal"], "bytes": record["bytes"], "copies": copies}
    log_use(data, record["id"], what="delete", who=who, purpose=requested["reason"], **facts)


def _record(directory: Path, entry: dict[str, Any], settings: RetentionSettings) -> dict[str, Any]:
    """What is said of a recording that is no more."""
    found = read_catalogue(directory)
    ended = ended_at(found)
    try:
        seal = read_chain((directory / "manifest.jsonl").read_bytes()).seal
    except BrokenChain:
        seal = None
    retention = class_of(entry, found.kind, settings)
    until = kept_until(retention, ended, settings) if ended else None
    return {
        "id": found.id,
        "title": found.title,
        "kind": found.kind,
        "started_at": found.start_ms / 1000,
        "ended_at": found.end_ms / 1000,
        "bytes": found.bytes,
        "seal": found.seal,
        "gaps": found.gaps,  # what reports of its coverage count
        "files": [{key: each[key] for key in ("path", "sha256", "bytes")} for each in _files(directory, seal)],
        "retention": retention,
        "kept_until": until.timestamp() if until else None,
        "automatic": bool(entry["deletion"].get("automatic")),
        "requested": entry["deletion"]["requested"],
        "approved": entry["deletion"].get("approved"),
        "copies": {},
        "state": "begun",
    }


def _files(directory: Path, seal: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What was sealed, and the session's papers beside it."""
    sealed = list(seal["files"]) if seal else []
    try:
        package = read_package(directory)
    except (OSError, ValueError):
        package = None
    papers = package["files"] if package else []
    return [*sealed, *({**each, "path": f"{SESSION_FOLDER}/{each['path']}"} for each in papers)]


def _remove_tree(directory: Path) -> None:
    """What lies on the second disk goes too. Renamed first: a half removed recording is none."""
    going = directory.with_name(f".destroyed-{directory.name}")
    if directory.exists():
        directory.rename(going)
    if not going.exists():
        return
    for link in (path for path in (going / "journal").glob("*") if path.is_symlink()):
        place = link.resolve()
        place.unlink(missing_ok=True)
        with suppress(OSError):
            place.parent.rmdir()
    shutil.rmtree(going)
    descriptor = os.open(directory.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_copies(
    recording_id: str, entry: dict[str, Any], settings: Settings, before: dict[str, str]
) -> dict[str, str]:
    """By target: removed, or left (the disk is not in). Raises OSError for the store."""
    result = dict(before)
    for name in entry.get("copies", {}):
        if result.get(name) == "removed":
            continue
        store = name.startswith("s3://")
        try:
            target = target_of(S3 if store else name, settings.storage.s3)
            names = target.names(recording_id)
            for each in names:
                target.remove(each)
        except (OSError, ValueError):
            if store and settings.storage.s3.url:
                raise
            result[name] = "left"
        else:  # an empty directory may be the mount point of a disk that is away
            result[name] = "removed" if names or store else "left"
    return result


def destroyed_names(data: Path) -> set[str]:
    """The ids of all whose destruction was begun, without a look into their records."""
    return {path.stem for path in (data / "storage" / DESTROYED).glob("*.json")}


def destruction_record(data: Path, recording_id: str) -> dict[str, Any]:
    """What stays of one recording, {} if it was not destroyed. `state` is done when nothing of it is left here."""
    return read_json(data / "storage" / DESTROYED / f"{recording_id}.json")


def destroyed(data: Path) -> list[dict[str, Any]]:
    """The records of all that was destroyed, newest first."""
    records = [read_json(path) for path in (data / "storage" / DESTROYED).glob("*.json")]
    return sorted(records, key=lambda each: each.get("done_at") or 0.0, reverse=True)

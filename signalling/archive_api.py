"""The API's operations on a session's way into the archive: what is missing, the package, the retention class."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from config.storage import RETENTION_CLASSES
from reception.guards import MEDIA_NEEDED, Order, unmet
from reception.lifecycle import Action, SessionState
from reception.marks import Mark
from reception.permissions import Permission
from reception.records import SessionRecord
from recorder.custody import CustodyUnwritable
from recorder.master_key import KeyUnavailable
from recorder.session_package import ORIGINAL, NotSealed
from recorder.storage.disks import disks
from recorder.storage.ledger import read_entry
from recorder.storage.queue import COPY, FIXITY, Job, Queue
from recorder.storage.retention import kept_until
from recorder.storage.targets import S3
from signalling import archive_views as a
from signalling.archiving import PackageState, build_package, package_state, read_back
from signalling.course_api import actor_of
from signalling.course_views import UnmetView
from signalling.custody import person_of, unwritable
from signalling.minutes_signatures import sealed_hash
from signalling.problems import Problem
from signalling.routing import Call, Route
from signalling.services import Services
from signalling.storage_overview import moment


async def get_archive(call: Call) -> BaseModel:
    """GET /sessions/{id}/archive."""
    return await _view(call.services, await call.services.session(call.path("id")))


async def _view(services: Services, record: SessionRecord) -> a.ArchiveView:
    state = await package_state(services, record)
    minutes = await services.store.minutes.of(record.id)
    seal = await sealed_hash(services, record)
    media = await asyncio.to_thread(_media, services, record, state)
    missing = []
    if record.state is SessionState.ENDED:
        facts = await services.course.facts(record)
        missing = unmet(record, Order(action=Action.ARCHIVE), facts, now=datetime.now(UTC))
    archived = await _archived(services, record)
    settings = services.settings.storage.retention
    ended = record.ended_at
    classes = {each: kept_until(each, ended, settings) if ended else None for each in RETENTION_CLASSES}
    there = (services.recorder.root / record.id).exists()
    return a.ArchiveView(
        session_id=record.id,
        code=record.code,
        title=record.title,
        kind=record.kind,
        state=record.state,
        version=record.version,
        minutes_final=minutes.final,
        minutes_number=minutes.number,
        recording="sealed" if seal else "finishing" if there else "none",
        seal=seal,
        package=_package(state),
        media=media,
        media_verified=sum(1 for each in media if each.state == "verified"),
        media_needed=MEDIA_NEEDED,
        retention=record.plan.retention,
        kept_until=classes.get(record.plan.retention),
        classes=classes,
        unmet=[UnmetView.of(each) for each in missing],
        **archived,
    )


async def _archived(services: Services, record: SessionRecord) -> dict[str, Any]:
    if record.state is not SessionState.ARCHIVED:
        return {"archived_at": None, "archived_by": ""}
    events = await services.store.events(record.id)
    found = next((each for each in reversed(events) if each.kind == Action.ARCHIVE), None)
    return {"archived_at": found.at if found else None, "archived_by": found.actor if found else ""}


def _package(state: PackageState) -> a.PackageView:
    if state.package is None:
        return a.PackageView(state="none")
    return a.PackageView(
        state="ready" if state.fresh else "stale",
        made_at=moment(state.package.made_at),
        files=state.package.files,
        bytes=state.package.bytes,
        hash=state.package.hash,
    )


def _media(services: Services, record: SessionRecord, state: PackageState) -> list[a.MediumView]:
    """The server's own disk, every copy that there is, disks that are in, the store."""
    entry = read_entry(services.data, record.id)
    jobs = [job for job in Queue(services.data).jobs() if job.recording == record.id]
    package = state.package.hash if state.package is not None and state.fresh else ""
    verified = {each.medium: each.at for each in read_back(services, record, package)}
    checking = any(job.kind == FIXITY for job in jobs)
    found = [_original(entry, checking=checking, at=verified.get(ORIGINAL))]
    copies: dict[str, Any] = dict(entry.get("copies", {}))
    for target in _targets(services):
        copies.setdefault(target, {})
    store = services.settings.storage.s3
    store_name = f"s3://{store.bucket}/{store.prefix}" if store.url else ""
    for name, copy in copies.items():
        target = S3 if name == store_name else name
        job = next((each for each in jobs if each.kind == COPY and each.target == target), None)
        found.append(_copy(target, copy, job, verified.get(name)))
    return found


def _targets(services: Services) -> list[str]:
    """Where copies can go now."""
    settings = services.settings.storage
    external = disks(settings.mount_roots, services.recorder.root)
    found = [disk.path for disk in external if not disk.read_only and not disk.same_disk]
    return [*found, f"s3://{settings.s3.bucket}/{settings.s3.prefix}"] if settings.s3.url else found


def _original(entry: dict[str, Any], *, checking: bool, at: float | None) -> a.MediumView:
    fixity = entry.get("fixity", {})
    bad = fixity.get("verdict") in ("faulty", "missing")
    state: Any = "verified" if at else "checking" if checking else "failed" if bad else "none"
    faults = "; ".join(f"{each.get('file', '')}: {each.get('detail', '')}" for each in fixity.get("faults", [])[:3])
    return a.MediumView(
        target=ORIGINAL, kind="original", state=state, verified_at=moment(at), error=faults if bad and not at else ""
    )


def _copy(target: str, copy: dict[str, Any], job: Job | None, at: float | None) -> a.MediumView:
    known = copy.get("state", "none")
    if at is not None:
        state = "verified"
    elif copy.get("same_disk"):
        state = "same_disk"
    elif job is not None:
        state = "copying" if job.state == "running" else "waiting"
    else:
        state = {"verified": "outdated", "failed": "failed"}.get(known, "none")
    error = (job.error if job is not None else "") or str(copy.get("error", ""))
    facts: dict[str, Any] = {
        "target": target,
        "kind": "store" if target == S3 or target.startswith("s3://") else "disk",
        "state": state,
        "verified_at": moment(at),
        "done_bytes": job.done_bytes if job is not None else 0,
        "bytes": (job.bytes if job is not None else 0) or copy.get("bytes", 0),
        "error": error if state in ("waiting", "failed") else "",
    }
    return a.MediumView(**facts)


async def make_session_package(call: Call) -> BaseModel:
    """POST /sessions/{id}/archive/package."""
    services = call.services
    record = await _ended(call)
    marks = await services.store.course.marks(record.id)
    if not any(each.mark is Mark.MINUTES_FINAL for each in marks):
        vi = "Biên bản chưa hoàn tất: hoàn tất biên bản rồi lập gói hồ sơ."
        en = "The minutes are not final: make them final, then make the package."
        raise Problem(409, "no_minutes", en, en, reason_vi=vi, reason_en=en)
    try:
        made = await build_package(services, record, who=person_of(call.bearer), purpose=call.body.purpose)
    except NotSealed:
        vi = "Bản ghi chưa được niêm phong: chờ máy ghi hoàn tất bản ghi."
        en = "The recording is not sealed yet: wait until the recorder has completed it."
        raise Problem(409, "not_sealed", en, en, reason_vi=vi, reason_en=en) from None
    except CustodyUnwritable as error:
        raise unwritable(error) from None
    except (OSError, KeyUnavailable) as error:
        vi = f"Không lập được gói hồ sơ: {error}. Kiểm tra ổ đĩa ghi hình."
        en = f"The package could not be made: {error}. Check the recordings' disk."
        raise Problem(503, "package_failed", "The package could not be made", en, reason_vi=vi, reason_en=en) from None
    call.facts["hash"] = made.hash
    return await _view(services, record)


async def set_session_retention(call: Call) -> BaseModel:
    """PUT /sessions/{id}/archive/retention."""
    record = await _ended(call)
    changes = {"retention": call.body.retention}
    await call.services.store.course.change_plan(record.id, changes, actor=actor_of(call))
    return await _view(call.services, await call.services.session(record.id))


async def _ended(call: Call) -> SessionRecord:
    record = await call.services.session(call.path("id"))
    if record.state is not SessionState.ENDED:
        vi = "Chỉ làm được khi buổi tiếp đã kết thúc và chưa lưu trữ."
        en = "This is possible when the session has ended and is not archived."
        raise Problem(409, "not_now", en, en, reason_vi=vi, reason_en=en)
    return record


_A = "/api/v1/sessions/{id}/archive"

ROUTES = [
    Route(
        method="GET",
        path=_A,
        handler=get_archive,
        summary="What a session still needs before it is archived, step by step; where its package was verified",
        permission=Permission.ARCHIVE_SESSION,
        result=a.ArchiveView,
    ),
    Route(
        method="POST",
        path=f"{_A}/package",
        handler=make_session_package,
        summary="Make the package: recording, minutes, documents, events, checks, audit extract, with signed hashes",
        permission=Permission.ARCHIVE_SESSION,
        body=a.PackageBody,
        result=a.ArchiveView,
        status=202,
    ),
    Route(
        method="PUT",
        path=f"{_A}/retention",
        handler=set_session_retention,
        summary="Choose how long the session's file is kept, before it is archived",
        permission=Permission.ARCHIVE_SESSION,
        body=a.RetentionBody,
        result=a.ArchiveView,
    ),
]

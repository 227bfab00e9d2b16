"""Disks and space over the API."""

from __future__ import annotations

import asyncio
import math
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from reception.permissions import Extent, Permission
from recorder.custody import BEGUN
from recorder.storage.disks import disks, release
from recorder.storage.ledger import changing
from recorder.storage.queue import COPY, DESTROY, FIXITY, Job, Queue
from recorder.storage.speed import measure_write_speed
from recorder.storage.targets import S3
from signalling import storage_views as s
from signalling.custody import Use, log_it, person_of
from signalling.media_files import recording_directory
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.space import room_for, usual_session, wanted_space
from signalling.storage_overview import overview


async def get_space(call: Call) -> BaseModel:
    """GET /sessions/{id}/space."""
    services = call.services
    record = await services.session(call.path("id"))
    wanted = wanted_space(services, record, hours=_hours(call.request.query.get("hours")))
    room = await room_for(services, record)
    lasts = room.hours(wanted.bytes_per_hour)
    return s.SpaceView(
        session_id=record.id,
        profile=record.profile,
        recorded=services.is_recorded(record),
        endpoints=wanted.endpoints,
        hours=wanted.hours,
        bps=wanted.bps,
        needed_bytes=wanted.bytes,
        journal_bytes=wanted.journal_bytes,
        tracks_bytes=wanted.tracks_bytes,
        free_bytes=room.free,
        committed_bytes=room.committed,
        hours_left=round(lasts, 2) if math.isfinite(lasts) else 0.0,
        fits=room.fits(wanted),
        comfortable=room.free >= 2 * wanted.bytes,
    )


def _hours(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 48:
        raise Problem(400, "invalid_query", "The query is not valid", "hours: above 0, at most 48.")
    return value


async def check_speed(call: Call) -> BaseModel:
    """POST /storage/speed-check."""
    body: s.SpeedRequest = call.body
    services = call.services
    wanted = wanted_space(services, await services.session(body.session_id)) if body.session_id else None
    needed = (wanted or usual_session(services)).bytes_per_hour / 3600
    async with services.measuring_disk:
        try:
            found = await asyncio.to_thread(measure_write_speed, services.recorder.root, megabytes=body.megabytes)
        except OSError as error:
            raise Problem(503, "disk_unwritable", "The recordings' disk cannot be written", str(error)) from None
    return s.SpeedView(
        bytes=found.bytes,
        bytes_per_s=found.bytes_per_s,
        worst_sync_ms=found.worst_sync_ms,
        needed_bytes_per_s=round(needed),
        verdict=found.verdict(needed),
    )


async def get_overview(call: Call) -> BaseModel:
    """GET /storage."""
    return await asyncio.to_thread(overview, call.services)


async def copy_recording(call: Call) -> BaseModel:
    """POST /recordings/{id}/copies: the copy is made in the background, and gone on with after a restart."""
    body: s.CopyRequest = call.body
    services = call.services
    directory = recording_directory(services, call.path("id"))
    _check_target(call, body.target)
    await log_it(
        Use(call=call, recording_id=directory.name, what="copy", purpose=body.purpose),
        result=BEGUN,
        target=body.target,
    )
    who = person_of(call.bearer)
    add = partial(Queue(services.data).add, COPY, directory.name, target=body.target, who=who, purpose=body.purpose)
    await asyncio.to_thread(add)
    return await asyncio.to_thread(overview, services)


def _check_target(call: Call, target: str) -> None:
    """The store that is configured, or a directory on a disk that is in. Raises Problem 409, 422."""
    services = call.services
    if target == S3:
        if not services.settings.storage.s3.url:
            vi, en = "Chưa cấu hình kho lưu trữ S3.", "No S3-compatible store is configured."
            raise Problem(409, "no_store", en, en, reason_vi=vi, reason_en=en)
        return
    place = Path(target).resolve()
    known = disks(services.settings.storage.mount_roots, services.recorder.root)
    if not any(place.is_relative_to(disk.path) for disk in known):
        vi = "Không thấy ổ đĩa ngoài này. Hãy cắm ổ đĩa rồi thử lại."
        en = "There is no such external disk. Put it in and try again."
        raise Problem(422, "no_such_disk", en, f"{en} target: {target}", reason_vi=vi, reason_en=en)


async def take_back(call: Call) -> BaseModel:
    """DELETE /storage/jobs/{job}."""
    queue = Queue(call.services.data)
    job = next((each for each in queue.jobs() if each.id == call.path("job")), None)
    if job is None or job.kind == DESTROY or not queue.remove(job.id):
        raise not_found("job that can be taken back")
    if job.kind == COPY:
        use = Use(call=call, recording_id=job.recording, what="copy", purpose=job.purpose)
        await log_it(use, result="failed: taken back", target=job.target)
        await asyncio.to_thread(_forget_copy, call.services.data, job)
    return await asyncio.to_thread(overview, call.services)


def _forget_copy(data: Path, job: Job) -> None:
    with changing(data, job.recording) as entry:
        copies = entry.get("copies", {})
        for name in [job.target, *(name for name in copies if job.target == S3 and name.startswith("s3://"))]:
            if copies.get(name, {}).get("state") in ("copying", "waiting"):
                copies[name] |= {"state": "failed", "error": "đã hủy / taken back"}


async def eject(call: Call) -> BaseModel:
    """POST /storage/eject: safe once everything is written, nothing uses the disk, and it is unmounted."""
    body: s.EjectRequest = call.body
    services = call.services
    known = {disk.path: disk for disk in disks(services.settings.storage.mount_roots, services.recorder.root)}
    disk = known.get(body.path)
    if disk is None:
        raise not_found("external disk")
    busy = [job for job in Queue(services.data).jobs() if job.target and Path(job.target).is_relative_to(disk.path)]
    if disk.same_disk:
        reason = "Bản ghi đang nằm trên ổ đĩa này / the recordings lie on this disk"
        return s.EjectView(safe_to_remove=False, unmounted=False, reason=reason)
    if busy:
        reason = f"Còn {len(busy)} bản sao chưa xong / {len(busy)} copies are not done"
        return s.EjectView(safe_to_remove=False, unmounted=False, reason=reason)
    found = await asyncio.to_thread(release, Path(disk.path), unmount=True)
    return s.EjectView(safe_to_remove=found.safe, unmounted=found.unmounted, reason=found.reason)


async def check_fixity(call: Call) -> BaseModel:
    """POST /storage/fixity: in the background."""
    purpose = "Kiểm tra toàn vẹn theo yêu cầu / fixity check by request"
    add = partial(Queue(call.services.data).add, FIXITY, "", who=person_of(call.bearer), purpose=purpose)
    await asyncio.to_thread(add)
    return await asyncio.to_thread(overview, call.services)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/space",
        handler=get_space,
        summary="What the session's recording will take, and whether it fits",
        permission=Permission.VIEW_SESSIONS,
        query={"hours": "how long the session is expected to be, if not as the settings say"},
        result=s.SpaceView,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/speed-check",
        handler=check_speed,
        summary="Measure how fast the recordings' disk writes, and whether that is enough",
        permission=Permission.PREFLIGHT,
        extents=frozenset({Extent.FULL}),
        body=s.SpeedRequest,
        result=s.SpeedView,
    ),
    Route(
        method="GET",
        path="/api/v1/storage",
        handler=get_overview,
        summary="Disks, hours of recording left, what is being copied, the store, the last fixity check, alarms",
        permission=Permission.STORAGE,
        result=s.StorageOverview,
    ),
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/copies",
        handler=copy_recording,
        summary="Copy a recording to an external disk or to the store, in the background; logged with the purpose",
        permission=Permission.STORAGE,
        body=s.CopyRequest,
        result=s.StorageOverview,
        status=202,
    ),
    Route(
        method="DELETE",
        path="/api/v1/storage/jobs/{job}",
        handler=take_back,
        summary="Take back what is being copied or checked",
        permission=Permission.STORAGE,
        result=s.StorageOverview,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/eject",
        handler=eject,
        summary="Write everything, unmount an external disk, and say whether it is safe to remove",
        permission=Permission.STORAGE,
        body=s.EjectRequest,
        result=s.EjectView,
    ),
    Route(
        method="POST",
        path="/api/v1/storage/fixity",
        handler=check_fixity,
        summary="Check all recordings against their seals now, in the background",
        permission=Permission.STORAGE,
        result=s.StorageOverview,
        status=202,
    ),
]

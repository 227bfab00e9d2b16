"""What the page "Lưu trữ" shows: disks, backlog, store, last check, and what somebody must look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.models import RecordingSettings
from recorder.search import Query
from recorder.storage.backup_state import last_backup
from recorder.storage.disks import disks, mount_of
from recorder.storage.fixity import last_summary
from recorder.storage.ledger import copies_at
from recorder.storage.queue import COPY, Job, Queue
from recorder.storage.targets import S3
from signalling import storage_views as s
from signalling.space import usual_session

if TYPE_CHECKING:
    from signalling.services import Services

GB = 10**9


def moment(seconds: float | None) -> datetime | None:
    """Of Unix time."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def overview(services: Services) -> s.StorageOverview:
    """The whole; reads files, so not on the event loop. Raises OSError."""
    settings, data = services.settings, services.data
    jobs = Queue(data).jobs()
    found = [hit.summary for hit in services.catalogue.search(Query())]
    sizes = {each.id: (each.title, each.bytes) for each in found}
    rate = _bytes_per_hour(services)
    shown = _disks(services, jobs, rate)
    store = _store(services, jobs, sizes)
    fixity = _fixity(services)
    recording = settings.recording
    return s.StorageOverview(
        disks=shown,
        jobs=[_job(job, sizes) for job in jobs],
        store=store,
        fixity=fixity,
        hours_left=shown[0].hours_left if shown else None,
        bytes_per_hour=rate,
        warn_hours=recording.warn_free_hours,
        critical_hours=recording.critical_free_hours,
        alarms=alarms(shown, store, fixity, backup_fault(services)),
    )


def _bytes_per_hour(services: Services) -> int:
    """What is being recorded now, over all running sessions of this process; else what a usual session takes."""
    measured = 0.0
    for conference in list(services.conferences.values()):
        status = conference.recording.status if conference.recording is not None else None
        if status is not None and status.hours_left:
            measured += status.free_bytes / status.hours_left
    return round(measured) or usual_session(services).bytes_per_hour


def level_of(hours: float, settings: RecordingSettings) -> str:
    """ "", low or critical."""
    if hours < settings.critical_free_hours:
        return "critical"
    return "low" if hours < settings.warn_free_hours else ""


def _disks(services: Services, jobs: Sequence[Job], rate: int) -> list[s.DiskView]:
    settings = services.settings
    root = services.recorder.root
    root.mkdir(parents=True, exist_ok=True)
    found = [_own_disk(root, "recordings", settings.recording, rate)]
    second = settings.recording.second_directory
    if second:
        with suppress(OSError):
            found.append(_own_disk(Path(second), "second", settings.recording, rate))
    for disk in disks(settings.storage.mount_roots, root):
        busy = [job.recording for job in jobs if job.target and Path(job.target).is_relative_to(disk.path)]
        found.append(
            s.DiskView(
                path=disk.path,
                role="external",
                source=disk.source,
                kind=disk.kind,
                total_bytes=disk.total_bytes,
                free_bytes=disk.free_bytes,
                hours_left=None,
                level="",
                removable=disk.removable,
                read_only=disk.read_only,
                same_disk=disk.same_disk,
                busy=busy,
            )
        )
    return found


def _own_disk(path: Path, role: str, settings: RecordingSettings, rate: int) -> s.DiskView:
    usage, mount = shutil.disk_usage(path), mount_of(path)
    hours = round(usage.free / rate, 2)
    return s.DiskView(
        path=str(path.resolve()),
        role=role,
        source=mount.source,
        kind=mount.kind,
        total_bytes=usage.total,
        free_bytes=usage.free,
        hours_left=hours,
        level=level_of(hours, settings),
        removable=False,
        read_only=not os.access(path, os.W_OK),
        same_disk=role == "recordings",
        busy=[],
    )


def _job(job: Job, sizes: dict[str, tuple[str, int]]) -> s.JobView:
    title, size = sizes.get(job.recording, ("", 0))
    return s.JobView(
        id=job.id,
        kind=job.kind,
        recording=job.recording,
        title=title,
        target=job.target,
        state=job.state,
        tries=job.tries,
        error=job.error,
        created_at=datetime.fromtimestamp(job.created_s, UTC),
        next_at=moment(job.next_s) if job.state == "waiting" and job.tries else None,
        done_bytes=job.done_bytes,
        bytes=job.bytes or size,
    )


def _store(services: Services, jobs: Sequence[Job], sizes: dict[str, tuple[str, int]]) -> s.StoreView:
    store = services.settings.storage.s3
    name = f"s3://{store.bucket}/{store.prefix}" if store.url else ""
    waiting = [job for job in jobs if job.kind == COPY and job.target == S3]
    return s.StoreView(
        configured=bool(store.url),
        name=name,
        automatic=store.automatic,
        copies=copies_at(services.data, name) if name else 0,
        waiting=len(waiting),
        waiting_bytes=sum(sizes.get(job.recording, ("", 0))[1] for job in waiting),
        oldest_waiting_at=moment(min((job.created_s for job in waiting), default=0.0)),
        error=next((job.error for job in waiting if job.error), ""),
    )


def _fixity(services: Services) -> s.FixityView:
    found: dict[str, Any] = last_summary(services.data)
    storage = services.settings.storage
    return s.FixityView(
        at=moment(found.get("begun")),
        ended_at=moment(found.get("ended")),
        checked=found.get("checked", 0),
        whole=len(found.get("whole", [])),
        not_sealed=found.get("not_sealed", []),
        faulty=found.get("faulty", []),
        missing=found.get("missing", []),
        nightly=storage.fixity,
        hour=storage.fixity_hour,
    )


def backup_fault(services: Services) -> s.Alarm | None:
    """What is wrong with the nightly backups; None if nothing is, or none are made."""
    last = last_backup(services.data) if services.settings.backup.directory else {}
    if not last or last.get("ok"):
        return None
    vi = f"Sao lưu hằng đêm bị LỖI; hệ thống tự thử lại sau mỗi giờ. {last.get('error_vi', '')}"
    en = f"The nightly backup FAILED; it is tried again each hour. {last.get('error_en', '')}"
    return s.Alarm(code="backup", level="critical", vi=vi, en=en)


def alarms(
    shown: Sequence[s.DiskView], store: s.StoreView, fixity: s.FixityView, backup: s.Alarm | None = None
) -> list[s.Alarm]:
    """What somebody must look at, worst first."""
    found = [backup] if backup is not None else []
    bad = [*fixity.faulty, *fixity.missing]
    if bad:
        vi = f"Có {len(bad)} bản ghi KHÔNG còn nguyên vẹn hoặc bị mất: {', '.join(bad[:5])}. Khôi phục từ bản sao."
        en = f"{len(bad)} recordings are NOT whole any more, or lost: {', '.join(bad[:5])}. Restore them from a copy."
        found.append(s.Alarm(code="fixity", level="critical", vi=vi, en=en))
    for disk in shown:
        if disk.level and disk.hours_left is not None:
            level = "critical" if disk.level == "critical" else "warning"
            vi = f"Ổ đĩa {disk.path} chỉ còn {disk.free_bytes / GB:.1f} GB, đủ ghi {disk.hours_left:.1f} giờ."
            en = f"Disk {disk.path} has {disk.free_bytes / GB:.1f} GB left, enough for {disk.hours_left:.1f} h."
            found.append(s.Alarm(code=f"disk_{disk.level}", level=level, vi=vi, en=en))
    if store.error:
        vi = f"Chưa gửi được {store.waiting} bản ghi sang kho lưu trữ; hệ thống tự thử lại. {store.error}"
        en = f"{store.waiting} recordings could not be sent to the store yet; it is tried again. {store.error}"
        found.append(s.Alarm(code="store", level="warning", vi=vi, en=en))
    return sorted(found, key=lambda each: each.level != "critical")

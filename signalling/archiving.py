"""From ended to archived: the package, where it was verified, and what is still missing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reception.lifecycle import SessionState
from reception.marks import Mark, MarkRecord
from reception.records import SessionRecord
from recorder.custody import Person, log_use
from recorder.session_package import Package, Verified, make_package, package_of, verified_media
from recorder.storage.ledger import changing, read_entry
from recorder.storage.queue import COPY, FIXITY, Queue
from recorder.storage.targets import S3
from signalling.session_papers import content_of, papers_of

if TYPE_CHECKING:
    from signalling.services import Services

VERIFIER = "máy chủ lưu trữ"  # whose name stands under what storage verified


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageState:
    """The package of a session. fresh: it is made of the papers as they are now. None: there is none."""

    package: Package | None
    fresh: bool

    @property
    def counts(self) -> bool:
        """Whether what is verified of it counts."""
        return self.package is not None and self.fresh


async def package_state(services: Services, record: SessionRecord) -> PackageState:
    """As it is now."""
    found = await asyncio.to_thread(package_of, services.recorder.root / record.id)
    if found is None or record.state is SessionState.ARCHIVED:
        return PackageState(package=found, fresh=found is not None)
    papers = await papers_of(services, record)
    return PackageState(package=found, fresh=found.made_of == papers.digest())


async def build_package(services: Services, record: SessionRecord, *, who: Person, purpose: str) -> Package:
    """Make the package anew and have it verified in the background: here, and at the store where there is one.

    Raises NotSealed, OSError, KeyUnavailable, CustodyUnwritable.
    """
    data, directory = services.data, services.recorder.root / record.id
    papers = await papers_of(services, record)
    content = await content_of(services, record, papers)
    keys = services.recorder.keys

    def work() -> Package:
        made = make_package(data, directory, content, made_of=papers.digest(), keys=keys)
        facts: dict[str, Any] = {"hash": made.hash, "files": made.files, "bytes": made.bytes}
        log_use(data, record.id, what="package", who=who, purpose=purpose, **facts)
        queue = Queue(data)
        queue.add(FIXITY, record.id, who=who, purpose=purpose)
        if services.settings.storage.s3.url:
            queue.add(COPY, record.id, target=S3, who=who, purpose=purpose)
        return made

    made = await asyncio.to_thread(work)
    await services.store.log(record.id, "package", actor=who.name, hash=made.hash, files=made.files)
    return made


def read_back(services: Services, record: SessionRecord, package: str) -> list[Verified]:
    """Where this package (its hash) was read back whole, and is not to be read anew just now."""
    jobs = [job for job in Queue(services.data).jobs() if job.recording == record.id and job.kind == COPY]
    store = services.settings.storage.s3
    asked = {f"s3://{store.bucket}/{store.prefix}" if job.target == S3 else job.target for job in jobs}
    entry = read_entry(services.data, record.id)
    return [each for each in verified_media(entry, package) if each.medium not in asked]


async def package_marks(services: Services, record: SessionRecord) -> list[MarkRecord]:
    """PACKAGE_VERIFIED for each medium on which storage read the present package back; of an ended session."""
    if record.state is not SessionState.ENDED:
        return []
    state = await package_state(services, record)
    if not state.counts or state.package is None:
        return []
    found = await asyncio.to_thread(read_back, services, record, state.package.hash)
    return [
        MarkRecord(
            mark=Mark.PACKAGE_VERIFIED,
            subject=each.medium[:200],
            by=VERIFIER,
            at=datetime.fromtimestamp(each.at, UTC),
            detail=state.package.hash,
        )
        for each in found
    ]


async def note_kept(services: Services, record: SessionRecord, *, actor: str) -> None:
    """As a session is archived: the marks that let it go stand from now on, its recording has the class chosen."""
    course = services.store.course
    for mark in await package_marks(services, record):
        await course.set_mark(record.id, mark.mark, actor=mark.by, subject=mark.subject, detail=mark.detail)
    await asyncio.to_thread(_class_of_recording, services, record, actor)


def _class_of_recording(services: Services, record: SessionRecord, actor: str) -> None:
    chosen = record.plan.retention
    if not chosen or not (services.recorder.root / record.id).exists():
        return
    reason = "Lưu trữ hồ sơ buổi tiếp / the session was archived"
    who = Person(identity=f"archive:{actor}", name=actor)
    with changing(services.data, record.id) as entry:
        before = entry.get("retention", {}).get("class", "")
        if before == chosen:
            return
        facts: dict[str, Any] = {**asdict(who), "at": time.time(), "reason": reason}
        entry["retention"] = {"class": chosen, "by": facts}
        log_use(services.data, record.id, what="retention", who=who, purpose=reason, **{"from": before, "to": chosen})

"""Whether a session's recording fits on the disk, from its profile, its endpoints and what else goes on."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.profile import Profile
from config.storage import StorageSettings
from reception.records import SessionRecord
from recorder.storage.estimate import Room, SpaceEstimate, estimate, refusal, remaining_bytes
from signalling.problems import Problem

if TYPE_CHECKING:
    from signalling.services import Services

MIB = 1 << 20
USUAL = ("central", *("delegate",) * 10)


def space_of(
    settings: StorageSettings, record: SessionRecord, profile: Profile, *, hours: float | None = None
) -> SpaceEstimate:
    """What the session takes. hours: how long it is expected to be; None: as planned, else as the settings say."""
    expected = settings.rehearsal_hours if record.kind == "rehearsal" else settings.expected_hours
    if record.plan.planned_minutes is not None:
        expected = record.plan.planned_minutes / 60
    roles = [endpoint.role for endpoint in record.endpoints if not endpoint.removed]
    return estimate(profile, roles, hours=expected if hours is None else hours)


def wanted_space(services: Services, record: SessionRecord, *, hours: float | None = None) -> SpaceEstimate:
    """The same by the server's settings and profiles."""
    profile = services.profiles.get(record.profile)
    return space_of(services.settings.storage, record, profile, hours=hours)


def usual_session(services: Services) -> SpaceEstimate:
    """What one centre and ten delegates of the default profile take."""
    settings = services.settings
    return estimate(services.profiles.get(settings.default_profile), USUAL, hours=settings.storage.expected_hours)


async def room_for(services: Services, record: SessionRecord) -> Room:
    """What is free on the disks, and what other sessions that go on will still take."""
    committed = 0
    for other in await services.store.open_sessions():
        if other.id != record.id and services.is_recorded(other) and other.started_at is not None:
            elapsed_s = (datetime.now(UTC) - other.started_at).total_seconds()
            committed += remaining_bytes(wanted_space(services, other), elapsed_s=elapsed_s)
    recording = services.settings.recording
    root = services.recorder.root
    first = max(0, _free(root) - recording.min_free_mib * MIB)
    second = Path(recording.second_directory) if recording.second_directory else None
    apart = second is not None and second.exists() and os.stat(second).st_dev != os.stat(root).st_dev
    return Room(first=first, second=_free(second) if apart and second is not None else 0, committed=committed)


def _free(path: Path) -> int:
    try:
        path.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(path).free
    except OSError:
        return 0


async def check_space(services: Services, record: SessionRecord) -> None:
    """Raises Problem 409 with the numbers if the session does not fit."""
    wanted, room = wanted_space(services, record), await room_for(services, record)
    if room.fits(wanted):
        return
    vi, en = refusal(wanted, room)
    raise Problem(
        409,
        "not_enough_space",
        "The recording does not fit on the disk",
        en,
        reason_vi=vi,
        reason_en=en,
        needed_bytes=wanted.bytes,
        free_bytes=room.free,
    )

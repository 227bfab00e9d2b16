"""What the API shows of disks and space."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from config.storage import RetentionClass

Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SpaceView(BaseModel):
    """What a session's recording will take, and what is there."""

    session_id: str
    profile: str
    recorded: bool
    endpoints: int
    hours: float = Field(description="how long the session is expected to be")
    bps: int = Field(description="what is recorded a second at most, by the profile; bits/s")
    needed_bytes: int = Field(description="journal and tracks together")
    journal_bytes: int
    tracks_bytes: int
    free_bytes: int = Field(description="without what must stay free, and what other running sessions will still take")
    committed_bytes: int = Field(description="what other running sessions will still take")
    hours_left: float = Field(description="how long a session like this can be")
    fits: bool
    comfortable: bool = Field(description="at least twice as much is free as needed")


class SpeedRequest(BaseModel):
    """session_id: whose rate the disk is measured against; empty: 1 central and 10 delegates of the default profile."""

    session_id: str = ""
    megabytes: int = Field(default=32, ge=1, le=1024)


class SpeedView(BaseModel):
    """The write speed of the recordings' disk. `verdict`: good, tight or too_slow."""

    bytes: int
    bytes_per_s: int
    worst_sync_ms: float
    needed_bytes_per_s: int
    verdict: str


class DiskView(BaseModel):
    """A disk. `role`: recordings (where they are written), second, or external. hours: of recording, by `level`'s rate.

    level: "", low or critical; busy: recordings that are being copied there or wait for it.
    """

    path: str
    role: str
    source: str
    kind: str
    total_bytes: int
    free_bytes: int
    hours_left: float | None
    level: str
    removable: bool
    read_only: bool
    same_disk: bool = Field(description="the recordings themselves lie on it: a copy there is no second copy")
    busy: list[str]


class JobView(BaseModel):
    """Something that is being done or waits. kind: copy, destroy or fixity; state: waiting or running."""

    id: str
    kind: str
    recording: str
    title: str
    target: str
    state: str
    tries: int
    error: str
    created_at: datetime
    next_at: datetime | None
    done_bytes: int
    bytes: int


class StoreView(BaseModel):
    """The S3-compatible store. waiting_bytes: of recordings that are not there yet; error: of the last try."""

    configured: bool
    name: str
    automatic: bool
    copies: int
    waiting: int
    waiting_bytes: int
    oldest_waiting_at: datetime | None
    error: str


class FixityView(BaseModel):
    """The last check of all recordings; at None: there was none yet."""

    at: datetime | None
    ended_at: datetime | None
    checked: int
    whole: int
    not_sealed: list[str]
    faulty: list[str]
    missing: list[str]
    nightly: bool
    hour: int


class Alarm(BaseModel):
    """Something that somebody must look at. level: critical or warning."""

    code: str
    level: str
    vi: str
    en: str


class StorageOverview(BaseModel):
    """Disks, what is being copied, the store, the last check. alarms: in Vietnamese and English, worst first."""

    disks: list[DiskView]
    jobs: list[JobView]
    store: StoreView
    fixity: FixityView
    hours_left: float | None
    bytes_per_hour: int = Field(description="that hours are counted with: running sessions, else a usual one")
    warn_hours: float
    critical_hours: float
    alarms: list[Alarm]


class CopyRequest(BaseModel):
    """target: "s3" or a directory on an external disk; purpose: it is logged."""

    target: str = Field(min_length=1, max_length=500)
    purpose: Purpose


class EjectRequest(BaseModel):
    """The mount point of an external disk."""

    path: str = Field(min_length=1, max_length=500)


class EjectView(BaseModel):
    """Whether the disk may be pulled out now."""

    safe_to_remove: bool
    unmounted: bool
    reason: str


class CopyView(BaseModel):
    """A copy. state: copying, waiting, verified (every file read back is as the seal says) or failed."""

    target: str
    state: str
    verified_at: datetime | None
    same_disk: bool
    bytes: int
    done_bytes: int
    error: str


class PersonAt(BaseModel):
    """Who did it, when and why."""

    name: str
    role: str
    at: datetime
    reason: str


class DeletionView(BaseModel):
    """state: requested, approved (it is being destroyed) or done."""

    state: str
    automatic: bool
    requested: PersonAt
    approved: PersonAt | None


class RecordingStorage(BaseModel):
    """What is remembered of a recording beside it. retention: the class in force; kept_until None: for ever, or not
    complete yet; may_destroy: why not, in both languages, empty if nothing stands against it."""

    id: str
    retention: str
    retention_set: PersonAt | None
    classes: dict[str, datetime | None]
    kept_until: datetime | None
    hold: PersonAt | None
    deletion: DeletionView | None
    destroy_refused_vi: str
    destroy_refused_en: str
    copies: list[CopyView]
    fixity_at: datetime | None
    fixity_verdict: str
    yourself: bool = Field(description="whether it was you who asked for the deletion: then another must approve")


class RetentionRequest(BaseModel):
    """A class, and why."""

    retention: RetentionClass
    reason: Purpose


class HoldRequest(BaseModel):
    """Put it on hold, or let it go, and why."""

    on: bool
    reason: Purpose


class ReasonRequest(BaseModel):
    """Why; it is logged."""

    reason: Purpose


class DestroyedFile(BaseModel):
    """A file that was sealed."""

    path: str
    sha256: str
    bytes: int


class Destruction(BaseModel):
    """The record of a destroyed recording. copies: by target, removed or left (to be destroyed by hand)."""

    id: str
    title: str
    kind: str
    started_at: datetime
    ended_at: datetime
    bytes: int
    seal: str
    files: list[DestroyedFile]
    retention: str
    kept_until: datetime | None
    automatic: bool
    requested: PersonAt
    approved: PersonAt | None
    copies: dict[str, str]
    state: str
    done_at: datetime | None


class Destructions(BaseModel):
    """All, newest first."""

    destructions: list[Destruction]

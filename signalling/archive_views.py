"""What the API says of a session on its way into the archive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from config.storage import RetentionClass
from signalling.bodies import Body
from signalling.course_views import UnmetView

Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class PackageBody(Body):
    """What the package is made for; it is logged."""

    purpose: Purpose = "Lưu trữ hồ sơ buổi tiếp"


class RetentionBody(Body):
    """How long the session's file is kept, and why so long."""

    retention: RetentionClass
    reason: Purpose = "Chọn thời hạn lưu trữ"


class PackageView(BaseModel):
    """The package. state: none, stale (papers changed since it was made) or ready."""

    state: Literal["none", "stale", "ready"]
    made_at: datetime | None = None
    files: int = 0
    bytes: int = 0
    hash: str = ""


class MediumView(BaseModel):
    """A place where the package is or could be. kind: original (the server's disk), disk or store.

    state: verified (the present package was read back there), checking, copying, waiting, outdated (an earlier package
    is there), failed, same_disk (no second medium) or none. target: of POST /recordings/{id}/copies.
    """

    target: str
    kind: Literal["original", "disk", "store"]
    state: Literal["verified", "checking", "copying", "waiting", "outdated", "failed", "same_disk", "none"]
    verified_at: datetime | None = None
    done_bytes: int = 0
    bytes: int = 0
    error: str = ""


class ArchiveView(BaseModel):
    """Where a session stands on its way into the archive. unmet: what is still missing, with the place of each.

    recording: sealed, finishing or none. kept_until: null: for ever, or not known yet.
    """

    session_id: str
    code: str
    title: str
    kind: str
    state: str
    version: int
    minutes_final: bool
    minutes_number: str
    recording: Literal["sealed", "finishing", "none"]
    seal: str
    package: PackageView
    media: list[MediumView]
    media_verified: int
    media_needed: int
    retention: str
    kept_until: datetime | None
    classes: dict[str, datetime | None] = Field(description="until when each class would keep it; null: for ever")
    unmet: list[UnmetView]
    archived_at: datetime | None
    archived_by: str

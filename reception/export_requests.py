"""Requests for a recording's package, a file made of it, or a look at it (pure): who asked, who agreed, where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What is asked for."""

    PACKAGE = "package"  # the session's whole package as one tar file
    MP4 = "mp4"  # one composed MP4
    EXTRACT = "extract"  # a stretch of time with its evidence
    PLAYBACK = "playback"  # to play the recording in the app


class ExportState(StrEnum):
    """How far a request is. What is stored stops at DONE; what the file's maker and the clock say comes on top."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"  # carried out
    MAKING = "making"  # carried out, the file is being made
    FAILED = "failed"  # carried out, the file could not be made
    READY = "ready"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """A request. from_ms, to_ms: of an extract, from the recording's beginning. identity: of who asked, as in the
    custody log. reason: of the chair's decision. job: that makes the file. expires_at: until when it is available.

    fetched: how often who asked took it.
    """

    session_id: str
    what: What
    purpose: str
    asked_by: str
    identity: str
    role: str
    unit: str = ""
    from_ms: int = 0
    to_ms: int = 0
    id: str = ""
    asked_at: datetime | None = None
    state: ExportState = ExportState.ASKED
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    done_by: str = ""
    done_at: datetime | None = None
    job: str = ""
    expires_at: datetime | None = None
    fetched: int = 0
    fetched_at: datetime | None = None
    code: str = ""
    title: str = ""


def state_now(request: ExportRequest, *, now: datetime, job: str = "") -> ExportState:
    """How far it is at this moment. job: the state of the job that makes its file, "": there is none."""
    if request.state is not ExportState.DONE:
        return request.state
    if request.expires_at is not None and now >= request.expires_at:
        return ExportState.EXPIRED
    if not request.job or job == "done":
        return ExportState.READY
    return ExportState.MAKING if job in ("waiting", "running") else ExportState.FAILED

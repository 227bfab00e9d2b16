"""What the API says of requests for recordings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from reception.export_requests import ExportRequest, ExportState
from signalling.bodies import Body
from signalling.recording_views import RecordingView

Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class ExportBody(Body):
    """What is asked for and what for. from_ms, to_ms: of an extract, from the recording's beginning (or Unix ms)."""

    what: Literal["package", "mp4", "extract", "playback"]
    purpose: Purpose
    from_ms: int | None = Field(default=None, ge=0)
    to_ms: int | None = Field(default=None, ge=0)


class ApprovalBody(Body):
    """What the chair adds to the approval."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class RefusalBody(Body):
    """Why it is refused; who asked reads it."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]


class ExportView(BaseModel):
    """A request. state: asked, approved, refused, making, failed, ready or expired. from_ms, to_ms: of an extract.

    mine: the reader's own. progress: 0 to 1, of the file that is made. fetched: how often it was taken.
    """

    id: str
    session_id: str
    code: str
    title: str
    what: str
    from_ms: int
    to_ms: int
    purpose: str
    asked_by: str
    role: str
    unit: str
    asked_at: datetime | None
    state: str
    decided_by: str
    decided_at: datetime | None
    reason: str
    done_by: str
    done_at: datetime | None
    expires_at: datetime | None
    fetched: int
    fetched_at: datetime | None
    mine: bool
    progress: float = 0.0
    error: str = ""

    @classmethod
    def of(cls, request: ExportRequest, *, state: ExportState, mine: bool) -> ExportView:
        """The request as it stands."""
        names = set(cls.model_fields) - {"state", "mine", "progress", "error", "what"}
        known = {name: getattr(request, name) for name in names}
        return cls(**known, what=request.what.value, state=state.value, mine=mine)


class ExportList(BaseModel):
    """Requests, newest first. days: how long an approved one stays available."""

    requests: list[ExportView]
    days: float


class PlaybackView(BaseModel):
    """An approved look at a recording. access: the token of its files, good until then."""

    access: str
    expires_at: datetime
    recording: RecordingView

"""Files for use made from recordings: asked for, listed with their progress, cancelled."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from reception.permissions import Extent, Permission
from recorder.catalogue import CatalogueEntry, read_entry
from recorder.derivatives.jobs import Job, Kind, State
from recorder.moments import absolute_ms
from signalling.custody import Use, log_it, person_of
from signalling.media_files import recording_directory
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

TAKES = frozenset({Extent.FULL})  # who may take a recording out; others ask (exports_api.py)


class DerivativeRequest(BaseModel):
    """What to make. from_ms, to_ms (an extract's): from the recording's beginning, or Unix ms; if not given, all."""

    kind: Literal["multitrack", "composed", "extract"]
    from_ms: int | None = Field(default=None, ge=0)
    to_ms: int | None = Field(default=None, ge=0)
    purpose: str = Field(default="", max_length=500)


class DerivativeView(BaseModel):
    """A file that is made or was. `state`: waiting, running, done, failed or cancelled; `progress`: 0 to 1; from_ms,
    to_ms: Unix ms, of an extract; `url`: the file, once it is done."""

    id: str
    recording_id: str
    kind: str
    state: str
    progress: float
    from_ms: int | None
    to_ms: int | None
    purpose: str
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    name: str
    url: str
    bytes: int
    error: str


class DerivativeList(BaseModel):
    """Newest first."""

    derivatives: list[DerivativeView]


def _view(job: Job, directory: Path) -> DerivativeView:
    exists = bool(job.file) and (directory / job.file).exists()
    return DerivativeView(
        id=job.id,
        recording_id=job.recording,
        kind=job.kind,
        state=job.state,
        progress=job.progress,
        from_ms=job.from_ms or None,
        to_ms=job.to_ms or None,
        purpose=job.purpose,
        requested_by=job.requested_by,
        created_at=_time(job.created_ms) or datetime.fromtimestamp(0, UTC),
        started_at=_time(job.started_ms),
        ended_at=_time(job.ended_ms),
        attempts=job.attempts,
        name=Path(job.output).name,
        url=f"/api/v1/recordings/{job.recording}/files/{job.file}" if exists else "",
        bytes=job.bytes if exists else 0,
        error=job.error,
    )


def _time(ms: int) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if ms else None


async def list_derivatives(call: Call) -> BaseModel:
    """GET /recordings/{id}/derivatives."""
    directory = recording_directory(call.services, call.path("id"))
    jobs = await asyncio.to_thread(call.services.derivatives.queue.jobs, directory.name)
    return DerivativeList(derivatives=[_view(job, directory) for job in reversed(jobs)])


async def add_derivative(call: Call) -> BaseModel:
    """POST /recordings/{id}/derivatives."""
    body: DerivativeRequest = call.body
    directory = recording_directory(call.services, call.path("id"))
    entry = await sealed_entry(directory)
    from_ms, to_ms = range_of(body, entry)
    purpose = body.purpose.strip() or "not stated"
    use = Use(call=call, recording_id=entry.id, what=f"derive {body.kind}", purpose=purpose)
    await log_it(use, from_ms=from_ms, to_ms=to_ms)
    job = await asyncio.to_thread(
        call.services.derivatives.queue.add,
        entry.id,
        Kind(body.kind),
        from_ms=from_ms,
        to_ms=to_ms,
        purpose=body.purpose.strip(),
        who=person_of(call.bearer),
    )
    call.services.derivatives.wake()
    return _view(job, directory)


async def sealed_entry(directory: Path) -> CatalogueEntry:
    """The recording's entry. Raises Problem 409 while it is not sealed."""
    entry = await asyncio.to_thread(read_entry, directory)
    if entry.state != "done":
        raise Problem(
            409,
            "recording_not_done",
            "The recording is not complete yet",
            "Wait until the session has ended and the recording is sealed.",
            reason_vi="Bản ghi chưa hoàn tất. Hãy đợi buổi tiếp kết thúc và bản ghi được niêm phong.",
        )
    return entry


def range_of(body: DerivativeRequest, entry: CatalogueEntry) -> tuple[int, int]:
    """Unix ms; (0, 0) for what is made of the whole recording. Raises Problem 422."""
    given = body.from_ms is not None or body.to_ms is not None
    if body.kind != "extract":
        if given:
            raise Problem(
                422,
                "no_range",
                "Only an extract has a range",
                "Leave out from_ms and to_ms, or ask for the kind extract.",
                reason_vi="Chỉ bản trích mới có khoảng thời gian.",
            )
        return 0, 0
    start, end = entry.start_ms, entry.end_ms
    from_ms = start if body.from_ms is None else absolute_ms(body.from_ms, start_ms=start)
    to_ms = end if body.to_ms is None else absolute_ms(body.to_ms, start_ms=start)
    from_ms, to_ms = max(from_ms, start), min(to_ms, end)
    if from_ms >= to_ms:
        raise Problem(
            422,
            "empty_range",
            "The range is empty",
            f"The recording has {(end - start) / 1000:.1f} s; from_ms must lie before to_ms, within it.",
            reason_vi="Khoảng thời gian không hợp lệ: từ lúc bắt đầu phải trước lúc kết thúc, và nằm trong bản ghi.",
        )
    return from_ms, to_ms


async def cancel_derivative(call: Call) -> BaseModel:
    """DELETE /recordings/{id}/derivatives/{job}."""
    directory = recording_directory(call.services, call.path("id"))
    queue = call.services.derivatives.queue
    job = await asyncio.to_thread(queue.get, call.path("job"))
    if job is None or job.recording != directory.name:
        raise not_found("derivative")
    if job.state in (State.DONE, State.FAILED, State.CANCELLED):
        raise Problem(
            409,
            "derivative_over",
            "It is over already",
            f"Its state is {job.state}.",
            reason_vi="Việc này đã kết thúc.",
        )
    job = await asyncio.to_thread(queue.cancel, job)
    return _view(job, directory)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/recordings/{id}/derivatives",
        handler=list_derivatives,
        summary="Files made from a recording, with progress",
        permission=Permission.VIEW_RECORDINGS,
        result=DerivativeList,
    ),
    Route(
        method="POST",
        path="/api/v1/recordings/{id}/derivatives",
        handler=add_derivative,
        summary="Have a file made: one MKV of all tracks, one composed MP4, or an extract",
        permission=Permission.EXPORT_RECORDING,
        extents=TAKES,
        body=DerivativeRequest,
        result=DerivativeView,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/api/v1/recordings/{id}/derivatives/{job}",
        handler=cancel_derivative,
        summary="Do not make it after all",
        permission=Permission.EXPORT_RECORDING,
        extents=TAKES,
        result=DerivativeView,
    ),
]

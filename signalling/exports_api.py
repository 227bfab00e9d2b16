"""Requests for recordings: asked for, approved or refused by the chair, carried out by the archivist, fetched."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from reception.database import NotFound
from reception.export_requests import ExportRequest, ExportState, What, state_now
from reception.export_store import NotWaiting
from reception.lifecycle import SessionState
from reception.permissions import Extent, Permission
from recorder.catalogue import CatalogueEntry, read_entry
from recorder.derivatives.jobs import Job, Kind
from signalling import exports_views as x
from signalling.custody import Use, log_it, person_of
from signalling.custody_api import ACCESS_HOURS, media_access
from signalling.derivatives_api import DerivativeRequest, range_of, sealed_entry
from signalling.export_api import send_package
from signalling.media_files import recording_directory
from signalling.media_response import media_response
from signalling.problems import Problem, not_found
from signalling.recording_views import live_sessions, recording_view
from signalling.routing import Call, Route

ASKS = frozenset({Extent.FULL, Extent.SUBORDINATE, Extent.OWN})
KINDS = {What.MP4: Kind.COMPOSED, What.EXTRACT: Kind.EXTRACT}
OVER = (SessionState.ENDED, SessionState.ARCHIVED)


async def list_requests(call: Call) -> BaseModel:
    """GET /export-requests: who asks sees the own ones, chair and archivist all."""
    own = person_of(call.bearer).identity if call.extent in ASKS else ""
    asked = await call.services.exports.listed(identity=own, session_id=call.request.query.get("session", ""))
    jobs = await _jobs(call)
    views = [_view(call, each, jobs.get(each.job)) for each in asked]
    wanted = set(filter(None, call.request.query.get("state", "").split(",")))
    shown = [each for each in views if not wanted or each.state in wanted]
    return x.ExportList(requests=shown, days=call.services.settings.storage.export_days)


async def _jobs(call: Call) -> dict[str, Job]:
    return {each.id: each for each in await asyncio.to_thread(call.services.derivatives.queue.jobs)}


def _view(call: Call, request: ExportRequest, job: Job | None) -> x.ExportView:
    mine = request.identity == person_of(call.bearer).identity
    view = x.ExportView.of(request, state=_state(request, job), mine=mine)
    return view.model_copy(update={"progress": job.progress, "error": job.error}) if job is not None else view


def _state(request: ExportRequest, job: Job | None) -> ExportState:
    return state_now(request, now=datetime.now(UTC), job=job.state.value if job is not None else "")


async def _shown(call: Call, request: ExportRequest) -> BaseModel:
    return _view(call, request, (await _jobs(call)).get(request.job))


# --- asking and deciding ---


async def ask_for_export(call: Call) -> BaseModel:
    """POST /sessions/{id}/export-requests."""
    body: x.ExportBody = call.body
    what = What(body.what)
    _may_ask(call, what)
    record = await call.services.session(call.path("id"))
    if record.state not in OVER:
        vi, en = "Buổi tiếp chưa kết thúc, chưa có bản ghi để đề nghị.", "The session has not ended yet."
        raise Problem(409, "not_ended", en, en, reason_vi=vi, reason_en=en)
    entry = await sealed_entry(recording_directory(call.services, record.id))
    start, end = _stretch(body, entry)
    who = person_of(call.bearer)
    asked = ExportRequest(
        session_id=record.id,
        what=what,
        purpose=body.purpose,
        asked_by=who.name,
        identity=who.identity,
        role=who.role,
        unit=call.bearer.unit,
        from_ms=start,
        to_ms=end,
    )
    call.facts.update(purpose=body.purpose, what=body.what)
    return await _shown(call, await call.services.exports.add(asked))


def _may_ask(call: Call, what: What) -> None:
    """Who plays recordings anyway asks for files, who does not asks to play. Raises Problem 403."""
    needed = Permission.PLAY_RECORDING if what is What.PLAYBACK else Permission.EXPORT_RECORDING
    if call.bearer.extent(needed) is not Extent.REQUEST:
        delegate = call.bearer.extent(Permission.PLAY_RECORDING) is Extent.REQUEST
        vi = "Đại biểu đề nghị xem lại bản ghi; tệp và gói do thư ký hoặc người giám sát đề nghị."
        en = "A delegate asks to play a recording; files and packages are asked for by secretary or supervisor."
        if not delegate:
            vi = "Bạn được xem bản ghi này mà không cần đề nghị."
            en = "You may play this recording without asking."
        raise Problem(403, "not_to_ask", en, en, reason_vi=vi, reason_en=en)


def _stretch(body: x.ExportBody, entry: CatalogueEntry) -> tuple[int, int]:
    """From the recording's beginning; (0, 0) for the whole. Raises Problem 422."""
    kind: Any = "extract" if body.what == "extract" else "composed"
    asked = DerivativeRequest(kind=kind, from_ms=body.from_ms, to_ms=body.to_ms)
    start, end = range_of(asked, entry)
    return (start - entry.start_ms, end - entry.start_ms) if end else (0, 0)


async def approve_export(call: Call) -> BaseModel:
    """POST /export-requests/{request}/approve."""
    return await _decide(call, approved=True)


async def refuse_export(call: Call) -> BaseModel:
    """POST /export-requests/{request}/refuse."""
    return await _decide(call, approved=False)


async def _decide(call: Call, *, approved: bool) -> BaseModel:
    request = await _found(call)
    call.facts.update(session=request.session_id, what=request.what.value, asked_by=request.asked_by)
    decided = {"approved": approved, "by": call.actor, "reason": call.body.reason}
    try:
        return await _shown(call, await call.services.exports.decide(request.id, **decided))
    except NotWaiting as error:
        raise _not_waiting(error) from None


async def _found(call: Call) -> ExportRequest:
    try:
        return await call.services.exports.get(call.path("request"))
    except NotFound:
        raise not_found("request") from None


def _not_waiting(error: NotWaiting) -> Problem:
    vi, en = _WHY[error.state]
    return Problem(409, "request_moved_on", en, en, reason_vi=vi, reason_en=en, state=error.state.value)


_WHY = {
    ExportState.ASKED: ("Đề nghị chưa được người chủ trì duyệt.", "The chair has not approved the request yet."),
    ExportState.APPROVED: ("Đề nghị đã được duyệt.", "The request was approved already."),
    ExportState.REFUSED: ("Đề nghị đã bị từ chối.", "The request was refused."),
    ExportState.DONE: ("Đề nghị đã được thực hiện.", "The request was carried out already."),
}


# --- carrying out and fetching ---


async def carry_out_export(call: Call) -> BaseModel:
    """POST /export-requests/{request}/carry-out; once more: the file is made anew, and the days begin anew."""
    request, services = await _found(call), call.services
    if request.state not in (ExportState.APPROVED, ExportState.DONE):
        raise _not_waiting(NotWaiting(request.state))
    directory = recording_directory(services, request.session_id)
    job = await _make(call, request, directory)
    call.facts.update(session=request.session_id, what=request.what.value, asked_by=request.asked_by)
    until = datetime.now(UTC) + timedelta(days=services.settings.storage.export_days)
    try:
        done = await services.exports.carry_out(request.id, by=call.actor, job=job, expires_at=until)
    except NotWaiting as error:
        raise _not_waiting(error) from None
    return await _shown(call, done)


async def _make(call: Call, request: ExportRequest, directory: Path) -> str:
    """The id of the job that makes the file; "" where there is none to make. Raises Problem."""
    entry = await sealed_entry(directory)
    kind = KINDS.get(request.what)
    if kind is None:
        return ""
    use = Use(call=call, recording_id=directory.name, what=f"derive {kind.value}", purpose=request.purpose)
    await log_it(use, request=request.id, asked_by=request.asked_by, approved_by=request.decided_by)
    stretch = {"from_ms": 0, "to_ms": 0}
    if request.what is What.EXTRACT:
        stretch = {"from_ms": entry.start_ms + request.from_ms, "to_ms": entry.start_ms + request.to_ms}
    queue, who = call.services.derivatives.queue, person_of(call.bearer)
    job = await asyncio.to_thread(queue.add, directory.name, kind, **stretch, purpose=request.purpose, who=who)
    call.services.derivatives.wake()
    return job.id


async def fetch_export(call: Call) -> web.StreamResponse:
    """GET /export-requests/{request}/file: by who asked, while it is available."""
    request, job = await _available(call)
    directory = recording_directory(call.services, request.session_id)
    facts = {"request": request.id, "approved_by": request.decided_by}
    if request.what is What.PLAYBACK:
        vi, en = "Đề nghị này là để xem lại, không có tệp.", "This request is for playing; it has no file."
        raise Problem(409, "no_file", en, en, reason_vi=vi, reason_en=en)
    await call.services.exports.count_fetch(request.id)
    if job is None:
        return await send_package(call, directory, purpose=request.purpose, **facts)
    use = Use(call=call, recording_id=directory.name, what="download", purpose=request.purpose)
    await log_it(use, path=job.file, **facts)
    return await media_response(call.request, directory / job.file, call.services.recorder.keys)


async def access_export(call: Call) -> BaseModel:
    """POST /export-requests/{request}/access: an approved look at a recording, by who asked, while it is available."""
    request, _ = await _available(call)
    directory = recording_directory(call.services, request.session_id)
    if request.what is not What.PLAYBACK:
        vi, en = "Đề nghị này là để lấy tệp, không phải để xem lại.", "This request is for a file, not for playing."
        raise Problem(409, "no_playback", en, en, reason_vi=vi, reason_en=en)
    assert request.expires_at is not None
    hours = min(ACCESS_HOURS, (request.expires_at - datetime.now(UTC)).total_seconds() / 3600)
    use = Use(call=call, recording_id=directory.name, what="play", purpose=request.purpose)
    await log_it(use, request=request.id, approved_by=request.decided_by)
    await call.services.exports.count_fetch(request.id)
    entry = await asyncio.to_thread(read_entry, directory)
    granted = media_access(call, directory.name, hours=hours)
    recording = recording_view(directory, entry, await live_sessions(call.services))
    shown = recording.model_copy(update={"events": [], "gaps": []})
    return x.PlaybackView(access=granted.access, expires_at=granted.expires_at, recording=shown)


async def _available(call: Call) -> tuple[ExportRequest, Job | None]:
    """The bearer's own request, ready, and the job of its file. Raises Problem 403, 404, 409, 410."""
    request = await _found(call)
    call.facts.update(purpose=request.purpose, session=request.session_id, what=request.what.value)
    if request.identity != person_of(call.bearer).identity:
        vi, en = "Đề nghị này của người khác.", "This request is somebody else's."
        raise Problem(403, "not_own_request", en, en, reason_vi=vi, reason_en=en)
    job = (await _jobs(call)).get(request.job)
    state = _state(request, job)
    if state is ExportState.READY and job is not None and request.job:
        path = recording_directory(call.services, request.session_id) / job.file
        state = ExportState.READY if await asyncio.to_thread(path.is_file) else ExportState.FAILED
    if state is not ExportState.READY:
        raise _unavailable(replace(request, state=state))
    return request, job


def _unavailable(request: ExportRequest) -> Problem:
    status, code, vi, en = _UNAVAILABLE[request.state]
    if request.state is ExportState.REFUSED:
        vi, en = f"{vi} Lý do: {request.reason}", f"{en} Reason: {request.reason}"
    return Problem(status, code, en, en, reason_vi=vi, reason_en=en, state=request.state.value)


_UNAVAILABLE = {
    ExportState.ASKED: (
        *(409, "export_not_approved", "Đề nghị chưa được người chủ trì duyệt."),
        "The chair has not approved the request yet.",
    ),
    ExportState.APPROVED: (
        *(409, "export_not_ready", "Đề nghị đã được duyệt; cán bộ lưu trữ chưa thực hiện."),
        "The request was approved; the archivist has not carried it out yet.",
    ),
    ExportState.REFUSED: (403, "export_refused", "Đề nghị đã bị từ chối.", "The request was refused."),
    ExportState.MAKING: (
        409,
        "export_not_ready",
        "Tệp đang được tạo. Hãy chờ.",
        "The file is being made. Please wait.",
    ),
    ExportState.FAILED: (
        *(409, "export_failed", "Chưa có tệp. Hãy báo cán bộ lưu trữ thực hiện lại."),
        "There is no file. Ask the archivist to carry the request out again.",
    ),
    ExportState.EXPIRED: (
        *(410, "export_expired", "Đã hết hạn lấy bản ghi theo đề nghị này. Hãy đề nghị lại nếu còn cần."),
        "The time to take it is over. Ask again if it is still needed.",
    ),
}
_R = "/api/v1/export-requests/{request}"
ROUTES = [
    Route(
        method="GET",
        path="/api/v1/export-requests",
        handler=list_requests,
        summary="Requests for recordings, newest first: one's own; chair and archivist see all",
        permission=Permission.ASK_RECORDING,
        query={"session": "of this session only", "state": "in these states only, with commas between them"},
        result=x.ExportList,
    ),
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/export-requests",
        handler=ask_for_export,
        summary="Ask for a session's package, an MP4, an extract, or to play its recording; the chair decides",
        permission=Permission.ASK_RECORDING,
        extents=ASKS,
        body=x.ExportBody,
        result=x.ExportView,
        status=201,
        in_archive=True,
    ),
    Route(
        method="POST",
        path=f"{_R}/approve",
        handler=approve_export,
        summary="The chair agrees to a request",
        permission=Permission.EXPORT_RECORDING,
        extents=frozenset({Extent.APPROVE}),
        body=x.ApprovalBody,
        result=x.ExportView,
    ),
    Route(
        method="POST",
        path=f"{_R}/refuse",
        handler=refuse_export,
        summary="The chair refuses a request, with the reason",
        permission=Permission.EXPORT_RECORDING,
        extents=frozenset({Extent.APPROVE}),
        body=x.RefusalBody,
        result=x.ExportView,
    ),
    Route(
        method="POST",
        path=f"{_R}/carry-out",
        handler=carry_out_export,
        summary="Carry an approved request out: its file is made, who asked may take it from now on",
        permission=Permission.EXPORT_RECORDING,
        extents=frozenset({Extent.FULL}),
        result=x.ExportView,
    ),
    Route(
        method="GET",
        path=f"{_R}/file",
        handler=fetch_export,
        summary="Take what was asked for; logged with person and purpose",
        permission=Permission.ASK_RECORDING,
        extents=ASKS,
        audited=True,
    ),
    Route(
        method="POST",
        path=f"{_R}/access",
        handler=access_export,
        summary="Play what was asked for: the recording and a token of its files; logged with person and purpose",
        permission=Permission.ASK_RECORDING,
        extents=ASKS,
        result=x.PlaybackView,
    ),
]

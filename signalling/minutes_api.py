"""The API's operations on minutes and signatures."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from aiohttp import web
from pydantic import BaseModel

from reception.lifecycle import OPEN_STATES, SessionState
from reception.marks import Mark
from reception.minutes import Signature, open_points
from reception.minutes_store import NumberTaken
from reception.permissions import READING, Extent, Permission
from reception.records import SessionRecord
from signalling import minutes_views as m
from signalling.case_access import case_session
from signalling.case_keys import case_key
from signalling.course_api import actor_of
from signalling.course_views import UnmetView
from signalling.final_minutes import keep_final_minutes
from signalling.media_response import file_response
from signalling.minutes_files import MAX_SCAN_BYTES, NotAPdf, document_path, keep_scan, scan_path
from signalling.minutes_signatures import sealed_hash, signatures_of
from signalling.problems import Problem, not_found
from signalling.received_file import TooLarge
from signalling.routing import Call, Route

SIGNED_IN = OPEN_STATES | {SessionState.ENDED}  # papers go round before a session is closed
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CHUNK = 1 << 16


async def get_minutes(call: Call) -> BaseModel:
    """GET /sessions/{id}/minutes."""
    return await _view(call, await case_session(call))


async def _view(call: Call, record: SessionRecord) -> m.MinutesView:
    services = call.services
    minutes = await services.store.minutes.of(record.id)
    signatures = await signatures_of(services, record)
    seal = minutes.recording_hash if minutes.final else await sealed_hash(services, record)
    sealed = bool(seal) or not services.is_recorded(record)
    missing = [] if minutes.final else open_points(record, signatures, sealed=sealed)
    names = {each.id: each.name for each in record.endpoints}
    suggested = await services.store.minutes.suggested_number(now=datetime.now(UTC))
    has_document = bool(minutes.sha256) and document_path(services.data, record.id, minutes.sha256).exists()
    facts = m.MinutesView.facts_of(minutes)
    return m.MinutesView.model_validate(
        {
            **facts,
            "suggested_number": minutes.number or suggested,
            "document": f"/api/v1/sessions/{record.id}/minutes/document" if has_document else "",
            "recording_hash": seal,
            "signatures": [m.SignatureView.of(each, names.get(each.endpoint_id, "")) for each in signatures],
            "missing": [UnmetView.of(each) for each in missing],
        }
    )


async def put_signature(call: Call) -> BaseModel:
    """PUT /sessions/{id}/minutes/signatures."""
    body: m.SignatureBody = call.body
    record = await _changeable(call, SIGNED_IN)
    if record.endpoint(body.endpoint_id) is None:
        raise not_found("endpoint")
    given = Signature(session_id=record.id, **body.model_dump())
    await call.services.store.minutes.put_signature(given, actor=actor_of(call))
    return await _view(call, record)


async def finalise_minutes(call: Call) -> BaseModel:
    """POST /sessions/{id}/minutes/final."""
    record = await _changeable(call, frozenset({SessionState.ENDED}))
    services, store = call.services, call.services.store
    seal = await sealed_hash(services, record)
    sealed = bool(seal) or not services.is_recorded(record)
    missing = open_points(record, await signatures_of(services, record), sealed=sealed)
    if missing:
        raise Problem(
            409,
            "not_ready",
            "The minutes cannot be final yet",
            " ".join(each.words.en for each in missing),
            reason_vi=" ".join(each.words.vi for each in missing),
            reason_en=" ".join(each.words.en for each in missing),
            unmet=[UnmetView.of(each).model_dump() for each in missing],
        )
    number = call.body.number or (await store.minutes.of(record.id)).number
    number = number or await store.minutes.suggested_number(now=datetime.now(UTC))
    await _finalise(call, record, number, seal)
    await store.course.set_mark(record.id, Mark.MINUTES_FINAL, actor=actor_of(call), detail=number)
    return await _view(call, record)


async def _finalise(call: Call, record: SessionRecord, number: str, seal: str) -> None:
    minutes = call.services.store.minutes
    sha256 = await keep_final_minutes(call, record, number=number, seal=seal)
    try:
        await minutes.finalise(record.id, number=number, sha256=sha256, recording_hash=seal, actor=actor_of(call))
    except NumberTaken:
        vi = f"Số biên bản {number} đã dùng cho buổi tiếp khác trong năm."
        en = f"Other minutes of this year have the number {number}."
        raise Problem(409, "number_taken", en, en, reason_vi=vi, reason_en=en) from None


async def reopen_minutes(call: Call) -> BaseModel:
    """POST /sessions/{id}/minutes/reopen."""
    record = await call.services.session(call.path("id"))
    store, reason = call.services.store, call.body.reason
    if not (await store.minutes.of(record.id)).final:
        vi, en = "Biên bản chưa hoàn tất.", "The minutes are not final."
        raise Problem(409, "not_final", en, en, reason_vi=vi, reason_en=en)
    await store.minutes.reopen(record.id, actor=actor_of(call), reason=reason)
    await store.course.clear_mark(record.id, Mark.MINUTES_FINAL, actor=actor_of(call), reason=reason)
    return await _view(call, record)


async def _changeable(call: Call, states: frozenset[SessionState]) -> SessionRecord:
    """The session, if its minutes can be written now. Raises Problem 404, 409."""
    record = await call.services.session(call.path("id"))
    if record.state not in states:
        vi = "Chỉ làm được khi buổi tiếp đã diễn ra và chưa lưu trữ."
        en = "This is possible once the session has taken place, and before it is archived."
        raise Problem(409, "not_now", en, en, reason_vi=vi, reason_en=en)
    if (await call.services.store.minutes.of(record.id)).final:
        vi = "Biên bản đã hoàn tất. Mở lại biên bản (ghi lý do) nếu cần sửa."
        en = "The minutes are final. Reopen them, with a reason, to change them."
        raise Problem(409, "minutes_final", en, en, reason_vi=vi, reason_en=en)
    return record


# --- files ---


async def add_scan(call: Call) -> BaseModel:
    """POST /sessions/{id}/minutes/scans: the body is the PDF."""
    record, data = await call.services.session(call.path("id")), call.services.data
    if record.state not in SIGNED_IN:
        await _changeable(call, SIGNED_IN)
    try:
        kept = await keep_scan(data, record.id, call.request.content.iter_chunked(_CHUNK), key=case_key(call.services))
    except NotAPdf:
        vi, en = "Tệp không phải là PDF. Hãy quét biên bản đã ký thành tệp PDF.", "The file is no PDF."
        raise Problem(415, "not_a_pdf", en, en, reason_vi=vi, reason_en=en) from None
    except TooLarge:
        vi = f"Tệp lớn quá {MAX_SCAN_BYTES >> 20} MB: quét với độ phân giải thấp hơn."
        en = f"The file has more than {MAX_SCAN_BYTES >> 20} MB: scan it at a lower resolution."
        raise Problem(413, "too_large", en, en, reason_vi=vi, reason_en=en) from None
    name = _name(call.request.query.get("name", ""))
    await call.services.store.minutes.add_scan(
        record.id, name=name, size=kept.bytes, sha256=kept.sha256, actor=actor_of(call)
    )
    return await _view(call, record)


def _name(given: str) -> str:
    """A name that is safe to show and to offer for saving."""
    plain = re.sub(r"[\x00-\x1f/\\\"<>|:*?]+", " ", given).strip()[:120]
    return plain or "bien-ban-da-ky.pdf"


async def get_scan(call: Call) -> web.StreamResponse:
    """GET /sessions/{id}/minutes/scans/{scan}."""
    record = await case_session(call)
    minutes = await call.services.store.minutes.of(record.id)
    scan = next((each for each in minutes.scans if each.id == call.path("scan")), None)
    path = scan_path(call.services.data, record.id, scan.sha256) if scan else None
    if path is None or not path.exists():
        raise not_found("scan")
    headers = {"Content-Type": "application/pdf", "Content-Disposition": "inline"}
    return await file_response(call.request, path, call.services.recorder.keys, headers)


async def get_document(call: Call) -> web.StreamResponse:
    """GET /sessions/{id}/minutes/document."""
    record = await case_session(call)
    minutes = await call.services.store.minutes.of(record.id)
    path = document_path(call.services.data, record.id, minutes.sha256)
    if not minutes.sha256 or not path.exists():
        raise not_found("document")
    name = f"bien-ban-{record.code}.docx"
    headers = {"Content-Type": DOCX, "Content-Disposition": f'attachment; filename="{name}"'}
    return await file_response(call.request, path, call.services.recorder.keys, headers)


_M = "/api/v1/sessions/{id}/minutes"
READERS = READING - {Extent.OWN}

ROUTES = [
    Route(
        method="GET",
        path=_M,
        handler=get_minutes,
        summary="A session's minutes: number, signatures endpoint by endpoint, what keeps them from being final",
        permission=Permission.WRITE_MINUTES,
        extents=READERS,
        result=m.MinutesView,
    ),
    Route(
        method="PUT",
        path=f"{_M}/signatures",
        handler=put_signature,
        summary="Note whether somebody signed, put a fingerprint, refused (with the reason), or has nothing to sign",
        permission=Permission.WRITE_MINUTES,
        body=m.SignatureBody,
        result=m.MinutesView,
        about_citizens=True,
    ),
    Route(
        method="POST",
        path=f"{_M}/final",
        handler=finalise_minutes,
        summary="Make the minutes final: every signature's state is known, the recording is sealed",
        permission=Permission.WRITE_MINUTES,
        body=m.FinaliseBody,
        result=m.MinutesView,
    ),
    Route(
        method="POST",
        path=f"{_M}/reopen",
        handler=reopen_minutes,
        summary="Final minutes are a draft again, with a reason; not once the session is archived",
        permission=Permission.WRITE_MINUTES,
        body=m.ReopenBody,
        result=m.MinutesView,
    ),
    Route(
        method="POST",
        path=f"{_M}/scans",
        handler=add_scan,
        summary="Add a scan of the signed paper: the body is a PDF",
        permission=Permission.WRITE_MINUTES,
        query={"name": "the file's name"},
        result=m.MinutesView,
        status=201,
    ),
    Route(
        method="GET",
        path=f"{_M}/scans/{{scan}}",
        handler=get_scan,
        summary="A scan of the signed paper",
        permission=Permission.WRITE_MINUTES,
        extents=READERS,
    ),
    Route(
        method="GET",
        path=f"{_M}/document",
        handler=get_document,
        summary="The final minutes as DOCX, as they were made",
        permission=Permission.WRITE_MINUTES,
        extents=READERS,
    ),
]

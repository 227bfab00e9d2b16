"""The API's operations on a session's documents: hand in, list, open, change, take out."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from pydantic import BaseModel, ValidationError

from reception.case_records import Document
from reception.database import new_id
from reception.permissions import Extent, Permission, Role, own_only
from reception.records import SessionRecord
from reception.store import NotFound
from recorder.encrypted_file import open_media, plain_name
from signalling import document_views as d
from signalling.case_access import case_session, check_own, may_open, writable
from signalling.case_api import known_item
from signalling.case_keys import case_key, plain_sha256, readable
from signalling.document_files import KeptFile, Refused, document_path, keep_file
from signalling.media_response import file_response
from signalling.presenting import refresh_shown
from signalling.problems import Problem, invalid, not_found
from signalling.routing import Call, Route

FIELD_BYTES = 8192
PIECE_BYTES = 1 << 18
FULL = frozenset({Extent.FULL})
_REFUSALS = {
    "too_large": (413, "Tệp quá lớn.", "The file is too large."),
    "unsupported_media_type": (
        415,
        "Chỉ nhận tệp PDF, PNG, JPEG hoặc WebP. Hãy lưu tài liệu thành PDF rồi tải lên lại.",
        "Only PDF, PNG, JPEG and WebP are taken. Save the document as PDF and upload that.",
    ),
    "empty": (422, "Tệp trống.", "The file is empty."),
}


async def list_documents(call: Call) -> BaseModel:
    """GET /sessions/{id}/documents."""
    return await document_list(call, await case_session(call))


async def document_list(call: Call, record: SessionRecord) -> d.DocumentList:
    """What the bearer may know of: an operator the names of all, everybody else what he may open."""
    removed = call.request.query.get("removed") == "1" and call.extent is Extent.FULL
    documents = await call.services.case.documents.of(record.id, removed=removed)
    views = [d.DocumentView.of(each, may_open=await may_open(call, record, each)) for each in documents]
    knows_all = call.bearer.role is Role.OPERATOR
    conference = call.services.conferences.get(record.id)
    presentation = conference.room.parts.presentation if conference else None
    shown = conference.room.shown if conference else None
    return d.DocumentList(
        documents=[each for each in views if each.may_open or knows_all],
        shown=None
        if presentation is None or shown is None
        else d.ShownView(
            document_id=shown.document.id,
            page=presentation.page,
            by=presentation.by,
            since=presentation.since,
            rooms=sorted(shown.endpoint_ids),
        ),
        rooms_may=presentation.rooms_may if presentation else False,
        max_bytes=_limit(call),
    )


def _limit(call: Call) -> int:
    return call.services.settings.documents.max_mb * 1_000_000


# --- handing in ---


async def upload_document(call: Call) -> BaseModel:
    """POST /sessions/{id}/documents: a form with `file` and what is said of it; streamed to the disk."""
    record = await case_session(call)
    await writable(call, record)
    settings = call.services.settings.documents
    if len(await call.services.case.documents.of(record.id)) >= settings.max_count:
        raise _refused("too_many", 409, f"Hồ sơ đã có {settings.max_count} tài liệu.", "There are too many documents.")
    document_id = new_id()
    kept, said = await _read_form(call, record, document_id)
    try:
        document = await _document(call, record, document_id, kept, said)
        added = await call.services.case.documents.add(document, actor=call.actor)
    except BaseException:
        _forget(call, record, document_id, kept)
        raise
    call.facts.update(document=added.id, sha256=added.sha256, bytes=added.bytes)
    return d.DocumentView.of(added, may_open=await may_open(call, record, added))


async def _read_form(call: Call, record: SessionRecord, document_id: str) -> tuple[KeptFile, dict[str, str]]:
    """The file, kept, and the other fields. Raises Problem."""
    if not call.request.content_type.startswith("multipart/"):
        raise Problem(415, "form_needed", "Send a form (multipart/form-data) with the field `file`")
    kept: KeptFile | None = None
    said: dict[str, str] = {}
    try:
        async for part in await call.request.multipart():
            if not isinstance(part, BodyPartReader) or (part.name == "file" and kept is not None):
                raise Problem(400, "malformed_form", "The form has one file, and fields", "The field is `file`.")
            if part.name == "file":
                said.setdefault("name", Path(part.filename or "").name[:200] or "?")
                key, limit, data = case_key(call.services), _limit(call), call.services.data
                kept = await keep_file(data, record.id, document_id, _pieces(part), limit_bytes=limit, key=key)
            else:
                said[str(part.name)] = await _field(part)
    except Refused as refused:
        status, vi, en = _REFUSALS[refused.code]
        raise _refused(refused.code, status, vi, en) from None
    except (ValueError, Problem) as error:
        _forget(call, record, document_id, kept)
        raise error if isinstance(error, Problem) else Problem(400, "malformed_form", "No form", str(error)) from None
    if kept is None:
        raise Problem(422, "file_needed", "There is no file", "Send the file as the form's field `file`.")
    return kept, said


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE_BYTES):
        yield piece


async def _field(part: BodyPartReader) -> str:
    text = bytearray()
    async for piece in _pieces(part):
        text += piece
        if len(text) > FIELD_BYTES:
            raise Problem(413, "too_large", "A field of the form is too long")
    return text.decode(errors="replace")


async def _document(
    call: Call, record: SessionRecord, document_id: str, kept: KeptFile, said: dict[str, str]
) -> Document:
    """Raises Problem 403, 404, 422."""
    try:
        facts = d.UploadFacts.model_validate({name: value for name, value in said.items() if value != ""})
    except ValidationError as error:
        raise invalid(error) from None
    await known_item(call, record, facts.item_id)
    values = facts.changes()
    endpoint_id = facts.endpoint_id
    if own_only(call.extent):  # what a room hands in is for the chair until the secretary says otherwise
        endpoint_id = check_own(call, record, endpoint_id).id
        values |= {"visibility": "chu_tri", "endpoints": None}
    elif endpoint_id:
        check_own(call, record, endpoint_id)
    values.setdefault("received_by", call.actor)
    return Document(
        id=document_id,
        session_id=record.id,
        media_type=kept.media_type,
        bytes=kept.bytes,
        sha256=kept.sha256,
        endpoint_id=endpoint_id,
        **values,
    )


def _forget(call: Call, record: SessionRecord, document_id: str, kept: KeptFile | None) -> None:
    if kept is not None:
        nothing = Document(id=document_id, session_id=record.id, name="", media_type=kept.media_type)
        document_path(call.services.data, nothing).unlink(missing_ok=True)


def _refused(code: str, status: int, vi: str, en: str) -> Problem:
    return Problem(status, code, en, en, reason_vi=vi, reason_en=en)


# --- one document ---


async def get_document(call: Call) -> BaseModel:
    """GET /sessions/{id}/documents/{document}."""
    _, document = await _one(call)
    return d.DocumentView.of(document, may_open=True)


async def open_document(call: Call) -> web.StreamResponse:
    """GET /sessions/{id}/documents/{document}/content; with ?download=1 to be saved. Noted in the audit log."""
    record, document = await _one(call)
    path = document_path(call.services.data, document)
    download = call.request.query.get("download") == "1"
    call.facts.update(document=document.id, download=download)
    keys = call.services.recorder.keys
    found = await asyncio.to_thread(lambda: plain_sha256(path, keys) if path.is_file() else "")
    if found != document.sha256:
        raise Problem(
            500,
            "damaged_file",
            "The file is not the one that was handed in",
            f"{path}: sha256 {found or 'missing'}, expected {document.sha256}. Put back a copy of it.",
        )
    if download:
        await call.services.store.log(record.id, "document_saved", actor=call.actor, document=document.id)
    suffix = Path(plain_name(path.name)).suffix
    name = document.name if document.name.lower().endswith(suffix) else document.name + suffix
    disposition = "attachment" if download else "inline"
    digest = base64.b64encode(bytes.fromhex(document.sha256)).decode()
    headers = {
        "Content-Type": document.media_type,
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Repr-Digest": f"sha-256=:{digest}:",
        "Cache-Control": "no-store",
    }
    if call.bearer.role is Role.ENDPOINT:
        with readable(lambda: open_media(path, keys)) as file:
            return await call.services.document_paces.send(call.request, file, document.bytes, headers)
    return await file_response(call.request, path, keys, headers)


async def change_document(call: Call) -> BaseModel:
    """PATCH /sessions/{id}/documents/{document}: what is on screen follows at once."""
    body: d.ChangeDocument = call.body
    record, document = await _one(call)
    await writable(call, record)
    changes = body.changes()
    await known_item(call, record, changes.get("item_id", ""))
    changed = await call.services.case.documents.change(record.id, document.id, changes, actor=call.actor)
    await refresh_shown(call.services, record.id)
    return d.DocumentView.of(changed, may_open=await may_open(call, record, changed))


async def remove_document(call: Call) -> BaseModel:
    """POST /sessions/{id}/documents/{document}/remove: the file stays until the case is destroyed, unseen."""
    body: d.RemoveDocument = call.body
    if not body.reason:
        raise Problem(422, "reason_needed", "A reason must be given", "Give `reason` in the body.")
    record, document = await _one(call)
    await writable(call, record)
    await call.services.case.documents.remove(record.id, document.id, actor=call.actor, reason=body.reason)
    await refresh_shown(call.services, record.id)
    return await document_list(call, record)


async def _one(call: Call) -> tuple[SessionRecord, Document]:
    """Session and document, if the bearer may have it. Raises Problem 403, 404."""
    record = await case_session(call)
    return record, await visible_document(call, record, call.path("document"))


async def visible_document(call: Call, record: SessionRecord, document_id: str) -> Document:
    """The document, if the bearer may have it. Raises Problem 403, 404."""
    try:
        document = await call.services.case.documents.get(record.id, document_id)
    except NotFound:
        raise not_found("document") from None
    if document.removed_at is not None and call.bearer.role not in (Role.CHAIR, Role.SECRETARY):
        raise not_found("document")
    if not await may_open(call, record, document):
        raise Problem(
            403,
            "not_visible",
            "This document is not for you",
            "Its visibility is set by the secretary.",
            reason_vi="Tài liệu này không dành cho vai trò hoặc điểm cầu của ông, bà.",
            reason_en="This document is not visible to your role or room.",
        )
    return document


_PATH = "/api/v1/sessions/{id}/documents"
_ONE = f"{_PATH}/{{document}}"

ROUTES = [
    Route(
        method="GET",
        path=_PATH,
        handler=list_documents,
        summary="The documents that the bearer may know of, and what is shown in the rooms now",
        permission=Permission.VIEW_DOCUMENTS,
        query={"removed": "1: also what was taken out, for those who may change documents"},
        result=d.DocumentList,
    ),
    Route(
        method="POST",
        path=_PATH,
        handler=upload_document,
        summary="Hand in a document: a form (multipart/form-data) with `file` and what is said of it",
        permission=Permission.SHARE_DOCUMENT,
        form=d.UploadFacts,
        result=d.DocumentView,
        status=201,
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=get_document,
        summary="What is known of a document",
        permission=Permission.VIEW_DOCUMENTS,
        result=d.DocumentView,
    ),
    Route(
        method="GET",
        path=f"{_ONE}/content",
        handler=open_document,
        summary="The file; each opening is noted in the audit log",
        permission=Permission.VIEW_DOCUMENTS,
        query={"download": "1: to be saved"},
        audited=True,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        handler=change_document,
        summary="Change what is said of a document, and who may see it",
        permission=Permission.SHARE_DOCUMENT,
        extents=FULL,
        body=d.ChangeDocument,
        result=d.DocumentView,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/remove",
        handler=remove_document,
        summary="Take a document out of the case, with a reason",
        permission=Permission.SHARE_DOCUMENT,
        extents=FULL,
        body=d.RemoveDocument,
        result=d.DocumentList,
        about_citizens=True,
    ),
]

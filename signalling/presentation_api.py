"""The API's operations on the document that is shown in the rooms."""

from __future__ import annotations

from pydantic import BaseModel

from reception.lifecycle import OPEN_STATES
from reception.permissions import Extent, Permission, Role, own_only
from reception.records import SessionRecord
from signalling import document_views as d
from signalling.case_access import case_session, own_ids
from signalling.conference import Conference
from signalling.documents_api import document_list, visible_document
from signalling.presenting import present, take_back
from signalling.problems import Problem
from signalling.routing import Call, Route


async def show_document(call: Call) -> BaseModel:
    """PUT /sessions/{id}/presentation: show a document, or turn its page."""
    body: d.Present = call.body
    record = await case_session(call)
    conference = await call.services.conference(record.id)
    _check_allowed(call, record, conference)
    if record.state not in OPEN_STATES:
        raise Problem(
            409,
            "not_open",
            "The session is not open",
            "Start it first.",
            reason_vi="Buổi tiếp chưa bắt đầu nên chưa trình chiếu được tài liệu.",
            reason_en="The session has not started, so nothing can be presented.",
        )
    document = await visible_document(call, record, body.document_id)
    if (
        own_only(call.extent)
        and not _is_chair(call, record)
        and document.endpoint_id not in (own_ids(call, record) or ())
    ):
        raise Problem(403, "not_own", "A room shows its own documents only")
    if document.removed_at is not None:
        raise Problem(409, "removed", "The document was taken out of the case")
    if document.pages is not None and body.page > document.pages:
        raise Problem(422, "no_such_page", "There is no such page", f"The document has {document.pages}.")
    await present(conference, document, page=body.page, by=call.actor)
    call.facts.update(document=document.id, page=body.page)
    return await document_list(call, record)


async def hide_document(call: Call) -> BaseModel:
    """DELETE /sessions/{id}/presentation."""
    record = await case_session(call)
    conference = await call.services.conference(record.id)
    _check_allowed(call, record, conference)
    shown = conference.room.shown
    foreign = shown is not None and shown.document.endpoint_id not in (own_ids(call, record) or ())
    if own_only(call.extent) and not _is_chair(call, record) and foreign:
        raise Problem(403, "not_own", "A room takes back its own documents only")
    await take_back(conference, by=call.actor)
    return await document_list(call, record)


async def set_rooms_may(call: Call) -> BaseModel:
    """PUT /sessions/{id}/presentation/rooms."""
    body: d.RoomsMay = call.body
    record = await case_session(call)
    conference = await call.services.conference(record.id)
    presentation = conference.room.parts.presentation.model_copy(update={"rooms_may": body.on})
    await conference.room.keep(presentation=presentation)
    conference.remark("rooms_may_present" if body.on else "rooms_may_not_present", by=call.actor)
    return await document_list(call, record)


def _check_allowed(call: Call, record: SessionRecord, conference: Conference) -> None:
    """Rooms other than the chair's show documents only where the session allows it. Raises Problem 403."""
    if not own_only(call.extent) or _is_chair(call, record) or conference.room.parts.presentation.rooms_may:
        return
    raise Problem(
        403,
        "not_allowed",
        "Rooms may not show documents in this session",
        "The operator, the chair or the secretary may allow it.",
        reason_vi="Buổi tiếp này chưa cho phép điểm cầu tự trình chiếu tài liệu.",
        reason_en="Rooms may not show documents in this session; the operator may allow it.",
    )


def _is_chair(call: Call, record: SessionRecord) -> bool:
    """The page of the centre's room is the chair's."""
    endpoint = record.endpoint(call.bearer.endpoint_id)
    return call.bearer.role is Role.ENDPOINT and endpoint is not None and endpoint.role == "central"


_PATH = "/api/v1/sessions/{id}/presentation"

ROUTES = [
    Route(
        method="PUT",
        path=_PATH,
        handler=show_document,
        summary="Show a document in the rooms that may see it, or turn its page",
        permission=Permission.SHARE_DOCUMENT,
        body=d.Present,
        result=d.DocumentList,
    ),
    Route(
        method="DELETE",
        path=_PATH,
        handler=hide_document,
        summary="Take the shown document back, at once",
        permission=Permission.SHARE_DOCUMENT,
        result=d.DocumentList,
    ),
    Route(
        method="PUT",
        path=f"{_PATH}/rooms",
        handler=set_rooms_may,
        summary="Whether rooms may show their own documents",
        permission=Permission.SHARE_DOCUMENT,
        extents=frozenset({Extent.FULL}),
        body=d.RoomsMay,
        result=d.DocumentList,
    ),
]

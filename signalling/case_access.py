"""Who may see what of a case, beyond the permission table, and that nothing is changed which is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reception.case_records import Document
from reception.case_rules import room_may_see
from reception.lifecycle import CLOSED_STATES, SessionState
from reception.marks import Mark
from reception.permissions import Role
from reception.records import EndpointRecord, SessionRecord
from signalling.own_link import usable
from signalling.problems import Problem, not_found

if TYPE_CHECKING:
    from signalling.routing import Call

SEES_ALL = (Role.CHAIR, Role.SECRETARY, Role.ARCHIVIST)
FIXED = frozenset({SessionState.ARCHIVED, SessionState.CANCELLED})


async def case_session(call: Call) -> SessionRecord:
    """The session, if it is the bearer's where only one's own is. Raises Problem 401, 403, 404."""
    record = await call.services.session(call.path("id"))
    bearer = call.bearer
    if bearer.role is Role.ENDPOINT:
        usable(record.endpoint(bearer.endpoint_id), bearer.link)
    elif bearer.role in (Role.TECHNICIAN, Role.DELEGATE) and not own_ids(call, record):
        raise Problem(403, "not_own", "This token permits that for one's own endpoint only")
    return record


def own_ids(call: Call, record: SessionRecord) -> frozenset[str] | None:
    """The bearer's own endpoints; None: the bearer is bound to none."""
    bearer = call.bearer
    if bearer.role is Role.ENDPOINT:
        return frozenset({bearer.endpoint_id})
    if bearer.role in (Role.TECHNICIAN, Role.DELEGATE):
        return frozenset(each.id for each in record.of_unit(bearer.unit))
    return None


def check_own(call: Call, record: SessionRecord, endpoint_id: str) -> EndpointRecord:
    """The endpoint meant, "" for one's own. Raises Problem: another's, none, or none of this id."""
    own = own_ids(call, record)
    wanted = endpoint_id or (next(iter(own), "") if own else "")
    if own is not None and wanted not in own:
        raise Problem(403, "not_own", "This token permits that for one's own endpoint only")
    if not wanted:
        raise Problem(422, "endpoint_needed", "Name the endpoint", "Give `endpoint_id` in the body.")
    found = record.endpoint(wanted)
    if found is None:
        raise not_found("endpoint")
    return found


async def writable(call: Call, record: SessionRecord) -> None:
    """Raises Problem 409 where nothing may be written any more: archived, cancelled, or its minutes are final."""
    if record.state in FIXED:
        raise Problem(
            409,
            "read_only",
            "The session is closed for good; its case is only read now",
            reason_vi="Buổi tiếp đã lưu trữ hoặc đã hủy, hồ sơ chỉ còn để xem.",
            reason_en="The session is archived or cancelled; its case can only be read.",
        )
    marks = await call.services.store.course.marks(record.id)
    if any(each.mark is Mark.MINUTES_FINAL for each in marks):
        raise Problem(
            409,
            "minutes_final",
            "The minutes are final; what they say is not changed any more",
            reason_vi="Biên bản đã hoàn thành nên hồ sơ không sửa được nữa.",
            reason_en="The minutes are final, so the case cannot be changed any more.",
        )


async def read_only_reason(call: Call, record: SessionRecord) -> str:
    """The code of what forbids writing, "" if nothing does."""
    try:
        await writable(call, record)
    except Problem as problem:
        return problem.code
    return ""


async def may_open(call: Call, record: SessionRecord, document: Document) -> bool:
    """Whether the bearer may have the file of this document now."""
    role, own = call.bearer.role, own_ids(call, record)
    if role in SEES_ALL:
        return True
    if own is not None and document.endpoint_id in own and document.removed_at is None:
        return True
    if document.removed_at is not None:
        return False
    if role is Role.OPERATOR:
        return document.visibility != "chu_tri"
    if own is None:
        return document.visibility == "tat_ca"
    endpoints = [each for each in record.endpoints if each.id in own]
    if role is not Role.ENDPOINT:
        return await _at_desk(call, record, document, endpoints)
    return await _on_screen(call, record, document, endpoints)


async def _at_desk(call: Call, record: SessionRecord, document: Document, endpoints: list[EndpointRecord]) -> bool:
    """A delegate reads at his own desk what his room may see; a technician what everybody may."""
    if call.bearer.role is Role.TECHNICIAN:
        return document.visibility == "tat_ca"
    citizens = await call.services.case.citizens(record.id)
    return any(room_may_see(document, each, citizens) for each in endpoints)


async def _on_screen(call: Call, record: SessionRecord, document: Document, endpoints: list[EndpointRecord]) -> bool:
    """A room's page has what is shown now, and no longer than that; the chair's, until the end, what the chair may."""
    if any(each.role == "central" for each in endpoints):
        return record.state not in CLOSED_STATES
    conference = call.services.conferences.get(record.id)
    if conference is None or conference.room.parts.presentation.document_id != document.id:
        return False
    seats = [conference.seats.get(each.id) for each in endpoints]
    inside = all(seat is not None and conference.room.place_of(seat) == "room" for seat in seats)
    citizens = await call.services.case.citizens(record.id)
    return inside and all(room_may_see(document, each, citizens) for each in endpoints)

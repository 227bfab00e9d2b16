"""The document that is shown in the rooms: put up, turned, taken back, and who gets to see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reception.case_records import Document
from reception.case_rules import room_may_see
from reception.store import NotFound
from signalling import room_messages as r

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat
    from signalling.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The document on screen, and the endpoints whose rooms may see it."""

    document: Document
    endpoint_ids: frozenset[str]


async def present(conference: Conference, document: Document, *, page: int, by: str) -> None:
    """Show it, or turn its page. What is shown is in the recording's events with its hash."""
    before = conference.room.parts.presentation
    presentation = before.show(document.id, page=page, by=by, now=datetime.now(UTC))
    conference.room.shown = await _shown(conference, document)
    await conference.room.keep(presentation=presentation)
    kind = "document_page" if before.document_id == document.id else "document_shown"
    _tell(conference, kind, document, by=by, page=page)


async def take_back(conference: Conference, *, by: str) -> None:
    """Nothing is shown any more, at once."""
    shown = conference.room.shown
    conference.room.shown = None
    await conference.room.keep(presentation=conference.room.parts.presentation.take_back())
    if shown is not None:
        _tell(conference, "document_hidden", shown.document, by=by)


async def refresh_shown(services: Services, session_id: str) -> None:
    """Something changed that decides who may see what is on screen: documents, or who sits where."""
    conference = services.conferences.get(session_id)
    if conference is not None:
        await restore_shown(conference)
        conference.room.changed()


async def restore_shown(conference: Conference) -> None:
    """What is on screen by what is kept; what was removed meanwhile is taken back."""
    presentation = conference.room.parts.presentation
    if not presentation.document_id:
        conference.room.shown = None
        return
    try:
        found = await conference.services.case.documents.get(conference.record.id, presentation.document_id)
    except NotFound:
        found = None
    if found is None or found.removed_at is not None:
        await take_back(conference, by="")
        return
    conference.room.shown = await _shown(conference, found)


async def _shown(conference: Conference, document: Document) -> Shown:
    citizens = await conference.services.case.citizens(conference.record.id)
    seats = conference.seats.values()
    allowed = frozenset(each.record.id for each in seats if room_may_see(document, each.record, citizens))
    return Shown(document=document, endpoint_ids=allowed)


def shown_to(conference: Conference, seat: Seat) -> tuple[r.ShownDocument | None, bool]:
    """What a room's page is told; whether something is shown that it may not see."""
    shown, presentation = conference.room.shown, conference.room.parts.presentation
    if shown is None or conference.room.place_of(seat) != "room":
        return None, False
    allowed = seat.record.id in shown.endpoint_ids
    if not allowed and seat.record.role != "central":
        return None, True
    document = shown.document
    told = r.ShownDocument(
        id=document.id,
        name=document.name,
        media_type=document.media_type,
        page=presentation.page,
        pages=document.pages,
        by=presentation.by,
        desk_only=not allowed,
    )
    return told, False


def _tell(conference: Conference, kind: str, document: Document, *, by: str, **facts: object) -> None:
    """Into the recording with name and hash; into the session's events, which more people read, without the name."""
    told: dict[str, Any] = {"document": document.id, "visibility": document.visibility, **facts}
    if conference.recording is not None:
        named = {"text": f"Trình chiếu: {document.name}", "category": "document"} if kind == "document_shown" else {}
        conference.recording.event(kind, by=by, sha256=document.sha256, **told, **named)
    conference.services.background.start(
        conference.services.store.log(conference.record.id, kind, actor=by, **told), name="log"
    )

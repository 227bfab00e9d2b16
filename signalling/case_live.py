"""What a case has to do with a session that runs: what a note is about, and what the recording is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reception.records import SessionRecord
from reception.script_run import running
from reception.session_plan import ScriptItem
from signalling import case_views as c
from signalling.live_room import utc_now
from signalling.marker_api import mark

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.services import Services

KIND_WORDS = {
    "noi_dung": "Nội dung công dân trình bày",
    "y_kien": "Ý kiến của cơ quan",
    "trao_doi": "Trao đổi, đối thoại",
    "ghi_chu": "Ghi chú của thư ký",
    "gop_y": "Góp ý",
}
OUTCOME_WORDS = {
    "": "chưa có",
    "da_ket_luan": "đã kết luận",
    "huong_dan": "hướng dẫn",
    "chuyen": "chuyển cơ quan có thẩm quyền",
    "thu_ly": "thụ lý",
    "tu_choi": "từ chối tiếp",
    "tiep_truc_tiep": "chuyển sang tiếp trực tiếp",
    "khac": "khác",
}


async def about_now(services: Services, record: SessionRecord) -> c.NowView:
    """The item that runs, who has the floor or else speaks, and the time."""
    item = running(await services.store.course.script(record.id))
    conference = services.conferences.get(record.id)
    endpoint_id = _speaking(conference) if conference is not None else ""
    endpoint = record.endpoint(endpoint_id) if endpoint_id else None
    return c.NowView(
        at=utc_now(),
        item_id=item.id if item else "",
        endpoint_id=endpoint_id,
        speaker=endpoint.name if endpoint else "",
    )


def _speaking(conference: Conference) -> str:
    turn = conference.room.parts.queue.turn
    return turn.endpoint_id if turn is not None else str(conference.media.speakers.dominant or "")


async def item_title(services: Services, session_id: str, item_id: str) -> str:
    """The title of an item of the script, "" if there is none of this id."""
    item = await find_item(services, session_id, item_id)
    return item.title if item else ""


async def find_item(services: Services, session_id: str, item_id: str) -> ScriptItem | None:
    """An item of the script."""
    items = await services.store.course.script(session_id)
    return next((each for each in items if each.id == item_id), None)


def tell_recording(services: Services, session_id: str, kind: str, *, endpoint_id: str = "", **facts: Any) -> None:
    """An event in the recording's signed chain, where the session is recorded now."""
    conference = services.conferences.get(session_id)
    if conference is not None and conference.recording is not None:
        about = {"endpoint_id": endpoint_id} if endpoint_id else {}
        conference.recording.event(kind, **facts, **about)


async def mark_recording(services: Services, session_id: str, text: str, *, by: str, endpoint_id: str = "") -> None:
    """A marker in the recording, where the session is recorded now."""
    conference = services.conferences.get(session_id)
    if conference is not None and conference.recording is not None:
        await mark(conference, text[:500], category="note", endpoint_id=endpoint_id or None, by=by)

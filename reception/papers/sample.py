"""A made-up session with one of everything, against which templates are tried (pure)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from config.office_texts import OfficeTexts
from reception.attendance import Attendance, Room
from reception.attendance import Person as Present
from reception.case_records import CaseFile, Citizen, Conclusion, Document, Matter, Note
from reception.incidents import Incident, IncidentLog
from reception.lifecycle import SessionState
from reception.line_record import LineRecord, LineSum, Outage
from reception.notices import Acknowledgement, Notices
from reception.papers.facts import CheckFact, GapFact, MinutesFact, RecordingFact, SessionFacts, SignatureFact
from reception.records import EndpointRecord, EventRecord, RegisteredEndpoint, SessionRecord
from reception.session_plan import Approval, Person, ScriptItem, SessionPlan

_ID = "mau"
_START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def _at(minutes: float) -> datetime:
    return _START + timedelta(minutes=minutes)


_PLAN = SessionPlan(
    host_organisation="Cơ quan mẫu",
    competent_level="tinh",
    coordinating_bodies=("Sở mẫu",),
    chair_name="Người Chủ Trì",
    chair_office="Chủ tịch",
    secretary="Người Thư Ký",
    operators=("Người Điều Phối",),
    matter_class=6,
    reason_online="khac",
    reason_online_note="Ghi rõ",
    group_size=5,
    representatives=1,
    planned_start=_START,
    planned_minutes=60,
    retention="15_nam",
    note="Ghi chú",
    approval=Approval(name="Người Phê Duyệt", document_no="01/QĐ", at=_START),
)
_ENDPOINTS = (
    EndpointRecord(id="e1", session_id=_ID, name="Điểm cầu trung tâm mẫu", role="central", registered_id="r1"),
    EndpointRecord(id="e2", session_id=_ID, name="Xã mẫu", role="delegate", people=(Person(name="Đại Biểu"),)),
    EndpointRecord(id="e3", session_id=_ID, name="Giám sát mẫu", role="observer"),
)
_CASE = CaseFile(
    citizens=(Citizen(id="c1", session_id=_ID, endpoint_id="e2", name="Công Dân", item_id="i1", id_number="0" * 12),),
    matters=(
        Matter(session_id=_ID, item_id="i1", summary="Vụ việc", resolved_by="Cơ quan", outcome="da_ket_luan"),
        Matter(session_id=_ID, item_id="i2", outcome="tu_choi", refusal_ground="khac", result="Lý do"),
    ),
    notes=tuple(
        Note(id=kind, session_id=_ID, item_id="i1", at=_at(9), speaker="Người nói", kind=kind, text="Lời nói")
        for kind in ("noi_dung", "y_kien", "trao_doi")
    ),
    conclusions=(Conclusion(session_id=_ID, task="Việc", owner="Đơn vị", deadline=date(2026, 2, 1)),),
    documents=(
        Document(session_id=_ID, name="Tài liệu", media_type="application/pdf", pages=1, endpoint_id="e2", at=_at(9)),
    ),
)


def _events() -> tuple[EventRecord, ...]:
    kinds = ("start", "pause", "resume", "interrupt", "resume", "end")
    return tuple(
        EventRecord(
            id=number,
            session_id=_ID,
            at=_at(10 * number),
            kind=kind,
            endpoint_id=None,
            actor="Người Điều Phối",
            version=1,
            facts={},
        )
        for number, kind in enumerate(kinds)
    )


def _script() -> tuple[ScriptItem, ...]:
    times = {"state": "done", "started_at": _at(5), "ended_at": _at(20)}
    return (
        ScriptItem(id="i1", title="Mục một", speaker="Công dân", minutes=15, documents=("Tài liệu",), **times),  # type: ignore[arg-type]
        ScriptItem(id="i2", title="Mục hai", minutes=15, state="waived", reason="Lý do"),
    )


def sample_facts(texts: OfficeTexts) -> SessionFacts:
    """The session."""
    record = SessionRecord(
        id=_ID,
        title="Buổi tiếp mẫu",
        kind="dinh_ky",
        profile="30-5",
        state=SessionState.ENDED,
        created_at=_START,
        started_at=_START,
        ended_at=_at(50),
        spotlight=None,
        endpoints=_ENDPOINTS,
        code="TCD-2026-01-0001",
        plan=_PLAN,
    )
    incident = Incident(
        id="1", kind="other", endpoint_id="e2", alarm_id=None, opened_at=_at(8), opened_by="A", closed_at=_at(9)
    )
    line = LineSum(expected_s=60, here_s=50, outages=1, missing=[Outage(begins=_at(6), ends=_at(7))])
    return SessionFacts(
        record=record,
        now=_at(60),
        texts=texts,
        script=_script(),
        events=_events(),
        case=_CASE,
        attendance=Attendance(rooms={"e2": Room(people=(Present(name="Đại Biểu", present=True),))}),
        notices=Notices(acknowledged={"e2": Acknowledgement(name="Cán Bộ", place="Xã", version="1", at=_START)}),
        incidents=IncidentLog(incidents=(incident,)),
        minutes=MinutesFact(number="1", signatures=(SignatureFact(endpoint_id="e1", person="Người Chủ Trì"),)),
        recording=RecordingFact(
            seal="0" * 64,
            begins=_START,
            ends=_at(50),
            gaps=(GapFact(endpoint_id="", cause="Nguyên nhân", begins=_at(3), ends=_at(4)),),
        ),
        checks={"e1": CheckFact(state="pass"), "e2": CheckFact(state="waived", reason="Lý do")},
        lines=LineRecord(live_s=60, endpoints={"e1": line, "e2": line}),
        rooms={"r1": RegisteredEndpoint(id="r1", name="Phòng", level="tinh", technician="KTV", room="101")},
        retention_words="15 năm",
    )

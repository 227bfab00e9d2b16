"""A session of which every figure is known, for the papers' tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.office_texts import load_texts
from reception.attendance import Attendance, Room
from reception.attendance import Person as Present
from reception.case_records import CaseFile, Citizen, Conclusion, Document, Matter, Note
from reception.incidents import Entry, Incident, IncidentLog
from reception.lifecycle import SessionState
from reception.line_record import LineRecord, LineSum, Outage
from reception.notices import Acknowledgement, Notices
from reception.papers.facts import (
    CheckFact,
    GapFact,
    LineFact,
    MinutesFact,
    PlanFact,
    RecordingFact,
    SessionFacts,
    SignatureFact,
)
from reception.records import EndpointRecord, EventRecord, RegisteredEndpoint, SessionRecord
from reception.session_plan import Approval, Person, ScriptItem, SessionPlan

TEXTS = load_texts(None)
START = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam
SEAL = "ab12cd34" * 8
NUMBER = "040123456789"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def endpoint(name: str, role: str, **more: Any) -> EndpointRecord:
    return EndpointRecord(id=name.casefold().replace(" ", "-"), session_id="s1", name=name, role=role, **more)


CENTRE = endpoint("Trụ sở tỉnh", "central", registered_id="r1", organisation="UBND tỉnh")
COMMUNE = endpoint("Xã Tương Dương", "delegate", people=(Person(name="Lô Văn Bảy", office="Chủ tịch UBND xã"),))
WATCHER = endpoint("Thanh tra tỉnh", "observer")

PLAN = SessionPlan(
    host_organisation="Ban Tiếp công dân tỉnh",
    competent_level="tinh",
    coordinating_bodies=("Sở Nông nghiệp và Môi trường",),
    chair_name="Nguyễn Văn Anh",
    chair_office="Chủ tịch UBND tỉnh",
    secretary="Trần Thị Bình",
    operators=("Phạm Cường", "Vi Thị Dung"),
    matter_class=3,
    reason_online="nhieu_cap_xa_dia_ly",
    group_size=6,
    representatives=2,
    appointment_paper=True,
    planned_start=START,
    planned_minutes=90,
    no_state_secrets=True,
    retention="15_nam",
    approval=Approval(name="Nguyễn Văn Anh", office="Chủ tịch UBND tỉnh", document_no="12/QĐ-UBND", at=START),
)
RECORD = SessionRecord(
    id="s1",
    title="Tiếp công dân định kỳ tháng 11",
    kind="dinh_ky",
    profile="30-5",
    state=SessionState.ENDED,
    created_at=START,
    started_at=START,
    ended_at=at(3600),
    spotlight=None,
    endpoints=(CENTRE, COMMUNE, WATCHER),
    code="TCD-2026-11-0001",
    plan=PLAN,
)
SCRIPT = (
    ScriptItem(id="i1", title="Khai mạc", minutes=5, state="done", started_at=at(0), ended_at=at(300)),
    ScriptItem(id="i2", title="Vụ đất đai ông Lô Văn Tám", minutes=40, state="done", started_at=at(300)),
    ScriptItem(id="i3", title="Vụ bà Hà Thị Chín", minutes=20, state="waived", reason="Hết thời gian"),
)


def citizen(number: int, name: str, **more: Any) -> Citizen:
    values: dict[str, Any] = {
        "endpoint_id": COMMUNE.id,
        "item_id": "i2",
        "id_number": NUMBER,
        "address": "Bản Can, xã Tương Dương",
    }
    return Citizen(id=f"c{number}", session_id="s1", name=name, **{**values, **more})


CASE = CaseFile(
    citizens=(
        citizen(1, "Lô Văn Tám", birth_year=1961, times="nhieu_lan", checked_by="Vi Văn Mười", checked_at=at(-600)),
        citizen(2, "Lô Thị Mai", capacity="dai_dien", paper="Giấy cử đại diện", acknowledged_at=at(-300)),
        citizen(3, "Đỗ Luật Sư", capacity="luat_su"),
        citizen(4, "Hà Thị Chín", item_id="i3", endpoint_id=CENTRE.id, id_number="1234567"),
    ),
    matters=(
        Matter(
            session_id="s1",
            item_id="i2",
            summary="Bồi thường đất <5.000 m²> & tái định cư",
            resolved_by="UBND huyện Tương Dương (cũ)",
            handling="thu_ly",
            outcome="da_ket_luan",
            result="Giao Sở rà soát",
            follow_up="Đang rà soát",
        ),
        Matter(
            session_id="s1",
            item_id="i3",
            summary="Việc đã giải quyết",
            kind="kien_nghi_phan_anh",
            handling="tra_don",
            outcome="tu_choi",
            refusal_ground="da_giai_quyet",
            result="Đã có thông báo số 45/TB-UBND",
            changed_at=at(3000),
        ),
    ),
    notes=(
        Note(id="n1", session_id="s1", item_id="i2", at=at(400), endpoint_id=COMMUNE.id, speaker="Lô Văn Tám",
             kind="noi_dung", text="Đề nghị xem lại\ndiện tích {{ title }}"),
        Note(id="n2", session_id="s1", item_id="i2", at=at(900), speaker="Sở Nông nghiệp", kind="y_kien",
             text="Sẽ đo đạc lại"),
        Note(id="n3", session_id="s1", item_id="i2", at=at(950), kind="ghi_chu", text="RIÊNG CỦA THƯ KÝ"),
    ),
    conclusions=(
        Conclusion(id="k1", session_id="s1", item_id="i2", task="Đo đạc lại", owner="Sở Nông nghiệp và Môi trường",
                   deadline=date(2026, 12, 31)),
        Conclusion(id="k2", session_id="s1", item_id="i2", task="Trả lời công dân", owner="UBND xã Tương Dương",
                   deadline=date(2026, 12, 1)),
    ),
    documents=(
        Document(id="d1", session_id="s1", name="Đơn khiếu nại.pdf", media_type="application/pdf", sha256="ef" * 32,
                 pages=3, form="ban_goc", from_whom="Lô Văn Tám", endpoint_id=COMMUNE.id, received_by="Vi Văn Mười",
                 at=at(500)),
        Document(id="d2", session_id="s1", name="Bản đồ.pdf", media_type="application/pdf", pages=2,
                 from_whom="Lô Văn Tám", endpoint_id=COMMUNE.id, received_by="Vi Văn Mười", at=at(520)),
    ),
)  # fmt: skip


def event(number: int, kind: str, seconds: float, **facts: Any) -> EventRecord:
    return EventRecord(
        id=number,
        session_id="s1",
        at=at(seconds),
        kind=kind,
        endpoint_id=None,
        actor="Phạm Cường",
        version=1,
        facts=facts,
    )


EVENTS = (
    event(1, "start", 0),
    event(2, "pause", 600),
    event(3, "resume", 720),
    event(4, "interrupt", 1000, cause="server_restarted"),
    event(5, "resume", 1030),
    event(6, "end", 3600),
)
LINES = LineRecord(
    live_s=3450,
    endpoints={
        CENTRE.id: LineSum(expected_s=3450, here_s=3450, measured_s=3450, up_bits=3450 * 1_000_000),
        COMMUNE.id: LineSum(
            expected_s=3400,
            here_s=3332,  # 98 %
            measured_s=1000,
            up_bits=1000 * 1_500_000,
            down_bits=1000 * 2_250_000,
            loss_up=20.0,  # 2 %
            loss_down=5.0,  # 0.5 %
            rtt_sum=80.0,
            rtt_count=1000,  # 80 ms
            rtt_most=0.4,
            outages=2,
            missing=[Outage(begins=at(1500), ends=at(1563)), Outage(begins=at(2000), ends=at(2005))],
        ),
    },
)
RECORDING = RecordingFact(
    seal=SEAL,
    begins=at(0),
    ends=at(3600),
    bytes=123_400_000,
    gaps=(
        GapFact(endpoint_id="", cause="Máy chủ dừng", begins=at(1000), ends=at(1018)),
        GapFact(endpoint_id=COMMUNE.id, cause="Mất gói tin", begins=at(1010), ends=at(1036), packets=500),
    ),
)
INCIDENTS = IncidentLog(
    incidents=(
        Incident(
            id="1",
            kind="connection",
            endpoint_id=COMMUNE.id,
            alarm_id=None,
            opened_at=at(1500),
            opened_by="Phạm Cường",
            entries=(Entry(at=at(1510), by="Phạm Cường", text="Đã gọi điện"),),
            closed_at=at(1560),
            closed_by="Phạm Cường",
            outcome="Chuyển sang 4G",
        ),
    )
)
SIGNATURES = (
    SignatureFact(endpoint_id=CENTRE.id, person="Nguyễn Văn Anh", capacity="Người chủ trì", state="da_ky", at=at(4000)),
    SignatureFact(endpoint_id=COMMUNE.id, person="Lô Văn Tám", capacity="Công dân", state="diem_chi"),
    SignatureFact(
        endpoint_id=COMMUNE.id, person="Lô Thị Mai", capacity="Công dân", state="tu_choi_ky", reason="Chưa đồng ý"
    ),
)
ATTENDANCE = Attendance(
    rooms={
        COMMUNE.id: Room(
            people=(
                Present(name="Lô Văn Bảy", office="Chủ tịch UBND xã", present=True),
                Present(name="Kha Văn Một", capacity="technician", present=False),
            ),
            called_at=at(10),
            called_by="Phạm Cường",
        )
    }
)
ROOM = RegisteredEndpoint(
    id="r1",
    name="Trụ sở tỉnh",
    level="tinh",
    organisation="Ban Tiếp công dân tỉnh",
    place="Số 1 Phan Đăng Lưu",
    room="Phòng 101",
    line="30-5",
    technician="Hồ Sỹ Hai",
    phone="0912000111",
    equipment="Poly G7500, TV 75 inch",
)
READ_ALOUD = Acknowledgement(name="Vi Văn Mười", place="Xã", version="2026-1", at=at(-60))
CENTRE_HAS = {"software.browser": "Chromium 140", "camera.height": 1080.0, "camera.fps": 25.0}
FACTS = SessionFacts(
    record=RECORD,
    now=at(5000),
    texts=TEXTS,
    script=SCRIPT,
    events=EVENTS,
    attendance=ATTENDANCE,
    notices=Notices(acknowledged={COMMUNE.id: READ_ALOUD}),
    incidents=INCIDENTS,
    case=CASE,
    minutes=MinutesFact(number="12/BB-TCD", final=True, signatures=SIGNATURES, recording_hash=SEAL),
    recording=RECORDING,
    checks={
        CENTRE.id: CheckFact(state="pass", values=CENTRE_HAS),
        COMMUNE.id: CheckFact(state="waived", by="Phạm Cường", reason="Đã gọi điện kiểm tra"),
    },
    lines=LINES,
    rooms={"r1": ROOM},
    plan=PlanFact(
        profile="30-5",
        site_bps=30_000_000,
        media_share=0.8,
        central=LineFact(down_bps=30_000_000, up_bps=30_000_000),
        delegate=LineFact(down_bps=5_000_000, up_bps=5_000_000),
        needed_bytes=2_100_000_000,
        free_bytes=500_000_000_000,
        udp_port=8080,
        web_port=8080,
        public_url="https://tiepdan.example.vn",
    ),
    retention_words="15 năm",
)  # fmt: skip


def other(number: int, **plan: Any) -> SessionFacts:
    """A further session: one month later for each number, with nothing in it but its plan."""
    begins = datetime(2026, 11, 30 - number, 3, 0, tzinfo=UTC)
    kind = plan.pop("kind", "dot_xuat")
    record = replace(
        RECORD,
        id=f"o{number}",
        code=f"TCD-2026-11-000{number + 1}",
        kind=kind,
        started_at=begins,
        ended_at=begins + timedelta(hours=1),
        plan=replace(PLAN, **{"group_size": 0, "matter_class": 6, **plan}),
    )
    return SessionFacts(record=record, now=at(5000), texts=TEXTS)

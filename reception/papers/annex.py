"""The technical annex (pure): availability, interruptions, loss and recording coverage, per session and endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reception.line_record import LineSum
from reception.papers import words as w
from reception.papers.facts import SessionFacts, open_seconds, standstill_seconds, standstills
from reception.papers.tables import Cell, Column, Table
from reception.records import EndpointRecord

PASSED = ("pass", "warn")
TESTED = ("pass", "warn", "fail", "waived")

_SESSION = (
    Column(key="ma", title="Mã buổi tiếp", width=18),
    Column(key="ten", title="Buổi tiếp", width=34),
    Column(key="bat_dau", title="Bắt đầu", width=17, format="moment"),
    Column(key="ket_thuc", title="Kết thúc", width=17, format="moment"),
    Column(key="mo_s", title="Thời gian mở (giây)", format="count"),
    Column(key="diem_cau", title="Số điểm cầu", width=9, format="count"),
    Column(key="kiem_tra", title="Điểm cầu đạt kiểm tra", width=10, format="percent"),
    Column(key="san_sang", title="Độ sẵn sàng bình quân", width=11, format="percent"),
    Column(key="gian_doan", title="Số lần gián đoạn", width=10, format="count"),
    Column(key="gian_doan_s", title="Gián đoạn (giây)", width=11, format="number"),
    Column(key="tam_dung_s", title="Tạm dừng (giây)", width=11, format="number"),
    Column(key="phu_ghi", title="Bản ghi phủ", width=10, format="percent"),
    Column(key="khoang_thieu", title="Số khoảng thiếu", width=9, format="count"),
    Column(key="dung_luong", title="Dung lượng (MB)", width=12, format="number"),
    Column(key="su_co", title="Số sự cố", width=8, format="count"),
    Column(key="nhan_luc_h", title="Giờ vận hành tại trung tâm", width=12, format="number"),
    Column(key="ma_bam", title="Mã băm bản ghi (SHA-256)", width=40),
)
_ENDPOINT = (
    Column(key="ma", title="Mã buổi tiếp", width=18),
    Column(key="diem_cau", title="Điểm cầu", width=26),
    Column(key="vai_tro", title="Vai trò", width=22),
    Column(key="kiem_tra", title="Kiểm tra kỹ thuật", width=16),
    Column(key="can_co_s", title="Thời gian tham gia (giây)", format="count"),
    Column(key="co_mat_s", title="Có kết nối (giây)", format="count"),
    Column(key="san_sang", title="Độ sẵn sàng", width=10, format="percent"),
    Column(key="gian_doan", title="Số lần mất kết nối", width=10, format="count"),
    Column(key="gian_doan_s", title="Mất kết nối (giây)", width=11, format="number"),
    Column(key="mat_goi_len", title="Mất gói chiều lên", width=10, format="percent"),
    Column(key="mat_goi_xuong", title="Mất gói chiều xuống", width=10, format="percent"),
    Column(key="tre_ms", title="Trễ khứ hồi (ms)", width=10, format="number"),
    Column(key="tre_lon_nhat_ms", title="Trễ lớn nhất (ms)", width=10, format="number"),
    Column(key="len_mbps", title="Tốc độ lên (Mb/s)", width=10, format="number"),
    Column(key="xuong_mbps", title="Tốc độ xuống (Mb/s)", width=10, format="number"),
    Column(key="phu_ghi", title="Bản ghi phủ", width=10, format="percent"),
    Column(key="khoang_thieu_s", title="Thiếu trong bản ghi (giây)", width=11, format="number"),
)
_INTERRUPTION = (
    Column(key="ma", title="Mã buổi tiếp", width=18),
    Column(key="diem_cau", title="Điểm cầu", width=26),
    Column(key="loai", title="Loại", width=22),
    Column(key="tu", title="Từ", width=17),
    Column(key="den", title="Đến", width=17),
    Column(key="giay", title="Số giây", width=10, format="number"),
    Column(key="nguyen_nhan", title="Nguyên nhân, người thực hiện", width=36),
)
_INCIDENT = (
    Column(key="loai", title="Loại sự cố", width=22),
    Column(key="so_lan", title="Số lần", width=10, format="count"),
    Column(key="da_xong", title="Đã xử lý", width=10, format="count"),
    Column(key="xu_ly_s", title="Thời gian xử lý bình quân (giây)", width=16, format="number"),
)
AVAILABILITY_NOTE = (
    "Độ sẵn sàng = thời gian có kết nối hình, tiếng / thời gian buổi tiếp diễn ra kể từ khi điểm cầu vào lần đầu "
    "(không tính lúc chờ ngoài phòng hoặc ở phòng hội ý). Bản ghi phủ = phần thời gian mở không nằm trong khoảng thiếu."
)


def annex(sessions: Iterable[SessionFacts]) -> tuple[Table, ...]:
    """The tables: sessions, endpoints, interruptions, incidents by cause. What never began is left out."""
    held = [each for each in sessions if each.record.started_at is not None]
    held.sort(key=lambda each: (each.record.started_at, each.record.id))
    return (
        Table(
            key="diem_cau",
            title="Theo điểm cầu",
            columns=_ENDPOINT,
            rows=tuple(_endpoint(facts, each) for facts in held for each in facts.endpoints),
            note=AVAILABILITY_NOTE,
        ),
        Table(key="buoi_tiep", title="Theo buổi tiếp", columns=_SESSION, rows=tuple(_session(each) for each in held)),
        Table(
            key="gian_doan",
            title="Gián đoạn và khoảng thiếu",
            columns=_INTERRUPTION,
            rows=tuple(row for facts in held for row in _interruptions(facts)),
        ),
        Table(key="su_co", title="Sự cố theo nguyên nhân", columns=_INCIDENT, rows=_incidents(held)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the time a session was open its recording has. share: 0 to 1. missing_s: seconds that it has not."""

    share: float
    missing_s: float


def coverage(facts: SessionFacts, endpoint_id: str = "") -> Coverage | None:
    """Of everybody, or of one endpoint too (what all lack it lacks as well); None where there is no recording.

    Gaps that overlap count once; what lies before the recording's first or after its last moment is missing too.
    """
    found, record = facts.recording, facts.record
    whole = open_seconds(record, facts.now)
    if found is None or not whole or record.started_at is None or found.begins is None:
        return None
    until = record.ended_at or facts.now
    missing = [
        (each.begins, each.ends) for each in found.gaps if each.endpoint_id in ("", endpoint_id) and each.seconds > 0
    ]
    missing.append((record.started_at, found.begins))
    if found.ends is not None:
        missing.append((found.ends, until))
    seconds = min(whole, _covered(missing, record.started_at, until))
    return Coverage(share=1 - seconds / whole, missing_s=seconds)


def _covered(spans: list[tuple[datetime, datetime]], begins: datetime, ends: datetime) -> float:
    """Seconds from `begins` to `ends` that lie in at least one span."""
    total, reached = 0.0, begins
    for start, stop in sorted(spans):
        start, stop = max(start, reached), min(stop, ends)
        if stop > start:
            total += (stop - start).total_seconds()
            reached = stop
    return total


def _session(facts: SessionFacts) -> dict[str, Cell]:
    record = facts.record
    checked = [facts.checks[each.id].state for each in _sending(facts) if each.id in facts.checks]
    shares = [line.availability for line in map(facts.lines.of, (each.id for each in _sending(facts)))]
    known = [each for each in shares if each is not None]
    covered = coverage(facts)
    seconds = open_seconds(record, facts.now)
    return {
        "ma": record.code,
        "ten": record.title,
        "bat_dau": record.started_at,
        "ket_thuc": record.ended_at,
        "mo_s": round(seconds),
        "diem_cau": len(facts.endpoints),
        "kiem_tra": sum(1 for each in checked if each in PASSED) / len(checked) if checked else None,
        "san_sang": sum(known) / len(known) if known else None,
        "gian_doan": sum(1 for each in standstills(facts.events) if each.kind == "interrupt"),
        "gian_doan_s": standstill_seconds(facts, "interrupt"),
        "tam_dung_s": standstill_seconds(facts, "pause"),
        "phu_ghi": covered.share if covered else None,
        "khoang_thieu": len(facts.recording.gaps) if facts.recording else None,
        "dung_luong": facts.recording.bytes / 1e6 if facts.recording else None,
        "su_co": len(facts.incidents.incidents),
        "nhan_luc_h": len(record.plan.operators) * seconds / 3600,
        "ma_bam": facts.recording.seal if facts.recording else "",
    }


def _sending(facts: SessionFacts) -> list[EndpointRecord]:
    return [each for each in facts.endpoints if each.role != "observer"]


def _endpoint(facts: SessionFacts, endpoint: EndpointRecord) -> dict[str, Cell]:
    line = facts.lines.endpoints.get(endpoint.id, LineSum())
    outages = line.all_outages(facts.record.ended_at or facts.now)
    covered = coverage(facts, endpoint.id) if endpoint.role != "observer" else None
    check = facts.checks.get(endpoint.id)
    up, down = line.mean(line.up_bits), line.mean(line.down_bits)
    return {
        "ma": facts.record.code,
        "diem_cau": endpoint.name,
        "vai_tro": w.ROLES[endpoint.role],
        "kiem_tra": w.CHECKS[check.state] if check else w.CHECKS["missing"],
        "can_co_s": line.expected_s,
        "co_mat_s": line.here_s,
        "san_sang": line.availability,
        "gian_doan": line.outages + (line.away_since is not None),
        "gian_doan_s": sum(each.seconds for each in outages),
        "mat_goi_len": line.mean(line.loss_up),
        "mat_goi_xuong": line.mean(line.loss_down),
        "tre_ms": line.rtt_ms,
        "tre_lon_nhat_ms": 1000 * line.rtt_most if line.rtt_count else None,
        "len_mbps": up / 1e6 if up is not None else None,
        "xuong_mbps": down / 1e6 if down is not None else None,
        "phu_ghi": covered.share if covered else None,
        "khoang_thieu_s": covered.missing_s if covered else None,
    }


def _interruptions(facts: SessionFacts) -> list[dict[str, Cell]]:
    until = facts.record.ended_at or facts.now
    found: list[tuple[datetime, datetime, str, str, str]] = [
        (each.begins, each.ends or until, "Toàn bộ", w.STANDSTILLS[each.kind], w.sentence(each.reason, each.actor))
        for each in standstills(facts.events)
    ]
    for endpoint in facts.endpoints:
        line = facts.lines.endpoints.get(endpoint.id, LineSum())
        found += [(each.begins, each.ends, endpoint.name, "Mất kết nối", "") for each in line.all_outages(until)]
    for gap in facts.recording.gaps if facts.recording else ():
        name = facts.name_of(gap.endpoint_id) or "Toàn bộ"
        told = w.sentence(gap.cause, f"{gap.packets} gói" if gap.packets else "")
        found.append((gap.begins, gap.ends, name, "Khoảng thiếu trong bản ghi", told))
    found.sort(key=lambda each: each[0])
    return [
        {
            "ma": facts.record.code,
            "diem_cau": name,
            "loai": kind,
            "tu": f"{w.day(begins)} {w.clock(begins)}",
            "den": f"{w.day(ends)} {w.clock(ends)}",
            "giay": max(0.0, (ends - begins).total_seconds()),
            "nguyen_nhan": cause,
        }
        for begins, ends, name, kind, cause in found
    ]


def _incidents(held: Iterable[SessionFacts]) -> tuple[dict[str, Cell], ...]:
    found = [each for facts in held for each in facts.incidents.incidents]
    rows: list[dict[str, Cell]] = []
    for kind, title in w.INCIDENTS.items():
        mine = [each for each in found if each.kind == kind]
        closed = [(each.closed_at - each.opened_at).total_seconds() for each in mine if each.closed_at is not None]
        if mine:
            mean = sum(closed) / len(closed) if closed else None
            rows.append({"loai": title, "so_lan": len(mine), "da_xong": len(closed), "xu_ly_s": mean})
    return tuple(rows)

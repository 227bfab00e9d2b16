"""Technical plan, session sheet and equipment list of a session (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reception.papers import words as w
from reception.papers.facts import CheckFact, SessionFacts
from reception.papers.heading import heading
from reception.papers.minutes import approval_words, class_words
from reception.papers.tables import Cell, Column, Table
from reception.records import EndpointRecord, RegisteredEndpoint
from reception.session_plan import recommended_operators

_EQUIPMENT = (
    Column(key="diem_cau", title="Điểm cầu", width=26),
    Column(key="vai_tro", title="Vai trò, cấp", width=22),
    Column(key="co_quan", title="Cơ quan", width=26),
    Column(key="dia_diem", title="Phòng, địa điểm", width=28),
    Column(key="duong_truyen", title="Đường truyền đăng ký", width=16),
    Column(key="thiet_bi", title="Thiết bị đăng ký", width=36),
    Column(key="trinh_duyet", title="Trình duyệt, phần mềm", width=24),
    Column(key="may_anh", title="Camera", width=18),
    Column(key="so_may_anh", title="Số camera", width=8),
    Column(key="man_hinh", title="Màn hình", width=14),
    Column(key="giai_ma", title="Giải mã, bộ mã", width=24),
    Column(key="am_thanh", title="Âm thanh (đỉnh, nền)", width=20),
    Column(key="xuong", title="Tải xuống đo được (Mb/s)", width=12, format="number"),
    Column(key="len", title="Tải lên đo được (Mb/s)", width=12, format="number"),
    Column(key="luu_dien", title="Lưu điện", width=14),
    Column(key="luu_tru", title="Lưu trữ (GB trống)", width=12, format="number"),
    Column(key="kiem_tra", title="Kiểm tra kỹ thuật", width=18),
    Column(key="ngay_kiem_tra", title="Lúc kiểm tra", width=17, format="moment"),
    Column(key="ky_thuat_vien", title="Kỹ thuật viên", width=26),
)


def technical_plan(facts: SessionFacts) -> dict[str, Any]:
    """Phương án kỹ thuật: endpoints, lines, budgets, contacts, fallback."""
    plan, profile = facts.record.plan, facts.plan
    seats = facts.endpoints
    return {
        **heading(facts, "plan"),
        "planned": w.moment(plan.planned_start) or "chưa xếp lịch",
        "minutes": plan.planned_minutes or "",
        "chair": w.sentence(plan.chair_name, plan.chair_office),
        "approval": approval_words(facts),
        "profile": profile.profile,
        "site": w.mbps(profile.site_bps),
        "media_share": f"{w.number(100 * profile.media_share)} %",
        "media_budget": w.mbps(profile.site_bps * profile.media_share),
        "verdict": profile.verdict or "Đường truyền theo cấu hình này đủ cho số điểm cầu của buổi tiếp.",
        "endpoints": [_planned(facts, each, n) for n, each in enumerate(seats, start=1)],
        "endpoint_count": len(seats),
        "operators": list(plan.operators),
        "operators_line": ", ".join(plan.operators) or "chưa phân công",
        "recommended_operators": recommended_operators(len(seats)),
        "disk_needed": f"{w.number(profile.needed_bytes / 1e9, 1)} GB",
        "disk_free": f"{w.number(profile.free_bytes / 1e9, 1)} GB",
        "web_port": profile.web_port,
        "udp_port": profile.udp_port,
        "public_url": profile.public_url,
        "checks": list(w.CHECK_ITEMS.values()),
    }


def _planned(facts: SessionFacts, endpoint: EndpointRecord, number: int) -> dict[str, Any]:
    room, line = facts.room_of(endpoint), facts.plan.line(endpoint.role)
    check = facts.checks.get(endpoint.id)
    down = _least(endpoint.cap_down_bps, line.down_bps if line else 0)
    up = _least(endpoint.cap_up_bps, line.up_bps if line else 0)
    return {
        "number": number,
        "name": endpoint.name,
        "role": w.ROLES[endpoint.role],
        "organisation": endpoint.organisation or (room.organisation if room else ""),
        "place": w.sentence(room.room, room.place) if room else "",
        "line": room.line if room else "",
        "down": w.mbps(down) if down else "–",
        "up": w.mbps(up) if up else "–",
        "technician": (room.technician if room else "") or "chưa có",
        "phone": (room.phone if room else "") or "chưa có",
        "check": w.CHECKS[check.state] if check else w.CHECKS["missing"],
        "backup": _backup(check),
    }


def _least(cap: int | None, line: int) -> int:
    return min(cap, line) if cap is not None else line


def _backup(check: CheckFact | None) -> str:
    answer = check.values.get("network.backup") if check else None
    return {"yes": "có", "no": "không", "na": "không có"}.get(str(answer), "chưa xác nhận")


def session_sheet(facts: SessionFacts) -> dict[str, Any]:
    """Phiếu buổi tiếp: one or two pages that operators and secretary have before them."""
    plan = facts.record.plan
    total = sum(each.minutes for each in facts.script)
    return {
        **heading(facts, "plan"),
        "state": w.STATES[facts.record.state],
        "planned": w.moment(plan.planned_start) or "chưa xếp lịch",
        "minutes": plan.planned_minutes or "",
        "chair": w.sentence(plan.chair_name, plan.chair_office) or "chưa ghi",
        "secretary": plan.secretary or "chưa ghi",
        "operators": ", ".join(plan.operators) or "chưa phân công",
        "approval": approval_words(facts) or "chưa phê duyệt",
        "level": w.LEVELS.get(plan.competent_level, ""),
        "bodies": ", ".join(plan.coordinating_bodies),
        "matter_class": class_words(facts),
        "reason_online": facts.texts.reasons_online.get(plan.reason_online, ""),  # type: ignore[call-overload]
        "reason_online_note": plan.reason_online_note,
        "group_size": plan.group_size,
        "representatives": plan.representatives,
        "note": plan.note,
        "endpoints": [
            {**_planned(facts, each, n), "people": "; ".join(w.sentence(p.name, p.office) for p in each.people)}
            for n, each in enumerate(facts.endpoints, start=1)
        ],
        "script": [
            {
                "number": n,
                "title": each.title,
                "speaker": each.speaker,
                "minutes": each.minutes or "",
                "documents": ", ".join(each.documents),
            }
            for n, each in enumerate(facts.script, start=1)
        ],
        "script_minutes": total or "",
        "documents": [{"name": each.name, "form": w.FORMS[each.form]} for each in facts.case.documents],
    }


def equipment(facts: SessionFacts) -> Table:
    """What each endpoint has: what the registry says, and what its page measured last."""
    rows = tuple(_equipped(facts, each) for each in facts.endpoints)
    return Table(key="thiet_bi", title="Danh mục thiết bị theo điểm cầu", columns=_EQUIPMENT, rows=rows)


def registry_equipment(rooms: Sequence[tuple[RegisteredEndpoint, CheckFact | None]], *, place: str = "") -> Table:
    """The same of all rooms in the registry, each with its newest survey. place: of this organisation only."""
    rows = [
        _row(name=room.name, role=w.LEVELS.get(room.level, room.level), room=room, check=check)
        for room, check in rooms
        if place in ("", room.organisation)
    ]
    return Table(key="thiet_bi", title="Danh mục thiết bị theo điểm cầu", columns=_EQUIPMENT, rows=tuple(rows))


def _equipped(facts: SessionFacts, endpoint: EndpointRecord) -> dict[str, Cell]:
    room, check = facts.room_of(endpoint), facts.checks.get(endpoint.id)
    row = _row(name=endpoint.name, role=w.ROLES[endpoint.role], room=room, check=check)
    return {**row, "co_quan": endpoint.organisation or row["co_quan"]}


def _row(*, name: str, role: str, room: RegisteredEndpoint | None, check: CheckFact | None) -> dict[str, Cell]:
    values = check.values if check else {}

    def pair(one: str, other: str, join: str, unit: str = "") -> str:
        found = [values.get(one), values.get(other)]
        return join.join(_text(each) for each in found) + unit if None not in found else ""

    return {
        "diem_cau": name,
        "vai_tro": role,
        "co_quan": room.organisation if room else "",
        "dia_diem": w.sentence(room.room, room.place) if room else "",
        "duong_truyen": room.line if room else "",
        "thiet_bi": room.equipment if room else "",
        "trinh_duyet": _text(values.get("software.browser")),
        "may_anh": pair("camera.height", "camera.fps", "p, ", " hình/giây"),
        "so_may_anh": _text(values.get("camera.count")),
        "man_hinh": pair("display.width", "display.height", " × "),
        "giai_ma": w.sentence(_text(values.get("software.codecs")), _fps(values.get("software.decode_fps"))),
        "am_thanh": pair("audio.peak_dbfs", "audio.noise_dbfs", " / ", " dBFS"),
        "xuong": _figure(values.get("network.down_mbps")),
        "len": _figure(values.get("network.up_mbps")),
        "luu_dien": {"yes": "có", "no": "không", "na": "không có"}.get(str(values.get("power.ups")), ""),
        "luu_tru": _figure(values.get("storage.free_gb")),
        "kiem_tra": w.CHECKS[check.state] if check else w.CHECKS["missing"],
        "ngay_kiem_tra": check.at if check else None,
        "ky_thuat_vien": w.sentence(room.technician, room.phone) if room else "",
    }


def _fps(value: float | str | bool | None) -> str:
    return f"{_text(value)} hình/giây" if value is not None else ""


def _text(value: float | str | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    return value if isinstance(value, str) else w.number(value, 0 if float(value).is_integer() else 1)


def _figure(value: float | str | bool | None) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

"""The minutes of a reception (biên bản), as facts for their template (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reception.attendance import Room
from reception.case_records import Citizen, Conclusion, Document, Note, masked
from reception.marks import Mark
from reception.papers import words as w
from reception.papers.facts import (
    GapFact,
    SessionFacts,
    SignatureFact,
    Standstill,
    open_seconds,
    standstill_seconds,
    standstills,
)
from reception.papers.heading import heading
from reception.permissions import Extent, own_only
from reception.records import EndpointRecord
from reception.session_plan import ScriptItem

SHORTEST_GAP_S = 1.0  # of the recording, of one endpoint; shorter ones are in the annex
NOBODY = "…………………………"  # to be filled in by hand


def minutes(facts: SessionFacts, *, room: str = "") -> dict[str, Any]:
    """What the template of the minutes is given. room: the endpoint for which they are printed, "": for all."""
    record, plan = facts.record, facts.record.plan
    endpoints = [_endpoint(facts, each) for each in facts.endpoints]
    copy_for = record.endpoint(room)
    return {
        **heading(facts, "minutes", number=facts.minutes.number),
        "final": facts.minutes.final,
        "copy_for": copy_for.name if copy_for else "",
        "began": w.moment(record.started_at),
        "ended": w.moment(record.ended_at) or ("chưa kết thúc" if record.started_at else "chưa bắt đầu"),
        "lasted": w.span(open_seconds(record, facts.now)),
        "paused": w.span(standstill_seconds(facts, "pause")),
        "interrupted": w.span(standstill_seconds(facts, "interrupt")),
        "reason_online": facts.texts.reasons_online.get(plan.reason_online, ""),  # type: ignore[call-overload]
        "reason_online_note": plan.reason_online_note,
        "matter_class": class_words(facts),
        "approval": approval_words(facts),
        "chair": w.sentence(plan.chair_name or NOBODY, plan.chair_office),
        "chair_name": plan.chair_name or NOBODY,
        "secretary": plan.secretary or NOBODY,
        "operators": ", ".join(plan.operators),
        "bodies": ", ".join(plan.coordinating_bodies),
        "central": [each for each in endpoints if each["role"] == "central"],
        "delegates": [each for each in endpoints if each["role"] == "delegate"],
        "observers": [each for each in endpoints if each["role"] == "observer"],
        "citizens": [citizen_row(facts, each, number) for number, each in enumerate(facts.case.citizens, start=1)],
        "citizen_count": len(facts.case.citizens),
        "group_size": plan.group_size,
        "representatives": plan.representatives or sum(1 for c in facts.case.citizens if c.capacity == "dai_dien"),
        "appointment_paper": "có" if plan.appointment_paper else "không",
        **_course(facts),
        "conclusions": [_conclusion(each, number) for number, each in enumerate(facts.case.conclusions, start=1)],
        "documents": [document_row(facts, each, number) for number, each in enumerate(_kept(facts), start=1)],
        "standstills": [_standstill(each, facts.now) for each in standstills(facts.events)],
        "outages": _outages(facts),
        "gaps": [_gap(facts, each) for each in notable_gaps(facts)],
        "incidents": _incidents(facts),
        "recording": recording(facts),
        "signatures": [_signatures(facts, each) for each in _signing(facts) if room in ("", each.id)],
    }


def class_words(facts: SessionFacts) -> str:
    """The class of the matter, with its number."""
    chosen = facts.record.plan.matter_class
    return f"Nhóm {chosen}: {facts.texts.matter_classes[str(chosen)]}" if chosen else ""  # type: ignore[index]


def approval_words(facts: SessionFacts) -> str:
    """Who approved, by what."""
    approval = facts.record.plan.approval
    if approval is None:
        return ""
    how = "phê duyệt miệng" if approval.oral else (f"văn bản số {approval.document_no}" if approval.document_no else "")
    return w.sentence(approval.name, approval.office, how, w.day(approval.at))


def _endpoint(facts: SessionFacts, endpoint: EndpointRecord) -> dict[str, Any]:
    room = facts.room_of(endpoint)
    called = facts.attendance.rooms.get(endpoint.id, Room())
    if called.people:
        people = [
            {
                "name": each.name,
                "office": each.office,
                "capacity": w.PRESENT_AS[each.capacity],
                "presence": {True: "có mặt", False: "vắng", None: "chưa điểm danh"}[each.present],
            }
            for each in called.people
        ]
    else:
        people = [
            {"name": each.name, "office": each.office, "capacity": "Đại biểu", "presence": "theo danh sách mời"}
            for each in endpoint.people
        ]
    return {
        "name": endpoint.name,
        "role": endpoint.role,
        "role_words": w.ROLES[endpoint.role],
        "organisation": endpoint.organisation or (room.organisation if room else ""),
        "place": w.sentence(room.room, room.place) if room else "",
        "technician": w.sentence(room.technician, room.phone) if room else "",
        "people": people,
        "people_line": "; ".join(
            w.sentence(each["name"], each["office"] or each["capacity"], each["presence"]) for each in people
        ),
    }


def is_hidden(facts: SessionFacts, citizen: Citizen) -> bool:
    """Whether the reader may know no more of the citizen than the name."""
    return facts.extent is Extent.MASKED or (own_only(facts.extent) and citizen.endpoint_id not in facts.own)


def citizen_row(facts: SessionFacts, citizen: Citizen, number: int) -> dict[str, Any]:
    """A citizen, the number masked always; for who may see less, what is a citizen's own left out."""
    hidden = is_hidden(facts, citizen)
    return {
        "number": number,
        "name": citizen.name,
        "birth_year": "" if hidden else citizen.birth_year or "",
        "id_number": "không đọc được" if citizen.id_unreadable else masked(citizen.id_number),
        "address": "" if hidden else citizen.address,
        "capacity": w.CAPACITIES[citizen.capacity],
        "times": w.TIMES[citizen.times],
        "paper": citizen.paper,
        "checked": w.sentence(citizen.checked_by, w.stamp(citizen.checked_at)),
        "acknowledged": w.stamp(citizen.acknowledged_at) or "chưa xác nhận",
        "endpoint": facts.name_of(citizen.endpoint_id),
        "item": facts.item_title(citizen.item_id),
        "note": "" if hidden else citizen.note,
    }


def _notices(facts: SessionFacts) -> list[dict[str, Any]]:
    return [
        {"endpoint": facts.name_of(key), "officer": each.name, "version": each.version, "at": w.stamp(each.at)}
        for key, each in facts.notices.acknowledged.items()
    ]


def _course(facts: SessionFacts) -> dict[str, Any]:
    """What was shown, what was said, and what was left out."""
    return {"notices": _notices(facts), "items": _items(facts), "waived_steps": _waived_steps(facts)}


def _waived_steps(facts: SessionFacts) -> list[dict[str, Any]]:
    """Steps of the procedure that were given up; a name that the office's texts have no longer is the step's key."""
    return [
        {
            "name": facts.texts.procedure.get(each.subject, (each.subject,))[0],  # type: ignore[call-overload]
            "reason": each.detail,
            "by": each.by,
            "at": w.stamp(each.at),
        }
        for each in facts.marks
        if each.mark is Mark.STEP_WAIVED
    ]


def _items(facts: SessionFacts) -> list[dict[str, Any]]:
    """What was said, item by item; what belongs to none comes first."""
    known = {each.id for each in facts.script}
    told = [*(each.item_id for each in facts.case.notes), *(each.item_id for each in facts.case.matters)]
    loose = [each for each in told if each not in known]
    before = [ScriptItem(id="", title="Nội dung chung", state="done")] if loose else []
    return [_item(facts, item, known) for item in (*before, *facts.script)]


def _item(facts: SessionFacts, item: ScriptItem, known: Iterable[str]) -> dict[str, Any]:
    def mine(item_id: str) -> bool:
        return item_id == item.id if item.id else item_id not in known

    notes = [each for each in facts.case.notes if mine(each.item_id)]
    matters = [each for each in facts.case.matters if mine(each.item_id)]
    return {
        "title": item.title,
        "speaker": item.speaker,
        "time": " đến ".join(filter(None, (w.clock(item.started_at), w.clock(item.ended_at)))),
        "state": w.ITEM_STATES[item.state],
        "reason": item.reason,
        "by": item.by,
        "content": [_note(facts, each) for each in notes if each.kind == "noi_dung"],
        "opinions": [_note(facts, each) for each in notes if each.kind == "y_kien"],
        "exchange": [_note(facts, each) for each in notes if each.kind == "trao_doi"],
        "matters": [
            {
                "kind": w.MATTER_KINDS[each.kind],
                "summary": each.summary,
                "resolved_by": each.resolved_by,
                "handling": w.HANDLINGS.get(each.handling, ""),
                "outcome": w.OUTCOMES[each.outcome],
                "result": each.result,
                "ground": getattr(facts.texts.refusal_grounds, each.refusal_ground, ""),
            }
            for each in matters
        ],
    }


def _note(facts: SessionFacts, note: Note) -> dict[str, Any]:
    return {
        "at": w.clock(note.at),
        "speaker": w.sentence(note.speaker, facts.name_of(note.endpoint_id)),
        "text": note.text,
    }


def _conclusion(each: Conclusion, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "task": each.task,
        "owner": each.owner,
        "deadline": w.day(each.deadline) or "không ghi thời hạn",
        "done": w.sentence("đã xong " + w.day(each.done_at), each.done_note) if each.done_at else "",
    }


def _kept(facts: SessionFacts) -> list[Document]:
    return [each for each in facts.case.documents if each.removed_at is None]


def document_row(facts: SessionFacts, each: Document, number: int) -> dict[str, Any]:
    """A document that was handed in."""
    return {
        "number": number,
        "name": each.name,
        "pages": each.pages if each.pages is not None else "",
        "form": w.FORMS[each.form],
        "from_whom": each.from_whom,
        "endpoint": facts.name_of(each.endpoint_id),
        "received_by": each.received_by,
        "at": w.stamp(each.at),
        "sha256": each.sha256,
    }


def _standstill(each: Standstill, now: datetime) -> dict[str, Any]:
    until = each.ends or now
    return {
        "kind": w.STANDSTILLS[each.kind],
        "begins": w.clock(each.begins),
        "ends": w.clock(each.ends) or "chưa tiếp tục",
        "lasted": w.span((until - each.begins).total_seconds()),
        "reason": _CAUSES.get(each.reason, each.reason),
        "by": each.actor,
    }


_CAUSES = {"server_restarted": "máy chủ khởi động lại"}


def _outages(facts: SessionFacts) -> list[dict[str, Any]]:
    """Times an endpoint was gone, those of some length."""
    until = facts.record.ended_at or facts.now
    return [
        {
            "endpoint": endpoint.name,
            "begins": w.clock(each.begins),
            "ends": w.clock(each.ends),
            "lasted": w.span(each.seconds),
        }
        for endpoint in facts.endpoints
        if endpoint.id in facts.lines.endpoints
        for each in facts.lines.endpoints[endpoint.id].all_outages(until)
        if each.seconds >= facts.texts.limits.notable_outage_s
    ]


def notable_gaps(facts: SessionFacts) -> list[GapFact]:
    """Gaps of the recording worth telling: all that concern everybody, of one endpoint those of some length."""
    gaps = facts.recording.gaps if facts.recording else ()
    return [each for each in gaps if not each.endpoint_id or each.seconds >= SHORTEST_GAP_S]


def _gap(facts: SessionFacts, each: GapFact) -> dict[str, Any]:
    return {
        "endpoint": facts.name_of(each.endpoint_id) or "Toàn bộ các điểm cầu",
        "cause": each.cause,
        "begins": w.clock(each.begins),
        "ends": w.clock(each.ends),
        "lasted": w.span(each.seconds),
    }


def _incidents(facts: SessionFacts) -> list[dict[str, Any]]:
    return [
        {
            "kind": w.INCIDENTS[each.kind],
            "endpoint": facts.name_of(each.endpoint_id) or "Toàn bộ",
            "begins": w.clock(each.opened_at),
            "ends": w.clock(each.closed_at) or "chưa xong",
            "outcome": each.outcome,
        }
        for each in facts.incidents.incidents
    ]


def recording(facts: SessionFacts) -> dict[str, Any]:
    """The session's recording in words."""
    found = facts.recording
    if found is None:
        state = "chưa có bản ghi" if facts.recorded else "buổi chạy thử không ghi"
        return {"state": state, "seal": "", "seal_groups": "", "began": "", "ended": "", "bytes": "", "gaps": 0}
    seal = found.seal or facts.minutes.recording_hash
    return {
        "state": "đã niêm phong" if found.seal else "chưa niêm phong",
        "seal": seal,
        "seal_groups": w.hash_groups(seal),
        "began": w.stamp(found.begins),
        "ended": w.stamp(found.ends),
        "bytes": f"{w.number(found.bytes / 1e6, 1)} MB",
        "gaps": len(found.gaps),
    }


def _signing(facts: SessionFacts) -> list[EndpointRecord]:
    """Who takes part and signs; an observer only where somebody there is expected to."""
    named = {each.endpoint_id for each in facts.minutes.signatures if not each.left_out}
    return [each for each in facts.endpoints if each.role != "observer" or each.id in named]


def _signatures(facts: SessionFacts, endpoint: EndpointRecord) -> dict[str, Any]:
    mine = [each for each in facts.minutes.signatures if each.endpoint_id == endpoint.id and not each.left_out]
    if not mine:
        mine = [SignatureFact(endpoint_id=endpoint.id, person="", capacity="Đại diện điểm cầu")]
    return {
        "endpoint": endpoint.name,
        "role": endpoint.role,
        "people": [
            {
                "person": each.person or NOBODY,
                "capacity": each.capacity,
                "state": w.SIGNATURES[each.state],
                "reason": each.reason,
                "at": w.stamp(each.at),
                "state_words": w.SIGNATURES[each.state] + (f" (lý do: {each.reason})" if each.reason else ""),
            }
            for each in mine
        ],
    }

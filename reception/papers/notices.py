"""Notice of conclusion, refusal notice, receipt of documents, as facts for their templates (pure)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from reception.case_records import Citizen, Matter
from reception.papers import words as w
from reception.papers.facts import SessionFacts
from reception.papers.heading import heading
from reception.papers.minutes import NOBODY, citizen_row, class_words, document_row

RECEIVED = ("nguoi_khieu_nai", "dai_dien", "uy_quyen", "khac")  # citizens; the others come with them


def conclusion(facts: SessionFacts) -> dict[str, Any]:
    """Thông báo kết luận việc tiếp công dân."""
    plan = facts.record.plan
    return {
        **heading(facts, "conclusion"),
        "held": w.day(facts.record.started_at),
        "chair": w.sentence(plan.chair_name or NOBODY, plan.chair_office),
        "chair_name": plan.chair_name or NOBODY,
        "chair_office": plan.chair_office,
        "endpoints": ", ".join(each.name for each in facts.endpoints),
        "bodies": ", ".join(plan.coordinating_bodies),
        "matter_class": class_words(facts),
        "citizens": [citizen_row(facts, each, n) for n, each in enumerate(_received(facts), start=1)],
        "citizen_names": ", ".join(each.name for each in _received(facts)),
        "matters": [_matter(facts, each, n) for n, each in enumerate(_concluded(facts), start=1)],
        "conclusions": [
            {"number": n, "task": each.task, "owner": each.owner, "deadline": w.day(each.deadline) or "không ghi"}
            for n, each in enumerate(facts.case.conclusions, start=1)
        ],
        "owners": list(dict.fromkeys(each.owner for each in facts.case.conclusions if each.owner)),
        "notice_days": facts.texts.limits.result_notice_days,
    }


def refusals(facts: SessionFacts, *, item_id: str | None = None) -> dict[str, Any]:
    """Thông báo từ chối tiếp công dân: one for each matter that was refused. item_id: of one item only."""
    refused = [each for each in facts.case.matters if each.outcome == "tu_choi" and item_id in (None, each.item_id)]
    return {**heading(facts, "refusal"), "refusals": [_refusal(facts, each) for each in refused], **_signer(facts)}


def receipts(facts: SessionFacts) -> dict[str, Any]:
    """Giấy biên nhận: one for each who handed documents in at an endpoint."""
    kept = [each for each in facts.case.documents if each.removed_at is None]

    def giver(document: Any) -> tuple[str, str]:
        return document.endpoint_id, document.from_whom

    found = []
    for (endpoint_id, whom), group in groupby(sorted(kept, key=giver), key=giver):
        documents = list(group)
        pages = [each.pages for each in documents if each.pages is not None]
        receivers = dict.fromkeys(each.received_by for each in documents if each.received_by)
        found.append(
            {
                "from_whom": whom or NOBODY,
                "endpoint": facts.name_of(endpoint_id) or "điểm cầu trung tâm",
                "received_by": ", ".join(receivers) or NOBODY,
                "at": w.stamp(max((each.at for each in documents if each.at), default=None)),
                "documents": [document_row(facts, each, n) for n, each in enumerate(documents, start=1)],
                "count": len(documents),
                "pages": sum(pages) if pages else "",
            }
        )
    return {**heading(facts, "receipt"), "receipts": found, **_signer(facts)}


def _signer(facts: SessionFacts) -> dict[str, Any]:
    plan = facts.record.plan
    return {
        "held": w.day(facts.record.started_at),
        "chair": w.sentence(plan.chair_name or NOBODY, plan.chair_office),
        "chair_name": plan.chair_name or NOBODY,
        "notice_days": facts.texts.limits.result_notice_days,
    }


def _received(facts: SessionFacts) -> list[Citizen]:
    return [each for each in facts.case.citizens if each.capacity in RECEIVED]


def _concluded(facts: SessionFacts) -> list[Matter]:
    return [each for each in facts.case.matters if each.outcome != "tu_choi"]


def citizens_of(facts: SessionFacts, item_id: str) -> list[Citizen]:
    """Who came for this item; where nobody is entered for it, those who are entered for the session as a whole."""
    mine = [each for each in _received(facts) if each.item_id == item_id]
    return mine or [each for each in _received(facts) if not each.item_id]


def _matter(facts: SessionFacts, matter: Matter, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "title": facts.item_title(matter.item_id) or facts.record.title,
        "names": ", ".join(each.name for each in citizens_of(facts, matter.item_id)),
        "kind": w.MATTER_KINDS[matter.kind],
        "summary": matter.summary,
        "resolved_by": matter.resolved_by,
        "handling": w.HANDLINGS.get(matter.handling, ""),
        "outcome": w.OUTCOMES[matter.outcome],
        "result": matter.result,
    }


def _refusal(facts: SessionFacts, matter: Matter) -> dict[str, Any]:
    citizens = citizens_of(facts, matter.item_id)
    return {
        **_matter(facts, matter, 1),
        "names": ", ".join(each.name for each in citizens) or NOBODY,
        "citizens": [citizen_row(facts, each, n) for n, each in enumerate(citizens, start=1)],
        "ground": getattr(facts.texts.refusal_grounds, matter.refusal_ground or "khac"),
        "reason": matter.result,
        "at": w.stamp(matter.changed_at),
    }

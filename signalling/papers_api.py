"""The API's operations on papers of a session and reports of a period. Each download is noted in the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import structlog
from aiohttp import web
from pydantic import BaseModel

from config.office_texts import OfficeTexts
from reception.case_records import CaseFile
from reception.event_words import VIETNAM
from reception.papers.compose import Content, period_paper, period_words, session_paper
from reception.papers.facts import SessionFacts
from reception.papers.kinds import Access, Format, Paper
from reception.papers.render import NO_OFFICE
from reception.papers.statistics import Selection, place_of, statistics
from reception.permissions import Extent, Permission
from reception.records import SessionRecord
from signalling import papers_views as p
from signalling.case_access import own_ids
from signalling.final_minutes import final_minutes
from signalling.papers import MadePaper, disposition
from signalling.papers_gather import gather, surveyed_rooms
from signalling.papers_making import made_paper, texts_of
from signalling.papers_period import gather_period
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

CITIZENS = frozenset({Extent.FULL, Extent.READ, Extent.MASKED, Extent.OWN, Extent.OWN_UNIT})
EVERYWHERE = frozenset({Extent.FULL, Extent.READ, Extent.MASKED})  # a report of a period is nobody's own
WHOLE = frozenset({Extent.FULL, Extent.READ})  # who gets final minutes as they were kept
FORMAT_QUERY = {"format": "docx, pdf, xlsx or csv, of those that the paper has"}

log = structlog.get_logger("papers")


async def list_papers(call: Call) -> BaseModel:
    """GET /sessions/{id}/papers."""
    services = call.services
    record = await services.session(call.path("id"))
    facts = await gather(services.sources, record, texts_of(call), technical=False)
    pdf = services.papers.makes_pdf
    shown = []
    for paper in p.papers_of_session():
        if paper.access is Access.CITIZENS and call.bearer.extent(Permission.SEE_IDENTITY) not in CITIZENS:
            continue
        view = p.PaperView.of(paper, f"/sessions/{record.id}/papers/{paper.kind}", pdf=pdf)
        shown.append(_counted(view, facts))
    own = own_ids(call, record)
    rooms = [
        p.RoomView(endpoint_id=each.id, name=each.name, role=each.role)
        for each in facts.endpoints
        if each.role != "observer" and (own is None or each.id in own)
    ]
    no_pdf = {} if pdf else {"no_pdf": NO_OFFICE.vi, "no_pdf_en": NO_OFFICE.en}
    return p.PaperList(papers=shown, rooms=rooms, texts_version=facts.texts.version, **no_pdf)


def _counted(view: p.PaperView, facts: SessionFacts) -> p.PaperView:
    """How much there is to tell; what would be empty says why."""
    refused = sum(1 for each in facts.case.matters if each.outcome == "tu_choi")
    documents = sum(1 for each in facts.case.documents if each.removed_at is None)
    counts = {
        "conclusion": (len(facts.case.conclusions), "Chưa có kết luận.", "There is no conclusion yet."),
        "refusal": (refused, "Không có trường hợp từ chối tiếp.", "Nobody was refused."),
        "receipt": (documents, "Chưa tiếp nhận tài liệu.", "No document was handed in."),
    }
    if view.kind not in counts:
        return view
    count, vi, en = counts[view.kind]
    why = {} if count else {"why_not": vi, "why_not_en": en}
    return view.model_copy(update={"count": count, **why})


def session_download(paper: Paper) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    """GET /sessions/{id}/papers/{kind}."""

    async def handler(call: Call) -> web.StreamResponse:
        wanted = _format(call, paper)
        record = await call.services.session(call.path("id"))
        own = own_ids(call, record)
        room = _room(call, record, own) if paper.kind == "minutes" else ""
        facts = await gather(call.services.sources, record, texts_of(call), extent=call.extent, own=own or frozenset())
        facts = replace(facts, case=_visible(facts, own)) if own is not None else facts
        content = session_paper(paper.kind, facts, room=room, item_id=call.request.query.get("item"))
        call.facts.update({"paper": paper.kind, "format": str(wanted), **({"endpoint": room} if room else {})})
        if paper.kind == "minutes" and wanted is Format.DOCX and not room and call.extent in WHOLE:
            kept = await final_minutes(call, record)
            if kept is not None:
                return _answer(call, MadePaper(name=f"{paper.file}-{record.code}.docx", format=wanted, content=kept))
        return await _download(call, paper, content, wanted, about=record.code)

    handler.__name__ = f"get_paper_{paper.kind}"
    return handler


def _visible(facts: SessionFacts, own: frozenset[str]) -> CaseFile:
    """Of papers that a bearer of one endpoint may have: only documents that were handed in there."""
    documents = tuple(each for each in facts.case.documents if each.endpoint_id in own)
    return replace(facts.case, documents=documents)


def _room(call: Call, record: SessionRecord, own: frozenset[str] | None) -> str:
    """The endpoint for which minutes are asked; a bearer of one endpoint gets no others."""
    asked = call.request.query.get("endpoint", "")
    if own is not None:
        if asked and asked not in own:
            raise Problem(403, "not_own", "This token permits that for one's own endpoint only")
        return asked or next(iter(own), "")
    if asked and record.endpoint(asked) is None:
        raise not_found("endpoint")
    return asked


def _format(call: Call, paper: Paper) -> Format:
    asked = call.request.query.get("format", str(paper.formats[0]))
    found = next((each for each in paper.formats if each == asked), None)
    if found is None:
        names = ", ".join(paper.formats)
        en, vi = f"format: one of {names}.", f"format: một trong {names}."
        raise Problem(400, "invalid_query", "The query is not valid", en, reason_vi=vi, reason_en=en)
    return found


async def _download(call: Call, paper: Paper, content: Content, wanted: Format, *, about: str) -> web.Response:
    return _answer(call, await made_paper(call, paper, content, wanted, about=about))


def _answer(call: Call, made: MadePaper) -> web.Response:
    call.facts["sha256"] = made.sha256
    inline = call.request.query.get("inline") == "true" and made.format is Format.PDF
    way = "inline" if inline else "attachment"
    headers = {
        "Content-Type": made.media_type,
        "Content-Disposition": disposition(way, made.name),
        "X-Content-SHA256": made.sha256,
    }
    return web.Response(body=made.content, headers=headers)


# --- reports of a period ---


async def get_statistics(call: Call) -> BaseModel:
    """GET /reports/statistics."""
    selection, texts = p.selection_of(call.request.query), texts_of(call)
    sessions = await _sessions(call, selection, texts, technical=False)
    found = await asyncio.to_thread(statistics, sessions, selection, texts, today=_today())
    places = sorted({place_of(each) for each in sessions} - {""})
    return p.StatisticsView.of(found, period=period_words(selection), places=places)


def period_download(paper: Paper) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    """GET /reports/{kind}/file."""

    async def handler(call: Call) -> web.StreamResponse:
        wanted, texts = _format(call, paper), texts_of(call)
        selection = p.selection_of(call.request.query)
        now, registry = datetime.now(UTC), paper.kind == "equipment"
        sessions = [] if registry else await _sessions(call, selection, texts, technical=paper.kind == "annex")
        rooms = await surveyed_rooms(call.services.sources) if registry else []
        content = await asyncio.to_thread(period_paper, paper.kind, sessions, selection, texts, now=now, rooms=rooms)
        call.facts.update({"paper": paper.kind, "format": str(wanted), "sessions": len(sessions)})
        call.facts.update({key: call.request.query[key] for key in p.PERIOD_QUERY if call.request.query.get(key)})
        days = [each.isoformat() for each in (selection.begins, selection.ends) if each]
        return await _download(call, paper, content, wanted, about="-".join(days))

    handler.__name__ = f"get_report_{paper.kind}"
    return handler


async def _sessions(call: Call, selection: Selection, texts: OfficeTexts, *, technical: bool) -> list[SessionFacts]:
    """Everything of the sessions that were held in the period."""
    services = call.services
    held = await services.store.reports.held(begins=_begin(selection), ends=_end(selection))
    case = not technical or selection.result is not None
    return await gather_period(services.sources, held, texts, extent=call.extent, technical=technical, case=case)


def _begin(selection: Selection) -> datetime | None:
    return datetime.combine(selection.begins, datetime.min.time(), VIETNAM) if selection.begins else None


def _end(selection: Selection) -> datetime | None:
    if selection.ends is None:
        return None
    return datetime.combine(selection.ends, datetime.min.time(), VIETNAM) + timedelta(days=1)


def _today() -> date:
    return datetime.now(VIETNAM).date()


def _permission(paper: Paper) -> Permission:
    return Permission.SEE_IDENTITY if paper.access is Access.CITIZENS else Permission.VIEW_SESSIONS


def _session_routes() -> Iterable[Route]:
    for paper in p.papers_of_session():
        query = dict(FORMAT_QUERY)
        if paper.kind == "minutes":
            query["endpoint"] = "an endpoint's id: a copy to be printed and signed there"
        if paper.kind == "refusal":
            query["item"] = "a script item's id: of this matter only"
        if Format.CSV in paper.formats:
            query["table"] = "of a CSV: which table"
        if Format.PDF in paper.formats:
            query["inline"] = "true: a PDF to be looked at in the browser"
        yield Route(
            method="GET",
            path=f"/api/v1/sessions/{{id}}/papers/{paper.kind}",
            handler=session_download(paper),
            summary=f"{paper.title.en} of a session as a file",
            permission=_permission(paper),
            query=query,
            audited=True,
        )


def _period_routes() -> Iterable[Route]:
    for paper in p.papers_of_period():
        yield Route(
            method="GET",
            path=f"/api/v1/reports/{paper.kind}/file",
            handler=period_download(paper),
            summary=f"{paper.title.en} of a period as a file",
            permission=_permission(paper),
            extents=EVERYWHERE,
            query={**FORMAT_QUERY, **p.PERIOD_QUERY, "table": "of a CSV: which table", "inline": "true: to look at"},
            audited=True,
        )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/sessions/{id}/papers",
        handler=list_papers,
        summary="The papers of a session, and in which formats they can be had",
        permission=Permission.VIEW_SESSIONS,
        result=p.PaperList,
    ),
    *_session_routes(),
    Route(
        method="GET",
        path="/api/v1/reports/statistics",
        handler=get_statistics,
        summary="Statistics of a period; rehearsals do not count",
        permission=Permission.VIEW_SESSIONS,
        extents=EVERYWHERE,
        query=p.PERIOD_QUERY,
        result=p.StatisticsView,
    ),
    *_period_routes(),
]

"""Finding sessions, and opening what was found: with a purpose that is logged."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from reception.case_records import Note, masked
from reception.event_words import VIETNAM
from reception.lifecycle import SessionState
from reception.permissions import READING, Extent, Permission, own_only
from reception.records import SessionRecord
from reception.sealed_number import SealedNumbers
from reception.search_store import Found, Search
from reception.session_plan import KINDS
from recorder.search import Hit as RecordingHit
from recorder.search import Query
from signalling import minutes_views as m
from signalling.bodies import Body
from signalling.course_views import PlanView, ScriptItemView
from signalling.custody import Use, log_it
from signalling.minutes_signatures import signatures_of
from signalling.problems import Problem
from signalling.routing import Call, Route

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
LEAST_DIGITS = 6  # of a citizen's number: who asks has it before him
Line = TypeVar("Line", bound=BaseModel)
IDENTITY = frozenset({Extent.FULL, Extent.READ})


class SearchQuery(BaseModel):
    """What may be asked. Days are Vietnam's; `to` is the last of them."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: Words = ""
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")
    site: Words = ""
    matter_class: int | None = Field(default=None, alias="class", ge=1, le=6)
    chair: Words = ""
    citizen: Words = ""
    kind: Literal["", "dinh_ky", "dot_xuat", "vu_viec", "rehearsal"] = ""
    state: SessionState | None = None
    sort: Literal["newest", "oldest", "title", "chair"] = "newest"
    limit: int = Field(default=50, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class HitView(BaseModel):
    """Where the words are. at_s: of a marker, in seconds from the recording's beginning."""

    kind: str
    text: str
    at: datetime | None = None
    at_s: float | None = None


class FoundView(BaseModel):
    """A session that fits. may_open: whether its file can be opened by who asks, with a purpose."""

    id: str
    code: str
    title: str
    kind: str
    state: str
    when: datetime
    host: str
    chair_name: str
    chair_office: str
    matter_class: int | None
    endpoints: list[str]
    hits: list[HitView]
    recording: bool
    may_open: bool


class SearchResult(BaseModel):
    """What fits, page by page. private: whether citizens, notes and conclusions were searched too."""

    found: list[FoundView]
    total: int
    private: bool


class OpenBody(Body):
    """What the file is wanted for; it is logged with the person and the time."""

    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class CitizenLine(BaseModel):
    """A citizen, the number of the identity paper masked."""

    name: str
    birth_year: int | None
    id_number: str
    address: str
    capacity: str
    endpoint: str


class NoteLine(BaseModel):
    """A note as it was taken."""

    at: datetime | None
    endpoint: str
    speaker: str
    kind: str
    text: str
    author: str


class MatterLine(BaseModel):
    """What a citizen came for, and the outcome. item: of the script."""

    item: str
    kind: str
    summary: str
    handling: str
    outcome: str
    result: str


class ConclusionLine(BaseModel):
    """A task of the chair's conclusion."""

    task: str
    owner: str
    deadline: date | None
    done_at: datetime | None


class DocumentLine(BaseModel):
    """A document of the case; the file itself is fetched where documents are."""

    id: str
    name: str
    media_type: str
    bytes: int
    pages: int | None
    form: str
    from_whom: str
    at: datetime | None
    sha256: str


class FileView(BaseModel):
    """A session's file, as it is read: plan, script, who came, notes, outcomes, conclusions, documents, minutes."""

    id: str
    code: str
    title: str
    kind: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    plan: PlanView
    endpoints: list[str]
    script: list[ScriptItemView]
    citizens: list[CitizenLine]
    notes: list[NoteLine]
    matters: list[MatterLine]
    conclusions: list[ConclusionLine]
    documents: list[DocumentLine]
    minutes_number: str
    minutes_final: bool
    signatures: list[m.SignatureView]
    scans: list[m.ScanView]
    document: str


async def search_sessions(call: Call) -> BaseModel:
    """GET /search."""
    asked = _asked(dict(call.request.query))
    services = call.services
    private = call.bearer.extent(Permission.SEE_IDENTITY) in IDENTITY
    recordings = await _marked(call, asked.q)
    wanted = Search(
        words=asked.q,
        begins=datetime.combine(asked.since, time(), VIETNAM).astimezone(UTC) if asked.since else None,
        ends=datetime.combine(asked.until, time(), VIETNAM).astimezone(UTC) + timedelta(days=1)
        if asked.until
        else None,
        site=asked.site,
        matter_class=asked.matter_class,
        chair=asked.chair,
        kind=asked.kind,
        states=(asked.state,) if asked.state else (),
        private=private,
        sessions=await _of_citizen(call, asked.citizen, private=private),
        marked=frozenset(recordings),
        sort=asked.sort,
        unit=call.bearer.unit if own_only(call.extent) else None,
    )
    found, total = await services.store.search.find(wanted, offset=asked.offset, limit=asked.limit)
    shown = [_found(each, recordings.get(each.record.id), call, may_open=private) for each in found]
    return SearchResult(found=shown, total=total, private=private)


def _asked(parameters: dict[str, str]) -> SearchQuery:
    try:
        return SearchQuery.model_validate({name: value for name, value in parameters.items() if value.strip()})
    except ValidationError as error:
        faults = [
            {"parameter": str(each["loc"][0]) if each["loc"] else "", "message": each["msg"]}
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        detail = "; ".join(f"{fault['parameter']}: {fault['message']}" for fault in faults)
        raise Problem(422, "invalid_query", "The search is not valid", detail, errors=faults) from None


async def _marked(call: Call, words: str) -> dict[str, RecordingHit]:
    """Recordings with a marker of these words, where the bearer may see recordings."""
    if not words or call.bearer.extent(Permission.VIEW_RECORDINGS) not in READING:
        return {}
    hits = await asyncio.to_thread(call.services.catalogue.search, Query(text=words))
    return {hit.summary.id: hit for hit in hits if hit.markers}


async def _of_citizen(call: Call, code: str, *, private: bool) -> frozenset[str] | None:
    """Sessions of the citizen with this number of an identity paper. Raises Problem 403, 422."""
    digits = "".join(each for each in code if each.isalnum())
    if not digits:
        return None
    if not private:
        vi, en = "Bạn không có quyền tra theo số giấy tờ.", "You may not search by the number of an identity paper."
        raise Problem(403, "no_identity", en, en, reason_vi=vi, reason_en=en)
    if len(digits) < LEAST_DIGITS:
        vi, en = "Hãy nhập đủ số giấy tờ của công dân.", "Give the whole number of the identity paper."
        raise Problem(422, "short_number", en, en, reason_vi=vi, reason_en=en)
    services = call.services
    return await services.store.search.sessions_of_number(digits, SealedNumbers(services.data / "keys"))


def _found(each: Found, recording: RecordingHit | None, call: Call, *, may_open: bool) -> FoundView:
    record, plan = each.record, each.record.plan
    hits = [HitView(kind=hit.kind, text=hit.text, at=hit.at) for hit in each.hits]
    if recording is not None:
        start = recording.summary.start_ms
        hits += [
            HitView(kind="marker", text=marker.text, at_s=max(0.0, (marker.at_ms - start) / 1000))
            for marker in recording.markers[:5]
        ]
    return FoundView(
        id=record.id,
        code=record.code,
        title=record.title,
        kind=record.kind,
        state=record.state,
        when=record.started_at or plan.planned_start or record.created_at,
        host=plan.host_organisation,
        chair_name=plan.chair_name,
        chair_office=plan.chair_office,
        matter_class=plan.matter_class,
        endpoints=[seat.name for seat in record.endpoints if not seat.removed],
        hits=hits,
        recording=(call.services.recorder.root / record.id / "manifest.jsonl").exists(),
        may_open=may_open,
    )


async def open_file(call: Call) -> BaseModel:
    """POST /sessions/{id}/file: reading it is logged first; what cannot be logged is not shown."""
    body: OpenBody = call.body
    record = await call.services.session(call.path("id"))
    call.facts["purpose"] = body.purpose
    await log_it(Use(call=call, recording_id=record.id, what="file", purpose=body.purpose))
    return await _file(call, record)


async def _file(call: Call, record: SessionRecord) -> FileView:
    services = call.services
    case = await services.case.case_file(record.id)
    minutes = await services.store.minutes.of(record.id)
    names = {each.id: each.name for each in record.endpoints}
    signatures = await signatures_of(services, record)
    script = await services.store.course.script(record.id)
    titles = {each.id: each.title for each in script}
    facts: dict[str, Any] = {name: getattr(record, name) for name in ("id", "code", "title", "kind", "state")}
    return FileView(
        **facts,
        started_at=record.started_at,
        ended_at=record.ended_at,
        plan=PlanView.of(record.plan),
        endpoints=[each.name for each in record.endpoints if not each.removed],
        script=[ScriptItemView.of(each) for each in script],
        citizens=[
            _picked(CitizenLine, each, id_number=masked(each.id_number), endpoint=names.get(each.endpoint_id, ""))
            for each in case.citizens
        ],
        notes=[_note(each, names) for each in case.notes],
        matters=[_picked(MatterLine, each, item=titles.get(each.item_id, "")) for each in case.matters],
        conclusions=[_picked(ConclusionLine, each) for each in case.conclusions],
        documents=[_picked(DocumentLine, each) for each in case.documents],
        minutes_number=minutes.number,
        minutes_final=minutes.final,
        signatures=[m.SignatureView.of(each, names.get(each.endpoint_id, "")) for each in signatures],
        scans=[m.ScanView.of(each, record.id) for each in minutes.scans],
        document=f"/api/v1/sessions/{record.id}/minutes/document" if minutes.sha256 else "",
    )


def _note(note: Note, names: dict[str, str]) -> NoteLine:
    return _picked(NoteLine, note, endpoint=names.get(note.endpoint_id, ""))


def _picked(model: type[Line], record: object, **more: Any) -> Line:
    """The model's fields out of a record, but for those given."""
    same = [name for name in model.model_fields if name not in more]
    return model(**{name: getattr(record, name) for name in same}, **more)


QUERY = {
    "q": "words of number, title, people, notes, outcomes, conclusions, documents or markers; accents do not matter",
    "from": "a day as 2026-11-30: not before",
    "to": "a day: not after",
    "site": "words of an endpoint's name or organisation",
    "class": "1 to 6",
    "chair": "words of the chair's name",
    "citizen": "the whole number of a citizen's identity paper, for those who may see it",
    "kind": f"one of {', '.join(KINDS)}",
    "state": f"one of {', '.join(SessionState)}",
    "sort": "newest, oldest, title or chair; these two in the order of the Vietnamese alphabet",
    "limit": "1 to 500 a page; 50 if not given",
    "offset": "how many to leave out",
}

ROUTES = [
    Route(
        method="GET",
        path="/api/v1/search",
        handler=search_sessions,
        summary="Sessions by words, day, site, class, chair or citizen, as far as the bearer may see them",
        permission=Permission.VIEW_SESSIONS,
        query=QUERY,
        result=SearchResult,
    ),
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/file",
        handler=open_file,
        summary="Read a session's file; logged with person and purpose",
        permission=Permission.SEE_IDENTITY,
        extents=IDENTITY,
        body=OpenBody,
        result=FileView,
        in_archive=True,
    ),
]

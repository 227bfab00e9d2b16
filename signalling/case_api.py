"""The API's operations on a session's case: notes, outcomes of items, conclusions, and all of it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from pydantic import BaseModel

from reception.case_records import Conclusion, Note
from reception.case_rules import case_warnings
from reception.event_words import VIETNAM
from reception.permissions import Extent, Permission
from reception.records import SessionRecord
from reception.store import NotFound
from signalling import case_views as c
from signalling.case_access import case_session, own_ids, read_only_reason, writable
from signalling.case_live import (
    KIND_WORDS,
    OUTCOME_WORDS,
    about_now,
    find_item,
    item_title,
    mark_recording,
    tell_recording,
)
from signalling.live_room import utc_now
from signalling.problems import Problem, not_found
from signalling.routing import Call, Handler, Route

WHOLE = "-"  # in a path, for what belongs to no item
WRITES = frozenset({Extent.FULL})
COMMENTS = frozenset({Extent.FULL, Extent.COMMENT})


async def get_case(call: Call) -> BaseModel:
    """GET /sessions/{id}/case."""
    record = await case_session(call)
    case = await call.services.case.case_file(record.id)
    extent, own = call.bearer.extent(Permission.SEE_IDENTITY), own_ids(call, record)
    mine = [each for each in case.citizens if own is None or each.endpoint_id in own]
    warned = case_warnings(case.citizens, group_size=record.plan.group_size) if extent is Extent.FULL else []
    return c.CaseView(
        read_only=await read_only_reason(call, record),
        now=await about_now(call.services, record),
        started_at=record.started_at,
        citizens=[c.CitizenView.of(each, extent) for each in mine] if extent is not Extent.NONE else [],
        matters=[c.MatterView.of(each) for each in case.matters],
        notes=[c.NoteView.of(each, started=record.started_at) for each in case.notes],
        conclusions=[c.ConclusionView.of(each, today=_today()) for each in case.conclusions],
        warnings=[c.WarningView.of(each) for each in warned],
    )


def _today() -> date:
    return datetime.now(VIETNAM).date()


# --- matters ---


async def list_matters(call: Call) -> BaseModel:
    """GET /sessions/{id}/matters."""
    record = await case_session(call)
    return c.MatterList(matters=[c.MatterView.of(each) for each in await call.services.case.matters(record.id)])


async def put_matter(call: Call) -> BaseModel:
    """PUT /sessions/{id}/matters/{item}."""
    body: c.PutMatter = call.body
    record = await case_session(call)
    await writable(call, record)
    item_id = await known_item(call, record, "" if call.path("item") == WHOLE else call.path("item"))
    before = {each.item_id: each for each in await call.services.case.matters(record.id)}.get(item_id)
    changes = body.given()
    _check_refusal(body, changes)
    found = await call.services.case.put_matter(record.id, item_id, changes, actor=call.actor)
    if found.outcome and (before is None or before.outcome != found.outcome):
        await mark_outcome(call, record, item_id, found.outcome)
    return c.MatterView.of(found)


async def mark_outcome(call: Call, record: SessionRecord, item_id: str, outcome: str) -> None:
    """The recording is told of an item's outcome."""
    title = await item_title(call.services, record.id, item_id)
    text = " – ".join(part for part in (f"Kết quả: {OUTCOME_WORDS[outcome]}", title) if part)
    await mark_recording(call.services, record.id, text, by=call.actor)


def _check_refusal(body: c.PutMatter, changes: dict[str, object]) -> None:
    if changes.get("outcome") == "tu_choi" and not (body.refusal_ground and body.result):
        raise Problem(
            422,
            "ground_needed",
            "A refusal needs its ground and its words",
            "Give `refusal_ground` and `result`, or use /refusal.",
            reason_vi="Từ chối tiếp phải ghi căn cứ và lý do.",
            reason_en="Refusing needs the ground and the words.",
        )
    if "outcome" in changes and changes["outcome"] != "tu_choi":
        changes["refusal_ground"] = ""


async def known_item(call: Call, record: SessionRecord, item_id: str) -> str:
    """The id, if the script has it, or "". Raises Problem 404."""
    if item_id and await find_item(call.services, record.id, item_id) is None:
        raise not_found("item")
    return item_id


# --- notes ---


async def list_notes(call: Call) -> BaseModel:
    """GET /sessions/{id}/notes."""
    record = await case_session(call)
    notes = await call.services.case.notes(record.id)
    return c.NoteList(notes=[c.NoteView.of(each, started=record.started_at) for each in notes])


async def take_note(call: Call) -> BaseModel:
    """POST /sessions/{id}/notes: with the item that runs and who speaks, unless it says otherwise."""
    body: c.TakeNote = call.body
    record = await case_session(call)
    await writable(call, record)
    now = await about_now(call.services, record)
    endpoint_id = now.endpoint_id if body.endpoint_id is None else body.endpoint_id
    endpoint = record.endpoint(endpoint_id)
    if endpoint_id and endpoint is None:
        raise not_found("endpoint")
    item_id = now.item_id if body.item_id is None else await known_item(call, record, body.item_id)
    speaker = (endpoint.name if endpoint else "") if body.speaker is None else body.speaker
    taken = Note(
        session_id=record.id,
        item_id=item_id,
        at=body.at or now.at,
        endpoint_id=endpoint_id,
        speaker=speaker,
        kind=body.kind,
        text=body.text,
        author=call.actor,
    )
    if call.extent is Extent.COMMENT:  # a comment is its author's own, whoever speaks
        taken = replace(taken, kind="gop_y", endpoint_id="", speaker=call.actor)
    kept = await call.services.case.add_note(taken)
    about = {"note": kept.id, "category": kept.kind, "by": call.actor}
    tell_recording(call.services, record.id, "note_taken", endpoint_id=kept.endpoint_id, **about)
    if body.mark:
        text = " – ".join(part for part in (KIND_WORDS[kept.kind], kept.speaker) if part)
        await mark_recording(call.services, record.id, text, by=call.actor, endpoint_id=kept.endpoint_id)
    return c.NoteView.of(kept, started=record.started_at)


async def change_note(call: Call) -> BaseModel:
    """PATCH /sessions/{id}/notes/{note}."""
    body: c.ChangeNote = call.body
    record = await case_session(call)
    await writable(call, record)
    await _note_of(call, record)
    changes = body.given()
    if changes.get("item_id"):
        await known_item(call, record, changes["item_id"])
    if changes.get("endpoint_id") and record.endpoint(changes["endpoint_id"]) is None:
        raise not_found("endpoint")
    if call.extent is Extent.COMMENT:
        changes = {name: value for name, value in changes.items() if name in ("text", "item_id")}
    kept = await call.services.case.change_note(record.id, call.path("note"), changes, actor=call.actor)
    return c.NoteView.of(kept, started=record.started_at)


async def remove_note(call: Call) -> BaseModel:
    """DELETE /sessions/{id}/notes/{note}."""
    record = await case_session(call)
    await writable(call, record)
    await _note_of(call, record)
    await call.services.case.remove_note(record.id, call.path("note"), actor=call.actor)
    return await list_notes(call)


async def _note_of(call: Call, record: SessionRecord) -> Note:
    """The note meant; who only comments has his own alone. Raises Problem 403, 404."""
    notes = await call.services.case.notes(record.id)
    found = next((each for each in notes if each.id == call.path("note")), None)
    if found is None:
        raise not_found("note")
    if call.extent is Extent.COMMENT and (found.kind != "gop_y" or found.author != call.actor):
        raise Problem(403, "not_own", "Only one's own comments can be changed")
    return found


# --- conclusions ---


async def list_conclusions(call: Call) -> BaseModel:
    """GET /sessions/{id}/conclusions."""
    record = await case_session(call)
    return await _conclusions(call, record)


async def _conclusions(call: Call, record: SessionRecord) -> c.ConclusionList:
    found = await call.services.case.conclusions(record.id)
    return c.ConclusionList(conclusions=[c.ConclusionView.of(each, today=_today()) for each in found])


async def add_conclusion(call: Call) -> BaseModel:
    """POST /sessions/{id}/conclusions."""
    body: c.AddConclusion = call.body
    record = await case_session(call)
    await writable(call, record)
    if body.item_id is None:
        item_id = (await about_now(call.services, record)).item_id
    else:
        item_id = await known_item(call, record, body.item_id)
    given = Conclusion(
        session_id=record.id,
        item_id=item_id,
        task=body.task,
        owner=body.owner,
        deadline=body.deadline,
        by=call.actor,
    )
    kept = await call.services.case.add_conclusion(given)
    title = await item_title(call.services, record.id, item_id)
    text = " – ".join(part for part in ("Kết luận của người chủ trì", title) if part)
    await mark_recording(call.services, record.id, text, by=call.actor)
    return c.ConclusionView.of(kept, today=_today())


async def change_conclusion(call: Call) -> BaseModel:
    """PATCH /sessions/{id}/conclusions/{conclusion}."""
    body: c.ChangeConclusion = call.body
    record = await case_session(call)
    await writable(call, record)
    changes = body.given()
    if changes.get("item_id"):
        await known_item(call, record, changes["item_id"])
    try:
        kept = await call.services.case.change_conclusion(record.id, call.path("conclusion"), changes, actor=call.actor)
    except NotFound:
        raise not_found("conclusion") from None
    return c.ConclusionView.of(kept, today=_today())


async def remove_conclusion(call: Call) -> BaseModel:
    """DELETE /sessions/{id}/conclusions/{conclusion}."""
    record = await case_session(call)
    await writable(call, record)
    try:
        await call.services.case.remove_conclusion(record.id, call.path("conclusion"), actor=call.actor)
    except NotFound:
        raise not_found("conclusion") from None
    return await _conclusions(call, record)


async def conclusion_done(call: Call) -> BaseModel:
    """PUT /sessions/{id}/conclusions/{conclusion}/done: also of what is archived; deadlines run on."""
    body: c.ConclusionDone = call.body
    record = await case_session(call)
    changes = {"done_at": utc_now() if body.done else None, "done_note": body.note}
    try:
        kept = await call.services.case.change_conclusion(record.id, call.path("conclusion"), changes, actor=call.actor)
    except NotFound:
        raise not_found("conclusion") from None
    return c.ConclusionView.of(kept, today=_today())


_CASE = "/api/v1/sessions/{id}"
_NOTE, _CONCLUSION = f"{_CASE}/notes/{{note}}", f"{_CASE}/conclusions/{{conclusion}}"
_READ: list[tuple[str, Handler, str, type[BaseModel]]] = [
    (
        "case",
        get_case,
        "A session's case: citizens, matters, notes, conclusions, as the bearer may see them",
        c.CaseView,
    ),
    ("matters", list_matters, "What became of the items of the script", c.MatterList),
    ("notes", list_notes, "The notes, by the time of what they are about", c.NoteList),
    ("conclusions", list_conclusions, "The chair's conclusions with owner and deadline", c.ConclusionList),
]
_WRITE = [
    (
        "PUT",
        f"{_CASE}/matters/{{item}}",
        put_matter,
        "Set an item's matter and outcome; item - is the session as a whole",
    ),
    ("POST", f"{_CASE}/conclusions", add_conclusion, "A task of the conclusion, with owner and deadline"),
    ("PATCH", _CONCLUSION, change_conclusion, "Change a conclusion"),
    ("DELETE", _CONCLUSION, remove_conclusion, "Take back a conclusion that was entered by mistake"),
    ("PUT", f"{_CONCLUSION}/done", conclusion_done, "Whether a task was carried out; also after the archive"),
    ("POST", f"{_CASE}/notes", take_note, "Take a note; item, room and time are filled in; who comments, comments"),
    ("PATCH", _NOTE, change_note, "Change a note; it is marked as changed"),
    ("DELETE", _NOTE, remove_note, "Remove a note"),
]
_BODIES: dict[str, type[BaseModel]] = {
    "put_matter": c.PutMatter,
    "add_conclusion": c.AddConclusion,
    "change_conclusion": c.ChangeConclusion,
    "conclusion_done": c.ConclusionDone,
    "take_note": c.TakeNote,
    "change_note": c.ChangeNote,
}
_RESULTS: dict[str, type[BaseModel]] = {
    "put_matter": c.MatterView,
    "take_note": c.NoteView,
    "change_note": c.NoteView,
    "remove_note": c.NoteList,
    "remove_conclusion": c.ConclusionList,
}

ROUTES = [
    *(
        Route(
            method="GET",
            path=f"{_CASE}/{path}",
            handler=handler,
            summary=summary,
            permission=Permission.WRITE_MINUTES,
            result=result,
        )
        for path, handler, summary, result in _READ
    ),
    *(
        Route(
            method=method,
            path=path,
            handler=handler,
            summary=summary,
            permission=Permission.WRITE_MINUTES,
            extents=COMMENTS if "notes" in path else WRITES,
            body=_BODIES.get(handler.__name__),
            result=_RESULTS.get(handler.__name__, c.ConclusionView),
            status=201 if method == "POST" else 200,
        )
        for method, path, handler, summary in _WRITE
    ),
]

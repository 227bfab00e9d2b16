"""The API's operations on citizens: entered by the secretary or the officer in the room; refused, or asked to come."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from reception.case_records import Citizen, Note
from reception.permissions import Extent, Permission, Role
from reception.records import SessionRecord
from reception.sealed_number import NumberUnreadable
from signalling import case_views as c
from signalling.bodies import Body
from signalling.case_access import case_session, check_own, own_ids, writable
from signalling.case_api import known_item, mark_outcome
from signalling.case_live import about_now, find_item, mark_recording
from signalling.live_room import utc_now
from signalling.presenting import refresh_shown
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.script_actions import refresh_script

ENTERS = frozenset({Extent.FULL, Extent.OWN})


class RemoveCitizen(Body):
    """Why somebody is taken back."""

    reason: c.Text = ""


async def list_citizens(call: Call) -> BaseModel:
    """GET /sessions/{id}/citizens."""
    record = await case_session(call)
    own = own_ids(call, record)
    found = await call.services.case.citizens(record.id)
    mine = [each for each in found if own is None or each.endpoint_id in own]
    return c.CitizenList(citizens=[c.CitizenView.of(each, call.extent) for each in mine])


async def add_citizen(call: Call) -> BaseModel:
    """POST /sessions/{id}/citizens."""
    body: c.AddCitizen = call.body
    record = await case_session(call)
    await writable(call, record)
    endpoint = check_own(call, record, body.endpoint_id)
    values = _changes(call)
    await known_item(call, record, values.get("item_id", ""))
    given = Citizen(session_id=record.id, endpoint_id=endpoint.id, **values)
    try:
        kept = await call.services.case.add_citizen(given, actor=call.actor)
    except (NumberUnreadable, OSError) as error:
        raise _no_key(error) from None
    await refresh_shown(call.services, record.id)
    return c.CitizenView.of(kept, call.extent)


async def change_citizen(call: Call) -> BaseModel:
    """PATCH /sessions/{id}/citizens/{citizen}."""
    record = await case_session(call)
    await writable(call, record)
    citizen = await _mine(call, record)
    changes = _changes(call)
    await known_item(call, record, changes.get("item_id", ""))
    try:
        kept = await call.services.case.change_citizen(record.id, citizen.id, changes, actor=call.actor)
    except (NumberUnreadable, OSError) as error:
        raise _no_key(error) from None
    return c.CitizenView.of(kept, call.extent)


async def remove_citizen(call: Call) -> BaseModel:
    """POST /sessions/{id}/citizens/{citizen}/remove."""
    body: RemoveCitizen = call.body
    record = await case_session(call)
    await writable(call, record)
    citizen = await _mine(call, record)
    await call.services.case.remove_citizen(record.id, citizen.id, actor=call.actor, reason=body.reason)
    await refresh_shown(call.services, record.id)
    return await list_citizens(call)


def _changes(call: Call) -> dict[str, Any]:
    body: c.ChangeCitizen = call.body
    return body.changes(now=utc_now(), notice_version=call.services.rules.version)


async def _mine(call: Call, record: SessionRecord) -> Citizen:
    """The citizen meant. Raises Problem 403, 404."""
    found = next((e for e in await call.services.case.citizens(record.id) if e.id == call.path("citizen")), None)
    if found is None:
        raise not_found("citizen")
    check_own(call, record, found.endpoint_id)
    return found


def _no_key(error: Exception) -> Problem:
    return Problem(
        503,
        "citizens_key",
        "The personal number cannot be stored",
        str(error),
        reason_vi=f"Chưa lưu được số giấy tờ vì thiếu khóa mã hóa: {error}",
        reason_en=f"The personal number cannot be stored: {error}",
    )


# --- not received, or in person ---


async def refuse(call: Call) -> BaseModel:
    """POST /sessions/{id}/refusal: the item that runs (or the one named) ends with a refusal, its ground and words."""
    body: c.Refuse = call.body
    record, item_id = await _item(call, body.item_id)
    changes = {"outcome": "tu_choi", "refusal_ground": body.ground, "result": body.text}
    call.facts["ground"] = body.ground
    found = await call.services.case.put_matter(record.id, item_id, changes, actor=call.actor)
    await mark_outcome(call, record, item_id, "tu_choi")
    return c.MatterView.of(found)


async def in_person(call: Call) -> BaseModel:
    """POST /sessions/{id}/in-person: the matter goes on in person; a room's wish is noted for the secretary."""
    body: c.InPerson = call.body
    record, item_id = await _item(call, body.item_id)
    if call.bearer.role in (Role.ENDPOINT, Role.TECHNICIAN):
        return await _ask_in_person(call, record, item_id, body)
    changes = {"outcome": "tiep_truc_tiep", "result": body.reason}
    found = await call.services.case.put_matter(record.id, item_id, changes, actor=call.actor)
    item = await find_item(call.services, record.id, item_id)
    if item is not None and item.state == "pending":  # it will not be heard here; what runs is ended by the chair
        reason = f"Chuyển sang tiếp trực tiếp: {body.reason}"
        await call.services.store.course.change_item(
            record.id, item_id, state="waived", actor=call.actor, reason=reason
        )
        conference = call.services.conferences.get(record.id)
        if conference is not None:
            await refresh_script(conference)
    await mark_outcome(call, record, item_id, "tiep_truc_tiep")
    return c.TurnedAway(item_id=item_id, outcome=found.outcome, asked=False)


async def _ask_in_person(call: Call, record: SessionRecord, item_id: str, body: c.InPerson) -> BaseModel:
    endpoint = check_own(call, record, body.endpoint_id)
    text = f"Công dân tại {endpoint.name} đề nghị được tiếp trực tiếp: {body.reason}"
    asked = Note(
        session_id=record.id,
        item_id=item_id,
        endpoint_id=endpoint.id,
        speaker=endpoint.name,
        kind="ghi_chu",
        text=text,
        author=call.actor,
    )
    await call.services.case.add_note(asked)
    await call.services.store.log(record.id, "in_person_asked", endpoint_id=endpoint.id, actor=call.actor)
    said = "Công dân đề nghị được tiếp trực tiếp"
    await mark_recording(call.services, record.id, said, by=call.actor, endpoint_id=endpoint.id)
    return c.TurnedAway(item_id=item_id, outcome="", asked=True)


async def _item(call: Call, item_id: str | None) -> tuple[SessionRecord, str]:
    record = await case_session(call)
    await writable(call, record)
    if item_id is None:
        return record, (await about_now(call.services, record)).item_id
    return record, await known_item(call, record, item_id)


_PATH = "/api/v1/sessions/{id}/citizens"

ROUTES = [
    Route(
        method="GET",
        path=_PATH,
        handler=list_citizens,
        summary="Who is received; personal numbers masked for all but those with full see_identity",
        permission=Permission.SEE_IDENTITY,
        result=c.CitizenList,
    ),
    Route(
        method="POST",
        path=_PATH,
        handler=add_citizen,
        summary="Enter somebody; an endpoint's link for its own room",
        permission=Permission.SEE_IDENTITY,
        extents=ENTERS,
        body=c.AddCitizen,
        result=c.CitizenView,
        status=201,
    ),
    Route(
        method="PATCH",
        path=f"{_PATH}/{{citizen}}",
        handler=change_citizen,
        summary="Change what is known of somebody",
        permission=Permission.SEE_IDENTITY,
        extents=ENTERS,
        body=c.ChangeCitizen,
        result=c.CitizenView,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{citizen}}/remove",
        handler=remove_citizen,
        summary="Take back who was entered by mistake",
        permission=Permission.SEE_IDENTITY,
        extents=ENTERS,
        body=RemoveCitizen,
        result=c.CitizenList,
        about_citizens=True,
    ),
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/refusal",
        handler=refuse,
        summary="Refuse to receive, on a ground of the law and in words (Từ chối tiếp)",
        permission=Permission.TURN_AWAY,
        extents=frozenset({Extent.FULL}),
        body=c.Refuse,
        result=c.MatterView,
    ),
    Route(
        method="POST",
        path="/api/v1/sessions/{id}/in-person",
        handler=in_person,
        summary="Receive in person instead (Đề nghị tiếp trực tiếp); from a room it is a request",
        permission=Permission.TURN_AWAY,
        extents=ENTERS,
        body=c.InPerson,
        result=c.TurnedAway,
        about_citizens=True,
    ),
]

"""The API's operations on the technical check of a session."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web
from pydantic import BaseModel

from reception.lifecycle import CLOSED_STATES
from reception.marks import Mark
from reception.permissions import WRITING, Extent, Permission, Role
from reception.preflight import CENTRE, SITE
from reception.preflight_checks import BY_KEY, CHECKS, EVERYBODY, Value, fault_of
from reception.records import EndpointRecord, SessionRecord
from signalling import preflight_views as p
from signalling.clip_test import clip_path, clip_response, measure_storage, record_clip
from signalling.line_api import (
    STREAM,
    MeasureLine,
    Say,
    get_joint,
    measure_session_line,
    start_joint,
    stream,
)
from signalling.preflight_service import preflight_store, preflight_view
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route


async def get_preflight(call: Call) -> BaseModel:
    """GET /sessions/{id}/preflight."""
    record = await _session(call)
    return await preflight_view(call.services, record, call.bearer.endpoint_id)


async def post_measured(call: Call) -> BaseModel:
    """POST /sessions/{id}/preflight."""
    body: p.Measured = call.body
    record = await _open_session(call)
    endpoint = _subject(call, record, body.endpoint_id)
    values = checked_values(body.values)
    by = call.bearer.name or call.bearer.role
    await preflight_store(call.services).add_run(record.id, endpoint.id, values, kind="self", by=by)
    return await preflight_view(call.services, record, endpoint.id)


async def sign(call: Call) -> BaseModel:
    """POST /sessions/{id}/preflight/sign."""
    body: p.Sign = call.body
    record = await _open_session(call)
    endpoint = _signed(call, record, body)
    await preflight_store(call.services).sign(
        record.id, endpoint.id, body.check, name=body.name, answer=body.answer, note=body.note
    )
    return await preflight_view(call.services, record, call.bearer.endpoint_id)


async def waive(call: Call) -> BaseModel:
    """POST /sessions/{id}/preflight/waive."""
    body: p.Waive = call.body
    record = await _open_session(call)
    endpoint = _subject(call, record, body.endpoint_id)
    store = preflight_store(call.services)
    if body.withdraw:
        if not await store.withdraw(record.id, endpoint.id, body.item, by=body.name):
            raise Problem(409, "not_waived", "This item was not waived")
    elif body.reason is None:
        raise Problem(422, "reason_needed", "A waiver needs a reason", "reason: at least 5 characters.")
    else:
        await store.waive(record.id, endpoint.id, body.item, name=body.name, reason=body.reason)
    await call.services.store.log(
        record.id,
        "preflight_waiver_withdrawn" if body.withdraw else "preflight_waived",
        endpoint_id=endpoint.id,
        item=body.item,
        name=body.name,
        reason=body.reason or "",
    )
    return await preflight_view(call.services, record)


async def try_recorder(call: Call) -> web.StreamResponse:
    """POST /sessions/{id}/preflight/clip."""
    record = await _open_session(call)
    endpoint = _endpoint(record, call.bearer.endpoint_id)

    async def work(say: Say) -> None:
        values = await record_clip(call.services, record, endpoint, call.body, say)
        await preflight_store(call.services).add_run(record.id, endpoint.id, values, kind="server", by="máy chủ")
        detail = f"{values['storage.clip_seconds']} s, {values['storage.clip_fps']} fps"
        by = call.bearer.name or call.bearer.role
        await call.services.store.course.set_mark(record.id, Mark.RECORDER_TESTED, actor=by, detail=detail)
        await say({"type": "result", "values": values})

    return await stream(call, work)


async def get_clip(call: Call) -> web.StreamResponse:
    """GET /preflight/clips/{name}."""
    return clip_response(clip_path(call.services, call.path("name")))


async def check_storage(call: Call) -> BaseModel:
    """POST /sessions/{id}/preflight/storage."""
    record = await _open_session(call)
    central = next((each for each in record.endpoints if each.role == "central" and not each.removed), None)
    if central is None:
        raise not_found("endpoint")
    if call.bearer.endpoint_id not in ("", central.id):
        raise Problem(403, "forbidden", "The recordings' disk is the central endpoint's matter")
    values = await measure_storage(call.services, record)
    await preflight_store(call.services).add_run(record.id, central.id, values, kind="server", by="máy chủ")
    return await preflight_view(call.services, record, call.bearer.endpoint_id)


async def get_time(call: Call) -> BaseModel:
    """GET /time."""
    return p.ServerTime(now=datetime.now(UTC))


def checked_values(values: dict[str, bool | float | str]) -> dict[str, Value]:
    """The values. Raises Problem 422 with each fault."""
    faults = [fault for key, value in values.items() if (fault := fault_of(key, value))]
    if faults:
        raise Problem(422, "invalid_measurement", "Not every value can be taken", "; ".join(faults))
    return dict(values)


def check_signed(key: str, *, by_itself: bool, at_centre: bool) -> None:
    """Whether this may be signed so. `by_itself`: by who is checked; `at_centre`: by an operator. Raises Problem."""
    check = BY_KEY.get(key)
    if key == CENTRE and not at_centre:
        raise Problem(403, "forbidden", "Only the centre signs for the centre")
    if key in (SITE, CENTRE):
        return
    if check is None or not check.manual:
        manual = ", ".join([each.key for each in CHECKS if each.manual] + [SITE, CENTRE])
        raise Problem(422, "unknown_check", "There is nothing of this name to sign", f"There are: {manual}.")
    if check.other_side and by_itself:
        raise Problem(403, "other_side_needed", "Somebody at another endpoint, or the operator, has to confirm this")


async def _session(call: Call) -> SessionRecord:
    if call.bearer.role is Role.ENDPOINT and call.bearer.session_id != call.path("id"):
        raise Problem(403, "forbidden", "This token is for another session")
    return await call.services.session(call.path("id"))


async def _open_session(call: Call) -> SessionRecord:
    record = await _session(call)
    if record.state in CLOSED_STATES:
        raise Problem(409, "session_ended", "The session has ended")
    return record


def _own_id(call: Call, record: SessionRecord) -> str:
    """Whose check the bearer may do where it is one endpoint's alone: of its link, or of its unit; "" otherwise."""
    if call.bearer.endpoint_id or call.extent is not Extent.OWN:
        return call.bearer.endpoint_id
    return record.of_unit(call.bearer.unit)[0].id


def _subject(call: Call, record: SessionRecord, wanted: str) -> EndpointRecord:
    """The endpoint meant; an endpoint's token means its own. Raises Problem."""
    own = _own_id(call, record)
    if own and wanted not in ("", own):
        raise Problem(403, "forbidden", "An endpoint measures itself only")
    return _endpoint(record, own or wanted)


def _signed(call: Call, record: SessionRecord, body: p.Sign) -> EndpointRecord:
    """The endpoint whose result is signed: by an endpoint's token its own, and of others what the other side hears."""
    own = _own_id(call, record)
    endpoint = _endpoint(record, body.endpoint_id or own)
    check = BY_KEY.get(body.check)
    if own and endpoint.id != own and not (check and check.other_side):
        raise Problem(403, "forbidden", "An endpoint signs for itself only")
    check_signed(body.check, by_itself=own == endpoint.id, at_centre=not own)
    return endpoint


def _endpoint(record: SessionRecord, endpoint_id: str) -> EndpointRecord:
    endpoint = record.endpoint(endpoint_id)
    if endpoint is None or endpoint.removed or endpoint.role not in EVERYBODY:
        raise not_found("endpoint")
    return endpoint


_PATH = "/api/v1/sessions/{id}/preflight"

ROUTES = [
    Route(
        method="GET",
        path=_PATH,
        handler=get_preflight,
        summary="The technical check of every endpoint; of its own with an endpoint's token",
        permission=Permission.VIEW_PREFLIGHT,
        result=p.PreflightView,
    ),
    Route(
        method="POST",
        path=_PATH,
        handler=post_measured,
        summary="Hand in what an endpoint's page measured",
        permission=Permission.PREFLIGHT,
        body=p.Measured,
        result=p.PreflightView,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/sign",
        handler=sign,
        summary="Answer by name what cannot be measured, or sign the whole",
        permission=Permission.PREFLIGHT,
        body=p.Sign,
        result=p.PreflightView,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/waive",
        handler=waive,
        summary="Go on without an item, with name and reason; or take that back",
        permission=Permission.WAIVE_PREFLIGHT,
        body=p.Waive,
        result=p.PreflightView,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/line",
        handler=measure_session_line,
        summary=f"Measure the bearer's line through the media path; the answer is a stream ({STREAM})",
        permission=Permission.PREFLIGHT,
        extents=frozenset({Extent.OWN}),
        body=MeasureLine,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/clip",
        handler=try_recorder,
        summary=f"Record ten seconds of the bearer with the real recorder, and decode them; a stream ({STREAM})",
        permission=Permission.PREFLIGHT,
        extents=frozenset({Extent.OWN}),
        body=MeasureLine,
    ),
    Route(
        method="GET",
        path="/api/v1/preflight/clips/{name}",
        handler=get_clip,
        summary="A test recording, to be played back",
        permission=Permission.PREFLIGHT,
        extents=WRITING,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/storage",
        handler=check_storage,
        summary="Measure the recordings' disk: space against need, speed",
        permission=Permission.PREFLIGHT,
        result=p.PreflightView,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/joint",
        handler=start_joint,
        summary="Let all endpoints measure their lines at the same moment",
        permission=Permission.PREFLIGHT,
        extents=frozenset({Extent.FULL}),
        result=p.PreflightView,
    ),
    Route(
        method="GET",
        path=f"{_PATH}/joint",
        handler=get_joint,
        summary="The joint test that waits, runs or is done",
        permission=Permission.VIEW_PREFLIGHT,
        result=p.JointView,
    ),
    Route(
        method="GET",
        path="/api/v1/time",
        handler=get_time,
        summary="The server's clock",
        permission=None,
        result=p.ServerTime,
    ),
]

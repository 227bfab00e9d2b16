"""The API's operations on a session's course: plan, script, checks, and what moves it on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from pydantic import BaseModel

from reception.event_words import what_changed
from reception.guards import Order, Unready, checked_endpoints, unmet
from reception.lifecycle import Action, Course, IllegalTransition, SessionState, course_of, possible_actions
from reception.marks import Mark
from reception.permissions import Permission
from reception.preflight import WHOLE
from reception.records import EndpointRecord, SessionRecord
from reception.session_plan import ESSENTIAL, Approval, recommended_operators
from reception.store import Stale
from reception.warnings import warnings
from signalling import course_views as c
from signalling import views as v
from signalling.preflight_service import preflight_store
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.script_actions import refresh_script
from signalling.session_views import session_view

FIXED_STATES = frozenset({SessionState.ARCHIVED, SessionState.CANCELLED})
_LEADS_ON = (  # of what is possible, the step on the way to the end
    *(Action.SUBMIT, Action.APPROVE, Action.CHECK, Action.READY, Action.START, Action.RESUME, Action.RESCHEDULE),
    *(Action.END, Action.ARCHIVE),
)


def actor_of(call: Call) -> str:
    """Who does it, by name."""
    return call.bearer.name or call.bearer.role


def act(action: Action) -> Callable[[Call], Awaitable[BaseModel]]:
    """POST /sessions/{id}/{action}."""

    async def handler(call: Call) -> BaseModel:
        body: c.ActBody = call.body
        approval = None
        if body.approver or body.document_no:
            approval = Approval(name=body.approver, office=body.approver_office, document_no=body.document_no)
        order = Order(
            action=action,
            by=actor_of(call),
            reason=body.reason,
            approval=approval,
            planned_start=body.planned_start,
            waive_script=body.waive_script,
            waive=body.waive,
        )
        if given_up := body.waive or body.waive_script:
            call.facts["waived"] = given_up
        async with stale(call):
            with refusals(action):
                record = await call.services.act(call.path("id"), order, expected=body.version)
        return session_view(call.services, record)

    handler.__name__ = f"{action}_session"
    return handler


async def approve_orally(call: Call) -> BaseModel:
    """POST /sessions/{id}/approve-orally: of an ad hoc draft, whoever notes it."""
    record = await call.services.session(call.path("id"))
    if record.state is not SessionState.DRAFT or course_of(record.kind) is not Course.AD_HOC:
        raise Problem(
            409,
            "not_ad_hoc",
            "Only an ad hoc draft is approved by word of mouth",
            reason_vi="Chỉ buổi tiếp đột xuất còn là bản nháp mới phê duyệt miệng được.",
            reason_en="Only an ad hoc draft is approved by word of mouth.",
        )
    return await act(Action.APPROVE)(call)


@contextmanager
def refusals(action: Action) -> Iterator[None]:
    """What the domain refuses becomes a problem with the reason in both languages."""
    try:
        yield
    except IllegalTransition as error:
        raise Problem(
            409,
            "illegal_transition",
            f"The session cannot {action} now",
            str(error),
            reason_vi=error.reason_vi,
            reason_en=error.reason_en,
        ) from None
    except Unready as error:
        raise Problem(
            409,
            "not_ready",
            f"The session cannot {action} yet",
            str(error),
            reason_vi=error.reason_vi,
            reason_en=error.reason_en,
            unmet=[c.UnmetView.of(each).model_dump() for each in error.unmet],
        ) from None


async def get_course(call: Call) -> BaseModel:
    """GET /sessions/{id}/course."""
    services = call.services
    record = await services.session(call.path("id"))
    facts = await services.course.facts(record)
    course, now = course_of(record.kind), datetime.now(UTC)
    possible = possible_actions(record.state, course)
    seats = [each for each in record.endpoints if not each.removed]
    actions = []
    for action in possible:
        found = unmet(record, Order(action=action), facts, now=now)
        # What only the order itself brings (a name, a reason, a date) is asked for when it is given; the missing test
        # recording of an ad hoc session is made as it starts.
        brought = ("no_approver", "no_document", "no_why", "no_date") if action is not Action.START else ("recorder",)
        missing = [each for each in found if each.code not in brought]
        actions.append(c.ActionView(action=action, unmet=[c.UnmetView.of(each) for each in missing]))
    deputy = services.settings.reception.warn_deputy_chair
    checked = checked_endpoints(record)
    return c.CourseView(
        id=record.id,
        state=record.state,
        version=record.version,
        course=course,
        next=next((each for each in _LEADS_ON if each in possible), None),
        actions=actions,
        warnings=[c.UnmetView.of(each) for each in warnings(record, deputy=deputy)],
        endpoints=len(seats),
        recommended_operators=recommended_operators(len(seats)),
        checks=[c.CheckedView.of(each.id, each.name, facts.preflight.get(each.id)) for each in checked],
        marks=[c.MarkView.of(each) for each in facts.marks],
        script=[c.ScriptItemView.of(each) for each in facts.script],
        disk_free_bytes=facts.disk_free_bytes,
        disk_needed_bytes=facts.disk_needed_bytes,
    )


async def change_plan(call: Call) -> BaseModel:
    """PATCH /sessions/{id}/plan."""
    body: c.ChangePlan = call.body
    record = await call.services.session(call.path("id"))
    changes = body.changes()
    _check_changeable(record, changes)
    if body.profile is not None:
        call.services.profile(body.profile)
        changes["profile"] = body.profile
    if body.title is not None:
        changes["title"] = body.title
    if changes:
        course = call.services.store.course
        async with stale(call):
            await course.change_plan(record.id, changes, actor=actor_of(call), expected=body.version)
        record = await call.services.session(record.id)
        conference = call.services.conferences.get(record.id)
        if conference is not None:
            conference.record = record
            conference.session_changed()
    return session_view(call.services, record)


def _check_changeable(record: SessionRecord, changes: dict[str, object]) -> None:
    """What was approved changes only in a draft; what is over does not change at all, but for how long it is kept."""
    changed = {name for name, value in changes.items() if value != getattr(record.plan, name)}
    over = record.state in FIXED_STATES
    if over or (record.state is not SessionState.DRAFT and changed & ESSENTIAL):
        names = ", ".join(sorted(changed & ESSENTIAL)) or "plan"
        vi = "đã lưu trữ hoặc đã hủy, không sửa được nữa" if over else "đã trình: đưa về bản nháp rồi sửa"
        en = "is archived or cancelled" if over else "was submitted: take it back to a draft first"
        raise Problem(
            409,
            "plan_fixed",
            "The plan cannot be changed now",
            f"The session {en} ({names}).",
            reason_vi=f"Buổi tiếp {vi} ({names}).",
            reason_en=f"The session {en} ({names}).",
        )


async def get_script(call: Call) -> BaseModel:
    """GET /sessions/{id}/script."""
    record = await call.services.session(call.path("id"))
    items = await call.services.store.course.script(record.id)
    return c.ScriptView(version=record.version, items=[c.ScriptItemView.of(each) for each in items])


async def put_script(call: Call) -> BaseModel:
    """PUT /sessions/{id}/script."""
    body: c.PutScript = call.body
    record = await call.services.session(call.path("id"))
    _check_changeable(record, {})
    items = [each.item() for each in body.items]
    async with stale(call):
        await call.services.store.course.put_script(record.id, items, actor=actor_of(call), expected=body.version)
    conference = call.services.conferences.get(record.id)
    if conference is not None:
        await refresh_script(conference)
    return await get_script(call)


async def put_people(call: Call) -> BaseModel:
    """PUT /sessions/{id}/endpoints/{eid}/people."""
    body: c.PutPeople = call.body
    record, endpoint = await _endpoint(call)
    people = [each.person() for each in body.people]
    await call.services.store.course.set_people(record.id, endpoint.id, people, actor=actor_of(call))
    record = await call.services.session(record.id)
    conference = call.services.conferences.get(record.id)
    fresh = record.endpoint(endpoint.id)
    if conference is not None and fresh is not None:
        conference.seat_for(fresh)
    return session_view(call.services, record)


async def show_notice(call: Call) -> BaseModel:
    """POST /sessions/{id}/notice."""
    record = await call.services.session(call.path("id"))
    course = call.services.store.course
    await course.set_mark(record.id, Mark.NOTICE_SHOWN, actor=actor_of(call), detail=call.body.text_version)
    return await get_course(call)


async def test_recorder(call: Call) -> BaseModel:
    """POST /sessions/{id}/recorder-test."""
    record = await call.services.session(call.path("id"))
    await call.services.course.test_recorder(record, by=actor_of(call))
    return await get_course(call)


async def waive_check(call: Call) -> BaseModel:
    """POST /sessions/{id}/endpoints/{eid}/waiver."""
    body: c.Waive = call.body
    record, endpoint = await _endpoint(call)
    name = body.name or actor_of(call)
    await preflight_store(call.services).waive(record.id, endpoint.id, WHOLE, name=name, reason=body.reason)
    facts = {"item": WHOLE, "name": name, "reason": body.reason}
    await call.services.store.log(record.id, "preflight_waived", endpoint_id=endpoint.id, actor=actor_of(call), **facts)
    return await get_course(call)


@asynccontextmanager
async def stale(call: Call) -> AsyncIterator[None]:
    """Around a change: if somebody else made one meanwhile, it is told which."""
    try:
        yield
    except Stale as error:
        changes = await call.services.store.events(error.session_id, since_version=error.expected)
        told = what_changed(changes)
        raise Problem(
            409,
            "stale_version",
            "Somebody else changed the session meanwhile",
            told.en,
            reason_vi=told.vi,
            reason_en=told.en,
            version=error.version,
            changes=[c.EventView.of(each).model_dump(mode="json") for each in changes],
        ) from None


async def _endpoint(call: Call) -> tuple[SessionRecord, EndpointRecord]:
    record = await call.services.session(call.path("id"))
    endpoint = record.endpoint(call.path("eid"))
    if endpoint is None or endpoint.removed:
        raise not_found("endpoint")
    return record, endpoint


_S = "/api/v1/sessions/{id}"
_SUMMARIES = {
    Action.SUBMIT: "Submit a draft for approval",
    Action.APPROVE: "Approve: by name and document; an ad hoc draft by name alone",
    Action.REVISE: "Take a session that is not live back to a draft",
    Action.CHECK: "Begin the technical check (by itself some time before the planned start)",
    Action.READY: "Declare the session ready",
    Action.START: "Start the session",
    Action.PAUSE: "Pause the session",
    Action.INTERRUPT: "Interrupt the session for technical reasons",
    Action.RESUME: "Resume the session",
    Action.END: "End the session for good",
    Action.ARCHIVE: "Archive the session; it can only be read from then on",
    Action.POSTPONE: "Postpone a session that is not live yet, with a reason",
    Action.RESCHEDULE: "Give a postponed session a new date",
    Action.CANCEL: "Cancel a session that is not live yet, with a reason",
}

_PERMITTED = {
    **dict.fromkeys((Action.SUBMIT, Action.REVISE, Action.RESCHEDULE), Permission.EDIT_SESSION),
    **dict.fromkeys((Action.POSTPONE, Action.CANCEL), Permission.EDIT_SESSION),
    Action.APPROVE: Permission.APPROVE_SESSION,
    Action.ARCHIVE: Permission.ARCHIVE_SESSION,
}

ROUTES = [
    *(
        Route(
            method="POST",
            path=f"{_S}/{action}",
            handler=act(action),
            summary=summary,
            permission=_PERMITTED.get(action, Permission.RUN_SESSION),
            body=c.ActBody,
            result=v.SessionView,
            in_archive=True,
        )
        for action, summary in _SUMMARIES.items()
    ),
    Route(
        method="POST",
        path=f"{_S}/approve-orally",
        handler=approve_orally,
        summary="Note who approved an ad hoc draft by word of mouth",
        permission=Permission.EDIT_SESSION,
        body=c.ActBody,
        result=v.SessionView,
    ),
    Route(
        method="GET",
        path=f"{_S}/course",
        handler=get_course,
        summary="Where a session stands, what is possible and what is missing for it",
        permission=Permission.VIEW_SESSIONS,
        result=c.CourseView,
    ),
    Route(
        method="PATCH",
        path=f"{_S}/plan",
        handler=change_plan,
        summary="Change a session's plan; what is left out stays",
        permission=Permission.EDIT_SESSION,
        body=c.ChangePlan,
        result=v.SessionView,
    ),
    Route(
        method="GET",
        path=f"{_S}/script",
        handler=get_script,
        summary="A session's script",
        permission=Permission.VIEW_SESSIONS,
        result=c.ScriptView,
    ),
    Route(
        method="PUT",
        path=f"{_S}/script",
        handler=put_script,
        summary="Replace a session's script; items that keep their id keep their state",
        permission=Permission.EDIT_SESSION,
        body=c.PutScript,
        result=c.ScriptView,
    ),
    Route(
        method="PUT",
        path=f"{_S}/endpoints/{{eid}}/people",
        handler=put_people,
        summary="Name an endpoint's delegates",
        permission=Permission.EDIT_SESSION,
        body=c.PutPeople,
        result=v.SessionView,
    ),
    Route(
        method="POST",
        path=f"{_S}/endpoints/{{eid}}/waiver",
        handler=waive_check,
        summary="Let an endpoint pass without a passed technical check, with a reason",
        permission=Permission.WAIVE_PREFLIGHT,
        body=c.Waive,
        result=c.CourseView,
    ),
    Route(
        method="POST",
        path=f"{_S}/notice",
        handler=show_notice,
        summary="Note that the notice of recording was shown",
        permission=Permission.RUN_SESSION,
        body=c.ShowNotice,
        result=c.CourseView,
    ),
    Route(
        method="POST",
        path=f"{_S}/recorder-test",
        handler=test_recorder,
        summary="Write a test file where recordings go, and read it back",
        permission=Permission.CONTROL_RECORDER,
        result=c.CourseView,
    ),
]

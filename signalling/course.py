"""A session's course as this process runs it: orders one after the other, guards asked, recorder and endpoints told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from reception.guards import Facts, Order, checked_endpoints, decide
from reception.lifecycle import OPEN_STATES, Action, Course, SessionState, course_of
from reception.marks import Mark, MarkRecord, PreflightResult, PreflightState
from reception.records import SessionRecord
from reception.session_query import SessionFilter
from reception.store import Stale
from recorder.self_test import self_test
from recorder.service import RecorderUnavailable
from signalling.archiving import note_kept, package_marks
from signalling.message_base import ByeReason
from signalling.planner import planner_verdict
from signalling.preflight_service import assessments
from signalling.problems import Problem
from signalling.procedure import procedure_of, waive_steps
from signalling.space import check_space, room_for, wanted_space

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.services import Services

log = structlog.get_logger("signalling")

SYSTEM = "hệ thống"  # who does what nobody ordered
LEAVING: dict[Action, ByeReason] = {
    Action.END: "ended",
    Action.CANCEL: "cancelled",
    Action.POSTPONE: "postponed",
}


class SessionCourse:
    """Moves sessions on. Orders on one session come one after the other, whoever gives them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._acting: dict[str, asyncio.Lock] = {}

    def alone(self, session_id: str) -> asyncio.Lock:
        """Held while something is done to a session that no order may come between."""
        return self._acting.setdefault(session_id, asyncio.Lock())

    async def act(self, session_id: str, order: Order, *, expected: int | None = None) -> SessionRecord:
        """Carry an order out; the session after it. expected: the version that its giver saw.

        Raises Problem (no such session, no recorder), Stale, IllegalTransition, Unready.
        """
        async with self.alone(session_id):
            record = await self._decided(session_id, order, expected)
            return await self._carry_out(record, order)

    async def check(self, session_id: str, order: Order, *, expected: int | None = None) -> SessionRecord:
        """The session as it is, if the order could be carried out now. Raises as act does."""
        async with self.alone(session_id):
            return await self._decided(session_id, order, expected)

    async def _decided(self, session_id: str, order: Order, expected: int | None) -> SessionRecord:
        record = await self._services.session(session_id)
        if expected is not None and record.version != expected:
            raise Stale(session_id, expected, record.version)
        await self._before(record, order)
        decide(record, order, await self.facts(record), now=datetime.now(UTC))
        return record

    async def facts(self, record: SessionRecord) -> Facts:
        """What the guards look at."""
        services, course = self._services, self._services.store.course
        profile = services.profiles.get(record.profile)
        return Facts(
            marks=[
                *await course.marks(record.id),
                *_acknowledged(services, record),
                *await package_marks(services, record),
            ],
            preflight=await _preflight(services, record),
            script=await course.script(record.id),
            steps=await procedure_of(services, record),
            planner=planner_verdict(record, profile),
            disk_free_bytes=(await room_for(services, record)).free,
            disk_needed_bytes=wanted_space(services, record).bytes if services.is_recorded(record) else 0,
        )

    async def test_recorder(self, record: SessionRecord, *, by: str) -> None:
        """Write a test file where recordings go and read it back; marked if it is well. Raises Problem 503."""
        root = self._services.recorder.root
        found = await asyncio.to_thread(self_test, root)
        if not found.ok:
            raise Problem(
                503,
                "recorder_unavailable",
                "The test recording failed",
                found.fault,
                reason_vi=f"Ghi thử không được tại {root}: {found.fault}. Kiểm tra ổ đĩa ghi hình.",
                reason_en=f"The test recording under {root} failed: {found.fault}. Check the recordings' disk.",
            )
        detail = f"{found.write_bytes_per_s / 1e6:.0f} MB/s"
        await self._services.store.course.set_mark(record.id, Mark.RECORDER_TESTED, actor=by, detail=detail)

    async def check_what_is_due(self) -> None:
        """Scheduled sessions that begin soon go to their technical check by themselves."""
        ahead = timedelta(minutes=self._services.settings.reception.check_minutes_before)
        now = datetime.now(UTC)
        wanted = SessionFilter(
            states=(SessionState.SCHEDULED,), begins=now - timedelta(days=1), ends=now + ahead, limit=500
        )
        records, _ = await self._services.store.sessions(wanted)
        for record in records:
            if self._services.owns(record) and record.plan.planned_start is not None:
                await self.act(record.id, Order(action=Action.CHECK, by=SYSTEM))

    async def _before(self, record: SessionRecord, order: Order) -> None:
        """An ad hoc session has no time for a test that nobody asked for: it is made as it starts."""
        short = course_of(record.kind) is Course.AD_HOC and record.state is SessionState.TECHNICAL_CHECK
        if order.action is Action.START and short:
            marks = await self._services.store.course.marks(record.id)
            if not any(each.mark is Mark.RECORDER_TESTED for each in marks):
                await self.test_recorder(record, by=SYSTEM)

    async def _carry_out(self, record: SessionRecord, order: Order) -> SessionRecord:
        services, action = self._services, order.action
        conference = services.conferences.get(record.id)
        if conference is not None:
            conference.room.call_off()
        if action in (Action.START, Action.RESUME):
            conference = await services.conference(record.id)
            await self._record(conference)
        if action is Action.END and (reason := order.waive_script or order.waive):
            await services.store.course.waive_open_items(record.id, actor=order.by, reason=reason)
        if action is Action.END and order.waive:
            await waive_steps(services, record, by=order.by, reason=order.waive)
        if action is Action.ARCHIVE:
            await note_kept(services, record, actor=order.by)
        told = _facts_of(order)
        moved = await services.store.act(record.id, action, actor=order.by, plan=_plan_of(record, order), **told)
        if conference is not None:
            conference.moved(moved, action)
            if action in LEAVING:
                await self._close(conference, LEAVING[action])
        return moved

    async def _record(self, conference: Conference) -> None:
        """A session is live only with a recorder that is writing. Raises Problem 503."""
        services = self._services
        if conference.recording is not None or not services.is_recorded(conference.record):
            return
        try:
            services.recorder.check_disk()
            if conference.record.state not in OPEN_STATES:  # what was interrupted goes on for as long as there is room
                await check_space(services, conference.record)
            await conference.start_recording()
        except RecorderUnavailable as error:
            raise Problem(
                503,
                "recorder_unavailable",
                "The session cannot start: nothing would be recorded",
                f"{error.reason_en} ({error.reason_vi})",
                reason_vi=error.reason_vi,
                reason_en=error.reason_en,
            ) from None

    async def _close(self, conference: Conference, reason: ByeReason) -> None:
        recording, conference.recording = conference.recording, None
        await conference.end(reason)
        del self._services.conferences[conference.record.id]
        await self._services.lines.finish(conference.record.id)
        if recording is not None:
            self._services.background.start(recording.finish(), name="finish recording")


def _acknowledged(services: Services, record: SessionRecord) -> list[MarkRecord]:
    """The notice was shown where every endpoint that sends has acknowledged it on its page."""
    conference = services.conferences.get(record.id)
    if conference is None:
        return []
    version, notices = services.rules.version, conference.room.parts.notices
    found = [notices.of(each.id, version=version) for each in checked_endpoints(record)]
    signed = [each for each in found if each is not None]
    if not signed or len(signed) < len(found):
        return []
    names = ", ".join(each.name for each in signed)
    return [
        MarkRecord(mark=Mark.NOTICE_SHOWN, subject="", by=names, at=max(each.at for each in signed), detail=version)
    ]


async def _preflight(services: Services, record: SessionRecord) -> dict[str, PreflightState]:
    """The technical checks as the guards need them, by endpoint."""
    found = {}
    for endpoint, assessment in await assessments(services, record):
        waiver = next((item.waiver for item in assessment.items if item.waiver is not None), None)
        site = assessment.site
        found[endpoint.id] = PreflightState(
            endpoint_id=endpoint.id,
            result=PreflightResult(assessment.state),
            by=waiver.name if waiver else site.name if site else "",
            reason=waiver.reason if waiver else "",
            at=waiver.at if waiver else site.at if site else None,
        )
    return found


def _plan_of(record: SessionRecord, order: Order) -> dict[str, Any]:
    """Fields of the plan that the order sets."""
    if order.action is Action.APPROVE and order.approval is not None:
        oral = record.state is SessionState.DRAFT
        return {"approval": replace(order.approval, oral=oral, at=datetime.now(UTC), by=order.by)}
    if order.action is Action.REVISE:
        return {"approval": None}
    if order.action is Action.RESCHEDULE:
        return {"planned_start": order.planned_start}
    return {}


def _facts_of(order: Order) -> dict[str, Any]:
    """What the event tells beside who and what."""
    approval = order.approval
    found = {
        "reason": order.reason or order.waive_script or order.waive,
        "approver": approval.name if approval else "",
        "document_no": approval.document_no if approval else "",
        "planned_start": order.planned_start.isoformat() if order.planned_start else "",
    }
    return {name: value for name, value in found.items() if value}

"""The API's operations that measure: lines, one or all at once. Answers are streams of JSON lines while they go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, Field

from config.profile import Profile
from reception.lifecycle import OPEN_STATES
from reception.preflight_checks import Standard, Value
from signalling.joint_test import JointTest, SiteLines, joint_view
from signalling.line_test import CONNECT_S, LinePlan, LineTest
from signalling.preflight_service import endpoint_standard, preflight_store, preflight_view
from signalling.preflight_views import JointView
from signalling.probe_link import ProbeLink
from signalling.problems import Problem
from signalling.routing import Call
from signalling.services import Services
from signalling.views import Body

log = structlog.get_logger("preflight")
STREAM = "application/x-ndjson"
Say = Callable[[dict[str, Any]], Awaitable[None]]


class SentTrack(Body):
    """What a media section of the offer sends."""

    mid: str = Field(min_length=1, max_length=16)
    source: Literal["microphone", "camera"]


class MeasureLine(Body):
    """An offer that receives one picture with repairs and sends a test picture and voice. `joint`: of a joint test."""

    sdp: str = Field(min_length=10, max_length=200_000)
    tracks: list[SentTrack] = Field(default_factory=list, max_length=2)
    joint: str = Field(default="", max_length=32)


def line_plan(standard: Standard) -> LinePlan:
    """The line of the profile, and no more."""
    return LinePlan(down_bps=int(standard.down_mbps * 1e6), up_bps=int(standard.up_mbps * 1e6))


async def stream(call: Call, work: Callable[[Say], Awaitable[None]]) -> web.StreamResponse:
    """The work's lines as they come; a Problem on the way is the last line. A page that goes away ends the work."""
    response = web.StreamResponse(headers={"Content-Type": STREAM, "X-Accel-Buffering": "no"})
    await response.prepare(call.request)

    async def say(line: dict[str, Any]) -> None:
        await response.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    try:
        await work(say)
    except Problem as problem:
        reason = problem.reason_vi
        await say(
            {
                "type": "error",
                "code": problem.code,
                "title": problem.title,
                "detail": problem.detail,
                "reason_vi": reason,
            }
        )
    except ConnectionResetError:
        log.info("a page went away while it was measured", path=call.request.path)
        return response
    await response.write_eof()
    return response


async def measure(
    services: Services,
    body: MeasureLine,
    *,
    standard: Standard,
    profile: Profile,
    whose: str,
    say: Say,
    joint: JointTest | None = None,
) -> dict[str, float | str]:
    """Connect, wait for the turn, measure. Raises Problem."""
    tracks = {track.mid: track.source for track in body.tracks}
    link = ProbeLink(services, profile=profile, role=standard.role, endpoint_id=whose, sdp=body.sdp, tracks=tracks)
    plan = joint.plans[whose] if joint is not None else line_plan(standard)
    if not any(each.video for each in link.peer.publications):
        plan = LinePlan(down_bps=plan.down_bps, up_bps=0)
    try:
        await say({"type": "answer", "sdp": link.answer, "up_bps": plan.up_bps})
        await link.wait_connected(CONNECT_S)
        if joint is not None:
            return await _measure_jointly(services, joint, whose, LineTest(link, plan, say, site=joint))
        async with services.line_tests.turn(services, profile, plan, say):
            return await LineTest(link, plan, say).run()
    finally:
        link.close()


async def _measure_jointly(services: Services, joint: JointTest, whose: str, test: LineTest) -> dict[str, float | str]:
    joint.states[whose] = "ready"
    try:
        await asyncio.sleep(max(0.0, joint.begins_s - services.media.now()))
        joint.states[whose] = "running"
        return joint.finish(whose, await test.run())
    finally:
        if joint.states[whose] != "done":
            joint.states[whose] = "failed"


async def measure_session_line(call: Call) -> web.StreamResponse:
    """POST /sessions/{id}/preflight/line."""
    body: MeasureLine = call.body
    services = call.services
    record = await services.session(call.path("id"))
    endpoint = record.endpoint(call.bearer.endpoint_id)
    if endpoint is None or endpoint.removed or record.id != call.bearer.session_id:
        raise Problem(403, "endpoint_token_needed", "Only an endpoint's own page can measure its line")
    joint = services.line_tests.joint.get(record.id) if body.joint else None
    if body.joint and (joint is None or joint.id != body.joint or endpoint.id not in joint.plans):
        raise Problem(409, "no_joint_test", "This joint test is over, or was never begun")
    if record.state in OPEN_STATES:
        raise Problem(409, "line_busy", "The session goes on", "Its lines are measured before it, or after a pause.")

    async def work(say: Say) -> None:
        values = await measure(
            services,
            body,
            standard=endpoint_standard(services, record, endpoint),
            profile=services.profiles.get(endpoint.profile or record.profile),
            whose=endpoint.id,
            say=say,
            joint=joint,
        )
        kind = "joint" if joint is not None else "self"
        kept: dict[str, Value] = dict(values)
        await preflight_store(services).add_run(record.id, endpoint.id, kept, kind=kind, by=endpoint.name)
        await say({"type": "result", "values": values})

    return await stream(call, work)


async def start_joint(call: Call) -> BaseModel:
    """POST /sessions/{id}/preflight/joint."""
    services = call.services
    record = await services.session(call.path("id"))
    if record.state in OPEN_STATES:
        raise Problem(409, "line_busy", "The session goes on", "A joint test would take its line.")
    now = services.media.now()
    before = services.line_tests.joint.get(record.id)
    if before is not None and before.phase(now) != "done":
        raise Problem(409, "joint_test_runs", "A joint test is under way already")
    site = services.profiles.get(record.profile).site
    media = services.media
    wanted = {
        endpoint.id: line_plan(endpoint_standard(services, record, endpoint))
        for endpoint in record.endpoints
        if not endpoint.removed
    }
    lines = SiteLines(down_bps=media.allocator.part_of(site.up_bps), up_bps=media.publishing.part_of(site.down_bps))
    services.line_tests.joint[record.id] = JointTest(record.id, lines, wanted, now=now)
    return await preflight_view(services, record)


async def get_joint(call: Call) -> BaseModel:
    """GET /sessions/{id}/preflight/joint."""
    record = await call.services.session(call.path("id"))
    joint = call.services.line_tests.joint.get(record.id)
    if joint is None:
        return JointView(id="", phase="none", begins_in_s=0, endpoints=[])
    return joint_view(joint, now=call.services.media.now(), only=call.bearer.endpoint_id)

"""What-if questions over HTTP: one at a time, in a process of its own, so that media never wait for them."""

from __future__ import annotations

import asyncio
import json
import sys

import structlog
from aiohttp import web

from signalling import views as v
from signalling.problems import Problem
from signalling.routing import Call

MAX_WAIT_S = 120.0

log = structlog.get_logger("http")


async def run_simulation(call: Call) -> web.StreamResponse:
    """POST /simulate."""
    body: v.Simulate = call.body
    profile = call.services.profile(body.profile)
    simulating = call.services.simulating
    if simulating.locked():
        raise Problem(
            503,
            "simulator_busy",
            "Another simulation runs on this server",
            "Try again in half a minute.",
            reason_vi="Máy chủ đang chạy thử một trường hợp khác. Hãy thử lại sau nửa phút.",
        )
    async with simulating:
        case = body.model_dump(mode="json", exclude={"profile"})
        question = {"profile": profile.model_dump(mode="json"), "case": case}
        return web.Response(text=await _ask(json.dumps(question)), content_type="application/json")


async def _ask(question: str) -> str:
    """The answer as JSON. Raises Problem 504 when it takes too long, 500 when the process fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signalling.simulation_job"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        answer, errors = await asyncio.wait_for(process.communicate(question.encode()), MAX_WAIT_S)
    except TimeoutError:
        raise Problem(
            504,
            "simulation_too_long",
            "The simulation took too long",
            "Ask for fewer delegates or less time.",
            reason_vi="Chạy thử quá lâu. Hãy giảm số điểm cầu hoặc thời gian.",
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("a simulation failed", code=process.returncode, errors=errors.decode(errors="replace")[-2000:])
        raise Problem(500, "simulation_failed", "The simulation failed", "It is in the server's log.")
    return answer.decode()

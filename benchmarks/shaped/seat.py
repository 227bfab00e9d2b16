"""Runs in a namespace: one synthetic endpoint; prints what it sent and got so far, a line of JSON each half second.

Arguments: the server's base, a JSON object of SeatPlan's fields. The first line says that it has joined.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import uvloop

from bandwidth.simulation.samples import SAMPLE_S
from benchmarks.clip import load_clip
from benchmarks.endpoint import SyntheticEndpoint, stage_and_thumbnails
from benchmarks.sending import MediaSource
from benchmarks.shaped.adapting import AdaptingSource

IP_BYTES = 28
LOUD_DBOV, LOW_DBOV = 20, 40
CLIPS = 4


def clip_of(number: int) -> int:
    """The clip that an endpoint plays."""
    return number % CLIPS


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPlan:
    """Which endpoint this is. `stage`, `others`: ids of whom its page shows. `adapts`: its camera keeps to the line."""

    token: str
    number: int
    stage: str
    others: list[str]
    speaks_loudest: bool
    adapts: bool
    loss: float


async def occupy(base: str, plan: SeatPlan) -> None:
    """Join, and report until the process is ended."""
    endpoint = SyntheticEndpoint(
        base,
        plan.token,
        clip=load_clip(clip_of(plan.number)),
        slots=1 + len(plan.others),
        wants=stage_and_thumbnails(plan.stage, plan.others),
        loss_up=plan.loss,
        loss_down=plan.loss,
        number=plan.number,
        level_dbov=LOUD_DBOV if plan.speaks_loudest else LOW_DBOV,
        make_source=AdaptingSource if plan.adapts else MediaSource,
    )
    async with aiohttp.ClientSession() as client:
        await endpoint.join(client)
        print(json.dumps({"joined": True}), flush=True)
        while True:
            await asyncio.sleep(SAMPLE_S - time.monotonic() % SAMPLE_S)
            print(json.dumps(report(endpoint, plan)), flush=True)


def report(endpoint: SyntheticEndpoint, plan: SeatPlan) -> dict[str, Any]:
    """Totals so far, and the pictures now. Bytes are those of IP packets; the emulated loss takes its share of them."""
    result = endpoint.result
    link, receiver, source = result.link, result.receiver, result.source
    assert link is not None
    assert receiver is not None
    assert source is not None
    slots = [each for each in endpoint.slots if each["endpoint_id"] and each["video"] == "flowing"]
    heights = {each["endpoint_id"]: each["height"] for each in slots}
    voices = [each for each in receiver.judges.values() if each.audio]
    latest_s, source.latest_s = source.latest_s, 0.0
    return {
        "at_s": time.monotonic(),
        "got_bytes": (1 - plan.loss) * (link.received_bytes + IP_BYTES * link.received_packets),
        "sent_bytes": link.sent_bytes + IP_BYTES * link.sent_packets,
        "voice_packets": sum(each.packets for each in voices),
        "voice_lost": sum(each.lost for each in voices),
        "stage_height": heights.pop(plan.stage, 0),
        "pictures": len(slots),
        "latest_s": latest_s,
        "skipped_ticks": source.skipped_ticks,
        "kernel_drops": link.kernel_drops,
    }


def main() -> None:
    """Entry."""
    base, plan = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(occupy(base, SeatPlan(**json.loads(plan))))


if __name__ == "__main__":
    main()

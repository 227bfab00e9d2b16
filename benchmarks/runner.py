"""Runs one scenario on a fresh server."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clip import Clip
from benchmarks.endpoint import Want
from benchmarks.figures import ScenarioFigures, quantile
from benchmarks.measuring import DISTURBED_PERCENT, Measurement, measure
from benchmarks.rig import Rig, Seat
from benchmarks.scenarios import RESTING_PERCENT, Scenario

VIEW_CHANGE_S = 0.5
SIZES = ((1280, 720), (320, 180), (640, 360))
STEP_WARM_UP_S, STEP_S = 3.0, 3.0
CORE_FULL_PERCENT = 97.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """`seconds`: the measured window. `executable`: another checkout's server."""

    seconds: float = 8.0
    warm_up_s: float = 5.0
    executable: Path | None = None


async def run(scenario: Scenario, clip: Clip, settings: RunSettings) -> ScenarioFigures:
    """Start, join, warm up, measure, stop."""
    rig = await asyncio.to_thread(Rig, scenario, clip, executable=settings.executable)
    gc.collect()
    gc.freeze()
    try:
        if scenario.kind == "ramp":
            return await _ramp(rig)
        return await _measure(rig, settings)
    finally:
        await rig.close()
        gc.unfreeze()


async def _measure(rig: Rig, settings: RunSettings) -> ScenarioFigures:
    scenario = rig.scenario
    for _ in range(scenario.sessions):
        await rig.open_session()
    storm = scenario.kind == "joins"
    order = sorted(rig.seats, key=lambda seat: (seat.index, seat.session)) if storm else rig.seats
    await rig.join(order, within_s=scenario.join_within_s)
    await asyncio.sleep(settings.warm_up_s)
    changing = asyncio.create_task(_change_views(rig)) if scenario.kind == "layers" else None
    try:
        measured = await measure(rig, settings.seconds)
    finally:
        if changing is not None:
            changing.cancel()
            await asyncio.gather(changing, return_exceptions=True)
    return figures_of(rig, measured)


def figures_of(rig: Rig, measured: Measurement) -> ScenarioFigures:
    """The window's figures with those of the whole run: joining, memory, pictures."""
    values = dict(measured.values) | join_values(rig) | picture_values(rig)
    memory_kib = rig.server.memory_kib()
    values["memory_mib"] = memory_kib / 1024
    values["memory_kib_per_endpoint"] = (memory_kib - rig.empty_kib) / max(1, len(rig.joined))
    remarks = list(measured.remarks)
    if values["foreign_percent"] > DISTURBED_PERCENT:
        remarks.append(f"other programs took {values['foreign_percent']:.0f} % of the server's core")
    failures = {seat.failure for seat in rig.seats if seat.failure}
    remarks += [f"could not join: {failure}" for failure in sorted(failures)]
    return ScenarioFigures(
        name=rig.scenario.name,
        seconds=measured.seconds,
        endpoints=len(rig.joined),
        values=values,
        faults=measured.faults,
        remarks=remarks,
        latency_source=measured.latency_source,
    )


def join_values(rig: Rig) -> dict[str, float]:
    """How long joining took."""
    joins = sorted(1000 * seat.endpoint.result.join_s for seat in rig.joined)
    media = sorted(1000 * each for seat in rig.joined if (each := seat.endpoint.result.first_media_s) > 0)
    values = {
        "join_p50_ms": quantile(joins, 0.50),
        "join_p99_ms": quantile(joins, 0.99),
        "failed_joins": float(sum(bool(seat.failure) for seat in rig.seats)),
    }
    return values | ({"media_p50_ms": quantile(media, 0.50)} if media else {})


def picture_values(rig: Rig) -> dict[str, float]:
    """What was seen inside payloads, where all of them were looked into."""
    if rig.scenario.depth != "full":
        return {}
    receivers = [seat.endpoint.result.receiver for seat in rig.joined]
    pictures = [each.pictures for receiver in receivers if receiver for each in receiver.streams.values()]
    return {
        "layer_switches": float(sum(each.layer_switches for each in pictures)),
        "switches_without_key": float(sum(each.switches_without_key for each in pictures)),
        "numbering_jumps": float(sum(each.picture_jumps + each.tl0_jumps for each in pictures)),
    }


async def _change_views(rig: Rig) -> None:
    """Every page shows other sizes each half second, no two the same."""
    turn = 0
    while True:
        for seat in rig.joined:
            await seat.endpoint.show(_shuffled(seat, turn))
        turn += 1
        await asyncio.sleep(VIEW_CHANGE_S)


def _shuffled(seat: Seat, turn: int) -> list[Want]:
    others = [each for each in seat.ids if each != seat.ids[seat.index]]
    wants = []
    for place, each in enumerate(others):
        width, height = SIZES[(turn + place + seat.index) % len(SIZES)]
        stage = place == turn % len(others)
        wants.append(Want(endpoint_id=each, width=width, height=height, place="stage" if stage else "thumbnail"))
    return wants


async def _ramp(rig: Rig) -> ScenarioFigures:
    """One session more at each step, until packets are lost or the core is full."""
    best: Measurement | None = None
    held = 0
    steps: list[dict[str, float]] = []
    faults: list[str] = []
    for count in range(1, rig.scenario.sessions + 1):
        await rig.join(await rig.open_session())
        await asyncio.sleep(STEP_WARM_UP_S)
        measured = await measure(rig, STEP_S)
        values = measured.values
        steps.append({"sessions": float(count), **values})
        missing = values["lost_percent"] + values["repaired_percent"]
        if measured.faults:
            faults = [f"at {count} sessions {fault}" for fault in measured.faults]
            break
        if missing > RESTING_PERCENT or values["silent_streams"] or values["core_percent"] > CORE_FULL_PERCENT:
            break
        best, held = measured, count
    return _ramp_figures(rig, best, held, steps, faults)


def _ramp_figures(
    rig: Rig, best: Measurement | None, held: int, steps: list[dict[str, float]], limits: list[str]
) -> ScenarioFigures:
    """The highest step that held. Where the endpoints gave up first the server can do more than is told here."""
    values = dict(best.values) if best else {}
    values["sustained_sessions"] = float(held)
    values["sustained_packets_per_s"] = values.get("packets_out_per_s", 0.0)
    remarks = [f"ended by the endpoints, not by the server: {limit}" for limit in limits]
    return ScenarioFigures(
        name=rig.scenario.name,
        seconds=STEP_S,
        endpoints=held * rig.scenario.endpoints,
        values=values,
        remarks=remarks,
        steps=steps,
        latency_source=best.latency_source if best else "",
    )

"""One sender and two viewers with a real server process between them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from benchmarks.clip import Clip, load_clip
from benchmarks.measuring import measure
from benchmarks.rig import Rig
from benchmarks.runner import RunSettings, figures_of, run
from benchmarks.scenarios import Scenario

TRIO = Scenario(name="trio", title="1 → 2", senders=1, viewers=2, depth="full")
SETTINGS = RunSettings(seconds=3.0, warm_up_s=1.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return load_clip(0, seconds=2, cache=tmp_path_factory.mktemp("clips"))


async def test_everything_arrives_and_nothing_is_lost(clip: Clip) -> None:
    figures = await run(TRIO, clip, SETTINGS)
    values = figures.values
    assert figures.endpoints == 3
    assert values["failed_joins"] == values["silent_streams"] == 0
    assert values["lost_percent"] == values["duplicates"] == values["backward_timestamps"] == 0
    assert values["switches_without_key"] == values["numbering_jumps"] == 0
    assert values["packets_out_per_s"] > 2 * (50 + 25)  # voices and at least the smallest picture, twice
    assert values["cpu_us"] > 0
    assert 0 < values["latency_p50_ms"] < 1000
    assert values["join_p50_ms"] > 0


async def test_emulated_loss_is_repaired_and_what_is_not_is_told(clip: Clip) -> None:
    lossy = replace(TRIO, loss=0.05)
    rig = await asyncio.to_thread(Rig, lossy, clip)
    try:
        await rig.open_session()
        await rig.join(rig.seats)
        await asyncio.sleep(SETTINGS.warm_up_s)
        values = figures_of(rig, await measure(rig, SETTINGS.seconds)).values
        receivers = [seat.endpoint.result.receiver for seat in rig.seats[1:]]
        assert all(receiver is not None and receiver.nacked > 0 for receiver in receivers)
    finally:
        await rig.close()
    assert values["repaired_percent"] > 0
    assert values["lost_video_percent"] < 2
    assert 2 < values["lost_percent"] + values["repaired_percent"] < 20
    assert values["switches_without_key"] == 0

"""The comparison for real, as short as it can be: one publisher, two viewers, nothing judged but that all arrived."""

from collections.abc import Callable
from functools import partial

import pytest

from benchmarks.clip import make_clip
from benchmarks.peers import comparison
from benchmarks.peers.comparison import PeerServer, run_once
from benchmarks.peers.janus import JanusServer, library_folder
from benchmarks.peers.naive_client import NaivePeer
from benchmarks.peers.own import OwnServer
from benchmarks.peers.plan import Scenario

SCENARIO = Scenario(name="1 → 10", publishers=1, viewers=10, rids=("q",))  # the kernel counts in ticks of 10 ms
WITH_JANUS = pytest.mark.skipif(library_folder() is None, reason="janus is not installed")


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(partial(OwnServer, core=0), id="Điểm Cầu"),
        pytest.param(partial(JanusServer, core=0), id="Janus", marks=WITH_JANUS),
        pytest.param(partial(NaivePeer, core=0), id="naive"),
    ],
)
async def test_what_is_published_arrives(make: Callable[[], PeerServer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "SETTLE_LEAST_S", 0.5)
    monkeypatch.setattr(comparison, "SETTLE_MOST_S", 1.0)
    clip = make_clip(0, ("q",), seconds=1)
    run = await run_once(make, SCENARIO, [clip], number=1, seconds=2.0)
    assert run.packets > 0
    assert run.lost == 0
    assert run.user_s + run.system_s > 0
    assert run.latency_p50_ms > 0
    assert run.memory_mib > 1

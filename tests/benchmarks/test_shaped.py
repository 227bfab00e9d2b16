"""The rig that measures the simulator's cases: what can be tested without shaped lines."""

from __future__ import annotations

import random

import pytest

from bandwidth.simulation.case import LineChange, SimulationCase
from bandwidth.simulation.measured import MeasuredFigures
from benchmarks.clip import Clip
from benchmarks.feedback import FeedbackRing
from benchmarks.profile_file import profile_text
from benchmarks.sending import AudioPlan, ExtensionIds, LayerPlan, PublishPlan
from benchmarks.shaped.adapting import EVERYTHING_BPS, AdaptingSource
from benchmarks.shaped.cases import CASES, PROFILE
from benchmarks.shaped.figures import faults_of, figures_of
from benchmarks.shaped.measure import Measured, ShapedRun
from benchmarks.shaped.network import ShapedLine
from config.profile import load_profile, profile_names
from config.profile_text import parse_profile
from sfu.rtp.extensions import find_extension_untrusted
from tests.benchmarks.wires import Wire


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_written_for_the_server_is_read_as_the_same(name: str) -> None:
    profile = load_profile(name)
    assert parse_profile(profile_text(profile), source="written") == profile


def test_lines_are_those_of_the_case_at_each_moment() -> None:
    changes = (
        LineChange(at_s=0, who="delegate-2", up_mbps=1),
        LineChange(at_s=10, who="delegates", down_mbps=2),
    )
    case = SimulationCase(delegates=2, queue_ms=100, changes=changes)
    run = ShapedRun(case, case.apply(load_profile(PROFILE)))
    assert run.line("delegate-2", 0) == ShapedLine(up_bps=1_000_000, down_bps=5_000_000, queue_s=0.1)
    assert run.line("delegate-2", 10) == ShapedLine(up_bps=1_000_000, down_bps=2_000_000, queue_s=0.1)
    assert run.line("site", 10) == ShapedLine(up_bps=30_000_000, down_bps=30_000_000, queue_s=0.1)


def test_every_case_can_be_simulated_under_its_profile_and_has_a_name_of_its_own() -> None:
    assert len({each.name for each in CASES}) == len(CASES)
    for each in CASES:
        each.case.apply(load_profile(PROFILE))
        assert each.case.red is False
        assert each.case.voices == each.case.delegates + 1


def seat(at_s: float, seconds: float, height: int) -> dict[str, float]:
    return {
        "at_s": at_s,
        "got_bytes": 250_000 * seconds,
        "sent_bytes": 125_000 * seconds,
        "voice_packets": int(90 * seconds),
        "voice_lost": int(10 * seconds),
        "stage_height": height,
        "pictures": 3,
        "latest_s": 0.01,
        "skipped_ticks": 0,
        "kernel_drops": 0,
    }


def test_figures_are_of_the_window_alone() -> None:
    lines = [
        seat(100 + second, second if second < 10 else 2 * second - 10, 720 if second < 10 else 360)
        for second in range(21)
    ]
    watched = [{"at_s": 100 + second, "estimate_bps": {"id": 1_000_000 * second}} for second in range(21)]
    measured = Measured(
        begun_s=100.0,
        seats={"a": lines},
        watched=watched,
        ids={"a": "id"},
        waiting={"a": [(second, 2500 if second >= 10 else 0) for second in range(20)]},
    )
    assert figures_of(measured, from_s=10, to_s=20, line_down_bps={"a": 2_000_000})["a"] == MeasuredFigures(
        gets_bps=4_000_000,
        sends_bps=2_000_000,
        estimate_bps=15_000_000,
        stage_height=360,
        pictures=3,
        voice_loss=0.1,
        queue_ms=10.0,
    )


def test_a_run_whose_endpoints_had_no_time_is_told_as_such() -> None:
    def run(**last: float) -> Measured:
        lines = [seat(100, 0, 720), {**seat(101, 1, 720), **last}]
        return Measured(begun_s=100.0, seats={"a": lines}, watched=[], ids={"a": "id"})

    assert faults_of(run()) == []
    assert faults_of(run(latest_s=0.2)) == ["a was up to 200 ms late"]
    assert faults_of(run(kernel_drops=7)) == ["a did not read 7 packets"]
    assert faults_of(run(skipped_ticks=3)) == ["a left out 3 ticks of 20 ms"]


class Line:
    """An AdaptingSource over a line of `rate_bps` that drops what waits longer than 200 ms."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rate_bps: float) -> None:
        self.now = 100.0
        for module in ("benchmarks.sending", "benchmarks.shaped.adapting"):
            monkeypatch.setattr(f"{module}.time.monotonic", lambda: self.now)
        self.wire, self.ring, self.free_at, self.rate_bps = Wire(), FeedbackRing(), 0.0, rate_bps
        frames = {rid: [[bytes(size)] for _ in range(25)] for rid, size in (("q", 600), ("h", 2250), ("f", 7500))}
        layers = tuple(LayerPlan(rid=rid, ssrc=20 + n, rtx_ssrc=30 + n) for n, rid in enumerate("qhf"))
        plan = PublishPlan(
            audio=AudioPlan(ssrc=10, payload_type=111, mid="0"),
            layers=layers,
            vp8=96,
            rtx=97,
            video_mid="1",
            extensions=ExtensionIds(mid=4, rid=10, rrid=11, transport_cc=3),
        )
        self.source = AdaptingSource(Clip(video=frames, audio=[bytes(116)]), plan, self.wire.link)
        self.source._begun = self.source._due = self.now

    def run(self, seconds: float) -> None:
        dice = random.Random(1)
        for tick in range(int(seconds / 0.02)):
            self.source._tick()
            self.source.stop()
            for packet in self.wire.packets:
                start = max(self.now, self.free_at)
                if start - self.now < 0.2:
                    self.free_at = start + 8 * (len(packet.data) + 44) / self.rate_bps
                    number = find_extension_untrusted(packet, 3)
                    assert number is not None
                    self.ring.on_number(int.from_bytes(number, "big"), self.free_at + dice.random() * 0.0005)
            self.wire.rtp.clear()
            self.now += 0.02
            if tick % 3 == 0:
                for feedback in self.ring.build(sender_ssrc=1, media_ssrc=10):
                    self.source.on_rtcp(feedback)


async def test_a_camera_behind_a_wide_line_sends_every_layer_the_server_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 4 * EVERYTHING_BPS)
    line.run(20)
    assert line.source.active == {"q", "h", "f"}
    line.source.set_active(["q", "f"])
    assert line.source.active == {"q", "f"}


async def test_a_camera_behind_a_tight_line_sends_only_its_lowest_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 500_000)
    line.run(20)
    assert line.source.active == {"q"}

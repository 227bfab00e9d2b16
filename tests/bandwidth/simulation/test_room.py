"""Whole sessions in virtual time: they agree with the allocator, keep to the lines, and come out the same each time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandwidth.allocator import INERTIA, LayerOption
from bandwidth.estimator import SendSideEstimator
from bandwidth.fair_parts import SPARE
from bandwidth.simulation.camera import NETWORK_BYTES, Camera, picture_options
from bandwidth.simulation.case import SITE, LineChange, SimulationCase
from bandwidth.simulation.demands import STAGE_PIXELS, THUMBNAIL_PIXELS, site_budget_bps, weight
from bandwidth.simulation.room import Room
from bandwidth.simulation.samples import SAMPLE_S
from bandwidth.simulation.steady import lines_at_start, steady
from bandwidth.simulation.subscriber import NOTHING
from bandwidth.simulation.summary import site_sent_bytes
from config.profile import load_profile
from sfu.allocation import options_of
from sfu.description import SendingSection
from sfu.publication import Publication
from sfu.types import EndpointId, Kind, Mid, PublicationId, Rid, Source
from tests.bandwidth.simulation.cases import dice, room
from tests.scenarios.model import EXTENSIONS, VP8


def test_with_room_for_everything_everybody_gets_the_best_of_everybody() -> None:
    it = room("mang-rieng", delegates=4, seconds=20)
    steady_state = steady(it.case, it.profile, lines_at_start(it.case, it.profile))
    for subscriber in it.subscribers.values():
        for each in subscriber.subscriptions:
            option = steady_state.pictures[subscriber.name, each.publisher.name]
            assert option is not None
            assert each.wish == each.current == option.spatial
        assert subscriber.states.pictures[-1] == 4


class Knowing(SendSideEstimator):
    """Has found its line."""

    def __init__(self, *, start_bps: int, min_bps: int, max_bps: int) -> None:
        super().__init__(start_bps=max_bps, min_bps=min_bps, max_bps=max_bps)

    def on_feedback(self, results: object, *, now: float) -> None:
        """Nothing is learnt."""


@pytest.mark.parametrize(
    ("profile", "delegates", "site_mbps"), [("30-5", 10, 30), ("30-5", 6, 9), ("mang-rieng", 6, 12)]
)
def test_where_estimates_have_found_their_lines_the_session_comes_to_what_the_allocator_finds_best(
    profile: str, delegates: int, site_mbps: float
) -> None:
    case = SimulationCase(delegates=delegates, seconds=12, site_mbps=site_mbps)
    changed = case.apply(load_profile(profile))
    it = Room(case, changed, dice(1), estimator=Knowing)
    it.run()
    lines = replace(lines_at_start(case, changed), site_down_bps=1e9)
    best = steady(case, changed, lines).pictures
    had = {(s.name, each.publisher.name): each.option for s in it.subscribers.values() for each in s.subscriptions}

    def worth(pictures: Mapping[tuple[str, str], LayerOption | None]) -> float:
        return sum(weight(case, changed, *key) * option.value for key, option in pictures.items() if option)

    assert (1 - INERTIA) * worth(best) <= worth(had) <= (1 + SPARE) * worth(best), "who has all of his part keeps it"
    assert it.used_bps <= site_budget_bps(changed)


def test_the_simulator_asks_the_allocator_what_the_server_asks() -> None:
    """The same camera, once as the server measures it and once as the simulator knows it."""
    plan = load_profile("30-5").roles.delegate.camera
    camera = Camera(plan, 3, random.Random(1).random)
    section = SendingSection(
        mid=Mid("1"),
        kind=Kind.VIDEO,
        source=Source.CAMERA,
        codecs=(VP8,),
        extensions=EXTENSIONS,
        rids=(Rid("q"), Rid("h"), Rid("f")),
    )
    publication = Publication(
        identifier=PublicationId(1), endpoint_id=EndpointId("a"), section=section, plan=plan, fast_path=None
    )
    streams = [publication.add_stream(ssrc=5000 + layer, rid=rid) for layer, rid in enumerate("qhf")]
    server: dict[int, list[list[int]]] = {STAGE_PIXELS: [], THUMBNAIL_PIXELS: []}
    for moment in range(60 * plan.framerate):
        now = 100 + moment / plan.framerate
        for frame in camera.frames():
            stream = streams[frame.layer]
            stream.last_arrival_s = now
            stream.width = int(plan.width / plan.layers[frame.layer].scale_down_by)
            stream.height = int(plan.height / plan.layers[frame.layer].scale_down_by)
            for _ in range(frame.packets):
                stream.rates.add(0, frame.temporal, frame.packet_bytes - NETWORK_BYTES)
        if moment % 10 == 0:
            for stream in streams:
                stream.rates.tick(now=now)
        if moment > 10 * plan.framerate:
            for pixels, found in server.items():
                options = options_of(publication, pixels, now)
                asked = picture_options(plan, camera.rates_bps, pixels, 3)
                assert {(o.spatial, o.temporal): o.value for o in asked}.items() >= {
                    (o.spatial, o.temporal): o.value for o in options
                }.items()
                found.append([o.bitrate_bps for o in options] if len(options) == len(asked) else [])
    for pixels, found in server.items():
        asked = [option.bitrate_bps for option in picture_options(plan, camera.rates_bps, pixels, 3)]
        means = [fmean(column) for column in zip(*(each for each in found if each), strict=True)]
        assert asked == pytest.approx(means, rel=0.08)


def test_the_same_seed_gives_the_same_session_and_another_seed_another() -> None:
    runs = [room(delegates=3, seconds=12, loss_percent=5, seed=seed) for seed in (1, 1, 2)]
    sent = [site_sent_bytes(each) for each in runs]
    assert sent[0] == sent[1]
    assert sent[0] != sent[2]


def test_a_line_that_falls_costs_its_own_endpoint_and_nobody_else() -> None:
    change = LineChange(at_s=15, who="delegate-3", down_mbps=0.7)
    it = room("mang-rieng", delegates=3, seconds=40, changes=(change,))
    weak, other = it.subscribers["delegate-3"], it.subscribers["delegate-2"]

    def got_bps(name: str, first_s: float, last_s: float) -> float:
        part = it.subscribers[name].flow.samples.got_bytes[int(first_s / SAMPLE_S) : int(last_s / SAMPLE_S)]
        return 8 * sum(part) / (last_s - first_s)

    assert got_bps("delegate-3", 8, 15) > 1_500_000
    assert got_bps("delegate-3", 20, 40) < 700_000
    assert sum(weak.voices.missing[50:]) < 0.01 * sum(weak.voices.packets[50:])
    assert other.states.stage[-1][0] == 1080
    assert got_bps("delegate-2", 20, 40) == pytest.approx(got_bps("delegate-2", 8, 15), rel=0.2)


def test_a_camera_behind_a_tight_line_sends_lower_layers_and_everybody_sees_those() -> None:
    change = LineChange(at_s=0, who="delegate-1", up_mbps=0.6)
    it = room("mang-rieng", delegates=2, seconds=30, changes=(change,))
    assert it.publishers["delegate-1"].binds
    assert not it.publishers["delegate-2"].binds
    sent = it.publishers["delegate-1"].up.samples.sent_bytes[30:]
    assert 100_000 < 8 * sum(sent) / (len(sent) * SAMPLE_S) < 600_000
    stages = [it.subscribers[name].states.stage[-1][0] for name in ("central", "delegate-2")]
    assert all(0 < height < 720 for height in stages)


def test_loss_takes_voices_only_where_two_in_a_row_are_lost() -> None:
    it = room(delegates=2, seconds=30, loss_percent=10)
    voices = it.subscribers["delegate-2"].voices
    down = it.subscribers["delegate-2"].flow.samples
    assert 0.08 < sum(down.lost) / sum(down.packets) < 0.12
    assert 0.005 * sum(voices.packets) < sum(voices.missing) < 0.05 * sum(voices.packets)
    bare = room(delegates=2, seconds=30, loss_percent=10, red=False).subscribers["delegate-2"].voices
    ways = 0.5 * (0.1 + 0.19)  # the centre's voice crosses one line that loses, the other delegate's two
    assert sum(bare.missing) == pytest.approx(ways * sum(bare.packets), rel=0.2)


def test_layers_that_nobody_follows_are_not_sent_but_for_the_recorders() -> None:
    it = room("mang-rieng", delegates=3, seconds=20)
    camera = it.publishers["delegate-3"].camera  # a small picture everywhere
    assert camera.wanted == [True, False, True]


case = st.builds(
    SimulationCase,
    delegates=st.integers(1, 4),
    seconds=st.just(10.0),
    site_mbps=st.sampled_from([None, 1.0, 4.0, 15.0]),
    delegate_mbps=st.sampled_from([None, 0.3, 0.8, 2.0]),
    loss_percent=st.sampled_from([0.0, 3.0, 25.0]),
    delay_ms=st.sampled_from([0.0, 20.0, 300.0]),
    queue_ms=st.sampled_from([20.0, 200.0, 2000.0]),
    voices=st.integers(0, 5),
    temporal_layers=st.integers(1, 3),
    changes=st.lists(
        st.builds(
            LineChange,
            at_s=st.floats(0, 10),
            who=st.sampled_from(["site", "central", "delegates", "delegate-1"]),
            up_mbps=st.sampled_from([None, 0.1, 5.0]),
            down_mbps=st.sampled_from([None, 0.1, 5.0]),
            loss_percent=st.sampled_from([None, 0.0, 30.0]),
            delay_ms=st.sampled_from([None, 0.0, 500.0]),
        ),
        max_size=3,
    ).map(tuple),
    seed=st.integers(0, 5),
)


@settings(max_examples=25, deadline=None)
@given(asked=case, profile=st.sampled_from(["30-5", "mien-nui"]))
def test_no_line_carries_more_than_it_can_and_nothing_arrives_that_was_not_sent(
    asked: SimulationCase, profile: str
) -> None:
    it = room(profile, **asked.model_dump())
    whole_s = it.samples * SAMPLE_S
    for name, subscriber in it.subscribers.items():
        flow, wish = subscriber.flow.samples, [each.wish for each in subscriber.subscriptions]
        most = max(state.rate_bps for state in it.lines.states[name, False])
        assert 8 * sum(flow.got_bytes) <= most * whole_s
        assert sum(flow.got_bytes) <= sum(flow.sent_bytes)
        assert sum(map(len, flow.waits_s)) + sum(flow.lost) <= sum(flow.packets)
        assert all(wait >= 0 for part in flow.waits_s for wait in part)
        assert all(NOTHING <= layer < 4 for layer in wish)
        assert subscriber.flow.estimator.target_bps >= 60_000
    site = max(state.rate_bps for state in it.lines.states[SITE, True])
    arrived = sum(sum(each.flow.samples.got_bytes) for each in it.subscribers.values())
    assert 8 * arrived <= site * whole_s

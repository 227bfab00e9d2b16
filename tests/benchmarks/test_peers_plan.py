"""Who sends what to whom in the comparison."""

import pytest

from benchmarks.clip import FPS, Clip
from benchmarks.peers.comparison import expected_per_s
from benchmarks.peers.plan import ALL_TO_ALL, LAYERS, ONE_TO_TEN, Scenario, Watch, scaled_clip

CLIP = Clip(
    video={"q": [[b"1"]] * 4, "h": [[b"1", b"2"]] * 4, "f": [[b"1", b"2", b"3"], [b"4"]] * 2},
    audio=[b"voice"],
)


def test_one_publisher_is_watched_by_all_and_watches_nobody() -> None:
    plans = ONE_TO_TEN[0].plans([CLIP])
    assert [plan.clip is not None for plan in plans] == [True] + [False] * 10
    assert plans[0].watches == ()
    assert all(plan.watches == (Watch(publisher=0, rid="f"),) for plan in plans[1:])
    assert not plans[0].simulcast


def test_all_to_all_shows_one_picture_large_and_the_others_small() -> None:
    plans = ALL_TO_ALL.plans([CLIP])
    assert len(plans) == 11
    for plan in plans:
        assert plan.simulcast
        assert plan.rids == LAYERS
        assert [watch.publisher for watch in plan.watches] == [each for each in range(11) if each != plan.index]
        assert [watch.rid for watch in plan.watches] == ["f"] + ["q"] * 9


@pytest.mark.parametrize("scenario", ONE_TO_TEN)
def test_a_scaled_clip_makes_the_scenarios_packet_rate(scenario: Scenario) -> None:
    clip = scaled_clip(CLIP, scenario)
    assert expected_per_s(scenario.plans([clip])) == pytest.approx(scenario.packets_per_s)
    assert clip.video["f"][0][:3] == CLIP.video["f"][0]  # real frames, repeated
    assert clip.video["f"][1][0] == b"4"


def test_an_unscaled_scenario_sends_the_clip_as_it_is() -> None:
    assert scaled_clip(CLIP, ALL_TO_ALL) is CLIP


def test_expected_packets_are_the_watched_layers_and_every_voice() -> None:
    plans = Scenario(name="two", publishers=3, viewers=0, rids=("q", "f")).plans([CLIP])
    large, small = 2 * FPS, 1 * FPS
    assert expected_per_s(plans) == 3 * (large + small + 2 * 50)

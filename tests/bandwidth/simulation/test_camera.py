"""Encoders in virtual time: they keep to their rates, whatever key frames are asked for."""

from __future__ import annotations

import random

import pytest

from bandwidth.simulation.camera import NETWORK_BYTES, RTP_BYTES, Camera, cut_frame, picture_options, spread
from config.costs import PICTURE_OVERHEAD
from config.profile import load_profile

PLAN = load_profile("30-5").roles.delegate.camera
RATES = [layer.max_bitrate_bps for layer in PLAN.layers]


def payload_bps(camera: Camera, seconds: int, *, key_each: int = 0) -> list[float]:
    totals = [0] * len(PLAN.layers)
    for moment in range(seconds * PLAN.framerate):
        if key_each and moment % (key_each * PLAN.framerate) == 0:
            camera.want_key()
        for frame in camera.frames():
            totals[frame.layer] += frame.packets * (frame.packet_bytes - RTP_BYTES - NETWORK_BYTES)
    return [8 * total / seconds for total in totals]


@pytest.mark.parametrize("temporal_layers", [1, 2, 3])
@pytest.mark.parametrize("key_each", [0, 3])
def test_each_layer_has_its_rate(temporal_layers: int, key_each: int) -> None:
    camera = Camera(PLAN, temporal_layers, random.Random(1).random)
    assert payload_bps(camera, 30, key_each=key_each) == pytest.approx(RATES, rel=0.03)


def test_a_layer_has_its_own_frame_rate_and_a_key_frame_is_in_all_of_them() -> None:
    camera = Camera(PLAN, 3, random.Random(1).random)
    first, *later = [camera.frames() for _ in range(PLAN.framerate * 4)]
    assert [(frame.layer, frame.key, frame.temporal) for frame in first] == [(0, True, 0), (1, True, 0), (2, True, 0)]
    counts = [sum(frame.layer == layer for frames in later for frame in frames) + 1 for layer in range(3)]
    assert counts == pytest.approx([60, 100, 100], abs=1)
    assert not any(frame.key for frames in later for frame in frames)


def test_a_layer_that_comes_back_begins_with_a_key_frame() -> None:
    camera = Camera(PLAN, 3, random.Random(1).random)
    camera.frames()
    camera.want({0, 2})
    assert {frame.layer for _ in range(3) for frame in camera.frames()} == {0, 2}
    camera.want({0, 1, 2})
    assert [(frame.layer, frame.key) for frame in camera.frames()][1] == (1, True)


@pytest.mark.parametrize(
    ("budget", "active", "rates"),
    [
        (9e6, [True] * 3, [120_000, 450_000, 1_500_000]),
        (1_500_000, [True] * 3, [120_000, 450_000, 930_000]),
        (1_200_000, [True] * 3, [120_000, 450_000, 630_000]),
        (1_200_000, [True, True, False], [120_000, 450_000, 0]),  # not worth switching on
        (900_000, [True] * 3, [120_000, 450_000, 0]),
        (80_000, [True] * 3, [80_000, 0, 0]),
        (-5, [False] * 3, [20_000, 0, 0]),  # an encoder does not stop
    ],
)
def test_a_tight_line_is_filled_from_the_lowest_layer(budget: float, active: list[bool], rates: list[float]) -> None:
    assert spread(PLAN, budget, active, [True] * 3) == rates


def test_a_layer_that_nobody_wants_leaves_its_room_to_the_next() -> None:
    assert spread(PLAN, 900_000, [True] * 3, [True, False, True]) == [120_000, 0, 780_000]


def test_packets_of_a_frame_are_equal_and_within_the_mtu() -> None:
    for size in (1, 1100, 1101, 36_000):
        packets, packet_bytes = cut_frame(size)
        payload = packet_bytes - RTP_BYTES - NETWORK_BYTES
        assert payload <= 1100
        assert size <= packets * payload < size + packets


def test_options_rise_and_a_layer_that_is_not_there_may_be_asked_for() -> None:
    options = picture_options(PLAN, [120_000, 0.0, 1_500_000], 1280 * 720, 3)
    assert [option.bitrate_bps for option in options] == sorted(option.bitrate_bps for option in options)
    assert [option.value for option in options] == sorted(option.value for option in options)
    planned = {option.temporal: option.bitrate_bps for option in options if option.spatial == 1}
    assert planned[None] == pytest.approx(PICTURE_OVERHEAD * PLAN.layers[1].max_bitrate_bps, abs=1)

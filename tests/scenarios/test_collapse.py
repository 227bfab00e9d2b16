"""A line that carries much less from one moment to the next, in whole sessions in virtual time."""

from __future__ import annotations

from typing import Any

from sfu.types import EndpointId
from tests.scenarios.model import SIZES, Room, play, room
from tests.scenarios.test_allocation import CYCLE_S, FRAME_S, LARGE, go_on, obedient, say, show


def test_a_picture_without_room_is_told_as_soon_as_nothing_of_it_goes_out() -> None:
    it = room()
    play(it, 3)
    it.session.peers[EndpointId("v")].estimator.target_bps = 60_000
    it.session.on_estimate_fell()
    play(it, FRAME_S)
    frames = it.screen.frames
    assert say(it.session).slots[0].video == "no_bandwidth"
    play(it, 5 * FRAME_S)
    assert it.screen.frames == frames


def collapse(it: Room, to_bps: int) -> None:
    """Feedback says that the viewer's line carries this much now."""
    viewer = it.session.peers[EndpointId("v")]

    def on_matched_feedback(found: Any, *, now: float) -> None:
        viewer.estimator.target_bps = to_bps

    viewer.sender.on_matched_feedback = on_matched_feedback
    viewer.on_feedback(None, now=it.server.now())


def test_a_line_that_collapses_carries_no_more_of_the_large_layer_and_the_page_knows_why() -> None:
    """Until the smaller one is there: its key frame has the line for itself."""
    it, page = obedient()
    it.camera.packets_a_frame["f"] = 12
    show(it, LARGE)
    go_on(it, page, 6)
    assert it.screen.width == SIZES["f"][0]
    collapse(it, 250_000)
    go_on(it, page, FRAME_S)
    frames, said = it.screen.frames, []
    while it.screen.width == SIZES["f"][0]:
        assert it.screen.frames == frames
        assert len(said) * FRAME_S < 2.0
        slot = say(it.session).slots[0]
        said.append((slot.video, slot.why))
        go_on(it, page, FRAME_S)
    assert set(said) == {("no_bandwidth", "line")}
    go_on(it, page, 2 * CYCLE_S)
    assert say(it.session).slots[0].video == "flowing"
    assert it.screen.errors == []

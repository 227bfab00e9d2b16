"""Whole sessions in virtual time."""

import random
from dataclasses import replace
from typing import Any

from sfu.description import SendingSection
from sfu.receiving import ViewWant
from sfu.rtp.rtcp import Nack
from sfu.slots import SlotState
from sfu.transport.links import Path
from sfu.types import EndpointId, Kind, Mid, Role, Source
from tests.scenarios.model import EXTENSIONS, RIDS, VP8, Camera, Events, Screen, play, remote, room


def want(width: int, height: int, place: str = "stage") -> list[ViewWant]:
    return [ViewWant(endpoint_id=EndpointId("s"), source=Source.CAMERA, width=width, height=height, place=place)]


def test_a_viewer_gets_a_continuous_picture() -> None:
    it = room()
    play(it, 4)
    assert it.screen.errors == []
    assert it.screen.frames > 60
    assert it.session.slot_map(EndpointId("v")).slots[0].video is SlotState.FLOWING


def test_layer_switches_keep_every_number_continuous() -> None:
    it = room()
    it.session.set_view(EndpointId("v"), want(320, 180, "thumbnail"))
    play(it, 4)
    it.session.set_view(EndpointId("v"), want(1280, 720))
    play(it, 6)
    it.session.set_view(EndpointId("v"), want(320, 180, "thumbnail"))
    play(it, 4)
    assert it.screen.errors == []
    assert it.screen.widths[0] == 320
    assert 1280 in it.screen.widths
    assert it.screen.width == 320


def test_what_is_shown_twice_counts_by_its_larger_picture() -> None:
    for order in (1, -1):
        it = room()
        it.session.set_view(EndpointId("v"), [*want(1280, 720), *want(320, 180, "thumbnail")][::order])
        play(it, 5)
        assert it.screen.width == 1280


def test_a_weak_estimate_lowers_the_picture_at_once_and_says_when_nothing_fits() -> None:
    it = room()
    play(it, 3)
    peer = it.session.peers[EndpointId("v")]
    peer.estimator.target_bps = 60_000
    it.session.on_estimate_fell()
    play(it, 2)
    assert it.session.slot_map(EndpointId("v")).slots[0].video is SlotState.NO_BANDWIDTH
    it.screen.longest_gap_s = 5.0
    peer.estimator.target_bps = 3_000_000
    play(it, 4)
    assert it.session.slot_map(EndpointId("v")).slots[0].video is SlotState.FLOWING
    assert it.screen.errors == []


def test_ten_percent_loss_towards_the_server_is_repaired_by_retries() -> None:
    source = random.Random(7)
    it = room(lose=lambda: source.random() < 0.1)
    play(it, 12)
    peer = it.session.peers[EndpointId("s")]
    followed = next(stream for each in peer.publications for stream in each.streams if each.video and stream.watched)
    sent = sum(1 for ssrc, _ in it.camera.sent if ssrc == followed.ssrc)
    assert followed.statistics.received > 0.99 * sent, (followed.statistics.received, sent)
    assert it.screen.frames > 200


def test_a_layer_that_nobody_follows_is_neither_repaired_nor_kept() -> None:
    source = random.Random(7)
    it = room(lose=lambda: source.random() < 0.1)
    play(it, 4)
    peer = it.session.peers[EndpointId("s")]
    idle = [stream for each in peer.publications for stream in each.streams if each.video and not stream.watched]
    assert idle
    for stream in idle:
        highest = stream.unwrapper.highest
        assert not stream.needs_repair
        assert list(stream.history.since(highest - 50, highest)) == []


def test_layers_that_nobody_needs_are_switched_off_within_two_seconds_and_on_again_at_once() -> None:
    it = room()
    it.session.set_view(EndpointId("v"), want(320, 180, "thumbnail"))
    play(it, 5)
    assert it.events.layers[-1] == ["q"]
    it.camera.active = {"q"}
    it.session.set_view(EndpointId("v"), want(1280, 720))
    play(it, 0.4)
    assert "f" in it.events.layers[-1]


def test_the_operators_block_stops_the_picture_and_lifting_it_brings_it_back() -> None:
    it = room()
    play(it, 3)
    before = it.screen.frames
    it.session.set_blocked(EndpointId("s"), Source.CAMERA, True)
    play(it, 2)
    assert it.screen.frames <= before + 1
    assert it.session.slot_map(EndpointId("v")).slots[0].video is SlotState.OFF
    it.session.set_blocked(EndpointId("s"), Source.CAMERA, False)
    play(it, 3)
    assert it.screen.frames > before + 30


def test_while_paused_nothing_is_forwarded() -> None:
    it = room()
    play(it, 3)
    it.session.set_paused(True)
    play(it, 0.2)
    before = it.screen.frames
    play(it, 2)
    assert it.screen.frames == before
    it.screen.longest_gap_s = 5.0
    it.session.set_paused(False)
    play(it, 3)
    assert it.screen.frames > before + 30
    assert it.screen.errors == []


def test_joining_again_leaves_no_ghost_and_the_slot_goes_on() -> None:
    it = room()
    play(it, 3)
    again = it.session.add_peer(
        endpoint_id=EndpointId("s"), role=Role.DELEGATE, remote=remote(sends=True, slots=2), events=Events()
    )
    camera = Camera(it.server, again)
    before = it.screen.frames
    for _ in range(100):
        camera.tick()
        it.server.advance(0.04)
    assert len(it.session.peers) == 2
    owners = [slot.endpoint_id for slot in it.session.slot_map(EndpointId("v")).slots]
    assert owners == ["s", None]
    assert it.screen.frames > before + 40
    assert it.screen.errors == []


def test_a_late_joiner_is_served_from_the_history_without_asking_the_publisher() -> None:
    it = room()
    play(it, 3)
    it.camera.key = True
    play(it, 0.2)
    asked = it.camera.keyframes
    late = it.session.add_peer(
        endpoint_id=EndpointId("w"), role=Role.DELEGATE, remote=remote(sends=True, slots=3), events=Events()
    )
    screen = Screen(late)
    play(it, 1)
    assert screen.frames > 10
    assert screen.errors == []
    assert it.camera.keyframes <= asked + 1


def test_a_nack_is_answered_once_a_round_trip_and_within_the_budget() -> None:
    it = room()
    play(it, 3)
    viewer = it.session.peers[EndpointId("v")]
    before = viewer.sender.sent_packets
    numbers = tuple((it.screen._highest - 200 + each) & 0xFFFF for each in range(200))
    for _ in range(20):
        viewer.on_rtcp(Nack(sender_ssrc=1, media_ssrc=1001, lost=numbers).build(), arrival_s=it.server.now())
    it.server.advance(0.5)
    repairs = viewer.sender.sent_packets - before
    assert 0 < repairs < 250, repairs


def test_another_path_begins_another_estimate() -> None:
    it = room()
    peer = it.session.peers[EndpointId("v")]
    transport: Any = peer.transport
    wired = Path(link=transport, remote=("192.0.2.1", 5000))
    for path in (wired, wired):  # closed and opened again: the same line
        transport.path = path
        transport.on_egress(transport)
        peer.estimator.target_bps = 3_000_000
    assert peer.estimator.target_bps == 3_000_000
    transport.path = Path(link=transport, remote=("192.0.2.2", 5000))
    transport.on_egress(transport)
    assert peer.estimator.target_bps < 3_000_000
    assert peer.estimator.rtt_s is None


def test_of_two_cameras_the_one_that_the_operator_wants_is_shown_in_the_same_slot() -> None:
    it = room()
    shown = remote(sends=True, slots=2)
    wide = SendingSection(
        mid=Mid("2"), kind=Kind.VIDEO, source=Source.CAMERA2, codecs=(VP8,), extensions=EXTENSIONS, rids=RIDS
    )
    both = replace(shown, sending=(*shown.sending, wide))
    it.session.add_peer(endpoint_id=EndpointId("s"), role=Role.DELEGATE, remote=both, events=Events())
    viewer = it.session.peers[EndpointId("v")]

    def watched() -> list[Source]:
        return [each.publication.source for each in viewer.receiving.videos]

    assert watched() == [Source.CAMERA]
    it.session.show_wide(EndpointId("s"), True)
    assert watched() == [Source.CAMERA2]
    it.session.set_view(EndpointId("v"), want(1280, 720))
    assert viewer.receiving.videos[0].wanted_pixels == 1280 * 720
    slot_map = it.session.slot_map(EndpointId("v"))
    assert slot_map is not None
    assert slot_map.slots[0].endpoint_id == "s"
    it.session.set_enabled(EndpointId("s"), Source.CAMERA2, False)
    assert watched() == [Source.CAMERA]

"""What the recorder's tap hears of a session in virtual time: it asks for what is missing, like a viewer would."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.rtp.packet import Packet
from sfu.tap import PublicationFacts
from sfu.types import PublicationId
from tests.scenarios.model import Room, play, room


class Heard:
    """A tap that keeps what it hears of pictures."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.gaps: list[tuple[int, list[int], float]] = []
        self.awaited: list[tuple[float, float]] = []

    def on_publication(self, facts: PublicationFacts, *, now: float) -> None: ...

    def on_publication_ended(self, publication_id: PublicationId, *, now: float) -> None: ...

    def on_sender_report(self, publication_id: PublicationId, **_: Any) -> None: ...

    def on_packet(self, publication_id: PublicationId, packet: Packet) -> None:
        if packet.payload_type == 96:
            self.packets.append(packet)

    def on_gap(self, publication_id: PublicationId, *, ssrc: int, sequences: list[int], now: float) -> None:
        self.gaps.append((ssrc, sequences, now))

    def on_awaited(self, publication_id: PublicationId, *, since_s: float, now: float) -> None:
        self.awaited.append((since_s, now))

    def keyframes_s(self) -> list[float]:
        """When key frames came."""
        return [
            packet.arrival_s
            for packet in self.packets
            if (facts := parse_vp8_untrusted(packet.payload, marker=packet.marker)).keyframe and facts.frame_start
        ]


def recorded(**options: Any) -> tuple[Room, Heard]:
    it, heard = room(**options), Heard()
    it.session.attach_tap(heard)
    return it, heard


def test_a_key_frame_comes_each_ten_seconds() -> None:
    it, heard = recorded()
    play(it, 45)
    moments = heard.keyframes_s()
    steps = [later - earlier for earlier, later in pairwise(moments) if later - earlier > 5]
    assert len(steps) >= 3
    assert max(steps) < 10.5


def test_what_comes_before_the_first_key_frame_is_told_once() -> None:
    it = room()
    play(it, 2)  # the camera is in the middle of a group of pictures
    heard = Heard()
    begun_s = it.server.now()
    it.session.attach_tap(heard)
    play(it, 5)
    ((since_s, until_s),) = heard.awaited
    assert begun_s <= since_s < until_s == heard.packets[0].arrival_s
    assert since_s - begun_s < 0.5


def test_the_highest_layer_is_heard() -> None:
    it, heard = recorded()
    play(it, 5)
    assert heard.packets[-1].ssrc == it.camera.state["f"]["ssrc"]
    it.camera.active.discard("f")
    play(it, 5)
    assert heard.packets[-1].ssrc == it.camera.state["h"]["ssrc"], "falls to what there is"
    it.camera.active.add("f")
    play(it, 5)
    assert heard.packets[-1].ssrc == it.camera.state["f"]["ssrc"]


def test_ten_percent_loss_is_repaired_before_it_is_recorded() -> None:
    source = random.Random(3)
    it, heard = recorded(lose=lambda: source.random() < 0.1)
    play(it, 3)
    begun = len(heard.packets)
    play(it, 12)
    top = it.camera.state["f"]["ssrc"]
    numbers = [packet.sequence_number for packet in heard.packets[begun:] if packet.ssrc == top]
    span = (numbers[-1] - numbers[0]) % 65_536 + 1
    assert len(set(numbers)) > 0.995 * span


def test_what_never_comes_is_a_gap_and_a_key_frame_is_asked_for() -> None:
    lost = False
    it, heard = recorded(lose=lambda: lost)
    play(it, 5)
    lost = True
    play(it, 0.4)
    it.camera.sent.clear()  # nothing to repeat
    lost = False
    before = len(heard.keyframes_s())
    play(it, 3)
    top = it.camera.state["f"]["ssrc"]
    (gap,) = [numbers for ssrc, numbers, _ in heard.gaps if ssrc == top]
    assert len(gap) == 30
    told_s = next(now for ssrc, _, now in heard.gaps if ssrc == top)
    assert any(0 <= moment - told_s < 1.0 for moment in heard.keyframes_s()[before:])

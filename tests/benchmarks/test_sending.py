from __future__ import annotations

import asyncio
import itertools

import pytest

from benchmarks.clip import Clip
from benchmarks.outgoing_layer import IDENTIFIED
from benchmarks.sending import AudioPlan, ExtensionIds, LayerPlan, MediaSource, PublishPlan
from benchmarks.trailer import read_trailer
from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.rtp.extensions import find_extension_untrusted
from sfu.rtp.packet import Packet
from sfu.rtp.rtcp import Nack, Pli, SenderReport
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from tests.benchmarks.wires import Wire

KEY, DELTA = b"\x10\x00\x00\x9d\x01\x2a\x40\x01\xb4\x00" + bytes(30), b"\x11\x02\x00" + bytes(30)
CLIP = Clip(
    video={"q": [[KEY], [DELTA], [DELTA]], "f": [[KEY, DELTA], [DELTA, DELTA], [DELTA, DELTA]]},
    audio=[b"one", b"two"],
)
IDS = ExtensionIds(mid=4, rid=10, rrid=11, transport_cc=3, audio_level=1, abs_capture_time=5)
LAYERS = (LayerPlan(rid="q", ssrc=20, rtx_ssrc=21), LayerPlan(rid="f", ssrc=30, rtx_ssrc=31))


def plan(extensions: ExtensionIds = IDS) -> PublishPlan:
    return PublishPlan(
        audio=AudioPlan(ssrc=10, payload_type=111, mid="0", level_dbov=30),
        layers=LAYERS,
        vp8=96,
        rtx=97,
        video_mid="1",
        extensions=extensions,
        source=7,
    )


class Clock:
    """Runs a source tick by tick; nothing waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, extensions: ExtensionIds = IDS) -> None:
        self.wire = Wire()
        self.source = MediaSource(CLIP, plan(extensions), self.wire.link)
        self._now = itertools.count(100_000, 20)
        self.now_s = 100.0
        monkeypatch.setattr("benchmarks.sending.time.monotonic", lambda: self.now_s)
        self.source._begun = self.source._due = self.now_s

    def tick(self, count: int = 1, *, seconds: float = 0.02) -> None:
        for _ in range(count):
            self.source._tick()
            self.source.stop()
            self.now_s += seconds

    def of(self, ssrc: int) -> list[Packet]:
        return [packet for packet in self.wire.packets if packet.ssrc == ssrc]


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def extension(packet: Packet, identifier: int) -> bytes | None:
    found = find_extension_untrusted(packet, identifier)
    return bytes(found) if found is not None else None


async def test_voice_each_20_ms_and_a_frame_of_every_layer_each_40(clock: Clock) -> None:
    clock.tick(4)
    assert [len(clock.of(ssrc)) for ssrc in (10, 20, 30)] == [4, 2, 4]
    voice = clock.of(10)
    assert [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in itertools.pairwise(voice)] == [960, 960, 960]
    assert [bytes(packet.payload) for packet in voice] == [b"one", b"two", b"one", b"two"]
    first, second, third, _ = clock.of(30)
    assert (first.marker, second.marker, first.timestamp == second.timestamp) == (False, True, True)
    assert (third.timestamp - first.timestamp) & 0xFFFFFFFF == pytest.approx(3600, abs=2)


async def test_transport_wide_numbers_run_over_all_streams(clock: Clock) -> None:
    clock.tick(3)
    numbers = [int.from_bytes(extension(packet, 3) or b"", "big") for packet in clock.wire.packets]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_streams_tell_who_they_are_at_first_only(clock: Clock) -> None:
    clock.tick(2 * IDENTIFIED + 2)
    layer = clock.of(20)
    assert (extension(layer[0], 4), extension(layer[0], 10)) == (b"1", b"q")
    assert (extension(layer[IDENTIFIED], 4), extension(layer[IDENTIFIED], 10)) == (None, None)
    assert extension(clock.of(10)[-1], 1) == bytes((0x80 | 30,))


async def test_every_packet_has_the_capture_time_and_the_last_of_a_frame_a_trailer(clock: Clock) -> None:
    clock.tick(1)
    first, last = clock.of(30)
    captured = int.from_bytes(extension(last, 5) or b"", "big") / (1 << 32) - 2_208_988_800
    trailer = read_trailer(last.payload, now=captured + 1)
    assert trailer is not None
    assert trailer[:2] == (1, 7)
    assert trailer[2] == pytest.approx(captured, abs=0.05)
    assert read_trailer(first.payload, now=captured + 1) is None


async def test_what_was_not_negotiated_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, ExtensionIds())
    clock.tick(1)
    assert all(packet.extension_size == 0 for packet in clock.wire.packets)


async def test_a_nack_is_answered_on_the_repair_stream(clock: Clock) -> None:
    clock.tick(3)
    lost = clock.of(30)[1]
    clock.source.on_rtcp(Nack(sender_ssrc=1, media_ssrc=30, lost=(lost.sequence_number, 999)).build())
    (repair,) = clock.of(31)
    assert (repair.payload_type, repair.marker, repair.timestamp) == (97, True, lost.timestamp)
    assert bytes(repair.payload) == lost.sequence_number.to_bytes(2, "big") + bytes(lost.payload)
    assert extension(repair, 11) == b"f"
    assert extension(repair, 5) == extension(lost, 5)
    assert (clock.source.repairs, clock.source.forgotten) == (1, 1)


def keys(packets: list[Packet]) -> list[bool]:
    facts = [parse_vp8_untrusted(packet.payload, marker=packet.marker) for packet in packets]
    return [each.keyframe for each in facts if each.frame_start]


async def test_a_pli_brings_a_key_frame_on_every_layer_but_not_twice_at_once(clock: Clock) -> None:
    clock.tick(4)
    clock.source.on_rtcp(Pli(sender_ssrc=1, media_ssrc=20).build())
    clock.tick(2)
    clock.source.on_rtcp(Pli(sender_ssrc=1, media_ssrc=20).build())
    clock.tick(2)
    assert keys(clock.of(20)) == keys(clock.of(30)) == [True, False, True, False]


async def test_a_clip_goes_on_from_its_beginning_and_its_key_frames_are_counted(clock: Clock) -> None:
    clock.tick(8)
    assert keys(clock.of(20)) == [True, False, False, True]
    assert clock.source.key_frames == 4


async def test_a_layer_that_nobody_needs_stops_and_comes_back_with_a_key_frame(clock: Clock) -> None:
    clock.tick(2)
    clock.source.set_active({"q"})
    clock.tick(2)
    assert (len(clock.of(20)), len(clock.of(30))) == (2, 2)
    clock.source.set_active({"q", "f"})
    clock.tick(2)
    assert keys(clock.of(30)) == [True, True]
    assert keys(clock.of(20)) == [True, False, False]


async def test_sender_reports_tell_the_clock_and_the_counts(clock: Clock) -> None:
    clock.tick(51)
    reports = [
        packet
        for data in clock.wire.rtcp
        for packet in parse_compound_untrusted(data)
        if isinstance(packet, SenderReport)
    ]
    later = next(each for each in reports[3:] if each.ssrc == 10)
    assert later.packet_count == 51
    voice = clock.of(10)[50]
    assert (voice.timestamp - later.rtp_timestamp) & 0xFFFFFFFF == pytest.approx(0, abs=960)


async def test_a_source_that_cannot_keep_up_leaves_out_and_says_so(clock: Clock) -> None:
    clock.tick(1, seconds=1.0)
    clock.tick(1)
    assert clock.source.skipped_ticks == pytest.approx(49, abs=1)
    assert clock.source.latest_s == pytest.approx(0.98, abs=0.01)


async def test_start_and_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    source = MediaSource(CLIP, plan(), wire.link)
    source.start()
    await asyncio.wait_for(wire.sent.wait(), 5)
    source.stop()
    assert source.packets == len(wire.rtp) == 4

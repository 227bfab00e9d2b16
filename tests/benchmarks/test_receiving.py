from __future__ import annotations

import time

import pytest

from benchmarks.outgoing_layer import HEADER, make_template
from benchmarks.receiving import Depth, MediaReceiver, ReceivePlan
from benchmarks.trailer import build_trailer
from sfu.rtp.ntp import ntp_from_unix
from sfu.rtp.rtcp import Nack, Pli, ReceiverReport, RtcpPacket, SenderReport, TransportFeedback
from sfu.rtp.rtcp_parse import parse_compound_untrusted
from tests.benchmarks.wires import Wire, in_buffer

NOW_S = 1_795_000_000.0
DESCRIPTOR = b"\x90\xe0\x80\x01\x01\x20"
KEY = DESCRIPTOR + b"\x10\x00\x00\x9d\x01\x2a\x40\x01\xb4\x00" + bytes(30)
DELTA = DESCRIPTOR + b"\x11\x02\x00" + bytes(30)
VOICE, PICTURE, REPAIR = 10, 20, 21
TYPES = {111: "audio", 96: "video", 97: "rtx"}


class Line:
    """A receiver and who sends to it."""

    def __init__(self, *, depth: Depth = "header", repairs: bool = True, clocks: bool = True) -> None:
        self.wire = Wire()
        plan = ReceivePlan(
            payload_types=TYPES,
            transport_cc=3,
            abs_capture_time=5 if clocks else 0,
            repairs={REPAIR: PICTURE} if repairs else {},
        )
        self.receiver = MediaReceiver(self.wire.link, plan, depth=depth)
        self._template = make_template([], transport_cc=3, abs_capture_time=5 if clocks else 0)
        self._number = 0

    def send(
        self,
        number: int,
        payload: bytes = DELTA,
        *,
        ssrc: int = PICTURE,
        payload_type: int = 96,
        marker: bool = True,
        at_s: float = 0.0,
        sent_s: float = 0.0,
        padding: int = 0,
    ) -> None:
        self._number += 1
        packet = bytearray(self._template.data)
        first = packet[0] | (0x20 if padding else 0)
        timestamp = int(90_000 * at_s)
        HEADER.pack_into(packet, 0, first, payload_type | (0x80 if marker else 0), number & 0xFFFF, timestamp, ssrc)
        packet[self._template.number_at : self._template.number_at + 2] = self._number.to_bytes(2, "big")
        if self._template.capture_at:
            packet[self._template.capture_at : self._template.capture_at + 8] = ntp_from_unix(NOW_S + sent_s).to_bytes(
                8, "big"
            )
        data = bytes(packet) + payload + (bytes(padding - 1) + bytes((padding,)) if padding else b"")
        self.receiver.on_rtp(*in_buffer(data), arrival_s=NOW_S + at_s)

    def heard(self) -> list[RtcpPacket]:
        return [packet for data in self.wire.rtcp for packet in parse_compound_untrusted(data)]


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The receiver's wall clock; change its one element."""
    now = [NOW_S]
    monkeypatch.setattr("benchmarks.receiving.time.time", lambda: now[0])
    return now


def test_latency_is_from_the_capture_time_to_the_kernels_stamp() -> None:
    line = Line()
    line.send(1, KEY, at_s=0.010, sent_s=0.007)
    line.send(2, at_s=0.050, sent_s=0.048)
    assert list(line.receiver.latencies_s) == pytest.approx([0.003, 0.002], abs=1e-5)


def test_without_the_extension_the_trailer_tells_the_latency() -> None:
    line = Line(depth="full", clocks=False)
    line.send(1, KEY + build_trailer(layer=0, source=1, sent_s=NOW_S), at_s=0.004)
    line.send(2, DELTA, at_s=0.04)
    assert list(line.receiver.latencies_s) == pytest.approx([0.004], abs=1e-5)


async def test_without_the_extension_a_sample_of_frames_is_looked_into_at_depth_header() -> None:
    line = Line(clocks=False)
    line.send(1, KEY, at_s=0.0)
    for number in range(2, 12):
        line.send(number, DELTA + build_trailer(layer=0, source=1, sent_s=NOW_S), at_s=0.001 * number)
    assert (line.wire.decrypted, len(line.receiver.latencies_s)) == (1, 0)
    line.receiver._sample()
    for number in range(12, 22):
        line.send(number, DELTA + build_trailer(layer=0, source=1, sent_s=NOW_S), at_s=0.001 * number)
    assert (line.wire.decrypted, len(line.receiver.latencies_s)) == (2, 1)


def test_at_depth_header_only_the_way_to_the_first_key_frame_is_decrypted() -> None:
    line = Line()
    line.send(1, DELTA)
    line.send(2, KEY, at_s=0.04)
    for number in range(3, 40):
        line.send(number, at_s=0.04 * number)
    assert line.wire.decrypted == 2


def test_at_depth_full_everything_is() -> None:
    line = Line(depth="full")
    line.send(1, KEY)
    line.send(2)
    line.send(1, b"voice", ssrc=VOICE, payload_type=111)
    assert line.wire.decrypted == 3


def test_packets_of_another_layout_are_read_where_their_extensions_are() -> None:
    line = Line()
    line.send(1, KEY, at_s=0.01, sent_s=0.0)
    template = make_template([(7, b"\x01")], transport_cc=0, abs_capture_time=5)
    packet = bytearray(template.data)
    HEADER.pack_into(packet, 0, packet[0], 96, 2, 0, PICTURE)
    packet[template.capture_at : template.capture_at + 8] = ntp_from_unix(NOW_S).to_bytes(8, "big")
    line.receiver.on_rtp(*in_buffer(bytes(packet) + DELTA), arrival_s=NOW_S + 0.02)
    line.send(3, at_s=0.03, sent_s=0.0)
    assert list(line.receiver.latencies_s) == pytest.approx([0.01, 0.02, 0.03], abs=1e-5)


async def test_feedback_tells_every_transport_wide_number() -> None:
    line = Line()
    line.send(1, KEY)
    line.send(2, at_s=0.01)
    line.send(1, b"voice", ssrc=VOICE, payload_type=111, at_s=0.02)
    line.receiver.start()
    line.receiver._feed_back()
    line.receiver.stop()
    (packet,) = line.heard()
    assert isinstance(packet, TransportFeedback)
    assert (packet.base_sequence, len(packet.deltas)) == (1, 3)


async def test_what_is_missing_is_asked_for_again_and_a_repair_counts(wall: list[float]) -> None:
    line = Line()
    line.send(1, KEY)
    line.send(3, at_s=0.04)
    wall[0] += 0.06
    line.receiver._repair()
    (nack,) = line.heard()
    assert isinstance(nack, Nack)
    assert (nack.media_ssrc, nack.lost) == (PICTURE, (2,))
    line.send(500, b"\x00\x02" + DELTA, ssrc=REPAIR, payload_type=97, at_s=0.08)
    line.receiver.stop()
    judge = line.receiver.judges[PICTURE]
    assert (judge.repaired, judge.lost, line.receiver.repairs, line.receiver.needless_repairs) == (1, 0, 1, 0)
    assert list(line.receiver.judges) == [PICTURE]


async def test_a_repair_finds_its_stream_by_the_number_where_the_description_names_none() -> None:
    line = Line(repairs=False)
    line.send(1, KEY, ssrc=PICTURE)
    line.send(100, KEY, ssrc=40)
    line.send(102, ssrc=40)
    line.send(500, b"\x00\x65" + DELTA, ssrc=41, payload_type=97)
    line.receiver.stop()
    assert line.receiver.judges[40].repaired == 1
    line.send(501, b"\x00\x65" + DELTA, ssrc=41, payload_type=97)
    assert line.receiver.needless_repairs == 1


def test_padding_on_the_repair_stream_is_a_probe() -> None:
    line = Line()
    line.send(1, b"", ssrc=REPAIR, payload_type=97, padding=200)
    assert (line.receiver.probes, line.receiver.repairs) == (1, 0)


async def test_a_picture_without_a_key_frame_is_asked_for_one_until_it_comes(wall: list[float]) -> None:
    line = Line()
    line.send(1, DELTA)

    def after(seconds: float) -> int:
        wall[0] = NOW_S + seconds
        for _ in range(4):
            line.receiver._feed_back()
        line.receiver.stop()
        line.receiver._stopped = False
        return sum(isinstance(packet, Pli) for packet in line.heard())

    assert after(0.1) == 0
    assert after(0.6) == 1
    assert after(0.8) == 1
    assert after(1.2) == 2
    line.send(2, KEY, at_s=1.2)
    assert after(5.0) == 2


async def test_a_loss_for_good_asks_for_a_key_frame_and_mends_with_it(wall: list[float]) -> None:
    line = Line()
    line.send(1, KEY)
    line.send(3, at_s=0.04)
    for step in range(40):
        wall[0] = NOW_S + 0.1 * step
        line.receiver._repair()
    line.receiver.stop()
    judge = line.receiver.judges[PICTURE]
    assert any(isinstance(packet, Pli) for packet in line.heard())
    assert judge.broken
    line.send(4, KEY, at_s=4.1)
    assert not judge.broken


async def test_reports_have_jitter_loss_and_the_last_sender_report(wall: list[float]) -> None:
    line = Line()
    line.send(1, KEY)
    line.send(3, at_s=0.04)
    report = SenderReport(ssrc=PICTURE, ntp=ntp_from_unix(NOW_S), rtp_timestamp=1, packet_count=1, octet_count=1)
    line.receiver.on_rtcp(report.build(), arrival_s=NOW_S)
    wall[0] += 0.25
    line.receiver._report()
    line.receiver.stop()
    (packet,) = line.heard()
    assert isinstance(packet, ReceiverReport)
    (block,) = packet.reports
    assert (block.ssrc, block.packets_lost, block.dlsr) == (PICTURE, 1, 16_384)
    assert block.lsr == ntp_from_unix(NOW_S) >> 16 & 0xFFFFFFFF


def test_an_unknown_payload_type_is_left_alone() -> None:
    line = Line()
    line.send(1, KEY, payload_type=100)
    assert line.receiver.streams == {}


def test_the_first_media_packet_is_timed() -> None:
    line = Line()
    before = time.monotonic()
    line.send(1, b"", ssrc=REPAIR, payload_type=97, padding=200)
    assert line.receiver.first_media_s == 0.0
    line.send(1, KEY)
    assert before <= line.receiver.first_media_s <= time.monotonic()

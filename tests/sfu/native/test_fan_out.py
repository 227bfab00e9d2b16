"""What C sends is, byte for byte, what Python would have sent, through a real socket and real SRTP."""

from __future__ import annotations

import os
import random
import socket
import struct
from collections.abc import Iterator

import pytest
from pylibsrtp import Policy, Session

from bandwidth.estimator import SendSideEstimator
from sfu.description import (
    ABS_CAPTURE_TIME_URI,
    ABS_SEND_TIME_URI,
    AUDIO_LEVEL_URI,
    TRANSPORT_CC_URI,
    CodecParameters,
    ReceivingSection,
    SendingSection,
)
from sfu.drops import DropReason, Drops
from sfu.native.forwarding import FastPath
from sfu.native.sending import NativeEgress
from sfu.outgoing import OutgoingPacket, Priority
from sfu.outgoing_stream import OutgoingStream
from sfu.publication import Publication
from sfu.rtp.extensions import build_extensions
from sfu.rtp.packet import Packet, parse_rtp_untrusted
from sfu.sender import Sender
from sfu.subscription import VideoSubscription
from sfu.transport.links import Counters
from sfu.transport.srtp import InPlaceSrtp
from sfu.types import EndpointId, Kind, Mid, PayloadType, PublicationId, Rid, Source, Ssrc
from sfu.vp8_rewriter import Vp8Rewriter
from tests.sfu.native.conftest import Clock

VP8 = CodecParameters(name="VP8", payload_type=PayloadType(96), clock_rate_hz=90_000, nack=True)
EXTENSIONS = {TRANSPORT_CC_URI: 3, ABS_SEND_TIME_URI: 2, ABS_CAPTURE_TIME_URI: 5, AUDIO_LEVEL_URI: 1}
SENDING = SendingSection(
    mid=Mid("1"), kind=Kind.VIDEO, source=Source.CAMERA, codecs=(VP8,), extensions=EXTENSIONS, rids=(Rid("q"), Rid("f"))
)
RECEIVING = ReceivingSection(
    mid=Mid("v"), kind=Kind.VIDEO, codecs=(VP8,), extensions=EXTENSIONS, ssrc=Ssrc(77), rtx_ssrc=None
)


def session(key: bytes, kind: int) -> Session:
    return Session(Policy(key=key, ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM))


class Wire:
    """A native egress, and who decrypts what comes out of it."""

    def __init__(self, fast_path: FastPath, *, offload: bool) -> None:
        key = os.urandom(44)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.bind(("127.0.0.1", 0))
        self.receiver.setblocking(False)
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.drops, self.counters = Drops(), Counters()
        keys = InPlaceSrtp(
            sender=session(key, Policy.SSRC_ANY_OUTBOUND), receiver=session(os.urandom(44), Policy.SSRC_ANY_INBOUND)
        )
        self._decrypt = session(key, Policy.SSRC_ANY_INBOUND)
        self.egress = fast_path.egress(
            self.socket, self.receiver.getsockname(), keys, self.drops, self.counters, offload=offload
        )

    def received(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self._decrypt.unprotect(self.receiver.recv(2048)))
            except BlockingIOError:
                return found

    def close(self) -> None:
        self.socket.close()
        self.receiver.close()


@pytest.fixture(params=[True, False], ids=["segments", "singly"])
def wire(request: pytest.FixtureRequest, fast_path: FastPath) -> Iterator[Wire]:
    made = Wire(fast_path, offload=request.param)
    yield made
    made.close()


class Stage:
    """One publication with two subscribers, one served by C and one by Python."""

    def __init__(self, fast_path: FastPath, egress: NativeEgress, *, estimate_bps: int = 100_000_000) -> None:
        self.egress = egress
        self.clock = fast_path.clock
        self.publication = Publication(
            identifier=PublicationId(1), endpoint_id=EndpointId("a"), section=SENDING, plan=None, fast_path=fast_path
        )
        self.streams = [self.publication.add_stream(ssrc=1 + index, rid=rid) for index, rid in enumerate("qf")]
        estimator = SendSideEstimator(start_bps=estimate_bps, min_bps=estimate_bps, max_bps=estimate_bps)
        self.sender = Sender(self, estimator, Drops(), now=100.0, fast_path=fast_path)
        self.sender.use_egress(egress)
        self.expected: list[bytes] = []
        self.subscriptions = [
            self._subscribe(OutgoingStream(RECEIVING, cname="", first_sequence=500, first_rtx_sequence=1), self._expect)
        ]
        out = OutgoingStream(
            RECEIVING,
            cname="",
            first_sequence=500,
            first_rtx_sequence=1,
            fast_path=fast_path,
            line=self.sender.line,
        )
        self.subscriptions.append(self._subscribe(out, self.sender.enqueue))
        self.native = self.subscriptions[1]

    def _subscribe(self, out: OutgoingStream, enqueue: object) -> VideoSubscription:
        made = VideoSubscription(
            publication=self.publication,
            subscriber_id=EndpointId("b"),
            out=out,
            rewriter=Vp8Rewriter(out.pictures),
            enqueue=enqueue,  # type: ignore[arg-type]
            drops=Drops(),
        )
        self.publication.subscribe(made)
        return made

    def _expect(self, packet: OutgoingPacket) -> None:
        self.expected.append(bytes(packet.prefix) + bytes(packet.payload))

    def aim(self, layer: int, temporal: int) -> None:
        for each in self.subscriptions:
            each.aim(layer, spatial=3, temporal=temporal, now=100.0)

    def play(self, packet: Packet, layer: int) -> None:
        self.publication.on_packet(packet, self.streams[layer])
        if not self.sender.idle:
            self.sender.flush(now=self.clock())


def vp8(layer: int, sequence: int, picture: int, temporal: int, *, key: bool, last: bool, clock: bool) -> Packet:
    elements = [(5, os.urandom(8))] if clock else []
    block, _ = build_extensions(elements)
    head = struct.pack(
        "!BBHLL", 0x90 if block else 0x80, (0x80 if last else 0) | 96, sequence & 0xFFFF, 40 * picture, 1
    )
    tag = b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xb4\x00" if key else b"\x11" + bytes(9)
    descriptor = bytes((0x90, 0xE0, 0x80 | picture >> 8, picture & 0xFF, picture & 0xFF, temporal << 6 | 0x20))
    payload = descriptor + tag + os.urandom(200 if last else 500)
    packet = parse_rtp_untrusted(head + block + payload, arrival_s=100.0 + sequence / 1000)
    packet.capture_time = bytes(elements[0][1]) if clock else None
    return packet


def unstamped(data: bytes) -> bytes:
    """Without what only the moment of sending knows: abs-send-time and the transport-wide number."""
    out = bytearray(data)
    packet = parse_rtp_untrusted(data, arrival_s=0)
    position = packet.extension_offset
    while position < packet.extension_offset + packet.extension_size:
        head = out[position]
        if head == 0:
            position += 1
            continue
        size = (head & 0x0F) + 1
        if head >> 4 in (2, 3):
            out[position + 1 : position + 1 + size] = bytes(size)
        position += 1 + size
    return bytes(out)


@pytest.mark.parametrize("seed", range(4))
def test_c_sends_what_python_would_send(fast_path: FastPath, clock: Clock, wire: Wire, seed: int) -> None:
    source = random.Random(seed)
    stage = Stage(fast_path, wire.egress)
    stage.aim(0, 2)
    sequences, picture, layer = [65_500, 30_000], 32_700, 0
    numbers = []
    for step in range(600):
        if step % 150 == 100:
            layer = 1 - layer
            stage.aim(layer, source.choice((1, 2)))
        picture = (picture + 1) & 0x7FFF
        clock.now += 0.04
        key = step == 0 or step % 150 == 110
        temporal = 0 if key else source.randrange(3)
        for at in (0, 1):
            for last in (False, True):
                sequences[at] += 1
                if source.random() < 0.03 and not key:
                    continue  # lost on the way in
                timed = source.random() < 0.5
                stage.play(vp8(at, sequences[at], picture, temporal, key=key, last=last, clock=timed), at)
        fast_path.flush()
        numbers += wire.received()
    assert [unstamped(each) for each in numbers] == stage.expected
    assert len(numbers) > 500
    assert stage.native.grouped is not None, "C served nobody"
    line = stage.sender.line
    assert line is not None
    assert line.sent_packets > 0.8 * len(numbers), "nearly everything must have gone the short way"
    wire.egress.collect()
    assert not wire.drops
    assert wire.counters.sent_packets == len(numbers)


def test_what_must_wait_for_its_pace_waits_in_order(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    stage = Stage(fast_path, wire.egress, estimate_bps=400_000)
    stage.aim(0, 2)
    for number in range(40):
        packet = vp8(0, 100 + number, 1 + number, 0, key=number == 0, last=True, clock=False)
        stage.publication.on_packet(packet, stage.streams[0])
    fast_path.flush()
    assert fast_path.holding
    for step in range(200):
        clock.now = 100.0 + 0.005 * step
        fast_path.send_held(now=clock.now)
        fast_path.flush()
    assert not fast_path.holding
    sequences = [parse_rtp_untrusted(each, arrival_s=0).sequence_number for each in wire.received()]
    assert sequences == list(range(500, 540))


def test_numbers_and_times_of_sending_are_stamped(fast_path: FastPath, wire: Wire) -> None:
    stage = Stage(fast_path, wire.egress)
    stage.aim(0, 2)
    for number in range(20):
        stage.play(vp8(0, 100 + number, 1 + number, 0, key=number == 0, last=True, clock=False), 0)
    fast_path.flush()
    block = [parse_rtp_untrusted(each, arrival_s=0) for each in wire.received()]
    stamps = [bytes(each.data[each.extension_offset + 1 : each.extension_offset + 4]) for each in block]
    numbers = [
        int.from_bytes(each.data[each.extension_offset + 5 : each.extension_offset + 7], "big") for each in block
    ]
    assert numbers == list(range(20))
    assert set(stamps) == {(100 * 262144 & 0xFFFFFF).to_bytes(3, "big")}


def test_without_a_path_python_gets_every_packet_and_counts_it(fast_path: FastPath, wire: Wire) -> None:
    stage = Stage(fast_path, wire.egress)
    stage.aim(0, 2)
    stage.play(vp8(0, 100, 1, 0, key=True, last=True, clock=False), 0)
    stage.sender.use_egress(object())
    stage.play(vp8(0, 101, 2, 0, key=False, last=True, clock=False), 0)
    line = stage.sender.line
    assert line is not None
    assert line.sent_packets == 1
    assert stage.sender.sent_packets == 2, "the second went through Python's deque"


def test_what_is_too_large_or_cannot_leave_is_counted(fast_path: FastPath, wire: Wire) -> None:
    head = bytearray(struct.pack("!BBHLL", 0x80, 96, 1, 0, 5))
    assert not wire.egress.add(OutgoingPacket(head, bytes(1600), Priority.VIDEO))
    wire.socket.close()
    assert wire.egress.add(OutgoingPacket(head, bytes(100), Priority.VIDEO))
    wire.egress.flush()
    assert wire.drops == {DropReason.EGRESS_TOO_LARGE: 1, DropReason.SEND_FAILED: 1}


def test_an_egress_that_is_forgotten_leaves_the_list(fast_path: FastPath, wire: Wire) -> None:
    other = Wire(fast_path, offload=True)
    packet = OutgoingPacket(bytearray(struct.pack("!BBHLL", 0x80, 96, 1, 0, 5)), bytes(100), Priority.VIDEO)
    assert other.egress.add(packet)
    assert wire.egress.add(packet)
    other.close()
    del other
    fast_path.flush()
    assert len(wire.received()) == 1

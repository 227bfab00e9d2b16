"""What C does for packets that come in is what Python does: same state, same packets on, same feedback."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandwidth.estimator import SendSideEstimator
from sfu.description import MID_URI, RID_URI, IceCredentials, RemoteDescription
from sfu.drops import Drops
from sfu.incoming import IncomingStream
from sfu.ingress import Ingress
from sfu.native.forwarding import FastPath
from sfu.native.incoming import NativeInbound
from sfu.native.library import Library
from sfu.outgoing import OutgoingPacket
from sfu.outgoing_stream import OutgoingStream
from sfu.publication import Publication
from sfu.rtp.extensions import build_extensions
from sfu.rtp.packet import parse_rtp_untrusted
from sfu.sender import Sender
from sfu.subscription import VideoSubscription
from sfu.types import EndpointId, PublicationId
from sfu.vp8_rewriter import Vp8Rewriter
from tests.sfu.native.conftest import Clock
from tests.sfu.native.test_fan_out import EXTENSIONS, RECEIVING, SENDING, Wire, unstamped

PUBLISHED = replace(SENDING, extensions={**EXTENSIONS, MID_URI: 10, RID_URI: 11})
REMOTE = RemoteDescription(
    ice=IceCredentials(ufrag="u", password="p" * 22), fingerprints=(), cname="c", sending=(PUBLISHED,), receiving=()
)


class World:
    """A publisher's ingress and one subscriber of its picture; `inbound`: C first, else Python alone."""

    def __init__(self, fast_path: FastPath | None, egress: object = None) -> None:
        self.fast_path = fast_path
        self.inbound = NativeInbound(fast_path.library, 7) if fast_path else None
        self.event = fast_path.library.ffi.new("struct event *") if fast_path else None
        self.publication = Publication(
            identifier=PublicationId(1), endpoint_id=EndpointId("a"), section=PUBLISHED, plan=None, fast_path=fast_path
        )
        self.streams: list[IncomingStream] = []
        self.ingress = Ingress(
            REMOTE,
            [self.publication],
            Drops(),
            on_level=lambda publication, level, now: None,
            on_stream=lambda publication, stream: self.streams.append(stream),
            inbound=self.inbound,
        )
        estimator = SendSideEstimator(start_bps=10**8, min_bps=10**8, max_bps=10**8)
        self.sender = Sender(self, estimator, Drops(), now=100.0, fast_path=fast_path)  # type: ignore[arg-type]
        self.egress = egress
        self.sent: list[bytes] = []
        if egress is not None:
            self.sender.use_egress(egress)
        out = OutgoingStream(
            RECEIVING,
            cname="",
            first_sequence=500,
            first_rtx_sequence=1,
            fast_path=fast_path,
            line=self.sender.line,
        )
        self.subscription = VideoSubscription(
            publication=self.publication,
            subscriber_id=EndpointId("b"),
            out=out,
            rewriter=Vp8Rewriter(out.pictures),
            enqueue=self.sender.enqueue if fast_path else self._keep,
            drops=Drops(),
        )
        self.publication.subscribe(self.subscription)
        self.kinds: list[int] = []

    def _keep(self, packet: OutgoingPacket) -> None:
        self.sent.append(bytes(packet.prefix) + bytes(packet.payload))

    def receive(self, data: bytes, arrival_s: float) -> None:
        """As the port does with a decrypted packet."""
        stream = next((each for each in self.streams if each.ssrc == int.from_bytes(data[8:12], "big")), None)
        if self.fast_path is None or self.inbound is None or stream is None or stream.native is None:
            self.ingress.on_rtp(data, arrival_s=arrival_s)
            return
        lib, event = self.fast_path.library.lib, self.event
        kind = lib.inbound_rtp(
            self.inbound.pointer,
            stream.native.pointer,
            data,
            len(data),
            arrival_s,
            self.fast_path.clock(),
            self.fast_path.waiting,
            event,
        )
        self.kinds.append(kind)
        if kind == lib.RTP:
            self.ingress.on_rtp(data, arrival_s=arrival_s)
        elif kind == lib.PASSED:
            packet = event.packet
            clock = bytes(packet.clock[0:8]) if packet.has_clock else None
            self.publication.on_passed(
                stream, data, packet.sequence, packet.audio_level, clock, event.deferred, arrival_s=arrival_s
            )
        if not self.sender.idle:
            self.sender.flush(now=self.fast_path.clock())

    def feedback(self) -> list[bytes]:
        self.ingress.collect()
        return self.ingress.arrivals.build(sender_ssrc=1, media_ssrc=2)


def names(rid: str, number: int, clock: bytes | None) -> bytes:
    """The extension block of a browser: transport-wide number, MID, RID, sometimes the capture clock."""
    elements = [(3, struct.pack("!H", number & 0xFFFF)), (10, b"1"), (11, rid.encode())]
    if clock:
        elements.append((5, clock))
    return build_extensions(elements)[0]


class Publisher:
    """Two layers of VP8 with three temporal layers, through a line that loses, repeats and reorders."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = {"q": 65_400, "f": 30_000}
        self.transport = 65_000
        self.picture = 32_700
        self.waiting: list[bytes] = []

    def frame(self, step: int, key: bool) -> Iterator[bytes]:
        self.picture = (self.picture + 1) & 0x7FFF
        temporal = 0 if key else self.random.randrange(3)
        for ssrc, rid in ((1, "q"), (2, "f")):
            for last in (False, True):
                yield from self._line(self._packet(ssrc, rid, step, temporal, key=key, last=last), key)

    def _packet(self, ssrc: int, rid: str, step: int, temporal: int, *, key: bool, last: bool) -> bytes:
        self.numbers[rid] += 1
        self.transport += 1
        clock = os.urandom(8) if self.random.random() < 0.5 else None
        block = names(rid, self.transport, clock)
        head = struct.pack("!BBHLL", 0x90, (0x80 if last else 0) | 96, self.numbers[rid] & 0xFFFF, 3600 * step, ssrc)
        start = key and not last
        tag = b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xb4\x00" if start else b"\x11" + bytes(9)
        picture = self.picture
        first = 0x90 if not last else 0x80
        descriptor = bytes((first, 0xE0, 0x80 | picture >> 8, picture & 0xFF, picture & 0xFF, temporal << 6 | 0x20))
        if self.random.random() < 0.05 and not key:  # nothing but padding
            return bytes((head[0] | 0x20,)) + head[1:] + block + bytes(9) + b"\x0a"
        return head + block + descriptor + tag + os.urandom(self.random.randrange(100, 900))

    def _line(self, data: bytes, key: bool) -> Iterator[bytes]:
        fate = self.random.random()
        if fate < 0.03 and not key:
            return
        if fate < 0.06 and not key:
            self.waiting.append(data)
            return
        yield data
        if fate < 0.09:
            yield data
        if self.waiting and self.random.random() < 0.3:
            yield self.waiting.pop()


@pytest.fixture
def wire(fast_path: FastPath) -> Iterator[Wire]:
    made = Wire(fast_path, offload=True)
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(4))
def test_c_and_python_come_to_the_same(fast_path: FastPath, clock: Clock, wire: Wire, seed: int) -> None:
    native, python = World(fast_path, wire.egress), World(None)
    publisher, layer = Publisher(seed), 0
    for step in range(500):
        if step % 120 == 60:
            layer = 1 - layer
        if step % 60 == 0:
            temporal = publisher.random.choice((1, 2))
            for world in (native, python):
                world.subscription.aim(layer, spatial=3, temporal=temporal, now=clock.now)
        clock.now += 0.04
        key = step % 120 in (0, 70)
        for data in publisher.frame(step, key):
            for world in (native, python):
                world.receive(data, clock.now)
        fast_path.flush()
        native.sent += wire.received()
        if step % 3 == 0:
            assert native.feedback() == python.feedback()
    assert [unstamped(each) for each in native.sent] == [unstamped(each) for each in python.sent]
    assert len(native.sent) > 300
    served = sum(1 for kind in native.kinds if kind != fast_path.library.lib.RTP)
    assert served > 0.6 * len(native.kinds), "most packets need no decision"
    for ours, theirs in zip(native.streams, python.streams, strict=True):
        compare(ours, theirs)


def compare(ours: IncomingStream, theirs: IncomingStream) -> None:
    assert ours.native is not None
    assert ours.unwrapper.highest == theirs.unwrapper.highest
    assert ours.last_arrival_s == theirs.last_arrival_s
    assert ours.statistics.bytes == theirs.statistics.bytes
    assert ours.statistics.jitter_s == pytest.approx(theirs.statistics.jitter_s)
    assert ours.report(now=200.0) == theirs.report(now=200.0)
    for stream in (ours, theirs):
        stream.rates.tick(now=0.0)
    assert ours.rates.highest_temporal == theirs.rates.highest_temporal
    assert ours.nack is not None
    assert theirs.nack is not None
    assert ours.nack.due(now=200.0, rtt_s=0.1) == theirs.nack.due(now=200.0, rtt_s=0.1)
    assert ours.history.oldest == theirs.history.oldest
    for sequence in range(theirs.history.oldest - 2, theirs.unwrapper.highest + 2):
        mine, other = ours.history.get(sequence), theirs.history.get(sequence)
        assert (mine is None) == (other is None)
        if mine is not None and other is not None:
            assert (mine.data, mine.arrival_s, mine.capture_time) == (other.data, other.arrival_s, other.capture_time)
            assert (mine.frame is None) == (other.frame is None)
            if mine.frame is not None and other.frame is not None:
                assert mine.frame.picture_id == other.frame.picture_id


@settings(max_examples=300, deadline=None)
@given(data=st.binary(min_size=0, max_size=80), word=st.integers(0, 0xFFFF), padded=st.booleans())
def test_bytes_from_the_network_never_lead_c_astray(library: Library, data: bytes, word: int, padded: bool) -> None:
    """Headers that lie about their lengths: whatever C serves, Python finds well-formed too."""
    clock = Clock()
    world = World(FastPath(library, clock))
    head = struct.pack("!BBHLL", 0x90, 96, 100, 0, 1)
    world.receive(head + names("q", 1, None) + b"\x90\xe0\x80\x01\x01\x00" + bytes(20), 100.0)
    hostile = struct.pack("!BBHLLHH", 0xB0 if padded else 0x90, 96, 101, 0, 1, 0xBEDE, word & 0x1F) + data
    world.receive(hostile, 100.1)
    assert world.kinds, "the stream was not learnt"
    if world.kinds[-1] != library.lib.RTP:
        parse_rtp_untrusted(hostile, arrival_s=100.1)


def test_what_python_mutes_c_does_not_serve(fast_path: FastPath, clock: Clock, wire: Wire) -> None:
    world, publisher = World(fast_path, wire.egress), Publisher(1)
    publisher.random.random = lambda: 0.5  # type: ignore[method-assign]
    world.subscription.aim(0, spatial=3, temporal=2, now=clock.now)
    for step in range(20):
        if step == 10:
            world.publication.blocked = True
            world.publication.regroup()
        for data in publisher.frame(step, step == 0):
            world.receive(data, clock.now)
    fast_path.flush()
    assert len(wire.received()) == 20
    assert set(world.kinds[-20:]) == {fast_path.library.lib.RTP}


def test_levels_are_told_once_and_in_order(fast_path: FastPath) -> None:
    source = fast_path.source(ssrc=1, clock_rate_hz=48_000, video=False, capacity=128)
    inbound = NativeInbound(fast_path.library, 1)
    inbound.set_extensions(transport_cc=3, audio_level=1, capture_time=-1)
    source.unwrapper.highest = 0x10000
    source.serve(payload_type=111, vp8=False, watched=True, followed=False, fan_out=None)
    event = fast_path.library.ffi.new("struct event *")
    block, _ = build_extensions([(1, b"\x9e"), (3, b"\x01\x02")])
    for number in range(1, 4):
        data = struct.pack("!BBHLL", 0x90, 111, number, 960 * number, 1) + block + bytes(60)
        kind = fast_path.library.lib.inbound_rtp(
            inbound.pointer, source.pointer, data, len(data), float(number), 5.0, fast_path.waiting, event
        )
        assert kind == fast_path.library.lib.DONE
    assert source.take_levels() == [(0x9E, 1.0), (0x9E, 2.0), (0x9E, 3.0)]
    assert source.take_levels() == []
    assert inbound.take_arrivals() == [(0x0102, 1.0), (0x0102, 2.0), (0x0102, 3.0)]
    assert inbound.last_rtp_s == 3.0
    assert source.statistics.received == 3

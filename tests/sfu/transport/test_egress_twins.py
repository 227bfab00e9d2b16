"""Egress: batches and single sends carry the same datagrams, in order; every failure is counted."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator

import pytest

from sfu.drops import DropReason, Drops
from sfu.outgoing import OutgoingPacket, Priority
from sfu.transport.egress import (
    MAX_BATCH_BYTES,
    MAX_PACKET_BYTES,
    MAX_SEGMENTS,
    ClosedEgress,
    GsoEgress,
    PlainEgress,
)
from sfu.transport.framing import FramedEgress, FrameReader
from sfu.transport.links import Counters
from sfu.transport.port import supports_segmentation
from sfu.transport.srtp import Buffer

TAG = b"0123456789abcdef"
ADDRESS = ("192.0.2.1", 5000)


class TaggingSrtp:
    """Stands for encryption: appends a tag. Refuses payload type 0."""

    def protect(self, buffer: Buffer, offset: int, size: int) -> int:
        if buffer.data[offset + 1] == 0:
            return -2
        buffer.view[offset + size : offset + size + len(TAG)] = TAG
        return size + len(TAG)

    protect_rtcp = unprotect = unprotect_rtcp = protect


class FakeSocket:
    """Cuts batches as the kernel does; raises what is in `failures`, one per call."""

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []
        self.calls: list[int] = []
        self.failures: list[OSError | None] = []

    def _begin(self) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure

    def sendto(self, data: memoryview, address: object) -> int:
        self._begin()
        assert address == ADDRESS
        self.datagrams.append(bytes(data))
        self.calls.append(1)
        return len(data)

    def sendmsg(self, buffers: list[memoryview], control: list, flags: int, address: object) -> int:
        self._begin()
        assert address == ADDRESS
        [(level, kind, value)] = control
        assert (level, kind) == (17, 103)
        (size,) = struct.unpack("=H", value)
        data = b"".join(bytes(each) for each in buffers)
        assert len(data) <= MAX_BATCH_BYTES
        cut = [data[offset : offset + size] for offset in range(0, len(data), size)]
        assert 1 < len(cut) <= MAX_SEGMENTS
        self.datagrams += cut
        self.calls.append(len(cut))
        return len(data)


class FakeStream:
    def __init__(self) -> None:
        self.written = b""
        self.full = False

    def write_frames(self, data: bytes) -> bool:
        if not self.full:
            self.written += data
        return not self.full


def packet(number: int, size: int = 1000, payload_type: int = 96) -> OutgoingPacket:
    prefix = bytearray(struct.pack("!BBHII", 0x80, payload_type, number, 0, 1))
    return OutgoingPacket(prefix, memoryview(bytes([number & 0xFF]) * (size - 12)), Priority.VIDEO)


def wire(number: int, size: int = 1000) -> bytes:
    each = packet(number, size)
    return bytes(each.prefix) + bytes(each.payload) + TAG


SIZES = {
    "one": [1000],
    "equal": [1000] * 5,
    "last shorter": [1000] * 4 + [300],
    "growing": [100, 200, 300, 300, 300],
    "shrinking": [300, 200, 100],
    "mixed": [1000, 1000, 80, 1000, 1000, 999, 1000, 80, 80, 80, 1200],
    "more than the kernel takes": [200] * (2 * MAX_SEGMENTS + 3),
    "more bytes than a datagram": [1200] * 120,
    "largest": [MAX_PACKET_BYTES] * 50,
    "odd sizes": [(number * 7919) % 1400 + 20 for number in range(200)],
}


@pytest.fixture(params=[GsoEgress, PlainEgress])
def kind(request: pytest.FixtureRequest) -> type:
    return request.param


def opened(kind: type, sock: object) -> tuple[GsoEgress | PlainEgress, Drops, Counters]:
    drops, counters = Drops(), Counters()
    return kind(sock, ADDRESS, TaggingSrtp(), drops, counters), drops, counters


@pytest.mark.parametrize("name", SIZES)
def test_all_packets_leave_in_order(kind: type, name: str) -> None:
    sock, sizes = FakeSocket(), SIZES[name]
    egress, drops, counters = opened(kind, sock)
    for number, size in enumerate(sizes):
        assert egress.add(packet(number, size))
    egress.flush()
    egress.flush()
    assert sock.datagrams == [wire(number, size) for number, size in enumerate(sizes)]
    assert counters.sent_packets == len(sizes)
    assert counters.sent_bytes == sum(sizes) + len(TAG) * len(sizes)
    assert not drops


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("equal", [5]),
        ("last shorter", [5]),
        ("growing", [1, 1, 3]),
        ("shrinking", [2, 1]),
        ("mixed", [3, 3, 2, 2, 1]),
        ("more than the kernel takes", [MAX_SEGMENTS, MAX_SEGMENTS, 3]),
    ],
)
def test_equal_packets_go_out_in_one_call(name: str, calls: list[int]) -> None:
    sock = FakeSocket()
    egress, _, _ = opened(GsoEgress, sock)
    for number, size in enumerate(SIZES[name]):
        egress.add(packet(number, size))
    egress.flush()
    assert sock.calls == calls


def test_nothing_of_a_batch_is_sent_before_the_flush() -> None:
    sock = FakeSocket()
    egress, _, _ = opened(GsoEgress, sock)
    egress.add(packet(1))
    egress.add(packet(2))
    assert sock.calls == []


def test_what_is_too_large_or_cannot_be_encrypted_is_dropped_and_the_rest_goes(kind: type) -> None:
    sock = FakeSocket()
    egress, drops, _ = opened(kind, sock)
    assert egress.add(packet(1))
    assert not egress.add(packet(2, MAX_PACKET_BYTES + 1))
    assert not egress.add(packet(3, payload_type=0))
    assert egress.add(packet(4))
    egress.flush()
    assert sock.datagrams == [wire(1), wire(4)]
    assert drops == {DropReason.EGRESS_TOO_LARGE: 1, DropReason.SRTP_PROTECT: 1}


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (BlockingIOError(), DropReason.SEND_WOULD_BLOCK),
        (OSError(errno.ENOBUFS, ""), DropReason.SEND_FAILED),
        (OSError(errno.ENETUNREACH, ""), DropReason.SEND_FAILED),
        (PermissionError(errno.EPERM, ""), DropReason.SEND_FAILED),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_what_the_kernel_does_not_take_is_counted(kind: type, failure: OSError, reason: DropReason, count: int) -> None:
    sock = FakeSocket()
    egress, drops, counters = opened(kind, sock)
    sock.failures = [failure] * count
    for number in range(count):
        egress.add(packet(number))
    egress.flush()
    assert drops == {reason: count}
    assert counters.sent_packets == 0
    sock.failures = []
    egress.add(packet(9))
    egress.flush()
    assert sock.datagrams == [wire(9)]


@pytest.mark.parametrize("code", [errno.EIO, errno.EOPNOTSUPP, errno.ENOPROTOOPT])
def test_a_device_without_offload_gets_single_sends_from_then_on(code: int) -> None:
    sock = FakeSocket()
    egress, drops, counters = opened(GsoEgress, sock)
    sock.failures = [OSError(code, "")]
    for number in range(6):
        egress.add(packet(number))
        if number == 2:
            egress.flush()
    egress.flush()
    assert sock.calls == [1] * 6
    assert sock.datagrams == [wire(number) for number in range(6)]
    assert counters.sent_packets == 6
    assert not drops


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EMSGSIZE])
def test_segments_over_the_paths_mtu_go_singly_and_smaller_ones_still_in_batches(code: int) -> None:
    sock = FakeSocket()
    egress, drops, _ = opened(GsoEgress, sock)
    sock.failures = [OSError(code, "")]
    sizes = [1400] * 3 + [1000] * 3 + [1400] * 2
    for number, size in enumerate(sizes[:3]):
        egress.add(packet(number, size))
    egress.flush()
    for number, size in enumerate(sizes[3:], 3):
        egress.add(packet(number, size))
    egress.flush()
    assert sock.calls == [1, 1, 1, 3, 1, 1]
    assert sock.datagrams == [wire(number, size) for number, size in enumerate(sizes)]
    assert not drops


def test_two_egresses_do_not_share_a_batch() -> None:
    sock = FakeSocket()
    first, second = opened(GsoEgress, sock)[0], opened(GsoEgress, sock)[0]
    for number in range(4):
        (first if number % 2 else second).add(packet(number))
    first.flush()
    second.flush()
    assert sock.datagrams == [wire(1), wire(3), wire(0), wire(2)]


def test_without_a_path_every_packet_is_counted() -> None:
    drops = Drops()
    egress = ClosedEgress(drops)
    assert not egress.ready
    assert not egress.add(packet(1))
    egress.flush()
    assert drops == {DropReason.SRTP_NOT_READY: 1}


@pytest.mark.parametrize("name", SIZES)
def test_frames_carry_the_same_packets(name: str) -> None:
    stream, drops, counters = FakeStream(), Drops(), Counters()
    egress = FramedEgress(stream, TaggingSrtp(), drops, counters)
    sizes = SIZES[name]
    for number, size in enumerate(sizes):
        assert egress.add(packet(number, size))
    egress.flush()
    frames, data = [], stream.written
    while data:
        size = int.from_bytes(data[:2], "big")
        frames.append(data[2 : 2 + size])
        data = data[2 + size :]
    assert frames == [wire(number, size) for number, size in enumerate(sizes)]
    assert counters.sent_packets == len(sizes)
    assert counters.sent_bytes == sum(sizes) + len(TAG) * len(sizes)
    assert not drops


def test_a_full_stream_gets_whole_frames_or_none() -> None:
    stream, drops, counters = FakeStream(), Drops(), Counters()
    egress = FramedEgress(stream, TaggingSrtp(), drops, counters)
    egress.add(packet(1))
    stream.full = True
    egress.flush()
    stream.full = False
    egress.add(packet(2))
    egress.add(packet(3, payload_type=0))
    egress.flush()
    assert FrameReader().feed_untrusted(stream.written) == [wire(2)]
    assert counters.sent_packets == 1


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(2)
        sender.setblocking(False)
        yield sender, receiver


@pytest.mark.parametrize("name", ["equal", "last shorter", "mixed", "shrinking"])
def test_the_real_kernel_delivers_the_same_datagrams(
    kind: type, name: str, pair: tuple[socket.socket, socket.socket]
) -> None:
    sender, receiver = pair
    if kind is GsoEgress and not supports_segmentation(sender):
        pytest.skip("this kernel has no UDP_SEGMENT")
    drops = Drops()
    egress = kind(sender, receiver.getsockname(), TaggingSrtp(), drops, Counters())
    sizes = SIZES[name]
    for number, size in enumerate(sizes):
        egress.add(packet(number, size))
    egress.flush()
    assert [receiver.recv(2048) for _ in sizes] == [wire(number, size) for number, size in enumerate(sizes)]
    assert not drops

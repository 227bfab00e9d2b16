"""Room 1 over a real socket, with a router that remembers."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator
from functools import partial

import pytest
from aioice import stun

from sfu.drops import DropReason
from sfu.native.forwarding import open_fast_path
from sfu.transport.native_port import NativeUdpPort
from sfu.transport.port import BATCH, SOCKET_BUFFER_BYTES, UdpPort, bind_udp
from sfu.transport.route import MAX_DATAGRAM, MIN_SRTP_BYTES, Router
from sfu.transport.stamps import MAX_AGE_S, arrival_s


class FakeTransport:
    """Remembers what it was given; fails on demand."""

    def __init__(self) -> None:
        self.events: list[tuple[str, bytes]] = []
        self.arrivals: list[float] = []
        self.fail = False
        self.inbound = None

    def on_srtp(self, buffer, size, *, arrival_s):
        if self.fail:
            raise RuntimeError("a bug in a room behind")
        self.events.append(("srtp", bytes(buffer.view[:size])))
        self.arrivals.append(arrival_s)

    def on_dtls(self, data):
        self.events.append(("dtls", data))

    def on_stun(self, message, link, address, *, now):
        self.events.append(("stun", bytes(message)))


class Bench:
    def __init__(self, host: str = "127.0.0.1", *, native: bool = False) -> None:
        self.router = Router()
        self.batches = 0
        fast_path = open_fast_path("c", lambda: 0.0) if native else None
        kind = UdpPort if fast_path is None else partial(NativeUdpPort, fast_path=fast_path)
        self.port = kind(bind_udp(host, 0), self.router, priority=1, offload=False, after_batch=self._after)
        self.client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.client.bind((host, 0))
        self.transport = FakeTransport()
        self.port.claim(self.client.getsockname(), self.transport)

    def _after(self) -> None:
        self.batches += 1

    def send(self, data: bytes) -> None:
        self.client.sendto(data, self.port.local)

    def close(self) -> None:
        self.port.close()
        self.client.close()


@pytest.fixture(params=["127.0.0.1", "::1"])
def host(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=["python", "c"])
def bench(request: pytest.FixtureRequest, host: str) -> Iterator[Bench]:
    made = Bench(host, native=request.param == "c")
    yield made
    made.close()


def check(ufrag: str) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:theirs"
    message.add_message_integrity(b"password")
    return bytes(message)


SRTP = b"\x80" + bytes(40)
INDICATION = bytes(stun.Message(stun.Method.BINDING, stun.Class.INDICATION))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (SRTP, "srtp"),
        (b"\xbf" + bytes(MIN_SRTP_BYTES - 1), "srtp"),
        (b"\x80" + bytes(MAX_DATAGRAM - 1), "srtp"),
        (b"\x14" + bytes(20), "dtls"),
        (b"\x3f" + bytes(20), "dtls"),
        (check("known"), "stun"),
    ],
)
def test_the_first_byte_says_where_a_datagram_goes(bench: Bench, data: bytes, kind: str) -> None:
    bench.router.by_ufrag["known"] = bench.transport
    bench.send(data)
    bench.port.on_readable()
    assert bench.transport.events == [(kind, data)]
    assert not bench.router.drops


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", DropReason.EMPTY_DATAGRAM),
        (b"\x80" + bytes(MAX_DATAGRAM), DropReason.OVERSIZED_DATAGRAM),
        (b"\xbf" + bytes(MAX_DATAGRAM), DropReason.OVERSIZED_DATAGRAM),
        (b"\x16" + bytes(8000), DropReason.OVERSIZED_DATAGRAM),
        (b"\x80", DropReason.RTP_MALFORMED),
        (b"\x80" + bytes(MIN_SRTP_BYTES - 2), DropReason.RTP_MALFORMED),
        (b"\x04" + bytes(20), DropReason.UNKNOWN_FIRST_BYTE),
        (b"\x13" + bytes(20), DropReason.UNKNOWN_FIRST_BYTE),
        (b"\x40" + bytes(20), DropReason.UNKNOWN_FIRST_BYTE),  # a TURN channel
        (b"\x7f" + bytes(20), DropReason.UNKNOWN_FIRST_BYTE),
        (b"\xc0" + bytes(20), DropReason.UNKNOWN_FIRST_BYTE),
        (b"\xff" + bytes(20), DropReason.UNKNOWN_FIRST_BYTE),
        (b"\x00" + bytes(20), DropReason.STUN_MALFORMED),
        (b"\x00", DropReason.STUN_MALFORMED),
        (check("unknown"), DropReason.STUN_UNKNOWN_UFRAG),
        (INDICATION, DropReason.STUN_NOT_A_CHECK),
    ],
)
def test_everything_else_is_dropped_with_a_reason(bench: Bench, data: bytes, reason: DropReason) -> None:
    bench.send(data)
    bench.send(SRTP)
    bench.port.on_readable()
    assert bench.router.drops == {reason: 1}
    assert bench.transport.events == [("srtp", SRTP)]


@pytest.mark.parametrize("data", [SRTP, b"\x16" + bytes(20)])
def test_media_of_unknown_sources_is_dropped(bench: Bench, data: bytes) -> None:
    bench.port.release(bench.client.getsockname(), FakeTransport())  # not its owner: nothing happens
    bench.send(data)
    bench.port.on_readable()
    assert len(bench.transport.events) == 1
    bench.port.release(bench.client.getsockname(), bench.transport)
    bench.send(data)
    bench.port.on_readable()
    assert bench.router.drops == {DropReason.UNKNOWN_SOURCE: 1}


def test_a_batch_is_bounded_and_the_rest_waits(bench: Bench) -> None:
    packets = [SRTP + bytes([number]) for number in range(BATCH + 5)]
    for data in packets:
        bench.send(data)
    bench.port.on_readable()
    assert [data for _, data in bench.transport.events] == packets[:BATCH]
    bench.port.on_readable()
    assert [data for _, data in bench.transport.events] == packets
    assert bench.batches == 2
    bench.port.on_readable()
    assert len(bench.transport.events) == len(packets)


def test_arrival_is_when_the_kernel_got_it_and_not_when_we_read_it(bench: Bench) -> None:
    sent = []
    for _ in range(2):
        before = time.monotonic()
        bench.send(SRTP)
        sent.append((before, time.monotonic()))
        time.sleep(0.2)
    bench.port.on_readable()
    tolerance_s = 0.1  # a wall clock that is slewed or stepped meanwhile moves the kernel's stamps
    for (before, after), arrival in zip(sent, bench.transport.arrivals, strict=True):
        assert before - tolerance_s <= arrival <= after + tolerance_s


@pytest.mark.parametrize(
    ("age_s", "expected"), [(0.0, 100.0), (0.5, 99.5), (-0.1, 100.0), (MAX_AGE_S + 1, 100.0), (3600.0, 100.0)]
)
def test_a_stepped_wall_clock_spoils_no_arrival_time(age_s: float, expected: float) -> None:
    wall_of_now = 1_700_000_000.0
    stamp = wall_of_now - age_s
    packed = struct.pack("=qq", int(stamp), round(stamp % 1 * 1e9))
    assert arrival_s(packed, 0, now=100.0, offset_s=100.0 - wall_of_now) == pytest.approx(expected, abs=1e-6)


def test_a_bug_in_a_room_behind_costs_its_own_datagram_only(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.transport.fail = True
    for _ in range(20):
        bench.send(SRTP)
    bench.send(b"\x16" + bytes(20))
    bench.port.on_readable()
    assert bench.transport.events == [("dtls", b"\x16" + bytes(20))]
    assert bench.router.drops == {DropReason.ROUTING_FAILED: 20}
    assert bench.batches == 1
    assert capsys.readouterr().out.count("a datagram could not be handled") == 1


class FailingSocket:
    """A socket whose reads fail as told; the rest is the real one's."""

    def __init__(self, sock: socket.socket, failures: Iterator[OSError | None]) -> None:
        self._sock, self._failures = sock, failures

    def recvmsg_into(self, *args):
        failure = next(self._failures)
        if failure is not None:
            raise failure
        return self._sock.recvmsg_into(*args)

    def close(self) -> None:
        self._sock.close()


def test_an_icmp_error_between_datagrams_repeats_or_loses_none(bench: Bench) -> None:
    failures = itertools.chain([None, ConnectionRefusedError(), None], itertools.repeat(None))
    bench.port._socket = FailingSocket(bench.port._socket, failures)
    packets = [SRTP + bytes([number]) for number in range(4)]
    for data in packets:
        bench.send(data)
    bench.port.on_readable()
    bench.port.on_readable()
    assert [data for _, data in bench.transport.events] == packets


@pytest.mark.parametrize(
    ("address", "reason"),
    [(("127.0.0.1", 0), DropReason.SEND_FAILED), (("255.255.255.255", 9), DropReason.SEND_FAILED)],
)
def test_what_cannot_be_sent_is_counted(address: tuple[str, int], reason: DropReason) -> None:
    bench = Bench()
    try:
        assert not bench.port.send(b"data", address)
        assert bench.router.drops == {reason: 1}
    finally:
        bench.close()


def test_the_sockets_buffers_are_raised_as_far_as_the_system_lets_us() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain, bind_udp("127.0.0.1", 0) as ours:
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            size = ours.getsockopt(socket.SOL_SOCKET, option)
            assert size >= plain.getsockopt(socket.SOL_SOCKET, option)
            assert size <= 2 * SOCKET_BUFFER_BYTES

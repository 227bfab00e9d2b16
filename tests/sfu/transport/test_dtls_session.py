"""The DTLS association without sockets: two ends joined by functions that may lose what they carry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from sfu.description import Fingerprint
from sfu.drops import DropReason
from sfu.errors import NegotiationError
from sfu.transport.dtls import QUEUE_RECORDS, DtlsSession
from sfu.transport.dtls_records import is_plausible_untrusted
from sfu.transport.srtp import Buffer, SrtpSession
from tests.sfu.transport.loopback_client import rtp_packet, until

CERTIFICATES = [RTCCertificate.generateCertificate() for _ in range(3)]


def fingerprints(certificate: RTCCertificate) -> tuple[Fingerprint, ...]:
    return tuple(Fingerprint(algorithm=each.algorithm, value=each.value) for each in certificate.getFingerprints())


def record(content_type: int, body: bytes, epoch: int = 0) -> bytes:
    return bytes([content_type, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 9]) + len(body).to_bytes(2, "big") + body


def fragment(size: int, offset: int, length: int, body: bytes) -> bytes:
    sizes = (each.to_bytes(3, "big") for each in (offset, length))
    return b"\1" + size.to_bytes(3, "big") + b"\0\0" + b"".join(sizes) + body


FATAL_ALERT, CLOSE_NOTIFY = record(21, b"\2\50"), record(21, b"\1\0")
ENCRYPTED_ALERT = record(21, bytes(26), epoch=1)
GOOD_FRAGMENT = fragment(400, 0, 4, b"1234")
NOISE = [
    b"",
    bytes([22]) * 12,
    bytes([22]) * 20,
    bytes([22]) * 1500,
    bytes([22]) * 1501,
    b"\x16\x03\x03" + record(22, GOOD_FRAGMENT)[3:],
    FATAL_ALERT,
    CLOSE_NOTIFY,
    record(22, GOOD_FRAGMENT) + FATAL_ALERT,
    record(23, b"data"),
    record(20, b""),
    record(22, b""),
    record(22, b"123"),
    record(22, GOOD_FRAGMENT)[:-1],
    record(22, GOOD_FRAGMENT) + b"\x16",
    record(22, fragment(4, 2, 4, b"1234")),
    record(22, fragment(400, 0, 400, b"1234")),
    record(22, fragment(0xFFFFFF, 0, 4, b"1234")),
    record(22, GOOD_FRAGMENT + b"rest"),
]


class Joined:
    """A server session of ours and aiortc's client. `lose(direction, number)` says which datagrams are lost."""

    role = "controlling"

    def __init__(
        self,
        *,
        offered: RTCCertificate = CERTIFICATES[0],
        lose: Callable[[str, int], bool] = lambda direction, number: False,
        handshake_timeout_s: float = 10.0,
    ) -> None:
        self.ready: list[SrtpSession] = []
        self.closed = 0
        self.left: list[asyncio.Task[None]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.carried = {"up": 0, "down": 0}
        self._lose = lose
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.server = DtlsSession(
            CERTIFICATES[1],
            fingerprints(offered),
            spawn=self._spawn,
            send=lambda data: self._carry("down", data),
            on_ready=self.ready.append,
            on_closed=self._on_closed,
            handshake_timeout_s=handshake_timeout_s,
        )
        self.client = RTCDtlsTransport(self, [CERTIFICATES[0]])
        self.client._set_role("client")

    def _spawn(self, work: object) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self.tasks.append(task)
        return task

    def _on_closed(self) -> None:
        self.closed += 1
        self.left = [
            task
            for task in asyncio.all_tasks() - {asyncio.current_task(), self.client._task}
            if "RTCDtlsTransport" in getattr(task.get_coro(), "__qualname__", "")
        ]

    def _carry(self, direction: str, data: bytes) -> None:
        self.carried[direction] += 1
        if self._lose(direction, self.carried[direction]):
            return
        if direction == "up":
            self.server.receive_untrusted(data)
        else:
            self._queue.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._carry("up", data)

    async def handshake(self) -> None:
        self.server.start()
        parameters = [RTCDtlsFingerprint(algorithm=f.algorithm, value=f.value) for f in fingerprints(CERTIFICATES[1])]
        await asyncio.wait_for(self.client.start(RTCDtlsParameters(fingerprints=parameters)), 10)

    async def end(self) -> None:
        self.server.close()
        await asyncio.wait(self.tasks, timeout=5) if self.tasks else None
        assert all(task.done() for task in self.tasks)
        self._queue.put_nowait(None)
        if self.client._task is not None:
            await asyncio.wait([self.client._task], timeout=5)
        await self.client.stop()


async def test_both_ends_have_the_same_keys_after_the_handshake() -> None:
    joined = Joined()
    await joined.handshake()
    await until(lambda: joined.ready)
    buffer, wire = Buffer(200), joined.client._tx_srtp.protect(rtp_packet(1))
    buffer.view[: len(wire)] = wire
    size = joined.ready[0].unprotect(buffer, 0, len(wire))
    assert bytes(buffer.view[:size]) == rtp_packet(1)
    await joined.end()
    assert joined.closed == 1


@pytest.mark.parametrize("lost", [("up", 1), ("down", 1), ("up", 2), ("down", 2)])
async def test_any_lost_flight_is_sent_again(lost: tuple[str, int]) -> None:
    joined = Joined(lose=lambda direction, number: (direction, number) == lost)
    await joined.handshake()
    await until(lambda: joined.ready)
    assert joined.client.state == "connected"
    await joined.end()


async def test_another_certificate_than_the_one_offered_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    joined = Joined(offered=CERTIFICATES[2])
    await joined.handshake()
    await until(lambda: joined.closed)
    assert not joined.ready
    assert "certificate" in joined.server.failure
    await until(lambda: joined.client.state == "closed")  # it was told, and need not wait
    await joined.end()
    assert joined.closed == 1


async def test_who_never_says_hello_is_given_up() -> None:
    joined = Joined(handshake_timeout_s=0.05)
    joined.server.start()
    await until(lambda: joined.closed)
    assert "0.05" in joined.server.failure
    await joined.end()


async def test_a_peer_that_stops_in_the_middle_is_given_up() -> None:
    joined = Joined(handshake_timeout_s=0.2, lose=lambda direction, number: direction == "up" and number > 1)
    handshake = asyncio.ensure_future(joined.handshake())
    await until(lambda: joined.closed)
    assert not joined.ready
    joined._queue.put_nowait(None)
    await handshake
    await joined.end()


async def test_the_peers_goodbye_closes_us() -> None:
    joined = Joined()
    await joined.handshake()
    await until(lambda: joined.ready)
    await joined.client.stop()
    await until(lambda: joined.closed)
    assert joined.server.receive_untrusted(record(22, GOOD_FRAGMENT)) is DropReason.DTLS_NOT_EXPECTED
    await joined.end()


async def test_our_goodbye_reaches_the_peer() -> None:
    joined = Joined()
    await joined.handshake()
    await until(lambda: joined.ready)
    joined.server.close()
    await until(lambda: joined.closed and joined.client.state == "closed")
    assert not joined.left, "aiortc's own task outlives us"
    await joined.end()


@pytest.mark.parametrize("begun", [False, True])
async def test_closing_before_a_handshake_is_quiet(begun: bool) -> None:
    joined = Joined()
    if begun:
        joined.server.start()
        await asyncio.sleep(0)
    joined.server.close()
    joined.server.close()
    await until(lambda: joined.closed)
    joined.server.start()
    await joined.end()
    assert joined.closed == 1
    assert len(joined.tasks) == int(begun)


async def test_a_cancelled_task_still_closes() -> None:
    joined = Joined()
    await joined.handshake()
    await until(lambda: joined.ready)
    joined.tasks[0].cancel()
    await asyncio.wait(joined.tasks)
    assert joined.closed == 1
    await joined.end()


@pytest.mark.parametrize("state", ["waiting", "connected"])
async def test_datagrams_that_kill_the_stock_loop_and_noise_change_nothing(state: str) -> None:
    joined = Joined()
    if state == "connected":
        await joined.handshake()
        await until(lambda: joined.ready)
    for data in NOISE:
        assert joined.server.receive_untrusted(data) is DropReason.DTLS_NOT_EXPECTED
    assert joined.server.receive_untrusted(ENCRYPTED_ALERT) is None
    await asyncio.sleep(0.02)
    if state == "waiting":
        await joined.handshake()
        await until(lambda: joined.ready)
    assert not joined.closed
    assert joined.client.state == "connected"
    await joined.end()


@pytest.mark.parametrize(
    "data",
    [
        record(22, GOOD_FRAGMENT),
        record(22, GOOD_FRAGMENT * 3) + record(20, b"\1") + record(22, bytes(40), epoch=1),
        record(23, bytes(60), epoch=1),
        ENCRYPTED_ALERT,
        bytes([0x2F]) + bytes(30),
    ],
)
def test_what_a_browser_may_send_is_plausible(data: bytes) -> None:
    assert is_plausible_untrusted(data)


async def test_the_queue_is_bounded() -> None:
    joined = Joined()
    answers = [joined.server.receive_untrusted(record(22, GOOD_FRAGMENT)) for _ in range(QUEUE_RECORDS + 1)]
    assert answers == [None] * QUEUE_RECORDS + [DropReason.DTLS_QUEUE_FULL]
    joined.server.close()
    await joined.end()
    assert joined.closed == 1


@pytest.mark.parametrize("offered", [(), (Fingerprint(algorithm="md5", value="00"),)])
async def test_an_offer_without_a_usable_fingerprint_is_refused(offered: tuple[Fingerprint, ...]) -> None:
    with pytest.raises(NegotiationError, match="fingerprint"):
        DtlsSession(
            CERTIFICATES[0],
            offered,
            spawn=lambda work: asyncio.ensure_future(work),
            send=lambda data: None,
            on_ready=lambda srtp: None,
            on_closed=lambda: None,
        )

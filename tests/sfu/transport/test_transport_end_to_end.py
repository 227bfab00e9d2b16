"""A client over real sockets on loopback: UDP and TCP, IPv4 and IPv6, asyncio and uvloop."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvloop

from config.models import MediaSettings
from sfu.description import Candidate
from sfu.outgoing import OutgoingPacket, Priority
from sfu.transport.egress import GsoEgress, PlainEgress
from sfu.transport.framing import FramedEgress
from sfu.transport.ports import Ports
from tests.sfu.transport.loopback_client import (
    LoopbackClient,
    RecordingHandler,
    receiver_report,
    rtp_packet,
    until,
)

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def run(test: Callable[[], Awaitable[None]], loop: str = "asyncio") -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(asyncio.wait_for(test(), 30))


@contextlib.asynccontextmanager
async def open_ports(host: str = "127.0.0.1", **settings: object) -> AsyncIterator[Ports]:
    batches: list[int] = []
    ports = Ports(MediaSettings(**settings), host=host, port=0, after_batch=lambda: batches.append(1))
    ports.batches = batches  # type: ignore[attr-defined]
    await ports.start()
    try:
        yield ports
    finally:
        await ports.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not {task for task in others if task.get_name() == "dtls"}, "a task is left"


def candidate(ports: Ports, protocol: str = "udp") -> Candidate:
    return next(each for each in ports.candidates if each.protocol == protocol)


def outgoing(sequence_number: int, payload: bytes = b"x" * 900) -> OutgoingPacket:
    packet = rtp_packet(sequence_number, b"")
    return OutgoingPacket(bytearray(packet), memoryview(payload), Priority.VIDEO)


@contextlib.asynccontextmanager
async def connected(ports: Ports, protocol: str = "udp") -> AsyncIterator[tuple]:
    client, handler = LoopbackClient(), RecordingHandler()
    transport = ports.create_transport(remote=client.description(), handler=handler, label="test")
    try:
        await client.connect(transport, candidate(ports, protocol), ports.fingerprints)
        yield client, transport, handler
    finally:
        transport.close()
        await client.close()


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    ("host", "protocol", "gso", "egress"),
    [
        ("127.0.0.1", "udp", "auto", GsoEgress),
        ("127.0.0.1", "udp", "off", PlainEgress),
        ("::1", "udp", "auto", GsoEgress),
        ("127.0.0.1", "tcp", "auto", FramedEgress),
        ("::1", "tcp", "off", FramedEgress),
    ],
)
def test_media_flows_both_ways(loop: str, host: str, protocol: str, gso: str, egress: type) -> None:
    async def test() -> None:
        async with open_ports(host, gso=gso) as ports, connected(ports, protocol) as (client, transport, handler):
            assert isinstance(transport.egress, egress)
            assert transport.path.protocol == protocol
            before = time.monotonic()
            for number in range(40):
                client.send_rtp(rtp_packet(number, os.urandom(1100)))
            client.send_rtcp(receiver_report())
            await until(lambda: len(handler.rtp) == 40 and handler.rtcp)
            assert [data[2:4] for data, _ in handler.rtp] == [number.to_bytes(2, "big") for number in range(40)]
            assert all(before - 0.001 <= arrival <= time.monotonic() for _, arrival in handler.rtp)
            assert handler.rtcp == [receiver_report()]
            assert ports.batches
            for number in range(60):  # no more at once than a socket's default receive buffer holds
                assert transport.send_rtp(outgoing(number, b"y" * (1000 if number % 7 else 333)))
            transport.flush()
            transport.send_rtcp(receiver_report(9))
            await until(lambda: len(client.rtp) == 60 and client.rtcp)
            assert [data[2:4] for data in client.rtp] == [number.to_bytes(2, "big") for number in range(60)]
            assert client.rtcp == [receiver_report(9)]
            assert transport.counters.sent_packets == 61
            assert transport.counters.received_packets == 41
            assert handler.states == ["handshaking", "connected"]
            assert not transport.drops
            assert not ports.drops

    run(test, loop)

"""Ports on loopback and clients connected to them, under either event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import uvloop

from config.models import MediaSettings
from sfu.description import Candidate
from sfu.outgoing import OutgoingPacket, Priority
from sfu.transport.ports import Ports
from sfu.transport.transport import Transport
from tests.sfu.transport.loopback_client import LoopbackClient, RecordingHandler, rtp_packet

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


def address_of(ports: Ports, protocol: str) -> tuple[str, int]:
    found = candidate(ports, protocol)
    return found.address, found.port


def outgoing(sequence_number: int, payload: bytes = b"x" * 900) -> OutgoingPacket:
    packet = rtp_packet(sequence_number, b"")
    return OutgoingPacket(bytearray(packet), memoryview(payload), Priority.VIDEO)


@contextlib.asynccontextmanager
async def connected(
    ports: Ports, protocol: str = "udp"
) -> AsyncIterator[tuple[LoopbackClient, Transport, RecordingHandler]]:
    client, handler = LoopbackClient(), RecordingHandler()
    transport = ports.create_transport(remote=client.description(), handler=handler, label="test")
    try:
        await client.connect(transport, candidate(ports, protocol), ports.fingerprints)
        yield client, transport, handler
    finally:
        transport.close()
        await client.close()

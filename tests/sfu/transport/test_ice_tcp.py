"""ICE-TCP over real connections."""

from __future__ import annotations

import asyncio

import pytest

from sfu.drops import DropReason
from sfu.transport import tcp
from sfu.transport.transport import TransportState
from tests.sfu.transport.loopback_client import TcpWire, rtp_packet, until
from tests.sfu.transport.port_harness import LOOPS, address_of, candidate, connected, open_ports, outgoing, run


def test_a_lost_tcp_connection_disconnects_at_once_and_another_brings_it_back() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports, "tcp") as (client, transport, handler):
            await client.wire.close()
            await until(lambda: transport.state is TransportState.DISCONNECTED)
            assert transport.path is None
            await client.open(candidate(ports, "tcp"))
            await client.check(transport.local_ice, nominate=False)  # there is no other path to wait for
            client.send_rtp(rtp_packet(1))
            transport.egress.add(outgoing(1))
            transport.egress.flush()
            await until(lambda: handler.rtp and client.rtp)
            assert transport.state is TransportState.CONNECTED

    run(test)


def test_a_peer_moves_from_tcp_to_udp() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports, "tcp") as (client, transport, handler):
            await client.open(candidate(ports, "udp"))
            await client.check(transport.local_ice)
            assert transport.path.protocol == "udp"
            transport.egress.add(outgoing(1))
            transport.egress.flush()
            await until(lambda: client.rtp)
            assert handler.states == ["handshaking", "connected"]

    run(test)


def test_frames_may_come_in_any_pieces() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports, "tcp") as (client, _, handler):
            stream = b""
            for number in range(5):
                data = client.dtls._tx_srtp.protect(rtp_packet(number))
                stream += len(data).to_bytes(2, "big") + data
            for byte in stream:
                client.wire.send_raw(bytes([byte]))
                await asyncio.sleep(0)
            await until(lambda: len(handler.rtp) == 5)

    run(test)


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"\x05\xdd", b"\xff\xff" + bytes(100)])
def test_who_does_not_speak_frames_is_disconnected(data: bytes) -> None:
    async def test() -> None:
        async with open_ports() as ports:
            wire = TcpWire(*address_of(ports, "tcp"), lambda data: None)
            await wire.open()
            wire.send_raw(data)
            await asyncio.wait_for(wire.ended.wait(), 5)
            assert ports.drops == {DropReason.TCP_FRAME_MALFORMED: 1}
            assert not ports._connections.unclaimed
            await wire.close()

    run(test)


@pytest.mark.parametrize("loop", LOOPS)
def test_an_idle_connection_without_a_check_is_closed(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "UNCLAIMED_TIMEOUT_S", 0.1)

    async def test() -> None:
        async with open_ports() as ports, connected(ports, "tcp") as (_, transport, _):
            wire = TcpWire(*address_of(ports, "tcp"), lambda data: None)
            await wire.open()
            wire.send(b"\x80" + bytes(40))  # not a check: proves nothing
            await asyncio.wait_for(wire.ended.wait(), 5)
            assert transport.state is TransportState.CONNECTED
            await wire.close()

    run(test, loop)


def test_who_fills_the_port_with_connections_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "MAX_UNCLAIMED", 4)

    async def test() -> None:
        async with open_ports() as ports:
            wires = [TcpWire(*address_of(ports, "tcp"), lambda data: None) for _ in range(8)]
            for wire in wires:
                await wire.open()
            await until(lambda: all(wire.ended.is_set() for wire in wires[:4]))
            assert not any(wire.ended.is_set() for wire in wires[4:])
            async with connected(ports, "tcp") as (_, transport, _):
                assert transport.path.protocol == "tcp"
            for wire in wires:
                await wire.close()

    run(test)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_slow_tcp_reader_loses_packets_and_not_the_servers_memory(loop: str) -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports, "tcp") as (client, transport, handler):
            client.wire._task.cancel()  # reads no more
            stream = next(iter(ports._connections.claimed))._stream
            deepest = 0
            for number in range(40_000):
                transport.egress.add(outgoing(number & 0xFFFF))
                transport.egress.flush()
                deepest = max(deepest, stream.get_write_buffer_size())
                if number % 200 == 0:
                    await asyncio.sleep(0)
                if ports.drops[DropReason.TCP_WRITE_QUEUE_FULL] > 100:
                    break
            assert ports.drops[DropReason.TCP_WRITE_QUEUE_FULL] > 100
            assert deepest <= tcp.MAX_WRITE_QUEUE_BYTES
            assert transport.state is TransportState.CONNECTED
            client.send_rtp(rtp_packet(1))
            await until(lambda: handler.rtp)

    run(test, loop)

"""Hostile and broken traffic over real sockets disturbs nobody."""

from __future__ import annotations

import asyncio

import pytest

from sfu.description import IceCredentials
from sfu.drops import DropReason
from sfu.transport.transport import MAX_SSRCS, TransportState
from tests.sfu.transport.loopback_client import LoopbackClient, RecordingHandler, rtp_packet, until
from tests.sfu.transport.port_harness import candidate, connected, open_ports, run


def test_a_wrong_password_is_ignored_and_leaves_no_state() -> None:
    async def test() -> None:
        async with open_ports() as ports:
            client, handler = LoopbackClient(), RecordingHandler()
            transport = ports.create_transport(remote=client.description(), handler=handler, label="test")
            await client.open(candidate(ports))
            right = transport.local_ice
            wrong = IceCredentials(ufrag=right.ufrag, password="x" * 24)
            for _ in range(3):
                client.wire.send(bytes(client.request(wrong)))
            await until(lambda: transport.drops[DropReason.STUN_BAD_INTEGRITY] == 3)
            assert transport.path is None
            assert handler.states == []
            assert ports._udp[0]._known == {}
            assert not ports._tasks
            await client.check(right)
            await client.close()

    run(test)


KILLERS = [
    b"",
    b"\x80" + bytes(1500),
    b"\xbf" + bytes(1500),
    b"\x80",
    b"\x80\xc8" + bytes(30),
    b"\x90" + b"\xff" * 60,
    b"\x16" + bytes(1500),
    b"\x16",
    b"\x15\xfe\xfd" + bytes(8) + b"\0\2\2\50",
    b"\x00" + bytes(19),
    b"\xff" * 100,
]


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_killer_datagrams_change_nothing(protocol: str) -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports, protocol) as (client, transport, handler):
            sent = [each for each in KILLERS if protocol == "udp" or len(each) <= 1500]
            for data in sent:
                client.wire.send(data)
            client.send_rtp(rtp_packet(1))
            await until(lambda: handler.rtp)
            assert transport.state is TransportState.CONNECTED
            assert ports.drops.total() + transport.drops.total() == len(sent)
            assert DropReason.ROUTING_FAILED not in ports.drops
            client.dtls._ssl.send(b"hello")
            await client.dtls._write_ssl()
            await client.check(transport.local_ice)
            assert handler.states == ["handshaking", "connected"]

    run(test)


def test_an_address_belongs_to_who_proved_it_last() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, first, handler):
            second = ports.create_transport(remote=client.description(), handler=RecordingHandler(), label="second")
            await client.check(second.local_ice)
            client.send_rtp(rtp_packet(1))
            await until(lambda: second.drops[DropReason.SRTP_NOT_READY])
            await client.check(first.local_ice)
            client.send_rtp(rtp_packet(2))
            await until(lambda: handler.rtp)
            second.close()

    run(test)


def test_the_streams_of_one_peer_are_bounded() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, handler):
            for number in range(MAX_SSRCS + 20):
                client.send_rtp(rtp_packet(1, ssrc=1000 + number))
                if number % 32 == 0:
                    await asyncio.sleep(0.001)
            client.send_rtp(rtp_packet(2, ssrc=1000))
            await until(lambda: len(handler.rtp) == MAX_SSRCS + 1)
            assert transport.drops == {DropReason.RTP_UNKNOWN_STREAM: 20}

    run(test)


def test_a_replayed_or_altered_packet_is_counted() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, handler):
            wire = client.dtls._tx_srtp.protect(rtp_packet(1))
            for data in (wire, wire, client.dtls._tx_srtp.protect(rtp_packet(2))[:-1] + b"x"):
                client.wire.send(data)
            await until(lambda: transport.drops.total() == 2)
            assert transport.drops == {DropReason.SRTP_REPLAY: 1, DropReason.SRTP_AUTH: 1}
            assert len(handler.rtp) == 1

    run(test)


def test_too_large_rtcp_is_counted() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (_, transport, _):
            transport.send_rtcp(bytes(5000))
            transport.send_rtcp(b"\x80\xc9")
            assert transport.drops == {DropReason.EGRESS_TOO_LARGE: 1, DropReason.SRTP_PROTECT: 1}

    run(test)

"""A client over real sockets on loopback: UDP and TCP, IPv4 and IPv6, asyncio and uvloop."""

from __future__ import annotations

import os
import time

import pytest

from sfu.description import IceCredentials
from sfu.drops import DropReason
from sfu.transport.credentials import new_credentials
from sfu.transport.egress import GsoEgress, PlainEgress
from sfu.transport.framing import FramedEgress
from sfu.transport.stamps import MAX_AGE_S
from sfu.transport.transport import MAX_ADDRESSES, TransportState
from tests.sfu.transport.loopback_client import LoopbackClient, RecordingHandler, receiver_report, rtp_packet, until
from tests.sfu.transport.port_harness import LOOPS, candidate, connected, open_ports, outgoing, run


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
            # By the media clock; how exactly, the kernel's stamp and a wall clock that may be slewed decide.
            assert all(before - MAX_AGE_S <= arrival <= time.monotonic() for _, arrival in handler.rtp)
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


def test_an_ice_restart_keeps_media_flowing_until_the_new_path_is_nominated() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, handler):
            old_wire, old_ice, old_remote = client.wire, client.ice, transport.local_ice
            client.ice = IceCredentials(ufrag="restarted", password="p" * 24)
            local = transport.restart_ice(client.ice)
            assert local == transport.local_ice
            assert local != old_remote
            client.send_rtp(rtp_packet(1))
            await until(lambda: len(handler.rtp) == 1)
            assert transport.send_rtp(outgoing(1))
            transport.flush()
            await until(lambda: len(client.rtp) == 1)
            await client.open(candidate(ports))
            await client.check(local, nominate=False)
            assert transport.path.remote == old_wire.sock.getsockname()
            await client.check(local)
            assert transport.path.remote == client.wire.sock.getsockname()
            old_wire.sock.send(bytes(LoopbackClient.request(client, old_remote)))
            transport.send_rtp(outgoing(2))
            transport.flush()
            client.send_rtp(rtp_packet(2))
            await until(lambda: len(client.rtp) == 2 and len(handler.rtp) == 2)
            assert ports.drops == {DropReason.STUN_UNKNOWN_UFRAG: 1}  # the old credentials are gone
            assert handler.states == ["handshaking", "connected"]
            assert old_ice != client.ice

    run(test)


def test_the_keyword_form_of_a_restart_takes_the_callers_credentials() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, _):
            ours = new_credentials()
            assert transport.restart_ice(local=ours, remote=client.ice) == ours

    run(test)


def test_what_is_in_the_batch_leaves_before_the_path_changes() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, _):
            transport.send_rtp(outgoing(1))
            await client.open(candidate(ports))
            await client.check(transport.local_ice)
            await until(lambda: client.rtp)

    run(test)


def test_a_nat_that_rebinds_costs_nothing_but_the_time_to_the_next_check() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, handler):
            await client.open(candidate(ports))
            client.send_rtp(rtp_packet(1))
            await until(lambda: ports.drops[DropReason.UNKNOWN_SOURCE] == 1)
            await client.check(transport.local_ice)
            client.send_rtp(rtp_packet(2))
            transport.send_rtp(outgoing(1))
            transport.flush()
            await until(lambda: handler.rtp and client.rtp)
            assert handler.rtp[0][0] == rtp_packet(2)

    run(test)


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_without_consent_nothing_is_sent_and_a_check_brings_it_back(protocol: str) -> None:
    async def test() -> None:
        async with (
            open_ports(consent_timeout_s=15) as ports,
            connected(ports, protocol) as (client, transport, handler),
        ):
            now = time.monotonic()
            ports.on_timer(now=now + 14)
            assert transport.state is TransportState.CONNECTED
            ports.on_timer(now=now + 16)
            assert transport.state is TransportState.DISCONNECTED
            assert not transport.egress.ready
            assert not transport.send_rtp(outgoing(1))
            transport.send_rtcp(receiver_report())
            assert transport.drops == {DropReason.SRTP_NOT_READY: 2}
            await client.check(transport.local_ice)
            assert transport.state is TransportState.CONNECTED
            assert transport.send_rtp(outgoing(2))
            transport.flush()
            await until(lambda: client.rtp)
            assert handler.states == ["handshaking", "connected", "disconnected", "connected"]

    run(test)


def test_who_never_connects_is_given_up() -> None:
    async def test() -> None:
        async with open_ports() as ports:
            for checked in (False, True):
                client, handler = LoopbackClient(), RecordingHandler()
                transport = ports.create_transport(remote=client.description(), handler=handler, label="test")
                if checked:
                    await client.open(candidate(ports))
                    await client.check(transport.local_ice)
                ports.on_timer(now=time.monotonic() + 29)
                assert transport.state is not TransportState.CLOSED
                ports.on_timer(now=time.monotonic() + 31)
                assert transport.state is TransportState.CLOSED
                await client.close()
            assert not ports.transports

    run(test)


def test_checks_before_a_nomination_are_a_state_of_their_own() -> None:
    async def test() -> None:
        async with open_ports() as ports:
            client, handler = LoopbackClient(), RecordingHandler()
            transport = ports.create_transport(remote=client.description(), handler=handler, label="test")
            await client.open(candidate(ports))
            await client.check(transport.local_ice, nominate=False)
            assert handler.states == ["checking"]
            await client.handshake(ports.fingerprints)
            await until(lambda: transport.state is TransportState.CONNECTED)
            assert handler.states == ["checking", "handshaking", "connected"]
            await client.close()

    run(test)


def test_many_addresses_of_one_peer_are_bounded() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, handler):
            first = client.wire
            for _ in range(MAX_ADDRESSES + 5):
                await client.open(candidate(ports))
                await client.check(transport.local_ice, nominate=False)
            assert len(ports._udp[0]._known) == MAX_ADDRESSES
            client.wire = first
            client.send_rtp(rtp_packet(1))
            await until(lambda: handler.rtp)

    run(test)

"""Ends: ours, the peer's, and handshakes that fail."""

from __future__ import annotations

import pytest

from sfu.transport import tcp
from sfu.transport.transport import TransportState
from tests.sfu.transport.loopback_client import LoopbackClient, RecordingHandler, until
from tests.sfu.transport.port_harness import LOOPS, candidate, connected, open_ports, outgoing, run


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_closing_tells_the_peer_and_frees_everything(loop: str, protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "LINGER_S", 60.0)  # not by the time-out

    async def test() -> None:
        async with open_ports() as ports, connected(ports, protocol) as (client, transport, handler):
            transport.egress.add(outgoing(1))
            transport.close()
            transport.close()
            await until(lambda: client.dtls.state == "closed")
            assert client.rtp  # what was in the batch is not lost
            assert handler.states[-1] == "closed"
            assert handler.states.count("closed") == 1
            client.wire.send(bytes(client.request(transport.local_ice)))
            await until(lambda: not ports._udp[0]._known and not ports._connections.claimed and not ports._tasks)
            assert not ports.transports
            assert not ports._router.by_ufrag
            transport.restart_ice(client.ice)
            assert not ports._router.by_ufrag
            assert not transport.egress.add(outgoing(2))

    run(test, loop)


def test_a_peer_that_says_goodbye_closes_the_transport() -> None:
    async def test() -> None:
        async with open_ports() as ports, connected(ports) as (client, transport, _):
            await client.dtls.stop()
            await until(lambda: transport.state is TransportState.CLOSED)
            assert not ports.transports

    run(test)


@pytest.mark.parametrize("loop", LOOPS)
def test_closing_the_ports_says_goodbye_to_all(loop: str) -> None:
    async def test() -> None:
        async with open_ports() as ports:
            clients = []
            for protocol in ("udp", "tcp", "udp"):
                client = LoopbackClient()
                transport = ports.create_transport(
                    remote=client.description(), handler=RecordingHandler(), label=protocol
                )
                await client.connect(transport, candidate(ports, protocol), ports.fingerprints)
                clients.append(client)
            ports.create_transport(remote=LoopbackClient().description(), handler=RecordingHandler(), label="waiting")
            await ports.close()
            await until(lambda: all(client.dtls.state == "closed" for client in clients))
            for client in clients:
                await client.close()

    run(test, loop)


def test_a_lost_handshake_flight_is_repeated_over_sockets() -> None:
    async def test() -> None:
        async with open_ports() as ports:
            client = LoopbackClient()
            lost: list[bytes] = []
            client.lose = lambda data: not lost and not lost.append(data)
            transport = ports.create_transport(remote=client.description(), handler=RecordingHandler(), label="test")
            await client.connect(transport, candidate(ports), ports.fingerprints)
            assert lost
            await client.close()

    run(test)


def test_an_unknown_certificate_closes_the_transport(capsys: pytest.CaptureFixture[str]) -> None:
    async def test() -> None:
        async with open_ports() as ports:
            client, handler = LoopbackClient(), RecordingHandler()
            transport = ports.create_transport(
                remote=LoopbackClient.description(client), handler=handler, label="session/endpoint"
            )
            client.certificate = LoopbackClient().certificate
            await client.open(candidate(ports))
            await client.check(transport.local_ice)
            await client.handshake(ports.fingerprints)
            await until(lambda: transport.state is TransportState.CLOSED)
            assert handler.states == ["handshaking", "closed"]
            await client.close()

    run(test)
    assert "session/endpoint" in capsys.readouterr().out

"""Any datagram from a peer's own address goes through the rooms without an error of ours and without moving it."""

from __future__ import annotations

import asyncio

from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.models import MediaSettings
from sfu.drops import DropReason
from sfu.transport.links import Received
from sfu.transport.ports import Ports
from sfu.transport.route import MAX_DATAGRAM
from sfu.transport.transport import TransportState
from tests.sfu.transport.loopback_client import LoopbackClient, RecordingHandler, rtp_packet, until

FIRST = st.sampled_from([0, 1, 20, 22, 63, 64, 127, 128, 144, 191, 192, 255]) | st.integers(0, 255)
DATAGRAM = st.builds(lambda first, rest: bytes([first]) + rest, FIRST, st.binary(max_size=200)) | st.just(b"")


@settings(max_examples=15, deadline=None)
@given(st.lists(DATAGRAM, max_size=60))
@example([b"\x80" + bytes(1500), b"", b"\xbf" + bytes(1500), b"\x16" + bytes(1400)])
def test_no_datagram_disturbs_a_connected_peer(datagrams: list[bytes]) -> None:
    async def test() -> None:
        ports = Ports(MediaSettings(), host="127.0.0.1", port=0)
        await ports.start()
        client, handler = LoopbackClient(), RecordingHandler()
        transport = ports.create_transport(remote=client.description(), handler=handler, label="fuzz")
        await client.connect(transport, ports.candidates[0], ports.fingerprints)
        link, received = ports._udp[0], Received(MAX_DATAGRAM + 1)
        received.address = client.wire.sock.getsockname()
        for data in datagrams:
            received.size = min(len(data), MAX_DATAGRAM + 1)
            received.buffer.view[: received.size] = data[: received.size]
            ports._router.receive(received, link._known, link)
        client.send_rtp(rtp_packet(1))
        await until(lambda: handler.rtp)
        assert transport.state is TransportState.CONNECTED
        assert DropReason.ROUTING_FAILED not in ports.drops
        transport.close()
        await client.close()
        await ports.close()

    asyncio.run(test())

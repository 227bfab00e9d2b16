"""Packets that fill a peer's line to find out what it carries: to one peer, under its own congestion control.

They travel as repairs of a packet that was never sent (RFC 4588), so that a browser counts them in its transport-wide
feedback and shows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfu.outgoing import OutgoingPacket
from sfu.outgoing_stream import OutgoingStream
from sfu.sender import OVERHEAD_BYTES
from sfu.types import Kind, PayloadType

if TYPE_CHECKING:
    from sfu.peer import Peer

SIZE_BYTES = 1100
AHEAD_S = 0.025  # what waits for its pace: the timer that tops up comes every few milliseconds


class LineLoad:
    """Keeps a peer's deque filled, never faster than `cap_bps` (IPv4, UDP and SRTP included)."""

    def __init__(self, peer: Peer, *, cap_bps: int, now: float) -> None:
        """Raises ValueError if the peer receives no video with repairs."""
        self._peer = peer
        self._out, self._payload_type = _repaired(peer)
        self._at = now
        self._allowance = 0.0
        self._cap_bps = cap_bps
        self.set_cap(cap_bps, now=now)

    def set_cap(self, cap_bps: int, *, now: float) -> None:
        """From now on no more than this."""
        self._cap_bps = cap_bps
        self._peer.estimator.set_max(cap_bps)
        self._peer.sender.update_rates(now=now)

    def top_up(self, *, now: float) -> None:
        """Call it every few milliseconds."""
        peer, sender = self._peer, self._peer.sender
        self._allowance += max(0.0, now - self._at) * self._cap_bps / 8
        self._at = now
        self._allowance = min(self._allowance, AHEAD_S * self._cap_bps / 8 + SIZE_BYTES)
        wanted = AHEAD_S * peer.estimator.pacing_bps / 8 + SIZE_BYTES
        while self._allowance > 0 and sender.queued_bytes < wanted:
            sender.enqueue(self._packet())
            self._allowance -= SIZE_BYTES + OVERHEAD_BYTES
        probe = peer.estimator.probe(wanted_bps=self._cap_bps, room_bps=self._cap_bps, now=now)
        if probe is not None and peer.connected:
            count = -(-probe.size_bytes // SIZE_BYTES)
            self._allowance -= count * (SIZE_BYTES + OVERHEAD_BYTES)
            sender.send_probe([self._packet() for _ in range(count)], now=now)

    def _packet(self) -> OutgoingPacket:
        return self._out.make_load(SIZE_BYTES, payload_type=self._payload_type)


def _repaired(peer: Peer) -> tuple[OutgoingStream, PayloadType]:
    for out in peer.receiving.outgoing.values():
        for codec in out.section.codecs:
            if out.section.kind is Kind.VIDEO and out.rtx_ssrc is not None and codec.rtx_payload_type is not None:
                return out, codec.rtx_payload_type
    raise ValueError("the offer receives no video with repairs (RFC 4588)")

"""What is told of a peer: its numbers now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfu.statistics import EndpointStats

if TYPE_CHECKING:
    from sfu.peer import Peer

FLOWING_S = 1.0  # media that came within so long is flowing


def endpoint_stats(
    peer: Peer, *, up_bps: int, down_bps: int, reported_rtt_s: float | None, now: float
) -> EndpointStats:
    """`up_bps`, `down_bps`: bits/s by the peer's meters; `reported_rtt_s`: by its receiver reports, if any came."""
    incoming = [stream for each in peer.publications for stream in each.streams]
    received = sum(stream.statistics.received for stream in incoming)
    lost = sum(max(0, stream.statistics.lost) for stream in incoming)
    alive = [stream for stream in incoming if stream.alive(now=now)]
    path = peer.transport.path
    videos = peer.receiving.videos
    return EndpointStats(
        state=str(peer.transport.state),
        protocol=path.protocol if path else "",
        remote_address=f"{path.remote[0]}:{path.remote[1]}" if path else "",
        flowing=peer.flowing,
        up_bps=up_bps,
        down_bps=down_bps,
        estimate_bps=peer.estimator.target_bps,
        loss_up=lost / (received + lost) if received else 0.0,
        loss_down=max(peer.estimator.loss, 0.0),
        rtt_s=peer.estimator.rtt_s or reported_rtt_s,
        jitter_s=max((stream.statistics.jitter_s for stream in alive), default=0.0),
        queue_s=peer.estimator.queue_s,
        layers_sent=tuple(stream.rid for stream in alive if stream.rid),
        pictures_received=sum(1 for each in videos if now - each.last_forward_s < FLOWING_S),
        pictures_paused=sum(1 for each in videos if each.starved),
        packets_in=peer.transport.received_packets,
        packets_out=peer.sender.sent_packets,
    )

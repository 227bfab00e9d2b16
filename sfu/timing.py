"""Timestamps that stay continuous when the stream behind a subscription changes (pure)."""

from sfu.incoming import IncomingStream
from sfu.rtp.packet import Packet
from sfu.rtp.sequence import timestamp_difference

MAX_DISAGREEMENT_S = 0.5  # a sender's clock that says otherwise than the arrival by more is not believed


def offset_at_switch(
    *,
    packet: Packet,
    stream: IncomingStream,
    before: IncomingStream | None,
    last_timestamp: int,
    last_arrival_s: float,
    offset_before: int,
) -> int:
    """What to add to the new stream's timestamps, so that they go on from `last_timestamp` (as given out).

    By the sender reports of both streams where both have one (same encoder clock), else by the time between arrivals.
    The result is always at least one unit later than what went out before.
    """
    rate = stream.clock_rate_hz
    elapsed = min(max(packet.arrival_s - last_arrival_s, 0.0), 3600.0)
    by_arrival = last_timestamp + max(1, round(elapsed * rate)) - packet.timestamp
    offset = by_arrival
    by_reports = _by_reports(packet, stream, before, offset_before)
    if by_reports is not None:
        difference = timestamp_difference(by_reports & 0xFFFFFFFF, by_arrival & 0xFFFFFFFF)
        if abs(difference) < MAX_DISAGREEMENT_S * rate:
            offset = by_reports
    if timestamp_difference((packet.timestamp + offset) & 0xFFFFFFFF, last_timestamp & 0xFFFFFFFF) < 1:
        offset = last_timestamp + 1 - packet.timestamp
    return offset & 0xFFFFFFFF


def _by_reports(packet: Packet, stream: IncomingStream, before: IncomingStream | None, offset: int) -> int | None:
    """The old stream's timestamp at the same moment of the sender's clock, plus the old offset."""
    if before is None or before.clock_mark is None:
        return None
    moment = stream.sender_clock_s(packet.timestamp)
    if moment is None:
        return None
    mark = before.clock_mark
    same_moment = mark.rtp_timestamp + round((moment - mark.ntp / (1 << 32)) * before.clock_rate_hz)
    return same_moment + offset - packet.timestamp

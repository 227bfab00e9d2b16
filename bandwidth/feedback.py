"""What the estimator eats: the fate of packets sent, alone and in groups."""

from collections.abc import Iterable
from typing import NamedTuple

GROUP_S = 0.005  # packets sent within 5 ms are one group (draft-ietf-rmcat-gcc-02 §5.2)


class PacketResult(NamedTuple):
    """One packet that the receiver reported on. `received_at` in the receiver's clock, None: it did not arrive."""

    sequence: int
    size_bytes: int
    sent_at: float
    received_at: float | None
    is_probe: bool = False


PacketFate = tuple[int, int, float, float | None, bool]  # a PacketResult, or as much without its name
SentGroup = tuple[float, float, float]  # first sent, last sent (our clock), last received (the receiver's), seconds


class FeedbackSummary(NamedTuple):
    """One feedback. Packets `reported` and `lost`; `arrived_bytes`; `probes`: (received at, bytes) of each that came.

    newest_sent_s: of all packets reported. latest_received_s: None if none arrived.
    """

    reported: int
    lost: int
    arrived_bytes: int
    newest_sent_s: float
    latest_received_s: float | None
    groups: list[SentGroup]
    probes: list[tuple[float, int]]


def summarise(fates: Iterable[PacketFate]) -> FeedbackSummary:
    """The packets of one feedback, in the order of sending."""
    reported = lost = arrived = 0
    newest = -1.0
    latest: float | None = None
    groups: list[SentGroup] = []
    probes: list[tuple[float, int]] = []
    for _, size, sent_at, received_at, is_probe in fates:
        reported += 1
        newest = max(newest, sent_at)
        if received_at is None:
            lost += 1
            continue
        arrived += size
        latest = received_at if latest is None else max(latest, received_at)
        if is_probe:
            probes.append((received_at, size))
        if groups and sent_at - groups[-1][0] <= GROUP_S:
            first, last, until = groups[-1]
            groups[-1] = (first, max(last, sent_at), max(until, received_at))
        else:
            groups.append((sent_at, sent_at, received_at))
    return FeedbackSummary(reported, lost, arrived, newest, latest, groups, probes)

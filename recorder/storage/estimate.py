"""How much disk a session takes (pure)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from config.costs import PICTURE_OVERHEAD, VOICE_PACKETS_PER_S
from config.profile import PicturePlan, Profile, RolePlan

RECORD_BYTES = 30  # of the journal around each packet, beside the packet's own header
PACKET_BYTES = 1_000  # of a picture, on average
TRACKS_SHARE = 0.95  # what the tracks take beside the journal
GB = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceEstimate:
    """What a session of `hours` takes at most by its profile. Journal and tracks together are `bytes`."""

    endpoints: int
    hours: float
    bps: int
    journal_bytes: int
    tracks_bytes: int

    @property
    def bytes(self) -> int:
        """Both together."""
        return self.journal_bytes + self.tracks_bytes

    @property
    def bytes_per_hour(self) -> int:
        """Of both together."""
        return round(self.bytes / self.hours)


def estimate(profile: Profile, roles: Iterable[str], *, hours: float) -> SpaceEstimate:
    """The estimate for endpoints of these roles: of each the highest layer and its voice, and one shared screen.

    All endpoints together send no more than the profile lets through the site's line.
    """
    plans = [plan for role in roles if isinstance(plan := getattr(profile.roles, role), RolePlan)]
    sent = sum(min(_highest(plan.camera) + plan.voice_bps, plan.up_limit_bps) for plan in plans)
    sent += max((_highest(plan.screen) for plan in plans), default=0)
    bps = min(sent, profile.site.publish_limit_bps)
    packets = bps / 8 / PACKET_BYTES + VOICE_PACKETS_PER_S * len(plans)
    journal = (bps / 8 + packets * RECORD_BYTES) * 3600 * hours
    return SpaceEstimate(
        endpoints=len(plans),
        hours=hours,
        bps=bps,
        journal_bytes=math.ceil(journal),
        tracks_bytes=math.ceil(journal * TRACKS_SHARE),
    )


def _highest(plan: PicturePlan) -> int:
    return int(plan.layers[-1].max_bitrate_bps * PICTURE_OVERHEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Free bytes of the first disk and of the second (0: none), without what must stay free on the first; `committed`:
    what sessions that go on will still take."""

    first: int
    second: int = 0
    committed: int = 0

    @property
    def free(self) -> int:
        """What a new session may take."""
        return max(0, self.first + self.second - self.committed)

    def fits(self, wanted: SpaceEstimate) -> bool:
        """Tracks go on the first disk only."""
        return wanted.bytes <= self.free and wanted.tracks_bytes <= self.first

    def hours(self, bytes_per_hour: float) -> float:
        """How long it lasts at this rate."""
        return self.free / bytes_per_hour if bytes_per_hour > 0 else math.inf


def remaining_bytes(wanted: SpaceEstimate, *, elapsed_s: float) -> int:
    """What a session will still take that has gone on for so long."""
    return math.ceil(wanted.bytes * max(0.0, 1.0 - elapsed_s / 3600 / wanted.hours))


def gigabytes(count: int) -> str:
    """For people: "12.3", never less than it is."""
    return f"{math.ceil(count / GB * 10) / 10:.1f}"


def refusal(wanted: SpaceEstimate, room: Room) -> tuple[str, str]:
    """Why a session does not fit, with the numbers, in Vietnamese and English."""
    need, free = gigabytes(wanted.bytes), f"{room.free / GB:.1f}"
    hours = f"{wanted.hours:g}"
    lasts = room.hours(wanted.bytes_per_hour)
    vi = (
        f"Không đủ chỗ để ghi: {wanted.endpoints} điểm cầu trong {hours} giờ cần khoảng {need} GB, "
        f"ổ đĩa chỉ còn {free} GB (đủ ghi {lasts:.1f} giờ). Hãy giải phóng dung lượng hoặc giảm số điểm cầu."
    )
    en = (
        f"It does not fit: {wanted.endpoints} endpoints for {hours} h need about {need} GB, only {free} GB are free "
        f"({lasts:.1f} h of recording). Free some space, or invite fewer endpoints."
    )
    return vi, en

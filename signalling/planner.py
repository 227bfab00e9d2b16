"""Whether a session's lines carry its endpoints, and how much disk its recording takes (pure)."""

from __future__ import annotations

from bandwidth.simulation.case import MAX_DELEGATES, SimulationCase
from bandwidth.simulation.steady import lines_at_start, steady
from config.profile import Profile, RolePlan
from config.words import Words
from reception.records import SessionRecord

UNPLANNED_MINUTES = 60  # taken where no duration is planned
COPIES = 2  # journal and tracks
OVERHEAD = 1.05  # of the journal's framing


def planner_verdict(record: SessionRecord, profile: Profile) -> Words | None:
    """Why not everybody would hear all and see the large picture on these lines; None: they would."""
    delegates = sum(1 for each in record.endpoints if each.role == "delegate" and not each.removed)
    if delegates == 0:
        return None
    if delegates > MAX_DELEGATES:
        return Words(
            f"Nhiều nhất {MAX_DELEGATES} điểm cầu đại biểu trong một buổi tiếp.",
            f"A session takes {MAX_DELEGATES} delegate endpoints at most.",
        )
    case = SimulationCase(delegates=delegates, voices=min(3, delegates + 1))
    if steady(case, profile, lines_at_start(case, profile)).has_stage(case):
        return None
    return Words(
        f"Đường truyền của cấu hình “{profile.title.vi}” không đủ cho {delegates} điểm cầu đại biểu: "
        "chọn cấu hình băng thông khác hoặc bớt điểm cầu.",
        f"The lines of the profile “{profile.title.en}” do not carry {delegates} delegate endpoints: "
        "choose another bandwidth profile or fewer endpoints.",
    )


def recording_bytes(record: SessionRecord, profile: Profile) -> int:
    """What the recording is estimated to take on the disk, journal and tracks together."""
    seconds = 60 * (record.plan.planned_minutes or UNPLANNED_MINUTES)
    rate_bps = 0
    for endpoint in record.endpoints:
        plan = getattr(profile.roles, endpoint.role)
        if not endpoint.removed and isinstance(plan, RolePlan):
            rate_bps += plan.camera.layers[-1].max_bitrate_bps + plan.audio_bitrate_bps
    return int(rate_bps * seconds / 8 * COPIES * OVERHEAD)

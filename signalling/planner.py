"""Whether a session's lines carry its endpoints (pure)."""

from __future__ import annotations

from bandwidth.simulation.case import MAX_DELEGATES, SimulationCase
from bandwidth.simulation.steady import lines_at_start, steady
from config.profile import Profile
from config.words import Words
from reception.records import SessionRecord


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

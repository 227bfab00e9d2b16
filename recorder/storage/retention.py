"""How long a recording is kept, and whether it may be destroyed (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.storage import RetentionSettings

FOR_EVER = "vinh_vien"
REHEARSAL = "chay_thu_30_ngay"
REHEARSAL_KIND = "rehearsal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a recording may not be destroyed. `code`: hold, permanent, not_over or open."""

    code: str
    vi: str
    en: str


def class_of(entry: Mapping[str, Any], kind: str, settings: RetentionSettings) -> str:
    """The class that was set, else the one that goes with the kind of session."""
    chosen = entry.get("retention", {}).get("class")
    return str(chosen) if chosen else REHEARSAL if kind == REHEARSAL_KIND else settings.default_class


def kept_until(retention: str, ended: datetime, settings: RetentionSettings) -> datetime | None:
    """When the time of a class is over that begins at `ended`; None: never."""
    if retention == FOR_EVER:
        return None
    if retention == REHEARSAL:
        return ended + timedelta(days=settings.rehearsal_days)
    return _years_later(ended, settings.years_15_nam if retention == "15_nam" else settings.years_5_nam)


def _years_later(moment: datetime, years: int) -> datetime:
    """The same day; the 1st of March for the 29th of February where there is none: never a day too early."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


def refusal_to_destroy(
    entry: Mapping[str, Any], kind: str, ended: datetime | None, settings: RetentionSettings, *, now: datetime
) -> Refusal | None:
    """Why not; None if nothing stands against it. ended: None while the recording is not complete."""
    if entry.get("hold", {}).get("on"):
        return Refusal(
            code="hold",
            vi="Bản ghi đang bị tạm giữ, không được hủy.",
            en="The recording is under legal hold and may not be destroyed.",
        )
    if ended is None:
        return Refusal(
            code="open",
            vi="Bản ghi chưa hoàn tất, chưa thể hủy.",
            en="The recording is not complete and cannot be destroyed yet.",
        )
    until = kept_until(class_of(entry, kind, settings), ended, settings)
    if until is None:
        return Refusal(
            code="permanent",
            vi="Bản ghi thuộc loại lưu trữ vĩnh viễn, không được hủy.",
            en="The recording is kept for ever and may not be destroyed.",
        )
    if now < until:
        return Refusal(
            code="not_over",
            vi=f"Chưa hết thời hạn lưu trữ: đến ngày {until:%d/%m/%Y} mới được hủy.",
            en=f"The retention period is not over: it may be destroyed from {until:%Y-%m-%d} on.",
        )
    return None


def goes_by_itself(
    entry: Mapping[str, Any], kind: str, ended: datetime | None, settings: RetentionSettings, *, now: datetime
) -> bool:
    """Whether a rehearsal's recording is deleted without anybody asking; nothing else ever is."""
    rehearsal = kind == REHEARSAL_KIND and class_of(entry, kind, settings) == REHEARSAL
    return (
        settings.delete_rehearsals and rehearsal and refusal_to_destroy(entry, kind, ended, settings, now=now) is None
    )

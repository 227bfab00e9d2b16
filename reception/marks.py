"""What guards ask about a session beside its plan (pure): done by whoever does the thing, with name and time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mark(StrEnum):
    """A thing that was done. What `subject` is: PACKAGE_VERIFIED: the medium; of the others ""."""

    RECORDER_TESTED = "recorder_tested"  # the test recording was written, read back and played
    NOTICE_SHOWN = "notice_shown"  # the notice of recording; detail: its version
    MINUTES_FINAL = "minutes_final"  # every signature's state is known
    STEP_WAIVED = "step_waived"  # a step of the procedure; detail: the reason
    PACKAGE_VERIFIED = "package_verified"  # a copy on this medium was compared with the seal
    FILE_DESTROYED = "file_destroyed"  # the recording was destroyed, and persons were taken out of the store


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRecord:
    """A mark that stands."""

    mark: Mark
    subject: str
    by: str
    at: datetime
    detail: str = ""


class PreflightResult(StrEnum):
    """How an endpoint's technical check came out."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    MISSING = "missing"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightState:
    """An endpoint's technical check for one session, as guards need it. `by`: who signed or waived; `reason`: of a
    waiver, or what failed."""

    endpoint_id: str
    result: PreflightResult
    by: str = ""
    reason: str = ""
    at: datetime | None = None

    @property
    def lets_go(self) -> bool:
        """Whether a session may be ready with it."""
        return self.result in (PreflightResult.PASS, PreflightResult.WARN, PreflightResult.WAIVED)

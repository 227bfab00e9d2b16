"""What is planned of a session (pure): who receives whom, about what, why online, with whom, when."""

from dataclasses import dataclass
from datetime import datetime

KINDS = ("dinh_ky", "dot_xuat", "vu_viec", "rehearsal")
ROLES = ("central", "delegate", "observer")
LEVELS = ("trung_uong", "tinh", "xa", "so_nganh")
REASONS_ONLINE = ("dich_benh_thien_tai", "nhieu_cap_xa_dia_ly", "khong_the_truc_tiep", "khac")
MATTER_CLASSES = (1, 2, 3, 4, 5, 6)
RETENTION_CLASSES = ("vinh_vien", "15_nam", "5_nam", "chay_thu_30_ngay")
REHEARSAL_RETENTION = "chay_thu_30_ngay"
MAX_REPRESENTATIVES = 5  # Nghị định 124/2020/NĐ-CP, Điều 5
GROUP_FROM = 5  # persons; "đoàn đông người"
ENDPOINTS_PER_OPERATOR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved, by which paper. `oral`: by word of mouth, of an ad hoc session. `by`: who entered it."""

    name: str
    office: str = ""
    document_no: str = ""
    oral: bool = False
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """A session's papers. matter_class: 1 to 6, None while it is not chosen. planned_minutes: None: not planned.

    group_size, representatives: of the citizens' group, 0: no group. retention: "" while it is not chosen.
    """

    host_organisation: str = ""
    competent_level: str = ""
    coordinating_bodies: tuple[str, ...] = ()
    chair_name: str = ""
    chair_office: str = ""
    secretary: str = ""
    operators: tuple[str, ...] = ()
    matter_class: int | None = None
    reason_online: str = ""
    reason_online_note: str = ""
    group_size: int = 0
    representatives: int = 0
    appointment_paper: bool = False
    planned_start: datetime | None = None
    planned_minutes: int | None = None
    no_state_secrets: bool = False
    retention: str = ""
    note: str = ""
    approval: Approval | None = None


ESSENTIAL = frozenset(  # what was approved: changed only in a draft
    {
        "host_organisation",
        "competent_level",
        "chair_name",
        "chair_office",
        "matter_class",
        "reason_online",
        "reason_online_note",
        "no_state_secrets",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A delegate named for an endpoint."""

    name: str
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptItem:
    """An item of the running order. minutes: planned. state: pending, running, done or waived (with `reason`).

    layout: what the main screen shows meanwhile, "" as it is. documents: their names, in order.
    """

    id: str
    title: str
    speaker: str = ""
    minutes: int = 0
    layout: str = ""
    documents: tuple[str, ...] = ()
    state: str = "pending"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    by: str = ""

    @property
    def open(self) -> bool:
        """Whether it is neither done nor waived."""
        return self.state in ("pending", "running")


def is_deputy(office: str) -> bool:
    """Whether an office is a deputy's: "Phó Chủ tịch UBND tỉnh", "Q. Phó Trưởng ban"."""
    return any(word.strip(".,").casefold() == "phó" for word in office.split())


def recommended_operators(endpoints: int) -> int:
    """Operators at the centre: one for each five endpoints."""
    return max(1, -(-endpoints // ENDPOINTS_PER_OPERATOR))


def is_rehearsal(kind: str) -> bool:
    """Whether a session of this kind counts in no statistics and is deleted by itself."""
    return kind == "rehearsal"

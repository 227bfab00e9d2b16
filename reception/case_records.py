"""What a reception leaves behind (pure): citizens, matters, notes, conclusions and documents, as facts.

`item_id` is an item of the session's script, "" where it belongs to the session as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

CAPACITIES = ("nguoi_khieu_nai", "dai_dien", "uy_quyen", "luat_su", "tro_giup_phap_ly", "phien_dich", "khac")
TIMES = ("lan_dau", "nhieu_lan")
MATTER_KINDS = ("khieu_nai", "kien_nghi_phan_anh", "khac")
HANDLINGS = ("thu_ly", "huong_dan", "chuyen_don", "tra_don", "khac")
OUTCOMES = ("da_ket_luan", "huong_dan", "chuyen", "thu_ly", "tu_choi", "tiep_truc_tiep", "khac")
REFUSAL_GROUNDS = ("say_mat_nang_luc", "de_doa_vi_pham", "da_giai_quyet", "khac")  # Luật Tiếp công dân, Điều 9
NOTE_KINDS = ("noi_dung", "y_kien", "trao_doi", "ghi_chu", "gop_y")
FORMS = ("ban_goc", "ban_sao")
VISIBILITIES = ("chu_tri", "co_quan", "tat_ca")

MASK = "••••••"
SHOWN_DIGITS = 4
SHORTEST_SHOWN = 8  # of a shorter number nothing is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """Somebody who is received, or comes with him. endpoint_id: where they sit.

    id_number: of the identity paper, whole; show it masked. id_unreadable: it was stored, but its key is gone.
    paper: of the authorisation or of the representatives' appointment. checked_by, checked_at: which officer compared
    the paper in the room. acknowledged_at: when the notice of recording was
    understood, notice_version: which one.
    """

    id: str = ""
    session_id: str
    endpoint_id: str
    name: str
    item_id: str = ""
    birth_year: int | None = None
    id_number: str = field(default="", repr=False)
    id_unreadable: bool = False
    address: str = ""
    capacity: str = "nguoi_khieu_nai"
    times: str = "lan_dau"
    paper: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None
    acknowledged_at: datetime | None = None
    notice_version: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a citizen came for and what became of it: one for an item of the script at most.

    resolved_by: the body that dealt with it before. result: in words. follow_up: what came of it later.
    refusal_ground: where `outcome` is tu_choi. outcome "": not decided yet.
    """

    session_id: str
    item_id: str = ""
    kind: str = "khieu_nai"
    summary: str = ""
    resolved_by: str = ""
    handling: str = ""
    result: str = ""
    outcome: str = ""
    refusal_ground: str = ""
    follow_up: str = ""
    note: str = ""
    by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note as it was taken. at: of what it is about, not of its last change (`edited_at`).

    kind: noi_dung: what a citizen says; y_kien: a body's opinion; trao_doi: exchange; ghi_chu: the secretary's own;
    gop_y: a comment of the chair or a delegate.
    """

    id: str = ""
    session_id: str
    item_id: str = ""
    at: datetime | None = None
    endpoint_id: str = ""
    speaker: str = ""
    kind: str = "ghi_chu"
    text: str
    author: str = ""
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What the chair concluded: a task, who does it, by when (that day included)."""

    id: str = ""
    session_id: str
    item_id: str = ""
    task: str
    owner: str
    deadline: date | None = None
    done_at: datetime | None = None
    done_note: str = ""
    by: str = ""

    def overdue(self, *, today: date) -> bool:
        """Whether the deadline has passed undone."""
        return self.done_at is None and self.deadline is not None and self.deadline < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper of the case as a file. sha256: of the file. pages: None where nobody counted them.

    endpoint_id: where it was handed in. visibility: chu_tri: the chair and the secretary; co_quan: the bodies that take
    part as well; tat_ca: every room. endpoints: with co_quan, the rooms of bodies that may see it; None: those where no
    citizen is entered.
    """

    id: str = ""
    session_id: str
    item_id: str = ""
    name: str
    media_type: str
    bytes: int = 0
    sha256: str = ""
    pages: int | None = None
    form: str = "ban_sao"
    from_whom: str = ""
    endpoint_id: str = ""
    received_by: str = ""
    at: datetime | None = None
    visibility: str = "chu_tri"
    endpoints: tuple[str, ...] | None = None
    removed_at: datetime | None = None
    removed_by: str = ""
    removed_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything of one session. notes: by time; documents: in the order of receipt, removed ones left out."""

    citizens: tuple[Citizen, ...] = ()
    matters: tuple[Matter, ...] = ()
    notes: tuple[Note, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    documents: tuple[Document, ...] = ()


def masked(number: str) -> str:
    """A personal number for everybody's eyes: "••••••1234", "" where there is none."""
    if not number:
        return ""
    return MASK + (number[-SHOWN_DIGITS:] if len(number) >= SHORTEST_SHOWN else "")

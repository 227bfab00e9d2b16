"""What the HTTP API says and hears of a session's case."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, field_validator

from reception.case_records import Citizen, Conclusion, Matter, Note, masked
from reception.case_rules import CaseWarning
from reception.permissions import Extent
from signalling.bodies import Body

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]
Capacity = Literal["nguoi_khieu_nai", "dai_dien", "uy_quyen", "luat_su", "tro_giup_phap_ly", "phien_dich", "khac"]
Times = Literal["lan_dau", "nhieu_lan"]
MatterKind = Literal["khieu_nai", "kien_nghi_phan_anh", "khac"]
Handling = Literal["", "thu_ly", "huong_dan", "chuyen_don", "tra_don", "khac"]
Outcome = Literal["", "da_ket_luan", "huong_dan", "chuyen", "thu_ly", "tu_choi", "tiep_truc_tiep", "khac"]
Ground = Literal["", "say_mat_nang_luc", "de_doa_vi_pham", "da_giai_quyet", "khac"]
RefusalGround = Literal["say_mat_nang_luc", "de_doa_vi_pham", "da_giai_quyet", "khac"]
NoteKind = Literal["noi_dung", "y_kien", "trao_doi", "ghi_chu", "gop_y"]


class Changes(Body):
    """A body whose fields, but for those left out, are set."""

    def given(self, *without: str) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set if name not in without}


class ChangeCitizen(Changes):
    """Fields of a citizen; what is left out stays. acknowledged: the notice of recording was understood, now.

    checked_by: the officer who compared the identity paper in the room; the time is noted with the name.
    """

    item_id: Id = ""
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)] = "?"
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    id_number: Annotated[str, StringConstraints(max_length=40)] = ""
    address: Text = ""
    capacity: Capacity = "nguoi_khieu_nai"
    times: Times = "lan_dau"
    paper: Text = ""
    checked_by: Short = ""
    acknowledged: bool = False
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""

    @field_validator("id_number")
    @classmethod
    def _is_a_number(cls, value: str) -> str:
        bare = "".join(value.split()).replace(".", "")
        if bare and not (bare.isascii() and bare.isalnum() and len(bare) <= 20):
            raise ValueError("letters and digits only, 20 at most")
        return bare

    def changes(self, *, now: datetime, notice_version: str) -> dict[str, Any]:
        """What is set in the record. notice_version: of the notice that is shown now."""
        found = self.given("acknowledged", "endpoint_id")
        if "acknowledged" in self.model_fields_set:
            found["acknowledged_at"] = now if self.acknowledged else None
            found["notice_version"] = notice_version if self.acknowledged else ""
        if "checked_by" in self.model_fields_set:
            found["checked_at"] = now if self.checked_by else None
        return found


class AddCitizen(ChangeCitizen):
    """A citizen, or who comes with him. endpoint_id: where they sit; an endpoint's own link may leave it out."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    endpoint_id: Id = ""


class CitizenView(BaseModel):
    """A citizen as the bearer may see him: the number whole, or masked; the address empty where it is masked."""

    id: str
    endpoint_id: str
    item_id: str
    name: str
    birth_year: int | None
    id_number: str
    masked: bool
    id_unreadable: bool = Field(description="the number was stored, but its key is gone")
    address: str
    capacity: str
    times: str
    paper: str
    checked_by: str
    checked_at: datetime | None
    acknowledged_at: datetime | None
    notice_version: str
    note: str

    @classmethod
    def of(cls, citizen: Citizen, extent: Extent) -> CitizenView:
        """As far as this extent of see_identity goes."""
        values = asdict(citizen)
        values.pop("session_id")
        whole = extent is Extent.FULL
        if not whole:
            values["id_number"] = masked(citizen.id_number)
        if extent is Extent.MASKED:
            values |= {"address": "", "birth_year": None, "note": ""}
        return cls(**values, masked=not whole)


class CitizenList(BaseModel):
    """Citizens, in the order they were entered."""

    citizens: list[CitizenView]


class PutMatter(Changes):
    """Fields of a matter; what is left out stays. refusal_ground goes with the outcome tu_choi and a result."""

    kind: MatterKind = "khieu_nai"
    summary: Long = ""
    resolved_by: Text = ""
    handling: Handling = ""
    result: Long = ""
    outcome: Outcome = ""
    refusal_ground: Ground = ""
    follow_up: Long = ""
    note: Long = ""


class MatterView(BaseModel):
    """What became of an item of the script."""

    item_id: str
    kind: str
    summary: str
    resolved_by: str
    handling: str
    result: str
    outcome: str
    refusal_ground: str
    follow_up: str
    note: str
    by: str
    changed_at: datetime | None

    @classmethod
    def of(cls, matter: Matter) -> MatterView:
        """As it is shown."""
        values = asdict(matter)
        values.pop("session_id")
        return cls(**values)


class MatterList(BaseModel):
    """Matters by item."""

    matters: list[MatterView]


class TakeNote(Body):
    """A note. item_id, endpoint_id, speaker: left out (null), they are the item that runs and who speaks now.

    at: of what it is about; null: now. mark: also set a marker in the recording.
    """

    text: Said
    kind: NoteKind = "ghi_chu"
    item_id: Id | None = None
    endpoint_id: Id | None = None
    speaker: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    at: AwareDatetime | None = None
    mark: bool = False


class ChangeNote(Changes):
    """Fields of a note; what is left out stays."""

    text: Said = "?"
    kind: NoteKind = "ghi_chu"
    item_id: Id = ""
    endpoint_id: Id = ""
    speaker: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class NoteView(BaseModel):
    """A note. record_s: seconds from the recording's beginning, null where the session has not started."""

    id: str
    item_id: str
    at: datetime
    record_s: float | None
    endpoint_id: str
    speaker: str
    kind: str
    text: str
    author: str
    edited_at: datetime | None

    @classmethod
    def of(cls, note: Note, *, started: datetime | None) -> NoteView:
        """As it is shown. started: when the session did."""
        values = asdict(note)
        values.pop("session_id")
        assert note.at is not None
        after = (note.at - started).total_seconds() if started else -1.0
        return cls(**values, record_s=round(after, 1) if after >= 0 else None)


class NoteList(BaseModel):
    """Notes by time."""

    notes: list[NoteView]


class AddConclusion(Body):
    """A task of the chair's conclusion, who does it, by when."""

    task: Said
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    deadline: date | None = None
    item_id: Id | None = None


class ChangeConclusion(Changes):
    """Fields of a conclusion; what is left out stays."""

    task: Said = "?"
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] = "?"
    deadline: date | None = None
    item_id: Id = ""


class ConclusionDone(Body):
    """Whether a task was carried out, and by what paper."""

    done: bool
    note: Text = ""


class ConclusionView(BaseModel):
    """A conclusion."""

    id: str
    item_id: str
    task: str
    owner: str
    deadline: date | None
    overdue: bool
    done_at: datetime | None
    done_note: str
    by: str

    @classmethod
    def of(cls, conclusion: Conclusion, *, today: date) -> ConclusionView:
        """As it is shown. today: in Vietnam."""
        values = asdict(conclusion)
        values.pop("session_id")
        return cls(**values, overdue=conclusion.overdue(today=today))


class ConclusionList(BaseModel):
    """Conclusions in the order they were given."""

    conclusions: list[ConclusionView]


class Refuse(Body):
    """The citizen is not received: on which ground of the law, in which words."""

    item_id: Id | None = None
    ground: RefusalGround
    text: Said


class InPerson(Body):
    """The citizen is to be received in person instead. endpoint_id: where he sits."""

    item_id: Id | None = None
    endpoint_id: Id = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class TurnedAway(BaseModel):
    """What became of the wish to be received in person. asked: it is noted for the secretary, who decides."""

    item_id: str
    outcome: str
    asked: bool


class WarningView(BaseModel):
    """What the procedure still asks for."""

    code: str
    vi: str
    en: str
    citizen_id: str

    @classmethod
    def of(cls, warning: CaseWarning) -> WarningView:
        """In both languages."""
        return cls(code=warning.code, vi=warning.words.vi, en=warning.words.en, citizen_id=warning.citizen_id)


class NowView(BaseModel):
    """What a note that is taken now is about."""

    at: datetime
    item_id: str
    endpoint_id: str
    speaker: str


class CaseView(BaseModel):
    """A session's case as the bearer may see it. read_only: why nothing can be written, "" if it can."""

    read_only: str
    now: NowView
    started_at: datetime | None
    citizens: list[CitizenView]
    matters: list[MatterView]
    notes: list[NoteView]
    conclusions: list[ConclusionView]
    warnings: list[WarningView]

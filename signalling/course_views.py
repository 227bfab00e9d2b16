"""What the HTTP API says and hears of a session's plan and course."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from reception.guards import Unmet
from reception.marks import MarkRecord, PreflightState
from reception.records import EventRecord
from reception.session_plan import Approval, Person, ScriptItem, SessionPlan
from signalling.bodies import Body, Name

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]
Level = Literal["", "trung_uong", "tinh", "xa", "so_nganh"]


class PersonBody(Body):
    """A delegate by name."""

    name: Name
    office: Text = ""

    def person(self) -> Person:
        """As the domain has it."""
        return Person(name=self.name, office=self.office)


class PlanFields(Body):
    """A session's plan; what is left out stays as it is. See reception/session_plan.py."""

    host_organisation: Text = ""
    competent_level: Level = ""
    coordinating_bodies: list[Name] = Field(default_factory=list, max_length=50)
    chair_name: PersonName = ""
    chair_office: Text = ""
    secretary: PersonName = ""
    operators: list[Name] = Field(default_factory=list, max_length=20)
    matter_class: Annotated[int, Field(ge=1, le=6)] | None = None
    reason_online: Literal["", "dich_benh_thien_tai", "nhieu_cap_xa_dia_ly", "khong_the_truc_tiep", "khac"] = ""
    reason_online_note: LongText = ""
    group_size: int = Field(default=0, ge=0, le=10_000)
    representatives: int = Field(default=0, ge=0, le=1_000)
    appointment_paper: bool = False
    planned_start: AwareDatetime | None = None
    planned_minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    no_state_secrets: bool = False
    retention: Literal["", "vinh_vien", "15_nam", "5_nam", "chay_thu_30_ngay"] = ""
    note: Annotated[str, StringConstraints(max_length=20_000)] = ""

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        given = {name: getattr(self, name) for name in self.model_fields_set & set(PlanFields.model_fields)}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


class ChangePlan(PlanFields):
    """The plan, and what stands beside it. version: what its writer saw; an older one is refused with what changed."""

    version: int | None = None
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    profile: str | None = Field(default=None, max_length=64)


class ActBody(Body):
    """What may go with an action. version: what its doer saw; an older one is refused with what changed.

    reason: of postponing, cancelling, interrupting, taking back. approver, approver_office, document_no: of approving;
    an ad hoc session needs only the name. planned_start: of a new date. waive_script: why open items are given up;
    waive: why they are, and steps of the procedure that are not done.
    """

    version: int | None = None
    reason: LongText = ""
    approver: PersonName = ""
    approver_office: Text = ""
    document_no: Text = ""
    planned_start: AwareDatetime | None = None
    waive_script: LongText = ""
    waive: LongText = ""


class ScriptItemBody(Body):
    """An item of the script. id: of an item that is kept."""

    id: ShortText = ""
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    speaker: Text = ""
    minutes: int = Field(default=0, ge=0, le=24 * 60)
    layout: ShortText = ""
    documents: list[Text] = Field(default_factory=list, max_length=50)

    def item(self) -> ScriptItem:
        """As the domain has it."""
        return ScriptItem(**{**self.model_dump(), "documents": tuple(self.documents)})


class PutScript(Body):
    """The whole script in order."""

    items: list[ScriptItemBody] = Field(max_length=100)
    version: int | None = None


class PutPeople(Body):
    """The delegates named for an endpoint."""

    people: list[PersonBody] = Field(max_length=50)


class ShowNotice(Body):
    """The notice of recording was shown or read aloud. text_version: which one."""

    text_version: ShortText = ""


class Waive(Body):
    """Let an endpoint pass that failed its technical check or has none. name: who decides, if it is not the bearer."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
    name: PersonName = ""


class UnmetView(BaseModel):
    """What is missing, in both languages, with the field or page where it is put right."""

    code: str
    vi: str
    en: str
    place: str
    endpoint_id: str | None = None

    @classmethod
    def of(cls, unmet: Unmet) -> UnmetView:
        """The same for the API."""
        words = unmet.words
        return cls(code=unmet.code, vi=words.vi, en=words.en, place=unmet.place, endpoint_id=unmet.endpoint_id)


class ActionView(BaseModel):
    """A step that is possible now. unmet: what it still needs; nothing: it can be done."""

    action: str
    unmet: list[UnmetView]


class ApprovalView(BaseModel):
    """Who approved."""

    name: str
    office: str
    document_no: str
    oral: bool
    at: datetime | None
    by: str

    @classmethod
    def of(cls, approval: Approval) -> ApprovalView:
        """The same for the API."""
        return cls(**{name: getattr(approval, name) for name in cls.model_fields})


class PlanView(BaseModel):
    """A session's plan."""

    host_organisation: str
    competent_level: str
    coordinating_bodies: list[str]
    chair_name: str
    chair_office: str
    secretary: str
    operators: list[str]
    matter_class: int | None
    reason_online: str
    reason_online_note: str
    group_size: int
    representatives: int
    appointment_paper: bool
    planned_start: datetime | None
    planned_minutes: int | None
    no_state_secrets: bool
    retention: str
    note: str
    approval: ApprovalView | None

    @classmethod
    def of(cls, plan: SessionPlan) -> PlanView:
        """The same for the API."""
        values = {name: getattr(plan, name) for name in cls.model_fields}
        approval = ApprovalView.of(plan.approval) if plan.approval else None
        lists = {name: list(values[name]) for name in ("coordinating_bodies", "operators")}
        return cls(**{**values, **lists, "approval": approval})


class ScriptItemView(BaseModel):
    """An item of the script as it stands."""

    id: str
    title: str
    speaker: str
    minutes: int
    layout: str
    documents: list[str]
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    reason: str
    by: str

    @classmethod
    def of(cls, item: ScriptItem) -> ScriptItemView:
        """The same for the API."""
        values = {name: getattr(item, name) for name in cls.model_fields}
        return cls(**{**values, "documents": list(item.documents)})


class ScriptView(BaseModel):
    """A session's script."""

    version: int
    items: list[ScriptItemView]


class MarkView(BaseModel):
    """A thing that was done."""

    mark: str
    subject: str
    by: str
    at: datetime
    detail: str

    @classmethod
    def of(cls, mark: MarkRecord) -> MarkView:
        """The same for the API."""
        return cls(mark=str(mark.mark), subject=mark.subject, by=mark.by, at=mark.at, detail=mark.detail)


class CheckedView(BaseModel):
    """An endpoint's technical check: pass, warn, fail, missing or waived."""

    endpoint_id: str
    name: str
    result: str
    by: str = ""
    reason: str = ""
    at: datetime | None = None

    @classmethod
    def of(cls, endpoint_id: str, name: str, state: PreflightState | None) -> CheckedView:
        """The same for the API; None: missing."""
        if state is None:
            return cls(endpoint_id=endpoint_id, name=name, result="missing")
        return cls(
            endpoint_id=endpoint_id,
            name=name,
            result=str(state.result),
            by=state.by,
            reason=state.reason,
            at=state.at,
        )


class CourseView(BaseModel):
    """Where a session stands on its way and what is missing for each step that is possible now.

    next: the step that leads on. disk: bytes free where recordings go, and what this one is estimated to take.
    """

    id: str
    state: str
    version: int
    course: str
    next: str | None
    actions: list[ActionView]
    warnings: list[UnmetView]
    endpoints: int
    recommended_operators: int
    checks: list[CheckedView]
    marks: list[MarkView]
    script: list[ScriptItemView]
    disk_free_bytes: int
    disk_needed_bytes: int


class EventView(BaseModel):
    """Something that happened. actor: who did it, "" nobody. version: the session's after it, 0: it did not count."""

    id: int
    at: datetime
    kind: str
    endpoint_id: str | None
    actor: str
    version: int
    facts: dict[str, Any]

    @classmethod
    def of(cls, event: EventRecord) -> EventView:
        """The same for the API."""
        return cls(
            id=event.id,
            at=event.at,
            kind=event.kind,
            endpoint_id=event.endpoint_id,
            actor=event.actor,
            version=event.version,
            facts=dict(event.facts),
        )


class EventList(BaseModel):
    """Events, oldest first. last: ask for those after it."""

    events: list[EventView]
    last: int

"""What the API shows and hears of alarms, incidents, announcements and roll call."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from reception.alarm_texts import TEXTS, alarm_anchor, filled, text_of
from reception.alarms import Alarm, Level
from reception.announcements import Announcement
from reception.attendance import Attendance, Capacity, Room
from reception.incidents import Incident
from reception.playbooks import HELP, PLAYBOOKS, IncidentKind, Playbook
from signalling.bodies import Body, Name

Id = Annotated[str, Field(max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class Report(Body):
    """A person reports trouble."""

    kind: Literal["help", "disorder", "other"]
    endpoint_id: Id | None = None
    note: Note = ""


class AlarmNote(Body):
    """What was done about an alarm."""

    note: Note = ""


class OpenIncident(Body):
    """A new incident, of an alarm or without one."""

    kind: IncidentKind
    endpoint_id: Id | None = None
    alarm_id: Id | None = None
    note: Note = ""


class AddNote(Body):
    """A line in an incident."""

    text: Line


class CloseIncident(Body):
    """How an incident ended."""

    outcome: Note = ""


class PutViolation(Body):
    """The record of a violation of the rules: who, what, what was done about it, and before whom."""

    persons: Line
    conduct: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    measures: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    witnesses: Note = ""


class Say(Body):
    """A text for the rooms' screens; endpoint_id null: all rooms."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    endpoint_id: Id | None = None


class PersonBody(Body):
    """Somebody in a room; `present` null: not called yet."""

    name: Name
    capacity: Capacity = "official"
    office: Annotated[str, Field(max_length=200)] = ""
    present: bool | None = None


class RollCall(Body):
    """The people of one room."""

    people: list[PersonBody] = Field(max_length=200)


class WordsView(BaseModel):
    """The same in both languages."""

    vi: str
    en: str


class AlarmView(BaseModel):
    """An alarm in plain words: what is so (`state`), why (`cause`), what to do (`action`). `help`: chapter#anchor."""

    id: str
    kind: str
    level: Level
    endpoint_id: str | None
    since: datetime
    over_at: datetime | None
    owner: str
    done_at: datetime | None
    done_by: str
    note: str
    reported_by: str
    playbook: IncidentKind
    help: str
    state: WordsView
    cause: WordsView
    action: WordsView

    @classmethod
    def of(cls, alarm: Alarm) -> AlarmView:
        """The alarm with its sentences."""
        text = text_of(alarm.kind)
        words = {
            name: WordsView(**filled(getattr(text, name), alarm.values)._asdict())
            for name in ("state", "cause", "action")
        }
        target = f"{HELP[text.playbook]}#{alarm_anchor(alarm.kind)}" if alarm.kind in TEXTS else HELP[text.playbook]
        return cls(playbook=text.playbook, help=target, **words, **alarm.model_dump(exclude={"key", "values"}))


class StepView(BaseModel):
    """A step of a playbook. `action`: what a click does; "": a person does it and ticks it."""

    key: str
    action: str
    text: WordsView


class PlaybookView(BaseModel):
    """What to do in one kind of incident. `help`: the help's chapter on it."""

    kind: IncidentKind
    title: WordsView
    help: str
    steps: list[StepView]

    @classmethod
    def of(cls, playbook: Playbook) -> PlaybookView:
        """The playbook."""
        return cls(
            kind=playbook.kind,
            title=WordsView(**playbook.title._asdict()),
            help=playbook.help,
            steps=[
                StepView(key=step.key, action=step.action, text=WordsView(**step.text._asdict()))
                for step in playbook.steps
            ],
        )


class PlaybookList(BaseModel):
    """All playbooks."""

    playbooks: list[PlaybookView]


class AttendanceView(Attendance):
    """The roll call. `present_count`: people present, over all rooms; connected: endpoints that are here now.

    proposed: of rooms that were not called yet, whom one expects there.
    """

    present_count: int
    connected: list[str] = Field(default_factory=list)
    proposed: dict[str, Room] = Field(default_factory=dict)


class WatchView(BaseModel):
    """What operators look after. `alarms`: the list to do, the worst first; `past`: the others, newest first."""

    alarms: list[AlarmView]
    past: list[AlarmView]
    incidents: list[Incident]
    announcements: list[Announcement]
    attendance: AttendanceView


def playbooks() -> PlaybookList:
    """All of them."""
    return PlaybookList(playbooks=[PlaybookView.of(each) for each in PLAYBOOKS.values()])

"""The log of incidents of a session (pure): what happened, what was done about it, how it ended."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from reception.playbooks import PLAYBOOKS, IncidentKind, Step


class Entry(BaseModel):
    """A line of an incident: a step of its playbook that was done, or what somebody noted (step "")."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    by: str
    step: str = ""
    text: str = ""


class Violation(BaseModel):
    """ "Biên bản vi phạm nội quy": who broke the rules, how, what was done, before whom. Paper is signed, not this."""

    model_config = ConfigDict(frozen=True)

    persons: str
    conduct: str
    measures: str = ""
    witnesses: str = ""
    by: str = ""
    at: datetime | None = None


class Incident(BaseModel):
    """One incident. `outcome`: how it ended."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: IncidentKind
    endpoint_id: str | None
    alarm_id: str | None
    opened_at: datetime
    opened_by: str
    entries: tuple[Entry, ...] = ()
    closed_at: datetime | None = None
    closed_by: str = ""
    outcome: str = ""
    violation: Violation | None = None


class IncidentError(Exception):
    """What was asked for is not possible; says why in both languages."""

    def __init__(self, code: str, reason_vi: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.code, self.reason_vi, self.reason_en = code, reason_vi, reason_en


class IncidentLog(BaseModel):
    """All incidents of a session, oldest first. Nothing is ever taken out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    incidents: tuple[Incident, ...] = ()

    def begin(
        self,
        kind: IncidentKind,
        *,
        by: str,
        now: datetime,
        endpoint_id: str | None = None,
        alarm_id: str | None = None,
        note: str = "",
    ) -> tuple[IncidentLog, Incident]:
        """A new incident; the one of this alarm where it is open already."""
        running = next((each for each in self.incidents if alarm_id and each.alarm_id == alarm_id), None)
        if running is not None and running.closed_at is None:
            return self, running
        incident = Incident(
            id=str(len(self.incidents) + 1),
            kind=kind,
            endpoint_id=endpoint_id,
            alarm_id=alarm_id,
            opened_at=now,
            opened_by=by,
            entries=(Entry(at=now, by=by, text=note),) if note else (),
        )
        return self.model_copy(update={"incidents": (*self.incidents, incident)}), incident

    def find(self, incident_id: str) -> Incident:
        """The incident. Raises IncidentError."""
        found = next((each for each in self.incidents if each.id == incident_id), None)
        if found is None:
            raise IncidentError("no_incident", "Không có sự cố này.", "There is no such incident.")
        return found

    def step(self, incident_id: str, key: str) -> Step:
        """A step of the incident's playbook. Raises IncidentError."""
        incident = self.open_one(incident_id)
        found = next((each for each in PLAYBOOKS[incident.kind].steps if each.key == key), None)
        if found is None:
            raise IncidentError("no_step", "Hướng dẫn xử lý không có bước này.", "The playbook has no such step.")
        return found

    def open_one(self, incident_id: str) -> Incident:
        """The incident while it is open. Raises IncidentError."""
        incident = self.find(incident_id)
        if incident.closed_at is not None:
            raise IncidentError("closed", "Sự cố này đã đóng.", "The incident is closed.")
        return incident

    def add(self, incident_id: str, *, by: str, now: datetime, step: str = "", text: str = "") -> IncidentLog:
        """Write a line. Raises IncidentError."""
        incident = self.open_one(incident_id)
        return self._put(incident, entries=(*incident.entries, Entry(at=now, by=by, step=step, text=text)))

    def close(self, incident_id: str, *, by: str, now: datetime, outcome: str) -> IncidentLog:
        """It is over. Raises IncidentError: closed already, or nobody says how it ended."""
        incident = self.open_one(incident_id)
        if not outcome.strip():
            raise IncidentError("outcome", "Hãy ghi kết quả xử lý sự cố.", "Say how the incident ended.")
        return self._put(incident, closed_at=now, closed_by=by, outcome=outcome.strip())

    def record_violation(self, incident_id: str, violation: Violation, *, by: str, now: datetime) -> IncidentLog:
        """Draw the record up, or anew; the playbook's step is done by it. Raises IncidentError: it is no disorder."""
        incident = self.find(incident_id)
        if incident.kind != "disorder":
            raise IncidentError(
                "no_violation",
                "Chỉ lập biên bản vi phạm nội quy cho sự cố gây rối.",
                "A record of a violation belongs to an incident of disorder.",
            )
        drawn_up = violation.model_copy(update={"by": by, "at": now})
        entry = Entry(at=now, by=by, step="record")
        return self._put(incident, violation=drawn_up, entries=(*incident.entries, entry))

    def _put(self, incident: Incident, **changes: object) -> IncidentLog:
        changed = incident.model_copy(update=changes)
        return self.model_copy(
            update={"incidents": tuple(changed if each.id == incident.id else each for each in self.incidents)}
        )

"""Alarms of a running session (pure): what is wrong now, who takes care of it, and when it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["critical", "warning", "notice"]
FLAPPING_S = 30.0  # what comes back within this time is the same alarm
FORGOTTEN_S = 60.0  # what went by itself and nobody took care of leaves the list
KEPT = 300


class Condition(BaseModel):
    """Something that is wrong now. key: the same while it is the same trouble. values: for the sentences."""

    model_config = ConfigDict(frozen=True)

    key: str
    kind: str
    level: Level = "warning"
    endpoint_id: str | None = None
    values: dict[str, str] = {}


class Alarm(BaseModel):
    """A condition as it was first seen. `over_at`: it went; `done_at`: somebody said that it was dealt with."""

    model_config = ConfigDict(frozen=True)

    id: str
    key: str
    kind: str
    level: Level
    endpoint_id: str | None
    values: dict[str, str]
    since: datetime
    over_at: datetime | None = None
    owner: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    note: str = ""
    reported_by: str = ""

    @property
    def open(self) -> bool:
        """Whether it is still there and nobody has dealt with it."""
        return self.over_at is None and self.done_at is None


class UnknownAlarm(Exception):
    """There is no alarm of this id."""


class AlarmBook(BaseModel):
    """All alarms of a session, oldest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    alarms: tuple[Alarm, ...] = ()
    number: int = 0

    def update(self, conditions: Sequence[Condition], *, now: datetime) -> AlarmBook:
        """Once a second, with all that is wrong now. What people reported stays until somebody deals with it."""
        present = {each.key: each for each in conditions}
        alarms = [
            self._course(alarm, present.pop(alarm.key, None), now) for alarm in self._newest_of_each(present, now)
        ]
        kept = [alarm for alarm in self.alarms if alarm.id not in {each.id for each in alarms}]
        both = sorted((*kept, *alarms), key=lambda each: int(each.id))
        book = self.model_copy(update={"alarms": tuple(both)})
        for condition in present.values():
            book = book._open(condition, now)
        return book._trimmed()

    def _newest_of_each(self, present: dict[str, Condition], now: datetime) -> list[Alarm]:
        """Per key the last alarm: the one that is running, or that comes back so soon that it is the same."""
        newest = {alarm.key: alarm for alarm in self.alarms}
        recent = now - timedelta(seconds=FLAPPING_S)
        return [
            alarm
            for alarm in newest.values()
            if alarm.over_at is None or (alarm.key in present and alarm.over_at > recent)
        ]

    def _course(self, alarm: Alarm, condition: Condition | None, now: datetime) -> Alarm:
        if condition is None:
            gone = alarm.over_at is None and not alarm.reported_by
            return alarm.model_copy(update={"over_at": now}) if gone else alarm
        back = {"over_at": None} if alarm.over_at is not None else {}
        return alarm.model_copy(update={"values": condition.values, "level": condition.level, **back})

    def _open(self, condition: Condition, now: datetime, reported_by: str = "") -> AlarmBook:
        alarm = Alarm(
            id=str(self.number + 1), since=now, reported_by=reported_by, **condition.model_dump(exclude_none=False)
        )
        return self.model_copy(update={"alarms": (*self.alarms, alarm), "number": self.number + 1})

    def _trimmed(self) -> AlarmBook:
        return self.model_copy(update={"alarms": self.alarms[-KEPT:]}) if len(self.alarms) > KEPT else self

    def report(self, condition: Condition, *, by: str, now: datetime) -> AlarmBook:
        """A person says that something is wrong; an open report of the same is not doubled."""
        if any(alarm.key == condition.key and alarm.open for alarm in self.alarms):
            return self
        return self._open(condition, now, reported_by=by)

    def take(self, alarm_id: str, *, owner: str) -> AlarmBook:
        """Somebody takes care of it. Raises UnknownAlarm."""
        return self._change(alarm_id, owner=owner)

    def done(self, alarm_id: str, *, by: str, now: datetime, note: str = "") -> AlarmBook:
        """It was dealt with. Raises UnknownAlarm."""
        alarm = self.find(alarm_id)
        return self._change(alarm_id, done_at=now, done_by=by, note=note or alarm.note, owner=alarm.owner or by)

    def find(self, alarm_id: str) -> Alarm:
        """The alarm. Raises UnknownAlarm."""
        found = next((alarm for alarm in self.alarms if alarm.id == alarm_id), None)
        if found is None:
            raise UnknownAlarm(alarm_id)
        return found

    def _change(self, alarm_id: str, **changes: object) -> AlarmBook:
        self.find(alarm_id)
        return self.model_copy(
            update={
                "alarms": tuple(
                    alarm.model_copy(update=changes) if alarm.id == alarm_id else alarm for alarm in self.alarms
                )
            }
        )

    def to_do(self, *, now: datetime) -> list[Alarm]:
        """What is on the list now, the worst and newest first: open, or taken by somebody who has not said done."""
        order = ("critical", "warning", "notice")
        forgotten = now - timedelta(seconds=FORGOTTEN_S)
        listed = [
            alarm
            for alarm in self.alarms
            if alarm.done_at is None and (alarm.over_at is None or alarm.owner or alarm.over_at > forgotten)
        ]
        return sorted(listed, key=lambda each: (each.over_at is not None, order.index(each.level), -int(each.id)))

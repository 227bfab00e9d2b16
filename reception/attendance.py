"""Roll call (pure): who is in each room, in what capacity, and whether present."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from reception.records import EndpointRecord
from reception.session_plan import SessionPlan

Capacity = Literal[
    "chair",
    "official",
    "citizen",
    "representative",
    "authorised",
    "interpreter",
    "secretary",
    "technician",
    "other",
]


class Person(BaseModel):
    """Somebody in a room. `present` None: not called yet."""

    model_config = ConfigDict(frozen=True)

    name: str
    capacity: Capacity = "official"
    office: str = ""
    present: bool | None = None


class Room(BaseModel):
    """The people of one endpoint, as called last."""

    model_config = ConfigDict(frozen=True)

    people: tuple[Person, ...] = ()
    called_at: datetime | None = None
    called_by: str = ""


class Attendance(BaseModel):
    """The rooms by endpoint."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rooms: dict[str, Room] = {}

    def put(self, endpoint_id: str, people: tuple[Person, ...], *, by: str, now: datetime) -> Attendance:
        """What the roll call of one room found."""
        room = Room(people=people, called_at=now, called_by=by)
        return self.model_copy(update={"rooms": {**self.rooms, endpoint_id: room}})

    def present(self) -> int:
        """People who are there, over all rooms."""
        return sum(1 for room in self.rooms.values() for person in room.people if person.present)


def proposed(endpoint: EndpointRecord, plan: SessionPlan, *, connected: bool) -> Room:
    """A room's roll before anybody called it: the delegates named for it, at the centre chair and secretary too.

    They are taken to be present where the room is connected; whoever calls the roll corrects that.
    """
    present = True if connected else None
    named = [(each.name, each.office, "official") for each in endpoint.people]
    if endpoint.role == "central":
        planned = [(plan.chair_name, plan.chair_office, "chair"), (plan.secretary, "", "secretary")]
        known = {name.strip().casefold() for name, _, _ in planned if name.strip()}
        named = [each for each in planned if each[0].strip()] + [
            each for each in named if each[0].strip().casefold() not in known
        ]
    people = [
        Person.model_validate({"name": name, "office": office, "capacity": capacity, "present": present})
        for name, office, capacity in named
    ]
    return Room(people=tuple(people))

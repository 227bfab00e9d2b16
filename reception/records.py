"""Sessions, endpoints and rooms as facts, apart from the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reception.lifecycle import SessionState
from reception.permissions import same_unit
from reception.session_plan import KINDS, ROLES, Person, SessionPlan

__all__ = [
    "KINDS",
    "ROLES",
    "EndpointRecord",
    "EventRecord",
    "Placement",
    "RegisteredEndpoint",
    "Seating",
    "SessionRecord",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """An endpoint to be invited. `registered_id`: its room in the registry, None: it has none there."""

    name: str
    role: str
    registered_id: str | None = None
    organisation: str = ""
    guest: bool = False
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRecord:
    """An endpoint's seat. `muted`, `locked`, `camera_off`: the operator's; `microphone`, `camera`: its own.

    profile, cap_up_bps, cap_down_bps: what differs from the session for this endpoint, None: nothing. people: the
    delegates named for it. guest: of another body, e.g. of the central government. link_serial: which of its links is
    good, counted up when it is renewed; link_from: since when; link_revoked: none is.
    """

    id: str
    session_id: str
    name: str
    role: str
    removed: bool = False
    microphone: bool = True
    camera: bool = True
    muted: bool = False
    locked: bool = False
    camera_off: bool = False
    profile: str | None = None
    cap_up_bps: int | None = None
    cap_down_bps: int | None = None
    registered_id: str | None = None
    organisation: str = ""
    people: tuple[Person, ...] = ()
    guest: bool = False
    link_serial: int = 1
    link_from: datetime | None = None
    link_revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A session with its endpoints, in the order of the invitation. `worker`: the process it is placed on, if any.

    code: its number in the register. version: counts what operators did to it; see EventRecord.
    """

    id: str
    title: str
    kind: str
    profile: str
    state: SessionState
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    spotlight: str | None
    endpoints: tuple[EndpointRecord, ...]
    worker: int | None = None
    code: str = ""
    version: int = 0
    plan: SessionPlan = field(default_factory=SessionPlan)

    def endpoint(self, endpoint_id: str) -> EndpointRecord | None:
        """The endpoint of this id."""
        return next((each for each in self.endpoints if each.id == endpoint_id), None)

    def of_unit(self, unit: str) -> list[EndpointRecord]:
        """The unit's endpoints, but for those that were removed."""
        return [each for each in self.endpoints if not each.removed and same_unit(each.name, unit)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """What happened in a session. actor: who did it, "" nobody. version: the session's after it; 0: not counted."""

    id: int
    session_id: str
    at: datetime
    kind: str
    endpoint_id: str | None
    actor: str
    version: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a session that is not over lives. `worker` is None before it was placed; `seats`: invited endpoints."""

    session_id: str
    worker: int | None
    state: SessionState
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredEndpoint:
    """A room of the registry. line: the bandwidth profile's name its line fits, or words. id "": not stored yet.

    main: a site that can host, with a server line and storage of its own. active: it may be invited.
    """

    name: str
    level: str
    organisation: str = ""
    place: str = ""
    room: str = ""
    line: str = ""
    technician: str = ""
    phone: str = ""
    equipment: str = ""
    note: str = ""
    main: bool = False
    active: bool = True
    id: str = ""

"""Sessions and endpoints as facts, apart from the store."""

from dataclasses import dataclass
from datetime import datetime

from reception.lifecycle import SessionState

KINDS = ("dinh_ky", "dot_xuat", "vu_viec", "rehearsal")
ROLES = ("central", "delegate", "observer")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRecord:
    """An endpoint's seat. `muted`, `locked`, `camera_off`: the operator's; `microphone`, `camera`: its own.

    profile, cap_up_bps, cap_down_bps: what differs from the session for this endpoint, None: nothing. guest: of another
    body, e.g. of the central government. link_serial: which of its links is good, counted up when it is renewed;
    link_from: since when; link_revoked: none is.
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
    guest: bool = False
    link_serial: int = 1
    link_from: datetime | None = None
    link_revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A session with its endpoints, in the order of the invitation. `worker`: the process it is placed on, if any."""

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

    def endpoint(self, endpoint_id: str) -> EndpointRecord | None:
        """The endpoint of this id."""
        return next((each for each in self.endpoints if each.id == endpoint_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a session that has not ended lives. `worker` is None before it was placed; `seats`: invited endpoints."""

    session_id: str
    worker: int | None
    state: SessionState
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredEndpoint:
    """A room of the registry."""

    name: str
    level: str
    organisation: str = ""
    place: str = ""
    contact: str = ""

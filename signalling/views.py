"""What the HTTP API says and hears, as models; the OpenAPI document is made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from bandwidth.simulation.case import SimulationCase
from config.problems import ConfigProblem
from reception.permissions import Extent, Permission, same_unit
from reception.records import Seating
from signalling.bodies import Body as Body  # as other modules know them
from signalling.bodies import Name as Name
from signalling.bodies import Title
from signalling.course_views import PersonBody, PlanFields, PlanView, Text
from signalling.tokens import Bearer


class Shown(BaseModel):
    """Base of results that some bearers see less of: the route's guard asks for what this one gets to see."""

    def shown_to(self, bearer: Bearer) -> BaseModel:
        """The same, without what is not for the bearer."""
        raise NotImplementedError


class Invited(Body):
    """An endpoint by name. registered_id: its room in the registry. people: the delegates named for it.

    guest: of another body, e.g. of the central government; its link lives shorter.
    """

    name: Name
    registered_id: str | None = Field(default=None, max_length=32)
    organisation: Text = ""
    guest: bool = False
    people: list[PersonBody] = Field(default_factory=list, max_length=50)

    def seating(self, role: str) -> Seating:
        """As it is invited."""
        return Seating(
            name=self.name,
            role=role,
            registered_id=self.registered_id,
            organisation=self.organisation,
            guest=self.guest,
            people=tuple(each.person() for each in self.people),
        )


class CreateSession(PlanFields):
    """A session to be: a draft. central: the endpoint that hosts; observers only receive."""

    title: Title
    kind: Literal["dinh_ky", "dot_xuat", "vu_viec", "rehearsal"] = "dinh_ky"
    profile: str | None = Field(default=None, max_length=64)
    central: Invited
    delegates: list[Invited] = Field(default_factory=list, max_length=31)
    observers: list[Invited] = Field(default_factory=list, max_length=31)
    lobby: bool | None = Field(default=None, description="whether who comes waits; null: yes, but for rehearsals")

    def seating(self) -> list[Seating]:
        """Everybody invited, in order."""
        delegates = [each.seating("delegate") for each in self.delegates]
        return [self.central.seating("central"), *delegates, *(each.seating("observer") for each in self.observers)]


class EndpointAction(Body):
    """Why an operator does it, for the log; and how long a turn shall be where the endpoint is called to speak."""

    reason: str = Field(default="", max_length=500)
    minutes: int | None = Field(default=None, ge=1, le=60)


class AddEndpoint(Body):
    """One more endpoint."""

    name: Name
    role: Literal["central", "delegate", "observer"] = "delegate"
    registered_id: str | None = Field(default=None, max_length=32)
    organisation: Text = ""
    guest: bool = False


CapBps = Annotated[int, Field(ge=64_000, le=10_000_000_000)]


class ChooseProfile(Body):
    """Another bandwidth profile, by name."""

    profile: str = Field(min_length=1, max_length=64)


class ChangeEndpoint(Body):
    """What differs for one endpoint; null: as the session has it. What is left out stays as it is."""

    profile: str | None = Field(default=None, max_length=64)
    cap_up_bps: CapBps | None = None
    cap_down_bps: CapBps | None = None


class ProfileText(Body):
    """A profile's TOML text."""

    text: str = Field(max_length=100_000)


class CheckProfile(ProfileText):
    """The same to be checked. `name`: the name that it must bear."""

    name: str | None = Field(default=None, max_length=64)


MAX_ENDPOINT_SECONDS = 1_200


class Simulate(SimulationCase):
    """A what-if question about a profile. `delegates` times `seconds` is at most 1,200."""

    profile: str = "30-5"

    @model_validator(mode="after")
    def _not_too_large(self) -> Simulate:
        if self.delegates * self.seconds > MAX_ENDPOINT_SECONDS:
            allowed = MAX_ENDPOINT_SECONDS // self.delegates
            raise ValueError(f"with {self.delegates} delegates at most {allowed} seconds can be simulated here")
        return self


class Numbers(BaseModel):
    """An endpoint's numbers; rates in bits/s, loss 0 to 1."""

    up_bps: int
    down_bps: int
    estimate_bps: int
    loss_up: float
    loss_down: float
    rtt_ms: float | None
    jitter_ms: float
    protocol: str
    remote_address: str
    layers: list[str]
    pictures_received: int
    pictures_paused: int
    frames_per_second: float | None = None
    freezes: int | None = None


class Limits(BaseModel):
    """What is in force for an endpoint, bits/s. `up_bps` is smaller while the site's line is short on the way in."""

    up_bps: int
    down_bps: int
    minimum_bps: int


class EndpointView(Shown):
    """An endpoint of a session, with its link; `join_url` and `token` are empty for who may not hand it out.

    people: the delegates named for it.
    """

    id: str
    name: str
    role: str
    registered_id: str | None
    organisation: str
    people: list[dict[str, str]]
    state: str
    join_url: str
    token: str
    microphone: bool
    camera: bool
    screen: bool
    locked: bool
    speaking: bool
    level: float = Field(default=0.0, ge=0, le=1, description="how loud its voice is now, for a meter")
    wide: bool = Field(default=False, description="it sends a second camera")
    quality: str
    flowing: bool
    stats: Numbers | None
    profile: str | None = Field(description="of its own; null: the session's")
    cap_up_bps: int | None
    cap_down_bps: int | None
    limits: Limits | None
    guest: bool
    link_state: Literal["good", "expired", "revoked"]
    link_expires_at: datetime

    def shown_to(self, bearer: Bearer) -> EndpointView:
        """Whoever has a link is that endpoint."""
        extent = bearer.extent(Permission.HAND_OUT_LINKS)
        if extent is Extent.FULL or (extent is Extent.OWN and same_unit(self.name, bearer.unit)):
            return self
        return self.model_copy(update={"join_url": "", "token": ""})


class RecordingState(BaseModel):
    """The recording of a session as it stands. `state`: off, recording, fault, finishing or done.

    `warning`: disk_low, disk_critical, disk_failed, second_disk or ""; `hours_left`: what the disk takes at the rate
    of now. `head`: the newest hash of the signed chain while it is recorded; `seal_short`: the seal's short hash, for
    the minutes.
    """

    state: str
    seconds: float = 0.0
    bytes: int = 0
    free_bytes: int = 0
    dropped_packets: int = 0
    fault: str = ""
    warning: str = ""
    hours_left: float | None = None
    head: str = ""
    seal_short: str = ""


class SiteLine(BaseModel):
    """The site's line, over all sessions of the server; bits/s.

    in_used_bps, in_limit_bps: what endpoints send to the process that the session runs in, measured, and may send.
    """

    used_bps: int
    limit_bps: int
    in_used_bps: int = 0
    in_limit_bps: int = 0


class SessionView(Shown):
    """A session. number: in the register. version: counts what operators did to it."""

    id: str
    number: str
    version: int
    plan: PlanView
    title: str
    kind: str
    profile: str
    profile_fault: str = Field(description="why the profile's present file is not in force")
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    spotlight: str | None
    speaker: str | None
    recording: RecordingState
    site: SiteLine
    endpoints: list[EndpointView]

    def shown_to(self, bearer: Bearer) -> SessionView:
        """Each endpoint as the bearer may see it."""
        return self.model_copy(update={"endpoints": [each.shown_to(bearer) for each in self.endpoints]})


class SessionList(Shown):
    """One page of sessions. total: over all pages."""

    sessions: list[SessionView]
    total: int

    def shown_to(self, bearer: Bearer) -> SessionList:
        """Each session as the bearer may see it."""
        return SessionList(total=self.total, sessions=[each.shown_to(bearer) for each in self.sessions])


class ProfileView(BaseModel):
    """A profile for choosing. `shipped`: of the product. One that is not `ok` has a `fault` and no numbers."""

    name: str
    title_vi: str
    title_en: str
    shipped: bool
    ok: bool
    fault: str = ""
    site_up_bps: int = 0
    site_down_bps: int = 0
    delegate_up_bps: int = 0
    delegate_down_bps: int = 0


class ProfileList(BaseModel):
    """The profiles that there are."""

    profiles: list[ProfileView]


class CheckedProblem(BaseModel):
    """A fault of a configuration text, or a warning. `allowed`: what the value may be."""

    line: int
    key: str
    value: str
    message: str
    message_vi: str
    allowed: str
    allowed_vi: str

    @classmethod
    def of(cls, problem: ConfigProblem) -> CheckedProblem:
        """The same for the API."""
        return cls(
            line=problem.line,
            key=problem.key,
            value=problem.value,
            message=problem.message.en,
            message_vi=problem.message.vi,
            allowed=problem.allowed.en,
            allowed_vi=problem.allowed.vi,
        )


class CheckResult(BaseModel):
    """What is wrong with a text; nothing if `ok`. Warnings do not keep it from being used."""

    ok: bool
    problems: list[CheckedProblem]
    warnings: list[CheckedProblem]


class ProfileDetail(CheckResult):
    """A profile as it is kept, and what it comes to: the keys as the file has them, null if it is wrong."""

    name: str
    shipped: bool
    text: str
    values: dict[str, Any] | None


class Me(BaseModel):
    """Who the bearer is."""

    role: str
    name: str
    user_id: str | None
    unit: str
    session_id: str | None
    endpoint_id: str | None
    pending: str = Field(description="what must be done before anything else: password, second_factor or nothing")
    permissions: dict[str, str] = Field(description="how far each permission goes; what is missing is not permitted")


class MediaAccess(BaseModel):
    """A token for media elements, which cannot send headers: `?access=`."""

    access: str
    expires_at: datetime

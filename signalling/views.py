"""What the HTTP API says and hears, as models; the OpenAPI document is made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bandwidth.simulation.case import SimulationCase

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Body(BaseModel):
    """Base of request bodies: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Invited(Body):
    """An endpoint by name."""

    name: Name


class CreateSession(Body):
    """A session to be."""

    title: Title
    kind: Literal["dinh_ky", "dot_xuat", "vu_viec", "rehearsal"] = "dinh_ky"
    profile: str | None = Field(default=None, max_length=64)
    central: Invited
    delegates: list[Invited] = Field(default_factory=list, max_length=31)


class AddEndpoint(Body):
    """One more endpoint."""

    name: Name
    role: Literal["central", "delegate", "observer"] = "delegate"


class ChooseProfile(Body):
    """Another bandwidth profile."""

    profile: str = Field(min_length=1, max_length=64)


class ProfileText(Body):
    """A profile to check."""

    text: str = Field(max_length=100_000)


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


class EndpointView(BaseModel):
    """An endpoint of a session, with its link."""

    id: str
    name: str
    role: str
    state: str
    join_url: str
    token: str
    microphone: bool
    camera: bool
    screen: bool
    locked: bool
    speaking: bool
    quality: str
    flowing: bool
    stats: Numbers | None


class RecordingState(BaseModel):
    """The recording of a session as it stands. `state`: off, recording, fault, finishing or done."""

    state: str
    seconds: float = 0.0
    bytes: int = 0
    free_bytes: int = 0
    dropped_packets: int = 0
    fault: str = ""


class SiteLine(BaseModel):
    """The site's line, over all sessions of the server; bits/s."""

    used_bps: int
    limit_bps: int


class SessionView(BaseModel):
    """A session."""

    id: str
    title: str
    kind: str
    profile: str
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    spotlight: str | None
    speaker: str | None
    recording: RecordingState
    site: SiteLine
    endpoints: list[EndpointView]


class SessionList(BaseModel):
    """Sessions, newest first."""

    sessions: list[SessionView]


class ProfileView(BaseModel):
    """A profile for choosing."""

    name: str
    title_vi: str
    title_en: str
    site_up_bps: int
    delegate_down_bps: int


class ProfileList(BaseModel):
    """The profiles that there are."""

    profiles: list[ProfileView]


class CheckedProblem(BaseModel):
    """A fault of a configuration text."""

    line: int
    key: str
    value: str
    message: str


class CheckResult(BaseModel):
    """What is wrong with a text; nothing if `ok`."""

    ok: bool
    problems: list[CheckedProblem]


class Me(BaseModel):
    """Who the bearer is."""

    role: str
    name: str
    session_id: str | None
    endpoint_id: str | None


class MediaAccess(BaseModel):
    """A token for media elements, which cannot send headers: `?access=`."""

    access: str
    expires_at: datetime

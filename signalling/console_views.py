"""What the operator's page is told besides the session itself, as models; OpenAPI is made of them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from bandwidth.attribution_facts import Cause, Remedy, Symptom


class SiteBar(BaseModel):
    """The site's line in bits/s. used: shared out among all sessions of the server, reserved: for voices in it.

    limit: what media may take; line: the whole line; wanted: what would be used if it had no limit; sent: what was
    measured to leave for the endpoints of this process.
    """

    used_bps: int
    reserved_bps: int
    limit_bps: int
    line_bps: int
    wanted_bps: int
    sent_bps: int


class Trouble(BaseModel):
    """Where one endpoint's trouble lies. `endpoint_id` null: the server's own.

    confidence: 0 to 1. since: Unix time. numbers: what it rests on, by name with unit (…_bps, …_ms, shares 0 to 1).
    """

    endpoint_id: str | None
    cause: Cause
    symptom: Symptom
    remedy: Remedy
    confidence: float
    since: float
    numbers: dict[str, float]


class Picture(BaseModel):
    """One picture that an endpoint shows, at `shown_pixels`. layer: index, -1 for none; `rid` its name.

    why: what keeps it from being larger: line (of the endpoint that looks), profile, site, source (its sender does not
    send more), waiting (it grows when the room has lasted), measuring; empty: nothing.
    """

    endpoint_id: str
    source: str
    place: str
    state: str
    layer: int
    rid: str
    width: int
    height: int
    shown_pixels: int
    why: str


class BrowserNumbers(BaseModel):
    """What an endpoint's page said of itself within the last seconds; see the message `stats`."""

    available_up_bps: float | None
    limited_cpu: float
    limited_bandwidth: float
    capture_fps: float | None
    frames_per_second: float | None
    decode_dropped: float
    voice_gaps: float
    jitter_ms: float


class EndpointDetail(BaseModel):
    """What one endpoint sees, which encodings it was asked to send of its camera, and what its browser says.

    line_bps: what the profile lets media take of its line; wanted_bps: all its pictures at their best.
    """

    id: str
    line_bps: int
    wanted_bps: int
    asked_up_bps: int
    asked: list[str]
    pictures: list[Picture]
    browser: BrowserNumbers | None


class Rows(BaseModel):
    """Numbers over time: `times` (Unix time), and for each name as many values; null: unknown."""

    times: list[float]
    columns: dict[str, list[float | None]]


class ConsoleView(BaseModel):
    """What an operator's page shows of a session now, and the rows that are new since the time it asks for."""

    now: float
    delay_ms: float = Field(description="how late the server's timer ran within the last second")
    site: SiteBar
    troubles: list[Trouble]
    endpoints: list[EndpointDetail]
    site_history: Rows
    history: dict[str, Rows]

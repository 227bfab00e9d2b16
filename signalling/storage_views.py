"""What the API shows of disks and space."""

from __future__ import annotations

from pydantic import BaseModel, Field


class SpaceView(BaseModel):
    """What a session's recording will take, and what is there."""

    session_id: str
    profile: str
    recorded: bool
    endpoints: int
    hours: float = Field(description="how long the session is expected to be")
    bps: int = Field(description="what is recorded a second at most, by the profile; bits/s")
    needed_bytes: int = Field(description="journal and tracks together")
    journal_bytes: int
    tracks_bytes: int
    free_bytes: int = Field(description="without what must stay free, and what other running sessions will still take")
    committed_bytes: int = Field(description="what other running sessions will still take")
    hours_left: float = Field(description="how long a session like this can be")
    fits: bool
    comfortable: bool = Field(description="at least twice as much is free as needed")


class SpeedRequest(BaseModel):
    """session_id: whose rate the disk is measured against; empty: 1 central and 10 delegates of the default profile."""

    session_id: str = ""
    megabytes: int = Field(default=32, ge=1, le=1024)


class SpeedView(BaseModel):
    """The write speed of the recordings' disk. `verdict`: good, tight or too_slow."""

    bytes: int
    bytes_per_s: int
    worst_sync_ms: float
    needed_bytes_per_s: int
    verdict: str

"""What the main process and a worker tell each other, one JSON object a line (pure)."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bandwidth.site_division import SiteDemand
from config.models import Settings


class Message(BaseModel):
    """Base: does not change, and has no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def line(self) -> bytes:
        """As it goes over the channel."""
        return self.model_dump_json().encode() + b"\n"


class Start(Message):
    """The first message to a worker: what it is. `share`: of the site's line, 0 to 1."""

    settings: Settings
    worker: int
    socket: Path
    share: float


class Share(Message):
    """To a worker, after each report: its share of the line from now on, and what all workers do with the line."""

    share: float
    line_bps: int
    used_bps: int


class Report(Message):
    """From a worker, each second once it listens. `ready`: its sessions are recovered. `share`: what it keeps to.

    `failed` says why it cannot start; it is the last that comes then.
    """

    failed: str = ""
    ready: bool = False
    endpoints: int = 0
    share: float = 0.0
    used_bps: int = 0
    line_bps: int = 0
    audio_bps: int = 0
    demand_bps: int = 0

    def demand(self) -> SiteDemand:
        """For the division of the line."""
        return SiteDemand(
            line_bps=self.line_bps,
            audio_bps=self.audio_bps,
            demand_bps=self.demand_bps,
            subscribers=self.endpoints,
        )

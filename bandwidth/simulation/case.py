"""What is asked of the simulator: how many delegates, which lines, what happens to them. Every value has its range."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, model_validator

from config.profile import Profile, RolePlan
from config.section import Section

MAX_DELEGATES = 30
MAX_SECONDS = 120
CENTRAL, SITE, ALL_DELEGATES = "central", "site", "delegates"
WHO = r"^(site|central|delegates|delegate-[1-9][0-9]?)$"

Mbps = Annotated[float, Field(ge=0.064, le=10_000)]
Percent = Annotated[float, Field(ge=0, le=30)]
Milliseconds = Annotated[float, Field(ge=0, le=1_000)]


class LineChange(Section):
    """From `at_s` on the line of `who` is another one; what is not named stays.

    who: site (the server's), central, delegates (each of them), or delegate-3. up and down as seen from there.
    """

    at_s: float = Field(ge=0, le=MAX_SECONDS)
    who: str = Field(pattern=WHO)
    up_mbps: Mbps | None = None
    down_mbps: Mbps | None = None
    loss_percent: Percent | None = None
    delay_ms: Milliseconds | None = None


class SimulationCase(Section):
    """One centre and `delegates` delegates for `seconds`.

    site_mbps, delegate_mbps: lines both ways in place of the profile's, for the allocator too. loss, delay (one way),
    queue: of the delegates' lines, both ways. voices: who speak at once, the delegate on the stage among them.
    temporal_layers: what the cameras' encoders make (browsers: 3). red: false where voices carry no repetition.
    check_fits: also search in virtual time how many delegates fit; takes several times as long.
    """

    delegates: int = Field(default=5, ge=1, le=MAX_DELEGATES)
    seconds: float = Field(default=40, ge=10, le=MAX_SECONDS)
    site_mbps: Mbps | None = None
    delegate_mbps: Mbps | None = None
    loss_percent: Percent = 0.0
    delay_ms: Milliseconds = 20.0
    queue_ms: float = Field(default=200.0, ge=20, le=2_000)
    voices: int = Field(default=3, ge=0, le=MAX_DELEGATES + 1)
    temporal_layers: int = Field(default=3, ge=1, le=3)
    red: bool | None = None
    changes: tuple[LineChange, ...] = Field(default=(), max_length=50)
    check_fits: bool = False
    seed: int = Field(default=1, ge=0, le=2**31)

    @model_validator(mode="after")
    def _everybody_is_there(self) -> SimulationCase:
        for change in self.changes:
            number = re.fullmatch(r"delegate-(\d+)", change.who)
            if number and int(number[1]) > self.delegates:
                raise ValueError(f"{change.who} does not take part: there are {self.delegates} delegates")
        return self

    @property
    def names(self) -> list[str]:
        """Of the endpoints, the centre first."""
        return [CENTRAL, *(f"delegate-{number}" for number in range(1, self.delegates + 1))]

    @property
    def speaker(self) -> str:
        """Who stands on everybody's stage; that one's own stage shows the centre."""
        return "delegate-1"

    def speaking(self) -> list[str]:
        """Who is heard: the speaker, the centre, then the others."""
        order = [self.speaker, CENTRAL, *(name for name in self.names if name not in (self.speaker, CENTRAL))]
        return order[: self.voices]

    def stage_of(self, name: str) -> str:
        """Whom an endpoint shows large."""
        return CENTRAL if name == self.speaker else self.speaker

    def apply(self, profile: Profile) -> Profile:
        """The profile with the lines and voices that were asked for; a line that is named has no cap under it."""
        site, roles = profile.site, profile.roles
        if self.site_mbps is not None:
            bps = int(self.site_mbps * 1e6)
            site = site.model_copy(update={"up_bps": bps, "down_bps": bps})
        changed = {}
        if self.delegate_mbps is not None:
            bps = int(self.delegate_mbps * 1e6)
            changed = dict.fromkeys(("line_up_bps", "line_down_bps", "cap_up_bps", "cap_down_bps"), bps)
        voice = {} if self.red is None else {"audio_red": self.red}
        update = {
            "central": roles.central.model_copy(update=voice),
            "delegate": roles.delegate.model_copy(update={**changed, **voice}),
        }
        return profile.model_copy(update={"site": site, "roles": roles.model_copy(update=update)})


def plan_of(profile: Profile, name: str) -> RolePlan:
    """The profile's part for an endpoint of a case."""
    return profile.roles.central if name == CENTRAL else profile.roles.delegate

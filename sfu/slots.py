"""The receive slots of one peer (pure): who is behind which."""

from dataclasses import dataclass
from enum import StrEnum

from bandwidth.limits import Limit
from sfu.types import EndpointId


class SlotState(StrEnum):
    """State of the picture in a slot."""

    FREE = "free"
    WAITING = "waiting"
    FLOWING = "flowing"
    OFF = "off"
    NO_BANDWIDTH = "no_bandwidth"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFacts:
    """One slot as the page is told of it. `why`: the Limit of a picture for which there is no bandwidth."""

    index: int
    endpoint_id: EndpointId | None = None
    audio: bool = False
    video: SlotState = SlotState.FREE
    why: Limit = Limit.NONE
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMap:
    """All slots of a peer and the shared screen."""

    slots: tuple[SlotFacts, ...]
    screen_endpoint_id: EndpointId | None = None
    screen: SlotState = SlotState.FREE
    screen_why: Limit = Limit.NONE


class SlotTable:
    """Gives each other endpoint a slot and keeps it there; `short` is set when there were not enough."""

    def __init__(self, count: int) -> None:
        self.owners: list[EndpointId | None] = [None] * count
        self.short = False

    def assign(self, present: list[EndpointId]) -> None:
        """Free the slots of who left, give one to who is new."""
        here = set(present)
        self.owners = [owner if owner in here else None for owner in self.owners]
        missing = [each for each in present if each not in self.owners]
        for endpoint_id in missing:
            if None in self.owners:
                self.owners[self.owners.index(None)] = endpoint_id
        self.short = any(each not in self.owners for each in present)

    def slot_of(self, endpoint_id: EndpointId) -> int | None:
        """The slot's index."""
        return self.owners.index(endpoint_id) if endpoint_id in self.owners else None

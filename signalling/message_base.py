"""What all messages of the WebSocket protocol have in common."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SourceName = Literal["microphone", "camera", "camera2", "screen"]
RoleName = Literal["central", "delegate", "observer"]
SessionState = Literal[
    "draft",
    "awaiting_approval",
    "scheduled",
    "technical_check",
    "ready",
    "live",
    "paused",
    "interrupted",
    "ended",
    "archived",
    "postponed",
    "cancelled",
]
ByeReason = Literal["ended", "removed", "replaced", "expired", "taken", "revoked", "cancelled", "postponed"]
Milliseconds = Annotated[float, Field(ge=0, le=600_000)]
Count = Annotated[int, Field(ge=0, le=2**53)]
FramesPerSecond = Annotated[float, Field(ge=0, le=1000)]
Ratio = Annotated[float, Field(ge=0, le=1)]


class Message(BaseModel):
    """Base of all messages: strict about unknown fields, and about numbers that are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

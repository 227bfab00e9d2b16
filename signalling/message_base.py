"""What all messages of the WebSocket protocol have in common."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

SourceName = Literal["microphone", "camera", "camera2", "screen"]
RoleName = Literal["central", "delegate", "observer"]


class Message(BaseModel):
    """Base of all messages: strict about unknown fields, and about numbers that are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

"""How the room's pages arrange the pictures (pure)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

LayoutName = Literal["one_plus", "chair_speaker", "grid", "document"]


class Layout(BaseModel):
    """one_plus: the main picture and the others small; chair_speaker: the chair beside who speaks; grid: all alike;
    document: the shared document alone.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: LayoutName = "one_plus"

"""How the room's pages arrange the pictures (pure)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

LayoutName = Literal["one_plus", "chair_speaker", "grid", "document"]


class Modes(BaseModel):
    """What differs for single endpoints. audio_only: those that are to go without pictures, both ways. wide: those
    whose second camera is shown.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    audio_only: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()

    def put_audio_only(self, endpoint_id: str, *, on: bool) -> "Modes":
        """For one endpoint."""
        others = tuple(each for each in self.audio_only if each != endpoint_id)
        return self.model_copy(update={"audio_only": (*others, endpoint_id) if on else others})

    def put_wide(self, endpoint_id: str, *, on: bool) -> "Modes":
        """Which camera of one endpoint is shown."""
        others = tuple(each for each in self.wide if each != endpoint_id)
        return self.model_copy(update={"wide": (*others, endpoint_id) if on else others})


class Layout(BaseModel):
    """one_plus: the main picture and the others small; chair_speaker: the chair beside who speaks; grid: all alike;
    document: the shared document alone.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: LayoutName = "one_plus"

"""Who acknowledged the notice of recording, where, when, and which version of it (pure)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Acknowledgement(BaseModel):
    """Ticked by a local officer after the notice was read aloud."""

    model_config = ConfigDict(frozen=True)

    name: str
    place: str
    version: str
    at: datetime


class Notices(BaseModel):
    """The newest acknowledgement of each endpoint."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    acknowledged: dict[str, Acknowledgement] = {}

    def put(self, endpoint_id: str, *, name: str, place: str, version: str, now: datetime) -> Notices:
        """One more."""
        found = Acknowledgement(name=name, place=place, version=version, at=now)
        return self.model_copy(update={"acknowledged": {**self.acknowledged, endpoint_id: found}})

    def of(self, endpoint_id: str, *, version: str) -> Acknowledgement | None:
        """The endpoint's, if it is of this version."""
        found = self.acknowledged.get(endpoint_id)
        return found if found is not None and found.version == version else None

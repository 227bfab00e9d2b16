"""What operators and the sites' technicians write to each other (pure). It is for them alone: rooms never show it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Scope = Literal["ky_thuat"]
SCOPE: Scope = "ky_thuat"
KEPT = 500


class Line(BaseModel):
    """One line. endpoint_id: the site it was written to, or came from (`from_site`); None: to all sites."""

    model_config = ConfigDict(frozen=True)

    id: int
    at: datetime
    by: str
    text: str
    endpoint_id: str | None = None
    from_site: bool = False


class BackChannel(BaseModel):
    """The newest lines of a session, oldest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lines: tuple[Line, ...] = ()
    number: int = 0

    def say(
        self, text: str, *, by: str, now: datetime, endpoint_id: str | None = None, from_site: bool = False
    ) -> BackChannel:
        """One more."""
        line = Line(id=self.number + 1, at=now, by=by, text=text, endpoint_id=endpoint_id, from_site=from_site)
        return self.model_copy(update={"lines": (*self.lines, line)[-KEPT:], "number": line.id})

    def of_site(self, endpoint_id: str) -> list[Line]:
        """What one site's technician reads: what is for all, and what goes between him and the operators."""
        return [each for each in self.lines if each.endpoint_id in (None, endpoint_id)]

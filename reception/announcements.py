"""What operators say to all rooms or to one (pure)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

KEPT = 100


class Announcement(BaseModel):
    """A text on the rooms' screens until it is withdrawn. endpoint_id None: to all."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    at: datetime
    by: str
    endpoint_id: str | None = None
    withdrawn_at: datetime | None = None


class Announcements(BaseModel):
    """All of a session, oldest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    announcements: tuple[Announcement, ...] = ()
    number: int = 0

    def say(self, text: str, *, by: str, now: datetime, endpoint_id: str | None = None) -> Announcements:
        """Show a text."""
        said = Announcement(id=str(self.number + 1), text=text, at=now, by=by, endpoint_id=endpoint_id)
        return self.model_copy(update={"announcements": (*self.announcements, said)[-KEPT:], "number": self.number + 1})

    def withdraw(self, announcement_id: str, *, now: datetime) -> Announcements:
        """Take a text off the screens; nothing where it is off already."""
        return self.model_copy(
            update={
                "announcements": tuple(
                    each.model_copy(update={"withdrawn_at": now})
                    if each.id == announcement_id and each.withdrawn_at is None
                    else each
                    for each in self.announcements
                )
            }
        )

    def shown_to(self, endpoint_id: str) -> list[Announcement]:
        """What one room's screen shows now, the newest last."""
        return [
            each for each in self.announcements if each.withdrawn_at is None and each.endpoint_id in (None, endpoint_id)
        ]

"""The private consultation room (pure): whom the chair asked in, and who is there. Nothing said there is recorded."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Consultation(BaseModel):
    """`invited`: asked and not yet there. The host is a member like any other."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    invited: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    def invite(self, endpoint_id: str, *, host: str) -> Consultation:
        """Ask one in. With the first the host goes in as well."""
        members = self.members if host in self.members else (host, *self.members)
        if endpoint_id in members:
            return self.model_copy(update={"members": members})
        invited = tuple(each for each in self.invited if each != endpoint_id)
        return self.model_copy(update={"members": members, "invited": (*invited, endpoint_id)})

    def enter(self, endpoint_id: str) -> Consultation:
        """Whoever was asked goes in; nobody else."""
        if endpoint_id not in self.invited:
            return self
        return self.model_copy(update={"invited": self._without(endpoint_id), "members": (*self.members, endpoint_id)})

    def leave(self, endpoint_id: str, *, host: bool) -> Consultation:
        """Out, or an invitation declined. When the host leaves the room is closed."""
        if host and endpoint_id in self.members:
            return Consultation()
        return self.model_copy(
            update={
                "invited": self._without(endpoint_id),
                "members": tuple(each for each in self.members if each != endpoint_id),
            }
        )

    def _without(self, endpoint_id: str) -> tuple[str, ...]:
        return tuple(each for each in self.invited if each != endpoint_id)

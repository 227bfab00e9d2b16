"""Who waits outside and who is in the room (pure)."""

from pydantic import BaseModel, ConfigDict


class Lobby(BaseModel):
    """`on`: whoever comes waits until admitted, but for the centre. `held`: sent back to wait, whatever `on` says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    on: bool = False
    admitted: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    def waits(self, endpoint_id: str, *, role: str) -> bool:
        """Whether an endpoint has to wait. The centre is the host's room: it waits only where it was sent back."""
        if endpoint_id in self.held:
            return True
        return self.on and role != "central" and endpoint_id not in self.admitted

    def admit(self, endpoint_ids: list[str]) -> "Lobby":
        """Let them in, now and whenever they come again."""
        admitted = (*self.admitted, *(each for each in endpoint_ids if each not in self.admitted))
        return self.model_copy(
            update={"admitted": admitted, "held": tuple(each for each in self.held if each not in endpoint_ids)}
        )

    def hold(self, endpoint_id: str) -> "Lobby":
        """Send one back to wait until it is admitted again."""
        held = (*(each for each in self.held if each != endpoint_id), endpoint_id)
        return self.model_copy(
            update={"admitted": tuple(each for each in self.admitted if each != endpoint_id), "held": held}
        )

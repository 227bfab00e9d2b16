"""How a recording stands."""

from dataclasses import dataclass


@dataclass(slots=True)
class RecordingStatus:
    """`dropped`: packets that the recorder's process was too slow for. `fault`: what is wrong, "" if nothing."""

    seconds: float = 0.0
    bytes: int = 0
    free_bytes: int = 0
    dropped: int = 0
    fault: str = ""

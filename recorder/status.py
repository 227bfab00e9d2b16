"""How a recording stands."""

from dataclasses import dataclass


@dataclass(slots=True)
class RecordingStatus:
    """`dropped`: packets that the recorder's process was too slow for. `fault`: what is wrong, "" if nothing.

    `warning`: disk_low, disk_critical, disk_failed, second_disk or ""; `hours_left`: how long the disk lasts, None if
    not known yet. `syncs`: calls of fdatasync; `head`: the newest hash of the signed chain.
    """

    seconds: float = 0.0
    bytes: int = 0
    syncs: int = 0
    free_bytes: int = 0
    dropped: int = 0
    fault: str = ""
    warning: str = ""
    hours_left: float | None = None
    head: str = ""

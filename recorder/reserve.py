"""Room kept back on the recordings' disk: when it is full the chain still has somewhere to go."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class Reserve:
    """A file of `size_bytes` beside a recording's directory, that is given up in need and at the end."""

    def __init__(self, directory: Path, size_bytes: int = 0) -> None:
        self._path = directory.parent / f".reserve-{directory.name}"
        self.size_bytes = size_bytes

    def take(self) -> None:
        """Hold the room, if there is so much."""
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self.size_bytes)
        except OSError:
            with suppress(OSError):
                self.release()

    def release(self) -> None:
        """Give it up."""
        self._path.unlink(missing_ok=True)

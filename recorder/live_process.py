"""The muxer behind the journal, as the recorder's process sees it: started when media come, never waited for."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from config.models import RecordingSettings

AFTER_S = 3.0  # of media: what is over sooner needs no live track
RESTART_S = 10.0
END_S = 5.0  # to finish its files when the part ends; the tracks proper need none of it


class LiveProcess:
    """`segment`: the first of the part."""

    def __init__(self, directory: Path, settings: RecordingSettings, *, part: int, segment: int) -> None:
        self._command = [
            *(sys.executable, "-m", "recorder.live"),
            *("--settings", settings.model_dump_json()),
            *("--part", str(part), "--segment", str(segment), str(directory)),
        ]
        self._wanted = settings.live_tracks
        self._process: subprocess.Popen[bytes] | None = None
        self._due_s: float | None = None

    def on_media(self, *, now: float) -> None:
        """Packets come."""
        if self._wanted and self._due_s is None:
            self._due_s = now + AFTER_S

    def tick(self, *, now: float) -> None:
        """Start it when it is time, and again when it has died; not when it ended by itself, for want of room."""
        if not self._wanted or self._due_s is None or now < self._due_s:
            return
        if self._process is None:
            with suppress(OSError):
                self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE)
        code = self._process.poll() if self._process is not None else 1
        if code == 0:
            self._wanted = False
        elif code is not None:
            self._let_go()
            self._due_s = now + RESTART_S

    def _let_go(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None

    def end(self) -> None:
        """The part is over: it finishes its files, or is killed."""
        process = self._process
        if process is None:
            return
        self._let_go()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

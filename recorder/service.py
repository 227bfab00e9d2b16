"""The recorder as the server sees it: start a recording, hand it packets, end it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from config.models import RecordingSettings
from recorder.catalogue import is_sealed, is_stamped, recording_directories, seal_of
from recorder.journal import segment_numbers
from recorder.master_key import Keyring, KeyUnavailable
from recorder.readme import write_readme
from recorder.recording import SessionRecording

__all__ = ["Recorder", "RecorderUnavailable", "RecordingFacts", "SessionRecording"]

log = structlog.get_logger("recorder")

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFacts:
    """What a recording is of. `endpoints`: id → name. `wall_offset_s`: Unix time minus the media clock.

    `place`: where the session is held; `persons`: names of those who take part. The catalogue finds it by them.
    """

    session_id: str
    title: str
    kind: str
    endpoints: Mapping[str, str]
    wall_offset_s: float
    place: str = ""
    persons: Sequence[str] = ()


class RecorderUnavailable(Exception):
    """Nothing would be recorded; the session must not go live."""

    def __init__(self, code: str, reason_vi: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.code, self.reason_vi, self.reason_en = code, reason_vi, reason_en


class Recorder:
    """Starts a process for each live session, under DATA/recordings."""

    def __init__(self, settings: RecordingSettings, *, data: Path) -> None:
        self._settings = settings
        self._data = data
        self.root = data / "recordings"
        self._seals: dict[str, str] = {}
        self.keys = Keyring.of(data, settings.master_key)

    def check_disk(self) -> None:
        """Raises RecorderUnavailable if the disk is too full or cannot be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / f".probe-{os.getpid()}"  # another worker may probe at the same moment
            probe.write_bytes(b"x")
            probe.unlink()
            free = shutil.disk_usage(self.root).free
        except OSError as error:
            raise RecorderUnavailable(
                "unwritable",
                f"Không ghi được vào thư mục bản ghi {self.root}: {error.strerror}.",
                f"The recordings' directory {self.root} cannot be written: {error.strerror}.",
            ) from None
        if free < self._settings.min_free_mib * MIB:
            raise RecorderUnavailable(
                "disk_full",
                f"Ổ đĩa chỉ còn trống {free // MIB} MiB, cần ít nhất {self._settings.min_free_mib} MiB. "
                "Hãy giải phóng dung lượng rồi thử lại.",
                f"Only {free // MIB} MiB are free, at least {self._settings.min_free_mib} MiB are needed. "
                "Free some space and try again.",
            )

    def prepare_master_key(self) -> None:
        """Where recordings are encrypted: there is a master key, made now if there was none.

        Raises RecorderUnavailable if it cannot be read or made.
        """
        if not self._settings.encrypt:
            return
        existed = self.keys.exists
        try:
            key = self.keys.load_or_make()
        except KeyUnavailable as error:
            raise RecorderUnavailable(
                "no_master_key", f"Không dùng được khóa mã hóa bản ghi: {error}.", f"{str(error).capitalize()}."
            ) from None
        if not existed:
            log.warning(
                "a master key was made: keep a copy elsewhere NOW; without it no encrypted recording can be played",
                path=str(self.keys.path),
                key=key.id,
            )

    async def start(self, facts: RecordingFacts, *, on_fault: Callable[[str], None]) -> SessionRecording:
        """A recording that is on disk. A session recorded before goes on as its next part.

        on_fault: called with a reason when the process is in trouble, with "" when it is well again.
        Raises RecorderUnavailable.
        """
        self.check_disk()
        directory = self.root / facts.session_id
        directory.mkdir(parents=True, exist_ok=True)
        self.prepare_master_key()
        write_readme(directory, encrypted=self._settings.encrypt)
        part = {
            "session_id": facts.session_id,
            "title": facts.title,
            "kind": facts.kind,
            "endpoints": dict(facts.endpoints),
            "place": facts.place,
            "persons": list(facts.persons),
            "wall_offset_us": int(facts.wall_offset_s * 1e6),
            "part": 1 + len(segment_numbers(directory)),
        }
        recording = SessionRecording(
            directory, part, settings=self._settings, data=self._data, on_fault=on_fault, on_done=self._done
        )
        try:
            await recording.start()
        except (OSError, TimeoutError) as error:
            raise RecorderUnavailable(
                "no_process",
                "Tiến trình ghi hình không khởi động được. Bấm “Khởi động lại ghi hình” hoặc báo kỹ thuật.",
                f"The recorder's process did not confirm that it writes: {error}.",
            ) from None
        return recording

    def state_of(self, session_id: str) -> str:
        """off, finishing or done."""
        directory = self.root / session_id
        if not directory.exists():
            return "off"
        return "done" if session_id in self._seals or is_sealed(directory) else "finishing"

    def seal_of(self, session_id: str) -> str:
        """The hash of a finished recording's seal; read once."""
        seal = self._seals.get(session_id) or seal_of(self.root / session_id)
        if seal:
            self._seals[session_id] = seal
        return seal

    def _done(self, session_id: str) -> None:
        log.info("recording complete", session=session_id)

    async def complete_unfinished(self, *, ours: Callable[[str], bool]) -> None:
        """Derive and seal what a crash left. `ours`: whether a session of this id is over, and this process's to do."""
        for directory in recording_directories(self.root):
            if not ours(directory.name) or self._complete(directory) or not segment_numbers(directory):
                continue
            log.warning("completing a recording that was left unsealed or unstamped", session=directory.name)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "recorder.process",
                "--complete",
                *("--data", str(self._data)),
                *("--settings", self._settings.model_dump_json()),
                str(directory),
            )
            code = await process.wait()
            if code:
                log.error("completing failed", session=directory.name, exit_code=code)

    def _complete(self, directory: Path) -> bool:
        return is_sealed(directory) and (not self._settings.timestamp_url or is_stamped(directory))

"""One session's recording, on the server's side: implements the tap, feeds the process, never waits."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from config.models import RecordingSettings
from recorder.channel import FLUSH_S, Channel, socket_pair
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_json, build_record
from recorder.space import SpaceWatch
from recorder.status import RecordingStatus
from sfu.rtp.packet import Packet
from sfu.tap import PublicationFacts
from sfu.types import EndpointId, PublicationId

log = structlog.get_logger("recorder")

CONFIRM_TIMEOUT_S = 15.0
RESTART_DELAY_S = 0.5
MAX_FACT_CHARS = 4000
STOP_PATIENCE_S = 60.0  # a stalled disk, or a process that is started anew, may still take the last of it
SHORTEST_WAIT_S = 0.25  # for the first key frame; a shorter one is no gap
GIVEN_UP_AFTER_S = 1.0  # sfu.nack: what is missing so long is not asked for any more
FAILED = "Ổ đĩa bị lỗi, KHÔNG ghi được hình và tiếng. Buổi tiếp vẫn diễn ra. Hãy báo kỹ thuật kiểm tra ổ đĩa ngay."
FULL = "Ổ đĩa đã đầy, KHÔNG ghi được hình và tiếng. Buổi tiếp vẫn diễn ra. Hãy giải phóng dung lượng ngay."


class SessionRecording:
    """Implements sfu.tap.Tap. Records wait in a bounded queue while the process is busy."""

    def __init__(
        self,
        directory: Path,
        part: dict[str, Any],
        *,
        settings: RecordingSettings,
        data: Path,
        on_fault: Callable[[str], None],
        on_done: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._part = part
        self._settings = settings
        self._data = data
        self._on_fault = on_fault
        self._on_done = on_done
        self._limit = settings.queue_mib << 20
        self._started_s = time.monotonic()
        self._channel = Channel(self._on_status)
        self._process: asyncio.subprocess.Process | None = None
        self._confirmed = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._writing_wanted = False
        self._ended = False
        self._lost = 0
        self._lost_since = 0.0
        self._stays: dict[EndpointId, int] = {}
        self._open: dict[PublicationId, PublicationFacts] = {}
        self._just_ended: list[PublicationFacts] = []  # some of their packets may still be unconfirmed
        self._stay_count = 0
        self._space = SpaceWatch(warn_hours=settings.warn_free_hours, critical_hours=settings.critical_free_hours)
        self.status = RecordingStatus()

    @property
    def process_id(self) -> int:
        """Of the recorder's process."""
        assert self._process is not None
        return self._process.pid

    # --- beginning and end ---

    async def start(self) -> None:
        """Start the process and wait until it has confirmed that it writes. Raises OSError, TimeoutError."""
        ours, theirs = socket_pair()
        with theirs:
            try:
                self._process = await self._start_process(theirs.fileno())
            except OSError:
                ours.close()
                raise
        self._confirmed.clear()
        now = time.monotonic()
        head = build_json(RecordType.PART, self._part, arrival_s=now)
        for facts in [*self._just_ended, *self._open.values()]:
            head += self._publication_record(facts, now)
        self._channel.connect(ours, head)
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                await self._confirmed.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            self._channel.close()
            raise
        self._writing_wanted = True
        self._watcher = asyncio.get_running_loop().create_task(self._watch(self._process), name="recorder watcher")

    async def _start_process(self, descriptor: int) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "recorder.process",
            *("--record", str(descriptor)),
            *("--data", str(self._data)),
            *("--settings", self._settings.model_dump_json()),
            str(self._directory),
            pass_fds=[descriptor],
            start_new_session=True,  # Ctrl-C is the server's to handle: it ends the recording in order
        )

    async def finish(self) -> None:
        """The session ended: the process completes the files; returns when it is done."""
        await self._stop(RecordType.END)
        self._on_done(str(self._part["session_id"]))

    async def suspend(self) -> None:
        """The server stops in order; the session may go on later as another part."""
        await self._stop(RecordType.SUSPEND)

    async def _stop(self, kind: RecordType) -> None:
        if self._ended:
            return
        self._say_what_was_lost()
        self._put(build_json(kind, {}, arrival_s=time.monotonic()), important=True)
        self._ended = True
        patience_s = time.monotonic() + STOP_PATIENCE_S
        while self._channel.waiting_bytes and time.monotonic() < patience_s:
            self._channel.flush()
            await asyncio.sleep(FLUSH_S)
        self._writing_wanted = False
        if self._process is not None:
            await self._process.wait()
        if self._watcher is not None:
            await self._watcher
        self._channel.close()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """The process must not end while it is wanted; if it does, another goes on as the next part."""
        code = await process.wait()
        self._channel.close()
        while self._writing_wanted and not (self._ended and not self._channel.waiting_bytes):
            reason = f"Tiến trình ghi hình dừng đột ngột (mã {code}). Đang khởi động lại."
            log.error("recorder process died", exit_code=code, session=self._part["session_id"])
            self._fault(reason)
            self._part["part"] += 1
            try:
                await self.start()
            except (OSError, TimeoutError) as error:
                log.error("recorder process cannot be restarted", error=str(error))
                await asyncio.sleep(RESTART_DELAY_S)
                continue
            self._fault("")
            return

    def _fault(self, reason: str) -> None:
        """Trouble, or the end of it ("")."""
        if reason != self.status.fault:
            self.status.fault = reason
            self._on_fault(reason)

    # --- Tap ---

    def on_publication(self, facts: PublicationFacts, *, now: float) -> None:
        """See Tap. Publications of one endpoint that overlap are of one stay."""
        if not any(each.endpoint_id == facts.endpoint_id for each in self._open.values()):
            self._stay_count += 1
            self._stays[facts.endpoint_id] = self._stay_count
        self._open[facts.publication_id] = facts
        self._put(self._publication_record(facts, now), important=True)

    def _publication_record(self, facts: PublicationFacts, now: float) -> bytes:
        body = {
            "publication": facts.publication_id,
            "endpoint_id": facts.endpoint_id,
            "stay": f"{self._part['part']}-{self._stays.get(facts.endpoint_id, 0)}",
            "source": facts.source.value,
            "kind": facts.kind.value,
            "codecs": [
                {
                    "name": codec.name,
                    "payload_type": codec.payload_type,
                    "clock_rate_hz": codec.clock_rate_hz,
                    "channels": codec.channels,
                    "fmtp": codec.fmtp,
                }
                for codec in facts.codecs
            ],
        }
        return build_json(RecordType.PUBLICATION, body, arrival_s=now)

    def on_publication_ended(self, publication_id: PublicationId, *, now: float) -> None:
        """See Tap."""
        facts = self._open.pop(publication_id, None)
        if facts is not None:
            self._just_ended.append(facts)
        body = {"publication": publication_id}
        self._put(build_json(RecordType.PUBLICATION_ENDED, body, arrival_s=now), important=True)

    def on_packet(self, publication_id: PublicationId, packet: Packet) -> None:
        """See Tap."""
        body = RTP_HEAD.pack(publication_id) + packet.data
        self._put(build_record(RecordType.RTP, body, arrival_s=packet.arrival_s))

    def on_sender_report(
        self, publication_id: PublicationId, *, ssrc: int, ntp: int, rtp_timestamp: int, arrival_s: float
    ) -> None:
        """See Tap."""
        body = SENDER_REPORT.pack(publication_id, ssrc, ntp, rtp_timestamp)
        self._put(build_record(RecordType.SENDER_REPORT, body, arrival_s=arrival_s))

    def on_gap(self, publication_id: PublicationId, *, ssrc: int, sequences: list[int], now: float) -> None:
        """See Tap."""
        body = {
            "cause": "not received",
            "publication": publication_id,
            "ssrc": ssrc,
            "count": len(sequences),
            "first": sequences[0] & 0xFFFF,
            "last": sequences[-1] & 0xFFFF,
            "from_ms": self._wall_ms(now - GIVEN_UP_AFTER_S),
            "to_ms": self._wall_ms(now),
        }
        self._put(build_json(RecordType.GAP, body, arrival_s=now), important=True)

    def on_awaited(self, publication_id: PublicationId, *, since_s: float, now: float) -> None:
        """See Tap."""
        if now - since_s < SHORTEST_WAIT_S:
            return
        body = {
            "cause": "key frame awaited",
            "publication": publication_id,
            "count": 0,
            "from_ms": self._wall_ms(since_s),
            "to_ms": self._wall_ms(now),
        }
        self._put(build_json(RecordType.GAP, body, arrival_s=now), important=True)

    def event(self, kind: str, **facts: object) -> None:
        """See note_event."""
        self.note_event(kind, facts)

    def note_event(self, kind: str, facts: Mapping[str, object]) -> None:
        """Something that happened (join, leave, speak, mute, pause, marker, script, alarm, …): into the journal and, as
        a note, into the signed chain. Values become text, of MAX_FACT_CHARS at most."""
        body = {"kind": kind, **{key: str(value)[:MAX_FACT_CHARS] for key, value in facts.items()}}
        self._put(build_json(RecordType.EVENT, body, arrival_s=time.monotonic()), important=True)

    # --- the channel ---

    def _wall_ms(self, media_s: float) -> int:
        """Unix ms of a moment of the media clock."""
        return round(media_s * 1000 + int(self._part["wall_offset_us"]) / 1000)

    def _put(self, record: bytes, *, important: bool = False) -> None:
        """Queue a record. When the queue is full packets are counted as lost; what says so always fits."""
        if self._ended:
            return
        if important or self._channel.waiting_bytes + len(record) <= self._limit:
            self._channel.put(record)
            return
        if not self._lost:
            self._lost_since = time.monotonic()
        self._lost += 1
        self.status.dropped += 1

    def _say_what_was_lost(self) -> None:
        if not self._lost:
            return
        now = time.monotonic()
        gap = {
            "cause": "recorder too slow",
            "count": self._lost,
            "from_ms": self._wall_ms(self._lost_since),
            "to_ms": self._wall_ms(now),
        }
        self._lost = 0
        self._put(build_json(RecordType.GAP, gap, arrival_s=now), important=True)

    def _on_status(self, line: dict[str, Any]) -> None:
        """A status line of the process."""
        now = time.monotonic()
        if line.get("writing"):
            self._confirmed.set()
        if self._channel.waiting_bytes < self._limit // 2:
            self._say_what_was_lost()
        if not self._channel.waiting_bytes:
            self._just_ended.clear()
        status = self.status
        status.seconds = now - self._started_s
        if "bytes" in line:
            status.bytes, status.syncs, status.head = int(line["bytes"]), int(line["syncs"]), str(line["head"])
            status.free_bytes = int(line["second_free_bytes"] if line["on_second"] else line["free_bytes"])
            # What the live tracks take the tracks proper will: both count for how long the disk lasts.
            live = 0 if line["on_second"] else int(line["live_bytes"])
            self._look_at_space(
                written_bytes=status.bytes + live,
                full=bool(line["full"]),
                cause=str(line["cause"]),
                on_second=bool(line["on_second"]),
                failed=bool(line["failed"]),
                now=now,
            )

    def _look_at_space(
        self, *, written_bytes: int, full: bool, cause: str, on_second: bool, failed: bool, now: float
    ) -> None:
        """Alarms before the disk is full, and when it is."""
        status = self.status
        changed = self._space.update(written_bytes=written_bytes, free_bytes=status.free_bytes, now=now)
        status.hours_left = self._space.hours_left
        state = "disk_failed" if failed else ("second_disk" if on_second else "")
        moved = bool(state) and status.warning != state and not self._space.level
        status.warning = f"disk_{self._space.level}" if self._space.level else state
        if changed or moved:
            hours = round(self._space.hours_left or 0.0, 2)
            log.warning("recording space", warning=status.warning or "none", hours_left=hours, **self._log_facts())
            self.event("disk", warning=status.warning or "none", hours_left=hours)
        if full or status.fault in (FULL, FAILED):
            self._fault((FAILED if cause == "disk failed" else FULL) if full else "")

    def _log_facts(self) -> dict[str, Any]:
        return {"session": self._part["session_id"], "free_bytes": self.status.free_bytes}

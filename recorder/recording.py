"""One session's recording, on the server's side: implements the tap, feeds the process, never waits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from config.models import RecordingSettings
from recorder.journal import RTP_HEAD, SENDER_REPORT, RecordType, build_json, build_record
from recorder.status import RecordingStatus
from sfu.rtp.packet import Packet
from sfu.tap import PublicationFacts
from sfu.types import EndpointId, PublicationId

log = structlog.get_logger("recorder")

FLUSH_S = 0.02
CONFIRM_TIMEOUT_S = 15.0
RESTART_DELAY_S = 0.5
SOCKET_BUFFER_BYTES = 1 << 20
FLUSH_BYTES = 64 * 1024


class SessionRecording:
    """Implements sfu.tap.Tap. Records wait in a bounded buffer while the process's socket is full."""

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
        self._buffer = bytearray()
        self._lines = bytearray()
        self._socket: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._confirmed = asyncio.Event()
        self._flush_handle: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._writing_wanted = False
        self._ended = False
        self._lost = 0
        self._lost_since: float | None = None
        self._stays: dict[EndpointId, int] = {}
        self._open: dict[PublicationId, PublicationFacts] = {}
        self._stay_count = 0
        self.status = RecordingStatus()

    # --- beginning and end ---

    async def start(self) -> None:
        """Start the process and wait until it has confirmed that it writes. Raises OSError, TimeoutError."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            ours.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
        settings = self._settings
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "recorder.process",
            *("--record", str(theirs.fileno())),
            *("--data", str(self._data)),
            *("--sync-interval", str(settings.sync_interval_s)),
            *("--segment-seconds", str(settings.segment_seconds)),
            *("--segment-bytes", str(settings.segment_mib << 20)),
            str(self._directory),
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is the server's to handle: it ends the recording in order
        )
        theirs.close()
        self._socket = ours
        self._confirmed.clear()
        asyncio.get_running_loop().add_reader(ours.fileno(), self._on_readable)
        now = time.monotonic()
        head = build_json(RecordType.PART, self._part, arrival_s=now)
        for facts in self._open.values():
            head += self._publication_record(facts, now)
        self._buffer[:0] = head
        self._flush()
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                await self._confirmed.wait()
        except TimeoutError:
            self._close_socket()
            self._process.kill()
            await self._process.wait()
            raise
        self._writing_wanted = True
        self._watcher = asyncio.get_running_loop().create_task(self._watch(self._process), name="recorder watcher")

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
        self._ended = True
        self._writing_wanted = False
        self._put(build_json(kind, {}, arrival_s=time.monotonic()), important=True)
        while self._buffer and self._socket is not None:
            self._flush()
            await asyncio.sleep(FLUSH_S)
        if self._process is not None:
            await self._process.wait()
        if self._watcher is not None:
            await self._watcher
        self._close_socket()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """The process must not end while it is wanted; if it does, another goes on as the next part."""
        code = await process.wait()
        self._close_socket()
        lost_at = time.monotonic()
        while self._writing_wanted:
            reason = f"Tiến trình ghi hình dừng đột ngột (mã {code}). Đang khởi động lại."
            self.status.fault = reason
            log.error("recorder process died", exit_code=code, session=self._part["session_id"])
            self._on_fault(reason)
            self._part["part"] += 1
            try:
                await self._restart(lost_at)
            except (OSError, TimeoutError) as error:
                log.error("recorder process cannot be restarted", error=str(error))
                await asyncio.sleep(RESTART_DELAY_S)
                continue
            return

    async def _restart(self, lost_at: float) -> None:
        await self.start()
        gap = {"cause": "recorder process died", "from_us": int(lost_at * 1e6), "to_us": int(time.monotonic() * 1e6)}
        self._put(build_json(RecordType.GAP, gap, arrival_s=time.monotonic()), important=True)
        self.status.fault = ""
        self._on_fault("")

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
        self._open.pop(publication_id, None)
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
        }
        self._put(build_json(RecordType.GAP, body, arrival_s=now), important=True)

    def event(self, kind: str, **facts: object) -> None:
        """Something that happened, for the manifest."""
        body = {"kind": kind, **{key: str(value) for key, value in facts.items()}}
        self._put(build_json(RecordType.EVENT, body, arrival_s=time.monotonic()), important=True)

    # --- the channel ---

    def _put(self, record: bytes, *, important: bool = False) -> None:
        """Queue a record. When the queue is full packets are counted as lost; what says so always fits."""
        if len(self._buffer) + len(record) > self._limit and not important:
            self._lost += 1
            self.status.dropped += 1
            if self._lost_since is None:
                self._lost_since = time.monotonic()
            return
        self._buffer += record
        if self._flush_handle is None and not self._ended:
            delay = 0.0 if len(self._buffer) > FLUSH_BYTES else FLUSH_S
            self._flush_handle = asyncio.get_running_loop().call_later(delay, self._flush)

    def _flush(self) -> None:
        """Write what the socket takes; the rest when it is writable again."""
        if self._flush_handle is not None:
            self._flush_handle.cancel()
            self._flush_handle = None
        if self._socket is None:
            return
        try:
            while self._buffer:
                sent = self._socket.send(memoryview(self._buffer)[: 1 << 18])
                del self._buffer[:sent]
        except BlockingIOError:
            if not self._ended:
                self._flush_handle = asyncio.get_running_loop().call_later(FLUSH_S, self._flush)
            return
        except OSError:
            return  # the process is gone; its watcher acts
        self.status.seconds = time.monotonic() - self._started_s
        if self._lost:
            gap = {"cause": "recorder too slow", "count": self._lost, "from_us": int((self._lost_since or 0) * 1e6)}
            self._lost, self._lost_since = 0, None
            self._put(build_json(RecordType.GAP, gap, arrival_s=time.monotonic()), important=True)

    def _on_readable(self) -> None:
        """Status lines of the process."""
        assert self._socket is not None
        try:
            data = self._socket.recv(65536)
        except (BlockingIOError, OSError):
            return
        if not data:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            return
        self._lines += data
        *lines, rest = self._lines.split(b"\n")
        self._lines = bytearray(rest)
        for line in lines:
            self._on_status(json.loads(line))

    def _on_status(self, status: dict[str, Any]) -> None:
        if status.get("writing"):
            self._confirmed.set()
        self.status.bytes = status.get("bytes", self.status.bytes)
        self.status.free_bytes = status.get("free_bytes", self.status.free_bytes)

    def _close_socket(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

"""The way to the recorder's process: a queue in front of a non-blocking socket, that never waits.

What the process has not confirmed to be written is kept: when it is killed its successor gets it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from typing import Any

FLUSH_S = 0.02
FLUSH_BYTES = 64 * 1024
SEND_BYTES = 1 << 18
SENDS_AT_ONCE = 8  # then the loop has its turn: draining a long queue must not delay packets
SOCKET_BUFFER_BYTES = 1 << 20


def socket_pair() -> tuple[socket.socket, socket.socket]:
    """(ours, the process's). Raises OSError."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        ours.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
    return ours, theirs


class Channel:
    """`on_status` hears each status line of the process."""

    def __init__(self, on_status: Callable[[dict[str, Any]], None]) -> None:
        self._on_status = on_status
        self._socket: socket.socket | None = None
        self._kept = bytearray()
        self._head_bytes = 0  # of the kept: what was sent first and is for this process only
        self._sent = 0  # of the kept
        self._confirmed = 0  # of the stream to this process
        self._lines = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting_bytes(self) -> int:
        """Not confirmed yet."""
        return len(self._kept)

    @property
    def connected(self) -> bool:
        """Whether there is a process to send to."""
        return self._socket is not None

    def connect(self, ours: socket.socket, head: bytes) -> None:
        """A new process: `head` goes first, then everything that none has confirmed."""
        del self._kept[: self._head_bytes]
        self._kept[:0] = head
        self._head_bytes = len(head)
        self._sent = self._confirmed = 0
        self._lines.clear()
        self._socket = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._on_readable)
        self.flush()

    def put(self, record: bytes) -> None:
        """Queue a record; it is sent soon."""
        self._kept += record
        if self._timer is None:
            delay = 0.0 if len(self._kept) - self._sent > FLUSH_BYTES else FLUSH_S
            self._timer = asyncio.get_running_loop().call_later(delay, self.flush)

    def flush(self) -> None:
        """Write what the socket takes; the rest a little later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._socket is None:
            return
        try:
            for _ in range(SENDS_AT_ONCE):
                if self._sent == len(self._kept):
                    return
                with memoryview(self._kept) as view:
                    self._sent += self._socket.send(view[self._sent : self._sent + SEND_BYTES])
        except BlockingIOError:
            pass
        except OSError:
            return  # the process is gone; whoever waits for it acts
        self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self.flush)

    def _on_readable(self) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(1 << 16)
        except (BlockingIOError, OSError):
            return
        if not data:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            return
        self._read(data)

    def _read(self, data: bytes) -> None:
        self._lines += data
        *lines, rest = self._lines.split(b"\n")
        self._lines = bytearray(rest)
        for line in lines:
            status = json.loads(line)
            self._confirm(int(status.get("written", self._confirmed)))
            self._on_status(status)

    def _confirm(self, written: int) -> None:
        """The process has written so much of the stream."""
        count = written - self._confirmed
        del self._kept[:count]
        self._sent -= count
        self._head_bytes = max(0, self._head_bytes - count)
        self._confirmed = written

    def close(self) -> None:
        """Hear what the process still said, and let go of it."""
        if self._socket is None:
            return
        ours, self._socket = self._socket, None
        asyncio.get_running_loop().remove_reader(ours.fileno())
        with contextlib.suppress(OSError):
            while data := ours.recv(1 << 16):
                self._read(data)
        ours.close()

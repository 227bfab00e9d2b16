"""DATA/run: the workers' sockets, and locks by which one server at a time has the data directory."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import structlog

from diemcau.server import CannotStart

WAIT_S = 45.0  # a worker that was told to stop takes no longer
POLL_S = 0.1
MAX_SOCKET_PATH = 100  # bytes; the kernel takes 107

log = structlog.get_logger("diemcau")


def lock(path: Path, *, shared: bool = False) -> int | None:
    """A lock of this process on the file, as a descriptor to be closed; None if another has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def hold_as_worker(data: Path) -> int | None:
    """What tells the next server that a worker of this one still runs; the kernel lets go when the process ends."""
    return lock(data / "run" / "workers.lock", shared=True)


@contextlib.contextmanager
def run_directory(data: Path) -> Iterator[Path]:
    """The directory for sockets, this server's alone. Raises CannotStart if another server has the data directory."""
    directory = data / "run"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = lock(directory / "server.lock")
    if descriptor is None:
        raise CannotStart(
            f"Thư mục {data} đang được một máy chủ khác dùng. / Another server runs on the data directory {data}."
        )
    sockets = directory.resolve()
    short = len(str(sockets)) <= MAX_SOCKET_PATH - len("/worker-00.sock")
    try:
        if not short:
            sockets = Path(tempfile.mkdtemp(prefix="diemcau-"))
        yield sockets
    finally:
        if not short:
            shutil.rmtree(sockets, ignore_errors=True)
        os.close(descriptor)


async def former_workers_gone(data: Path) -> None:
    """Wait until no worker of a killed server is left; they end by themselves. Raises CannotStart after WAIT_S."""
    path = data / "run" / "workers.lock"
    descriptor = lock(path)
    if descriptor is None:
        log.warning("waiting for the workers of a server that was killed to end")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WAIT_S):
            while descriptor is None:
                await asyncio.sleep(POLL_S)
                descriptor = lock(path)
    if descriptor is None:
        raise CannotStart(f"A worker of a former server still runs on {data}: end the processes `diemcau.worker`.")
    os.close(descriptor)

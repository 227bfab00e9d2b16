"""The main process of several workers: starts them, hears them, starts them again when they die, and is their front."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable

import structlog
from aiohttp import web

from config.models import Settings
from diemcau.places import ports_lacking, tcp_port, udp_port, worker_settings
from diemcau.run_directory import former_workers_gone, run_directory
from diemcau.server import CannotStart, Listening, first_admin_url, listen, stop_at_signals
from reception.audit import audit_key
from reception.store import Store
from recorder.keys import load_or_make_key
from sfu.errors import SfuError
from signalling.front.app import make_front
from signalling.front.placement import spread
from signalling.front.pool import Backend, Pool
from signalling.front.reports import Report, Start
from signalling.people import People
from signalling.tokens import Tokens

FIRST_DELAY_S = 0.2
MAX_DELAY_S = 10.0
STEADY_S = 30.0  # a worker that lived this long did not die of its start
STOP_TIMEOUT_S = 45.0  # longer than a worker takes to complete what it may

log = structlog.get_logger("diemcau")


async def serve_with_workers(settings: Settings, *, on_ready: Callable[[Listening], None]) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotStart, StoreUnavailable."""
    data, count = settings.server.data, settings.server.workers
    lacking = ports_lacking(settings)
    if lacking:
        raise CannotStart(lacking)
    stop = stop_at_signals()
    with run_directory(data) as run:
        await former_workers_gone(data)
        store = await Store.open(settings.store_location)
        try:
            load_or_make_key(data)  # here, so that two workers do not make two
            audit_key(data / "keys")
            first_admin = await first_admin_url(People(store, settings))
            await store.placing.place(spread(await store.placing.placements(), count))
            pool = Pool(store, [run / f"worker-{index}.sock" for index in range(count)])
            await _serve(settings, pool, Tokens.of_data_directory(data), stop, first_admin, on_ready)
        finally:
            await store.close()


async def _serve(
    settings: Settings,
    pool: Pool,
    tokens: Tokens,
    stop: asyncio.Event,
    first_admin: str,
    on_ready: Callable[[Listening], None],
) -> None:
    app = make_front(pool, tokens)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    workers = [WorkerProcess(settings, pool, backend) for backend in pool.backends]
    running: list[asyncio.Task[None]] = []
    try:
        await runner.setup()
        await listen(runner, settings)
        running += [asyncio.create_task(each.run(), name=f"worker {each.index}") for each in workers]
        await _wait([each.ready for each in workers], stop, running)
        if not stop.is_set():
            numbers = range(len(workers))
            on_ready(
                Listening(
                    settings=settings,
                    tokens=tokens,
                    udp_ports=[udp_port(settings, number) for number in numbers],
                    tcp_ports=[tcp_port(settings, number) for number in numbers],
                    first_admin_url=first_admin,
                )
            )
            await _wait([stop], stop, running)
    finally:
        for site in list(runner.sites):
            await site.stop()
        await _stop(workers, running)
        await runner.cleanup()
        await pool.close()


async def _wait(events: list[asyncio.Event], stop: asyncio.Event, running: list[asyncio.Task[None]]) -> None:
    """Until all the events or the stop. Raises what the keeper of a worker raises."""
    waits = [asyncio.ensure_future(_all(events)), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait([*waits, *running], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    for task in running:
        if task.done():
            task.result()


async def _all(events: list[asyncio.Event]) -> bool:
    for event in events:
        await event.wait()
    return True


async def _stop(workers: list[WorkerProcess], running: list[asyncio.Task[None]]) -> None:
    for each in workers:
        each.stop()
    if running:
        _, late = await asyncio.wait(running, timeout=STOP_TIMEOUT_S)
        if late:
            log.error("workers did not stop in time and are killed", workers=len(late))
            for each in workers:
                each.kill()
        await asyncio.gather(*running, return_exceptions=True)


def delay_s(before_s: float, *, lived_s: float) -> float:
    """Seconds until a worker that died is started again: twice as long each time, unless it had lived well."""
    return FIRST_DELAY_S if lived_s >= STEADY_S or not before_s else min(2 * before_s, MAX_DELAY_S)


class WorkerProcess:
    """Keeps one worker running. `ready`: it was ready once."""

    def __init__(self, settings: Settings, pool: Pool, backend: Backend) -> None:
        self.index = backend.index
        self.ready = asyncio.Event()
        self._settings = settings
        self._pool = pool
        self._backend = backend
        self._stop = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Until told to stop. Raises CannotStart if the worker fails before it was ever ready."""
        loop = asyncio.get_running_loop()
        delay = 0.0
        while not self._stop.is_set():
            begun = loop.time()
            failure, code = await self._live()
            await self._pool.on_death(self._backend)
            if self._stop.is_set():
                return
            if not self.ready.is_set():
                raise CannotStart(failure or f"worker {self.index} ended at its start, exit code {code}: see the log")
            delay = delay_s(delay, lived_s=loop.time() - begun)
            log.error("a worker died", worker=self.index, exit_code=code, cause=failure, again_in_s=delay)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), delay)

    def stop(self) -> None:
        """In order."""
        self._stop.set()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def kill(self) -> None:
        """At once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _live(self) -> tuple[str, int]:
        """One life of the worker: (why it failed, if it said so; exit code)."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "diemcau.worker",
                str(self.index),  # so that who lists the processes can tell them apart
                str(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the main process's to handle
            )
        if self._stop.is_set():  # it was told to while there was no process to tell
            self.stop()
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            failure = await self._converse(reader, writer)
            return failure, await self._process.wait()
        finally:
            writer.close()  # a worker that still lives ends at this

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """Until the worker is silent for ever; why it failed."""
        failure = ""
        with contextlib.suppress(ConnectionError):
            writer.write(self._first_message())
            async for line in reader:
                report = Report.model_validate_json(line)
                if report.failed:
                    failure = report.failed
                    continue
                writer.write(self._pool.on_report(self._backend, report).line())
                await writer.drain()
                if report.ready:
                    self.ready.set()
        return failure

    def _first_message(self) -> bytes:
        try:
            settings = worker_settings(self._settings, self.index)
        except SfuError as error:
            raise CannotStart(str(error)) from None
        share = self._pool.ledger.share(self.index)
        return Start(settings=settings, worker=self.index, socket=self._backend.socket, share=share).line()

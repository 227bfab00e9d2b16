"""Composition: builds the whole and runs it until a signal."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

import structlog
from aiohttp import web

from config.models import Settings
from diemcau.backup.keeper import BackupKeeper
from reception.store import Store
from recorder.keys import load_or_make_key
from recorder.service import Recorder, RecorderUnavailable
from recorder.storage.service import StorageKeeper
from sfu.server import MediaServer
from signalling.app import make_app
from signalling.people import People
from signalling.services import Services
from signalling.tokens import Tokens

log = structlog.get_logger("diemcau")


class CannotStart(Exception):
    """The server cannot start; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What a server that is up says of itself. Media ports by worker.

    first_admin_url: the one-time link that makes the first administrator; "" where there is one.
    """

    settings: Settings
    tokens: Tokens
    udp_ports: list[int]
    tcp_ports: list[int]
    first_admin_url: str = ""


async def serve(settings: Settings, *, on_ready: Callable[[Listening], None]) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotStart, PortError, StoreUnavailable."""
    if settings.server.workers > 1:
        from diemcau.workers import serve_with_workers

        await serve_with_workers(settings, on_ready=on_ready)
        return
    from diemcau.run_directory import former_workers_gone, run_directory

    stop = stop_at_signals()
    async with AsyncExitStack() as held:
        held.enter_context(run_directory(settings.server.data))
        await former_workers_gone(settings.server.data)
        services, runner = await held.enter_async_context(stack(settings))
        await listen(runner, settings)
        async with working(services):
            ports = services.media.ports
            on_ready(
                Listening(
                    settings=settings,
                    tokens=services.tokens,
                    udp_ports=[settings.server.port],
                    tcp_ports=[ports.tcp_port],
                    first_admin_url=await first_admin_url(services.people),
                )
            )
            await stop.wait()


async def first_admin_url(people: People) -> str:
    """The one-time link that makes the first administrator; "" where there is one."""
    token = await people.links.first_admin()
    return people.setup_url(token) if token is not None else ""


@asynccontextmanager
async def stack(
    settings: Settings, *, media_port: int | None = None, worker: int | None = None
) -> AsyncIterator[tuple[Services, web.AppRunner]]:
    """Everything of one process, built and torn down; whoever enters makes the runner listen.

    media_port: UDP; that of HTTP if None. worker: the process's number where there are several. Raises PortError,
    StoreUnavailable.
    """
    server = settings.server
    server.data.mkdir(parents=True, exist_ok=True)
    store = await Store.open(settings.store_location)
    media = MediaServer(
        settings.media,
        host=server.host,
        port=server.port if media_port is None else media_port,
        keyframe_interval_s=settings.recording.key_frame_interval_s,
    )
    load_or_make_key(server.data)  # at the first start, not at the first recording: its public half can be handed out
    recorder = Recorder(settings.recording, data=server.data)
    try:
        recorder.prepare_master_key()
    except RecorderUnavailable as error:  # whoever starts a session is told the same
        log.error("nothing can be recorded", reason=error.reason_en)
    tokens = Tokens.of_data_directory(server.data)
    services = Services(settings, store=store, media=media, recorder=recorder, tokens=tokens, worker=worker)
    runner = web.AppRunner(make_app(services, version=version("diemcau")), access_log=None, shutdown_timeout=2.0)
    try:
        await media.start()
        await runner.setup()
        yield services, runner
    finally:
        await services.shut_down()
        await runner.cleanup()
        await media.close()
        await store.close()


def _settle_memory() -> None:
    """What is loaded now stays; packets make no cycles, so the collector need not look after each few hundred."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@asynccontextmanager
async def working(services: Services) -> AsyncIterator[None]:
    """What was live goes on; then the second hand runs."""
    await services.recover()
    tasks = [asyncio.create_task(services.tick(), name="seats")]
    if services.worker in (None, 0):
        keeper = StorageKeeper(services.data, services.settings, services.catalogue)
        tasks.append(asyncio.create_task(keeper.run(), name="storage"))
        tasks.append(asyncio.create_task(BackupKeeper(services.settings).run(), name="backup"))
    _settle_memory()
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def stop_at_signals() -> asyncio.Event:
    """Set at SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


async def listen(runner: web.AppRunner, settings: Settings) -> None:
    """HTTP on the server's port. Raises CannotStart."""
    server = settings.server
    try:
        await web.TCPSite(runner, server.host, server.port, reuse_address=True).start()
    except OSError as error:
        raise CannotStart(
            f"Cổng {server.port} đang bận ({error.strerror}). Chọn cổng khác bằng --port hoặc tắt chương trình đó. / "
            f"Port {server.port} is taken: choose another with --port, or end the program that holds it."
        ) from None

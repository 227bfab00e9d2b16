"""Composition: builds the whole and runs it until a signal."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable
from importlib.metadata import version

import structlog
from aiohttp import web

from config.models import Settings
from reception.store import Store
from recorder.service import Recorder
from sfu.server import MediaServer
from signalling.app import make_app
from signalling.services import Services
from signalling.tokens import Tokens

log = structlog.get_logger("diemcau")


class CannotStart(Exception):
    """The server cannot start; the message says why and what to do."""


async def serve(settings: Settings, *, on_ready: Callable[[Services], None]) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotStart, PortError."""
    server = settings.server
    server.data.mkdir(parents=True, exist_ok=True)
    store = await Store.open(server.data / "diemcau.sqlite")
    media = MediaServer(
        settings.media,
        host=server.host,
        port=server.port,
        keyframe_interval_s=settings.recording.key_frame_interval_s,
    )
    recorder = Recorder(settings.recording, data=server.data)
    tokens = Tokens.of_data_directory(server.data)
    services = Services(settings, store=store, media=media, recorder=recorder, tokens=tokens)
    runner = web.AppRunner(make_app(services, version=version("diemcau")), access_log=None, shutdown_timeout=2.0)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        await media.start()
        await runner.setup()
        await _listen(runner, settings)
        await services.recover()
        ticking = asyncio.create_task(services.tick(), name="seats")
        _settle_memory()
        on_ready(services)
        await stop.wait()
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
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


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    server = settings.server
    try:
        await web.TCPSite(runner, server.host, server.port, reuse_address=True).start()
    except OSError as error:
        raise CannotStart(
            f"Cổng {server.port} đang bận ({error.strerror}). Chọn cổng khác bằng --port hoặc tắt chương trình đó. / "
            f"Port {server.port} is taken: choose another with --port, or end the program that holds it."
        ) from None

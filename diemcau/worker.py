"""`python -m diemcau.worker N FD`: worker N. The main process says over FD what it is to do; it ends when FD closes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys

import structlog
from aiohttp import web

from diemcau.logs import configure_logs
from diemcau.places import udp_port
from diemcau.run_directory import hold_as_worker
from diemcau.server import loop_factory, stack, stop_at_signals, working
from reception.store_errors import StoreUnavailable
from sfu.transport.ports import PortError
from signalling.front.reports import Report, Share, Start
from signalling.services import Services
from signalling.views import SiteLine

REPORT_S = 1.0


class SitePart:
    """This worker's part of the site's line, as the main process gives it."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.line_bps = 0  # the smallest of all workers' sessions; 0 before that is known

    def of(self, line_bps: int) -> int:
        """What may be used of the line that this worker's own profiles name."""
        return int(min(line_bps, self.line_bps or line_bps) * self.share)

    def of_way_in(self, line_bps: int) -> int:
        """The same of the way in, which the main process does not divide: who sends to more endpoints hears more."""
        return int(line_bps * self.share)


class MainProcess:
    """The channel to it: a report each second, a share back."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, services: Services, part: SitePart
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._services = services
        self._part = part
        self.ready = asyncio.Event()

    async def hear(self, stop: asyncio.Event) -> None:
        """Take each share; the end of the main process is the end of this one."""
        with contextlib.suppress(ConnectionError):
            async for line in self._reader:
                share = Share.model_validate_json(line)
                self._part.share, self._part.line_bps = share.share, share.line_bps
                self._services.site = SiteLine(used_bps=share.used_bps, limit_bps=share.line_bps)
        stop.set()

    async def tell(self) -> None:
        """Report each second, and at once when ready."""
        with contextlib.suppress(ConnectionError):
            while True:
                ready = self.ready.is_set()
                self._writer.write(self._report().line())
                await self._writer.drain()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(REPORT_S):
                        await (asyncio.Event() if ready else self.ready).wait()

    def _report(self) -> Report:
        media = self._services.media
        allocator = media.allocator
        return Report(
            ready=self.ready.is_set(),
            endpoints=sum(len(session.peers) for session in media.sessions.values()),
            share=self._part.share,
            used_bps=allocator.used_bps,
            line_bps=allocator.line_bps,
            audio_bps=allocator.audio_bps,
            demand_bps=allocator.demand_bps,
        )


async def work(descriptor: int) -> int:
    """Run until told to stop, or until the main process is gone; the exit code."""
    os.set_inheritable(descriptor, False)
    reader, writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=descriptor))
    start = Start.model_validate_json(await reader.readline())
    configure_logs(start.settings.log)
    structlog.contextvars.bind_contextvars(worker=start.worker)
    held = hold_as_worker(start.settings.server.data)
    try:
        await _run(start, reader, writer)
    except (PortError, StoreUnavailable) as error:
        writer.write(Report(failed=str(error)).line())
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        return 1
    finally:
        writer.close()
        if held is not None:
            os.close(held)
    return 0


async def _run(start: Start, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    stop = stop_at_signals()
    port = udp_port(start.settings, start.worker)
    async with stack(start.settings, media_port=port, worker=start.worker) as (services, runner):
        part = SitePart(start.share)
        services.media.allocator.part_of = part.of
        services.media.publishing.part_of = part.of_way_in
        await web.UnixSite(runner, str(start.socket)).start()
        main_process = MainProcess(reader, writer, services, part)
        tasks = [
            asyncio.create_task(main_process.hear(stop), name="main process: hear"),
            asyncio.create_task(main_process.tell(), name="main process: tell"),
        ]
        try:
            async with working(services):
                main_process.ready.set()
                await stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def main() -> None:
    """Entry."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        sys.exit(runner.run(work(int(sys.argv[2]))))


if __name__ == "__main__":
    main()

"""`make demo`: a rehearsal with synthetic endpoints, the console with its guide, and one free seat for a person."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

import aiohttp
import uvloop

from benchmarks.demo.scene import open_scene
from benchmarks.running import RunningServer

CLIP_SECONDS = 4


def say(text: str) -> None:
    """To the terminal, at once."""
    print(text, flush=True)


async def run(port: int, clip_seconds: int, seconds: float | None) -> None:
    """Until Ctrl-C, or for `seconds`."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await asyncio.to_thread(RunningServer, port, own_group=True)
    try:
        async with aiohttp.ClientSession() as client:
            opening = asyncio.create_task(open_scene(server, client, clip_seconds=clip_seconds, say=say))
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait((opening, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not opening.done():
                opening.cancel()
                await asyncio.gather(opening, return_exceptions=True)
                return
            scene = opening.result()
            say(f"Điều phối / operator:       {scene.console}")
            say(f"Điểm cầu trống / free seat: {scene.free_seat}")
            say("Mở đường dẫn điều phối và làm theo bảng “Hướng dẫn từng bước”. Nhấn Ctrl-C để dừng.")
            say("Open the operator's link and follow the panel “Step by step”. Press Ctrl-C to stop.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped, seconds)
            await scene.close()
    finally:
        await asyncio.to_thread(server.stop)
        say("Đã dừng, buổi tập đã được xóa. / Stopped, the rehearsal is gone.")


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--clip-seconds", type=int, default=CLIP_SECONDS, help="of each room's picture, then again")
    parser.add_argument("--seconds", type=float, default=None, help="end by itself after this time")
    arguments = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(arguments.port, arguments.clip_seconds, arguments.seconds))


if __name__ == "__main__":
    main()

"""`make demo`: a live rehearsal with synthetic endpoints, and one free link for a person."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

import aiohttp
import uvloop

from benchmarks.clip import load_clip
from benchmarks.endpoint import SyntheticEndpoint
from benchmarks.running import RunningServer

CLIP_SECONDS = 8


async def run(port: int, delegates: int, seconds: float | None) -> None:
    """Until Ctrl-C, or for `seconds`."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = RunningServer(port)
    endpoints: list[SyntheticEndpoint] = []
    try:
        session = server.create(delegates + 1, "Buổi chạy thử với các điểm cầu giả lập")
        *synthetic, free = session["endpoints"]
        async with aiohttp.ClientSession() as client:
            print("Đang mã hóa hình mẫu (chỉ lần đầu) / encoding pictures (the first time only)", flush=True)
            for index, each in enumerate(synthetic):
                clip = await asyncio.to_thread(load_clip, index, seconds=CLIP_SECONDS)
                endpoint = SyntheticEndpoint(server.base, each["token"], clip=clip, slots=delegates + 2, number=index)
                await endpoint.join(client)
                endpoints.append(endpoint)
            await asyncio.to_thread(server.call, "POST", f"/sessions/{session['id']}/start")
            print(f"Điều phối / operator:      {server.link}")
            print(f"Điểm cầu trống / free seat: {free['join_url']}")
            print("Nhấn Ctrl-C để dừng. / Press Ctrl-C to stop.", flush=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)
            for endpoint in endpoints:
                await endpoint.leave()
    finally:
        server.stop()


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delegates", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=None, help="end by itself after this time")
    arguments = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(arguments.port, arguments.delegates, arguments.seconds))


if __name__ == "__main__":
    main()

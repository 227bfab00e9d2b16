"""Runs in a network namespace: joins with synthetic endpoints and prints what arrives, a JSON line each second."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp

from benchmarks.clip import make_clip
from benchmarks.endpoint import SyntheticEndpoint


async def run(base: str, tokens: list[str], *, sends: bool, seconds: int) -> None:
    clips = [make_clip(index) for index in range(len(tokens))] if sends else []
    endpoints = [
        SyntheticEndpoint(base, token, clip=clips[index] if sends else None, slots=4)
        for index, token in enumerate(tokens)
    ]
    async with aiohttp.ClientSession() as client:
        for endpoint in endpoints:
            await endpoint.join(client)
        print(json.dumps({"joined": True}), flush=True)
        before: dict[str, int] = {}
        for _ in range(seconds):
            await asyncio.sleep(1)
            now = totals(endpoints)
            print(json.dumps({key: now[key] - before.get(key, 0) for key in now}), flush=True)
            before = now
        for endpoint in endpoints:
            await endpoint.leave()


def totals(endpoints: list[SyntheticEndpoint]) -> dict[str, Any]:
    judges = [judge for each in endpoints for judge in each.result.streams.values()]
    return {
        "audio_packets": sum(judge.packets for judge in judges if judge.audio),
        "audio_lost": sum(judge.lost for judge in judges if judge.audio),
        "bytes": sum(judge.bytes for judge in judges),
        "video_packets": sum(judge.packets for judge in judges if not judge.audio),
    }


if __name__ == "__main__":
    mode, url, length, *names = sys.argv[1:]
    asyncio.run(run(url, names, sends=mode == "send", seconds=int(length)))

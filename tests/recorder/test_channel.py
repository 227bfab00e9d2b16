"""What the recorder's process did not confirm goes to its successor."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest

from recorder.channel import Channel, socket_pair


def told(theirs: socket.socket, **status: Any) -> None:
    theirs.sendall(json.dumps(status).encode() + b"\n")


async def heard(theirs: socket.socket, size: int) -> bytes:
    data = b""
    for _ in range(200):
        if len(data) >= size:
            break
        try:
            data += theirs.recv(1 << 20, socket.MSG_DONTWAIT)
        except BlockingIOError:
            await asyncio.sleep(0.01)
    return data


async def until(condition: Any) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")


async def test_confirmed_records_are_forgotten_and_the_rest_goes_to_the_next_process() -> None:
    statuses: list[dict[str, Any]] = []
    channel = Channel(statuses.append)
    ours, theirs = socket_pair()
    channel.connect(ours, b"HEAD1")
    channel.put(b"aaaa")
    channel.put(b"bbbb")
    assert await heard(theirs, 13) == b"HEAD1aaaabbbb"
    told(theirs, written=9, bytes=1)
    await until(lambda: channel.waiting_bytes == 4)
    channel.put(b"cccc")
    assert await heard(theirs, 4) == b"cccc"
    theirs.close()
    channel.close()
    channel.put(b"dddd")
    ours, theirs = socket_pair()
    channel.connect(ours, b"HEAD2")
    assert await heard(theirs, 17) == b"HEAD2bbbbccccdddd"
    told(theirs, written=17)
    await until(lambda: channel.waiting_bytes == 0)
    assert [status["written"] for status in statuses] == [9, 17]
    theirs.close()
    channel.close()


async def test_the_last_words_of_a_dead_process_still_count() -> None:
    channel = Channel(lambda _: None)
    ours, theirs = socket_pair()
    channel.connect(ours, b"H")
    channel.put(b"aaaabbbb")
    await heard(theirs, 9)
    told(theirs, written=5)
    theirs.close()
    channel.close()
    assert channel.waiting_bytes == 4
    channel.close()


async def test_the_head_of_a_process_that_confirmed_nothing_is_not_sent_to_the_next() -> None:
    channel = Channel(lambda _: None)
    for head in (b"HEAD1", b"HEAD2"):
        ours, theirs = socket_pair()
        channel.connect(ours, head)
        if head == b"HEAD1":
            channel.put(b"aaaa")
        assert await heard(theirs, 9) == head + b"aaaa"
        theirs.close()
        channel.close()

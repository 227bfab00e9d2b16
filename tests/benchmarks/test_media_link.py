"""Loss emulation and the reading of datagrams; the whole link is tested against a server in test_end_to_end.py."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from benchmarks.datagrams import BATCH, CONTROL_BYTES, STAMP, STAMP_OFFSET, DatagramBatch, dropped_datagrams, open_udp
from benchmarks.media_link import Loss
from benchmarks.reading import ReadingClock


@pytest.fixture
def pair() -> tuple[socket.socket, socket.socket]:
    """(sender, receiver) on loopback."""
    receiver, sender = open_udp(), open_udp()
    receiver.bind(("127.0.0.1", 0))
    sender.connect(receiver.getsockname())
    yield sender, receiver  # type: ignore[misc]
    sender.close()
    receiver.close()


@pytest.mark.parametrize("share", [0.0, 0.05, 0.10, 1.0])
def test_loss_takes_its_share(share: float) -> None:
    loss = Loss(share, seed=1)
    hits = sum(loss.hits() for _ in range(20_000))
    assert hits == loss.dropped
    assert hits / 20_000 == pytest.approx(share, abs=0.006)


def test_loss_of_a_seed_is_always_the_same() -> None:
    first, second, third = (Loss(0.3, seed=seed) for seed in (1, 1, 2))
    sequences = [[loss.hits() for _ in range(100)] for loss in (first, second, third)]
    assert sequences[0] == sequences[1] != sequences[2]


def test_a_batch_has_every_datagram_with_the_kernels_time(pair: tuple[socket.socket, socket.socket]) -> None:
    sender, receiver = pair
    for number in range(BATCH + 3):
        sender.send(bytes((number,)) * (number + 1))
    batch = DatagramBatch()
    read = []
    while count := batch.read(receiver.fileno()):
        for index in range(count):
            size = batch.messages[index].msg_len
            seconds, nanoseconds = STAMP.unpack_from(batch.control, index * CONTROL_BYTES + STAMP_OFFSET)
            read.append((bytes(batch.buffers[index].view[:size]), seconds + nanoseconds * 1e-9))
    assert [data for data, _ in read] == [bytes((number,)) * (number + 1) for number in range(BATCH + 3)]
    # Which clock, not how fast: a machine's wall clock may be stepped or slewed under the test.
    assert all(abs(time.time() - at) < 60 for _, at in read)


def test_nothing_to_read_is_no_error(pair: tuple[socket.socket, socket.socket]) -> None:
    assert DatagramBatch().read(pair[1].fileno()) == 0


def test_datagrams_that_nobody_read_are_counted(pair: tuple[socket.socket, socket.socket]) -> None:
    sender, receiver = pair
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    assert dropped_datagrams(receiver) == 0
    for _ in range(100):
        sender.send(bytes(1000))
    assert 0 < dropped_datagrams(receiver) <= 100


async def test_the_reading_clock_calls_who_has_something(pair: tuple[socket.socket, socket.socket]) -> None:
    sender, receiver = pair
    clock, called = ReadingClock(asyncio.get_running_loop()), asyncio.Event()
    clock.add(receiver.fileno(), called.set)
    clock.add(sender.fileno(), lambda: pytest.fail("this socket has nothing"))
    sender.send(b"x")
    await asyncio.wait_for(called.wait(), 5)
    clock.remove(receiver.fileno())
    clock.remove(receiver.fileno())
    clock.remove(sender.fileno())

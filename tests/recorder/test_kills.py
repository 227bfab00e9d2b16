"""kill -9 of the recorder's process and of the server, at random moments: half a second at most is lost."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from config.models import RecordingSettings
from recorder.catalogue import read_entry
from recorder.completion import complete
from recorder.journal import RTP_HEAD, RecordType
from recorder.keys import load_or_make_key
from recorder.reader import read_journal
from recorder.service import Recorder, RecordingFacts
from recorder.verify import verify
from sfu.rtp.packet import parse_rtp_untrusted
from tests.recorder.streams import CAMERA, publications

INTERVAL_S = 0.005
FACTS = RecordingFacts(
    session_id="s1", title="t", kind="rehearsal", endpoints={}, wall_offset_s=time.time() - time.monotonic()
)
SETTINGS = RecordingSettings(min_free_mib=16, reserve_mib=1)


def packet(number: int) -> Any:
    """Its number is in its timestamp."""
    head = (
        bytes((0x80, 96)) + (number & 0xFFFF).to_bytes(2, "big") + number.to_bytes(4, "big") + (11).to_bytes(4, "big")
    )
    return parse_rtp_untrusted(head + bytes(500), arrival_s=time.monotonic())


def numbers(directory: Path) -> list[int]:
    return [
        int.from_bytes(record.body[RTP_HEAD.size + 4 : RTP_HEAD.size + 8], "big")
        for record in read_journal(directory)
        if record.type is RecordType.RTP
    ]


async def run_with_kills(data: Path, kills: int, seed: int, *, encrypt: bool = False) -> tuple[int, Path]:
    """Packets all the time, the process killed again and again; how many were sent."""
    chance = random.Random(seed)
    settings = SETTINGS.model_copy(update={"encrypt": encrypt})
    recording = await Recorder(settings, data=data).start(FACTS, on_fault=lambda _: None)
    for published in publications():
        recording.on_publication(published, now=time.monotonic())
    sent = 0
    ending = False

    async def send() -> None:
        nonlocal sent
        while not ending:
            recording.on_packet(CAMERA, packet(sent))
            sent += 1
            await asyncio.sleep(INTERVAL_S)

    sending = asyncio.create_task(send())
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.05, 1.2))
        os.kill(recording._process.pid, signal.SIGKILL)
        pid = recording._process.pid
        for _ in range(1000):
            if recording._process.pid != pid and recording._confirmed.is_set() and not recording.status.fault:
                break
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    ending = True
    await sending
    await recording.finish()
    return sent, data / "recordings" / "s1"


@pytest.mark.parametrize(
    ("kills", "seed", "encrypt"), [(2, 1, False), (2, 5, True), pytest.param(20, 2, False, marks=pytest.mark.slow)]
)
async def test_a_killed_recorder_costs_nothing(tmp_path: Path, kills: int, seed: int, encrypt: bool) -> None:
    sent, directory = await run_with_kills(tmp_path, kills, seed, encrypt=encrypt)
    assert set(numbers(directory)) == set(range(sent))
    gaps = read_entry(directory).gaps
    assert [gap["cause"] for gap in gaps] == ["recorder process died"] * kills
    assert all(0 <= gap["to_ms"] - gap["from_ms"] <= 500 for gap in gaps), gaps
    assert verify(directory).verdict == "whole"


SERVER = """
import asyncio, sys, time
from pathlib import Path
from recorder.service import Recorder
from tests.recorder.streams import CAMERA, publications
from tests.recorder.test_kills import FACTS, INTERVAL_S, SETTINGS, packet

async def main(data, number):
    recording = await Recorder(SETTINGS, data=data).start(FACTS, on_fault=lambda _: None)
    for published in publications():
        recording.on_publication(published, now=time.monotonic())
    while True:
        recording.on_packet(CAMERA, packet(number))
        print(number, flush=True)
        number += 1
        await asyncio.sleep(INTERVAL_S)

asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
"""


def serve_and_kill(data: Path, number: int, seconds: float) -> int:
    """A server that records packets from `number` on; the number of the last that it recorded when it was killed."""
    with subprocess.Popen([sys.executable, "-c", SERVER, str(data), str(number)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        last = int(server.stdout.readline())
        time.sleep(seconds)
        server.kill()
        rest = server.stdout.read().split()
    return int(rest[-1]) if rest else last


@pytest.mark.parametrize(("kills", "seed"), [(2, 3), pytest.param(20, 4, marks=pytest.mark.slow)])
def test_a_killed_server_costs_at_most_half_a_second(tmp_path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    last = -1
    ends = []
    for _ in range(kills):
        last = serve_and_kill(tmp_path, last + 1, chance.uniform(0.05, 1.2))
        ends.append(last)
    directory = tmp_path / "recordings" / "s1"
    from recorder.one_writer import one_writer

    with one_writer(directory):  # the last process has seen that its server is gone, and has closed the part
        complete(directory, load_or_make_key(tmp_path), SETTINGS, reason="test")
    found = numbers(directory)
    assert len(set(found)) == len(found)
    lost_s = [INTERVAL_S * (end - max(number for number in found if number <= end)) for end in ends]
    assert max(lost_s) <= 0.5, lost_s
    assert sum(lost_s) == pytest.approx(INTERVAL_S * (last + 1 - len(found)))
    assert [gap["cause"] for gap in read_entry(directory).gaps] == ["server killed"] * (kills - 1)
    assert verify(directory).verdict == "whole"


def test_both_killed_at_once_leave_a_recording_that_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(tmp_path), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as server:
        assert server.stdout is not None
        while int(server.stdout.readline()) < 300:
            pass
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        for pid in [server.pid, *map(int, children)]:
            os.kill(pid, signal.SIGKILL)
        last = int((server.stdout.read().split() or [b"300"])[-1])
    serve_and_kill(tmp_path, 10_000, 0.2)
    directory = tmp_path / "recordings" / "s1"
    found = [number for number in numbers(directory) if number < 10_000]
    assert INTERVAL_S * (last - max(found)) <= 0.5
    manifest = (directory / "manifest.jsonl").read_bytes().splitlines()
    notes = [json.loads(line) for line in manifest if b'"what":"gap"' in line]
    assert [json.loads(note["facts"])["cause"] for note in notes] == ["recorder process died"]

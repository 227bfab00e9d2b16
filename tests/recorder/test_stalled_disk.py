"""A disk that stalls for ten seconds: nothing is lost and nobody waits."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from config.models import RecordingSettings
from recorder.catalogue import read_entry
from recorder.journal import RecordType
from recorder.reader import read_journal
from recorder.service import Recorder, RecordingFacts
from recorder.verify import verify
from sfu.rtp.packet import parse_rtp_untrusted
from tests.recorder.mounts import disk_that_stalls, needs_root, stalled
from tests.recorder.streams import CAMERA, publications

STALL_S = 10.0
PACKETS_PER_S = 1900  # eleven endpoints of 1.5 Mb/s


@needs_root
@pytest.mark.slow
async def test_ten_seconds_of_a_stalled_disk_lose_nothing(tmp_path: Path) -> None:
    with disk_that_stalls(tmp_path / "disk", 256) as disk:
        settings = RecordingSettings(min_free_mib=16, reserve_mib=2)
        facts = RecordingFacts(session_id="s1", title="t", kind="rehearsal", endpoints={}, wall_offset_s=1.7e9)
        recording = await Recorder(settings, data=disk).start(facts, on_fault=lambda _: None)
        for published in publications():
            recording.on_publication(published, now=time.monotonic())
        sent = 0
        most_waiting = 0

        async def send(seconds: float) -> None:
            nonlocal sent, most_waiting
            begun, first = time.monotonic(), sent
            while (passed := time.monotonic() - begun) < seconds:
                while sent - first < passed * PACKETS_PER_S:
                    head = bytes((0x80, 96)) + (sent & 0xFFFF).to_bytes(2, "big") + bytes(4) + (11).to_bytes(4, "big")
                    recording.on_packet(CAMERA, parse_rtp_untrusted(head + bytes(1080), arrival_s=time.monotonic()))
                    sent += 1
                most_waiting = max(most_waiting, recording._channel.waiting_bytes)
                await asyncio.sleep(0.005)

        await send(1.0)
        with stalled(disk):
            await send(STALL_S)
        await send(1.0)
        await recording.finish()
        directory = disk / "recordings" / "s1"
        assert most_waiting > 10 << 20, "the disk did stall"
        assert recording.status.dropped == 0
        assert sum(1 for record in read_journal(directory) if record.type is RecordType.RTP) == sent
        assert read_entry(directory).gaps == []
        assert verify(directory).verdict == "whole"

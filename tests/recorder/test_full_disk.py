"""A disk that fills: warnings before, a second disk where there is one, and never the end of the session."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from config.models import RecordingSettings
from recorder.catalogue import read_entry
from recorder.completion import complete
from recorder.journal import RecordType, build_json, build_record
from recorder.keys import load_or_make_key
from recorder.reader import read_journal
from recorder.service import Recorder, RecordingFacts
from recorder.verify import verify
from recorder.writer import WriterLimits
from sfu.rtp.packet import parse_rtp_untrusted
from tests.recorder.made import SETTINGS, Part
from tests.recorder.mounts import needs_root, small_disk
from tests.recorder.streams import CAMERA, publications

pytestmark = needs_root
MIB = 1 << 20


def limits(**changes: Any) -> WriterLimits:
    return WriterLimits(
        **{"sync_interval_s": 0.25, "segment_seconds": 60.0, "segment_bytes": 8 * MIB, "reserve_bytes": MIB, **changes}
    )


def noise(count: int, at_s: float) -> bytes:
    """Records like those of packets that belong to nothing: 100 KiB each."""
    body = (99).to_bytes(4, "little") + bytes(100 << 10)
    return b"".join(build_record(RecordType.RTP, body, arrival_s=at_s) for _ in range(count))


def test_what_a_full_disk_costs_is_a_gap_and_recording_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        part = Part(disk, limits=limits())
        for second in range(12):
            part.put(noise(10, 1001.0 + second), 1001.0 + second)
            event = build_json(
                RecordType.EVENT, {"kind": "speak", "endpoint_id": str(second)}, arrival_s=1001.5 + second
            )
            part.put(event, 1001.5 + second)
        assert part.writer.full
        lost_at = sum(1 for record in read_journal(part.directory) if record.type is RecordType.RTP)
        ballast = disk / "recordings" / "more.bin"
        assert not ballast.exists()
        _run_resize(disk, 32)
        part.put(noise(10, 1020.0), 1020.0)
        assert not part.writer.full
        part.end()
        complete(part.directory, load_or_make_key(disk), SETTINGS, reason="ended")
        entry = read_entry(part.directory)
        (gap,) = entry.gaps
        assert gap["cause"] == "disk full"
        assert gap["count"] == 120 - lost_at
        assert 0 < gap["count"] < 120
        assert gap["to_ms"] == 1_700_001_012_500
        kept = [
            record.json()["endpoint_id"] for record in read_journal(part.directory) if record.type is RecordType.EVENT
        ]
        assert kept == [str(second) for second in range(12)], "what was said is kept, media are not"
        assert [event["endpoint_id"] for event in entry.events] == kept
        assert verify(part.directory).verdict == "whole"


def _run_resize(disk: Path, mebibytes: int) -> None:
    import subprocess

    subprocess.run(["mount", "-o", f"remount,size={mebibytes}m", str(disk)], check=True)


def test_the_second_disk_takes_over_without_a_loss(tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    with small_disk(tmp_path / "disk", 8) as disk:
        part = Part(disk, limits=limits(second=second))
        for moment in range(12):
            part.put(noise(10, 1001.0 + moment), 1001.0 + moment)
        assert part.writer.on_second
        assert not part.writer.full
        part.end()
        complete(part.directory, load_or_make_key(disk), SETTINGS, reason="ended")
        assert sum(1 for record in read_journal(part.directory) if record.type is RecordType.RTP) == 120
        assert read_entry(part.directory).gaps == []
        assert [path.name for path in (second / "s1").iterdir()]
        assert verify(part.directory).verdict == "whole"


def test_a_part_that_ends_on_a_full_disk_names_the_gap_in_the_manifest(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        part = Part(disk, limits=limits())
        for moment in range(12):
            part.put(noise(10, 1001.0 + moment), 1001.0 + moment)
        part.end()
        lines = [json.loads(line) for line in (part.directory / "manifest.jsonl").read_bytes().splitlines()]
        gaps = [json.loads(line["facts"]) for line in lines if line["type"] == "note" and line["what"] == "gap"]
        assert [gap["cause"] for gap in gaps] == ["disk full"]
        assert lines[-1]["type"] == "part_end"
        assert verify(part.directory).verdict == "not_sealed"


async def test_a_disk_of_50_mb_fills_under_a_live_session(tmp_path: Path) -> None:
    """First the warnings, then the alarm; the tap is never refused, and the gap is counted to the packet."""
    with small_disk(tmp_path / "disk", 50) as disk:
        settings = RecordingSettings(min_free_mib=16, reserve_mib=2, warn_free_hours=0.01, critical_free_hours=0.002)
        faults: list[str] = []
        facts = RecordingFacts(session_id="s1", title="t", kind="rehearsal", endpoints={}, wall_offset_s=1.7e9)
        recording = await Recorder(settings, data=disk).start(facts, on_fault=faults.append)
        for published in publications():
            recording.on_publication(published, now=1000.0)
        seen: list[str] = []
        sent = 0
        while not faults:
            for _ in range(100):
                head = bytes((0x80, 96)) + (sent & 0xFFFF).to_bytes(2, "big") + bytes(4) + (11).to_bytes(4, "big")
                recording.on_packet(CAMERA, parse_rtp_untrusted(head + bytes(1200), arrival_s=1000.0 + sent / 1000))
                sent += 1
            if recording.status.warning not in seen:
                seen.append(recording.status.warning)
            await asyncio.sleep(0.02)
        assert seen[-1] == "disk_critical"
        assert "disk_low" in seen
        assert "Ổ đĩa đã đầy" in faults[0]
        assert recording._process.returncode is None
        await recording.suspend()
        kept = sum(1 for record in read_journal(disk / "recordings" / "s1") if record.type is RecordType.RTP)
        (gap,) = [gap for gap in read_entry(disk / "recordings" / "s1").gaps if gap["cause"] == "disk full"]
        assert kept + gap["count"] == sent

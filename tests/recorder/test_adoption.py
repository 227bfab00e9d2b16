"""What a part that was killed leaves: every byte is spoken for, and the next part says how it ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recorder.adoption import interruption
from recorder.chain import read_chain
from recorder.completion import complete
from recorder.journal import RecordType, segment_path
from recorder.keys import load_or_make_key
from recorder.reader import read_journal
from recorder.verify import verify
from tests.recorder.made import SETTINGS, Part, writable


def killed(data: Path, *, torn: int = 0, manifest_torn: int = 0) -> Part:
    """Two seconds and a half, then no more; the last record and the manifest's last line may be cut short."""
    part = Part(data)
    part.run(2.5)
    part.manifest.sync()
    for path, cut in ((segment_path(part.directory, 2), torn), (part.directory / "manifest.jsonl", manifest_torn)):
        if cut:
            path.write_bytes(path.read_bytes()[:-cut])
    return part


@pytest.mark.parametrize(("torn", "manifest_torn"), [(0, 0), (7, 0), (0, 9), (30, 200)])
def test_the_tail_is_hashed_by_the_next_part_and_the_seal_holds(tmp_path: Path, torn: int, manifest_torn: int) -> None:
    first = killed(tmp_path, torn=torn, manifest_torn=manifest_torn)
    assert verify(first.directory).faults == []
    second = Part(tmp_path, 2, begun_s=1010.0)
    assert verify(first.directory).faults == []
    second.run(1)
    second.end()
    complete(first.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    report = verify(first.directory)
    assert report.verdict == "whole", report.faults
    lines = [
        json.loads(line)
        for line in (first.directory / "manifest.jsonl").read_bytes().splitlines()
        if line[:1] == b"{" and line[-1:] == b"}"
    ]
    assert sum(line.get("late", 0) for line in lines) >= 1
    assert [line["length"] for line in lines if line["type"] == "torn_tail"] == (
        [] if not torn else [pytest.approx(600, abs=600)]
    )
    kept = sum(1 for record in read_journal(first.directory) if record.type is RecordType.RTP)
    sent = sum(each.sender.video_sequence - 65_530 + each.sender.audio_sequence - 65_530 for each in (first, second))
    assert kept == sent - (1 if torn else 0)


def test_a_torn_tail_that_is_removed_later_is_a_fault(tmp_path: Path) -> None:
    first = killed(tmp_path, torn=7, manifest_torn=9)
    Part(tmp_path, 2, begun_s=1010.0).end()
    complete(first.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    writable(first.directory)
    path = segment_path(first.directory, 2)
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    assert verify(first.directory).verdict == "faulty"
    path.write_bytes(data)
    assert verify(first.directory).verdict == "whole"
    manifest = first.directory / "manifest.jsonl"
    lines = manifest.read_bytes().split(b"\n")
    torn = next(index for index, line in enumerate(lines) if line and not line.endswith(b"}"))
    manifest.write_bytes(b"\n".join([*lines[:torn], *lines[torn + 1 :]]))
    assert [fault.kind for fault in verify(first.directory).faults] == ["missing"]


@pytest.mark.parametrize(
    ("end", "boot", "cause"),
    [
        (None, "b", "recorder process died"),
        (None, "other", "power loss"),
        ("server lost", "b", "server killed"),
        ("suspend", "b", "server stopped"),
    ],
)
def test_the_gap_names_its_cause_and_begins_at_the_last_record(
    tmp_path: Path, end: str | None, boot: str, cause: str
) -> None:
    part = killed(tmp_path)
    if end:
        part.manifest.append("part_end", reason=end, wall_ms=3)
        part.manifest.sync()
    lines = read_chain((part.directory / "manifest.jsonl").read_bytes()).lines
    found = interruption(part.directory, lines, boot=boot)
    assert found is not None
    assert found.cause == cause
    last_s = max(record.arrival_s for record in read_journal(part.directory) if record.type is RecordType.RTP)
    assert found.from_ms == round(1000 * last_s) + 1_700_000_000_000
    assert found.gap(found.from_ms + 5) == {"cause": cause, "from_ms": found.from_ms, "to_ms": found.from_ms + 5}


def test_a_recording_that_begins_was_not_interrupted(tmp_path: Path) -> None:
    assert Part(tmp_path).found is None


def test_a_segment_cut_to_nothing_is_all_torn(tmp_path: Path) -> None:
    part = killed(tmp_path)
    segment_path(part.directory, 3).write_bytes(b"DIEM")
    Part(tmp_path, 2, begun_s=1010.0).end()
    complete(part.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    assert verify(part.directory).verdict == "whole"

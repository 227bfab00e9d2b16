"""The recorder's process when the server is killed."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
from pathlib import Path

from recorder.journal import RecordType, build_json
from recorder.reader import read_journal

PART = {"session_id": "s1", "title": "t", "kind": "rehearsal", "endpoints": {}, "wall_offset_us": 0, "part": 1}


def test_a_server_killed_with_status_lines_unread_leaves_a_closed_part(tmp_path: Path) -> None:
    """It died of "Connection reset by peer", and the last second was neither closed nor signed."""
    directory = tmp_path / "recordings" / "s1"
    directory.mkdir(parents=True)
    ours, theirs = socket.socketpair()
    arguments = ["--record", str(theirs.fileno()), "--data", str(tmp_path), str(directory)]
    command = [sys.executable, "-m", "recorder.process", *arguments]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        with ours:
            ours.sendall(build_json(RecordType.PART, PART, arrival_s=1.0))
            select.select([ours], [], [])  # it writes, and has said so
            ours.sendall(build_json(RecordType.EVENT, {"kind": "speak"}, arrival_s=1.5))
        assert process.wait(20) == 0
    manifest = [json.loads(line) for line in (directory / "manifest.jsonl").read_text().splitlines()]
    assert (manifest[-1]["type"], manifest[-1]["reason"]) == ("part_end", "server lost")
    assert [record.type for record in read_journal(directory)] == [
        RecordType.SEGMENT,
        RecordType.PART,
        RecordType.EVENT,
    ]

"""The custody log: every use in order, and no line that can be changed unseen."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from recorder.custody import FILE, CustodyUnwritable, Person, check_log, log_use, logged_use, read_log

LAN = Person(identity="u1", name="Nguyễn Thị Lan", role="archivist")


def use(data: Path, recording: str = "s1", what: str = "play") -> None:
    log_use(data, recording, what=what, who=LAN, purpose="Hoàn thiện biên bản", count=3)


def test_a_use_says_who_when_what_for_and_how_it_ended(tmp_path: Path) -> None:
    use(tmp_path)
    use(tmp_path, "s2", "export")
    (line,) = read_log(tmp_path, "s1")
    assert line["who"] == {"identity": "u1", "name": "Nguyễn Thị Lan", "role": "archivist"}
    assert (line["what"], line["purpose"], line["result"]) == ("play", "Hoàn thiện biên bản", "ok")
    assert line["facts"] == {"count": "3"}
    assert [each["n"] for each in read_log(tmp_path)] == [1, 2]
    assert check_log(tmp_path).fault == ""
    with pytest.raises(ValueError, match="purpose"):
        log_use(tmp_path, "s1", what="play", who=LAN, purpose=" ")


def test_what_takes_time_is_logged_when_it_begins_and_when_it_failed(tmp_path: Path) -> None:
    with logged_use(tmp_path, "s1", what="export", who=LAN, purpose="p", target="/x") as found:
        assert [line["result"] for line in read_log(tmp_path)] == ["begun"]
        found["bytes"] = 12
    with pytest.raises(OSError, match="gone"), logged_use(tmp_path, "s1", what="copy", who=LAN, purpose="p"):
        raise OSError("the disk is gone")
    lines = read_log(tmp_path)
    assert [line["result"] for line in lines] == ["begun", "ok", "begun", "failed: the disk is gone"]
    assert lines[1]["facts"] == {"bytes": "12", "target": "/x"}


@pytest.mark.parametrize("spoil", ["change", "remove", "swap", "remove_first", "insert"])
def test_a_log_that_was_touched_is_told(tmp_path: Path, spoil: str) -> None:
    for number in range(5):
        use(tmp_path, what=f"play{number}")
    path = tmp_path / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    if spoil == "change":
        lines[2] = lines[2].replace(b"Lan", b"Mai")
    elif spoil == "remove":
        del lines[2]
    elif spoil == "remove_first":
        del lines[0]
    elif spoil == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        lines.insert(2, json.dumps({"n": 3}).encode() + b"\n")
    path.write_bytes(b"".join(lines))
    found = check_log(tmp_path)
    assert found.fault
    assert found.line == {"change": 3, "remove": 3, "remove_first": 1, "swap": 2, "insert": 4}[spoil]


def test_half_a_line_that_a_power_cut_left_is_named_by_the_next(tmp_path: Path) -> None:
    use(tmp_path)
    use(tmp_path)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-20])
    use(tmp_path)
    assert check_log(tmp_path).fault == ""
    assert [line["n"] for line in read_log(tmp_path)] == [1, 2]
    path.write_bytes(path.read_bytes().replace(b'"what":"play"', b'"what":"pl', 2))
    assert check_log(tmp_path).fault


def _many(data: Path) -> None:
    for _ in range(25):
        use(data)


def test_processes_that_log_at_once_make_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_many, args=(tmp_path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    found = check_log(tmp_path)
    assert (found.lines, found.fault) == (75, "")


def test_what_cannot_be_logged_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a directory should be")
    done = False
    with (
        pytest.raises(CustodyUnwritable, match="cannot be written"),
        logged_use(tmp_path / "data", "s1", what="export", who=LAN, purpose="p"),
    ):
        done = True
    assert not done

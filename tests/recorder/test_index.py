"""The catalogue's index follows the manifests, and is only a cache of them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from recorder.index import RecordingIndex
from recorder.search import Query
from tests.recorder.made import Part, RecordType, build_json, make_sealed


def ids(index: RecordingIndex, **query: Any) -> set[str]:
    return {hit.summary.id for hit in index.search(Query(**query))}


def index_file(data: Path) -> Path:
    return data / "index" / "recordings.sqlite3"


def test_what_is_sealed_is_found_with_its_size_and_tracks(tmp_path: Path) -> None:
    directory = make_sealed(tmp_path)
    (hit,) = RecordingIndex(tmp_path).search(Query(endpoint="do luong"))
    assert hit.summary.state == "done"
    assert hit.summary.end_ms > hit.summary.start_ms
    assert [track["path"] for track in hit.summary.tracks] == ["tracks/001-xa-do-luong.webm"]
    files = [path for folder in ("journal", "tracks") for path in (directory / folder).iterdir()]
    assert hit.summary.bytes == sum(path.stat().st_size for path in [*files, directory / "README.txt"])


def test_a_live_recordings_markers_are_found_as_soon_as_its_manifest_has_them(tmp_path: Path) -> None:
    part, index = Part(tmp_path), RecordingIndex(tmp_path)
    part.run(2.5)
    assert ids(index) == {"s1"}
    assert ids(index, text="đất đai") == set()
    size = index.search(Query())[0].summary.bytes
    part.put(build_json(RecordType.EVENT, {"kind": "marker", "text": "Đất đai"}, arrival_s=1002.5), 1002.5)
    part.run(2.5)
    part.manifest.sync()
    for each in (index, RecordingIndex(tmp_path)):
        (hit,) = each.search(Query(text="dat dai"))
        assert [marker.text for marker in hit.markers] == ["Đất đai"]
        assert hit.summary.state == "open"
        assert hit.summary.bytes > size
    part.end()


def test_half_a_line_is_read_when_it_is_whole(tmp_path: Path) -> None:
    manifest = tmp_path / "recordings" / "a" / "manifest.jsonl"
    manifest.parent.mkdir(parents=True)
    line = json.dumps({"type": "part", "session": {"title": "Họp dân"}, "wall_ms": 5}).encode() + b"\n"
    index = RecordingIndex(tmp_path)
    manifest.write_bytes(line[:-9])
    assert ids(index, text="hop dan") == set()
    with manifest.open("ab") as file:
        file.write(line[-9:])
    assert ids(index, text="hop dan") == {"a"}


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    manifest = make_sealed(tmp_path) / "manifest.jsonl"
    assert ids(RecordingIndex(tmp_path), endpoint="đô lương") == {"s1"}
    times = manifest.stat()
    manifest.chmod(0o644)
    manifest.write_bytes(manifest.read_bytes().replace("Đô".encode(), "Tô".encode() + b" ")[: times.st_size])
    os.utime(manifest, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert manifest.stat().st_size == times.st_size
    assert ids(RecordingIndex(tmp_path), endpoint="đô lương") == {"s1"}, "the index answered, not the file"
    index_file(tmp_path).unlink()
    assert ids(RecordingIndex(tmp_path), endpoint="đô lương") == set(), "rebuilt when it is missing"


def test_a_manifest_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    index = RecordingIndex(tmp_path)
    manifest = tmp_path / "recordings" / "a" / "manifest.jsonl"
    manifest.parent.mkdir(parents=True)
    for title, more in (("Một", 0), ("Hai", 200)):
        session = {"title": title, "filling": "x" * (100 + more)}
        manifest.write_text(json.dumps({"type": "part", "session": session, "wall_ms": 5}, ensure_ascii=False) + "\n")
        assert [hit.summary.title for hit in index.search(Query())] == [title]


@pytest.mark.parametrize("spoil", ["bytes", "version", "rows"])
def test_a_spoiled_index_is_made_anew(tmp_path: Path, spoil: str) -> None:
    make_sealed(tmp_path)
    assert ids(RecordingIndex(tmp_path)) == {"s1"}
    path = index_file(tmp_path)
    if spoil == "bytes":
        path.write_bytes(b"no database" * 500)
    else:
        connection = sqlite3.connect(path)
        with connection:
            statement = "PRAGMA user_version = 99" if spoil == "version" else "UPDATE recordings SET facts = '{}'"
            connection.execute(statement)
        connection.close()
    assert ids(RecordingIndex(tmp_path), endpoint="đô lương") == {"s1"}
    assert ids(RecordingIndex(tmp_path), endpoint="đô lương") == {"s1"}


def test_what_was_deleted_is_not_found(tmp_path: Path) -> None:
    directory = make_sealed(tmp_path)
    index = RecordingIndex(tmp_path)
    assert ids(index) == {"s1"}
    shutil.rmtree(directory)
    assert ids(index) == set()
    assert ids(RecordingIndex(tmp_path)) == set()


def test_without_a_place_for_its_file_it_lives_in_memory(tmp_path: Path) -> None:
    make_sealed(tmp_path)
    (tmp_path / "index").write_text("a file where the directory should be")
    assert ids(RecordingIndex(tmp_path), endpoint="do luong") == {"s1"}

"""An extract keeps its chain to the original: whole, altered, or with words cut out, it is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from recorder.catalogue import read_entry
from recorder.chain import canonical
from recorder.extract.compare import compare
from recorder.extract.make import CannotExtract, Wanted, extract
from recorder.keys import SigningKey, load_or_make_key, rotate_key
from recorder.multitrack import multitrack
from recorder.verify import verify
from recorder.verify_extract import statement_hash
from tests.recorder.flashes import FlashingEndpoint, beeps, flashes, flashing_recording, found_share
from tests.recorder.made import writable

ENDPOINTS = [FlashingEndpoint(0, [(0.0, 14.0)]), FlashingEndpoint(1, [(2.0, 12.0)], skew_s=4.2)]
FROM_S, TO_S = 5.0, 9.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    events: list[tuple[float, dict[str, Any]]] = [
        (0.5, {"kind": "marker", "text": "Vụ việc của người khác"}),
        (6.0, {"kind": "marker", "text": "Vụ việc này"}),
    ]
    flashing_recording(data, ENDPOINTS, events=events)
    return data


def make(data: Path, output: Path, from_s: float = FROM_S, to_s: float = TO_S) -> Path:
    directory = data / "recordings" / "s1"
    start = read_entry(directory).start_ms
    wanted = Wanted(
        from_ms=start + round(1000 * from_s), to_ms=start + round(1000 * to_s), purpose="Hồ sơ", requested_by="Lan"
    )
    extract(directory, output, wanted, key=load_or_make_key(data))
    return output


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(data, tmp_path_factory.mktemp("out") / "part")


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "part")
    return writable(tmp_path / "part")


def statement(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "extract.json").read_bytes())
    return found


def test_it_is_whole_and_names_its_origin(made: Path, data: Path) -> None:
    report = verify(made)
    assert report.verdict == "whole", report.faults
    entry = read_entry(data / "recordings" / "s1")
    assert report.extract is not None
    assert (report.extract["recording"], report.extract["seal"]) == ("s1", entry.seal)
    assert report.extract["from_ms"] - entry.start_ms == 5000
    assert report.extract["purpose"] == "Hồ sơ"
    assert 4 <= report.seconds <= 9
    assert not compare(made, keys=None)
    assert verify(made, key=load_or_make_key(data).public_hex, head=entry.seal[:16]).verdict == "whole"
    assert verify(made, key="0" * 64).verdict == "faulty"


def test_the_verifier_in_it_says_the_same_without_anything_else(made: Path) -> None:
    command = [sys.executable, "-I", str(made / "verify.py"), "--json"]
    found = subprocess.run(command, capture_output=True, check=False, cwd="/")
    assert found.returncode == 0, found.stderr.decode()
    assert json.loads(found.stdout)["extract"]["recording"] == "s1"


def test_every_flash_and_beep_of_the_range_is_in_its_tracks(made: Path) -> None:
    for track in statement(made)["tracks"]:
        endpoint = ENDPOINTS[int(track["endpoint_id"][1:])]
        expected = [moment for moment in endpoint.moments() if FROM_S <= moment < TO_S - 0.1]
        offset = track["offset_ms"] / 1000
        with av.open(str(made / track["path"])) as container:
            assert found_share(expected, [offset + at for at in flashes(container.streams.video[0])]) == 1.0
        with av.open(str(made / track["path"])) as container:
            found = [offset + at for at in beeps(container.streams.audio[0], endpoint.number)]
        assert found_share(expected, found) == 1.0
        assert all(FROM_S - 0.1 <= moment <= TO_S for moment in found), "no word from outside of the range"


def test_what_others_said_is_not_in_it(made: Path) -> None:
    text = (made / "manifest.jsonl").read_text()
    assert "Vụ việc này" in text
    assert "Vụ việc của người khác" not in text


Spoiling = Callable[[Path], None]


def first_stretch(directory: Path) -> Path:
    return max((directory / "journal").iterdir(), key=lambda path: path.stat().st_size)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_an_altered_byte_is_named_with_file_time_and_place(copy: Path) -> None:
    path = first_stretch(copy)
    flip(path, 5000)
    (fault,) = verify(copy).faults
    assert (fault.kind, fault.file) == ("altered", f"journal/{path.name}")
    assert fault.first_byte is not None
    assert fault.last_byte is not None
    assert fault.first_byte <= 5000 <= fault.last_byte
    assert fault.at
    assert fault.until


def test_truncated_missing_and_added_stretches_are_told(copy: Path) -> None:
    path = first_stretch(copy)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    (fault,) = verify(copy).faults
    assert (fault.kind, fault.last_byte) == ("truncated", len(whole) - 1)
    path.write_bytes(whole[:3000] + whole[3500:])
    assert verify(copy).faults[0].kind in ("missing", "truncated")
    path.write_bytes(whole + b"x")
    assert verify(copy).faults[0].kind == "added"
    path.unlink()
    assert verify(copy).faults[0].kind == "missing"
    path.write_bytes(whole)
    (copy / "journal" / "000009-0000000000.stretch").write_bytes(b"x")
    assert [(fault.kind, fault.file) for fault in verify(copy).faults] == [
        ("added", "journal/000009-0000000000.stretch")
    ]


def test_a_spoiled_track_is_named(copy: Path) -> None:
    path = min((copy / "tracks").iterdir())
    size = path.stat().st_size
    flip(path, size // 2)
    (fault,) = verify(copy).faults
    assert (fault.kind, fault.file) == ("altered", f"tracks/{path.name}")
    assert fault.at
    path.write_bytes(path.read_bytes()[:-7])
    assert verify(copy).faults[0].kind == "truncated"
    path.unlink()
    assert verify(copy).faults[0].kind == "missing"


def manifest_lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "manifest.jsonl").read_bytes().splitlines()]


def write_manifest(directory: Path, lines: list[dict[str, Any]]) -> None:
    (directory / "manifest.jsonl").write_bytes(b"".join(canonical(line) + b"\n" for line in lines))


def seconds_of_range(directory: Path) -> list[int]:
    return [index for index, line in enumerate(manifest_lines(directory)) if line.get("type") == "second"]


def cut_out(directory: Path, index: int) -> None:
    """A second's bytes and its line, as if it had been of others."""
    lines = manifest_lines(directory)
    line = lines[index]
    for path in (directory / "journal").iterdir():
        segment, base = (int(part) for part in path.stem.split("-"))
        start = line["offset"] - base
        if segment == line["segment"] and 0 <= start < path.stat().st_size:
            data = path.read_bytes()
            path.write_bytes(data[:start])
            end = line["offset"] + line["length"]
            rest = data[start + line["length"] :]
            if rest:
                (directory / "journal" / f"{segment:06d}-{end:010d}.stretch").write_bytes(rest)
            if not start:
                path.unlink()
    lines[index] = {name: line[name] for name in ("n", "hash", "sig")}
    write_manifest(directory, lines)


def test_no_second_of_the_range_can_be_cut_out(made: Path, tmp_path: Path) -> None:
    inner = seconds_of_range(made)
    for index in inner:
        spoiled = tmp_path / str(index)
        shutil.copytree(made, spoiled)
        cut_out(writable(spoiled), index)
        assert verify(spoiled).verdict == "faulty", f"line {index} was cut out"


def test_a_line_taken_out_or_exchanged_breaks_the_chain(copy: Path) -> None:
    lines = manifest_lines(copy)
    index = seconds_of_range(copy)[2]
    for spoiled in (
        [*lines[:index], *lines[index + 1 :]],
        [*lines[:index], lines[index + 1], lines[index], *lines[index + 2 :]],
        lines[:-1],
        [{name: line[name] for name in ("n", "hash", "sig")} for line in lines],
    ):
        write_manifest(copy, spoiled)
        assert verify(copy).verdict == "faulty"


def sign(directory: Path, key: SigningKey, **changes: Any) -> None:
    said = statement(directory) | changes
    if "key" not in changes:
        said |= {"key": key.public_hex, "keys": key.history}
    said["sig"] = key.private.sign(statement_hash(said)).hex()
    (directory / "extract.json").write_bytes(canonical(said) + b"\n")


def test_a_statement_made_anew_by_somebody_else_is_told(copy: Path, tmp_path: Path) -> None:
    said = statement(copy)
    (copy / "extract.json").write_bytes(canonical({**said, "to_ms": said["to_ms"] - 1000}) + b"\n")
    assert [fault.kind for fault in verify(copy).faults] == ["altered"]
    sign(copy, load_or_make_key(tmp_path / "stranger"), to_ms=said["to_ms"] - 1000)
    assert [fault.kind for fault in verify(copy).faults] == ["key"]
    (copy / "extract.json").unlink()
    assert verify(copy).verdict == "faulty"


def test_words_cut_out_of_a_track_are_found_even_if_the_key_signed_it(copy: Path, data: Path) -> None:
    from recorder.completion import file_facts

    said = statement(copy)
    track = said["tracks"][0]
    path = copy / track["path"]
    before = path.with_name("before.webm")
    path.rename(before)
    with av.open(str(before)) as source, av.open(str(path), "w", format="webm") as target:
        outputs = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            at = float(packet.pts * packet.time_base) if packet.size else 0.0
            if packet.size and not (packet.stream.type == "audio" and 2.0 < at < 2.4):
                packet.stream = outputs[packet.stream.index]
                target.mux_one(packet)
    before.unlink()
    said["tracks"][0] |= file_facts(path)
    sign(copy, load_or_make_key(data), tracks=said["tracks"])
    assert verify(copy).verdict == "whole", "hashes and signature fit"
    (fault,) = compare(copy)
    assert (fault.kind, fault.file) == ("altered", track["path"])
    path.unlink()
    sign(copy, load_or_make_key(data), tracks=said["tracks"][1:])
    assert verify(copy).verdict == "whole"
    assert {fault.file for fault in compare(copy)} == {"tracks"}, "an endpoint that is not there at all"


def test_a_retired_keys_successor_may_sign(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data")
    first = load_or_make_key(tmp_path / "data").public_hex
    rotate_key(tmp_path / "data")
    made = make(tmp_path / "data", tmp_path / "part")
    assert statement(made)["key"] != first
    assert verify(made, key=first).verdict == "whole"


def test_as_one_tar_file_and_whole_recordings_too(data: Path, tmp_path: Path) -> None:
    make(data, tmp_path / "all.tar", 0.0, 100.0)
    with tarfile.open(tmp_path / "all.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    assert verify(tmp_path / "all").verdict == "whole"
    assert not compare(tmp_path / "all")
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name or "new" in path.name] == []


def test_an_encrypted_recordings_extract_is_verified_without_the_key(tmp_path: Path) -> None:
    endpoint = FlashingEndpoint(0, [(0.0, 8.0)])
    flashing_recording(tmp_path / "data", [endpoint], encrypted=True)
    made = make(tmp_path / "data", tmp_path / "data" / "extracts" / "part", 3.0, 6.0)
    assert [path.suffix for path in (made / "tracks").iterdir()] == [".webm"], "what is handed out can be played"
    assert verify(made).verdict == "whole"
    assert not compare(made)
    (tmp_path / "data" / "keys" / "master.key").unlink()
    assert verify(made).verdict == "whole"


def test_an_extract_across_a_killed_recorder_has_both_parts(tmp_path: Path) -> None:
    before, after = FlashingEndpoint(0, [(0.0, 5.0)]), FlashingEndpoint(0, [(7.0, 12.0)])
    other = FlashingEndpoint(1, [(7.2, 12.0)], skew_s=-3.0)
    directory = flashing_recording(tmp_path / "data", [before], later=[after, other])
    made = make(tmp_path / "data", tmp_path / "part", 3.0, 10.0)
    assert verify(made).verdict == "whole"
    assert not compare(made)
    assert len(statement(made)["tracks"]) == 3
    for track in statement(made)["tracks"]:
        endpoint = other if track["endpoint_id"] == "e1" else after if track["offset_ms"] > 6000 else before
        expected = [moment for moment in endpoint.moments() if 3.0 <= moment < 9.9]
        with av.open(str(made / track["path"])) as container:
            found = [track["offset_ms"] / 1000 + at for at in beeps(container.streams.audio[0], endpoint.number)]
        assert found_share(expected, found) == 1.0
    multitrack(directory, tmp_path / "all.mkv")
    with av.open(str(tmp_path / "all.mkv")) as container:
        assert len(container.streams.video) == 2, "both stays of one endpoint are one track"
        found = flashes(container.streams.video[0])
    assert found_share([*before.moments(), *after.moments()], found) == 1.0
    for index in seconds_of_range(made):
        spoiled = tmp_path / str(index)
        shutil.copytree(made, spoiled)
        cut_out(writable(spoiled), index)
        assert verify(spoiled).verdict == "faulty", f"line {index} was cut out"


def test_what_is_not_as_recorded_is_not_extracted(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data")
    directory = writable(tmp_path / "data" / "recordings" / "s1")
    for path in (directory / "journal").iterdir():
        flip(path, path.stat().st_size // 2)
    with pytest.raises(CannotExtract, match="verify"):
        make(tmp_path / "data", tmp_path / "part")
    assert not list(tmp_path.glob("part*"))


def test_an_empty_range_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotExtract, match="14"):
        make(data, tmp_path / "part", 20.0, 30.0)

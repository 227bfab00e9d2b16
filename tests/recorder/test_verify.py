"""What verification says of recordings that were spoiled, by the command's verifier and by the one in the package."""

from __future__ import annotations

import ast
import json
import random
import shutil
import subprocess
import sys
import tarfile
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from recorder.bundle import verifier_source
from recorder.export import export
from recorder.framing import MAGIC, record_end
from recorder.keys import load_or_make_key, rotate_key
from recorder.verify import verify
from tests.recorder.made import Part, make_sealed, writable

Verify = Callable[..., Any]


def bundled() -> Verify:
    """`verify` of the single file, which has nothing of ours to import."""
    module = types.ModuleType("exported_verify")
    sys.modules[module.__name__] = module  # dataclasses look there for what annotations mean
    exec(compile(verifier_source(), "verify.py", "exec"), module.__dict__)
    found: Verify = module.__dict__["verify"]
    return found


@pytest.fixture(params=["plain, by command", "plain, by package", "encrypted, by package"], scope="module")
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def check(form: str) -> Verify:
    return verify if "command" in form else bundled()


@pytest.fixture(scope="module")
def sealed(form: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an encrypted one the key is away: nobody needs it to verify."""
    data = tmp_path_factory.mktemp("data")
    directory = make_sealed(data, encrypted="encrypted" in form)
    (data / "keys" / "master.key").unlink(missing_ok=True)
    return directory


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    return writable(Path(shutil.copytree(sealed, tmp_path / "s1")))


def segments(directory: Path) -> list[Path]:
    return sorted((directory / "journal").glob("*.journal"))


def records(path: Path) -> Iterator[tuple[int, int]]:
    data = path.read_bytes()
    position = len(MAGIC)
    while (end := record_end(data, position)) is not None:
        yield position, end
        position = end


def only_fault(report: Any) -> Any:
    (fault,) = report.faults
    return fault


def test_a_whole_recording_is_whole_and_its_originals_are_read_only(sealed: Path, check: Verify) -> None:
    report = check(sealed)
    assert report.verdict == "whole", report.faults
    assert report.seconds >= 5
    assert len(segments(sealed)) == 3
    assert report.files == 3 + 1 + 1
    for path in [*segments(sealed), *(sealed / "tracks").iterdir(), sealed / "manifest.jsonl"]:
        assert path.stat().st_mode & 0o222 == 0, path


@pytest.mark.parametrize(
    "file", ["manifest.jsonl", "README.txt", "journal/000001.journal", "journal/000003.journal", "track"]
)
@pytest.mark.parametrize("seed", range(6))
def test_a_flipped_bit_is_found_in_its_byte_range(copy: Path, check: Verify, file: str, seed: int) -> None:
    path = next((copy / "tracks").iterdir()) if file == "track" else copy / file
    data = bytearray(path.read_bytes())
    position = random.Random(f"{file} {seed}").randrange(len(data))
    data[position] ^= 1 << seed
    path.write_bytes(data)
    report = check(copy)
    assert report.verdict == "faulty"
    fault = report.faults[0]
    assert fault.file == str(path.relative_to(copy))
    assert fault.first_byte <= position <= fault.last_byte, (fault, position)
    if file.startswith("journal"):
        assert fault.kind == "altered"
        encrypted = any((copy / "tracks").glob("*.enc"))
        assert fault.last_byte - fault.first_byte < (70_000 if encrypted else 3000), "narrowed to a record"
        assert fault.at
        assert fault.until


@pytest.mark.parametrize(
    "file", ["manifest.jsonl", "README.txt", "journal/000001.journal", "journal/000003.journal", "track"]
)
@pytest.mark.parametrize("seed", range(6))
def test_a_truncated_file_is_never_whole(copy: Path, check: Verify, file: str, seed: int) -> None:
    path = next((copy / "tracks").iterdir()) if file == "track" else copy / file
    data = path.read_bytes()
    size = random.Random(f"{file} {seed}").randrange(len(data))
    path.write_bytes(data[:size])
    report = check(copy)
    assert report.verdict != "whole"
    if file != "manifest.jsonl":
        fault = report.faults[0]
        assert (fault.kind, fault.file, fault.first_byte) == ("truncated", str(path.relative_to(copy)), size)


def test_a_manifest_without_its_last_newline_is_not_sealed(copy: Path, check: Verify) -> None:
    path = copy / "manifest.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    assert check(copy).verdict == "not_sealed"


def test_a_manifest_that_ends_long_before_its_journal_is_truncated(copy: Path, check: Verify) -> None:
    path = copy / "manifest.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:5]))
    assert only_fault(check(copy)).kind == "truncated"


def test_withheld_files_are_missing(copy: Path, check: Verify) -> None:
    segments(copy)[1].unlink()
    fault = only_fault(check(copy))
    assert (fault.kind, fault.file, fault.first_byte) == ("missing", "journal/000002.journal", 0)
    assert fault.at < fault.until
    next((copy / "tracks").iterdir()).unlink()
    assert {fault.kind for fault in check(copy).faults} == {"missing"}


def test_swapped_segments_are_reordered(copy: Path, check: Verify) -> None:
    first, second, _ = segments(copy)
    contents = first.read_bytes(), second.read_bytes()
    first.write_bytes(contents[1])
    second.write_bytes(contents[0])
    assert [(fault.kind, fault.file) for fault in check(copy).faults] == [
        ("reordered", "journal/000001.journal"),
        ("reordered", "journal/000002.journal"),
    ]


def test_swapped_seconds_of_a_segment_are_reordered(copy: Path, check: Verify) -> None:
    lines = [json.loads(line) for line in (copy / "manifest.jsonl").read_bytes().splitlines()]
    _, two = [line for line in lines if line["type"] == "second" and line["segment"] == 1][:2]
    path = segments(copy)[0]
    data = path.read_bytes()
    middle, end = two["offset"], two["offset"] + two["length"]
    path.write_bytes(data[: len(MAGIC)] + data[middle:end] + data[len(MAGIC) : middle] + data[end:])
    assert check(copy).faults[0].kind in ("reordered", "altered")
    later = [line for line in lines if line["type"] == "second" and line["segment"] == 2][:2]
    path.write_bytes(data)
    path = segments(copy)[1]
    data = path.read_bytes()
    a, b, c = later[0]["offset"], later[1]["offset"], later[1]["offset"] + later[1]["length"]
    path.write_bytes(data[:a] + data[b:c] + data[a:b] + data[c:])
    fault = only_fault(check(copy))
    assert (fault.kind, fault.file) == ("reordered", "journal/000002.journal")


def test_a_record_cut_out_is_missing_and_one_put_in_is_added(copy: Path, check: Verify) -> None:
    path = segments(copy)[0]
    data = path.read_bytes()
    start, end = list(records(path))[20]
    path.write_bytes(data[:start] + data[end:])
    fault = only_fault(check(copy))
    assert (fault.kind, fault.file) == ("missing", "journal/000001.journal")
    path.write_bytes(data[:start] + data[start:end] + data[start:])
    assert only_fault(check(copy)).kind == "added"
    path.write_bytes(data + b"x")
    assert only_fault(check(copy)).kind == "added"


@pytest.mark.parametrize("name", ["tracks/stranger.webm", "journal/000009.journal", "note.txt", "tracks/folder"])
def test_what_does_not_belong_is_added(copy: Path, check: Verify, name: str) -> None:
    if name.endswith("folder"):
        (copy / name).mkdir()
    else:
        (copy / name).write_bytes(b"x")
    fault = only_fault(check(copy))
    assert (fault.kind, fault.file) == ("added", name)


def test_derivatives_are_no_part_of_the_evidence(copy: Path, check: Verify) -> None:
    (copy / "derived").mkdir()
    (copy / "derived" / "all.mp4").write_bytes(b"x")
    assert check(copy).verdict == "whole"


def test_manifest_lines_reordered_withheld_or_added(copy: Path, check: Verify) -> None:
    path = copy / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for kind, spoiled in (
        ("reordered", [lines[0], lines[2], lines[1], *lines[3:]]),
        ("missing", [*lines[:3], *lines[4:]]),
        ("reordered", [*lines[:3], lines[1], *lines[3:]]),
        ("altered", [*lines[:3], b"\n", *lines[3:]]),
        ("altered", [*lines[:3], lines[3].replace(b'"', b' "', 1), *lines[4:]]),
    ):
        path.write_bytes(b"".join(spoiled))
        fault = only_fault(check(copy))
        assert (fault.kind, fault.file) == (kind, "manifest.jsonl"), fault


def test_an_upper_case_signature_is_not_what_was_written(copy: Path, check: Verify) -> None:
    path = copy / "manifest.jsonl"
    data = path.read_bytes()
    at = data.index(b'"sig":"') + 7
    while not data[at : at + 1].isalpha():
        at += 1
    path.write_bytes(data[:at] + data[at : at + 1].upper() + data[at + 1 :])
    assert only_fault(check(copy)).kind == "altered"


def test_a_recording_made_anew_with_another_key_is_found_out_by_the_known_one(
    sealed: Path, tmp_path: Path, check: Verify
) -> None:
    known = load_or_make_key(sealed.parent.parent).public_hex
    forged = make_sealed(tmp_path)
    assert check(forged).verdict == "whole"
    assert only_fault(check(forged, key=known)).kind == "key"
    assert check(sealed, key=known).verdict == "whole"


def test_a_noted_hash_is_found_in_the_chain_or_the_recording_is_another(
    sealed: Path, tmp_path: Path, check: Verify
) -> None:
    line = json.loads((sealed / "manifest.jsonl").read_bytes().splitlines()[4])
    assert check(sealed, head=line["hash"][:16]).verdict == "whole"
    assert only_fault(check(make_sealed(tmp_path), head=line["hash"][:16])).kind == "chain"


def test_a_rotated_key_is_trusted_by_who_knows_the_old_one(tmp_path: Path, check: Verify) -> None:
    old = load_or_make_key(tmp_path).public_hex
    rotate_key(tmp_path)
    directory = make_sealed(tmp_path)
    new = load_or_make_key(tmp_path).public_hex
    assert new != old
    assert check(directory, key=old).verdict == "whole"
    assert check(directory, key=new).verdict == "whole"
    assert check(directory, key="0" * 64).verdict == "faulty"


def test_lines_appended_by_another_key_are_not_the_recorders(tmp_path: Path, check: Verify) -> None:
    part = Part(tmp_path / "a")
    part.run(1)
    part.end()
    stranger = tmp_path / "b" / "recordings" / "s1"
    shutil.copytree(part.directory, stranger)
    Part(tmp_path / "b", 2).end()
    assert [fault.kind for fault in check(stranger).faults] == ["key"]


def test_the_package_has_a_verifier_that_imports_nothing_of_ours_and_runs_alone(sealed: Path, tmp_path: Path) -> None:
    export(sealed, tmp_path / "s1.tar")
    with tarfile.open(tmp_path / "s1.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    verifier = tmp_path / "s1" / "verify.py"
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(verifier.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == {"cryptography"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(verifier), *arguments], capture_output=True, text=True, cwd="/")

    whole = run("--json")
    assert (whole.returncode, json.loads(whole.stdout)["verdict"]) == (0, "whole"), whole.stderr
    track = next((tmp_path / "s1" / "tracks").iterdir())
    track.chmod(0o644)
    track.write_bytes(track.read_bytes()[:-1])
    faulty = run(str(tmp_path / "s1"))
    assert faulty.returncode == 1
    assert f"truncated: tracks/{track.name}" in faulty.stdout
    assert run(str(tmp_path), "--key", "nothing.pem").returncode == 2

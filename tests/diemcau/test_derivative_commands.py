"""`diemcau recording compose`, `multitrack`, `extract`, `derivatives` and `verify` as a person calls them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diemcau.cli import app
from recorder.derivatives.jobs import Kind, Queue
from tests.recorder.flashes import FlashingEndpoint, flashing_recording

run = CliRunner().invoke


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flashing_recording(tmp_path_factory.mktemp("data"), [FlashingEndpoint(0, [(0.0, 4.0)])])


def test_each_writes_its_file_and_says_so_as_json(recording: Path, tmp_path: Path) -> None:
    for command, name, key, expected in (
        ("compose", "all.mp4", "endpoints", 1),
        ("multitrack", "all.mkv", "tracks", 2),
        ("extract", "part.tar", "tracks", 1),
    ):
        done = run(app, ["recording", command, str(recording), "-o", str(tmp_path / name), "--json"])
        assert done.exit_code == 0, done.output
        facts = json.loads(done.stdout)
        assert (facts["path"], facts[key]) == (str(tmp_path / name), expected)
        assert facts["bytes"] == (tmp_path / name).stat().st_size


def test_an_extract_is_verified_as_it_is_handed_out(recording: Path, tmp_path: Path) -> None:
    package = tmp_path / "part.tar"
    command = ["recording", "extract", str(recording), "-o", str(package), "--from", "0:01", "--to", "3"]
    assert run(app, [*command, "--purpose", "Hồ sơ"]).exit_code == 0
    verified = run(app, ["recording", "verify", str(package), "--json"])
    assert verified.exit_code == 0
    report = json.loads(verified.stdout)
    assert (report["verdict"], report["directory"]) == ("whole", str(package))
    assert report["extract"]["recording"] == recording.name
    with tarfile.open(package) as archive:
        archive.extractall(tmp_path, filter="data")
    stretch = next((tmp_path / "part" / "journal").iterdir())
    stretch.chmod(0o644)
    stretch.write_bytes(stretch.read_bytes()[:-1])
    found = run(app, ["recording", "verify", str(tmp_path / "part")])
    assert found.exit_code == 1
    assert stretch.name in found.stdout


def test_a_whole_recording_exported_as_tar_is_verified_too(recording: Path, tmp_path: Path) -> None:
    assert run(app, ["recording", "export", str(recording), "-o", str(tmp_path / "all.tar")]).exit_code == 0
    assert run(app, ["recording", "verify", str(tmp_path / "all.tar")]).exit_code == 0
    (tmp_path / "no.tar").write_bytes(b"no tar")
    assert run(app, ["recording", "verify", str(tmp_path / "no.tar")]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["extract", "-o", "x.tar", "--from", "bao giờ"], 1, "1:30"),
        (["extract", "-o", "x.tar", "--from", "100"], 1, "4.0 s"),
        (["extract", "-o", "x.tar", "--data", "nowhere"], 1, "--data"),
        (["compose", "-o", "x.mp4", "--size", "large"], 2, "width x height"),
    ],
)
def test_what_cannot_be_done_is_told(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(app, ["recording", arguments[0], str(recording), *arguments[1:]])
    assert done.exit_code == code, done.output
    assert says in done.output
    assert not list(tmp_path.iterdir())


def test_the_queue_is_shown(recording: Path, tmp_path: Path) -> None:
    job = Queue(tmp_path).add("s1", Kind.COMPOSED, purpose="Hồ sơ")
    shown = run(app, ["recording", "derivatives", "--data", str(tmp_path), "--json"])
    assert [each["id"] for each in json.loads(shown.stdout)] == [job.id]
    table = run(app, ["recording", "derivatives", "s1", "--data", str(tmp_path)]).stdout
    assert "waiting" in table

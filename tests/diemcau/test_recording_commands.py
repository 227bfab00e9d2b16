"""`diemcau recording verify`, `key`, `recover` as a person calls them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from typer.testing import CliRunner

from diemcau.cli import app
from tests.recorder.made import LIMITS, Part, make_sealed, writable

run = CliRunner().invoke


def test_verify_tells_by_its_exit_code(tmp_path: Path) -> None:
    directory = writable(make_sealed(tmp_path / "data"))
    assert run(app, ["recording", "verify", str(directory)]).exit_code == 0
    key = tmp_path / "data" / "keys" / "recorder.pub.pem"
    assert run(app, ["recording", "verify", str(directory), "--key", str(key)]).exit_code == 0
    assert run(app, ["recording", "verify", str(directory), "--key", "0" * 64]).exit_code == 1
    assert run(app, ["recording", "verify", str(directory), "--key", str(tmp_path / "no.pem")]).exit_code == 2
    assert run(app, ["recording", "verify", str(directory), "--head", "abc"]).exit_code == 2
    (directory / "stranger").write_bytes(b"x")
    found = run(app, ["recording", "verify", str(directory), "--json"])
    assert found.exit_code == 1
    assert [(fault["kind"], fault["file"]) for fault in json.loads(found.stdout)["faults"]] == [("added", "stranger")]


def test_what_a_crash_left_is_not_sealed_until_it_is_recovered(tmp_path: Path) -> None:
    part = Part(tmp_path, limits=dataclasses.replace(LIMITS, reserve_bytes=1 << 20))
    part.run(2.5)
    part.manifest.sync()
    assert run(app, ["recording", "verify", str(part.directory)]).exit_code == 3
    recovered = run(app, ["recording", "recover", str(part.directory), "--json"])
    assert json.loads(recovered.stdout)["state"] == "done"
    assert run(app, ["recording", "verify", str(part.directory)]).exit_code == 0
    assert [path.name for path in part.directory.parent.iterdir()] == ["s1"], "what a killed process held is let go"


def test_the_public_key_is_printed_and_rotated(tmp_path: Path) -> None:
    first = run(app, ["recording", "key", "--data", str(tmp_path)]).stdout
    assert first == (tmp_path / "keys" / "recorder.pub.pem").read_text()
    rotated = json.loads(run(app, ["recording", "key", "--data", str(tmp_path), "--rotate", "--json"]).stdout)
    assert rotated["pem"] != first
    assert rotated["rotations"][0]["key"] == rotated["key"]


def test_recordings_are_found_by_the_filters_of_the_catalogue(tmp_path: Path) -> None:
    make_sealed(tmp_path)

    def found(*filters: str) -> list[str]:
        done = run(app, ["recording", "list", "--data", str(tmp_path), "--json", *filters])
        assert done.exit_code == 0, done.output
        return [each["id"] for each in json.loads(done.stdout)]

    assert found() == ["s1"]
    assert found("--endpoint", "do luong", "--from", "15/11/2023", "--to", "2023-11-15", "--kind", "rehearsal") == [
        "s1"
    ]
    assert found("--from", "2023-11-16") == []
    assert found("--person", "Đào") == []
    table = run(app, ["recording", "list", "--data", str(tmp_path), "--text", "buoi thu"]).stdout
    assert "s1" in table
    assert "Buổi thử" in table
    refused = run(app, ["recording", "list", "--data", str(tmp_path), "--from", "mai"])
    assert refused.exit_code == 2
    assert "2026-11-30 or 30/11/2026" in refused.output
    shown = run(app, ["recording", "show", str(tmp_path / "recordings" / "s1")])
    assert json.loads(shown.stdout)["tracks"][0]["endpoint_name"] == "Xã Đô Lương"


def test_the_master_key_is_made_with_a_warning_rotated_and_brought_in(tmp_path: Path) -> None:
    command = ["recording", "key", "--master", "--data", str(tmp_path)]
    first = run(app, command)
    assert "CẢNH BÁO" in first.stderr
    assert str(tmp_path / "keys" / "master.key") in first.stdout
    secret = (tmp_path / "keys" / "master.key").read_text().strip()
    assert secret not in first.output
    again = run(app, [*command, "--json"])
    assert (again.stderr, json.loads(again.stdout)["made"]) == ("", False)
    rotated = json.loads(run(app, [*command, "--rotate", "--json"]).stdout)
    assert rotated["id"] != json.loads(again.stdout)["id"]
    copy = tmp_path / "copy.key"
    copy.write_text("cd" * 32)
    assert "retired/master-" in run(app, [*command, "--import", str(copy)]).stdout
    copy.write_text("nothing")
    assert run(app, [*command, "--import", str(copy)]).exit_code == 2


def test_an_encrypted_recording_is_exported_as_asked_and_not_without_its_key(tmp_path: Path) -> None:
    directory = make_sealed(tmp_path / "data", encrypted=True)
    command = ["recording", "export", str(directory), "-o", str(tmp_path / "x.tar")]
    assert "encrypted" in run(app, command).stdout
    assert json.loads(run(app, [*command, "--decrypted", "--json"]).stdout)["form"] == "decrypted"
    (tmp_path / "data" / "keys" / "master.key").unlink()
    refused = run(app, [*command, "--decrypted"])
    assert refused.exit_code == 2
    assert "master key" in refused.stderr


def test_an_export_and_a_copy_are_logged_with_purpose_and_the_systems_user(tmp_path: Path) -> None:
    directory = writable(make_sealed(tmp_path / "data"))
    output = tmp_path / "s1.tar"
    command = ["recording", "export", str(directory), "-o", str(output), "--purpose", "Bàn giao hồ sơ"]
    assert run(app, command).exit_code == 0
    assert run(app, ["recording", "mirror", str(directory), str(tmp_path / "disk")]).exit_code == 0
    shown = run(app, ["recording", "log", str(directory), "--json"])
    assert shown.exit_code == 0
    lines = json.loads(shown.stdout)["lines"]
    assert [(line["what"], line["purpose"], line["result"]) for line in lines] == [
        ("export", "Bàn giao hồ sơ", "begun"),
        ("export", "Bàn giao hồ sơ", "ok"),
        ("copy", "command line", "begun"),
        ("copy", "command line", "ok"),
    ]
    assert lines[1]["facts"]["bytes"] == str(output.stat().st_size)
    assert lines[0]["who"]["identity"].startswith("system:")
    log = tmp_path / "data" / "custody.jsonl"
    log.write_bytes(log.read_bytes().replace("Bàn giao".encode(), "Bàn hoàn".encode()))
    assert run(app, ["recording", "log", str(directory)]).exit_code == 1


def test_what_cannot_be_logged_is_not_exported(tmp_path: Path) -> None:
    directory = writable(make_sealed(tmp_path / "data"))
    (tmp_path / "data" / "custody.jsonl").mkdir()
    refused = run(app, ["recording", "export", str(directory), "-o", str(tmp_path / "s1.tar")])
    assert refused.exit_code == 1
    assert not (tmp_path / "s1.tar").exists()
    elsewhere = ["--data", str(tmp_path / "elsewhere")]
    assert run(app, ["recording", "export", str(directory), "-o", str(tmp_path / "s1.tar"), *elsewhere]).exit_code == 0


def test_fixity_tells_by_its_exit_code_and_of_each_recording(tmp_path: Path) -> None:
    directory = writable(make_sealed(tmp_path / "data"))
    command = ["recording", "fixity", "--data", str(tmp_path / "data"), "--json"]
    found = run(app, command)
    assert (found.exit_code, json.loads(found.stdout)["whole"]) == (0, ["s1"])
    assert run(app, ["recording", "fixity", str(directory)]).stdout == "s1: whole\n"
    (directory / "README.txt").write_text("khác")
    found = run(app, command)
    assert (found.exit_code, json.loads(found.stdout)["faulty"]) == (1, ["s1"])
    assert run(app, ["recording", "fixity", str(directory)]).exit_code == 1


def test_a_copy_to_a_disk_that_is_not_in_says_what_to_do(tmp_path: Path) -> None:
    directory = make_sealed(tmp_path / "data")
    refused = run(app, ["recording", "mirror", str(directory), str(tmp_path / "no" / "disk"), "--json"])
    assert refused.exit_code == 4
    assert json.loads(refused.stdout)["safe_to_remove"] is False
    assert "đã cắm chưa" in refused.stderr
    no_store = run(app, ["recording", "mirror", str(directory), "s3"])
    assert no_store.exit_code == 1
    assert "storage.s3.url" in no_store.stderr

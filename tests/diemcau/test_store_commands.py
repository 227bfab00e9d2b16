"""`diemcau backup`, `restore` and `store` as commands, beside a running server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signalling.tokens import Tokens
from tests import postgresql
from tests.browser.harness import Server, free_port, wait_for

pytestmark = pytest.mark.own_databases

DIEMCAU = Path(sys.executable).with_name("diemcau")
SECRET = "một cụm mật khẩu dài"
PASSWORD = "Mat-khau-rat-dai-1"


def command(*arguments: str | Path, url: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DIEMCAU), *map(str, arguments)],
        input=PASSWORD + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "500", "DIEMCAU_DATABASE": url, **environment},  # no words broken by a box
    )


def done(*arguments: str | Path, url: str = "", **environment: str) -> Any:
    """What the command prints as JSON."""
    result = command(*arguments, "--json", url=url, **environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def urls() -> Iterator[list[str]]:
    server = postgresql.server()
    names = ["commands_a"]
    yield [server.create(each, empty=True) for each in names]
    for each in names:
        server.drop(each)


def started(data: Path, monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> Server:
    monkeypatch.setenv("DIEMCAU_DATABASE", url)
    server = Server(data, free_port(), *arguments)
    server.start()
    return server


def use(server: Server) -> str:
    """An office's data; the recorded session's id."""
    rooms = [{"name": "Xã Đô Lương", "level": "xa"}, {"name": "Xã Ân Phú", "level": "xa"}]
    for room in rooms:
        server.call("POST", "/registry", room)
    session = server.create(2)
    path = f"/sessions/{session['id']}"
    server.call("POST", f"{path}/start")
    server.end(path)
    wait_for(lambda: server.call("GET", path)["recording"]["state"] == "done", "the recording is complete")
    folder = server.data / "documents" / session["id"]
    folder.mkdir(parents=True)
    (folder / "đơn.pdf").write_bytes(b"%PDF")
    return str(session["id"])


def seen(server: Server) -> dict[str, Any]:
    """What people would see."""
    auditor = Tokens.of_data_directory(server.data).issue(role="auditor", hours=1)
    sessions = server.call("GET", "/sessions")["sessions"]
    return {
        "sessions": [(each["id"], each["number"], each["state"], each["recording"]["state"]) for each in sessions],
        "rooms": [each["name"] for each in server.call("GET", "/registry?q=do")["endpoints"]],
        "recordings": [each["id"] for each in server.call("GET", "/recordings")["recordings"]],
        "events": {
            each["id"]: len(server.call("GET", f"/sessions/{each['id']}/events")["events"]) for each in sessions
        },
        "audit": server.call("GET", "/audit/verify", token=auditor)["whole"],
    }


def sign_in(server: Server) -> str:
    body = json.dumps({"name": "thuky", "password": PASSWORD}).encode()
    request = urllib.request.Request(f"{server.base}/api/v1/login", data=body, headers={"Origin": server.base})
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(json.load(response)["name"])


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_what_a_running_server_has_is_found_again_elsewhere_in_the_other_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, urls: list[str], kind: str
) -> None:
    here_url, there_url = ("", urls[0]) if kind == "sqlite" else (urls[0], "")
    data, file = tmp_path / "a", tmp_path / "x.dcbackup"
    done_user = command("user", "add", "thuky", "--role", "secretary", "--password-stdin", "--data", data, url=here_url)
    assert done_user.returncode == 0, done_user.stderr
    server = started(data, monkeypatch, here_url)
    try:
        recorded = use(server)
        before = seen(server)
        stop, failed = threading.Event(), list[BaseException]()

        def write() -> None:
            try:
                while not stop.is_set():
                    server.create(1)
            except BaseException as error:
                failed.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        facts = done("backup", file, "--data", data, url=here_url, DIEMCAU_BACKUP_PASSPHRASE=SECRET)
        stop.set()
        writer.join()
        assert failed == []
        assert (facts["encrypted"], facts["keys_inside"], facts["audit"]["whole"]) == (True, True, True)
    finally:
        server.stop()
    elsewhere = tmp_path / "b"
    result = command("restore", file, "--data", elsewhere, url=there_url)
    assert (result.returncode, "passphrase" in result.stderr) == (1, True)
    restored = done("restore", file, "--data", elsewhere, url=there_url, DIEMCAU_BACKUP_PASSPHRASE=SECRET)
    assert restored["without_recording"] == [recorded]
    assert restored["warnings"] == []
    shutil.copytree(data / "recordings", elsewhere / "recordings")
    again = started(elsewhere, monkeypatch, there_url)
    try:
        after = seen(again)
        assert set(before["sessions"]) <= set(after["sessions"])
        assert {name: after[name] for name in ("rooms", "recordings", "audit")} == {
            name: before[name] for name in ("rooms", "recordings", "audit")
        }
        assert before["recordings"] == [recorded]
        assert after["events"][recorded] == before["events"][recorded]
        assert (elsewhere / "documents" / recorded / "đơn.pdf").read_bytes() == b"%PDF"
        assert sign_in(again) == "thuky"
        code = int(again.create(1)["number"].rpartition("-")[2])
        assert code == 1 + max(int(each[1].rpartition("-")[2]) for each in after["sessions"])
        refused = command(
            "restore", file, "--data", elsewhere, "--replace", url=there_url, DIEMCAU_BACKUP_PASSPHRASE=SECRET
        )
        assert (refused.returncode, "stop it" in refused.stderr) == (1, True)
        whole = command("recording", "verify", elsewhere / "recordings" / recorded, "--json", url=there_url)
        assert json.loads(whole.stdout)["verdict"] == "whole"
    finally:
        again.stop()
    checked = done("store", "check", "--data", elsewhere, url=there_url)
    assert (checked["database"] != kind, checked["faults"], checked["audit"]["whole"]) == (True, [], True)
    moved = command("store", "move", "--to", there_url or "sqlite", "--data", elsewhere, url=there_url)
    assert (moved.returncode, "already" in moved.stderr) == (1, True)


def test_a_move_is_said_with_the_setting_that_is_to_be_made(tmp_path: Path, urls: list[str]) -> None:
    data = tmp_path / "a"
    for name in ("thuky", "chutri"):
        assert command("user", "add", name, "--role", "secretary", "--data", data).returncode == 0
    url = urls[0]
    result = command("store", "move", "--to", url, "--data", data)
    assert result.returncode == 0, result.stderr
    assert "user_account: 2 dòng giống nhau" in result.stdout
    assert f'database = "{url}"' in result.stdout
    listed = command("user", "list", "--data", data, url=url).stdout.splitlines()
    assert [each.split("\t")[0] for each in listed] == ["chutri", "thuky"]
    assert command("user", "add", "moi", "--role", "operator", "--data", data, url=url).returncode == 0
    assert command("store", "move", "--to", "sqlite", "--data", data, url=url).returncode == 1  # it is not empty
    back = done("store", "move", "--to", "sqlite", "--data", data, "--replace", url=url)
    assert back["tables"]["user_account"]["rows"] == 3
    assert len(command("user", "list", "--data", data).stdout.splitlines()) == 3
    assert json.loads(command("audit", "verify", "--json", "--data", data).stdout)["whole"] is True


@pytest.mark.parametrize(
    ("url", "arguments", "code", "says"),
    [
        ("postgresql://me:geheim@127.0.0.1:1/x", ["store", "check"], 1, "Check that PostgreSQL runs"),
        ("postgresql://me:geheim@127.0.0.1:1/x", ["serve"], 1, "Check that PostgreSQL runs"),
        ("postgresql://me:geheim@127.0.0.1:1/x", ["serve", "--workers", "2"], 1, "Check that PostgreSQL runs"),
        ("postgresql://me:geheim@127.0.0.1:1/x", ["user", "list"], 1, "Check that PostgreSQL runs"),
        ("postgresql://me:geheim@127.0.0.1:1/x", ["endpoint", "export"], 1, "Check that PostgreSQL runs"),
        ("mysql://me:geheim@127.0.0.1/x", ["serve"], 2, "postgresql://user@host:5432/name"),
        ("mysql://me:geheim@127.0.0.1/x", ["store", "check"], 2, "postgresql://user@host:5432/name"),
        ("", ["store", "check"], 1, "There is no database"),
        ("", ["backup", "x.dcbackup"], 1, "There is no database"),
        ("", ["restore", "none.dcbackup"], 1, "There is no file"),
        ("", ["store", "move", "--to", "mysql://x/y"], 2, "--to: "),
    ],
)
def test_what_cannot_be_done_is_said_in_plain_words(
    tmp_path: Path, url: str, arguments: list[str], code: int, says: str
) -> None:
    port = ["--port", str(free_port())] if arguments[0] == "serve" else []
    result = command(*arguments, *port, "--data", tmp_path / "a", url=url)
    assert (result.returncode, says in result.stderr.replace("\n", " ")) == (code, True), result.stderr
    assert "Traceback" not in result.stderr
    assert "geheim" not in result.stderr + result.stdout


def test_a_sqlite_file_that_is_damaged_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "diemcau.sqlite").write_bytes(b"no database" * 1000)
    result = command("user", "list", "--data", tmp_path / "a")
    assert (result.returncode, "diemcau restore" in result.stderr.replace("\n", " ")) == (1, True), result.stderr


def test_the_server_makes_the_nights_backup_and_shows_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    monkeypatch.setenv("DIEMCAU_BACKUP__DIRECTORY", str(folder))
    server = started(tmp_path / "a", monkeypatch, "")
    try:
        (file,) = wait_for(lambda: list(folder.glob("*.dcbackup")), "the first backup is there")
        wait_for(lambda: "diemcau_backup_failed 0.0" in metrics(server), "it is in the metrics")
        assert done("restore", file, "--check")["rows"] > 0
        assert [each["code"] for each in server.call("GET", "/storage")["alarms"]] == []
        state = tmp_path / "a" / "storage" / "backup.json"
        assert done("store", "check", "--data", tmp_path / "a")["nightly_backup"]["ok"] is True
    finally:
        server.stop()
    shutil.rmtree(folder)
    state.unlink()
    server.start()
    try:
        wait_for(lambda: "diemcau_backup_failed 1.0" in metrics(server), "the fault is in the metrics")
        (alarm,) = server.call("GET", "/storage")["alarms"]
        assert (alarm["code"], alarm["level"]) == ("backup", "critical")
        assert "is the disk not mounted?" in alarm["en"]
        assert "ổ đĩa chưa được gắn?" in alarm["vi"]
        wait_for(lambda: "THE NIGHTLY BACKUP FAILED" in server.log.read_text(), "the fault is in the log")
        result = command("store", "check", "--data", tmp_path / "a", DIEMCAU_BACKUP__DIRECTORY=str(folder))
        assert (result.returncode, "nightly backup failed" in result.stderr) == (1, True)
    finally:
        server.stop()


def metrics(server: Server) -> str:
    with urllib.request.urlopen(f"{server.base}/metrics", timeout=10) as response:
        return str(response.read().decode())

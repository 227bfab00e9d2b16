"""Copies, retention, holds and destruction over the API of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signalling.tokens import Tokens
from tests.browser.harness import Server, free_port, wait_for
from tests.recorder.made import make_sealed
from tests.recorder.mounts import needs_root, small_disk

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    make_sealed(tmp_path / "data")
    config = tmp_path / "c.toml"
    roots = f'[storage]\nmount_roots = ["{tmp_path}/media"]\n'
    config.write_text(f"{roots}[storage.retention]\nrehearsal_days = 1\n", encoding="utf-8")
    running = Server(tmp_path / "data", free_port(), "--config", str(config))
    running.start()
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


class Person:
    def __init__(self, server: Server, role: str, name: str) -> None:
        self._server = server
        self._token = Tokens.of_data_directory(server.data).issue(role=role, hours=1, name=name)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self._server.call(method, path, body, token=self._token)

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        status, problem = self._server.problem(method, path, body, token=self._token)
        return status, problem["code"]


def test_a_hold_and_the_time_stand_against_destruction_and_two_persons_are_needed(server: Server) -> None:
    binh, hoa = Person(server, "archivist", "Bình"), Person(server, "chair", "Hoa")
    path, reason = "/recordings/s1", {"reason": "Hết hạn"}
    first = binh.call("GET", f"{path}/storage")
    assert (first["retention"], first["hold"], first["deletion"]) == ("chay_thu_30_ngay", None, None)
    assert first["kept_until"].startswith("2023-11-15")
    kept = binh.call("PUT", f"{path}/retention", {"retention": "vinh_vien", "reason": "Vụ việc lớn"})
    assert kept["kept_until"] is None
    assert binh.refused("POST", f"{path}/deletion", reason) == (409, "permanent")
    binh.call("PUT", f"{path}/retention", {"retention": "15_nam", "reason": "Theo quy định"})
    assert binh.refused("POST", f"{path}/deletion", reason) == (409, "not_over")
    binh.call("PUT", f"{path}/retention", {"retention": "chay_thu_30_ngay", "reason": "Là buổi chạy thử"})
    hoa.call("PUT", f"{path}/hold", {"on": True, "reason": "Có đơn"})
    assert binh.refused("POST", f"{path}/deletion", reason) == (409, "hold")
    hoa.call("PUT", f"{path}/hold", {"on": False, "reason": "Đã xong"})
    assert hoa.refused("POST", f"{path}/deletion", reason)[0] == 403
    assert hoa.refused("POST", f"{path}/deletion/approve", reason) == (409, "not_requested")
    assert binh.call("POST", f"{path}/deletion", reason)["yourself"]
    assert binh.refused("POST", f"{path}/deletion/approve", reason) == (409, "same_person")
    assert hoa.call("POST", f"{path}/deletion/approve", reason)["deletion"]["state"] == "approved"
    wait_for(lambda: not (server.data / "recordings" / "s1").exists(), "it is destroyed")
    wait_for(
        lambda: binh.call("GET", "/storage/destructions")["destructions"][0]["state"] == "done", "the record is done"
    )
    (record,) = binh.call("GET", "/storage/destructions")["destructions"]
    assert (record["requested"]["name"], record["approved"]["name"]) == ("Bình", "Hoa")
    assert {each["path"] for each in record["files"]} >= {"journal/000001.journal", "README.txt"}
    assert binh.refused("GET", f"{path}/storage")[0] == 404
    log = binh.call("GET", f"{path}/access-log")
    assert log["whole"]
    assert [use["what"] for use in log["uses"]][-3:] == ["delete_request", "delete_approve", "delete"]


@pytest.mark.parametrize("field", ["reason", "retention"])
def test_what_is_changed_needs_a_reason_and_a_class_that_exists(server: Server, field: str) -> None:
    binh = Person(server, "archivist", "Bình")
    body = {"retention": "5_nam", "reason": "Lý do"} | {field: " "}
    status, problem = server.problem("PUT", "/recordings/s1/retention", body, token=binh._token)
    assert (status, problem["errors"][0]["pointer"]) == (422, f"/{field}")
    assert Person(server, "operator", "X").refused("PUT", "/recordings/s1/hold", {"on": True, "reason": "r"})[0] == 403


@needs_root
def test_a_recording_is_copied_to_a_disk_that_is_in_and_to_no_other_place(server: Server, tmp_path: Path) -> None:
    binh = Person(server, "archivist", "Bình")
    with small_disk(tmp_path / "media" / "USB", 16) as disk:
        (found,) = [each for each in binh.call("GET", "/storage")["disks"] if each["role"] == "external"]
        assert (found["path"], found["free_bytes"] > 1 << 20) == (str(disk), True)
        for target, status in (("/etc", 422), (str(tmp_path / "media"), 422), ("s3", 409)):
            body = {"target": target, "purpose": "Giao nộp"}
            assert binh.refused("POST", "/recordings/s1/copies", body)[0] == status
        assert binh.refused("POST", "/recordings/s1/copies", {"target": str(disk), "purpose": ""})[0] == 422
        binh.call("POST", "/recordings/s1/copies", {"target": str(disk), "purpose": "Giao nộp"})
        wait_for(lambda: binh.call("GET", "/storage")["jobs"] == [], "the copy is made")
        (copy,) = binh.call("GET", "/recordings/s1/storage")["copies"]
        assert (copy["state"], copy["target"], copy["done_bytes"] == copy["bytes"]) == ("verified", str(disk), True)
        uses = [
            (use["what"], use["result"], use["purpose"])
            for use in binh.call("GET", "/recordings/s1/access-log")["uses"]
        ]
        assert uses == [("copy", "begun", "Giao nộp"), ("copy", "ok", "Giao nộp")]
        with (disk / "open").open("w"):
            busy = binh.call("POST", "/storage/eject", {"path": str(disk)})
            assert not busy["safe_to_remove"]
            assert "đang được dùng" in busy["reason"]
        assert binh.call("POST", "/storage/eject", {"path": str(disk)}) == {
            "safe_to_remove": True,
            "unmounted": True,
            "reason": "",
        }
        assert binh.refused("POST", "/storage/eject", {"path": "/"})[0] == 404
        (tmp_path / "media" / "USB" / "x").mkdir()  # (the fixture unmounts: give it something to unmount)
        import subprocess

        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], check=True)


def test_a_copy_that_waits_for_its_disk_can_be_taken_back(server: Server, tmp_path: Path) -> None:
    from recorder.custody import Person as Who
    from recorder.storage.queue import COPY, Queue

    binh = Person(server, "archivist", "Bình")
    away = str(tmp_path / "media" / "away" / "x")
    who = Who(identity="archivist:Bình", name="Bình", role="archivist")
    Queue(server.data).add(COPY, "s1", target=away, who=who, purpose="Giao nộp")
    wait_for(lambda: binh.call("GET", "/storage")["jobs"][0]["error"], "the disk is missed")
    (job,) = binh.call("GET", "/storage")["jobs"]
    assert (job["state"], job["tries"], job["title"]) == ("waiting", 1, "Buổi thử")
    assert binh.call("DELETE", f"/storage/jobs/{job['id']}")["jobs"] == []
    assert binh.refused("DELETE", f"/storage/jobs/{job['id']}")[0] == 404
    assert binh.call("GET", "/recordings/s1/access-log")["uses"][-1]["result"] == "failed: taken back"


def test_the_check_of_all_recordings_raises_an_alarm(server: Server) -> None:
    binh = Person(server, "archivist", "Bình")
    binh.call("POST", "/storage/fixity", {})
    wait_for(lambda: binh.call("GET", "/storage")["fixity"]["whole"] == 1, "all are whole")
    assert [each["code"] for each in binh.call("GET", "/storage")["alarms"] if each["code"] == "fixity"] == []
    readme = server.data / "recordings" / "s1" / "README.txt"
    readme.chmod(0o644)
    readme.write_text("khác")
    binh.call("POST", "/storage/fixity", {})
    wait_for(lambda: binh.call("GET", "/storage")["fixity"]["faulty"] == ["s1"], "the fault is found")
    assert binh.call("GET", "/storage")["alarms"][0]["code"] == "fixity"
    assert binh.call("GET", "/recordings/s1/storage")["fixity_verdict"] == "faulty"

"""Destruction: two persons, never under hold or before the time, and a record that stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.models import Settings
from config.storage import RetentionSettings
from recorder.custody import Person, check_log, read_log
from recorder.mirror import mirror
from recorder.storage import deletion
from recorder.storage.deletion import NotPermitted, approve, destroy, destroyed, request, withdraw
from recorder.storage.ledger import changing, read_entry
from recorder.verify import verify
from tests.recorder.made import make_sealed

LAN = Person(identity="u1", name="Nguyễn Thị Lan", role="archivist")
NAMESAKE = Person(identity="u2", name="Nguyễn Thị Lan", role="chair")
OVER = RetentionSettings(rehearsal_days=1)  # (what make_sealed makes is of 2023)
SETTINGS = Settings()


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    directory = make_sealed(tmp_path / "data")
    with changing(tmp_path / "data", "s1") as entry:
        entry["retention"] = {"class": "chay_thu_30_ngay"}
    return directory


def test_two_persons_destroy_and_a_record_stays(sealed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    mirror(sealed, tmp_path / "disk", data=data)
    seal = verify(sealed).seal
    request(data, sealed, OVER, who=LAN, reason="Hết hạn")
    approve(data, sealed, OVER, who=NAMESAKE, reason="Đồng ý")
    record = destroy(data, "s1", SETTINGS)
    assert not sealed.exists()
    assert list((data / "recordings").iterdir()) == []
    assert not (tmp_path / "disk" / "s1").exists(), "copies that can be reached go too"
    assert record == destroyed(data)[0]
    assert (record["state"], record["seal"], record["title"]) == ("done", seal, "Buổi thử")
    assert {each["path"] for each in record["files"]} >= {"README.txt", "journal/000001.journal"}
    assert (record["requested"]["identity"], record["approved"]["identity"]) == ("u1", "u2")
    assert record["copies"] == {str(tmp_path / "disk"): "removed"}
    lines = read_log(data, "s1")
    assert [line["what"] for line in lines] == ["delete_request", "delete_approve", "delete"]
    assert lines[-1]["facts"]["seal"] == seal
    assert check_log(data).fault == ""
    assert destroy(data, "s1", SETTINGS)["done_at"] == record["done_at"], "a second time changes nothing"
    assert len(read_log(data, "s1")) == 3


def test_one_person_alone_cannot_not_even_under_another_name_or_role(sealed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(NotPermitted, match="Nobody asked"):
        approve(data, sealed, OVER, who=LAN, reason="x")
    request(data, sealed, OVER, who=LAN, reason="Hết hạn")
    again = Person(identity="u1", name="Lan khác", role="chair")
    with pytest.raises(NotPermitted, match="another person"):
        approve(data, sealed, OVER, who=again, reason="x")
    with pytest.raises(NotPermitted, match="Nobody asked"):
        destroy(data, "s1", SETTINGS)
    with pytest.raises(NotPermitted, match="already"):
        request(data, sealed, OVER, who=NAMESAKE, reason="x")
    withdraw(data, "s1", who=NAMESAKE, reason="Còn cần")
    with pytest.raises(NotPermitted):
        approve(data, sealed, OVER, who=NAMESAKE, reason="x")
    assert sealed.exists()


def test_not_before_the_time_and_not_under_hold(sealed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(NotPermitted, match="not over"):
        request(data, sealed, RetentionSettings(rehearsal_days=3650), who=LAN, reason="x")
    request(data, sealed, OVER, who=LAN, reason="x")
    with changing(data, "s1") as entry:
        entry["hold"] = {"on": True}
    with pytest.raises(NotPermitted, match="legal hold"):
        approve(data, sealed, OVER, who=NAMESAKE, reason="x")
    with changing(data, "s1") as entry:
        entry["hold"] = {"on": False}
    approve(data, sealed, OVER, who=NAMESAKE, reason="x")
    with changing(data, "s1") as entry:
        entry["hold"] = {"on": True}
    with pytest.raises(NotPermitted, match="legal hold"):
        destroy(data, "s1", SETTINGS)
    assert sealed.exists(), "a hold between approval and destruction still counts"


def test_a_destruction_that_was_broken_off_is_gone_on_with(
    sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    request(data, sealed, OVER, who=LAN, reason="x")
    approve(data, sealed, OVER, who=NAMESAKE, reason="x")

    def fail(*arguments: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(deletion.shutil, "rmtree", fail)
        with pytest.raises(OSError, match="power"):
            destroy(data, "s1", SETTINGS)
    assert not sealed.exists(), "a half removed recording is none"
    assert destroyed(data)[0]["state"] == "begun"
    assert destroy(data, "s1", SETTINGS)["state"] == "done"
    assert list((data / "recordings").iterdir()) == []


def test_what_lies_on_the_second_disk_goes_too_and_a_disk_that_is_away_stays_in_the_record(
    sealed: Path, tmp_path: Path
) -> None:
    data, second = tmp_path / "data", tmp_path / "second" / "s1"
    second.mkdir(parents=True)
    segment = sealed / "journal" / "000002.journal"
    segment.replace(second / segment.name)
    segment.symlink_to(second / segment.name)
    with changing(data, "s1") as entry:
        entry["copies"] = {"/media/gone/USB": {"state": "verified", "same_disk": False}}
    request(data, sealed, OVER, who=LAN, reason="x")
    approve(data, sealed, OVER, who=NAMESAKE, reason="x")
    assert destroy(data, "s1", SETTINGS)["copies"] == {"/media/gone/USB": "left"}
    assert not second.exists()
    assert list(read_entry(data, "s1")["copies"]) == ["/media/gone/USB"]

"""The night's backup."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from config.backup import BackupSettings
from config.models import ServerSettings, Settings
from diemcau.backup.backup_file import BackupWriter
from diemcau.backup.nightly import make_nightly
from tests.diemcau.test_backup import NOW, SECRET, World

pytestmark = pytest.mark.own_databases


def nightly(tmp_path: Path, **more: Any) -> Settings:
    folder = tmp_path / "disk"
    folder.mkdir(exist_ok=True)
    backup = BackupSettings(directory=str(folder), **more)
    return Settings(server=ServerSettings(data=tmp_path / "a"), backup=backup)


def test_the_nights_backup_is_read_back_and_the_oldest_are_deleted(tmp_path: Path) -> None:
    settings = nightly(tmp_path, keep=2)
    world = World(tmp_path, "sqlite")
    asyncio.run(world.fill())
    files = []
    for day in (1, 2, 3):
        facts = make_nightly(settings, now=NOW.replace(day=day))
        assert facts["ok"], facts
        files.append(Path(facts["file"]))
    assert [each.exists() for each in files] == [False, True, True]
    shutil.rmtree(tmp_path / "disk")
    facts = make_nightly(settings, now=NOW)
    assert not facts["ok"]
    assert "is the disk not mounted?" in facts["error_en"]


def test_a_disk_that_takes_no_more_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = nightly(tmp_path)
    world = World(tmp_path, "sqlite")
    asyncio.run(world.fill())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "disk")

    monkeypatch.setattr(BackupWriter, "finish", full)
    facts = make_nightly(settings, now=NOW)
    assert (facts["ok"], "No space left" in facts["error_en"]) == (False, True)
    assert os.listdir(tmp_path / "disk") == []


def test_an_encrypted_nights_backup_has_the_keys(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    settings = nightly(tmp_path, passphrase_file=str(secret))
    world = World(tmp_path, "sqlite")
    asyncio.run(world.fill())
    world.file = Path(make_nightly(settings, now=NOW)["file"])
    restored = asyncio.run(world.restore(world.place("b", "sqlite"), tmp_path / "b", secret=SECRET))
    assert restored.manifest.keys_inside
    secret.write_text("short")
    assert "at least 12" in make_nightly(settings, now=NOW)["error_en"]

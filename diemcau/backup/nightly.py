"""`python -m diemcau.backup.nightly`: makes the night's backup, reads it, deletes the oldest; settings on stdin."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from config.models import Settings
from config.words import Words
from diemcau.backup.backup_file import Manifest, opened
from diemcau.backup.making import Wanted, make_backup
from diemcau.backup.passphrase import passphrase_in
from reception.store_errors import StoreError
from recorder.storage.backup_state import name_at, note_backup, superfluous


def make_nightly(settings: Settings, *, now: datetime) -> dict[str, Any]:
    """Make one, and say what became of it, which is kept for the alarms. now: local time."""
    facts: dict[str, Any] = {"begun": now.timestamp(), "ok": False}
    try:
        target, manifest = _make(settings, now)
        facts |= {"ok": True, "file": str(target), "bytes": target.stat().st_size, "rows": manifest.rows}
    except StoreError as error:
        facts |= {"error_vi": error.words.vi, "error_en": error.words.en}
    except OSError as error:
        facts |= {"error_vi": _os_error(error), "error_en": _os_error(error)}
    facts["ended"] = time.time()
    note_backup(settings.server.data, facts)
    return facts


def _make(settings: Settings, now: datetime) -> tuple[Path, Manifest]:
    folder, passphrase = Path(settings.backup.directory), ""
    if not folder.is_dir():
        raise StoreError(
            Words(
                f"Không có thư mục sao lưu {folder}: ổ đĩa chưa được gắn?",
                f"There is no folder {folder} for backups: is the disk not mounted?",
            )
        )
    if settings.backup.passphrase_file:
        passphrase = passphrase_in(Path(settings.backup.passphrase_file))
    target = folder / name_at(now)
    wanted = Wanted(
        location=settings.store_location,
        data=settings.server.data,
        target=target,
        passphrase=passphrase,
        keys=bool(passphrase),
        besides=(folder,),
    )
    manifest = asyncio.run(make_backup(wanted))
    with opened(target, passphrase):  # every byte is read back and compared
        pass
    for old in superfluous(folder, settings.backup.keep):
        with suppress(OSError):
            old.unlink()
    return target, manifest


def _os_error(error: OSError) -> str:
    return f"{error.strerror or error} ({error.filename})" if error.filename else str(error)


def main() -> None:
    """Entry."""
    with closing(sys.stdin) as source:
        settings = Settings.model_validate_json(source.read())
    facts = make_nightly(settings, now=datetime.now().astimezone())
    sys.exit(0 if facts["ok"] else 1)


if __name__ == "__main__":
    main()

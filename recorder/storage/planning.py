"""What is done with recordings by itself: copies to the store, the nightly check, rehearsals whose days are over."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from config.models import Settings
from recorder.catalogue import recording_directories
from recorder.index import RecordingIndex
from recorder.search import Query
from recorder.storage.deletion import SYSTEM, NotPermitted, approve_rehearsal, ended_at
from recorder.storage.fixity import fixity_due, last_summary
from recorder.storage.ledger import read_entry
from recorder.storage.queue import COPY, DESTROY, FIXITY, Queue
from recorder.storage.retention import goes_by_itself
from recorder.storage.targets import S3
from recorder.summary import Summary

COPY_PURPOSE = "Sao lưu tự động sang kho lưu trữ / automatic copy to the store"
FIXITY_PURPOSE = "Kiểm tra toàn vẹn định kỳ / nightly fixity check"
REHEARSALS_EVERY_S = 3600.0  # the first time so long after the start: who starts the server can still look


class Planner:
    """Puts into the queue what is due; one for the server."""

    def __init__(self, data: Path, settings: Settings, catalogue: RecordingIndex | None = None) -> None:
        self._data = data
        self._catalogue = catalogue or RecordingIndex(data)
        self._settings = settings
        self._copied: set[str] = set()
        self._rehearsals_s = time.monotonic()

    def plan(self, queue: Queue, *, now: datetime) -> None:
        """now: local time, with its zone. Raises OSError."""
        storage = self._settings.storage
        if storage.s3.url and storage.s3.automatic:
            self._plan_copies(queue)
        if storage.fixity and self._fixity_due(now):
            queue.add(FIXITY, "", who=SYSTEM, purpose=FIXITY_PURPOSE)
        if time.monotonic() - self._rehearsals_s >= REHEARSALS_EVERY_S:
            self._rehearsals_s = time.monotonic()
            self._plan_rehearsals(queue)

    def _fixity_due(self, now: datetime) -> bool:
        begun = float(last_summary(self._data).get("begun", 0.0))
        if not begun:
            found = recording_directories(self._data / "recordings")
            if not found:
                return False
            begun = min(directory.stat().st_mtime for directory in found)
        return fixity_due(begun, hour=self._settings.storage.fixity_hour, now=now)

    def _plan_copies(self, queue: Queue) -> None:
        store = self._settings.storage.s3
        name = f"s3://{store.bucket}/{store.prefix}"
        for summary in self._summaries():
            if summary.id in self._copied or not summary.seal:
                continue
            entry = read_entry(self._data, summary.id)
            if entry.get("copies", {}).get(name, {}).get("state") not in ("verified", "failed"):
                queue.add(COPY, summary.id, target=S3, who=SYSTEM, purpose=COPY_PURPOSE)
            self._copied.add(summary.id)

    def _summaries(self) -> list[Summary]:
        return [hit.summary for hit in self._catalogue.search(Query())]

    def _plan_rehearsals(self, queue: Queue) -> None:
        retention = self._settings.storage.retention
        for summary in self._summaries():
            entry = read_entry(self._data, summary.id)
            state = entry.get("deletion", {}).get("state")
            if state in ("approved", "done"):  # a kill may have come before it was in the queue
                queue.add(DESTROY, summary.id, who=SYSTEM, purpose="Hủy theo phê duyệt / destruction as approved")
            if state:
                continue
            if goes_by_itself(entry, summary.kind, ended_at(summary), retention, now=datetime.now(UTC)):
                with suppress(NotPermitted):
                    approve_rehearsal(self._data, self._data / "recordings" / summary.id, retention)
                    queue.add(DESTROY, summary.id, who=SYSTEM, purpose="Hết hạn lưu bản ghi chạy thử")

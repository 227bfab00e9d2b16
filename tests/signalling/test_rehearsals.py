"""Rehearsals whose days are over go with everything that belongs to them; nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reception.audit import AuditFilter
from reception.store import NotFound
from reception.tables import Base
from recorder.custody import read_log
from recorder.storage.ledger import changing
from signalling.rehearsals import sweep_rehearsals
from tests.signalling.archived import World, world


async def rows_of(made: World, session_id: str) -> dict[str, int]:
    found = {}
    async with made.services.store.database() as session:
        for table in Base.metadata.sorted_tables:
            if "session_id" in table.c:
                query = select(func.count()).select_from(table).where(table.c.session_id == session_id)
                found[table.name] = int(await session.scalar(query) or 0)
    return {name: count for name, count in found.items() if count}


async def test_a_rehearsal_goes_after_its_days_with_papers_and_notes_once_its_recording_is_gone(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        record = await made.ended(kind="rehearsal")
        kept = await made.ended(recorded=False)
        await made.well("secretary", "POST", f"/sessions/{record.id}/minutes/scans", b"%PDF-1.4 ...")
        await made.sign_all(record.id)
        folder = made.data / "documents" / record.id
        folder.mkdir(parents=True)
        (folder / "x.pdf").write_bytes(b"%PDF")
        assert {"endpoint", "event", "minutes", "minutes_signature"} <= (await rows_of(made, record.id)).keys()
        now = datetime.now(UTC)
        assert await sweep_rehearsals(made.services, now=now + timedelta(days=29)) == []
        later = now + timedelta(days=31)
        assert await sweep_rehearsals(made.services, now=later) == []  # its recording is still there
        (made.data / "recordings" / record.id).rename(tmp_path / "away")
        with changing(made.data, record.id) as entry:
            entry["hold"] = {"on": True}
        assert await sweep_rehearsals(made.services, now=later) == []
        with changing(made.data, record.id) as entry:
            entry["hold"] = {"on": False}
        assert await sweep_rehearsals(made.services, now=later) == [record.id]
        with pytest.raises(NotFound):
            await made.services.store.session(record.id)
        assert await rows_of(made, record.id) == {}
        assert not folder.exists()
        assert not (made.data / "minutes" / record.id).exists()
        line = read_log(made.data, record.id)[-1]
        assert (line["what"], line["facts"]["code"]) == ("delete_session", record.code)
        entries = [entry async for entry in made.services.audit.log.stream(AuditFilter())]
        assert entries[-1].action == "rehearsal_deleted"
        assert (await made.services.store.session(kept.id)).code == kept.code


async def test_nothing_but_a_rehearsal_is_ever_forgotten(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        record = await made.ended(recorded=False)
        with pytest.raises(ValueError, match="two persons"):
            await made.services.store.forgetting.forget(record.id)
        assert (await made.services.store.session(record.id)).id == record.id

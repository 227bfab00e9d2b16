"""Reports of a period tell what the papers of each of its sessions tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from config.office_texts import load_texts
from reception.case_records import Citizen, Conclusion
from reception.incidents import IncidentLog
from reception.papers.annex import annex
from reception.papers.register import register
from reception.papers.statistics import Selection, statistics
from reception.permissions import Extent
from reception.preflight_store import PreflightStore
from reception.records import SessionRecord
from signalling.papers_gather import gather
from signalling.papers_period import gather_period
from tests.signalling.archived import World, world


async def held(made: World, number: int) -> SessionRecord:
    """A session whose second endpoint was checked, had an outage and an incident; the first one only stood still."""
    record = await made.ended(recorded=number == 0, title=f"Buổi {number}")
    case, place, store = made.services.case, record.endpoints[1].id, made.services.store
    for person in range(number + 1):
        await case.add_citizen(Citizen(session_id=record.id, endpoint_id=place, name=f"Ông {person}"), actor="B")
    await case.put_matter(record.id, "", {"summary": f"Việc {number}", "outcome": "chuyen"}, actor="B")
    await case.add_conclusion(Conclusion(session_id=record.id, task="Rà soát", owner="Sở", deadline=date(2026, 1, 1)))
    for kind in ("pause", "resume"):
        await store.log(record.id, kind, actor="An", reason="nghỉ")
    checks = PreflightStore(store.database)
    await checks.add_run(record.id, place, {"network.rtt_ms": 20}, kind="self", by="B")
    await checks.sign(record.id, place, "site", name="Kỹ thuật", answer="yes", note="")
    if number:
        await checks.waive(record.id, place, "*", name="Trưởng ban", reason="gấp")
    line = {"expected_s": 100, "here_s": 90 + number, "outages": 1}
    await made.services.rooms.save(record.id, "lines", {"live_s": 100, "endpoints": {place: line}})
    log, _ = IncidentLog().begin("disorder", by="B", now=datetime.now(UTC))
    await made.services.rooms.save(record.id, "incidents", log.model_dump(mode="json"))
    return record


async def agree(made: World, records: list[SessionRecord]) -> None:
    texts, today = load_texts(made.data), date(2026, 12, 1)
    sources = made.services.sources
    single = [await gather(sources, each, texts) for each in records]
    both = await gather_period(sources, records, texts, extent=Extent.FULL, technical=True)
    plain = await gather_period(sources, records, texts, extent=Extent.FULL, technical=False)
    assert [each.checks[each.record.endpoints[1].id].state for each in both] == [
        each.checks[each.record.endpoints[1].id].state for each in single
    ]
    assert annex(both) == annex(single)
    for found in (both, plain):
        assert register(found, texts) == register(single, texts)
        assert statistics(found, Selection(), texts, today=today) == statistics(single, Selection(), texts, today=today)


async def test_a_period_tells_what_its_sessions_tell_and_follows_what_changes(tmp_path: Path, database: str) -> None:
    async with world(tmp_path) as made:
        records = [await held(made, number) for number in range(3)]
        await agree(made, records)
        place = records[1].endpoints[1].id
        checks = PreflightStore(made.services.store.database)
        assert await checks.withdraw(records[1].id, place, "*", by="B") == 1
        await made.services.store.log(records[0].id, "interrupt", actor="An", reason="mất điện")
        manifest = made.data / "recordings" / records[0].id / "manifest.jsonl"
        manifest.chmod(0o644)
        manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[:-1]))  # its seal is lost
        await agree(made, records)

"""Every page of the app is measured and looked at for accessibility; what is measured is stored as a server stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.pages.filling import RECENT, fill, rooms
from benchmarks.pages.routes import APP, PAGES, routes_of_app
from benchmarks.reports.cases import CITIZENS_EACH, MATTERS, fill_cases
from reception.audit import AuditLog
from reception.case_store import CaseStore
from reception.session_query import SessionFilter
from reception.store import Store
from recorder.index import RecordingIndex
from recorder.search import Query


def test_every_route_of_the_app_is_measured_and_looked_at() -> None:
    patterns = [page.pattern for page in PAGES]
    assert sorted(patterns) == sorted(set(patterns))
    routes = routes_of_app(APP.read_text(encoding="utf-8"))
    assert set(routes) == set(patterns), "give each page of web/src/routes.ts its row in benchmarks/pages/routes.py"


def test_samples_take_the_place_of_parameters() -> None:
    page = next(each for each in PAGES if "incidents" in each.pattern)
    samples = {"live": "s1", "incident": "7"}
    assert page.path(samples) == "/sessions/s1/incidents/7/violation"
    assert page.url("http://h", samples, {"operator": "t"}) == "http://h/sessions/s1/incidents/7/violation#token=t"


def test_a_registry_as_large_as_a_provinces() -> None:
    assert len({each.name for each in rooms()}) == 160


@pytest.mark.timeout(60)
async def test_a_small_store_is_filled_as_the_server_reads_it(tmp_path: Path) -> None:
    count = 3
    identifiers = await fill(tmp_path, sessions=count)
    assert await fill_cases(tmp_path, tmp_path / "diemcau.sqlite") == count
    store = await Store.open(tmp_path / "diemcau.sqlite")
    try:
        found, total = await store.sessions(SessionFilter(words="tiep cong dan", limit=1, offset=1))
        _, rooms_stored = await store.registry.rooms()
        case = await CaseStore(store, keys=tmp_path / "keys").case_file(identifiers[0])
        verdict = await AuditLog(store.engine, keys=tmp_path / "keys").verify()
    finally:
        await store.close()
    assert ([each.id for each in found], total, rooms_stored) == ([identifiers[1]], count, 160)
    assert verdict.entries > 1000
    assert (len(case.matters), len(case.citizens)) == (MATTERS, MATTERS * CITIZENS_EACH)
    assert all(each.id_number for each in case.citizens)
    hits = RecordingIndex(tmp_path).search(Query())
    assert [hit.summary.state for hit in hits] == ["done"] * count
    assert count < RECENT

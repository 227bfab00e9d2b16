"""The store under several processes, and where sessions are placed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reception.event_words import VIETNAM
from reception.lifecycle import Action, SessionState
from reception.records import RegisteredEndpoint
from reception.registry_store import NameTaken
from reception.session_plan import Approval, ScriptItem
from reception.store import NotFound, Stale, Store
from tests.postgresql import location_of

WRITES = 20
WRITER = """
import asyncio, sys
from pathlib import Path
from reception.store import Store

async def main(path, session_id, count):
    store = await Store.open(path if "://" in path else Path(path))
    for number in range(count):
        await store.log(session_id, "written", number=number)
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
async def store(tmp_path: Path, database: str) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite")
    yield opened
    await opened.close()


async def draft(store: Store, *, worker: int | None = None, delegates: int = 1) -> str:
    endpoints = [("Trung tâm", "central"), *((f"Xã {number}", "delegate") for number in range(delegates))]
    record = await store.create_session(title="t", kind="rehearsal", profile="30-5", endpoints=endpoints, worker=worker)
    return record.id


async def test_a_session_keeps_its_worker(store: Store) -> None:
    first, second = await draft(store, worker=3), await draft(store)
    assert [await store.placing.worker_of(each) for each in (first, second)] == [3, None]
    await store.placing.place({second: 1})
    assert await store.placing.workers() == {first: 3, second: 1}
    assert (await store.session(second)).worker == 1
    with pytest.raises(NotFound):
        await store.placing.worker_of("none")


async def test_placements_are_of_sessions_that_have_not_ended_with_the_seats_that_are_left(store: Store) -> None:
    first, second, third = await draft(store, worker=0, delegates=3), await draft(store, worker=1), await draft(store)
    removed = (await store.session(first)).endpoints[1].id
    await store.change_endpoint(removed, removed=True)
    await store.act(first, Action.START)
    await store.act(third, Action.END)
    found = [(each.session_id, each.worker, each.state, each.seats) for each in await store.placing.placements()]
    assert found == [(first, 0, SessionState.LIVE, 3), (second, 1, SessionState.DRAFT, 2)]
    assert [each.id for each in await store.open_sessions()] == [first]


async def test_a_session_is_numbered_by_month_and_rehearsals_apart(store: Store) -> None:
    endpoints = [("x", "central")]
    records = [
        await store.create_session(title="t", kind=kind, profile="30-5", endpoints=endpoints)
        for kind in ("dinh_ky", "rehearsal", "dot_xuat", "rehearsal")
    ]
    month = datetime.now(VIETNAM).strftime("%Y-%m")
    assert [each.code for each in records] == [
        f"{series}-{month}-{number}"
        for series, number in (("TCD", "0001"), ("CT", "0001"), ("TCD", "0002"), ("CT", "0002"))
    ]
    assert [each.plan.retention for each in records] == ["", "chay_thu_30_ngay", "", "chay_thu_30_ngay"]


async def test_a_change_of_an_old_version_is_refused_and_changes_nothing(store: Store) -> None:
    session_id = await draft(store)
    version = (await store.session(session_id)).version
    await store.course.change_plan(session_id, {"note": "a"}, actor="A", expected=version)
    with pytest.raises(Stale) as refused:
        await store.course.change_plan(session_id, {"note": "b"}, actor="B", expected=version)
    assert (refused.value.expected, refused.value.version) == (version, version + 1)
    record = await store.session(session_id)
    assert (record.plan.note, record.version) == ("a", version + 1)
    (event,) = await store.events(session_id, since_version=version)
    assert (event.actor, event.kind, event.facts) == ("A", "plan", {"fields": ["note"]})


async def test_the_script_keeps_what_was_done_with_its_items(store: Store) -> None:
    session_id, course = await draft(store), store.course
    first, second = await course.put_script(
        session_id, [ScriptItem(id="", title="Một"), ScriptItem(id="", title="Hai", documents=("a.pdf",))], actor="A"
    )
    await course.change_item(session_id, first.id, state="running", actor="A")
    done = await course.change_item(session_id, first.id, state="done", actor="A")
    assert done is not None
    assert done.started_at is not None
    assert done.ended_at is not None
    items = await course.put_script(session_id, [second, ScriptItem(id="", title="Ba"), done], actor="A")
    assert [(each.title, each.state, each.documents) for each in items] == [
        ("Hai", "pending", ("a.pdf",)),
        ("Ba", "pending", ()),
        ("Một", "done", ()),
    ]
    await course.waive_open_items(session_id, actor="A", reason="hết giờ")
    assert [each.state for each in await course.script(session_id)] == ["waived", "waived", "done"]
    assert await course.change_item(session_id, "none", state="done", actor="A") is None


async def test_rooms_are_imported_all_or_none_renewed_by_name_and_keep_their_id(store: Store) -> None:
    registry = store.registry
    rooms = [RegisteredEndpoint(name=f"Xã {number:03}", level="xa") for number in range(130)]
    assert await registry.import_rooms(rooms) == (130, 0, 130)
    before = (await registry.rooms(words="xa 007"))[0][0]
    renewed = [
        RegisteredEndpoint(name="Xã 007", level="xa", phone="0912"),
        RegisteredEndpoint(name="Sở", level="so_nganh"),
    ]
    assert await registry.import_rooms(renewed) == (1, 1, 131)
    after = (await registry.rooms(words="xa 007"))[0][0]
    assert (after.id, after.phone) == (before.id, "0912")
    page, total = await registry.rooms(level="xa", limit=50, offset=100)
    assert (len(page), total) == (30, 130)
    with pytest.raises(NameTaken):
        await registry.put(RegisteredEndpoint(name="Xã 008", level="xa"))
    seat = await store.add_endpoint(await draft(store), name="Xã 007", role="delegate", registered_id=before.id)
    await registry.remove(before.id)
    assert (await store.session(seat.session_id)).endpoints[-1].registered_id is None


async def test_several_processes_write_at_once_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    session_id = await draft(store)
    arguments = [sys.executable, "-c", WRITER, str(location_of(tmp_path / "store.sqlite")), session_id, str(WRITES)]
    writers = [await asyncio.create_subprocess_exec(*arguments, stderr=subprocess.PIPE) for _ in range(3)]
    for number in range(WRITES):
        await store.change_session(session_id, spotlight=str(number))
    errors = [(await writer.communicate())[1] for writer in writers]
    assert errors == [b"", b"", b""]
    assert len(await store.events(session_id)) == 1 + 3 * WRITES  # the first: that it was created
    assert (await store.session(session_id)).spotlight == str(WRITES - 1)


async def test_sessions_made_at_once_have_different_numbers_and_their_events_the_order_of_the_changes(
    store: Store,
) -> None:
    records = await asyncio.gather(
        *(
            store.create_session(title="t", kind="vu_viec", profile="30-5", endpoints=[("x", "central")])
            for _ in range(12)
        )
    )
    assert sorted(int(each.code.rpartition("-")[2]) for each in records) == list(range(1, 13))
    session_id = records[0].id
    await asyncio.gather(
        *(store.course.change_plan(session_id, {"note": str(number)}, actor="A") for number in range(12))
    )
    events = await store.events(session_id, since_version=0)
    assert [each.version for each in events] == list(range(1, 13))
    assert (await store.session(session_id)).version == 12


async def test_rooms_are_sorted_and_found_alike_on_every_database(store: Store) -> None:
    names = ["Xã Đô Lương", "xã an", "Xã 10", "Xã 9", "Xã Ân Phú", "Xã-B", "Xã a b", "XÃ AB", "Xã_C", "Xã 100%"]
    await store.registry.import_rooms([RegisteredEndpoint(name=each, level="xa") for each in names])
    rooms, _ = await store.registry.rooms()
    assert [each.name for each in rooms] == [
        "Xã 10",
        "Xã 100%",
        "Xã 9",
        "Xã a b",
        "XÃ AB",
        "xã an",
        "Xã Ân Phú",
        "Xã Đô Lương",
        "Xã-B",
        "Xã_C",
    ]
    for words, found in (("do luong", 1), ("ĐÔ", 1), ("an", 2), ("%", 1), ("_", 1), ("xa b", 3), ("'", 0)):
        assert (await store.registry.rooms(words=words))[1] == found, words


async def test_every_kind_of_value_comes_back_as_it_was_stored(store: Store) -> None:
    approval = Approval(
        name="Bà Ân", office="Chánh", document_no="1/QĐ", at=datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)
    )
    plan = {
        "approval": approval,
        "operators": ("Đ", "e\u0301", 'a"b'),
        "planned_start": datetime(2026, 12, 1, 9, 30, tzinfo=VIETNAM),
        "appointment_paper": True,
        "group_size": 2**31 - 1,
        "note": "dòng một\ndòng hai 🎥",
    }
    record = await store.create_session(
        title="t" * 5000, kind="dinh_ky", profile="30-5", endpoints=[("x", "central")], plan=plan
    )
    assert record.title == "t" * 5000  # no database cuts what the program let in
    stored = record.plan
    assert (stored.approval, stored.operators, stored.note) == (approval, plan["operators"], plan["note"])
    assert stored.planned_start == datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    assert (stored.appointment_paper, stored.no_state_secrets, stored.group_size) == (True, False, 2**31 - 1)
    endpoint = record.endpoints[0].id
    await store.change_endpoint(endpoint, cap_up_bps=5_000_000_000)
    await store.log(
        record.id, "odd", endpoint_id=endpoint, none=None, not_a_number=float("nan"), nested={"đ": [1.5, "é"]}
    )
    assert (await store.session(record.id)).endpoints[0].cap_up_bps == 5_000_000_000
    event = (await store.events(record.id))[-1]
    assert event.facts == {"none": None, "not_a_number": None, "nested": {"đ": [1.5, "é"]}}
    assert abs(datetime.now(UTC) - event.at) < timedelta(minutes=5)

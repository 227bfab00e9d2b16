"""Citizens, matters, notes, conclusions and documents in the store; personal numbers sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reception.case_records import Citizen, Conclusion, Document, Note, masked
from reception.case_store import CaseStore
from reception.database import NotFound
from reception.sealed_number import NumberUnreadable, SealedNumbers
from reception.store import Store

NUMBER = "040080001234"


class Case:
    """A store with one session."""

    def __init__(self, store: Store, data: Path, session_id: str) -> None:
        self.store, self.data, self.id = store, data, session_id
        self.case = CaseStore(store, keys=data / "keys")

    async def events(self) -> list[str]:
        return [each.kind for each in await self.store.events(self.id)]


@pytest.fixture
async def kept(tmp_path: Path, database: str) -> AsyncIterator[Case]:
    store = await Store.open(tmp_path / "store.sqlite")
    endpoints = [("Trung tâm", "central"), ("Xã A", "delegate")]
    record = await store.create_session(title="t", kind="vu_viec", profile="30-5", endpoints=endpoints)
    yield Case(store, tmp_path, record.id)
    await store.close()


def citizen(session_id: str, **more: object) -> Citizen:
    values = {"endpoint_id": "e1", "name": "Lô Thị Đào", "id_number": NUMBER, "address": "Bản Đôm", **more}
    return Citizen(session_id=session_id, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("number", "shown"), [(NUMBER, "••••••1234"), ("", ""), ("1234567", "••••••")])
def test_a_number_is_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


async def test_a_citizen_comes_back_and_the_number_is_nowhere_on_the_disk(kept: Case) -> None:
    added = await kept.case.add_citizen(citizen(kept.id), actor="Thư ký")
    assert NUMBER not in repr(added)
    changed = await kept.case.change_citizen(kept.id, added.id, {"birth_year": 1960}, actor="Thư ký")
    assert (changed.id_number, changed.birth_year) == (NUMBER, 1960)
    assert await kept.case.citizens(kept.id) == [changed]
    for path in [path for path in kept.data.rglob("*") if path.is_file()]:
        assert NUMBER.encode() not in path.read_bytes(), path
    assert (kept.data / "keys" / "citizens.key").stat().st_mode & 0o077 == 0
    events = [each for each in await kept.store.events(kept.id) if each.kind.startswith("citizen")]
    assert "Đào" not in str([each.facts for each in events])


async def test_a_sealed_number_belongs_to_its_citizen(kept: Case) -> None:
    numbers = SealedNumbers(kept.data / "keys")
    sealed = numbers.seal(NUMBER, citizen_id="one")
    assert numbers.open(sealed, citizen_id="one") == NUMBER
    with pytest.raises(NumberUnreadable, match=r"citizens\.key"):
        numbers.open(sealed, citizen_id="two")


async def test_without_its_key_a_citizen_is_shown_without_the_number(kept: Case) -> None:
    await kept.case.add_citizen(citizen(kept.id), actor="Thư ký")
    (kept.data / "keys" / "citizens.key").unlink()
    (found,) = await CaseStore(kept.store, keys=kept.data / "keys").citizens(kept.id)
    assert (found.name, found.id_number, found.id_unreadable) == ("Lô Thị Đào", "", True)


async def test_who_was_entered_by_mistake_is_taken_back(kept: Case) -> None:
    added = await kept.case.add_citizen(citizen(kept.id), actor="Thư ký")
    with pytest.raises(NotFound):
        await kept.case.remove_citizen("another", added.id, actor="Thư ký")
    await kept.case.remove_citizen(kept.id, added.id, actor="Thư ký", reason="nhập nhầm")
    assert await kept.case.citizens(kept.id) == []
    assert "citizen_removed" in await kept.events()


async def test_an_item_has_one_matter_whose_outcome_is_an_event(kept: Case) -> None:
    await kept.case.put_matter(kept.id, "i1", {"summary": "Đất ở"}, actor="Thư ký")
    ruled = {"outcome": "tu_choi", "refusal_ground": "da_giai_quyet"}
    matter = await kept.case.put_matter(kept.id, "i1", ruled, actor="Chủ trì")
    assert await kept.case.matters(kept.id) == [matter]
    assert (matter.summary, matter.outcome, matter.by) == ("Đất ở", "tu_choi", "Chủ trì")
    assert (await kept.events())[-2:] == ["matter", "outcome"]


async def test_notes_are_in_order_of_what_they_are_about(kept: Case) -> None:
    now = datetime(2026, 11, 30, 8, tzinfo=UTC)
    late = await kept.case.add_note(Note(session_id=kept.id, text="sau", at=now, author="Thư ký"))
    early = Note(session_id=kept.id, text="trước", at=now - timedelta(minutes=1), author="Thư ký")
    first = await kept.case.add_note(early)
    assert [each.text for each in await kept.case.notes(kept.id)] == ["trước", "sau"]
    changed = await kept.case.change_note(kept.id, first.id, {"text": "trước nữa"}, actor="Thư ký")
    assert changed.at == early.at
    assert changed.edited_at is not None
    await kept.case.remove_note(kept.id, late.id, actor="Thư ký")
    assert [each.text for each in await kept.case.notes(kept.id)] == ["trước nữa"]
    with pytest.raises(NotFound):
        await kept.case.change_note(kept.id, late.id, {"text": "x"}, actor="Thư ký")


async def test_a_conclusion_is_overdue_the_day_after_its_deadline(kept: Case) -> None:
    day = date(2026, 12, 15)
    given = Conclusion(session_id=kept.id, task="Trả lời", owner="UBND xã A", deadline=day, by="Thư ký")
    added = await kept.case.add_conclusion(given)
    assert not added.overdue(today=day)
    assert added.overdue(today=day + timedelta(days=1))
    done = {"done_at": datetime.now(UTC), "done_note": "CV 12"}
    changed = await kept.case.change_conclusion(kept.id, added.id, done, actor="Thư ký")
    assert not changed.overdue(today=day + timedelta(days=1))
    assert await kept.case.conclusions(kept.id) == [changed]


async def test_a_removed_document_stays_known(kept: Case) -> None:
    one = Document(session_id=kept.id, name="Đơn.pdf", media_type="application/pdf", sha256="a" * 64, endpoints=("e1",))
    added = await kept.case.documents.add(one, actor="Thư ký")
    assert (await kept.case.case_file(kept.id)).documents == (added,)
    await kept.case.documents.remove(kept.id, added.id, actor="Thư ký", reason="sai hồ sơ")
    assert await kept.case.documents.of(kept.id) == []
    (gone,) = await kept.case.documents.of(kept.id, removed=True)
    assert (gone.removed_by, gone.removed_reason, gone.endpoints) == ("Thư ký", "sai hồ sơ", ("e1",))
    with pytest.raises(NotFound):
        await kept.case.documents.remove(kept.id, added.id, actor="Thư ký", reason="nữa")

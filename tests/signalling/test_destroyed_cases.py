"""What belongs to a destroyed recording goes with it; the register stays."""

from __future__ import annotations

from pathlib import Path

from reception.audit import AuditFilter
from reception.case_records import Citizen, Document
from recorder.storage.ledger import write_json
from signalling.destroyed_cases import sweep_destroyed
from tests.signalling.archived import world


async def test_documents_and_numbers_go_and_the_names_of_the_register_stay(tmp_path: Path) -> None:
    async with world(tmp_path) as made:
        case = made.services.case
        gone, kept = [await made.ended(recorded=False) for _ in range(2)]
        for record in (gone, kept):
            citizen = Citizen(session_id=record.id, endpoint_id="e", name="Ông A", id_number="040080001234")
            await case.add_citizen(citizen, actor="t")
            document = Document(session_id=record.id, name="d", media_type="application/pdf")
            added = await case.documents.add(document, actor="t")
            folder = made.data / "documents" / record.id
            folder.mkdir(parents=True)
            (folder / f"{added.id}.pdf").write_bytes(b"%PDF")
        path = made.data / "storage" / "destroyed" / f"{gone.id}.json"
        path.parent.mkdir(parents=True)
        write_json(path, {"id": gone.id, "state": "begun"})
        assert await sweep_destroyed(made.services) == []
        write_json(path, {"id": gone.id, "state": "done"})
        assert await sweep_destroyed(made.services) == [gone.id]
        assert await sweep_destroyed(made.services) == []
        assert [(each.name, each.id_number) for each in await case.citizens(gone.id)] == [("Ông A", "")]
        assert await case.documents.of(gone.id) == []
        assert not (made.data / "documents" / gone.id).exists()
        assert [each.id_number for each in await case.citizens(kept.id)] == ["040080001234"]
        assert len(list((made.data / "documents" / kept.id).iterdir())) == 1
        entries = [entry async for entry in made.services.audit.log.stream(AuditFilter())]
        assert (entries[-1].action, entries[-1].facts["numbers"]) == ("case_destroyed", 1)

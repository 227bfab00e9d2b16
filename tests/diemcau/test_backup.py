"""Backups, restoring and moves on real databases: every table of the program comes back as it was."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from diemcau.backup import restoring
from diemcau.backup.making import Wanted, make_backup
from diemcau.backup.moving import move_store
from diemcau.backup.restoring import Place, Restored, restore
from diemcau.backup.store_check import check_store
from reception import schema
from reception.database import Database
from reception.engine import Location, make_engine
from reception.schema import head, metadata, migrate
from reception.store_errors import StoreError
from tests import postgresql
from tests.diemcau import whole_store
from tests.diemcau.whole_store import ROWS, contents

pytestmark = pytest.mark.own_databases

KINDS = ["sqlite", "postgresql"]
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
NOW = datetime.fromisoformat("2026-11-30T08:00:00+07:00")
SECRET = "một cụm mật khẩu dài"


class World:
    """A filled store with a data directory, and places for others."""

    def __init__(self, folder: Path, kind: str, *, name: str = "a") -> None:
        self.folder, self.kind = folder, kind
        self.data = folder / name
        self.location = self.place(name, kind)
        self.file = folder / "x.dcbackup"

    def place(self, name: str, kind: str) -> Location:
        """An empty database; of PostgreSQL one that another than the superuser owns."""
        if kind == "sqlite":
            return self.folder / name / "diemcau.sqlite"
        server = postgresql.server()
        server.drop(f"backup_{name}")
        server.create(f"backup_{name}", empty=True)
        if not server.sql("SELECT 1 FROM pg_roles WHERE rolname = 'office'"):
            server.sql("CREATE ROLE office LOGIN")
        server.sql(f"ALTER DATABASE backup_{name} OWNER TO office")
        return server.url(f"backup_{name}").replace("postgres@", "office@")

    async def fill(self) -> None:
        await whole_store.fill(self.location, self.data)
        for name in ("documents/s1/đơn.pdf", "templates/bien_ban.docx", "recordings/session-0/manifest.jsonl"):
            path = self.data / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)

    async def backup(self, **changes: Any) -> Any:
        wanted = {"location": self.location, "data": self.data, "target": self.file, "keys": True, **changes}
        return await make_backup(Wanted(**wanted))

    async def restore(self, location: Location, data: Path, *, replace: bool = False, secret: str = "") -> Restored:
        place = Place(location=location, data=data, replace=replace)
        return await restore(self.file, place, passphrase=secret, now=NOW)


async def everything(location: Location) -> dict[str, list[dict[str, Any]]]:
    engine = make_engine(location)
    try:
        return await contents(engine)
    finally:
        await engine.dispose()


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    made = World(tmp_path, request.param)
    await made.fill()
    return made


async def test_a_backup_of_either_database_goes_into_the_other_with_every_table(world: World) -> None:
    before = await everything(world.location)
    assert {name for name, rows in before.items() if len(rows) < ROWS} == set()  # there is something to lose
    manifest = await world.backup()
    assert {name: each.rows for name, each in manifest.tables.items()} == {
        name: len(before[name]) for name in metadata().tables
    }
    assert set(manifest.files) >= {"documents/s1/đơn.pdf", "templates/bien_ban.docx", "keys/audit.key"}
    assert not any(name.startswith("recordings") for name in manifest.files)
    other = world.place("b", OTHER[world.kind])
    restored = await world.restore(other, world.folder / "b")
    after = await everything(other)
    (entry,) = after["audit"][ROWS:]
    assert (entry["action"], entry["object"], entry["actor"]) == ("restore_store", "x.dcbackup", "console")
    after["audit"].pop()
    assert after == before
    assert (world.folder / "b" / "documents" / "s1" / "đơn.pdf").read_text() == "documents/s1/đơn.pdf"
    assert (world.folder / "b" / "keys").stat().st_mode & 0o077 == 0
    assert (restored.kept, restored.warnings) == ([], [])
    checked = await check_store(other, world.folder / "b")
    assert (checked["faults"], checked["audit"]["entries"]) == ([], ROWS + 1)
    await new_rows_get_new_numbers(other)


async def new_rows_get_new_numbers(location: Location) -> None:
    engine = make_engine(location)
    async with engine.begin() as connection:
        event = metadata().tables["event"]
        values = whole_store.row(event, 1)
        number = (await connection.execute(event.insert().values(values).returning(event.c.id))).scalar_one()
        assert number > ROWS
        await connection.rollback()
    await engine.dispose()


async def test_a_move_there_and_back_loses_nothing(world: World) -> None:
    before = await everything(world.location)
    there, back = world.place("b", OTHER[world.kind]), world.place("c", world.kind)
    copied = await move_store(world.location, there, data=world.data, replace=False, now=NOW)
    assert {name: each.rows for name, each in copied.items()} == {name: len(rows) for name, rows in before.items()}
    await move_store(there, back, data=world.data, replace=False, now=NOW)
    after = await everything(back)
    assert [each["action"] for each in after["audit"][ROWS:]] == ["move_store", "move_store"]
    del after["audit"][ROWS:]
    assert after == before
    assert await everything(world.location) == before
    assert (await check_store(back, world.data))["audit"]["whole"] is True


async def test_what_is_written_while_a_backup_is_made_is_in_it_whole_or_not_at_all(world: World) -> None:
    database = await Database.open(world.location)
    stop = asyncio.Event()

    async def write() -> int:
        number = 0
        while not stop.is_set():
            async with database.session.begin() as session:  # two tables in one transaction
                await session.execute(
                    text(f"INSERT INTO sign_in_failure VALUES ('n{number}', 1, '2026-01-01 00:00:00', NULL)")
                )
                await session.execute(
                    text(f"INSERT INTO room_part VALUES ('session-1', 'n{number}', '{{}}', '2026-01-01 00:00:00')")
                )
            number += 1
            await asyncio.sleep(0)
        return number

    writer = asyncio.create_task(write())
    manifests = []
    for number in range(3):
        world.file = world.folder / f"{number}.dcbackup"
        manifests.append(await world.backup())
    stop.set()
    written = await writer
    await database.close()
    counts = [each.tables["sign_in_failure"].rows - ROWS for each in manifests]
    assert counts == [each.tables["room_part"].rows - ROWS for each in manifests]
    assert counts == sorted(counts)
    assert written > counts[-1] - 1
    await world.restore(world.place("b", world.kind), world.folder / "b")


async def test_what_is_there_is_refused_or_kept(world: World) -> None:
    await world.backup()
    b = World(world.folder, world.kind, name="b")
    await b.fill()
    (b.data / "documents" / "mine.txt").write_text("mine")
    before = await everything(b.location)
    with pytest.raises(StoreError, match="--replace"):
        await world.restore(b.location, b.data)
    with pytest.raises(StoreError, match=r"has data already.*--replace"):
        await world.restore(b.location, world.folder / "empty")
    with pytest.raises(StoreError, match=r"has data already.*--replace"):
        await move_store(world.location, b.location, data=world.data, replace=False, now=NOW)
    assert await everything(b.location) == before
    async with asyncio.timeout(60):
        restored = await world.restore(b.location, b.data, replace=True)
    keep = b.data / "before-restore-20261130-080000"
    assert (keep / "documents" / "mine.txt").read_text() == "mine"
    assert not (b.data / "documents" / "mine.txt").exists()
    assert restored.kept == [str(keep)]
    if world.kind == "sqlite":
        assert await everything(keep / "diemcau.sqlite") == before
    else:
        kept = postgresql.server().sql(
            "SELECT count(*) FROM before_restore_20261130_080000.session", database="backup_b"
        )
        assert kept == str(len(before["session"]))
    assert (await check_store(b.location, b.data))["faults"] == []


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


async def test_a_damaged_or_newer_backup_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.backup()
    target = world.place("b", OTHER[world.kind])
    whole = world.file.read_bytes()
    damage(world.file)
    with pytest.raises(StoreError, match="no whole backup"):
        await world.restore(target, world.folder / "b")
    world.file.write_bytes(whole)
    known = schema.revisions()
    with monkeypatch.context() as older:
        older.setattr(schema, "revisions", lambda: known[:-1])
        with pytest.raises(StoreError, match="newer version"):
            await world.restore(target, world.folder / "b")
    with monkeypatch.context() as broken:
        broken.setattr(restoring, "_put_files", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await world.restore(target, world.folder / "b")
    with monkeypatch.context() as broken:
        broken.setattr("reception.dump_store._instant", lambda at: at.replace(year=1).isoformat())
        with pytest.raises(StoreError, match="not what was read"):
            await world.restore(target, world.folder / "b")
    left = [each.name for each in (world.folder / "b").iterdir()] if (world.folder / "b").exists() else []
    assert left == []
    if isinstance(target, str):
        assert (
            postgresql.server().sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="backup_b")
            == "0"
        )
    await world.restore(target, world.folder / "b")


async def test_a_backup_of_an_older_program_is_migrated(tmp_path: Path) -> None:
    """What is read back is of the old tables; then they are made new."""
    world = World(tmp_path, "sqlite")
    assert isinstance(world.location, Path)
    world.location.parent.mkdir()
    engine = make_engine(world.location)
    async with engine.begin() as connection:
        await connection.run_sync(migrate, "0001")
        await connection.execute(
            text(
                "INSERT INTO session (id, title, kind, profile, state, created_at)"
                " VALUES ('s1', 'Đất đai', 'dinh_ky', '30-5', 'ended', '2026-01-02 03:04:05')"
            )
        )
    await engine.dispose()
    manifest = await world.backup()
    assert (manifest.revision, manifest.rows) == ("0001", 1)
    for kind in KINDS:
        target = world.place("b", kind)
        await world.restore(target, tmp_path / f"b-{kind}")
        found = await everything(target)
        assert [(each["id"], each["search"], each["version"]) for each in found["session"]] == [("s1", "dat dai", 0)]
        checked = await check_store(target, tmp_path / f"b-{kind}")
        assert (checked["revision"], checked["faults"]) == (head(), [])


async def test_an_encrypted_backup_has_the_keys_and_a_plain_one_says_which_are_missing(world: World) -> None:
    await world.backup(passphrase=SECRET)
    assert b"session" not in world.file.read_bytes()
    with pytest.raises(StoreError, match="encrypted"):
        await world.restore(world.place("b", world.kind), world.folder / "b")
    await world.restore(world.place("b", world.kind), world.folder / "b", secret=SECRET)
    world.file = world.folder / "plain"
    await world.backup(keys=False)
    restored = await world.restore(world.place("c", world.kind), world.folder / "c")
    assert [each.en for each in restored.warnings if "audit.key" in each.en]
    assert restored.without_recording == [f"session-{number}" for number in range(ROWS) if number % 3 != 2]


async def test_a_tampered_audit_log_is_told_at_the_backup_and_after_it(tmp_path: Path) -> None:
    world = World(tmp_path, "sqlite")
    await world.fill()
    engine = make_engine(world.location)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER audit_no_update"))
        await connection.execute(text("UPDATE audit SET actor = 'x' WHERE sequence = 3"))
    await engine.dispose()
    assert (await check_store(world.location, world.data))["faults"] == ["audit"]
    assert (await world.backup()).audit_whole is False
    restored = await world.restore(world.place("b", "sqlite"), tmp_path / "b")
    assert "NOT whole" in restored.warnings[0].en


async def test_a_long_text_of_sqlite_has_room_in_postgresql(tmp_path: Path) -> None:
    """SQLite never kept to the length of a column."""
    world = World(tmp_path, "sqlite")
    await world.fill()
    engine = make_engine(world.location)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE session SET title = :long"), {"long": "đ" * 10_000})
    await engine.dispose()
    target = world.place("b", "postgresql")
    await move_store(world.location, target, data=world.data, replace=False, now=NOW)
    assert {len(each["title"]) for each in (await everything(target))["session"]} == {10_000}


async def test_what_postgresql_cannot_keep_is_named_and_nothing_is_moved(tmp_path: Path) -> None:
    world = World(tmp_path, "sqlite")
    await world.fill()
    engine = make_engine(world.location)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE session SET title = 'a' || char(0) WHERE id = 'session-1'"))
    await engine.dispose()
    target = world.place("b", "postgresql")
    with pytest.raises(StoreError, match="Table session, rows 1 to 7"):
        await move_store(world.location, target, data=world.data, replace=False, now=NOW)
    assert (
        postgresql.server().sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="backup_b")
        == "0"
    )


async def test_a_server_that_is_connected_is_in_the_way(tmp_path: Path) -> None:
    world = World(tmp_path, "postgresql")
    await world.fill()
    await world.backup()
    database = await Database.open(world.location)
    await database.check()
    with pytest.raises(StoreError, match="in use"):
        await world.restore(world.location, tmp_path / "b", replace=True)
    with pytest.raises(StoreError, match="in use"):
        await move_store(world.location, world.place("b", "sqlite"), data=world.data, replace=False, now=NOW)
    await database.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_tables_of_many_pages_are_read_whole_and_in_order(tmp_path: Path, kind: str) -> None:
    """One table's key is a number, one's two texts of which many are alike."""
    world = World(tmp_path, kind)
    await world.fill()
    engine = make_engine(world.location)
    async with engine.begin() as connection:
        event, part = metadata().tables["event"], metadata().tables["room_part"]
        await connection.execute(event.insert(), [whole_store.row(event, number % ROWS) for number in range(1203)])
        rows = [
            {**whole_store.row(part, 1), "session_id": f"session-{number % 2}", "part": f"Đ{number}"}
            for number in range(1100)
        ]
        await connection.execute(part.insert(), rows)
    await engine.dispose()
    manifest = await world.backup()
    assert (manifest.tables["event"].rows, manifest.tables["room_part"].rows) == (1203 + ROWS, 1100 + ROWS)
    other = world.place("b", OTHER[kind])
    await world.restore(other, tmp_path / "b")
    before, after = await everything(world.location), await everything(other)
    assert after["event"] == before["event"]
    assert after["room_part"] == before["room_part"]

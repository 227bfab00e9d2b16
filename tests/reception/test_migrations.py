"""Every migration forth and back, on both databases; after the last one the tables are those of the models."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

import reception
from reception.engine import make_engine
from reception.schema import downgrade, head, metadata, migrate, other_type, revision_of, revisions
from reception.session_plan import SessionPlan
from reception.store import Store
from reception.store_errors import StoreUnavailable
from tests import postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database."""
    if request.param == "sqlite":
        engine = make_engine(tmp_path / "new.sqlite")
        yield engine
        await engine.dispose()
        return
    server = postgresql.server()
    engine = make_engine(server.create("migrated", empty=True))
    yield engine
    await engine.dispose()
    server.drop("migrated")


async def run(engine: AsyncEngine, work: Any, *arguments: Any) -> Any:
    async with engine.begin() as connection:
        return await connection.run_sync(work, *arguments)


def shape(connection: Connection) -> dict[str, Any]:
    """Tables with columns, keys and indexes, as the database tells them."""
    found: dict[str, Any] = {}
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        columns = {each["name"]: (str(each["type"]), each["nullable"]) for each in inspector.get_columns(table)}
        indexes = sorted((str(each["name"]), tuple(each["column_names"])) for each in inspector.get_indexes(table))
        keys = inspector.get_pk_constraint(table)["constrained_columns"]
        found[table] = (columns, indexes, keys)
    return found


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": other_type})
    return list(compare_metadata(context, metadata()))


async def test_the_tables_of_the_last_migration_are_those_of_the_models(engine: AsyncEngine) -> None:
    await run(engine, migrate)
    assert await run(engine, revision_of) == head()
    assert await run(engine, differences) == []
    tables = set(await run(engine, shape)) - {"alembic_version"}
    assert tables == set(metadata().tables)


async def test_each_migration_goes_back_to_what_was_before_it_and_forth_again(engine: AsyncEngine) -> None:
    shapes: list[tuple[str, dict[str, Any]]] = [("base", {})]
    for revision in revisions():
        await run(engine, migrate, revision)
        shapes.append((revision, await run(engine, shape)))
    last = shapes.pop()
    for revision, before in reversed(shapes):
        await run(engine, downgrade, revision)
        now = await run(engine, shape)
        now.pop("alembic_version", None)
        before.pop("alembic_version", None)
        assert plain(now) == plain(before), revision
    await run(engine, migrate)
    assert await run(engine, shape) == last[1]


def plain(tables: dict[str, Any]) -> dict[str, Any]:
    """Without the lengths of texts, which no database keeps to."""
    kept = {}
    for name, (columns, indexes, keys) in tables.items():
        kinds = {
            column: ("text" if kind.startswith(("VARCHAR", "TEXT")) else kind, nullable)
            for column, (kind, nullable) in columns.items()
        }
        kept[name] = (kinds, indexes, keys)
    return kept


def fill_first(connection: Connection) -> None:
    """A store of the first version, with something in it."""
    for statement in (
        "INSERT INTO session (id, title, kind, profile, state, created_at)"
        " VALUES ('s1', 'Đất đai', 'dinh_ky', '30-5', 'ended', '2026-01-02 03:04:05')",
        "INSERT INTO endpoint (id, session_id, position, name, role, removed, microphone, camera, muted,"
        " locked, camera_off) VALUES ('e1', 's1', 0, 'Xã', 'central', false, true, true, false, false, false)",
        "INSERT INTO registered_endpoint VALUES ('Xã A', 'xa', 'UBND', 'chợ', 'B')",
    ):
        connection.execute(text(statement))


async def test_what_is_in_a_store_of_the_first_version_goes_forth_back_and_forth(engine: AsyncEngine) -> None:
    await run(engine, migrate, "0001")
    await run(engine, fill_first)
    for _ in range(2):
        await run(engine, migrate)
        async with engine.connect() as connection:
            found = (
                await connection.execute(text("SELECT title, search, version, no_state_secrets FROM session"))
            ).one()
            assert tuple(found) in (("Đất đai", "dat dai", 0, False), ("Đất đai", "dat dai", 0, 0))
            room = (await connection.execute(text("SELECT name, technician, search FROM registered_endpoint"))).one()
            assert tuple(room) == ("Xã A", "B", "xa a")
        await run(engine, downgrade, "0001")
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT name, contact FROM registered_endpoint"))).all()
        assert [tuple(each) for each in rows] == [("Xã A", "B")]
        assert (await connection.execute(text("SELECT state FROM session"))).scalar_one() == "ended"


async def test_a_store_of_the_first_version_is_opened_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    engine = make_engine(path)
    await run(engine, migrate, "0001")
    await run(engine, fill_first)
    await engine.dispose()
    store = await Store.open(path)
    if "sqlite" not in str(store.engine.url):  # the whole run is on PostgreSQL
        await store.close()
        pytest.skip("the file is not what was opened")
    record = await store.session("s1")
    assert (record.worker, record.version, record.plan) == (None, 0, SessionPlan())
    assert (record.endpoints[0].cap_up_bps, record.endpoints[0].people) == (None, ())
    (room,), total = await store.registry.rooms(words="xa a")
    assert (room.name, room.technician, room.active, total) == ("Xã A", "B", True, 1)
    await store.close()


async def test_a_store_of_a_newer_program_is_left_alone(engine: AsyncEngine) -> None:
    await run(engine, migrate)
    before = await run(engine, shape)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match=r"newer version .9999"):
        await run(engine, migrate)
    assert await run(engine, shape) == before


def test_every_table_that_the_program_has_is_known_to_backups_and_moves() -> None:
    """They find tables by `metadata()`: a class in a module that it does not import would be missed."""
    written = set()
    for file in Path(reception.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Assign) and any(
                getattr(each, "id", "") == "__tablename__" for each in node.targets
            ):
                written.add(ast.literal_eval(node.value))
    assert written == set(metadata().tables)


def test_no_two_tables_refer_to_each_other() -> None:
    """They are filled one after the other when a backup is restored: who is referred to comes first."""
    order = [each.name for each in metadata().sorted_tables]
    for table in metadata().tables.values():
        for key in table.foreign_keys:
            assert order.index(key.column.table.name) < order.index(table.name)

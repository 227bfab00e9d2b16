"""A store in PostgreSQL: what is refused and how it is said, and what it shares with SQLite."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text, update

from config.loader import load_settings
from config.problems import ConfigError
from reception.database import Database, Refusal, refusal_of
from reception.engine import shown_location
from reception.store import NotFound, Store
from reception.store_errors import StoreUnavailable
from reception.tables import SessionRow
from tests import postgresql
from tests.postgresql import PostgreSql


@pytest.fixture(scope="module")
def server() -> PostgreSql:
    return postgresql.server()


@pytest.fixture
def url(server: PostgreSql) -> Iterator[str]:
    yield server.create("one")
    server.drop("one")


def test_one_setting_chooses_it_in_the_file_or_in_the_environment(tmp_path: Path) -> None:
    url = "postgresql://diemcau@db.tinh.example.vn:5432/diemcau"
    file = tmp_path / "c.toml"
    file.write_text(f'database = "{url}"\n')
    assert load_settings(file, environment={}).store_location == url
    assert load_settings(None, environment={"DIEMCAU_DATABASE": url}).store_location == url
    assert load_settings(None, environment={}, overrides={"server.data": "/d"}).store_location == Path(
        "/d/diemcau.sqlite"
    )
    for other in ("postgresql:///diemcau?host=/run/postgresql", "postgres://a:b%40@[::1]/x"):
        assert load_settings(None, environment={"DIEMCAU_DATABASE": other}).store_location == other


@pytest.mark.parametrize("wrong", ["mysql://x/y", "postgresql://host", "postgresql://host/", "diemcau.sqlite", "x y"])
def test_a_wrong_setting_is_refused_with_what_is_allowed(wrong: str) -> None:
    with pytest.raises(ConfigError, match=re.escape("postgresql://user@host:5432/name")) as refused:
        load_settings(None, environment={"DIEMCAU_DATABASE": wrong})
    assert refused.value.problems[0].key == "database"


def test_no_password_is_shown() -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(None, environment={"DIEMCAU_DATABASE": "mysql://me:geheim@host/db"})
    assert "geheim" not in str(refused.value)
    assert shown_location("postgresql://me:geheim@host/db") == "postgresql://me:***@host/db"
    assert shown_location("postgresql://host/db?password=geheim&x=1") == "postgresql://host/db?password=***&x=1"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda url: url.replace("/one", "/none"), 'database "none" does not exist.*createdb'),
        (lambda url: url.replace("w%2Frd", "x"), "password authentication failed.*pgpass"),
        (lambda url: url.replace("postgres:", "nobody:"), "password authentication failed"),
        (lambda url: re.sub(r"127.0.0.1:\d+", "127.0.0.1:1", url), "Check that PostgreSQL runs"),
        (lambda url: url + "?sslmode=require", "cannot be used.*SSL"),
        (lambda url: url.replace("127.0.0.1", "[oops"), "cannot be used"),
    ],
)
async def test_who_is_not_let_in_is_told_why_and_what_to_do(
    server: PostgreSql, url: str, change: object, says: str
) -> None:
    wrong = change(server.tcp_url("one"))  # type: ignore[operator]
    with pytest.raises(StoreUnavailable, match=says) as refused:
        await Database.open(wrong)
    assert refused.value.words.vi
    assert "w%2Frd" not in str(refused.value)
    assert refusal_of(refused.value) is Refusal.UNAVAILABLE


async def test_a_password_over_tcp_lets_in(server: PostgreSql, url: str) -> None:
    store = await Store.open(server.tcp_url("one"))
    assert await store.sessions() == ([], 0)
    await store.close()


async def test_a_database_that_is_not_utf_8_is_refused(server: PostgreSql) -> None:
    server.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(StoreUnavailable, match=r"LATIN1.*UTF8"):
        await Database.open(server.url("latin"))
    server.drop("latin")


async def test_text_is_sorted_by_code_point_whatever_the_language_of_the_database(server: PostgreSql, url: str) -> None:
    other = server.sql("SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','B','a','đ','e']) x", database="one")
    assert other == "abBđe"  # Vietnamese
    query = (
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> "
        "'alembic_version' AND (data_type = 'character varying' "
        "OR data_type = 'text' AND collation_name IS DISTINCT FROM 'C')"
    )
    assert server.sql(query, database="one") == "0"


async def test_who_opens_an_empty_database_at_once_makes_the_tables_once(server: PostgreSql) -> None:
    url = server.create("fresh", empty=True)
    stores = await asyncio.gather(*(Store.open(url) for _ in range(5)))
    assert await stores[0].sessions() == ([], 0)
    await asyncio.gather(*(each.close() for each in stores))
    server.drop("fresh")


async def test_the_first_write_of_a_transaction_takes_the_writers_turn(url: str) -> None:
    """Else two would read the same highest number, and both write the next."""
    database = await Database.open(url)
    order: list[str] = []
    begun = asyncio.Event()

    async def write(name: str, go_on: asyncio.Event) -> None:
        async with database.session.begin() as session:
            await session.execute(update(SessionRow).values(note=name))  # no row is there: no row is locked
            order.append(f"{name} writes")
            begun.set()
            await go_on.wait()
        order.append(f"{name} is done")

    first, second = asyncio.Event(), asyncio.Event()
    second.set()
    writers = [asyncio.create_task(write("a", first))]
    await begun.wait()
    writers.append(asyncio.create_task(write("b", second)))
    async with database.session() as session:  # who only reads does not wait
        assert (await session.execute(text("SELECT count(*) FROM session"))).scalar_one() == 0
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while not (await session.execute(waiting)).scalar_one():
            await session.execute(text("SELECT pg_sleep(0.01)"))
    first.set()
    await asyncio.gather(*writers)
    assert order.index("a is done") < order.index("b is done")
    assert order[:1] == ["a writes"]
    assert order.index("b writes") > 0
    await database.close()


async def test_the_store_goes_on_after_the_server_was_restarted(server: PostgreSql, url: str) -> None:
    store = await Store.open(url)
    record = await store.create_session(title="t", kind="rehearsal", profile="30-5", endpoints=[("x", "central")])
    server.end()
    with pytest.raises(Exception) as refused:  # noqa: PT011
        await store.session(record.id)
    assert refusal_of(refused.value) is Refusal.UNAVAILABLE
    server.launch()
    assert (await store.session(record.id)).id == record.id
    await store.close()


async def test_a_value_that_it_cannot_keep_is_told_from_other_faults(url: str) -> None:
    store = await Store.open(url)
    for call in (store.session("\0"), store.placing.place({"x": 2**40})):
        with pytest.raises(Exception) as refused:  # noqa: PT011
            await call
        assert refusal_of(refused.value) is Refusal.VALUE
    assert await store.events("x", after=2**40) == []
    with pytest.raises(NotFound) as missing:
        await store.session("x")
    assert refusal_of(missing.value) is None
    await store.close()

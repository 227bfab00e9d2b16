"""The schema in a database: which revision it has, migrated forth and back, and made alike on both databases."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, String, text

import reception
from config.words import Words
from reception.engine import lock_writers
from reception.store_errors import StoreUnavailable
from reception.tables import Base

OLDEST_POSTGRESQL = 130_000  # server_version_num

# Text has no limit on SQLite and is sorted by code point; a database's own language would sort otherwise.
_OTHER_TEXT = """
SELECT c.relname, a.attname FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation k ON k.oid = a.attcollation
WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
AND t.typname IN ('varchar', 'text') AND (t.typname = 'varchar' OR k.collname <> 'C') AND c.relname <> 'alembic_version'
ORDER BY c.relname, a.attnum
"""


def metadata() -> MetaData:
    """All tables of all modules `reception/…tables.py`, and the audit log's."""
    for module in pkgutil.iter_modules(reception.__path__):
        if module.name.endswith("tables") or module.name == "audit":
            import_module(f"reception.{module.name}")
    return Base.metadata


def migrate(connection: Connection, revision: str = "head") -> None:
    """Make or migrate the tables up to a revision; a transaction begins with it.

    Raises StoreUnavailable: the tables are of a newer program, or this PostgreSQL is none that we can work with.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # of several processes that open a new file one makes the tables
    upgrade(connection, revision)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """The same in a transaction that has begun."""
    if connection.dialect.name == "postgresql":
        _check_server(connection)
        lock_writers(connection)
    check_known(revision_of(connection))
    command.upgrade(_config(connection), revision)
    if connection.dialect.name == "postgresql":
        _settle_text(connection)


def downgrade(connection: Connection, revision: str) -> None:
    """Migrate the tables back to a revision; "base": there are none."""
    command.downgrade(_config(connection), revision)


def revision_of(connection: Connection) -> str:
    """The revision that the tables have; "" where there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def revisions() -> list[str]:
    """All that this program knows, oldest first."""
    return [each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def head() -> str:
    """The newest revision that this program knows."""
    return revisions()[-1]


def check_known(revision: str) -> None:
    """Raises StoreUnavailable if the revision is of a newer program."""
    if revision and revision not in revisions():
        raise StoreUnavailable(
            Words(
                f"Dữ liệu thuộc phiên bản mới hơn ({revision}); chương trình này chỉ biết đến {head()}. "
                "Hãy cập nhật chương trình.",
                f"The data are of a newer version ({revision}); this program knows up to {head()}. Update the program.",
            )
        )


def other_type(
    _context: object, _inspected_column: object, _column: object, inspected: object, wanted: object
) -> bool | None:
    """For alembic's comparison: no text is limited in a database, the limits are the program's to keep."""
    return False if isinstance(inspected, String) and isinstance(wanted, String) else None


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _check_server(connection: Connection) -> None:
    version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar_one()))
    if version < OLDEST_POSTGRESQL:
        raise StoreUnavailable(
            Words(
                f"PostgreSQL {version // 10_000} quá cũ; cần 13 trở lên.",
                f"PostgreSQL {version // 10_000} is too old: 13 or newer is needed.",
            )
        )
    encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
    if encoding != "UTF8":
        raise StoreUnavailable(
            Words(
                f"Cơ sở dữ liệu dùng bảng mã {encoding}; hãy tạo lại bằng createdb -T template0 -E UTF8.",
                f"The database has the encoding {encoding}: create it anew with createdb -T template0 -E UTF8.",
            )
        )


def _settle_text(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    changes: dict[str, list[str]] = {}
    for table, column in connection.execute(text(_OTHER_TEXT)):
        changes.setdefault(table, []).append(f'ALTER COLUMN {quote(column)} TYPE text COLLATE "C"')
    for table, parts in changes.items():
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {', '.join(parts)}")

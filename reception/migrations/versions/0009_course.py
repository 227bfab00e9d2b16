"""A session's plan, version, script and marks; the registry with ids and all columns."""

import secrets

import sqlalchemy as sa
from alembic import op

from reception.search_text import search_text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEXTS = {
    "code": 32,
    "host_organisation": 200,
    "competent_level": 16,
    "chair_name": 120,
    "chair_office": 200,
    "secretary": 120,
    "reason_online": 32,
    "reason_online_note": 1000,
    "retention": 32,
}
_LONG_TEXTS = ("search", "note")
_LISTS = ("coordinating_bodies", "operators")
_NUMBERS = ("version", "group_size", "representatives")
_YES_NO = ("appointment_paper", "no_state_secrets")
_INDEXED = ("code", "planned_start", "registered_id")
_PLANNED = ("awaiting_approval", "scheduled", "technical_check", "ready", "postponed")
_OVER = ("archived", "cancelled")


def upgrade() -> None:
    _grow_session()
    for column in (
        sa.Column("registered_id", sa.String(32)),
        sa.Column("organisation", sa.String(200), nullable=False, server_default=""),
        sa.Column("people", sa.JSON, nullable=False, server_default="[]"),
    ):
        op.add_column("endpoint", column)
    op.create_index("ix_endpoint_registered_id", "endpoint", ["registered_id"])
    op.add_column("event", sa.Column("actor", sa.String(120), nullable=False, server_default=""))
    op.add_column("event", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    _create_course_tables()
    _renew_registry()


def _grow_session() -> None:
    columns = [
        *(sa.Column(name, sa.String(size), nullable=False, server_default="") for name, size in _TEXTS.items()),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in _LONG_TEXTS),
        *(sa.Column(name, sa.JSON, nullable=False, server_default="[]") for name in _LISTS),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in _NUMBERS),
        *(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()) for name in _YES_NO),
        sa.Column("matter_class", sa.Integer),
        sa.Column("planned_start", sa.DateTime(timezone=True)),
        sa.Column("planned_minutes", sa.Integer),
        sa.Column("approval", sa.JSON),
    ]
    for column in columns:
        op.add_column("session", column)
    op.create_index("ix_session_code", "session", ["code"])
    op.create_index("ix_session_planned_start", "session", ["planned_start"])
    if op.get_bind().dialect.name != "sqlite":  # which does not look at the length
        op.alter_column("session", "state", type_=sa.String(32))
    session = sa.table("session", sa.column("id"), sa.column("title"), sa.column("search"))
    bind = op.get_bind()
    for row in bind.execute(sa.select(session.c.id, session.c.title)).all():
        bind.execute(session.update().where(session.c.id == row.id).values(search=search_text([row.title])))


def _create_course_tables() -> None:
    def session_id(*, key: bool) -> sa.Column[str]:
        target = sa.ForeignKey("session.id")
        return sa.Column("session_id", sa.String(32), target, nullable=False, primary_key=key, index=not key)

    def text(name: str, size: int) -> sa.Column[str]:
        return sa.Column(name, sa.String(size), nullable=False)

    op.create_table(
        "script_item",
        sa.Column("id", sa.String(32), primary_key=True),
        session_id(key=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("position", "minutes")),
        *(text(name, size) for name, size in (("title", 200), ("speaker", 200), ("layout", 32), ("state", 16))),
        sa.Column("documents", sa.JSON, nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("started_at", "ended_at")),
        *(text(name, size) for name, size in (("reason", 1000), ("by", 120))),
    )
    op.create_table(
        "session_mark",
        session_id(key=True),
        sa.Column("mark", sa.String(32), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        *(text(name, size) for name, size in (("by", 120), ("detail", 1000))),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _renew_registry() -> None:
    """Rooms had their name as the key; a name may change."""
    bind = op.get_bind()
    columns = ("name", "level", "organisation", "place", "contact")
    old = sa.table("registered_endpoint", *(sa.column(name) for name in columns))
    kept = [row._asdict() for row in bind.execute(sa.select(old))]
    op.drop_table("registered_endpoint")
    sizes = {"level": 16, "organisation": 200, "place": 200, "room": 120, "line": 120, "technician": 120, "phone": 64}
    new = op.create_table(
        "registered_endpoint",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False, unique=True),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in (*sizes.items(), ("equipment", 1000))),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("note", "search")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("main", "active")),
    )
    op.create_index("ix_registered_endpoint_level", "registered_endpoint", ["level"])
    empty = {"room": "", "line": "", "phone": "", "equipment": "", "note": "", "main": False, "active": True}
    for row in kept:
        values = {**empty, **row, "technician": row["contact"], "search": search_text([row["name"]])}
        values.pop("contact")
        bind.execute(new.insert().values(id=secrets.token_hex(8), **values))


def downgrade() -> None:
    _old_registry()
    for table in ("session_mark", "script_item"):
        op.drop_table(table)
    for table, names in (
        ("event", ("version", "actor")),
        ("endpoint", ("people", "organisation", "registered_id")),
        ("session", (*_TEXTS, *_LONG_TEXTS, *_LISTS, *_NUMBERS, *_YES_NO)),
        ("session", ("matter_class", "planned_start", "planned_minutes", "approval")),
    ):
        for name in names:
            if name in _INDEXED:
                op.drop_index(f"ix_{table}_{name}", table)
            op.drop_column(table, name)
    session = sa.table("session", sa.column("state"))
    for new, old in (*((each, "draft") for each in _PLANNED), *((each, "ended") for each in _OVER)):
        op.execute(session.update().where(session.c.state == new).values(state=old))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("session", "state", type_=sa.String(16))


def _old_registry() -> None:
    """Rooms have their name as the key again; what the old table has no place for is lost."""
    bind = op.get_bind()
    columns = ("name", "level", "organisation", "place", "technician")
    new = sa.table("registered_endpoint", *(sa.column(name) for name in columns))
    kept = [row._asdict() for row in bind.execute(sa.select(new))]
    op.drop_table("registered_endpoint")
    old = op.create_table(
        "registered_endpoint",
        sa.Column("name", sa.String(120), primary_key=True),
        *(
            sa.Column(name, sa.String(size), nullable=False)
            for name, size in (("level", 16), ("organisation", 200), ("place", 200), ("contact", 120))
        ),
    )
    for row in kept:
        bind.execute(old.insert().values(contact=row.pop("technician"), **row))

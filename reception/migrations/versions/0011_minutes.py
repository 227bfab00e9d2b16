"""Minutes, signatures, replies to invitations; delegates are found by name."""

import sqlalchemy as sa
from alembic import op

from reception.search_text import search_text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def session_id() -> sa.Column[str]:
        return sa.Column("session_id", sa.String(32), sa.ForeignKey("session.id"), nullable=False, primary_key=True)

    def text(name: str, size: int) -> sa.Column[str]:
        return sa.Column(name, sa.String(size), nullable=False)

    op.create_table(
        "minutes",
        session_id(),
        *(text(name, size) for name, size in (("number", 64), ("state", 16), ("finalised_by", 120))),
        *(text(name, 64) for name in ("sha256", "recording_hash")),
        sa.Column("finalised_at", sa.DateTime(timezone=True)),
        sa.Column("scans", sa.JSON, nullable=False),
    )
    op.create_table(
        "minutes_signature",
        session_id(),
        sa.Column("endpoint_id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("person", sa.String(120), nullable=False, primary_key=True),
        *(text(name, size) for name, size in (("capacity", 200), ("state", 16), ("reason", 1000), ("entered_by", 120))),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("left_out", sa.Boolean, nullable=False),
    )
    op.create_table(
        "invitation_reply",
        session_id(),
        sa.Column("endpoint_id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("accepted", sa.Boolean, nullable=False),
        *(text(name, size) for name, size in (("by", 120), ("note", 1000))),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    _find_people()


def _find_people() -> None:
    """The delegates named for endpoints go into what sessions are found by."""
    bind = op.get_bind()
    endpoint = sa.table("endpoint", sa.column("session_id"), sa.column("people", sa.JSON))
    session = sa.table("session", sa.column("id"), sa.column("search"))
    names: dict[str, list[str]] = {}
    for row in bind.execute(sa.select(endpoint.c.session_id, endpoint.c.people)).all():
        names.setdefault(row.session_id, []).extend(each["name"] for each in row.people or ())
    for session_id, people in names.items():
        more = search_text(people)
        if more:
            change = session.update().where(session.c.id == session_id)
            bind.execute(change.values(search=session.c.search + sa.literal(" " + more)))


def downgrade() -> None:
    op.drop_table("invitation_reply")
    op.drop_table("minutes_signature")
    op.drop_table("minutes")

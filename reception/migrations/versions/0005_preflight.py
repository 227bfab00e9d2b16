"""Results, signatures and waivers of the technical check; surveys."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None



def _text(*columns: tuple[str, int]) -> list[sa.Column[str]]:
    """The row's number is not among them."""
    whose = (("session_id", 32), ("subject", 120))
    return [sa.Column(name, sa.String(size), nullable=False) for name, size in (*whose, *columns)]


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "preflight_run",
        _number(),
        *_text(("visit", 32), ("kind", 16), ("by", 120)),
        _time("at"),
        sa.Column("values", sa.JSON, nullable=False),
    )
    op.create_table(
        "preflight_signature",
        _number(),
        *_text(("visit", 32), ("check", 40), ("answer", 8), ("name", 120)),
        sa.Column("note", sa.Text, nullable=False),
        _time("at"),
    )
    op.create_table(
        "preflight_waiver",
        _number(),
        *_text(("item", 16), ("name", 120), ("withdrawn_by", 120)),
        sa.Column("reason", sa.Text, nullable=False),
        _time("at"),
        _time("withdrawn_at", nullable=True),
    )
    op.create_index("ix_preflight_run_whose", "preflight_run", ["session_id", "subject"])
    op.create_index("ix_preflight_signature_whose", "preflight_signature", ["session_id", "subject"])
    op.create_index("ix_preflight_waiver_session", "preflight_waiver", ["session_id"])


def downgrade() -> None:
    for table in ("preflight_waiver", "preflight_signature", "preflight_run"):
        op.drop_table(table)

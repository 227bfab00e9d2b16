"""Requests for recordings: who asked, who agreed, until when it is available."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def text(name: str, size: int) -> sa.Column[str]:
        return sa.Column(name, sa.String(size), nullable=False)

    def moment(name: str, *, known: bool = False) -> sa.Column[object]:
        return sa.Column(name, sa.DateTime(timezone=True), nullable=not known)

    op.create_table(
        "export_request",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("session_id", sa.String(32), sa.ForeignKey("session.id"), nullable=False),
        text("what", 16),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("from_ms", "to_ms", "fetched")),
        *(text(name, size) for name, size in (("purpose", 500), ("asked_by", 120), ("identity", 200), ("role", 16))),
        *(text(name, size) for name, size in (("unit", 200), ("state", 16), ("decided_by", 120), ("reason", 1000))),
        *(text(name, size) for name, size in (("done_by", 120), ("job", 64))),
        moment("asked_at", known=True),
        *(moment(name) for name in ("decided_at", "done_at", "expires_at", "fetched_at")),
    )
    for name in ("session_id", "identity", "asked_at"):
        op.create_index(f"ix_export_request_{name}", "export_request", [name])


def downgrade() -> None:
    op.drop_table("export_request")

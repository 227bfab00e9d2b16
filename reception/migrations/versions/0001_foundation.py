"""Sessions, endpoints, events, registry."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("spotlight", sa.String(32)),
    )
    op.create_table(
        "endpoint",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("session_id", sa.String(32), sa.ForeignKey("session.id"), nullable=False, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        *(
            sa.Column(name, sa.Boolean, nullable=False)
            for name in ("removed", "microphone", "camera", "muted", "locked", "camera_off")
        ),
    )
    _create_events_and_registry()


def _create_events_and_registry() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("session_id", sa.String(32), sa.ForeignKey("session.id"), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("endpoint_id", sa.String(32)),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "registered_endpoint",
        sa.Column("name", sa.String(120), primary_key=True),
        *(
            sa.Column(name, sa.String(size), nullable=False)
            for name, size in (("level", 16), ("organisation", 200), ("place", 200), ("contact", 120))
        ),
    )


def downgrade() -> None:
    for table in ("registered_endpoint", "event", "endpoint", "session"):
        op.drop_table(table)

"""The worker that a session is placed on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("worker", sa.Integer))


def downgrade() -> None:
    op.drop_column("session", "worker")

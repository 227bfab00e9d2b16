"""Guests, and which link of an endpoint is good since when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("guest", "link_revoked"):
        op.add_column("endpoint", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("endpoint", sa.Column("link_serial", sa.Integer, nullable=False, server_default="1"))
    op.add_column("endpoint", sa.Column("link_from", sa.DateTime(timezone=True)))
    op.execute(sa.text("UPDATE endpoint SET link_from = CURRENT_TIMESTAMP"))


def downgrade() -> None:
    for name in ("link_from", "link_serial", "link_revoked", "guest"):
        op.drop_column("endpoint", name)

"""What differs for one endpoint from its session: profile and caps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("endpoint", sa.Column("profile", sa.String(64)))
    op.add_column("endpoint", sa.Column("cap_up_bps", sa.BigInteger))
    op.add_column("endpoint", sa.Column("cap_down_bps", sa.BigInteger))


def downgrade() -> None:
    for column in ("cap_down_bps", "cap_up_bps", "profile"):
        op.drop_column("endpoint", column)

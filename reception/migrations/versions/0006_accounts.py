"""Users, sign-ins, one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(16), nullable=False, index=True),
        sa.Column("unit", sa.String(120), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_confirmed", sa.Boolean, nullable=False),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("recovery", sa.JSON, nullable=False),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("signed_in_at", TIME),
    )
    _create_sign_ins()


def _create_sign_ins() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(32), sa.ForeignKey("user_account.id"), nullable=False, index=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(32), sa.ForeignKey("user_account.id"), index=True),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("locked_until", TIME),
    )


def downgrade() -> None:
    for table in ("sign_in_failure", "one_time_link", "sign_in", "user_account"):
        op.drop_table(table)

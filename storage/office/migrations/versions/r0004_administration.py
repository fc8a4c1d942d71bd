"""Administration: temporary passwords, recovery codes, offices by name; where and when a session was used."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("temporary_until", sa.String(length=27), nullable=True))
    op.add_column("users", sa.Column("signed_in_at", sa.String(length=27), nullable=True))
    op.add_column("sessions", sa.Column("used_at", sa.String(length=27), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("browser", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "offices",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_offices")),
    )

"""Submissions at the desk: who has one open, what was ruled of it and why, how its pages lie."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission_files", sa.Column("turns", sa.Text(), nullable=True))
    op.create_table(
        "submission_claims",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.submission_id"], name=op.f("fk_submission_claims_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_claims")),
    )
    op.create_table(
        "submission_rulings",
        sa.Column("ruling_id", sa.String(length=32), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("closes_at", sa.String(length=27), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.submission_id"], name=op.f("fk_submission_rulings_submission_id")
        ),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_submission_rulings")),
    )
    op.create_index(op.f("ix_submission_rulings_submission_id"), "submission_rulings", ["submission_id"], unique=False)
    op.create_index("ix_submission_rulings_open", "submission_rulings", ["closed", "closes_at"], unique=False)

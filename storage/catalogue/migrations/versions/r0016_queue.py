"""Work that waits, in batches, and what is known of the places it lies in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_inputs",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_known_inputs")),
    )
    op.create_table(
        "queued",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("input_sha256", sa.String(64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("after_sha256", sa.String(64)),
        sa.Column("batch", sa.String(32)),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.String(27), nullable=False),
        sa.Column("queued_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_queued")),
        sa.UniqueConstraint("input_sha256", name=op.f("uq_queued_input_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_queued_batch"), "queued", ["batch"])
    op.create_index("ix_queued_office_urgency", "queued", ["office", "urgency"])
    op.create_table(
        "queued_batches",
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("started_at", sa.String(27)),
        sa.Column("run", sa.String(36)),
        sa.Column("node", sa.Text()),
        sa.Column("lease_until", sa.String(27)),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_queued_batches")),
    )
    op.create_table(
        "queue_totals",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("figure", sa.String(32), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("office", "figure", name=op.f("pk_queue_totals")),
    )

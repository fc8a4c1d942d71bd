"""What people ask about their own papers."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_requests",
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("received_on", sa.String(10), nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.String(27), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_person_requests")),
    )
    op.create_index(op.f("ix_person_requests_person"), "person_requests", ["person"])
    op.create_index(op.f("ix_person_requests_due_on"), "person_requests", ["due_on"])

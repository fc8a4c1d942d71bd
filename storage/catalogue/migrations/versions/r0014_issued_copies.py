"""Signed copies that left the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issued_copies",
        sa.Column("copy_code", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("copy_code", name=op.f("pk_issued_copies")),
    )
    op.create_index(op.f("ix_issued_copies_document_id"), "issued_copies", ["document_id"])
    op.create_index(op.f("ix_issued_copies_object"), "issued_copies", ["object"])

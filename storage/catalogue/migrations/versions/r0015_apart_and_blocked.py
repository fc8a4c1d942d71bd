"""What the log tells apart, documents that are blocked, and what was signed of books."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_apart",
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("object", name=op.f("pk_told_apart")),
    )
    op.create_index(op.f("ix_told_apart_source_sha256"), "told_apart", ["source_sha256"])
    op.create_table(
        "apart_pending",
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", name=op.f("pk_apart_pending")),
    )
    op.create_index(op.f("ix_apart_pending_seq"), "apart_pending", ["seq"])
    op.create_table(
        "blocked_documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("blocked_at", sa.String(27), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_blocked_documents")),
    )
    op.create_table(
        "book_sign_offs",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("book", "number", name=op.f("pk_book_sign_offs")),
    )

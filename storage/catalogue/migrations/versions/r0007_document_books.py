"""Which book a document is of, where a separator sheet says so."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_books",
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work.work_id"], name=op.f("fk_document_books_work_id")),
        sa.PrimaryKeyConstraint("work_id", "document_id", name=op.f("pk_document_books")),
    )

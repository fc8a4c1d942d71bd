"""Which book a source file is of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_books",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["sources.sha256"], name=op.f("fk_source_books_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_source_books")),
    )

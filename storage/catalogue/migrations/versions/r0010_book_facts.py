"""What an office says of its books: number, years, office, expected pages, and the folder that holds the scans."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "book_facts",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("expected_pages", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("book", name=op.f("pk_book_facts")),
        sa.UniqueConstraint("folder", name=op.f("uq_book_facts_folder")),
    )

"""Where each page of a file ended, and which pages a person must look at."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_ledgers",
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work.work_id"], name=op.f("fk_page_ledgers_work_id")),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_page_ledgers")),
    )
    op.create_table(
        "open_pages",
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work.work_id"], name=op.f("fk_open_pages_work_id")),
        sa.PrimaryKeyConstraint("work_id", "page", name=op.f("pk_open_pages")),
    )

"""Imports by the work that each did, and documents that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("started_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_table(
        "import_works",
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("work_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_import_works_import_id_imports")),
        sa.ForeignKeyConstraint(["work_id"], ["work.work_id"], name=op.f("fk_import_works_work_id_work")),
        sa.PrimaryKeyConstraint("import_id", "work_id", name=op.f("pk_import_works")),
    )
    op.create_table(
        "withdrawn_documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.String(27), nullable=False),
        sa.Column("keep_until", sa.String(27), nullable=False),
        sa.Column("removed_at", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_withdrawn_documents")),
    )

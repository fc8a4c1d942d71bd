"""Which piece of which line of a document left the office in an ink pack."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ink_given",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_ink_given")),
    )

"""Details of the history apart from it, behind a commitment, so that they can be erased while the history stays."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_trail", sa.Column("commitment", sa.Text(), nullable=True))
    op.create_table(
        "trail_details",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["review_trail.seq"], name=op.f("fk_trail_details_seq_review_trail")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trail_details")),
    )

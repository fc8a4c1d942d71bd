"""Where a source file was found, every time."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_places",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["sources.sha256"], name=op.f("fk_source_places_sha256")),
        sa.PrimaryKeyConstraint("sha256", "place", name=op.f("pk_source_places")),
    )

"""People of one household are found by its number."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_people_household_number", "people", ["household_number"], unique=False)

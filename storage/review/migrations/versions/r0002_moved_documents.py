"""Which office a document was moved to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_documents", sa.Column("moved_to", sa.Text(), nullable=True))

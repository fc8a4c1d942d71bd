"""The first population register: people, how common their names are."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "name_counts",
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name_key"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("personal_id", sa.String(length=12), nullable=True),
        sa.Column("old_national_id", sa.String(length=9), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("date_of_birth", sa.String(length=10), nullable=False),
        sa.Column("sex", sa.String(length=6), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("place_of_origin", sa.Text(), nullable=True),
        sa.Column("residence", sa.Text(), nullable=True),
        sa.Column("father_name", sa.Text(), nullable=True),
        sa.Column("mother_name", sa.Text(), nullable=True),
        sa.Column("household_number", sa.Text(), nullable=True),
        sa.Column("deceased", sa.Boolean(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_people_birth", "people", ["date_of_birth", "sex", "name_key", "id"], unique=False)
    op.create_index("ix_people_name_year", "people", ["name_key", "birth_year"], unique=False)
    op.create_index("ix_people_old_national_id", "people", ["old_national_id"], unique=False)
    op.create_index("uq_people_register_id", "people", ["register_id"], unique=True)
    op.create_table(
        "register_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("origin_shared", sa.Float(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(
        sa.table("register_state", sa.column("id"), sa.column("people"), sa.column("origin_shared")),
        [{"id": 1, "people": 0, "origin_shared": 0.0}],
    )

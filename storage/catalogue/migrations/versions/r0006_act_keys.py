"""By what each document can be known again: keyed digests, and the catalogue's own secret that they are made with."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_secret",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_secret")),
    )
    op.create_table(
        "act_keys",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "digest", name=op.f("pk_act_keys")),
    )
    op.create_index(op.f("ix_act_keys_digest"), "act_keys", ["digest"])
    op.bulk_insert(
        sa.table("act_secret", sa.column("id"), sa.column("secret")), [{"id": 1, "secret": secrets.token_hex(32)}]
    )

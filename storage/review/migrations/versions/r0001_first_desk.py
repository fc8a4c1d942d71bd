"""The first tables of the review desk."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("released_revision", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("edited_revision", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_review_documents")),
    )
    op.create_index("ix_review_documents_book", "review_documents", ["office", "book"], unique=False)
    op.create_index(op.f("ix_review_documents_stale"), "review_documents", ["stale"], unique=False)
    op.create_table(
        "review_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trail_seq", sa.BigInteger(), nullable=False),
        sa.Column("trail_hash", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_head")),
    )
    op.create_table(
        "review_items",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("field_class", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("read_by", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("scheme", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("wrong", sa.Boolean(), nullable=True),
        sa.Column("truth", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("tab", sa.String(length=64), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.String(length=27), nullable=True),
        sa.Column("opened_at", sa.String(length=27), nullable=False),
        sa.Column("done_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_review_items")),
    )
    op.create_index("ix_review_items_done", "review_items", ["office", "done_at"], unique=False)
    op.create_index("ix_review_items_holder", "review_items", ["holder", "tab"], unique=False)
    op.create_index(
        "ix_review_items_lanes",
        "review_items",
        [
            "office",
            "document_type",
            "field_class",
            "entry",
            "book",
            "stage",
            "reason",
            "opened_at",
            "priority",
            "state",
        ],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_review_items_queue",
        "review_items",
        ["office", sa.literal_column("priority DESC"), "opened_at", "document_id", "position"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_review_items_samples",
        "review_items",
        ["document_type", "form", "field_class", "state", "wrong"],
        unique=False,
        sqlite_where=sa.text("kind = 'sample'"),
        postgresql_where=sa.text("kind = 'sample'"),
    )
    op.create_index("ix_review_items_value", "review_items", ["document_id", "field"], unique=False)
    op.create_table(
        "review_trail",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_review_trail")),
    )
    op.create_index("ix_review_trail_value", "review_trail", ["document_id", "field", "seq"], unique=False)
    op.create_table(
        "review_decisions",
        sa.Column("decision_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("verbatim", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["review_items.item_id"], name=op.f("fk_review_decisions_item_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_review_decisions")),
    )
    op.create_index("ix_review_decisions_at", "review_decisions", ["at"], unique=False)
    op.create_index(op.f("ix_review_decisions_item_id"), "review_decisions", ["item_id"], unique=False)
    op.create_index("ix_review_decisions_person", "review_decisions", ["person", "at"], unique=False)
    _start_head()
    _make_trail_append_only()


def _start_head() -> None:
    names = ("id", "trail_seq", "trail_hash", "audit_seq")
    head = sa.table("review_head", *(sa.column(name) for name in names))
    op.bulk_insert(head, [{"id": 1, "trail_seq": 0, "trail_hash": "sha256:" + "0" * 64, "audit_seq": 0}])


def _make_trail_append_only() -> None:
    """Refuses UPDATE and DELETE of the trail, whoever asks through SQL."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER review_trail_no_{verb.lower()} BEFORE {verb} ON review_trail "
                "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION review_trail_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER review_trail_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON review_trail "
        "FOR EACH STATEMENT EXECUTE FUNCTION review_trail_append_only()"
    )

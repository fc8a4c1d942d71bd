"""What documents are found by. The inverted index is FTS5's on SQLite, a GIN index over term vectors on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "search_documents",
        sa.Column("doc", big, autoincrement=True, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("doc", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("document_id", name=op.f("uq_search_documents_document_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_search_documents_source_sha256"), "search_documents", ["source_sha256"])
    op.create_index(op.f("ix_search_documents_book"), "search_documents", ["book"])
    op.create_table(
        "search_pages",
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_sha256", "page", name=op.f("pk_search_pages")),
    )
    op.create_table(
        "search_spellings",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_spellings")),
    )
    head = op.create_table(
        "search_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_head")),
    )
    stored = op.get_bind().scalar(sa.text("SELECT count(*) FROM documents"))
    op.bulk_insert(head, [{"id": 1, "complete": stored == 0}])
    if op.get_bind().dialect.name == "sqlite":
        # Without its content: a term can be asked for, nothing can be read back. Terms are given lower-case and whole.
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING"
            " fts5(terms, content='', detail=none, tokenize=\"ascii tokenchars '_'\")"
        )
        return
    # The vectors lie beside the rows (TOAST), so that collecting row numbers reads few pages; new documents are found
    # at once instead of waiting in a list that each search goes through.
    op.execute("CREATE TABLE search_words (doc BIGINT NOT NULL, terms TSVECTOR NOT NULL) WITH (toast_tuple_target=128)")
    op.execute("ALTER TABLE search_words ADD CONSTRAINT pk_search_words PRIMARY KEY (doc)")
    op.execute("CREATE INDEX ix_search_words_terms ON search_words USING gin (terms) WITH (fastupdate=off)")

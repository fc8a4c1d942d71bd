"""The first catalogue: sources, work ledger, documents, fields, outputs, audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "sources",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_sources")),
    )
    op.create_table(
        "source_names",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["sources.sha256"], name=op.f("fk_source_names_sha256")),
        sa.PrimaryKeyConstraint("sha256", "name", name=op.f("pk_source_names")),
    )
    op.create_table(
        "work",
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("input_sha256", sa.String(length=64), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("models_sha256", sa.String(length=64), nullable=False),
        sa.Column("settings_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.String(length=27), nullable=True),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["input_sha256"], ["sources.sha256"], name=op.f("fk_work_input_sha256")),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_work")),
    )
    op.create_index(op.f("ix_work_input_sha256"), "work", ["input_sha256"], unique=False)
    op.create_index(op.f("ix_work_state"), "work", ["state"], unique=False)
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("holding_code", sa.Text(), nullable=False),
        sa.Column("work_id", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("register_outcome", sa.String(length=16), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("archival", sa.Text(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("committed_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["source_sha256"], ["sources.sha256"], name=op.f("fk_documents_source_sha256")),
        sa.ForeignKeyConstraint(["work_id"], ["work.work_id"], name=op.f("fk_documents_work_id")),
        sa.PrimaryKeyConstraint("document_id", "revision", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_holding_code"), "documents", ["holding_code"], unique=False)
    op.create_index(
        "ix_documents_review",
        "documents",
        ["status"],
        unique=False,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_index(op.f("ix_documents_source_sha256"), "documents", ["source_sha256"], unique=False)
    op.create_index(op.f("ix_documents_work_id"), "documents", ["work_id"], unique=False)
    op.create_index(
        "uq_documents_current",
        "documents",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "fields",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "revision"],
            ["documents.document_id", "documents.revision"],
            name=op.f("fk_fields_document_id"),
        ),
        sa.PrimaryKeyConstraint("document_id", "revision", "name", name=op.f("pk_fields")),
    )
    op.create_table(
        "outputs",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("written_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "revision"],
            ["documents.document_id", "documents.revision"],
            name=op.f("fk_outputs_document_id"),
        ),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_outputs")),
    )
    op.bulk_insert(
        sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("hash")),
        [{"id": 1, "seq": 0, "hash": "sha256:" + "0" * 64}],
    )
    _make_audit_append_only()


def _make_audit_append_only() -> None:
    """Refuses UPDATE and DELETE of audit entries, whoever asks through SQL."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )

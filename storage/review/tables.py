"""The tables of the review desk: what is to be decided, what was decided, and the history of every value.

A schema of its own beside the catalogue's, in the same database, so that a decision, the record it makes and its audit
entry are written in one transaction. `review_trail` is the truth, append-only and hash-chained; the other tables could
be derived from it and exist to be queried quickly. Times are UTC text as in the catalogue.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.migration import Schema, new_metadata

metadata = new_metadata()

_TIME = sa.String(27)

# One thing for a person to decide: a field of a document, or (`field` empty) the document itself.
# `entry`: the field as the form has it, `members[].full_name` for every member's name.
# `kind`, `truth`: why it is asked; never shown to whoever decides. `read_by`: software and models that read it.
review_items = sa.Table(
    "review_items",
    metadata,
    sa.Column("item_id", sa.String(32), primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("document_type", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("field_class", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("read_by", sa.String(64), nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("scheme", sa.String(12), nullable=False),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("result", sa.String(12)),
    sa.Column("wrong", sa.Boolean),
    sa.Column("truth", sa.Text),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("tab", sa.String(64)),
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", _TIME),
    sa.Column("opened_at", _TIME, nullable=False),
    sa.Column("done_at", _TIME),
)
sa.Index("ix_review_items_value", review_items.c.document_id, review_items.c.field)
# Written out, not bound: only so do the partial indexes serve.
IS_OPEN = review_items.c.state == sa.literal_column("'open'")
sa.Index(
    "ix_review_items_queue",
    review_items.c.office,
    review_items.c.priority.desc(),
    review_items.c.opened_at,
    review_items.c.document_id,
    review_items.c.position,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
# The queue is counted from this one alone; `state` stands in it too, else SQLite looks every row up for it.
sa.Index(
    "ix_review_items_lanes",
    review_items.c.office,
    review_items.c.document_type,
    review_items.c.field_class,
    review_items.c.entry,
    review_items.c.book,
    review_items.c.stage,
    review_items.c.reason,
    review_items.c.opened_at,
    review_items.c.priority,
    review_items.c.state,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
IS_SAMPLE = review_items.c.kind == sa.literal_column("'sample'")
sa.Index(
    "ix_review_items_samples",
    review_items.c.document_type,
    review_items.c.form,
    review_items.c.field_class,
    review_items.c.state,
    review_items.c.wrong,
    sqlite_where=IS_SAMPLE,
    postgresql_where=IS_SAMPLE,
)
sa.Index("ix_review_items_holder", review_items.c.holder, review_items.c.tab)
sa.Index("ix_review_items_done", review_items.c.office, review_items.c.done_at)

# Decisions as they were made; `stage` 1 first, 2 second person, 3 arbitration. `agrees`: with the machine's value.
review_decisions = sa.Table(
    "review_decisions",
    metadata,
    sa.Column("decision_id", sa.String(32), primary_key=True),
    sa.Column("item_id", sa.ForeignKey("review_items.item_id"), nullable=False, index=True),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("choice", sa.String(12), nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("verbatim", sa.Text),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("box", sa.Text),
    sa.Column("agrees", sa.Boolean, nullable=False),
    sa.Column("upheld", sa.Boolean),
    sa.Column("undone", sa.Boolean, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("keys", sa.Integer, nullable=False),
    sa.Column("at", _TIME, nullable=False),
)
sa.Index("ix_review_decisions_person", review_decisions.c.person, review_decisions.c.at)
sa.Index("ix_review_decisions_at", review_decisions.c.at)

# `commitment`: the salted digest of the details, which the entry seals in their place; they stand in `trail_details`,
# from where they can be erased (`storage.review.erasing`). None in entries of before, which have and seal `details`.
review_trail = sa.Table(
    "review_trail",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", _TIME, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("commitment", sa.Text),
)
sa.Index("ix_review_trail_value", review_trail.c.document_id, review_trail.c.field, review_trail.c.seq)

trail_details = sa.Table(
    "trail_details",
    metadata,
    sa.Column("seq", sa.ForeignKey("review_trail.seq"), primary_key=True, autoincrement=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)

# What the desk knows of a document: `base_revision` is the one that its decisions are put on, `released_revision` the
# one that it made last (0: none); `stale`: decisions have come since; `confirmed`: a person found the document itself
# right; `edited_revision`: the last in which a person changed what it is or which pages it has (0: none), `retired`: by
# joining it to another; `moved_to`: the office that it was given to, whatever brought it.
review_documents = sa.Table(
    "review_documents",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("base_revision", sa.Integer, nullable=False),
    sa.Column("released_revision", sa.Integer, nullable=False),
    sa.Column("stale", sa.Boolean, nullable=False, index=True),
    sa.Column("confirmed", sa.Boolean, nullable=False),
    sa.Column("edited_revision", sa.Integer, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("moved_to", sa.Text),
)
sa.Index("ix_review_documents_book", review_documents.c.office, review_documents.c.book)

# Lanes that are given to people: an empty column means any; `people` is a JSON list of logins. After `days` in which
# none of them decided anything, the lane is everybody's again.
given_lanes = sa.Table(
    "given_lanes",
    metadata,
    sa.Column("lane_id", sa.String(32), primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("document_type", sa.Text, nullable=False),
    sa.Column("field_class", sa.Text, nullable=False),
    sa.Column("people", sa.Text, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("given_by", sa.Text, nullable=False),
    sa.Column("given_at", _TIME, nullable=False),
)

review_head = sa.Table(
    "review_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("trail_seq", sa.BigInteger, nullable=False),
    sa.Column("trail_hash", sa.Text, nullable=False),
    sa.Column("audit_seq", sa.BigInteger, nullable=False),
)

SCHEMA = Schema(
    metadata=metadata,
    folder=Path(__file__).parent / "migrations",
    head="0004",
    version_table="review_version",
)

"""The tables of the work that waits: `storage.catalogue.work_queue` says what they mean.

They hold nothing that the archive is made of: what waits is found again where it lies.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage.catalogue.tables import metadata

# What lies where: a place whose stamp has not changed holds the same bytes, and is not read to know so.
known_inputs = sa.Table(
    "known_inputs",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("stamp", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)

# An input that waits to be read, until its work is at its end.
queued = sa.Table(
    "queued",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("input_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("after_sha256", sa.String(64)),
    sa.Column("batch", sa.String(32), index=True),
    sa.Column("losses", sa.Integer, nullable=False),
    sa.Column("not_before", sa.String(27), nullable=False),
    sa.Column("queued_at", sa.String(27), nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("ix_queued_office_urgency", queued.c.office, queued.c.urgency)

# Inputs that one run reads. `run`: Prefect's number of the run that was started for it; `node`: the process that reads.
queued_batches = sa.Table(
    "queued_batches",
    metadata,
    sa.Column("batch", sa.String(32), primary_key=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("made_at", sa.String(27), nullable=False),
    sa.Column("started_at", sa.String(27)),
    sa.Column("run", sa.String(36)),
    sa.Column("node", sa.Text),
    sa.Column("lease_until", sa.String(27)),
)

# What was done since the first day, added up: pages, files, seconds of each stage, lost leases.
queue_totals = sa.Table(
    "queue_totals",
    metadata,
    sa.Column("office", sa.Text, primary_key=True),
    sa.Column("figure", sa.String(32), primary_key=True),
    sa.Column("value", sa.Float, nullable=False),
)

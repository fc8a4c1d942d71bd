"""Requests of persons. `person`: a keyed digest; `note`, `answer`: as whoever wrote them down says it, no
value in them."""

from __future__ import annotations

import sqlalchemy as sa

from storage.office_metadata import TIME, metadata

person_requests = sa.Table(
    "person_requests",
    metadata,
    sa.Column("request_id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("received_on", sa.String(10), nullable=False),
    sa.Column("due_on", sa.String(10), nullable=False, index=True),
    sa.Column("taken_by", sa.Text, nullable=False),
    sa.Column("taken_at", TIME, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", TIME),
)

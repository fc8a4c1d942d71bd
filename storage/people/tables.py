"""Programs of offices and the people who work there. Secrets are kept only as digests, or encrypted."""

from __future__ import annotations

import sqlalchemy as sa

from storage.office_metadata import TIME, metadata

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("client_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("rate_per_minute", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("webhook_url", sa.Text),
    sa.Column("created_at", TIME, nullable=False),
)

client_keys = sa.Table(
    "client_keys",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("client_id", sa.ForeignKey("clients.client_id"), nullable=False, index=True),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("expires_at", TIME),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.String(32), primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("password", sa.Text),
    sa.Column("totp", sa.Text),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", TIME),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("oidc_subject", sa.Text, unique=True),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("temporary_until", TIME),
    sa.Column("signed_in_at", TIME),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("created_at", TIME, nullable=False),
    sa.Column("expires_at", TIME, nullable=False),
    sa.Column("used_at", TIME, nullable=False, server_default=""),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("browser", sa.Text, nullable=False, server_default=""),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("created_at", TIME, nullable=False),
)

offices = sa.Table(
    "offices",
    metadata,
    sa.Column("office", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", TIME, nullable=False),
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.user_id"), primary_key=True),
    sa.Column("chosen", sa.Text, nullable=False),
    sa.Column("changed_at", TIME, nullable=False),
)

ended_visits = sa.Table(
    "ended_visits",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("until", TIME, nullable=False),
)

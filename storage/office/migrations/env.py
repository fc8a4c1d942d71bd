"""Alembic runs this file; the connection and the schema come from the caller."""

from storage.migration import run_environment

run_environment()

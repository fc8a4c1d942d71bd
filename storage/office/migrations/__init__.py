"""Alembic migrations, applied by `storage.migration.upgrade`."""

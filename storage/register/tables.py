"""The population register's tables, laid out for finding a person by a damaged description."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.migration import Schema

metadata = sa.MetaData()

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("register_id", sa.Text, nullable=False),
    sa.Column("personal_id", sa.String(12)),
    sa.Column("old_national_id", sa.String(9)),
    sa.Column("full_name", sa.Text, nullable=False),
    # ISO 8601 at the precision the register has: "1957", "1957-03" or "1957-03-08"; "" when unknown.
    sa.Column("date_of_birth", sa.String(10), nullable=False),
    sa.Column("sex", sa.String(6), nullable=False),  # "male" | "female" | ""
    sa.Column("ethnicity", sa.Text),
    sa.Column("place_of_origin", sa.Text),
    sa.Column("residence", sa.Text),
    sa.Column("father_name", sa.Text),
    sa.Column("mother_name", sa.Text),
    sa.Column("household_number", sa.Text),
    sa.Column("deceased", sa.Boolean, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("birth_year", sa.Integer),
)
sa.Index("uq_people_register_id", people.c.register_id, unique=True)
sa.Index("ix_people_old_national_id", people.c.old_national_id)
sa.Index("ix_people_household_number", people.c.household_number)
# Holds all that ranking a block needs, so that the people themselves are read only for the best few.
sa.Index("ix_people_birth", people.c.date_of_birth, people.c.sex, people.c.name_key, people.c.id)
sa.Index("ix_people_name_year", people.c.name_key, people.c.birth_year)

name_counts = sa.Table(
    "name_counts",
    metadata,
    sa.Column("name_key", sa.Text, primary_key=True),
    sa.Column("people", sa.Integer, nullable=False),
)

register_state = sa.Table(
    "register_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("people", sa.Integer, nullable=False),
    # Chance that two people of the register have the same place of origin.
    sa.Column("origin_shared", sa.Float, nullable=False),
    sa.Column("source_sha256", sa.String(64)),
)

PERSON_COLUMNS = tuple(column.name for column in people.columns if column.name != "id")

SCHEMA = Schema(
    metadata=metadata,
    folder=Path(__file__).parent / "migrations",
    head="0002",
    version_table="register_version",
)

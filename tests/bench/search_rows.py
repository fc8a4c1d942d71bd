"""Archives of invented papers as rows of the search index, filled in directly: a million of them in minutes.

Rows are as a commit writes them (`terms_of`, `all_terms`); objects and audit entries are left out, as no search reads
them. Names are drawn by how frequent they are, so that common ones are as common as in life.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    Provenance,
    SourceFile,
    Status,
    Validation,
)
from pipeline.gazetteer.people import given_names, middle_names, surnames
from pipeline.records.searching import page_words, terms_of
from storage.catalogue.search_index import all_terms, bucket_term

OFFICES = ("hn-01", "hn-02", "")
_BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_KINDS = (DocumentType.BIRTH_CERTIFICATE, DocumentType.BIRTH_REGISTER_ENTRY, DocumentType.CITIZEN_ID_CHIP)
_STATUSES = (Status.ACCEPTED, Status.ACCEPTED, Status.ACCEPTED, Status.REVIEW)
_COMMUNES = ("Phú Lộc", "Quang Minh", "Phùng Xá", "Vĩnh Hưng", "Đông Hội", "Yên Bình", "Tân Tiến", "Hòa Bình", "An Phú")
_PROVINCES = ("Hà Nội", "Ninh Bình", "Nghệ An", "Thái Bình", "Đà Nẵng", "Quảng Nam", "Cần Thơ")
_PRINTED = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc Giấy khai sinh Họ chữ đệm tên ngày tháng năm sinh ghi "
    "bằng chữ giới tính dân tộc quốc tịch nơi sinh quê quán số định danh cá nhân mẹ cha năm sinh nơi cư trú người đi "
    "khai sinh giấy tờ tùy thân nơi đăng ký chức vụ người ký"
)
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the archive, and what can be asked to find it."""

    number: int
    office: str
    book: str
    record: CivilRecord
    text: str


def papers(count: int, *, seed: int = 15) -> Iterator[Paper]:
    """So many papers, the same for the same seed."""
    random = Random(seed)
    drawn = {
        sex: [(list(names), list(names.values())) for names in (surnames(), middle_names(sex), given_names(sex))]
        for sex in ("male", "female")
    }

    def name(sex: str) -> str:
        return " ".join(random.choices(names, weights)[0] for names, weights in drawn[sex])

    for number in range(count):
        year = random.randint(1950, 2025)
        date = f"{year}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        place = f"xã {random.choice(_COMMUNES)}, tỉnh {random.choice(_PROVINCES)}"
        book = f"KS-{year}-{random.randint(1, 40):02}"
        values = {
            "full_name": name(random.choice(("male", "female"))),
            "date_of_birth": date,
            "father_full_name": name("male"),
            "mother_full_name": name("female"),
            "place_of_birth": place,
            "place_of_registration": f"UBND {place}",
            "document_number": f"{random.randint(1, 400)}/{year}",
            "personal_id": f"{random.randrange(10**12):012}",
        }
        noise = " ".join(f"{random.choice(_COMMUNES)[:3]}{random.randrange(9000)}" for _ in range(4))
        yield Paper(
            number=number,
            office=random.choice(OFFICES),
            book=book,
            record=_record(number, values, random.choice(_KINDS), random.choice(_STATUSES)),
            text=f"{_PRINTED} {noise}",
        )


def _record(number: int, values: dict[str, str], kind: DocumentType, status: Status) -> CivilRecord:
    fields = tuple(
        FieldValue(name=name, value=value, verbatim=value, page=1, box=_BOX) for name, value in values.items()
    )
    return CivilRecord(
        document_id=f"{number:032x}",
        holding_code=f"HT-{number:016}",
        source=SourceFile(file="a.jpg", sha256=f"{number:064x}", media_type="image/jpeg", size=1, pages=1),
        document_type=kind,
        form=None,
        type_confidence=None,
        status=status,
        fields=fields,
        validation=Validation(),
        pages=(),
        findings=(),
        provenance=Provenance(software="bench", models=(), settings_sha256="0" * 64),
    )


_COLUMNS = {
    "sources": ("sha256", "size", "first_seen"),
    "source_names": ("sha256", "name", "first_seen"),
    "work": ("work_id", "input_sha256", "software", "models_sha256", "settings_sha256", "state", "attempts",
             "created_at", "changed_at"),
    "documents": ("document_id", "revision", "current", "holding_code", "work_id", "ordinal", "source_sha256",
                  "document_type", "status", "register_outcome", "original", "record", "actor", "committed_at"),
    "search_documents": ("doc", "document_id", "revision", "source_sha256", "work_id", "office", "book", "pages",
                         "names", "number", "date", "place", "terms"),
    "search_pages": ("source_sha256", "page", "words"),
    "search_spellings": ("word",),
}  # fmt: skip
_NOW = "2026-11-29T00:00:00.000000Z"


def rows(
    some: Sequence[Paper], spellings: set[str]
) -> tuple[dict[str, list[tuple[Any, ...]]], list[tuple[int, list[str]]]]:
    """The rows of each table, and the terms of each document."""
    made: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
    inverted = []
    for paper in some:
        record, words = paper.record, page_words(paper.text)
        known = terms_of(record)
        sha, document, key = (
            record.source.sha256,
            record.document_id,
            f"sha256/{record.source.sha256[:2]}/{record.source.sha256[2:]}",
        )
        made["sources"].append((sha, 1, _NOW))
        made["source_names"].append((sha, f"{paper.book}/{paper.number:07}.jpg", _NOW))
        made["work"].append((sha, sha, "bench", "0" * 64, "0" * 64, "done", 1, _NOW, _NOW))
        made["documents"].append(
            (document, 1, True, record.holding_code, sha, 1, sha, record.document_type.value, record.status.value,
             "not_checked", key, key, "bench", _NOW)
        )  # fmt: skip
        row = {"office": paper.office, "book": paper.book, "terms": " ".join(known.terms)}
        made["search_documents"].append(
            (paper.number + 1, document, 1, sha, sha, paper.office, paper.book, json.dumps(known.pages), known.names,
             known.number, known.date, known.place, row["terms"])
        )  # fmt: skip
        made["search_pages"].append((sha, 1, " ".join(words)))
        fresh = (set(known.words) | set(words)) - spellings
        spellings |= fresh
        made["search_spellings"] += [(word,) for word in sorted(fresh)]
        inverted.append((paper.number + 1, list(all_terms(row, words))))
    return made, inverted


def fill_sqlite(path: Path, count: int) -> None:
    """Fills a catalogue that has its tables and nothing else."""
    spellings: set[str] = set()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    many = papers(count)
    while some := list(islice(many, _AT_ONCE)):
        made, inverted = rows(some, spellings)
        for table, values in made.items():
            names = _COLUMNS[table]
            marks = ", ".join("?" * len(names))
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values)
        connection.executemany(
            "INSERT INTO search_words(rowid, terms) VALUES (?, ?)", [(doc, " ".join(terms)) for doc, terms in inverted]
        )
        connection.commit()
    connection.execute("INSERT INTO search_words(search_words) VALUES ('optimize')")
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def fill_postgresql(url: str, count: int) -> None:
    """Likewise; the index over terms is made at the end."""
    spellings: set[str] = set()
    with psycopg.connect(url) as connection:
        connection.execute("DROP INDEX ix_search_words_terms")
        many = papers(count)
        while some := list(islice(many, _AT_ONCE)):
            made, inverted = rows(some, spellings)
            for table, values in made.items():
                with connection.cursor().copy(f"COPY {table} ({', '.join(_COLUMNS[table])}) FROM STDIN") as copy:
                    for value in values:
                        copy.write_row(value)
            connection.cursor().executemany(
                "INSERT INTO search_words (doc, terms) VALUES (%s, array_to_tsvector(%s))",
                [(doc, [*terms, bucket_term(doc)]) for doc, terms in inverted],
            )
            connection.commit()
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("CREATE INDEX ix_search_words_terms ON search_words USING gin (terms) WITH (fastupdate=off)")
        connection.execute("SELECT setval(pg_get_serial_sequence('search_documents', 'doc'), %s)", (count + 1,))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")

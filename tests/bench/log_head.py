"""For how long a file that is stored holds the head of the audit log, where all writers wait for one another.

    python -m tests.bench.log_head [--files N] [--rounds N] [--folder DIR]

The same files are stored by turns as they are, and with the head taken before anything else is done, as by whoever adds
an entry first. On SQLite a transaction holds everything from its beginning either way.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import sqlalchemy as sa

from pipeline.records.contract import record_bytes
from storage.catalogue import Catalogue
from storage.catalogue.ledger import Claim, Ledger
from storage.catalogue.tables import audit_head
from storage.commit import Digitized, commit_documents
from storage.ending import ending_of
from storage.objects import LocalStore
from storage.store_log import keep_log
from tests.contract.storage.samples import field, record, work_key
from tests.making.stack import Stack

FIELDS = (
    "full_name", "date_of_birth", "sex", "ethnicity", "nationality", "place_of_birth", "document_number",
    "father_full_name", "mother_full_name", "place_of_registration", "date_of_registration", "registrar_full_name",
)  # fmt: skip
_WORDS_A_PAGE = 60
_WARM = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="hotich-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with contextlib.closing(Stack(folder / "servers", settings={})) as stack:
            stack.start_postgres()
            for number in range(given.rounds):
                for early in (True, False):
                    run = f"round{number}{'early' if early else 'late'}"
                    stack.begin_anew(run)
                    for kind, url in (
                        ("PostgreSQL", stack.database_url(run)),
                        ("SQLite", f"sqlite:///{folder}/{run}.db"),
                    ):
                        held, statements = store(url, folder / run / kind, given.files, early=early)
                        way = "head first" if early else "head last"
                        print(f"{kind:10} {way:10} {1e3 * held:7.1f} ms a file, {statements:5.1f} statements a file")


def store(url: str, folder: Path, files: int, *, early: bool) -> tuple[float, float]:
    """Seconds a file for which the head was held, and statements in all."""
    objects = LocalStore(folder)
    with contextlib.closing(Catalogue.open(url)) as catalogue, _taken_early() if early else contextlib.nullcontext():
        keep_log(catalogue.database, objects)
        seen = [0]
        sa.event.listen(catalogue.database.engine, "before_cursor_execute", lambda *_: seen.__setitem__(0, seen[0] + 1))
        words, before = random.Random(1), {}
        for number in range(_WARM + files):
            if number == _WARM:
                before, seen[0] = catalogue.database.log_times.figures(), 0
            _store_one(catalogue, objects, number, words)
        held = catalogue.database.log_times.figures()["log_held_sum"] - before["log_held_sum"]
        return held / files, seen[0] / files


@contextlib.contextmanager
def _taken_early() -> Iterator[None]:
    real = Ledger.finish

    def finish(ledger: Ledger, claim: Claim) -> None:
        connection = ledger._connection
        ending_of(connection).wait(lambda: connection.execute(sa.select(audit_head).with_for_update()).one())
        real(ledger, claim)

    with patch.object(Ledger, "finish", finish):
        yield


def _store_one(catalogue: Catalogue, objects: LocalStore, number: int, words: random.Random) -> None:
    data = f"scan {number}".encode()
    fields = [replace(field(name), value=f"{_word(words)} {_word(words)}", verbatim="x") for name in FIELDS]
    fields[1] = replace(fields[1], value=f"{1950 + number % 60}-0{1 + number % 9}-11")
    made = record(data, f"d{number}", *fields)
    claim = catalogue.claim(work_key(data), name=f"box/{number}.png", size=len(data)).claim
    assert claim is not None
    commit_documents(
        objects, catalogue, claim, original=data, actor="bench",
        documents=[Digitized(record=made, record_json=record_bytes(made), archival=b"%PDF " + data)],
        page_texts={1: " ".join(_word(words) for _ in range(_WORDS_A_PAGE))},
    )  # fmt: skip


def _word(draw: random.Random) -> str:
    return "".join(draw.choice("bcdghklmnpqrstvx") + draw.choice("aeiouy") for _ in range(2))


if __name__ == "__main__":
    main()

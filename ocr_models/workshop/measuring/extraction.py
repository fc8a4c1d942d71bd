"""`python -m ocr_models.workshop.measuring.extraction FOLDER… [--cache FOLDER]`: extraction alone, in seconds.

Pages are read once and kept in the cache; after a change of `pipeline.forms` only classification and extraction run
again. Own folders (`truth.jsonl` of our generators) and foreign ones (`--foreign`, without those kept apart) give
the same table: why fields are wrong, by writing, type and layout family. Values are the grammar's normal forms, before
other readers and codes are asked.
"""

from __future__ import annotations

import argparse
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from ocr_models.evaluation.scoring import pair_records
from ocr_models.readers import load_readers
from ocr_models.workshop.measuring.calibrate import Job, foreign_jobs, own_jobs
from ocr_models.workshop.measuring.causes import Cause, JudgedField, judge_record
from ocr_models.workshop.measuring.foreign import template
from pipeline.domain.errors import HotichError
from pipeline.forms.extract import extract
from pipeline.forms.fields import ExtractedRecord, Leaf
from pipeline.forms.loading import form
from pipeline.intake import open_document
from pipeline.read_document import documents_of
from pipeline.read_page import Readers, ReadPage, read_page
from pipeline.settings import PipelineSettings
from pipeline.values import normalise

_READERS: list[Readers] = []


def pages_of(job: Job, cache: Path) -> list[ReadPage]:
    """The file's pages as they were read, without their line images."""
    path = job.folder / job.file
    kept = cache / f"{sha256(str(path.resolve()).encode()).hexdigest()[:16]}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - our own cache
    if not _READERS:
        _READERS.append(load_readers())
    pages = []
    try:
        with open_document(path, PipelineSettings().limits) as document:
            for number in range(1, document.page_count + 1):
                read = read_page(document.page(number), _READERS[0])
                pages.append(replace(read, images=tuple(replace(image, cuts=()) for image in read.images)))
    except HotichError as error:
        print(f"{job.file}: {error}")
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(pages))
    return pages


def records_of(job: Job, cache: Path) -> list[dict[str, Any]]:
    """The records of one file as the contract has them, as far as extraction goes."""
    records: list[dict[str, Any]] = []
    for found in documents_of(iter(pages_of(job, cache))):
        kind = found.kind
        if kind.form is None:
            records.append({"document_type": kind.document_type.value, "fields": {}})
            continue
        leaves = [Leaf(page=i.image.page, part=i.image.part, side=side, lines=i.lines) for side, i in found.sides]
        records += map(_contract, extract(form(kind.document_type, kind.form), leaves))
    for number, record in enumerate(records):
        record["document_id"] = str(number)
    return records


def _contract(record: ExtractedRecord) -> dict[str, Any]:
    fields = {}
    for field in record.fields:
        normal = normalise(field.grammar, field.text)
        fields[field.name] = {
            "value": normal.value,
            "verbatim": field.verbatim,
            "label": field.label,
            "witness": field.support.witness,
            "confidence": 0.0,
        }
    return {"document_type": record.document_type.value, "form": record.form, "fields": fields}


def judged(job: Job, cache: Path, labelled: frozenset[str]) -> list[tuple[str, str, JudgedField, Mapping[str, Any]]]:
    """Every field of a file: its type as read, its family, the field, what was read for it."""
    found = []
    for true, record in pair_records(list(job.truth), list[Mapping[str, Any]](records_of(job, cache))):
        kind = "none" if record is None else record["document_type"]
        for field in judge_record(true, record, labelled):
            given = (record or {}).get("fields", {}).get(field.name) or {}
            found.append((kind, true.document_type, field, given))
    return found


def jobs_of(folders: Sequence[Path], foreign: Sequence[Path]) -> Iterator[tuple[Job, frozenset[str]]]:
    """Every file with the fields that its set labels for its type."""
    jobs = [job for folder in folders for job in own_jobs(folder)]
    named: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for true in job.truth:
            named[true.document_type] |= {template(name) for name in true.fields}
    yield from ((job, frozenset(named[job.truth[0].document_type])) for job in jobs)
    yield from ((job, job.labelled) for folder in foreign for job in foreign_jobs(folder))


def _one(cache: Path, given: tuple[Job, frozenset[str]]) -> list[tuple[str, str, JudgedField, Mapping[str, Any]]]:
    return judged(given[0], cache, given[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--foreign", nargs="*", type=Path, default=[])
    parser.add_argument("--cache", type=Path, default=Path("build/measuring/pages"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--file", default="", help="only files whose name has this in it")
    parser.add_argument("--wrong", action="store_true", help="list the wrong fields of each file, the worst file first")
    parser.add_argument("--no-table", action="store_true")
    given = parser.parse_args()
    chosen = [job for job in jobs_of(given.folders, given.foreign) if given.file in job[0].file]
    with ProcessPoolExecutor(given.workers) as pool:
        results = list(pool.map(partial(_one, given.cache), chosen, chunksize=4))
    if given.wrong:
        listed(chosen, results)
    if not given.no_table:
        print(table(chosen, results))


def listed(chosen: Sequence[tuple[Job, frozenset[str]]], results: Sequence[Sequence[Any]]) -> None:
    """The wrong fields, file by file."""
    pairs = [
        (job, rows, [r for r in rows if r[2].cause is not Cause.RIGHT])
        for (job, _), rows in zip(chosen, results, strict=True)
    ]
    for job, rows, wrong in sorted(pairs, key=lambda p: -len(p[2])):
        if not wrong:
            continue
        kinds = f"{wrong[0][1]} read as {rows[0][0]}"
        print(f"\n{job.folder.name}/{job.file} {job.family} {kinds}: {len(wrong)} of {len(rows)} wrong")
        for _, _, field, read in wrong:
            witness = read.get("witness", "")
            print(f"   {field.cause.value[:7]:8}{field.name:28} want {field.want!r} got {field.value!r} "
                  f"«{read.get('verbatim', '')}» [{read.get('label', '')}] {witness}")  # fmt: skip


def table(chosen: Sequence[tuple[Job, frozenset[str]]], results: Sequence[Sequence[Any]]) -> str:
    """Markdown: percent of fields by cause."""
    groups: dict[str, Counter[Cause]] = defaultdict(Counter)
    types: Counter[bool] = Counter()
    for (job, _), rows in zip(chosen, results, strict=True):
        for _, kind, field, _ in rows:
            for name in ("all", field.writing, f"`{kind}`", f"family {job.layout}"):
                groups[name][field.cause] += 1
        types[bool(rows) and rows[0][0] == job.truth[0].document_type] += 1
    heads = ["", "fields", *(cause.value for cause in Cause)]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for name in sorted(groups):
        counts = groups[name]
        shares = [f"{100 * counts[cause] / counts.total():.1f}" for cause in Cause]
        lines.append("| " + " | ".join([name, str(counts.total()), *shares]) + " |")
    return "\n".join([*lines, "", f"type right {100 * types[True] / max(1, types.total()):.1f} %"])


if __name__ == "__main__":
    main()

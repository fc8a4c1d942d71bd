"""A copy of all that the archive holds of a person, for that person: other people on the papers are left out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from pipeline.judging.review.wording import label_of, paper_label
from pipeline.records.persons import redacted, seen_by
from storage.files import translated_os_errors
from storage.objects import ObjectStore
from workers.persons.drawing import Draw
from workers.persons.finding import PersonPaper
from workers.persons.masking import masked
from workers.persons.submitted import PersonSubmission, put_submissions

_BESIDE = frozenset({"page.writing_beside_cards", "page.several_papers"})
"""What a page is found to have that shows more than its record."""


def export_person(
    papers: Sequence[PersonPaper],
    reads: Sequence[dict[str, str]],
    objects: ObjectStore,
    path: Path,
    *,
    draw: Draw | None,
    submitted: Sequence[PersonSubmission] = (),
) -> list[dict[str, str]]:
    """Writes a zip: `index.json`, `records/CODE.json`, `scans/`, `submissions/`; for its owner's eyes
    only, and only once it is whole. Returns what was left out and why, which stands in the index too.

    Where the paper names nobody else the scan is given as it came, unless its file holds other papers or shows more
    than was read; else a picture of each page on which all but the person's own values is covered. Of what waits in the
    tray, of which no record is kept, there are such pictures only. `draw` None: no scans.
    """
    left_out: list[dict[str, str]] = []
    unfinished = path.with_name(f".{path.name}.unfinished")
    with translated_os_errors(Message("ghi bản sao", "writing the copy")):
        unfinished.touch(mode=0o600)
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as out:
                told = [_put(out, paper, objects, draw, left_out) for paper in papers]
                handed_in, others = put_submissions(out, submitted, draw)
                left_out += others
                index = {"papers": told, "submissions": handed_in, "reads": list(reads), "left_out": left_out}
                out.writestr("index.json", json.dumps(index, ensure_ascii=False, indent=2) + "\n")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return left_out


def _put(
    out: zipfile.ZipFile,
    paper: PersonPaper,
    objects: ObjectStore,
    draw: Draw | None,
    left_out: list[dict[str, str]],
) -> dict[str, Any]:
    code = paper.stored.holding_code
    shown, hidden = redacted(paper.record, paper.persons)
    out.writestr(f"records/{code}.json", json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    files = [f"records/{code}.json"]
    for name in hidden:
        left_out.append({"paper": code, "what": f"field {name}", "why": "của người khác / another person's"})
    try:
        files += [] if draw is None else _scans(out, paper, objects, draw)
    except HotichError as error:
        left_out.append({"paper": code, "what": "scan", "why": f"{error.message} [{error.code}]"})
    if draw is None:
        left_out.append({"paper": code, "what": "scan", "why": "không yêu cầu / not asked for"})
    return {
        "holding_code": code,
        "document_type": paper.record.document_type.value,
        "title": paper_label(paper.record.document_type.value, paper.record.form)[0],
        "state": paper.state,
        "as": list(paper.persons),
        "sure": paper.sureness.value == "sure",
        "stored_at": paper.stored.committed_at,
        "values": {
            label_of(field.name)[0]: field.value or field.verbatim
            for field in paper.record.fields
            if seen_by(field.name, paper.record, paper.persons)
        },
        "files": files,
    }


def _scans(out: zipfile.ZipFile, paper: PersonPaper, objects: ObjectStore, draw: Draw) -> list[str]:
    record, code = paper.record, paper.stored.holding_code
    pages = sorted({report.number for report in record.pages})
    beside = any(finding.code in _BESIDE for finding in record.findings)
    if paper.alone and paper.alone_in_file and not beside and len(pages) == record.source.pages:
        name = f"scans/{code}.scan{Path(record.source.file).suffix.lower()}"
        out.writestr(name, objects.get(paper.stored.original))
        return [name]
    names = []
    for page in pages:
        boxes = [
            field.box for field in record.fields if field.page == page and seen_by(field.name, record, paper.persons)
        ]
        shown = draw.paper(paper, page)
        names.append(f"scans/{code}-{page}.jpg")
        out.writestr(names[-1], masked(shown.picture, shown.scan_size, boxes))
    return names

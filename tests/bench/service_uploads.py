"""What citizens hand in: phone photos of generated cards and A4 papers, each of another person, and the form's data."""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import cv2

from ocr_models.workshop.drawing.dataset import plan_jobs, write_job
from ocr_models.workshop.drawing.register_rows import Register
from pipeline.judging.verdict import procedure

CARDS = ("citizen_id_chip", "citizen_id_2024", "citizen_id_barcode")
SHEETS = ("birth_certificate", "birth_extract", "birth_certificate_old")
ONE_CARD, ONE_SHEET = "1.004194", "1.004859"
_SEED = 20_26


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One submission: the files' bytes, the procedure, what is declared. `kind`: card, sheet or dossier."""

    kind: str
    procedure: str
    files: tuple[bytes, ...]
    declared: Mapping[str, str]


def make_uploads(folder: Path, count: int) -> list[Upload]:
    """`count` cards (front alone), as many sheets, and as many dossiers of a sheet with both sides of a card.

    Drawn once into the folder, with `population.csv`, the register that knows most of these people.
    """
    listing = folder / f"uploads-{count}.json"
    if not listing.exists():
        folder.mkdir(parents=True, exist_ok=True)
        cv2.setNumThreads(1)
        register = Register(Random(_SEED))
        made = [_draw(folder, number, register) for number in range(count)]
        register.add_strangers(20 * count)
        register.write(folder / "population.csv")
        listing.write_text(json.dumps(made, ensure_ascii=False))
    told = json.loads(listing.read_text())
    return [upload for one in told for upload in _uploads(folder, one)]


def distinct(uploads: Sequence[Upload]) -> Iterator[Upload]:
    """The uploads over and over, no two of the same bytes: a counter stands in a comment of each JPEG."""
    for number in itertools.count():
        one = uploads[number % len(uploads)]
        files = tuple(_with_comment(data, f"{number}") for data in one.files)
        yield replace(one, files=files)


def _draw(folder: Path, number: int, register: Register) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for name, types, side in (("front", CARDS, "front"), ("back", CARDS, "back"), ("sheet", SHEETS, None)):
        # The same seed for both sides of a card: the same person.
        (job,) = itertools.islice(plan_jobs(1, _SEED + number, types[number % 3 : number % 3 + 1], "test", "mild"), 1)
        job = replace(job, capture="phone", container="jpg", dpi=300, copies=1, turned=0, quality=85,
                      sides=None if side is None else (side,))  # fmt: skip
        truth = write_job(folder / f"{number:03d}-{name}.jpg", job, register)
        out[name] = {field: told["value"] for field, told in truth["fields"].items() if told["value"]}
    return out | {"number": {"is": f"{number:03d}"}}


def _uploads(folder: Path, drawn: Mapping[str, Mapping[str, str]]) -> Iterator[Upload]:
    number = drawn["number"]["is"]
    front, back, sheet = ((folder / f"{number}-{name}.jpg").read_bytes() for name in ("front", "back", "sheet"))
    card = _declared(ONE_CARD, {"applicant_card": {**drawn["back"], **drawn["front"]}})
    act = _declared(ONE_SHEET, {"act": drawn["sheet"], "applicant_card": {**drawn["back"], **drawn["front"]}})
    yield Upload(kind="card", procedure=ONE_CARD, files=(front,), declared=card)
    yield Upload(kind="sheet", procedure=ONE_SHEET, files=(sheet,), declared=act)
    yield Upload(kind="dossier", procedure=ONE_SHEET, files=(sheet, front, back), declared=act)


def _declared(code: str, values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        name: values[paper.role][field]
        for paper in procedure(code).papers
        for name, field in paper.compare.items()
        if field in values.get(paper.role, {})
    }


def _with_comment(jpeg: bytes, text: str) -> bytes:
    body = text.encode()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]

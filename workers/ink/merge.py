"""Packs of several offices brought together, and the office's base reader learnt from them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr_models.adaptation.adapt import Adapted, Model, Progress, adapt
from ocr_models.adaptation.lines import CorrectedLine
from ocr_models.adaptation.tuning import Recipe
from ocr_models.reader import NAME
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.files import translated_os_errors, write_file
from workers.books.corrections import TABLE
from workers.ink.pack import InkLine, Pack, read_pack

PACKS = "packs.json"
_SEEN = 9000  # about how many lines are seen in all, at most 24 times each
_LEAST_ROUNDS, _MOST_ROUNDS = 6, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came together. `doubles`: the same ink with the same text again; `contradicting`: pieces of ink to which two
    packs give different texts, all left out."""

    packs: tuple[Pack, ...]
    lines: tuple[InkLine, ...]
    doubles: int
    contradicting: int


def merge(paths: Sequence[Path], offices: Mapping[str, str], out: Path) -> Merged:
    """Verifies every pack, then writes their lines to the new folder `out`; all or nothing.

    `out` has `lines.tsv` and the images as `hotich adapt --lines` reads them, and `packs.json`: which packs of which
    offices. The order is that of the ink's digests. Raises what `read_pack` raises, and WrongUse where `out` exists.
    """
    if out.exists():
        raise WrongUse(Message(f"{out}: đã có, cần thư mục mới", "is there already; name a new folder"))
    merged = _merged(tuple(read_pack(path, offices) for path in paths))
    with translated_os_errors(Message("ghi thư mục", "writing the folder")):
        out.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=out.parent, prefix=".ink-"))
        try:
            _write(merged, place)
            place.rename(out)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return merged


def _merged(packs: tuple[Pack, ...]) -> Merged:
    texts: dict[bytes, set[str]] = defaultdict(set)
    count = 0
    for pack in packs:
        for line in pack.lines:
            texts[line.ink].add(line.text)
            count += 1
    kept = [InkLine(ink=ink, text=next(iter(said))) for ink, said in texts.items() if len(said) == 1]
    kept.sort(key=lambda line: hashlib.sha256(line.ink).digest())
    return Merged(
        packs=packs,
        lines=tuple(kept),
        doubles=count - sum(map(len, texts.values())),
        contradicting=len(texts) - len(kept),
    )


def _write(merged: Merged, folder: Path) -> None:
    names = [f"{number:06d}.png" for number in range(1, len(merged.lines) + 1)]
    for name, line in zip(names, merged.lines, strict=True):
        (folder / name).write_bytes(line.ink)
    rows = (f"{name}\t{line.text}\n" for name, line in zip(names, merged.lines, strict=True))
    (folder / TABLE).write_text("".join(rows), encoding="utf-8")
    told = [{"office": pack.office, "sha256": pack.sha256, "lines": len(pack.lines)} for pack in merged.packs]
    (folder / PACKS).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def learn(
    lines: Sequence[CorrectedLine],
    out: Path,
    *,
    base: Model | None = None,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
) -> Adapted:
    """A base reader of the office's own, learnt from merged ink; written to `out` only where it is better.

    As for a book's model: a fifth of the lines is never learnt from and judges, and printed lines may not be forgotten.
    `out` holds it as the reader loads it (setting `reader`). Raises `TooFewLines`, `ModelError`s and the file's errors.
    """
    base = base or Model.load()
    made = adapt(lines, base=base, recipe=recipe or recipe_for(len(lines)), alone=True, progress=progress)
    if made.verdict == "better":
        write_file(out / f"{NAME}.onnx", made.weights)
        write_file(out / "manifest.json", made.manifest)
    return made


def recipe_for(lines: int) -> Recipe:
    """The rounds that so many lines want: a few lines are seen often, many seldom."""
    return Recipe(rounds=max(_LEAST_ROUNDS, min(_MOST_ROUNDS, _SEEN // max(1, lines))))

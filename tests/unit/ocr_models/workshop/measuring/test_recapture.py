"""The same papers, captured otherwise: what they say stays, and nobody looks at what is kept apart."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr_models.workshop.measuring.foreign import foreign_truth, is_kept_apart
from ocr_models.workshop.measuring.recapture import WAYS, recaptured

OPEN = next(f"paper{n}" for n in range(99) if not is_kept_apart(f"paper{n}.tif"))
APART = next(f"paper{n}" for n in range(99) if is_kept_apart(f"paper{n}.tif"))


def field(value: str, page: int = 1) -> dict[str, Any]:
    return {"value": value, "verbatim": value, "page": page, "box": [[1, 1], [9, 1], [9, 5], [1, 5]]}


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Two ledgers of two pages, of which one is kept apart, each with a rule in the middle of its pages."""
    (tmp_path / "files").mkdir()
    lines = []
    for name in (OPEN, APART):
        page = np.full((420, 640), 240, np.uint8)
        cv2.line(page, (330, 20), (330, 400), 20, 3)
        cv2.putText(page, "19", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, 30, 6)
        pages = [Image.fromarray(page), Image.fromarray(page)]
        pages[0].save(tmp_path / "files" / f"{name}.tif", save_all=True, append_images=pages[1:])
        entries = {f"entries[{n}].full_name": field("Lê Văn Mẫu", 1 + n // 2) for n in range(4)}
        lines.append(
            {
                "file": f"files/{name}.tif", "document_type": "birth_register_entry", "pages": 2, "fields": entries,
                "condition": {"writing": "print", "capture": "flatbed", "rotation": 0}, "meta": {"form": "e1"},
                "register_outcome": "match", "register": [], "page_sizes": [[640, 420]] * 2,
            }
        )  # fmt: skip
    (tmp_path / "truth.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    return tmp_path


@pytest.mark.parametrize("way", [way for way in WAYS if way != "bound"])
def test_each_open_file_is_captured_anew_with_its_truth(papers: Path, tmp_path: Path, way: str) -> None:
    (told,) = recaptured(papers, tmp_path / "out", way, 1)
    assert told["file"] == f"files/{OPEN}.tif" and told["meta"]["form"] == f"e1-{way}"
    assert len(told["fields"]) == 4
    with Image.open(tmp_path / "out" / told["file"]) as made, Image.open(papers / told["file"]) as first:
        assert made.n_frames == 2  # type: ignore[attr-defined]
        assert made.convert("RGB").tobytes() != first.convert("RGB").tobytes()


def test_the_same_seed_gives_the_same_capture(papers: Path, tmp_path: Path) -> None:
    for out in ("a", "b"):
        list(recaptured(papers, tmp_path / out, "phone", 3))
    files = [(tmp_path / out / "files" / f"{OPEN}.tif").read_bytes() for out in ("a", "b")]
    assert files[0] == files[1]


def test_leaves_are_files_of_their_own_and_say_what_stands_on_them(papers: Path, tmp_path: Path) -> None:
    told = list(recaptured(papers, tmp_path / "out", "leaves", 1))
    (tmp_path / "out" / "truth.jsonl").write_text("\n".join(json.dumps(line) for line in told))
    assert [file.file for file in foreign_truth(tmp_path / "out" / "truth.jsonl")] == [
        f"files/{OPEN}_1.png", f"files/{OPEN}_2.png",
    ]  # fmt: skip
    assert [sorted(line["fields"]) for line in told] == [
        ["entries[0].full_name", "entries[1].full_name"],
        ["entries[2].full_name", "entries[3].full_name"],
    ]


def test_a_bound_ledger_is_wider_by_its_fold_and_cut_at_a_rule(papers: Path) -> None:
    page = cv2.cvtColor(cv2.imread(str(papers / "files" / f"{OPEN}.tif"), cv2.IMREAD_GRAYSCALE), cv2.COLOR_GRAY2BGR)
    made = WAYS["bound"](np.asarray(page, np.uint8), Random(4))
    assert made.shape[0] == page.shape[0] and made.shape[1] > page.shape[1]
    rules = np.flatnonzero((made[100:300, :, 0] < 90).mean(axis=0) > 0.9)
    assert rules.size  # the rule at the cut is seen on a page's side

"""`python -m ocr_models.workshop.measuring.recapture FOLDER OUT --way WAY [--seed N]`: papers captured otherwise.

Another maker's documents are few, and what is wrong on a page often hangs on how it was caught. The labelled files of a
foreign folder (without those kept apart) are photographed, copied in black and white, scanned over the dark fold of
a bound volume, cut and bound as two facing pages, or stored leaf by leaf. `extraction --foreign OUT` measures them: the
truth says the same as before, with the boxes of the first capture.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image

from ocr_models.workshop.drawing import degrade
from ocr_models.workshop.drawing.canvas import Pixels
from ocr_models.workshop.drawing.degrade import Shot
from ocr_models.workshop.measuring.foreign import is_kept_apart
from pipeline.intake import open_document
from pipeline.settings import PipelineSettings

_LONG_SIDE = (2600, 3400)  # pixels of a phone's picture
_FOLD_AT, _FOLD_WIDE, _FOLD_DEEP = (0.47, 0.53), (0.006, 0.025), (0.4, 0.85)  # of the width; share of the light lost
_MIDDLE = (0.38, 0.62)  # of the width within which a ledger is cut
_FEWEST_ENTRIES = 4  # on a page that is a ledger
_PAPER = 235


def photographed(page: Pixels, rng: Random) -> Pixels:
    """With a phone, on a table."""
    shot = degrade.photograph(Shot.of(page), rng, long_side=rng.randint(*_LONG_SIDE), strength=rng.choice((1.0, 1.6)))
    shot = degrade.uneven_light(shot, rng, rng.choice((0.65, 0.5)))
    return degrade.noise(degrade.blur(shot, rng.uniform(0.3, 0.9)), rng, rng.uniform(2, 7)).pixels


def copied(page: Pixels, rng: Random) -> Pixels:
    """In black and white, at a level that fits the page, at a fixed one, or at one of each place."""
    grey = cv2.GaussianBlur(_grey(page), (0, 0), rng.uniform(0.4, 0.9))
    way = rng.choice(("otsu", "fixed", "local"))
    if way == "otsu":
        return _colour(cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])
    if way == "fixed":
        return _colour(np.where(grey > np.median(grey) * rng.uniform(0.55, 0.72), np.uint8(255), np.uint8(0)))
    local = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 61, rng.uniform(12, 20))
    return _colour(local)


def folded(page: Pixels, rng: Random) -> Pixels:
    """In black and white, askew, over the dark fold of an opened volume."""
    grey = _shaded(_grey(page).astype(np.float32), rng)
    shot = degrade.skew(Shot.of(_colour(grey)), rng.uniform(-3.2, 3.2), (_PAPER, _PAPER, _PAPER))
    return _colour(cv2.threshold(_grey(shot.pixels), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])


def bound(page: Pixels, rng: Random) -> Pixels:
    """Cut at the rule nearest to the middle and bound: two facing pages, a little askew, with a fold between."""
    height, width = page.shape[:2]
    at = _rule_near_the_middle(_grey(page))
    gap = int(width * rng.uniform(0.012, 0.05))
    ground = np.full((height, gap, 3), np.median(page.reshape(-1, 3), axis=0), np.uint8)
    right = np.hstack([ground, page[:, at - 1 :]])
    turn = cv2.getRotationMatrix2D((0, height / 2), rng.uniform(-0.4, 0.4), 1)
    turn[1, 2] += rng.uniform(-0.004, 0.004) * height
    right = cv2.warpAffine(right, turn, (right.shape[1], height), borderMode=cv2.BORDER_REPLICATE)
    both = np.hstack([page[:, : at + 2], ground, right]).astype(np.float32)
    middle = (at + 2 + gap) / both.shape[1]
    return np.asarray(_shaded(both, rng, at=middle, wide=gap / both.shape[1]), np.uint8)


WAYS: Mapping[str, Callable[[Pixels, Random], Pixels]] = {
    "phone": photographed,
    "copy": copied,
    "fold": folded,
    "bound": bound,
}


def recaptured(folder: Path, out: Path, way: str, seed: int) -> Iterator[dict[str, Any]]:
    """Writes each file anew and gives its line of the truth. "leaves": a file for each page, `NAME_1.png` …"""
    (out / "files").mkdir(parents=True, exist_ok=True)
    for number, line in enumerate((folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()):
        given = json.loads(line)
        if is_kept_apart(given["file"]) or (way == "bound" and not _is_ledger(given)):
            continue
        turn = (360 - given["condition"].get("rotation", 0)) // 90 % 4
        pages = [np.ascontiguousarray(np.rot90(page, k=-turn)) for page in _pages(folder / given["file"])]
        rng = Random(f"{seed}/{number}")
        name = Path(given["file"]).stem
        if way == "leaves":
            if len(pages) > 1:
                yield from _leaves(given, pages, out, name)
            continue
        made = [Image.fromarray(cv2.cvtColor(WAYS[way](page, rng), cv2.COLOR_BGR2RGB)) for page in pages]
        made[0].save(out / "files" / f"{name}.tif", save_all=True, append_images=made[1:], compression="jpeg")
        yield _told(given, f"{name}.tif", way)


def _leaves(given: Mapping[str, Any], pages: list[Pixels], out: Path, name: str) -> Iterator[dict[str, Any]]:
    for number, page in enumerate(pages, start=1):
        file = f"{name}_{number}.png"
        cv2.imwrite(str(out / "files" / file), page)
        here = {key: field | {"page": 1} for key, field in given["fields"].items() if field["page"] == number}
        yield _told({**given, "fields": here, "pages": 1}, file, "leaves")


def _told(given: Mapping[str, Any], file: str, way: str) -> dict[str, Any]:
    meta = given["meta"] | {"form": f"{given['meta'].get('form')}-{way}"}
    return {**given, "file": f"files/{file}", "meta": meta}


def _is_ledger(given: Mapping[str, Any]) -> bool:
    entries = {name.partition(".")[0] for name in given["fields"] if name.startswith("entries[")}
    return given["document_type"] == "birth_register_entry" and given["pages"] == 1 and len(entries) >= _FEWEST_ENTRIES


def _pages(path: Path) -> list[Pixels]:
    with open_document(path, PipelineSettings().limits) as document:
        return [_colour(document.page(number).pixels) for number in range(1, document.page_count + 1)]


def _shaded(page: Any, rng: Random, *, at: float | None = None, wide: float | None = None) -> Pixels:
    """The page with the shadow of a fold from top to bottom, and some noise."""
    width = page.shape[1]
    middle = (rng.uniform(*_FOLD_AT) if at is None else at) * width
    reach = (rng.uniform(*_FOLD_WIDE) if wide is None else wide * rng.uniform(0.3, 1.4)) * width
    light = 1 - rng.uniform(*_FOLD_DEEP) * np.exp(-(((np.arange(width) - middle) / max(reach, 1.0)) ** 2))
    shaded = page * (light[None, :, None] if page.ndim == 3 else light[None, :])
    grain = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 3, page.shape[:2])
    return np.asarray(np.clip(shaded + (grain[..., None] if page.ndim == 3 else grain), 0, 255), np.uint8)


def _rule_near_the_middle(grey: Pixels) -> int:
    height, width = grey.shape
    low, high = int(_MIDDLE[0] * width), int(_MIDDLE[1] * width)
    band = 255 - grey[int(0.2 * height) : int(0.8 * height), low:high]
    return low + int(np.argmax(cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((61, 1), np.uint8)).mean(axis=0)))


def _grey(page: Pixels) -> Pixels:
    return page if page.ndim == 2 else np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)


def _colour(page: Any) -> Pixels:
    return np.asarray(page if page.ndim == 3 else cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--way", choices=(*WAYS, "leaves"), required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    lines = [
        json.dumps(told, ensure_ascii=False) for told in recaptured(given.folder, given.out, given.way, given.seed)
    ]
    (given.out / "truth.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(f"{len(lines)} files")


if __name__ == "__main__":
    main()

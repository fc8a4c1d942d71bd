"""The same specimen, captured otherwise: places are told in the file's pixels, and what the file claims is measured."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr_models.evaluation.truth import TrueRecord
from pipeline.domain.geometry import bounds
from pipeline.domain.model import CivilRecord
from tests.integration.pipeline.conftest import SAMPLES, SPECIMEN, Read

LYING_OTHERWISE = (
    "ket-hon-2016-xoay.jpg",
    "khai-sanh-mien-nam-chup-anh.jpg",
    pytest.param("chung-minh-9-so-chup-anh.pdf", marks=pytest.mark.slow),
)


def _fax(folder: Path) -> Path:
    """The specimen as a machine of 204 x 98 dots an inch sends it."""
    grey = np.asarray(Image.open(SAMPLES / SPECIMEN).convert("L"))
    lines = cv2.resize(grey, (1687, 1146), interpolation=cv2.INTER_AREA)
    path = folder / "fax.tif"
    Image.fromarray(np.where(lines > 170, 255, 0).astype(np.uint8)).convert("1").save(
        path, compression="group3", dpi=(204, 98)
    )
    return path


def _off_their_page(record: CivilRecord) -> list[str]:
    sizes = {page.number: (page.width, page.height) for page in record.pages}
    off = []
    for field in record.fields:
        width, height = sizes[field.page]
        assert width is not None and height is not None
        x0, y0, x1, y1 = bounds(field.box)
        if not (0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height):
            off.append(field.name)
    return off


def test_boxes_on_a_fax_are_in_the_files_pixels_and_on_their_values(
    tmp_path: Path, read: Read, truth: TrueRecord
) -> None:
    (record,) = read(_fax(tmp_path))
    (page,) = record.pages
    assert (page.width, page.height) == (1687, 1146)
    assert _off_their_page(record) == []
    true = truth.fields["full_name"].box
    assert true is not None
    x0, y0, x1, y1 = bounds(next(f for f in record.fields if f.name == "full_name").box)
    left, top, right, bottom = bounds(true)
    assert x0 <= (left + right) / 2 * 1687 / 1654 <= x1
    assert y0 <= (top + bottom) / 2 * 1146 / 2339 <= y1


@pytest.mark.parametrize("name", [SPECIMEN, *LYING_OTHERWISE])
def test_every_box_of_every_field_lies_on_its_page(name: str, read: Read) -> None:
    records = read(SAMPLES / name)
    assert sum(len(record.fields) for record in records) > 5
    assert [_off_their_page(record) for record in records] == [[] for _ in records]


def test_a_resolution_claimed_far_too_high_is_read_as_well_as_none(
    tmp_path: Path, read: Read, truth: TrueRecord
) -> None:
    jpeg = bytearray((SAMPLES / SPECIMEN).read_bytes())
    claimed = (1200).to_bytes(2, "big")
    jpeg[13:18] = bytes((1, *claimed, *claimed))  # JFIF: dots an inch, x, y
    path = tmp_path / "tagged.jpg"
    path.write_bytes(jpeg)
    (record,) = read(path)
    values = {f.name: f.value for f in record.fields}
    right = [name for name, true in truth.fields.items() if values.get(name) == true.value]
    assert len(right) >= len(truth.fields) - 1
    assert [f.code for f in record.findings if f.code.startswith("page.")] == ["page.resolution_implausible"]

"""A copy's text follows what people decided; everything else of it stays."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import CivilRecord, FieldSource, FieldValue, PageImage
from pipeline.records.archival import TextSpan, make_archival_pdf
from pipeline.records.archival.decided import with_decisions
from tests.contract.storage.samples import record

NAME = rectangle(200, 100, 560, 130)


@pytest.fixture
def copy() -> bytes:
    pixels = np.full((600, 800), 240, dtype=np.uint8)
    page = PageImage(
        number=1, pixels=pixels, dpi=100.0, embedded=cv2.imencode(".jpg", pixels)[1].tobytes(), encoding="jpeg"
    )
    spans = [
        TextSpan(text=f"{word} ", box=rectangle(x, 100, x + 100, 130))
        for word, x in (("Họ:", 60), ("Nguyên", 200), ("Thi", 320), ("Mâu", 440))
    ]
    spans.append(TextSpan(text="Ngày ", box=rectangle(200, 200, 300, 230)))
    out = io.BytesIO()
    make_archival_pdf(out, [(page, spans, 0)], identifier="x")
    return out.getvalue()


def decided(source: FieldSource) -> CivilRecord:
    field = FieldValue(
        name="full_name", value="Nguyễn Thị Mẫu", verbatim="Nguyễn Thị Mẫu", page=1, box=NAME, source=source
    )
    made = record(b"x", "d", field)
    return replace(made, pages=(replace(made.pages[0], width=800, height=600),))


def text_of(data: bytes, folder: Path) -> str:
    (folder / "a.pdf").write_bytes(data)
    told = subprocess.run(["pdftotext", str(folder / "a.pdf"), "-"], capture_output=True, text=True, check=True)
    return " ".join(told.stdout.split())


def test_a_decided_value_takes_the_place_of_what_was_read(copy: bytes, tmp_path: Path) -> None:
    assert text_of(copy, tmp_path) == "Họ: Nguyên Thi Mâu Ngày"
    assert text_of(with_decisions(copy, decided(FieldSource.REVIEWER)), tmp_path) == "Họ: Nguyễn Thị Mẫu Ngày"


def test_what_nobody_decided_stays_as_it_was_read(copy: bytes, tmp_path: Path) -> None:
    assert text_of(with_decisions(copy, decided(FieldSource.TEXT)), tmp_path) == "Họ: Nguyên Thi Mâu Ngày"


def test_the_image_stays_byte_for_byte_and_the_title_is_the_paper_s(copy: bytes) -> None:
    made = with_decisions(copy, decided(FieldSource.REVIEWER), title="Giấy khai sinh HT-A")
    with pikepdf.open(io.BytesIO(copy)) as before, pikepdf.open(io.BytesIO(made)) as after:
        first, second = (next(iter(one.pages[0].get_images().values())) for one in (before, after))
        assert first.read_raw_bytes() == second.read_raw_bytes()
        with after.open_metadata() as metadata:
            assert metadata["dc:title"] == "Giấy khai sinh HT-A"
            assert metadata["pdfaid:part"] == "2"

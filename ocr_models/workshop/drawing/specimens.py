"""`python -m ocr_models.workshop.drawing.specimens samples`: the specimen scans that travel with the repository.

One file for each kind of paper, hand and capture, each marked MẪU / SPECIMEN, with truth.jsonl,
population.csv and a README that says what each one shows.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2

from ocr_models.workshop.drawing.containers import SUFFIX
from ocr_models.workshop.drawing.dataset import Capture, Job, Wear, write_job
from ocr_models.workshop.drawing.register_rows import Register
from pipeline.forms.loading import form

_SEED = "specimens/1"
_STRANGERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One file: its name without ending, the form, how it is written, captured and stored."""

    name: str
    form: tuple[str, str]
    kind: str
    capture: Capture
    container: str
    says: str
    dpi: float = 200
    wear: Wear = "mild"
    copies: int = 1
    turned: int = 0
    sides: tuple[str, ...] | None = None
    quality: int = 60


SPECIMENS = (
    Specimen(
        name="giay-khai-sinh-2016-in",
        form=("birth_certificate", "2016"),
        kind="print",
        capture="flatbed",
        container="jpg",
        says="Giấy khai sinh 2016, in máy, quét phẳng / Birth certificate 2016, printed, flatbed",
    ),
    Specimen(
        name="giay-khai-sinh-2016-viet-tay",
        form=("birth_certificate", "2016"),
        kind="pen",
        capture="flatbed",
        container="pdf-jpeg",
        says="Giấy khai sinh 2016, viết tay, PDF quét / Birth certificate 2016, pen, scanned PDF",
    ),
    Specimen(
        name="giay-khai-sinh-2006-den-trang",
        form=("birth_certificate_old", "2006"),
        kind="pen",
        capture="bilevel",
        container="tif-g4",
        dpi=300,
        says="Giấy khai sinh 2006, viết tay, TIFF G4 đen trắng / Birth certificate 2006, pen, bilevel TIFF G4",
    ),
    Specimen(
        name="giay-khai-sinh-1999-cu-nat",
        form=("birth_certificate_old", "1999"),
        kind="pen",
        capture="flatbed",
        container="jpg",
        wear="hard",
        says="Giấy khai sinh 1999, viết tay, giấy cũ ố gấp / Birth certificate 1999, pen, badly worn",
    ),
    Specimen(
        name="giay-khai-sinh-1976-danh-may",
        form=("birth_certificate_old", "1976"),
        kind="typed",
        capture="flatbed",
        container="jpg",
        dpi=250,
        says="Giấy khai sinh 1976, đánh máy / Birth certificate 1976, typewritten",
    ),
    Specimen(
        name="giay-khai-sinh-1956-viet-tay",
        form=("birth_certificate_old", "1956"),
        kind="pen",
        capture="flatbed",
        container="webp",
        dpi=250,
        says="Giấy khai sinh VNDCCH, viết tay, WebP / Birth certificate of the DRV, pen, WebP",
    ),
    Specimen(
        name="khai-sanh-mien-nam-chup-anh",
        form=("birth_certificate_old", "south"),
        kind="typed",
        capture="phone",
        container="jpg",
        says="Trích lục bộ khai sanh, đánh máy, chụp điện thoại / Southern extract, typed, phone photo",
    ),
    Specimen(
        name="trich-luc-khai-sinh",
        form=("birth_extract", "2016"),
        kind="print",
        capture="born_digital",
        container="pdf-born",
        dpi=300,
        says="Trích lục khai sinh, PDF văn bản / Birth extract, born-digital PDF",
    ),
    Specimen(
        name="so-khai-sinh-1961",
        form=("birth_register_entry", "1961"),
        kind="pen",
        capture="flatbed",
        container="jpg",
        wear="hard",
        dpi=250,
        says="Sổ khai sinh 1961, viết tay, mực thấm / Birth register 1961, pen, ink bleeding through",
    ),
    Specimen(
        name="so-khai-sinh-dang-bang",
        form=("birth_register_entry", "ledger"),
        kind="pen",
        capture="flatbed",
        container="jpg",
        says="Sổ khai sinh dạng bảng khổ A3, nhiều việc một trang / Tabular register, A3, several acts",
    ),
    Specimen(
        name="so-khai-sinh-2006",
        form=("birth_register_entry", "2006"),
        kind="pen",
        capture="bilevel",
        container="pdf-g4",
        dpi=300,
        says="Sổ khai sinh 2006, bìa và trang, PDF G4 / Register 2006, cover and page, PDF G4",
    ),
    Specimen(
        name="giay-chung-sinh-2012",
        form=("birth_notification", "2012"),
        kind="pen",
        capture="phone",
        container="heic",
        quality=35,
        says="Giấy chứng sinh, viết tay, ảnh HEIC / Birth notification, pen, HEIC photo",
    ),
    Specimen(
        name="giay-chung-sinh-2025",
        form=("birth_notification", "2025"),
        kind="print",
        capture="flatbed",
        container="pdf-jpeg",
        says="Giấy chứng sinh mẫu 10/2025, in máy / Birth notification of October 2025, printed",
    ),
    Specimen(
        name="can-cuoc-cong-dan-chip",
        form=("citizen_id_chip", "2021"),
        kind="print",
        capture="sheet",
        container="jpg",
        dpi=300,
        says="CCCD gắn chip, hai mặt trên một tờ A4 / Chip card, both sides on one A4 sheet",
    ),
    Specimen(
        name="can-cuoc-2024-hai-the",
        form=("citizen_id_2024", "2024"),
        kind="print",
        capture="sheet",
        container="jpg",
        dpi=300,
        copies=2,
        says="Hai thẻ căn cước 2024 trên một tờ (hai hồ sơ) / Two 2024 cards on one sheet (two records)",
    ),
    Specimen(
        name="can-cuoc-ma-vach",
        form=("citizen_id_barcode", "2016"),
        kind="print",
        capture="flatbed",
        container="tif-jpeg",
        dpi=300,
        says="CCCD mã vạch, TIFF hai trang / Barcode card, two-page TIFF",
    ),
    Specimen(
        name="chung-minh-9-so-chup-anh",
        form=("national_id_9", "1999"),
        kind="typed",
        capture="phone",
        container="pdf-jpeg",
        dpi=300,
        says="CMND 9 số, chụp điện thoại, PDF / 9-digit card, phone photos in a PDF",
    ),
    Specimen(
        name="chung-minh-12-so-xoay",
        form=("national_id_12", "2012"),
        kind="print",
        capture="sheet",
        container="jpg",
        dpi=300,
        turned=3,
        says="CMND 12 số, tờ quét xoay 90° / 12-digit card, sheet scanned sideways",
    ),
    Specimen(
        name="so-ho-khau-2014",
        form=("household_book", "2014"),
        kind="pen",
        capture="flatbed",
        container="pdf-jpeg",
        sides=("owner", "members"),
        says="Sổ hộ khẩu, viết tay, PDF nhiều trang / Household book, pen, multi-page PDF",
    ),
    Specimen(
        name="so-ho-khau-1995",
        form=("household_book", "1995"),
        kind="typed",
        capture="bilevel",
        container="tif-g4",
        dpi=300,
        says="Sổ hộ khẩu gia đình, đánh máy, TIFF G4 nhiều trang / Family household book, typed, TIFF G4",
    ),
    Specimen(
        name="so-tam-tru",
        form=("temporary_residence_book", "2014"),
        kind="print",
        capture="flatbed",
        container="pdf-jpeg",
        sides=("owner", "members"),
        says="Sổ tạm trú, in máy, PDF nhiều trang / Temporary residence book, printed, multi-page PDF",
    ),
    Specimen(
        name="ket-hon-2016-xoay",
        form=("marriage_certificate", "2016"),
        kind="print",
        capture="flatbed",
        container="jpg",
        turned=1,
        says="Giấy chứng nhận kết hôn, quét xoay 90° / Marriage certificate, sideways",
    ),
    Specimen(
        name="chứng tử 2006 (bản chụp)",
        form=("death_certificate", "2006"),
        kind="pen",
        capture="phone",
        container="webp",
        says="Giấy chứng tử, viết tay, tên tệp có dấu / Death certificate, pen, accented file name",
    ),
    Specimen(
        name="trich-luc-khai-tu",
        form=("death_certificate", "extract-2016"),
        kind="print",
        capture="flatbed",
        container="png",
        dpi=150,
        wear="none",
        says="Trích lục khai tử, PNG 150 dpi / Death extract, PNG at 150 dpi",
    ),
)

_INTRO = """# Bản mẫu / Specimens

Mọi người, địa chỉ, số giấy tờ và chữ ký trong thư mục này đều do máy bịa ra; con dấu, ảnh chân dung và vân tay
được vẽ bằng đường cong. Mỗi bản đều có chữ MẪU / SPECIMEN. Không có giấy tờ thật nào được sao chép.

Every person, address, number and signature here is invented; seals, portraits and fingerprints are drawn
from curves. Each file is marked MẪU / SPECIMEN. No real paper was copied.

Made by `python -m ocr_models.workshop.drawing.specimens samples`. Licence: the repository's (Apache-2.0); the typefaces
keep their own, see `ocr_models/workshop/fonts`.

`truth.jsonl` says what stands on each file (values, wording, place in scan pixels), `population.csv` is an
invented register that agrees with most of the papers, contradicts some and does not know others.

| tệp / file | nội dung / what it shows | CSDL dân cư / register |
|---|---|---|
"""


def make_specimens(folder: Path) -> None:
    """Write every specimen, truth, register and README to `folder`. The same program gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    register = Register(Random(f"{_SEED}/register"))
    table: list[str] = []
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for specimen in SPECIMENS:
            name = f"{specimen.name}{SUFFIX[specimen.container]}"
            line = write_job(folder / name, _job(specimen), register)
            truth.write(json.dumps({"file": name, **line}, ensure_ascii=False) + "\n")
            outcomes = [record["register_outcome"] for record in line.get("records", [line])]
            table.append(f"| `{name}` | {specimen.says} | {', '.join(outcomes)} |\n")
    register.add_strangers(_STRANGERS)
    register.write(folder / "population.csv")
    (folder / "README.md").write_text(_INTRO + "".join(table), encoding="utf-8")


def _job(specimen: Specimen) -> Job:
    return Job(
        seed=f"{_SEED}/{specimen.name}",
        form=form(*specimen.form),
        kind=specimen.kind,
        capture=specimen.capture,
        container=specimen.container,
        dpi=specimen.dpi,
        wear=specimen.wear,
        split="dev",
        copies=specimen.copies,
        mark=0.2,
        quality=specimen.quality,
        turned=specimen.turned,
        sides=specimen.sides,
    )


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when the folder was written."""
    parser = argparse.ArgumentParser(prog="python -m ocr_models.workshop.drawing.specimens", description=__doc__)
    parser.add_argument("folder", type=Path)
    cv2.setNumThreads(1)
    make_specimens(parser.parse_args(arguments).folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Packages, each read back by another library than the one that wrote it and compared with what is stored."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from lxml import etree  # type: ignore[import-untyped]

from pipeline.domain.errors import WrongUse
from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.model import DocumentType, FieldValue, PageImage, PageReport, Status
from pipeline.records.archival import TextSpan, make_archival_pdf
from pipeline.records.contract import record_bytes
from pipeline.records.searching import Closeness, Question
from storage.catalogue import Catalogue, FoundDocument
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore
from tests.contract.storage.samples import record, work_key
from workers.packages.alto import alto_faults
from workers.packages.archive.checks import csip_faults
from workers.packages.make import PackageKind, PackageOptions, make_package
from workers.packages.report import LISTING, PackageReport, sha256_of

ACTS = (
    {"document_number": "07/2006", "book_number": "01/2006", "date_of_registration": "2006-03-15",
     "full_name": "Đàm Mai Hiền", "sex": "female", "date_of_birth": "2006-03-01", "mother_full_name": "=Cao Hải Uyên",
     "mother_birth_year": "1980", "place_of_registration": "UBND xã Quang Minh", "personal_id": "001306000001"},
    {"document_number": "08/2006", "book_number": "01/2006", "date_of_registration": "2006-03-20",
     "full_name": "Lê Ất", "sex": "male", "date_of_birth": "2006-03-11", "mother_full_name": "Trần Bính"},
)  # fmt: skip
SIZE = (600, 800)
DATA = b"a scan of two acts"
MINISTRY = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OPTIONS = PackageOptions(agency_code="G06.01", agency_name="UBND xã Quang Minh", fonds_code="G06",
                         software=("hotich", "1"))  # fmt: skip


def place(at: int) -> Quad:
    return rectangle(40.0, 40.0 + 40 * at, 500.0, 70.0 + 40 * at)


def act(number: int, values: dict[str, str], **changes: object) -> Digitized:
    fields = [
        FieldValue(name=name, value=value, verbatim=value, page=number, box=place(at), status=Status.ACCEPTED,
                   confidence=0.995)
        for at, (name, value) in enumerate(values.items())
    ]  # fmt: skip
    made = record(DATA, f"d{number}", *fields).evolve(document_type=DocumentType.BIRTH_REGISTER_ENTRY, form="2006")
    page = PageReport(number=number, width=SIZE[0], height=SIZE[1], dpi=100.0, rotation=0, skew_deg=0.0, quality={})
    made = made.evolve(pages=(page,), source=replace(made.source, pages=2), **changes)
    return Digitized(record=made, record_json=record_bytes(made), archival=copy())


def copy() -> bytes:
    pages: list[tuple[PageImage, Sequence[TextSpan], int]] = []
    for number, values in enumerate(ACTS, start=1):
        pixels = np.full((SIZE[1], SIZE[0]), 230, np.uint8)
        cv2.putText(pixels, str(number), (60, 700), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 8)
        spans = [TextSpan(text=f"{value} ", box=place(at)) for at, value in enumerate(values.values())]
        pages.append((PageImage(number=number, pixels=pixels, dpi=100.0), spans, 0))
    out = io.BytesIO()
    make_archival_pdf(out, pages, identifier="test")
    return out.getvalue()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalogue, LocalStore]]:
    folder = tmp_path_factory.mktemp("packages")
    catalogue, objects = Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}"), LocalStore(folder / "objects")
    claim = catalogue.claim(work_key(DATA), name="KS 2006/0001.tif", size=len(DATA)).claim
    assert claim is not None
    acts = [act(number, dict(values)) for number, values in enumerate(ACTS, start=1)]
    commit_documents(objects, catalogue, claim, original=DATA, documents=acts, actor="lan")
    yield catalogue, objects
    catalogue.close()


Make = Callable[..., tuple[Path, PackageReport]]


@pytest.fixture
def make(archive: tuple[Catalogue, LocalStore], tmp_path: Path) -> Make:
    catalogue, objects = archive

    def made(
        kind: str, options: PackageOptions = OPTIONS, change: Callable[[FoundDocument], FoundDocument] = lambda one: one
    ) -> tuple[Path, PackageReport]:
        def found() -> Iterator[FoundDocument]:
            yield from (change(one) for one in catalogue.find_all(Question(), Closeness.EXACT))

        folder = tmp_path / f"{kind} {len(list(tmp_path.iterdir()))}"
        return folder, make_package(PackageKind(kind), found, catalogue, objects, folder, options)

    return made


def sheet_of(path: Path) -> list[list[str]]:
    """A workbook's rows, read from its XML: another way than it was written by."""
    with zipfile.ZipFile(path) as packed:
        shared = (
            etree.fromstring(packed.read("xl/sharedStrings.xml"))
            if "xl/sharedStrings.xml" in packed.namelist()
            else None
        )
        texts = [] if shared is None else ["".join(one.itertext()) for one in shared]
        sheet = etree.fromstring(packed.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(f"{{{MINISTRY}}}row"):
        cells: list[str] = []
        for cell in row:
            assert cell.get("t") in ("s", "inlineStr"), "nothing but text"
            assert cell.find(f"{{{MINISTRY}}}f") is None, "no formula"
            text = "".join(cell.itertext())
            cells.append(texts[int(text)] if cell.get("t") == "s" else text)
        rows.append(cells)
    return rows


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


def test_every_package_lists_its_files_with_their_digests(make: Make) -> None:
    for kind in PackageKind:
        folder, report = make(kind.value)
        listed = json.loads((folder / LISTING).read_text())
        assert (listed["kind"], listed["documents"]) == (kind.value, 2)
        there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        assert listed["files"] == {name: sha256_of(path) for name, path in there.items() if name != LISTING}
        assert len(listed["left_out"]) == len(report.left_out)
        assert folder.stat().st_mode & 0o077 == 0


def test_the_ministry_gets_a_pdf_and_a_row_for_each_act_and_two_files_for_each_book(make: Make) -> None:
    folder, report = make("ministry")
    assert sorted(path.name for path in folder.iterdir()) == ["KS.2006.01.xlsx", "KS.2006.01.zip", LISTING]
    keys, *rows = sheet_of(folder / "KS.2006.01.xlsx")
    [first, second] = [dict(zip(keys, row, strict=True)) for row in rows]
    assert (first["so"], first["quyenSo"], first["ngayDangKy"]) == ("7", "01/2006", "15/03/2006")
    assert (first["nksHoTen"], first["nksGioiTinh"], first["nksNgaySinh"]) == ("Đàm Mai Hiền", "2", "01/03/2006")
    assert (first["meHoTen"], first["meNgaySinh"], first["chaHoTen"]) == ("=Cao Hải Uyên", "1980", "")
    assert second["nksGioiTinh"] == "1"
    with zipfile.ZipFile(folder / "KS.2006.01.zip") as packed:
        assert packed.namelist() == ["KS.2006.01.2006-03-15.7.pdf", "KS.2006.01.2006-03-20.8.pdf"]
        texts = [text_of(packed.read(name)) for name in packed.namelist()]
    assert [len(pages) for pages in texts] == [1, 1], "each act has its own page alone"
    assert "Đàm Mai Hiền" in texts[0][0] and "Lê Ất" not in texts[0][0] and "Lê Ất" in texts[1][0]
    assert [(one.code, one.what) for one in report.left_out] == [("HT-d1", "field personal_id")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"status": Status.REVIEW}, "something is still open"), ({"archival": None}, "has no copy")],
)
def test_what_the_ministry_does_not_get_is_listed(make: Make, changes: dict[str, object], why: str) -> None:
    folder, report = make("ministry", change=lambda one: replace(one, **changes))
    assert report.documents == 0
    assert {one.what for one in report.left_out} == {"document"} and why in report.left_out[0].why
    assert [path.name for path in folder.iterdir()] == [LISTING]


def test_unconfirmed_acts_go_where_that_is_asked_for(make: Make) -> None:
    options = replace(OPTIONS, unconfirmed=True)
    _, report = make("ministry", options, change=lambda one: replace(one, status=Status.REVIEW))
    assert report.documents == 2


def test_names_of_files_follow_the_pattern_and_a_wrong_one_is_wrong_use(make: Make) -> None:
    folder, _ = make("ministry", replace(OPTIONS, names="{loai}/{so}-{ma}"))
    with zipfile.ZipFile(folder / "KS.2006.01.zip") as packed:
        assert packed.namelist() == ["KS-7-HT-d1.pdf", "KS-8-HT-d2.pdf"]
    with pytest.raises(WrongUse):
        make("ministry", replace(OPTIONS, names="{nothing}"))


def test_two_acts_of_one_name_are_not_both_handed_on(make: Make) -> None:
    _, report = make("ministry", replace(OPTIONS, names="{loai}.{quyen}"))
    assert report.documents == 1 and any("second act" in one.why for one in report.left_out)


def test_dispatch_7197_gets_its_metadata_and_names(make: Make) -> None:
    folder, report = make("cv7197", replace(OPTIONS, first=21))
    keys, *rows = sheet_of(folder / "metadata.xlsx")
    told = [dict(zip(keys, row, strict=True)) for row in rows]
    assert told == json.loads((folder / "metadata.json").read_text())
    first = told[0]
    assert (first["DocCode"], first["CodeNumber"], first["CodeNotation"]) == ("G06.01_HT_000021_V1", "7", "07/2006")
    assert (first["IssuedDate"], first["OrganName"], first["Mode"]) == ("2006-03-15", "UBND xã Quang Minh", "Hạn chế")
    assert first["ConfidenceLevel"] == "accepted 10/10; by people 0; promise 0.99"
    assert re.fullmatch(r"G06\.01_HT_000021_V1_20060315_HT-d1\.pdf", first["FileName"])
    assert "Đàm Mai Hiền" in text_of((folder / first["FileName"]).read_bytes())[0]
    assert report.notes["next_serial"] == 23
    with pytest.raises(WrongUse):
        make("cv7197", replace(OPTIONS, agency_code=""))


def test_an_archive_package_is_whole_by_the_specification_s_rules(make: Make) -> None:
    folder, report = make("archive")
    [name] = report.notes["packages"]
    root = folder / name
    assert re.fullmatch(r"urn_G06_uuid_[0-9A-F-]{36}", name)
    assert csip_faults(root) == []
    mets = etree.parse(root / "METS.xml")
    spaces = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink",
              "p": "http://www.loc.gov/premis/v3", "e": "http://ead3.archivists.org/schema/"}  # fmt: skip
    assert mets.getroot().get("OBJID") == name.replace("_", ":")
    assert mets.xpath("string(//m:metsHdr/@CREATEDATE)", namespaces=spaces).endswith("+07:00")
    assert mets.xpath("//m:mptr/@x:href", namespaces=spaces) == [
        "representations/rep1/METS.xml", "representations/rep2/METS.xml"
    ]  # fmt: skip
    [dossier] = [etree.parse(root / "metadata/descriptive/EAD.xml")]
    assert dossier.xpath("string(//title)") == "Sổ KS 2006"
    assert dossier.xpath("string(//maintenance)") == "01", "registers are kept for ever"
    assert dossier.xpath("string(//startDate)") == "2006-03-15" and dossier.xpath("string(//totalDoc)") == "2"
    assert "promise 0.99" in dossier.xpath("string(//confidenceLevel)")
    aid = etree.parse(root / "metadata/descriptive/EAD3.xml")
    assert aid.xpath("//e:c/e:did/e:unitid/text()", namespaces=spaces) == ["HT-d1", "HT-d2"]
    premis = etree.parse(root / "metadata/preservation/PREMIS.xml")
    assert premis.xpath("//p:eventType/text()", namespaces=spaces) == [
        "ingestion", "creation", "ingestion", "creation", "information package creation"
    ]  # fmt: skip
    assert premis.xpath("//p:agentName/text()", namespaces=spaces) == ["hotich", "lan"]
    data = root / "representations/rep1/data"
    assert [json.loads(path.read_text())["holding_code"] for path in sorted(data.glob("*.json"))] == ["HT-d1", "HT-d2"]
    assert "Lê Ất" in text_of(sorted(data.glob("*.pdf"))[1].read_bytes())[0]
    [master] = (root / "representations/rep2/data").iterdir()
    assert master.read_bytes() == DATA, "the original is there as it came, once"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("METS.xml", b'LABEL="CSIP"', b'LABEL="other"'), ("METS.xml", b'OAISPACKAGETYPE="AIP"', b'OAISPACKAGETYPE="?"'),
        ("METS.xml", b'LABEL="Metadata"', b'LABEL="Data"'), ("METS.xml", b"CSIPExtension", b"Extension"),
        ("METS.xml", b'STATUS="CURRENT"', b'STATUS="OLD"'), ("METS.xml", b'USE="Representations/rep1"', b'USE=""'),
        ("METS.xml", b"</mets:mets>", b""), ("METS.xml", b"SOFTWARE VERSION", b"VERSION"),
        ("metadata/descriptive/EAD.xml", b"<maintenance>01", b"<maintenance>02"),
        ("metadata/preservation/PREMIS.xml", b'version="3.0"', b'version="2.2"'),
        ("representations/rep1/METS.xml", b"SHA-256", b"MD5"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_of_the_specification_is_found(make: Make, file: str, old: bytes, new: bytes) -> None:
    folder, report = make("archive")
    root = folder / next(iter(report.notes["packages"]))
    text = (root / file).read_bytes()
    assert old in text
    (root / file).write_bytes(text.replace(old, new))
    assert csip_faults(root)


@pytest.mark.parametrize("change", ["cut", "more", "gone"])
def test_files_of_a_package_that_are_not_as_listed_are_found(make: Make, change: str) -> None:
    folder, report = make("archive")
    root = folder / next(iter(report.notes["packages"]))
    [pdf, *_] = sorted(root.rglob("*.pdf"))
    if change == "cut":
        pdf.write_bytes(pdf.read_bytes()[:-1])
    elif change == "more":
        pdf.with_name("more.pdf").write_bytes(b"x")
    else:
        pdf.unlink()
    assert any(pdf.name in fault or "more.pdf" in fault for fault in csip_faults(root))


def test_the_same_documents_make_the_same_package_id(make: Make) -> None:
    first, second = (make("archive")[1].notes["packages"] for _ in range(2))
    assert first == second


def test_words_have_their_places_and_those_of_values_how_sure_they_are(make: Make) -> None:
    folder, _ = make("alto")
    data = (folder / "HT-d1" / "alto" / "0001.xml").read_bytes()
    assert alto_faults(data) == []
    root = etree.fromstring(data)
    space = "{http://www.loc.gov/standards/alto/ns-v4#}"
    words = [(word.get("CONTENT"), word) for word in root.iter(f"{space}String")]
    assert " ".join(text for text, _ in words).startswith("07/2006 01/2006 2006-03-15 Đàm Mai Hiền female")
    name = dict(words)["Hiền"]
    (x0, y0), _, (x1, y1), _ = place(3)
    x, y = (
        float(name.get("HPOS")) + float(name.get("WIDTH")) / 2,
        float(name.get("VPOS")) + float(name.get("HEIGHT")) / 2,
    )
    assert x0 <= x <= x1 and y0 <= y <= y1
    assert {word.get("WC") for _, word in words} == {"0.9950"}
    assert len(list(root.iter(f"{space}TextLine"))) == len(ACTS[0])
    mets = etree.parse(folder / "HT-d1" / "mets.xml")
    spaces = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink"}
    assert mets.xpath("//m:FLocat/@x:href", namespaces=spaces) == ["HT-d1.pdf", "alto/0001.xml"]


@pytest.mark.parametrize(
    ("old", "new"), [(b'WC="0.9950"', b'WC="1.5"'), (b'HPOS="', b'HPOS="9'), (b">pixel<", b">cm<"), (b"</alto>", b"")]
)
def test_a_word_that_is_no_word_of_the_page_is_found(make: Make, old: bytes, new: bytes) -> None:
    data = (make("alto")[0] / "HT-d1" / "alto" / "0001.xml").read_bytes()
    assert old in data and alto_faults(data.replace(old, new))


def test_lines_of_json_are_the_records(make: Make) -> None:
    folder, _ = make("jsonl")
    lines = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    assert [line["record"]["fields"]["full_name"]["value"] for line in lines] == ["Đàm Mai Hiền", "Lê Ất"]


def test_a_package_never_overwrites(make: Make, archive: tuple[Catalogue, LocalStore], tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(WrongUse):
        make_package(PackageKind.JSON_LINES, lambda: iter(()), *archive, tmp_path / "there", OPTIONS)
    assert not list(tmp_path.glob(".*"))

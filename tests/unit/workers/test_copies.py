"""A signed copy of a stored paper: new each time, noted first, with the words that people decided."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import FieldSource, PageImage
from pipeline.records.archival import TextSpan, make_archival_pdf
from pipeline.records.contract import record_bytes
from pipeline.records.copies.own_act import only_places
from pipeline.records.copies.small import made_small
from service.wire.errors import status_of
from storage.catalogue import StoredDocument, WorkKey
from storage.commit import Digitized, commit_documents
from storage.issued_copies import issued_of
from storage.objects import ObjectKey
from storage.office.store import OfficeStore
from storage.removing import remove
from storage.signing import PdfSigning, SigningFailed, SigningKey, trial_key
from storage.times import utc_now
from storage.trash import withdraw
from storage.verify import verify
from tests.making.desk_home import DeskHome, archival_of, copy_of, sure, truths
from tests.making.pdf_a import broken_clauses
from workers.copies import ActNotSure, CopyMaker, NoCopy
from workers.finding import Seeker

LAN = Seeker(actor="lan", office="", purpose="cấp cho người dân")
CERTIFICATE = "giay-khai-sinh-2016-in.jpg"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return trial_key(tmp_path_factory.mktemp("trial"), at=utc_now())


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DeskHome]:
    opened = DeskHome.open(tmp_path)
    yield opened
    opened.close()


def maker_of(home: DeskHome, key: SigningKey) -> CopyMaker:
    return CopyMaker(
        catalogue=home.catalogue,
        objects=home.objects,
        office=OfficeStore(home.catalogue.database),
        signing=lambda: nullcontext(PdfSigning(key=key)),
        public_url="https://sohoa.example.vn/",
        prepare=lambda data, places: made_small(data) if places is None else only_places(data, places),
    )


def words(pdf: bytes) -> str:
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range())


def test_each_copy_is_an_object_of_its_own_and_the_archive_stays_whole(home: DeskHome, key: SigningKey) -> None:
    paper, maker = home.add(archival=archival_of()), maker_of(home, key)
    first, second = (maker.issue(paper, LAN, converter="Nguyễn Thị Lưu Trữ") for _ in range(2))
    assert first.copy.copy_code != second.copy.copy_code
    assert home.objects.get(first.copy.object) == first.pdf
    assert first.copy.object == ObjectKey.of(first.pdf)
    with home.catalogue.database.read() as connection:
        assert {one.copy_code for one in issued_of(connection, paper.document_id)} == {
            first.copy.copy_code, second.copy.copy_code
        }  # fmt: skip
    report = verify(home.objects, home.catalogue)
    assert (report.ok, report.orphans) == (True, ()), report


def test_a_copy_says_what_people_decided_and_who_made_it(home: DeskHome, key: SigningKey) -> None:
    value = replace(sure("ethnicity", *truths()[CERTIFICATE].fields["ethnicity"]), source=FieldSource.REVIEWER)
    decided = replace(value, value="Tày", verbatim="Tày")
    paper = home.add(archival=archival_of(), changed={"ethnicity": decided})
    issued = maker_of(home, key).issue(paper, LAN, converter="Nguyễn Thị Lưu Trữ")
    said = words(issued.pdf)
    assert "Tày" in said
    assert "Tày" not in words(archival_of())
    assert "Converted by: Nguyễn Thị Lưu Trữ" in said
    assert paper.holding_code in said
    assert issued.trial and "THỬ NGHIỆM" in said


def test_a_copy_holds_the_pages_of_its_paper_and_nothing_of_the_others_in_the_file(
    home: DeskHome, key: SigningKey
) -> None:
    data = copy_of(CERTIFICATE, 0)
    record = home.record(truths()[CERTIFICATE], [], data)
    second = record.evolve(pages=(replace(record.pages[0], number=2),), source=record.source.evolve(pages=3))
    whole = archival_copy_of_three()
    paper = home.store(second, data, archival=whole)
    issued = maker_of(home, key).issue(paper, LAN, converter="Lan")
    said = words(issued.pdf)
    assert issued.covered == 0
    with pikepdf.open(io.BytesIO(issued.pdf)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        assert (len(pdf.pages), len(streams)) == (1, 1)
    assert "NGƯỜI THỨ 2" in said
    assert "NGƯỜI THỨ 3".encode("utf-16-be").hex().upper().encode() not in everything_in(issued.pdf)
    assert "NGƯỜI THỨ 2".encode("utf-16-be").hex().upper().encode() in everything_in(issued.pdf)
    assert broken_clauses(issued.pdf) == []


def acts_on_one_page(
    home: DeskHome, tops: tuple[float, ...], *, beside: float = 0.0, wide: float = 60.0
) -> list[StoredDocument]:
    """A register's page of rows at these heights, each so far right of the one before, stored, the first letter of each
    name the row's. `wide`: of a value with the space behind it."""
    data = copy_of(CERTIFICATE, 0)
    record = home.record(truths()[CERTIFICATE], [], data)
    acts, spans = [], []
    for n, top in enumerate(tops):
        left = 10 + beside * n
        boxes = [rectangle(left + wide * k, top, left + wide * (k + 1) - 10, top + 12) for k in range(3)]
        fields = [replace(sure("full_name", None, "", 1, box), name=f"f{k}") for k, box in enumerate(boxes)]
        acts.append(
            record.evolve(
                document_id=f"{n:032x}", holding_code=f"HT-{'ABC'[n] * 16}", fields=tuple(fields),
                pages=(replace(record.pages[0], width=200, height=300),),
            )
        )  # fmt: skip
        spans.append(TextSpan(text=f"{'ABC'[n]}XYZ", box=boxes[0]))
    pixels = np.random.default_rng(1).integers(120, 250, (300, 200, 3), dtype=np.uint8)
    stream = io.BytesIO()
    make_archival_pdf(stream, [(PageImage(number=1, pixels=pixels, dpi=100.0), spans, 0)], identifier="x")
    claim = home.catalogue.claim(WorkKey.of(record.source.sha256, record.provenance), name="so.jpg", size=1).claim
    assert claim is not None
    made = [Digitized(record=one, record_json=record_bytes(one), archival=stream.getvalue()) for one in acts]
    return commit_documents(home.objects, home.catalogue, claim, original=data, documents=made, actor="test")


def test_of_a_page_that_it_shares_a_copy_shows_its_own_act_alone(home: DeskHome, key: SigningKey) -> None:
    _, second, _ = acts_on_one_page(home, (60, 120, 180))
    issued = maker_of(home, key).issue(second, LAN, converter="Lan")
    said = words(issued.pdf)
    assert issued.covered == 2
    assert "BXYZ" in said and "AXYZ" not in said and "CXYZ" not in said
    assert "đã che phần của người khác" in said
    assert broken_clauses(issued.pdf) == []


def test_of_two_acts_side_by_side_a_copy_shows_the_own_half(home: DeskHome, key: SigningKey) -> None:
    _, second = acts_on_one_page(home, (60, 60), beside=105, wide=28)
    issued = maker_of(home, key).issue(second, LAN, converter="Lan")
    assert "BXYZ" in words(issued.pdf) and "AXYZ" not in words(issued.pdf)
    with pikepdf.open(io.BytesIO(issued.pdf)) as pdf:
        seen = np.asarray(pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im).as_pil_image().convert("L"))
    assert seen[58:70, :95].std() < 8, "the left half is covered"
    assert seen[60:70, 115:190].std() > 8


def test_a_copy_of_an_act_whose_place_is_not_sure_is_refused_and_none_is_issued(
    home: DeskHome, key: SigningKey
) -> None:
    first, *_ = acts_on_one_page(home, (60, 66, 180))
    with pytest.raises(ActNotSure) as refused:
        maker_of(home, key).issue(first, LAN, converter="Lan")
    assert status_of(refused.value) == 409
    with home.catalogue.database.read() as connection:
        assert issued_of(connection, first.document_id) == []


def test_a_withdrawn_act_is_covered_and_one_that_was_removed_makes_the_place_unsure(
    home: DeskHome, key: SigningKey
) -> None:
    first, second, _ = acts_on_one_page(home, (60, 120, 180))
    with home.catalogue.unit() as unit:
        withdraw(unit, home.objects, [first.document_id], reason="x", actor="lan", days=0)
        unit.commit()
    assert maker_of(home, key).issue(second, LAN, converter="Lan").covered == 2
    remove(home.catalogue, home.objects, [first.document_id], decision="QĐ 1", actor="lan")
    with pytest.raises(ActNotSure):
        maker_of(home, key).issue(second, LAN, converter="Lan")


def archival_copy_of_three() -> bytes:
    """Of a file that holds the papers of three people, a page each."""
    pages = []
    for number in (1, 2, 3):
        pixels = np.random.default_rng(number).integers(120, 250, (300, 200, 3), dtype=np.uint8)
        span = TextSpan(text=f"NGƯỜI THỨ {number}", box=rectangle(20, 20, 180, 40))
        pages.append((PageImage(number=number, pixels=pixels, dpi=100.0), [span], 0))
    stream = io.BytesIO()
    make_archival_pdf(stream, pages, identifier="x")
    return stream.getvalue()


def everything_in(pdf: bytes) -> bytes:
    """What every stream of the file says, the pictures left out, whether a page shows it or not."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
        return b"".join(bytes(one.read_bytes()) for one in streams if one.get("/Subtype") != "/Image")


def test_whoever_has_a_copy_made_is_noted_before_it_is(home: DeskHome, key: SigningKey) -> None:
    paper = home.add(archival=archival_of())
    maker_of(home, key).issue(paper, LAN, converter="Lan")
    with OfficeStore(home.catalogue.database).read() as tables:
        [read] = tables.reads.entries(subject=paper.holding_code)
    assert (read.actor, read.action, read.purpose) == ("lan", "archive.copied", "cấp cho người dân")


def test_a_paper_without_a_pdf_gives_no_copy(home: DeskHome, key: SigningKey) -> None:
    with pytest.raises(NoCopy):
        maker_of(home, key).issue(home.add(), LAN, converter="Lan")


def test_where_it_cannot_be_signed_nothing_was_issued(
    home: DeskHome, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = home.add(archival=archival_of())

    def refuses(*_: object, **__: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(key.signer, "async_sign_raw", refuses)
    with pytest.raises(SigningFailed):
        maker_of(home, key).issue(paper, LAN, converter="Lan")
    with home.catalogue.database.read() as connection:
        assert issued_of(connection, paper.document_id) == []
    assert verify(home.objects, home.catalogue).orphans == ()

"""From decided lines in a catalogue to a pack: only with consent, one piece of an act, noted before it leaves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ocr_models.adaptation.adapt import Model
from pipeline.domain.errors import HotichError
from storage.books import Correction, LineOrigin, corrections_of, keep_corrections
from storage.catalogue import Catalogue
from storage.ink import InkGiven
from storage.objects import LocalStore
from tests.contract.storage.test_act_keys import NAMESAKE, PERSON, Archive
from tests.making.clock import Clock
from tests.making.ink import line_image
from workers.ink.export import Export, export_ink
from workers.ink.keys import OfficeKey

KEY = OfficeKey(b"k" * 32)
BOOK = "1957-03"


@pytest.fixture(scope="module")
def base() -> Model:
    return Model.load()


class Office:
    def __init__(self, folder: Path, base: Model) -> None:
        clock = Clock()
        self.catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}", clock=clock)
        self.objects = LocalStore(folder / "objects")
        self.papers = Archive(self.objects, self.catalogue, clock)
        self.base = base

    def decide(self, document: str | None, grammar: str, text: str, *, book: str = BOOK) -> None:
        origin = None if document is None else LineOrigin(document_id=document, grammar=grammar)
        line = Correction(image=line_image(text), text=text, origin=origin)
        keep_corrections(self.objects, self.catalogue, book, [line], actor="A")

    def export(self, *, consent: bool = True, least: int = 1) -> Export:
        return export_ink(
            catalogue=self.catalogue, objects=self.objects, key=KEY, consent=consent, actor="A", model=self.base,
            least=least,
        )  # fmt: skip

    def given(self) -> dict[str, object]:
        with self.catalogue.unit() as unit:
            return dict(InkGiven(unit).all())


@pytest.fixture
def office(tmp_path: Path, base: Model) -> Iterator[Office]:
    made = Office(tmp_path, base)
    yield made
    made.catalogue.close()


def texts(made: Export) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(made.pack)) as pack:
        return [row.split("\t")[1] for row in pack.read("lines.tsv").decode().splitlines()]


def persons(office: Office, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        office.papers.add(name, NAMESAKE | {"date_of_birth": f"19{number + 10}-01-02"})


def test_without_consent_nothing_leaves_and_nothing_is_noted(office: Office) -> None:
    persons(office, ["a"])
    office.decide("a", "name", "Tran An")
    with pytest.raises(HotichError) as caught:
        office.export(consent=False)
    assert caught.value.code == "ink.no_consent"
    assert office.given() == {}


def test_of_a_paper_with_name_date_and_number_one_piece_leaves_and_the_same_again(office: Office) -> None:
    persons(office, ["a", "b"])
    for paper, name, date, number in (("a", "Tran An", "8/3/1957", "001190123456"), ("b", "Le Ba", "9/4/1961", "271")):
        office.decide(paper, "name", name)
        office.decide(paper, "date", date)
        office.decide(paper, "personal_id", number)
    first = office.export()
    assert (first.lines, first.acts, first.pieces) == (6, 2, 2)
    parts = {"a": {"Tran An", "8/3/1957", "0011", "9012", "3456"}, "b": {"Le Ba", "9/4/1961", "271"}}
    assert all(len(parts[paper] & set(texts(first))) == 1 for paper in parts)
    office.decide("a", "address", "Hoa")
    assert office.export().pack == first.pack


def test_two_scans_of_one_act_are_one_act(office: Office) -> None:
    office.papers.add("first", PERSON)
    office.papers.add("second", PERSON)
    office.decide("first", "name", "Tran An")
    office.decide("second", "date", "8/3/1957")
    made = office.export()
    assert (made.acts, made.pieces) == (1, 1)
    assert set(office.given()) == {"first", "second"}


def test_a_second_scan_that_comes_later_gives_nothing_else(office: Office) -> None:
    office.papers.add("first", PERSON)
    office.decide("first", "name", "Tran An")
    assert texts(office.export()) == ["Tran An"]
    office.papers.add("second", PERSON)
    office.decide("second", "date", "8/3/1957")
    assert texts(office.export()) == ["Tran An"]


def test_a_line_of_no_known_paper_stays(office: Office) -> None:
    persons(office, ["a"])
    office.decide("a", "name", "Tran An")
    office.decide(None, "name", "Le Ba")
    office.decide("gone", "date", "8/3/1957")
    made = office.export()
    assert (texts(made), made.of_no_act) == (["Tran An"], 2)


def test_a_few_pieces_do_not_leave(office: Office) -> None:
    persons(office, ["a"])
    office.decide("a", "name", "Tran An")
    with pytest.raises(HotichError) as caught:
        office.export(least=2)
    assert caught.value.code == "ink.too_few"
    assert office.given() == {}


def test_an_export_is_an_entry_of_the_audit_log_with_the_packs_digest_and_no_value(office: Office) -> None:
    persons(office, ["a"])
    office.decide("a", "name", "Tran An")
    office.export()
    entry = office.catalogue.audit_entries()[-1]
    assert (entry.action, entry.subject) == ("ink.exported", "ink:1 pieces")
    assert entry.digest is not None
    assert entry.digest.startswith("sha256:")


def test_a_kept_line_says_which_paper_and_grammar_it_is_of(office: Office) -> None:
    office.decide("a", "name", "Tran An")
    office.decide(None, "name", "Le Ba")
    kept = [line.correction.origin for line in corrections_of(office.objects, office.catalogue, BOOK)]
    assert kept == [LineOrigin(document_id="a", grammar="name"), None]

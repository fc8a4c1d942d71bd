"""Which texts a register proposes for a book's lines: by whom the rest of the paper names, never by the line itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.teach import ProposedLine
from pipeline.domain.geometry import Quad
from pipeline.domain.model import FieldSource, FieldValue
from pipeline.domain.recognition import BY_REGISTER, ModelIdentity
from pipeline.intake.limits import IntakeLimits
from storage.register import SqlRegister, load_register
from tests.making.desk_home import PEN_CERTIFICATE, PROVENANCE, SAMPLES, DeskHome, doubtful, truths
from workers.books.register_lines import register_lines
from workers.draw_view import Viewer
from workers.view_jobs import CutLine, Shown

BOOK = "2016-01"


class Cutter:
    """Cuts as the product does, in this process."""

    def __init__(self) -> None:
        self._viewer = Viewer(IntakeLimits())

    def page(self, number: int) -> None:
        """What the viewer tells of its progress."""

    def source(self, path: str) -> Path:
        """Where the viewer reads: a worker gets an open file."""
        return Path(path)

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[Shown]:
        shown: Future[Shown] = Future()
        shown.set_result(self._viewer(CutLine(path=str(path), sha256=sha256, page=page, box=box), self))  # type: ignore[arg-type]
        return shown


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlRegister]:
    opened = SqlRegister.open(f"sqlite:///{tmp_path_factory.mktemp('register') / 'population.db'}")
    load_register(opened.database, SAMPLES / "population.csv")
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DeskHome]:
    opened = DeskHome.open(tmp_path / "home")
    yield opened
    opened.close()


def add(home: DeskHome, changed: dict[str, FieldValue] | None = None, *, copy: int = 0, taught: bool = False) -> str:
    if taught:
        model = ModelIdentity(name=f"hotich-lines+book{BY_REGISTER}", sha256="2" * 64)
        home.provenance = replace(PROVENANCE, models=(model,))
    stored = home.add(PEN_CERTIFICATE, changed=changed, copy=copy)
    home.catalogue.of_book(stored.source_sha256, BOOK)
    return stored.document_id


def proposed(home: DeskHome, register: SqlRegister) -> dict[str, ProposedLine]:
    found = register_lines(BOOK, catalogue=home.catalogue, objects=home.objects, register=register, cutter=Cutter())
    return {one.source.rpartition("/")[2]: one for one in found}


def truth(name: str) -> FieldValue:
    return doubtful(name, *truths()[PEN_CERTIFICATE].fields[name])


def test_a_misread_name_is_proposed_as_registered_with_its_ink(home: DeskHome, register: SqlRegister) -> None:
    document = add(home, {"full_name": truth("full_name").evolve(value="Xyz Abc", verbatim="Xyz Abc")})
    lines = proposed(home, register)
    assert lines["full_name"].line.text == truths()[PEN_CERTIFICATE].fields["full_name"][0]
    assert lines["full_name"].source == f"{document}/1/full_name"
    pixels = cv2.imdecode(np.frombuffer(lines["full_name"].line.image, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None and (pixels < 128).any()


def test_a_date_is_proposed_in_the_form_in_which_it_was_read(home: DeskHome, register: SqlRegister) -> None:
    add(home)
    written = truths()[PEN_CERTIFICATE].fields["date_of_birth"][1]
    assert proposed(home, register)["date_of_birth"].line.text == written


def test_what_people_decided_is_not_proposed(home: DeskHome, register: SqlRegister) -> None:
    add(home, {"full_name": truth("full_name").evolve(source=FieldSource.REVIEWER)})
    lines = proposed(home, register)
    assert "full_name" not in lines and lines


def test_nobody_is_proposed_whom_only_the_line_itself_names(home: DeskHome, register: SqlRegister) -> None:
    silent = {
        name: truth(name).evolve(value=None, verbatim="")
        for name in truths()[PEN_CERTIFICATE].fields
        if name != "full_name"
    }
    add(home, silent)
    assert proposed(home, register) == {}


def test_what_a_taught_model_read_leads_to_nobody(home: DeskHome, register: SqlRegister) -> None:
    add(home, taught=True)
    assert proposed(home, register) == {}


def test_other_books_teach_nothing(home: DeskHome, register: SqlRegister) -> None:
    stored = home.add(PEN_CERTIFICATE)
    home.catalogue.of_book(stored.source_sha256, "another")
    assert proposed(home, register) == {}

"""What whoever decides sees: pictures made once and bounded; a view that tells neither why nor what others said."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pytest

from pipeline.domain.errors import InputError, ResourceError
from pipeline.domain.geometry import Quad, rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldSource,
    FieldValue,
    RegisterOutcome,
    Status,
    Validation,
)
from pipeline.judging.review.policy import Scheme
from pipeline.records.contract import read_record
from pipeline.settling.register import Candidate, Claims, Compared, RegisterAnswer
from pipeline.values.comparison import Level
from service.desk import views
from service.desk.evidence import Evidence, ItemView, masked
from service.desk.learning import LineKeeper
from service.desk.views import Picture, ScanViewer, lines_in
from service.wire.errors import NotThere
from storage.books import LineOrigin, corrections_of, due_books
from storage.catalogue import StoredDocument
from storage.review import ItemState, Kind, ReviewItem
from storage.review.view_cache import ViewCache
from tests.making.desk_home import PEN_CERTIFICATE, DeskHome
from workers.view_jobs import Shown

BOX = rectangle(10, 10, 200, 40)
SIZE = (1654, 2339)


@dataclass
class Painter:
    """A renderer without a process: says what it was asked for. `held`: pictures that are begun and not finished."""

    asked: list[str] = field(default_factory=list)
    originals: list[bytes] = field(default_factory=list)
    hold: bool = False
    held: list[Future[Shown]] = field(default_factory=list)
    error: Exception | None = None
    woken: int = 0

    def wake(self) -> None:
        self.woken += 1

    def line(self, path: Path, *, sha256: str, page: int, box: Quad, lines: int = 1) -> Future[Shown]:
        return self._paint(path, f"line {page} {lines}")

    def page(self, path: Path, *, sha256: str, page: int) -> Future[Shown]:
        return self._paint(path, f"page {page}")

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[Shown]:
        return self._paint(path, f"reading {page} {box[0]}")

    def _paint(self, path: Path, what: str) -> Future[Shown]:
        self.asked.append(what)
        self.originals.append(path.read_bytes())
        future: Future[Shown] = Future()
        if self.hold:
            self.held.append(future)
        elif self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(Shown(picture=what.encode(), scan_size=SIZE))
        return future


@dataclass
class KnownPeople:
    """A register that answers what it was given."""

    known: list[Candidate] = field(default_factory=list)
    asked: list[Claims] = field(default_factory=list)

    def look_up(self, claims: Claims) -> RegisterAnswer:
        return RegisterAnswer()

    def person(self, register_id: str) -> Mapping[str, str]:
        return {}

    def candidates(self, claims: Claims, *, most: int = 3) -> list[Candidate]:
        self.asked.append(claims)
        return self.known[:most]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DeskHome]:
    made = DeskHome.open(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
def viewer(home: DeskHome, painter: Painter, tmp_path: Path) -> Iterator[ScanViewer]:
    made = a_viewer(home, painter, tmp_path)
    yield made
    made.close()


def a_viewer(home: DeskHome, painter: Painter, tmp_path: Path, *, most_bytes: int = 1 << 20) -> ScanViewer:
    cache = ViewCache(tmp_path / "views", most_bytes=most_bytes)
    return ScanViewer(objects=home.objects, renderer=painter, cache=cache, spool=tmp_path / "spool")


def an_item(document: StoredDocument, name: str, *, kind: Kind = Kind.DOUBT, truth: str | None = None) -> ReviewItem:
    return ReviewItem(
        item_id="1" * 32, document_id=document.document_id, revision=1, field=name, entry=name, kind=kind,
        position=1, page=1,
        office="", book="1957-3", document_type=document.document_type, form=document.form or "", field_class="name",
        reason="field.low_confidence", read_by="r", confidence=0.61, scheme=Scheme.DOUBLE, stage=1,
        state=ItemState.OPEN, result=None, wrong=None, truth=truth, priority=0, holder="lan", tab=None, lease=None,
        lease_until=None, opened_at="", done_at=None,
    )  # fmt: skip


def record_of(home: DeskHome, document: StoredDocument) -> CivilRecord:
    return read_record(home.objects.get(document.json))


def changed(record: CivilRecord, name: str, **values: object) -> CivilRecord:
    fields = tuple(field.evolve(**values) if field.name == name else field for field in record.fields)
    return record.evolve(fields=fields)


def view_of(
    home: DeskHome,
    document: StoredDocument,
    name: str,
    *,
    record: CivilRecord | None = None,
    people: KnownPeople | None = None,
) -> ItemView:
    evidence = Evidence(viewer=None, register=people)
    return evidence.view(an_item(document, name), document, record or record_of(home, document))


# Pictures


def test_a_line_is_made_once_and_kept_beyond_the_service(
    home: DeskHome, painter: Painter, viewer: ScanViewer, tmp_path: Path
) -> None:
    document = home.add()
    first = viewer.line(document, 1, BOX)
    assert viewer.line(document, 1, BOX) == first
    assert a_viewer(home, painter, tmp_path).line(document, 1, BOX) == first
    assert painter.asked == ["line 1 1"]


def test_the_worker_is_given_the_original_as_it_came(home: DeskHome, painter: Painter, viewer: ScanViewer) -> None:
    document = home.add()
    viewer.page(document, 1)
    assert painter.originals == [home.objects.get(document.original)]


def test_two_who_want_the_same_picture_wait_for_one(home: DeskHome, painter: Painter, viewer: ScanViewer) -> None:
    document = home.add()
    painter.hold = True
    viewer.prepare([Picture(document, 1, BOX), Picture(document, 1, BOX), Picture(document, 1)])
    assert sorted(painter.asked) == ["line 1 1", "page 1"]
    for future in painter.held:
        future.set_result(Shown(picture=b"made", scan_size=SIZE))
    assert viewer.line(document, 1, BOX) == b"made"
    assert len(painter.asked) == 2


def test_the_size_of_a_page_is_known_from_any_picture_of_it(
    home: DeskHome, painter: Painter, viewer: ScanViewer
) -> None:
    document = home.add()
    viewer.line(document, 1, BOX)
    assert viewer.scan_size(Picture(document, 1)) == SIZE
    assert painter.asked == ["line 1 1"]


def test_pictures_are_their_owners_alone_and_named_after_nothing_on_the_paper(
    home: DeskHome, viewer: ScanViewer, tmp_path: Path
) -> None:
    document = home.add()
    viewer.line(document, 1, BOX)
    assert stat.S_IMODE((tmp_path / "views").stat().st_mode) == 0o700
    kept = [path for path in (tmp_path / "views").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert all(path.name.startswith(document.original.sha256) for path in kept)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)


def test_the_longest_unused_pictures_go_when_there_are_too_many(tmp_path: Path) -> None:
    cache = ViewCache(tmp_path / "views", most_bytes=1000)
    for number in range(9):
        cache.put(f"view-{number}", b"x" * 100)
        os.utime(tmp_path / "views" / "vi" / f"view-{number}", (number, number))
    assert cache.get("view-0") is not None  # looked at again just now
    cache.put("view-9", b"x" * 200)
    assert cache.get("view-0") is not None
    assert cache.get("view-1") is None
    assert cache.get("view-9") is not None


def test_a_cache_that_was_deleted_is_filled_again(
    home: DeskHome, painter: Painter, viewer: ScanViewer, tmp_path: Path
) -> None:
    document = home.add()
    viewer.line(document, 1, BOX)
    for path in sorted((tmp_path / "views").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert viewer.line(document, 1, BOX) == b"line 1 1"
    assert len(painter.asked) == 2


def test_a_picture_whose_page_size_was_damaged_is_made_again(
    home: DeskHome, painter: Painter, viewer: ScanViewer, tmp_path: Path
) -> None:
    document = home.add()
    viewer.line(document, 1, BOX)
    [size] = (tmp_path / "views").rglob("*.size")
    size.write_bytes(b"[1")
    assert viewer.scan_size(Picture(document, 1, BOX)) == SIZE


def test_working_copies_of_originals_are_bounded_and_gone_at_the_end(
    home: DeskHome, viewer: ScanViewer, tmp_path: Path
) -> None:
    for copy in range(9):
        viewer.page(home.add(copy=copy), 1)
    assert 1 <= len(list((tmp_path / "spool").iterdir())) <= 6
    viewer.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_the_worker_says_of_a_page_reaches_whoever_asked(
    home: DeskHome, painter: Painter, viewer: ScanViewer
) -> None:
    document = home.add()
    painter.error = InputError(Message("Trang hỏng", "A broken page"), code="input.corrupt")
    with pytest.raises(InputError) as refused:
        viewer.page(document, 1)
    assert refused.value.code == "input.corrupt"
    painter.error = None
    assert viewer.page(document, 1) == b"page 1"


def test_a_picture_that_takes_too_long_is_told_so(
    home: DeskHome, painter: Painter, viewer: ScanViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_WAIT_S", 0.01)
    painter.hold = True
    with pytest.raises(ResourceError) as late:
        viewer.page(home.add(), 1)
    assert late.value.code == "view.late"


@pytest.mark.parametrize(
    ("text", "box", "lines"),
    [
        ("Nguyễn Văn An", rectangle(0, 0, 300, 40), 1),
        ("số nhà 355 phố Trương Định - Ba Đình - Hà Nội", rectangle(0, 0, 230, 90), 3),
        ("Kinh", rectangle(0, 0, 30, 40), 1),
        ("Nguyễn Văn An", rectangle(0, 0, 0, 0), 1),
    ],
)
def test_the_lines_in_a_place_are_told_from_its_text_and_shape(text: str, box: Quad, lines: int) -> None:
    assert lines_in(text, box) == lines


# The view


def test_a_view_has_the_reading_its_doubts_and_the_other_readings(home: DeskHome) -> None:
    document = home.add(doubt=["full_name"])
    record = changed(
        record_of(home, document), "full_name", value="Nguyễn Văn An", alternatives=(("Nguyễn Vân An", 0.3),)
    )
    view = view_of(home, document, "full_name", record=record)
    assert view.shown == "Nguyễn Văn An"
    assert [view.shown[at] for at, doubt in enumerate(view.doubtful) if doubt] == ["ă"]
    assert [reading.text for reading in view.alternatives] == ["Nguyễn Vân An"]
    assert (view.label.vi, view.printed is not None) == ("Họ, chữ đệm, tên", True)


def test_dates_are_shown_by_day_month_and_year_also_among_the_other_readings(home: DeskHome) -> None:
    document = home.add(doubt=["date_of_birth"])
    record = changed(
        record_of(home, document), "date_of_birth", value="1957-03-08", alternatives=(("1951-03-08", 0.3),)
    )
    view = view_of(home, document, "date_of_birth", record=record)
    assert (view.shown, view.alternatives[0].text, view.alternatives[0].value) == (
        "08/03/1957", "08/03/1951", "1951-03-08",
    )  # fmt: skip


def test_a_reading_that_is_no_date_comes_with_the_dates_it_may_be(home: DeskHome) -> None:
    document = home.add(doubt=["date_of_birth"])
    record = changed(record_of(home, document), "date_of_birth", value=None, verbatim="31/02/1990", alternatives=())
    view = view_of(home, document, "date_of_birth", record=record)
    assert view.shown == "31/02/1990"
    assert "31/01/1990" in [reading.text for reading in view.alternatives]


def test_a_date_in_words_is_shown_in_words_also_among_the_other_readings(home: DeskHome) -> None:
    document = home.add(doubt=["date_of_birth_words"])
    words = "Ngày tám tháng ba năm một nghìn chín trăm năm mươi bảy"
    record = changed(
        record_of(home, document), "date_of_birth_words", value="1957-03-08", verbatim=words,
        alternatives=(("1957-04-08", 0.3),),
    )  # fmt: skip
    view = view_of(home, document, "date_of_birth_words", record=record)
    assert (view.shown, view.value) == (words, "1957-03-08")
    assert [(reading.text, reading.value) for reading in view.alternatives] == [
        ("Ngày tám tháng tư năm một nghìn chín trăm năm mươi bảy", "1957-04-08")
    ]


def test_rubbish_of_a_second_reader_is_not_offered_and_doubts_nothing(home: DeskHome) -> None:
    document = home.add(doubt=["full_name"])
    record = changed(
        record_of(home, document), "full_name", value="Vũ Tuấn Tường",
        alternatives=(("Lở 42 ñv 6", 0.6), ("Vũ Tuấn Tương", 0.3)),
    )  # fmt: skip
    view = view_of(home, document, "full_name", record=record)
    assert [reading.text for reading in view.alternatives] == ["Vũ Tuấn Tương"]
    assert sum(view.doubtful) == 1


def test_a_sample_looks_like_a_doubt(home: DeskHome) -> None:
    document = home.add(doubt=["full_name"])
    record = record_of(home, document)
    doubt = next(field for field in record.fields if field.name == "full_name")
    accepted = changed(record, "full_name", status=Status.ACCEPTED, confidence=0.9999, findings=())
    evidence = Evidence(viewer=None, register=None)
    asked = evidence.view(an_item(document, "full_name"), document, record)
    sample = evidence.view(an_item(document, "full_name", kind=Kind.SAMPLE), document, accepted)
    assert doubt.findings == ("field.low_confidence",)
    assert asked == sample


def test_a_seeds_truth_and_kind_are_nowhere_in_the_view(home: DeskHome) -> None:
    document = home.add(doubt=["full_name"])
    item = an_item(document, "full_name", kind=Kind.SEED, truth="Sự Thật Hiển Nhiên")
    view_text = repr(asdict(Evidence(viewer=None, register=None).view(item, document, record_of(home, document))))
    assert "Hiển Nhiên" not in view_text
    assert "seed" not in view_text.lower()


def test_what_others_decided_is_no_reason(home: DeskHome) -> None:
    document = home.add(doubt=["full_name"])
    record = changed(
        record_of(home, document), "full_name", findings=("review.illegible", "field.sources_differ"),
        source=FieldSource.REVIEWER,
    )  # fmt: skip
    reasons = [reason.en for reason in view_of(home, document, "full_name", record=record).reasons]
    assert reasons == ["Sources on the paper differ"]


def test_an_item_of_the_document_itself_has_its_findings_and_no_line(home: DeskHome, viewer: ScanViewer) -> None:
    document = home.add()
    evidence = Evidence(viewer=viewer, register=None)
    view = evidence.view(an_item(document, ""), document, record_of(home, document))
    assert (view.label.en, view.line_url, view.box, view.page_size) == ("The whole document", None, None, SIZE)
    with pytest.raises(NotThere):
        evidence.line(document, record_of(home, document), "")


def test_a_view_is_given_though_the_page_cannot_be_shown(home: DeskHome, painter: Painter, viewer: ScanViewer) -> None:
    document = home.add(doubt=["full_name"])
    painter.error = InputError(Message("Trang hỏng", "A broken page"), code="input.corrupt")
    evidence = Evidence(viewer=viewer, register=None)
    view = evidence.view(an_item(document, "full_name"), document, record_of(home, document))
    assert view.page_size == ()
    assert view.shown


def test_lines_and_pages_are_made_ahead_of_being_looked_at(
    home: DeskHome, painter: Painter, viewer: ScanViewer
) -> None:
    document = home.add(doubt=["full_name"])
    record = record_of(home, document)
    evidence = Evidence(viewer=viewer, register=None)
    evidence.prepare([(document, record, "full_name"), (document, record, "date_of_birth")])
    made = len(painter.asked)
    evidence.line(document, record, "full_name")
    evidence.page(document, 1)
    assert made == len(painter.asked) == 3


def test_whoever_sits_down_wakes_the_painter(painter: Painter, viewer: ScanViewer) -> None:
    Evidence(viewer=viewer, register=None).wake()
    Evidence(viewer=None, register=None).wake()
    assert painter.woken == 1


# The register


def a_candidate(**fields: tuple[str, str, Level]) -> Candidate:
    rows = tuple(
        Compared(field=name, claimed=claimed, registered=there, level=level, weight=1.5)
        for name, (claimed, there, level) in fields.items()
    )
    return Candidate(register_id="001190123456", probability=0.97, fields=rows)


def test_the_field_in_question_stands_first_beside_what_is_registered(home: DeskHome) -> None:
    document = home.add(doubt=["date_of_birth"])
    born = ("1957-03-08", "1957-03-09", Level.LETTERS)
    people = KnownPeople([a_candidate(full_name=("A B", "A B", Level.SAME), date_of_birth=born)])
    [person] = view_of(home, document, "date_of_birth", people=people).register
    assert [(row.asked, row.registered, row.level) for row in person.fields] == [
        (True, "09/03/1957", "letters"), (False, "A B", "same"),
    ]  # fmt: skip


def test_of_a_birth_notification_the_mother_is_looked_up_and_her_year_stands_first(home: DeskHome) -> None:
    document = home.add()
    record = record_of(home, document)
    values = {"full_name": "Lê Bé", "mother_full_name": "Phạm Thị Mẫu", "mother_birth_year": "1990"}
    fields = tuple(record.fields[0].evolve(name=name, value=value) for name, value in values.items())
    notification = record.evolve(document_type=DocumentType.BIRTH_NOTIFICATION, form=None, fields=fields)
    year = ("1990", "1990-05-02", Level.PART)
    people = KnownPeople([a_candidate(full_name=("A B", "A B", Level.SAME), date_of_birth=year)])
    evidence = Evidence(viewer=None, register=people)
    [mother] = evidence.view(an_item(document, "mother_birth_year"), document, notification).register
    assert [row.asked for row in mother.fields] == [True, False]
    assert people.asked[0].fields.keys() == {"full_name", "date_of_birth", "sex"}
    assert evidence.view(an_item(document, "full_name"), document, notification).register == ()


def test_beside_a_whole_book_stands_the_member_who_decides_what_the_register_says(home: DeskHome) -> None:
    document = home.add()
    record = record_of(home, document)
    names = {"members[0].full_name": "Lê An", "members[1].full_name": "Lý Hoa"}
    fields = tuple(record.fields[0].evolve(name=name, value=value) for name, value in names.items())
    outcomes = {"members[0]": RegisterOutcome.MATCH, "members[1]": RegisterOutcome.UNSURE}
    subjects = {name: Validation(outcome=outcome) for name, outcome in outcomes.items()}
    book = record.evolve(
        document_type=DocumentType.HOUSEHOLD_BOOK, form=None, fields=fields,
        validation=Validation(outcome=RegisterOutcome.UNSURE, subjects=subjects),
    )  # fmt: skip
    people = KnownPeople([a_candidate(full_name=("Lý Hoa", "Lý Hoa", Level.SAME))])
    Evidence(viewer=None, register=people).view(an_item(document, ""), document, book)
    assert [claims.fields["full_name"].value for claims in people.asked] == ["Lý Hoa"]


def test_a_number_that_the_paper_does_not_state_is_masked(home: DeskHome) -> None:
    document = home.add(doubt=["full_name"])
    people = KnownPeople([a_candidate(personal_id=("001190123456", "001190999999", Level.DIFFERENT))])
    [person] = view_of(home, document, "full_name", people=people).register
    assert person.fields[0].registered == "•••999"
    assert "001190" not in repr(person)


def test_a_number_that_differs_by_a_digit_is_shown_to_be_compared(home: DeskHome) -> None:
    document = home.add(doubt=["personal_id"])
    people = KnownPeople([a_candidate(personal_id=("001190123456", "001190123458", Level.LETTERS))])
    [person] = view_of(home, document, "personal_id", people=people).register
    assert person.fields[0].registered == "001190123458"
    assert person.masked_id == masked("001190123456") == "•••456"


def test_of_whoever_signed_the_paper_the_register_is_not_asked(home: DeskHome) -> None:
    document = home.add(doubt=["registrar_full_name"])
    people = KnownPeople([a_candidate(full_name=("A", "A", Level.SAME))])
    assert view_of(home, document, "registrar_full_name", people=people).register == ()
    assert people.asked == []


def test_the_register_is_asked_once_for_all_fields_of_a_person(home: DeskHome) -> None:
    document = home.add()
    people = KnownPeople([a_candidate(full_name=("A", "A", Level.SAME))])
    evidence = Evidence(viewer=None, register=people)
    record = record_of(home, document)
    for name in ("full_name", "date_of_birth", "sex"):
        evidence.view(an_item(document, name), document, record)
    assert len(people.asked) == 1


# Lines to learn from


def kept(home: DeskHome) -> list[str]:
    return [kept.correction.text for kept in corrections_of(home.objects, home.catalogue, "1957-3")]


def settle(
    home: DeskHome, viewer: ScanViewer | None, *, learn: bool = True, book: str = "1957-3", count: int = 1
) -> None:
    document = home.add(PEN_CERTIFICATE)
    keeper = LineKeeper(learn=learn, viewer=viewer, catalogue=home.catalogue, objects=home.objects)
    for number in range(count):
        place = FieldValue(
            name="father_full_name", value="Nguyễn Văn An", verbatim="Nguyễn Văn An", page=1,
            box=rectangle(100 + number, 100, 400 + number, 140), source=FieldSource.REVIEWER, status=Status.ACCEPTED,
        )  # fmt: skip
        keeper.settled(replace(an_item(document, "father_full_name"), book=book), document, place)
    assert keeper.wait(20.0)
    keeper.close()


def test_a_decided_line_of_a_book_is_kept_to_learn_from(home: DeskHome, viewer: ScanViewer) -> None:
    settle(home, viewer)
    [line] = corrections_of(home.objects, home.catalogue, "1957-3")
    assert line.correction.text == "Nguyễn Văn An"
    assert line.correction.image.startswith(b"reading 1")
    with home.catalogue.unit() as unit:
        [document] = unit.documents.all()
    assert line.correction.origin == LineOrigin(document_id=document.document_id, grammar="name")


def test_nothing_is_kept_without_the_offices_consent(home: DeskHome, painter: Painter, viewer: ScanViewer) -> None:
    settle(home, viewer, learn=False)
    assert kept(home) == []
    assert painter.asked == []


@pytest.mark.parametrize("book", ["", "a;b"])
def test_a_paper_of_no_book_teaches_nothing(home: DeskHome, viewer: ScanViewer, book: str) -> None:
    settle(home, viewer, book=book)
    assert kept(home) == []


def test_a_line_that_cannot_be_cut_out_harms_nothing(home: DeskHome, painter: Painter, viewer: ScanViewer) -> None:
    painter.error = InputError(Message("Ô nằm ngoài trang", "The place is off the page"), code="view.not_there")
    settle(home, viewer)
    assert kept(home) == []


def test_a_book_with_decided_lines_enough_is_due(home: DeskHome, viewer: ScanViewer) -> None:
    settle(home, viewer, count=8)
    assert due_books(home.catalogue, first=9) == []
    assert due_books(home.catalogue, first=8) == ["1957-3"]


def test_pictures_of_a_sealed_cache_are_opened_by_its_own_process_alone(tmp_path: Path) -> None:
    folder = tmp_path / "views"
    ViewCache(folder).put("view-old", b"what an earlier version kept in the open")
    cache = ViewCache(folder, sealed=True)
    assert list(folder.rglob("view-*")) == []
    cache.put("view-1", b"\xff\xd8 a picture")
    assert cache.get("view-1") == b"\xff\xd8 a picture"
    [kept] = [path for path in folder.rglob("view-*") if path.is_file()]
    assert b"picture" not in kept.read_bytes()
    kept.rename(kept.with_name("view-2"))
    assert cache.get("view-2") is None, "it is bound to its name"

"""Finding documents again, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import CivilRecord, DocumentType, FieldValue, Status
from pipeline.records.contract import record_bytes
from pipeline.records.searching import Closeness, Question
from storage.catalogue import Catalogue, NewDocument, StoredDocument, search, search_index
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore, ObjectKey
from storage.office.store import OfficeStore
from storage.search_rebuilding import rebuild_search_index
from tests.contract.storage.samples import BOX, record, work_key

MAI = {
    "full_name": "Nguyễn Thị Mai",
    "date_of_birth": "1990-03-15",
    "father_full_name": "Nguyễn Văn Hòa",
    "mother_full_name": "Trần Thị Thúy",
    "place_of_birth": "xã Phú Lộc, huyện Nho Quan, tỉnh Ninh Bình",
    "document_number": "07/1990",
    "registrar_full_name": "Lê Quang Đạt",
}


class Archive:
    """Stores papers by what they say."""

    def __init__(self, catalogue: Catalogue, objects: LocalStore) -> None:
        self.catalogue, self.objects = catalogue, objects

    def add(
        self,
        document_id: str,
        values: Mapping[str, str],
        *,
        name: str = "a.pdf",
        text: str = "",
        kind: DocumentType = DocumentType.BIRTH_CERTIFICATE,
        status: Status = Status.ACCEPTED,
        software: str = "",
    ) -> StoredDocument:
        data = document_id.encode()
        key = work_key(data, **({"software": software} if software else {}))
        made = self.record(document_id, values, kind=kind, status=status)
        claim = self.catalogue.claim(key, name=name, size=len(data)).claim
        assert claim is not None
        return commit_documents(
            self.objects, self.catalogue, claim, original=data, actor="test", page_texts={1: text},
            documents=[Digitized(record=made, record_json=record_bytes(made), archival=None)],
        )[-1]  # fmt: skip

    def record(
        self, document_id: str, values: Mapping[str, str], *, kind: DocumentType, status: Status = Status.ACCEPTED
    ) -> CivilRecord:
        fields = [FieldValue(name=name, value=value, verbatim=value.upper(), page=1, box=BOX, status=status)
                  for name, value in values.items()]  # fmt: skip
        return replace(record(document_id.encode(), document_id, *fields), document_type=kind)

    def found(self, **asked: object) -> list[str]:
        return [found.document_id for found in self.catalogue.find(Question(**asked)).documents]  # type: ignore[arg-type]


@pytest.fixture
def archive(catalogue: Catalogue, objects: LocalStore) -> Archive:
    return Archive(catalogue, objects)


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "Nguyễn Thị Mai"},
        {"name": "nguyen thi mai"},
        {"name": "NGUYỄN THỊ MAI"},
        {"name": "thị mai"},
        {"name": "Mai"},
        {"name": "Nguyễn Văn Hoà"},  # the other place of the tone
        {"number": "07/1990"},
        {"number": "7/1990"},
        {"number": "HT-mai"},
        {"date": "15/3/1990"},
        {"date": "3/1990"},
        {"date": "1990"},
        {"date": "1985-1992"},
        {"born": "15-03-1990"},
        {"place": "Nho Quan"},
        {"place": "ninh binh"},
        {"book": "KS-1990"},
        {"document_type": "birth_certificate"},
        {"status": "accepted"},
        {"text": "độc lập tự do"},
        {"text": "hạnh phúc mai 15/3/1990"},
        {"text": "07/1990"},
        {"name": "Mai", "date": "1990", "place": "Nho Quan", "book": "ks-1990"},
        {},
    ],
    ids=str,
)
def test_a_paper_is_found_by_what_stands_on_it_and_by_what_it_is(archive: Archive, asked: dict[str, str]) -> None:
    archive.add("mai", MAI, name="KS-1990/tờ 12.jpg", text="Độc lập – Tự do – Hạnh phúc")
    archive.add(
        "other", {"full_name": "Phạm Đức Long", "date_of_birth": "1971", "personal_id": "001071000001"},
        name="the/b.jpg", kind=DocumentType.CITIZEN_ID_CHIP, status=Status.REVIEW,
    )  # fmt: skip
    assert archive.found(**asked) == (["other", "mai"] if not asked else ["mai"])


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "Nguyễn Văn Mai"},
        {"name": "Nguyễn Hòa"},
        {"name": "Lê Quang Đạt"},  # whoever signs is on every paper
        {"number": "1990"},
        {"date": "16/3/1990"},
        {"born": "1991"},
        {"place": "Quan Nho"},
        {"book": "KS-1991"},
        {"status": "rejected"},
        {"text": "không có gì thế này"},
    ],
    ids=str,
)
def test_what_does_not_stand_there_finds_nothing(archive: Archive, asked: dict[str, str]) -> None:
    archive.add("mai", MAI, name="KS-1990/tờ 12.jpg")
    finds = archive.catalogue.find(Question(**asked))  # type: ignore[arg-type]
    assert [found.document_id for found in finds.documents if finds.closeness is not Closeness.WORDS] == []


@pytest.mark.parametrize(
    "typed", ["Nguyễn Thị Mia", "Nguyen Thi Mái", "Ngyễn Thị Mai", "Nguyễn Tị Mai", "Trân Thị Thủi"]
)
def test_a_name_a_letter_off_finds_what_is_nearest(archive: Archive, typed: str) -> None:
    archive.add("mai", MAI)
    archive.add("far", {"full_name": "Hoàng Quốc Bảo"})
    finds = archive.catalogue.find(Question(name=typed))
    assert [found.document_id for found in finds.documents] == ["mai"]
    assert finds.closeness in (Closeness.MARKS, Closeness.NEAR)


def test_marks_that_were_typed_count_where_something_has_them(archive: Archive) -> None:
    archive.add("mai", MAI)
    archive.add("maï", {"full_name": "Nguyễn Thị Mại"})
    assert archive.found(name="Nguyễn Thị Mại") == ["maï"]
    assert archive.found(name="nguyen thi mai") == ["maï", "mai"]


def test_what_is_a_letter_off_is_wanted_too_when_it_is_asked_for(archive: Archive) -> None:
    archive.add("mai", MAI)
    archive.add("mại", {"full_name": "Nguyễn Thị Mait"})
    assert archive.found(name="Nguyễn Thị Mai") == ["mai"]
    assert archive.found(name="Nguyễn Thị Mai", near=True) == ["mại", "mai"]


def test_a_decision_is_found_and_what_it_replaced_is_not(archive: Archive) -> None:
    stored = archive.add("mai", MAI, text="trang có chữ đặc biệt")
    decided = archive.record("mai", {**MAI, "full_name": "Nguyễn Thị Hồng"}, kind=DocumentType.BIRTH_CERTIFICATE)
    key = archive.objects.put(record_bytes(decided))
    new = NewDocument(record=decided, ordinal=1, original=stored.original, archival=None, json=key)
    with archive.catalogue.unit() as unit:
        unit.store(work_key(b"mai"), new, actor="reviewer")
        unit.commit()
    assert archive.found(name="Nguyễn Thị Hồng") == ["mai"]
    assert archive.found(name="Nguyễn Thị Mai") == []
    assert archive.found(text="đặc biệt") == ["mai"]
    assert archive.catalogue.find(Question()).documents[0].revision == 2


def test_a_transaction_that_is_rolled_back_leaves_nothing_to_find(archive: Archive) -> None:
    made = archive.record("mai", MAI, kind=DocumentType.BIRTH_CERTIFICATE)
    archive.catalogue.claim(work_key(b"mai"), name="a.jpg", size=3)
    key = archive.objects.put(record_bytes(made))
    with archive.catalogue.unit() as unit:
        new = NewDocument(record=made, ordinal=1, original=ObjectKey.of(b"mai"), archival=None, json=key)
        unit.store(work_key(b"mai"), new, actor="test")
    assert archive.catalogue.find(Question()).count == 0


def test_an_office_finds_its_own_papers_only(archive: Archive, catalogue: Catalogue) -> None:
    OfficeStore(catalogue.database)
    for document_id in ("a", "ab", "nobody's"):
        archive.add(document_id, MAI)
    with catalogue.unit() as unit:
        unit.search.of_office(["a"], "x-1")
        unit.search.of_office(["ab"], "x1")
        unit.commit()
    assert archive.found(name="mai", offices=("x-1",)) == ["a"]
    assert archive.found(name="mai", offices=("x1", "")) == ["ab", "nobody's"]
    assert archive.found(name="mai", offices=()) == []
    assert set(archive.found(name="mai")) == {"a", "ab", "nobody's"}


def test_a_file_read_anew_is_found_as_it_is_read_now(archive: Archive) -> None:
    archive.add("mai", MAI)
    archive.add("mai", {"full_name": "Phạm Kim Oanh"}, software="hotich 9")
    assert archive.found(name="mai") == []
    assert archive.found(name="oanh") == ["mai"]


def test_a_file_that_is_told_its_book_is_found_by_it(archive: Archive, catalogue: Catalogue) -> None:
    stored = archive.add("mai", MAI, name="mai.jpg")
    assert archive.found(book="Quyển 3/1990") == []
    catalogue.of_book(stored.source_sha256, "Quyển 3/1990")
    assert archive.found(book="quyển 3/1990") == ["mai"]
    assert catalogue.find(Question()).documents[0].book == "Quyển 3/1990"


def test_pages_of_finds_follow_one_another_the_newest_first(archive: Archive) -> None:
    for number in range(7):
        archive.add(f"d{number}", MAI)
    pages = [archive.catalogue.find(Question(name="mai"), most=3, skip=skip) for skip in (0, 3, 6)]
    assert [[found.document_id for found in page.documents] for page in pages] == [
        ["d6", "d5", "d4"], ["d3", "d2", "d1"], ["d0"],
    ]  # fmt: skip
    assert {page.count for page in pages} == {7}


@pytest.mark.parametrize(("every", "told"), [(2, 5), (4, 5), (8, 3)])
def test_a_name_is_counted_and_its_newest_papers_shown_however_many_bear_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, every: int, told: int
) -> None:
    for module in (search, search_index):
        monkeypatch.setattr(module, "BUCKET", 1)  # a bucket a paper, and no more than four are counted
    monkeypatch.setattr(search, "MOST_COUNTED", 4)
    for number in range(24):
        archive.add(f"d{number}", MAI if number % every == 0 else MAI | {"full_name": "Nguyễn Thị Lan"})
    finds = archive.catalogue.find(Question(name="mai"), most=3)
    newest = [f"d{number}" for number in range(23, -1, -1) if number % every == 0]
    assert ([found.document_id for found in finds.documents], finds.count) == (newest[:3], told)


def test_everything_that_is_found_comes_in_the_order_of_indexing(archive: Archive, catalogue: Catalogue) -> None:
    for number in range(7):
        archive.add(f"d{number}", MAI)
    everything = catalogue.find_all(Question(name="mai"), Closeness.EXACT)
    assert [found.document_id for found in everything] == [f"d{number}" for number in range(7)]


@pytest.mark.parametrize("hostile", ['"', "' OR 1=1 --", "a* NEAR b", "*", "(", "x:y", ":!&|", "ñ ﬁ ２", "\x00", "\\"])
def test_signs_of_a_query_language_are_no_commands(archive: Archive, hostile: str) -> None:
    archive.add("mai", MAI)
    for name in ("text", "name", "number", "place", "book"):
        archive.catalogue.find(Question(**{name: hostile}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asked",
    [{"date": "32/1/1990"}, {"date": "hôm qua"}, {"born": "1990-13"}, {"status": "x"}, {"document_type": "x"}],
)
def test_what_cannot_be_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(WrongUse):
        Question(**asked)  # type: ignore[arg-type]


def test_a_new_catalogue_finds_everything(catalogue: Catalogue) -> None:
    assert catalogue.finds_everything()


def test_an_index_made_anew_finds_what_the_one_before_found(
    archive: Archive, catalogue: Catalogue, objects: LocalStore
) -> None:
    OfficeStore(catalogue.database)
    archive.add("mai", MAI, name="KS-1990/mai.jpg", text="đặc biệt")
    archive.add("old", {"full_name": "Phạm Kim Oanh"})
    with catalogue.unit() as unit:
        unit.search.clear()
        unit.commit()
    assert not catalogue.finds_everything() and archive.found() == []
    assert rebuild_search_index(objects, catalogue, page_texts=lambda _: {1: "đặc biệt"}) == 2
    assert catalogue.finds_everything()
    assert archive.found(name="thị mai", book="ks-1990") == ["mai"]
    assert set(archive.found()) == {"mai", "old"}

"""Every paper on which a person is named, in force or not, and who read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.errors import HotichError
from pipeline.domain.model import CivilRecord
from pipeline.records.contract import read_record
from pipeline.records.persons import PersonAsked, Sureness, people_of, persons_like
from pipeline.records.searching import Closeness, Question
from storage.catalogue import Catalogue, StoredDocument
from storage.objects import ObjectStore
from storage.person_papers import acts_of_file, documents_of_files, newest_and_state, out_of_search

SEARCHED, FOUND = "person.searched", "person.found"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPaper:
    """A paper that names the person. `persons`: as whom (`pipeline.records.persons`); `state`: current | withdrawn |
    blocked | superseded, the last of a paper whose file was read anew and is not in force any more. `names`: of its
    file; `alone_in_file`: nothing else was found in it that is or was in use."""

    stored: StoredDocument
    record: CivilRecord
    persons: tuple[str, ...]
    sureness: Sureness
    state: str
    names: tuple[str, ...]
    alone_in_file: bool

    @property
    def code(self) -> str:
        """What people call it by."""
        return self.stored.holding_code

    @property
    def alone(self) -> bool:
        """Whether nobody else is named on the paper."""
        return set(people_of(self.record)) <= set(self.persons)


def papers_of(catalogue: Catalogue, objects: ObjectStore, asked: PersonAsked) -> list[PersonPaper]:
    """Every paper that surely or perhaps names the person, those in force first, by time of storing. A record that is
    damaged names nobody. Raises the stores' errors."""
    found: dict[str, PersonPaper] = {}
    files: set[str] = set()
    for document_id in dict.fromkeys([*_in_search(catalogue, asked), *out_of_search(catalogue)]):
        paper = _paper(catalogue, objects, document_id, asked)
        if paper is not None:
            found[document_id] = paper
            files.add(paper.stored.source_sha256)
    for document_id in documents_of_files(catalogue, files):
        paper = None if document_id in found else _paper(catalogue, objects, document_id, asked)
        if paper is not None:
            found[document_id] = paper
    order = ("current", "blocked", "withdrawn", "superseded")
    return sorted(found.values(), key=lambda paper: (order.index(paper.state), paper.stored.committed_at))


def _in_search(catalogue: Catalogue, asked: PersonAsked) -> Iterator[str]:
    """Documents in force that have the number, or the name and a birth in the year, whatever its marks."""
    if asked.personal_id:
        for question in (Question(number=asked.personal_id), Question(text=asked.personal_id)):
            yield from (found.document_id for found in catalogue.find_all(question, Closeness.EXACT))
    if asked.name:
        for closeness in (Closeness.EXACT, Closeness.MARKS):
            question = Question(name=asked.name)
            yield from (found.document_id for found in catalogue.find_all(question, closeness))


def _paper(catalogue: Catalogue, objects: ObjectStore, document_id: str, asked: PersonAsked) -> PersonPaper | None:
    stored, state = newest_and_state(catalogue, document_id)
    if stored is None:
        return None
    try:
        record = read_record(objects.get(stored.json))
    except HotichError:
        return None
    like = persons_like(record, asked)
    if not like:
        return None
    sure = tuple(person for person, sureness in like.items() if sureness is Sureness.SURE)
    acts = acts_of_file(catalogue, stored.source_sha256)
    return PersonPaper(
        stored=stored,
        record=record,
        persons=sure or tuple(like),
        sureness=Sureness.SURE if sure else Sureness.MAYBE,
        state=state,
        names=tuple(catalogue.names(stored.source_sha256)),
        alone_in_file=acts is not None and [one.document_id for one in acts] == [document_id],
    )

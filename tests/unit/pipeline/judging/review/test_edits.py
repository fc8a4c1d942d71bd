"""What people's changes make of documents: nothing invented, nothing read lost, always a record of the contract."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import CivilRecord, DocumentType, FieldValue, RegisterOutcome, Status, Validation
from pipeline.judging.review.edits import merged, retyped, split
from pipeline.judging.review.outcome import Choice, FieldDecision, decided, reopened, settled
from pipeline.judging.review.places import known_fields, template
from pipeline.records.contract import read_record, record_bytes, record_schema
from tests.making.submitted import a_field, a_record

BOOK, ACT = DocumentType.HOUSEHOLD_BOOK, DocumentType.BIRTH_CERTIFICATE
_KINDS = [kind for kind in DocumentType if kind not in {DocumentType.UNKNOWN, DocumentType.OTHER}]
_TEXT = st.sampled_from(["Nguyễn Văn An", "1990-01-15", "male", "Hà Nội", "12"])
_VALID = jsonschema.Draft202012Validator(record_schema())


@st.composite
def records(draw: st.DrawFn, kind: DocumentType | None = None) -> CivilRecord:
    kind = kind or draw(st.sampled_from(_KINDS))
    names = st.sampled_from([n.replace("[]", f"[{m}]") for n in known_fields(kind) for m in (0, 1, 4)])
    chosen = draw(st.lists(names, unique=True, min_size=1, max_size=12))
    fields = tuple(
        a_field(name, draw(st.none() | _TEXT), sure=draw(st.booleans()), page=draw(st.integers(1, 6)))
        for name in chosen
    )
    return settled(a_record(kind, None, fields=fields))


def is_of_the_contract(record: CivilRecord) -> None:
    written = record_bytes(record)
    _VALID.validate(json.loads(written))
    assert record_bytes(read_record(written)) == written
    statuses = {field.status for field in record.fields}
    assert not (record.status is Status.ACCEPTED and statuses - {Status.ACCEPTED})
    assert len({field.name for field in record.fields}) == len(record.fields)


def values(*given: CivilRecord) -> list[tuple[str | None, str, int]]:
    return sorted(((f.value, f.verbatim, f.page) for r in given for f in r.fields), key=repr)


@given(records(), st.sampled_from(_KINDS))
def test_a_retyped_document_keeps_what_its_new_type_has_and_names_what_it_lacks(
    record: CivilRecord, kind: DocumentType
) -> None:
    made = retyped(record, kind)
    is_of_the_contract(made)
    known = set(known_fields(kind))
    assert [f for f in record.fields if template(f.name) in known] == list(made.fields)
    gone = [f.name for f in record.fields if template(f.name) not in known]
    assert all(any(name in str(finding.message) for finding in made.findings) for name in gone)


@given(records(kind=BOOK), st.integers(2, 6))
def test_a_cut_gives_every_field_to_one_of_two_documents(record: CivilRecord, page: int) -> None:
    try:
        head, tail = split(record, page)
    except WrongUse:
        assert len({field.page < page for field in record.fields}) == 1
        return
    is_of_the_contract(head)
    is_of_the_contract(tail)
    assert values(head, tail) == values(record)
    assert max(f.page for f in head.fields) < page <= min(f.page for f in tail.fields)


@given(records(kind=BOOK), st.integers(2, 6))
def test_the_same_cut_gives_the_same_names_and_they_are_new(record: CivilRecord, page: int) -> None:
    try:
        head, tail = split(record, page)
    except WrongUse:
        return
    assert (head.document_id, head.holding_code) == (record.document_id, record.holding_code)
    assert tail.document_id == split(record, page)[1].document_id != record.document_id
    assert tail.holding_code.startswith("HT-") and tail.holding_code != record.holding_code


@given(records(kind=BOOK), st.integers(2, 6))
def test_what_was_cut_and_joined_again_has_every_field_again(record: CivilRecord, page: int) -> None:
    try:
        head, tail = split(record, page)
    except WrongUse:
        return
    joined = merged(head, tail)
    is_of_the_contract(joined)
    known = {field.name for field in head.fields}
    twice = [f for f in tail.fields if f.name in known and not f.name.startswith("members[")]
    assert len(joined.fields) == len(record.fields) - len(twice)


def test_members_of_a_joined_book_are_numbered_on() -> None:
    first = a_record(BOOK, "2014", fields=(a_field("members[0].full_name", "A"), a_field("members[1].full_name", "B")))
    second = a_record(BOOK, "2014", fields=(a_field("members[0].full_name", "C"), a_field("members[0].sex", "male")))
    made = merged(first, replace(second, document_id="2" * 32))
    assert [f.name for f in made.fields][2:] == ["members[2].full_name", "members[2].sex"]


def test_members_that_were_cut_off_are_numbered_from_the_first() -> None:
    fields = (a_field("members[0].full_name", "A", page=1), a_field("members[3].full_name", "B", page=2))
    _, tail = split(a_record(BOOK, "2014", fields=fields), 2)
    assert [f.name for f in tail.fields] == ["members[0].full_name"]


def test_documents_of_two_files_are_not_joined() -> None:
    one = a_record(ACT, "2016", fields=(a_field("full_name", "A"),))
    with pytest.raises(WrongUse):
        merged(one, one.evolve(source=one.source.evolve(sha256="9" * 64)))


def test_what_the_register_said_of_one_person_is_not_said_of_the_document_cut_off() -> None:
    said = Validation(outcome=RegisterOutcome.MATCH, register_id="001190123456", match_probability=0.99)
    fields = (a_field("full_name", "Lê A", page=1), a_field("place_of_registration", "Hà Nội", page=2))
    head, tail = split(a_record(ACT, "2016", fields=fields, validation=said), 2)
    assert head.validation == said
    assert tail.validation == Validation()


def test_what_the_register_said_of_the_head_of_a_book_is_not_said_of_a_retyped_act() -> None:
    said = Validation(outcome=RegisterOutcome.MATCH, register_id="001190123456", match_probability=0.99)
    book = a_record(BOOK, "2014", fields=(a_field("place_of_registration", "Hà Nội"),), validation=said)
    assert retyped(book, ACT).validation == Validation()


def decision() -> st.SearchStrategy[FieldDecision]:
    value = _TEXT.map(lambda text: FieldDecision(choice=Choice.CORRECT, value=text, verbatim=text))
    return value | st.sampled_from([FieldDecision(choice=Choice.ILLEGIBLE), FieldDecision(choice=Choice.ABSENT)])


@given(records(), st.data())
def test_a_decided_record_says_what_people_said_and_is_of_the_contract(
    record: CivilRecord, data: st.DataObject
) -> None:
    names = [field.name for field in record.fields]
    said = {name: data.draw(decision()) for name in data.draw(st.lists(st.sampled_from(names), unique=True))}
    made = decided(record, said)
    is_of_the_contract(made)
    now = {field.name: field for field in made.fields}
    for name in names:
        expected(now, name, said.get(name), next(f for f in record.fields if f.name == name))


def expected(now: dict[str, FieldValue], name: str, said: FieldDecision | None, before: FieldValue) -> None:
    if said is None:
        assert now[name] == before
    elif said.choice == "absent":
        assert name not in now
    elif said.choice == "illegible":
        assert (now[name].value, now[name].status) == (None, Status.REJECTED)
    else:
        assert (now[name].value, now[name].status) == (said.value, Status.ACCEPTED)


@given(records(), st.data())
def test_a_record_with_a_reopened_field_waits_for_a_person(record: CivilRecord, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([field.name for field in record.fields]))
    made = reopened(record, [name], "sample.shares_cause")
    is_of_the_contract(made)
    assert made.status is Status.REVIEW

"""Whom to ask: doubts, samples, seeds, the document itself, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.model import Status
from pipeline.judging.review.asking import (
    PAPER_FINDINGS,
    SUSPENDED,
    UNKNOWN_TYPE,
    UNSURE,
    DocumentFacts,
    FieldFacts,
    Kind,
    NewItem,
    OpenPage,
    SettledField,
    item_to_look_again,
    items_wanted,
    priority,
)
from pipeline.judging.review.policy import Scheme, default_policy

POLICY = replace(default_policy(), sample_accepted=0.1, sample_reviewed=0.1, seed_share=0.1)
DOCUMENT = DocumentFacts(
    document_id="d1", revision=2, document_type="birth_certificate", form="2016", status=Status.ACCEPTED
)
DOUBTED = replace(DOCUMENT, status=Status.REVIEW)
SETTLED = SettledField(
    item_id="i1", field="ethnicity", position=3, page=1, confidence=0.4, reason="field.unread",
    scheme=Scheme.DOUBLE, value="Kinh",
)  # fmt: skip


def never(_: str) -> float:
    """A draw that takes no sample and no seed."""
    return 0.5


def always(_: str) -> float:
    """A draw that takes every sample."""
    return 0.0


def read(name: str, status: Status = Status.ACCEPTED, *findings: str, position: int = 0) -> FieldFacts:
    return FieldFacts(name=name, position=position, page=1, status=status, confidence=0.9, findings=findings)


def wanted(document: DocumentFacts, *fields: FieldFacts, **changes: Any) -> list[NewItem]:
    given: dict[str, Any] = {"policy": POLICY, "draw": never, **changes}
    return items_wanted(document, fields, **given)


def test_an_accepted_document_whose_fields_are_accepted_asks_nobody() -> None:
    assert wanted(DOCUMENT, read("full_name")) == []


def test_each_field_that_is_not_accepted_is_a_doubt() -> None:
    items = wanted(
        DOUBTED, read("full_name", Status.REVIEW), read("sex"), read("ethnicity", Status.REJECTED, position=2)
    )
    assert [(item.field, item.kind) for item in items] == [("full_name", Kind.DOUBT), ("ethnicity", Kind.DOUBT)]


def test_items_stand_in_the_order_of_the_record_after_the_document_itself() -> None:
    items = wanted(DOUBTED, read("full_name", Status.REVIEW, position=0), read("ethnicity", Status.REVIEW, position=4))
    assert [item.position for item in items] == [1, 5]


def test_a_doubt_says_what_is_graver_than_low_confidence() -> None:
    [item] = wanted(DOUBTED, read("full_name", Status.REVIEW, UNSURE, "field.unread", "field.struck_out"))
    assert item.reason == "field.unread"


@pytest.mark.parametrize("findings", [(), (UNSURE,)])
def test_a_doubt_without_another_reason_was_not_read_surely_enough(findings: tuple[str, ...]) -> None:
    [item] = wanted(DOUBTED, read("full_name", Status.REVIEW, *findings))
    assert item.reason == UNSURE


@pytest.mark.parametrize(("field", "scheme"), [("full_name", Scheme.DOUBLE), ("ethnicity", Scheme.SINGLE)])
def test_a_doubt_is_decided_by_as_many_as_the_policy_says_of_its_field(field: str, scheme: Scheme) -> None:
    [item] = wanted(DOUBTED, read(field, Status.REVIEW))
    assert item.scheme is scheme


def test_a_share_of_accepted_fields_is_looked_at_by_two_and_told_from_a_doubt_by_nothing() -> None:
    [item] = wanted(DOCUMENT, read("ethnicity"), draw=always)
    assert (item.kind, item.scheme, item.reason) == (Kind.SAMPLE, Scheme.DOUBLE, UNSURE)
    assert priority(Kind.SAMPLE, of_citizen=False) == priority(Kind.DOUBT, of_citizen=False)


def test_a_field_at_the_very_share_is_not_drawn() -> None:
    assert wanted(DOCUMENT, read("ethnicity"), draw=lambda _: POLICY.sample_accepted) == []


def test_a_sample_is_drawn_by_document_revision_and_field() -> None:
    asked: list[str] = []

    def draw(name: str) -> float:
        asked.append(name)
        return 0.5

    wanted(DOCUMENT, read("ethnicity"), read("sex"), draw=draw)
    assert asked == ["sample:d1:2:ethnicity", "sample:d1:2:sex"]


def test_accepted_fields_of_a_suspended_group_are_doubts() -> None:
    suspended = {("birth_certificate", "2016", "name")}
    [item] = wanted(DOCUMENT, read("full_name"), read("ethnicity"), suspended=suspended)
    assert (item.field, item.kind, item.reason) == ("full_name", Kind.DOUBT, SUSPENDED)


def test_another_forms_suspension_holds_nothing_back() -> None:
    assert wanted(DOCUMENT, read("full_name"), suspended={("birth_certificate", "1999", "name")}) == []


def test_of_a_document_of_unknown_type_only_the_document_itself_is_asked() -> None:
    [item] = wanted(replace(DOUBTED, document_type="unknown"), read("full_name", Status.REVIEW))
    assert (item.field, item.kind, item.reason, item.position) == ("", Kind.PAPER, UNKNOWN_TYPE, 0)


def test_a_document_in_which_nothing_was_read_is_asked_as_a_whole() -> None:
    [item] = wanted(DOUBTED)
    assert (item.field, item.kind, item.reason) == ("", Kind.PAPER, UNKNOWN_TYPE)


def test_a_document_in_doubt_without_a_doubtful_field_is_asked_as_a_whole() -> None:
    [item] = wanted(DOUBTED, read("full_name"))
    assert (item.field, item.kind, item.reason) == ("", Kind.PAPER, PAPER_FINDINGS)


def test_a_document_in_doubt_keeps_its_samples_beside_the_document_itself() -> None:
    items = wanted(DOUBTED, read("ethnicity"), draw=always)
    assert [item.kind for item in items] == [Kind.PAPER, Kind.SAMPLE]


def test_the_document_itself_waits_while_a_field_is_in_doubt() -> None:
    items = wanted(DOUBTED, read("full_name", Status.REVIEW), read("ethnicity"))
    assert [item.field for item in items] == ["full_name"]


def test_a_share_of_what_people_settled_is_looked_at_by_two_others() -> None:
    item = item_to_look_again(SETTLED, policy=POLICY, draw=always)
    assert item is not None
    assert (item.kind, item.scheme, item.reason, item.truth) == (Kind.SAMPLE, Scheme.DOUBLE, UNSURE, None)


def test_what_two_people_agreed_on_may_measure_a_third() -> None:
    item = item_to_look_again(SETTLED, policy=POLICY, draw=lambda _: 0.95)
    assert item is not None
    assert (item.kind, item.scheme, item.reason, item.truth) == (Kind.SEED, Scheme.SINGLE, "field.unread", "Kinh")


@pytest.mark.parametrize("settled", [replace(SETTLED, scheme=Scheme.SINGLE), replace(SETTLED, value=None)])
def test_what_one_person_settled_and_what_has_no_value_measure_nobody(settled: SettledField) -> None:
    assert item_to_look_again(settled, policy=POLICY, draw=lambda _: 0.95) is None


def test_most_of_what_people_settled_is_not_looked_at_again() -> None:
    assert item_to_look_again(SETTLED, policy=POLICY, draw=never) is None


def test_an_error_that_was_found_comes_before_a_waiting_citizen_and_the_citizen_before_archives() -> None:
    reopened = priority(Kind.REOPENED, of_citizen=False)
    waited_for = priority(Kind.DOUBT, of_citizen=True)
    assert reopened > waited_for > priority(Kind.PAPER, of_citizen=False) > priority(Kind.DOUBT, of_citizen=False)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_waiting_citizen_never_puts_an_item_back(kind: Kind) -> None:
    assert priority(kind, of_citizen=True) >= priority(kind, of_citizen=False)


def test_a_document_beside_an_open_page_is_asked_for_first_and_at_that_page() -> None:
    pages = [OpenPage(number=4, code="page.unreadable"), OpenPage(number=5, code="page.time_limit")]
    items = wanted(DOUBTED, read("sex", Status.REVIEW), open_pages=pages)
    assert [(item.field, item.kind, item.page, item.reason) for item in items] == [
        ("", Kind.PAPER, 4, "page.unreadable"),
        ("sex", Kind.DOUBT, 1, UNSURE),
    ]

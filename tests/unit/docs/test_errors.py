"""Every code that a person or a program may meet stands in docs/errors.md."""

from __future__ import annotations

import re

import pytest

from pipeline.judging.verdict.wording import REASONS as VERDICT_REASONS
from pipeline.settling.triage import REASONS as REVIEW_REASONS
from pipeline.settling.triage import needs_a_person
from pipeline.validation import RULES
from pipeline.values import FINDING_MESSAGES
from service.wire.problems import _HTTP_CODES
from tests.unit.docs.reading import (
    code_words,
    document,
    error_classes,
    error_codes,
    finding_codes,
    rows,
    section,
    words_of_the_code,
)

TEXT = document("docs/errors.md")
ERRORS, FINDINGS = TEXT.split("## Findings")[0], section(TEXT, "## Findings")
VERDICT = section(TEXT, "## Reasons of a verdict")


def test_the_codes_are_found_in_the_code() -> None:
    assert {"InputError", "DiskFull", "TooMany", "NotYours", "IntakeError"} <= error_classes()
    known = {"input.empty", "output.disk_full", "input.missing", "register.bad_sex", "review.taken", "internal.error"}
    assert known <= set(error_codes())
    assert "page.blank" in finding_codes()


@pytest.mark.parametrize("code", sorted(error_codes()))
def test_an_error_code_is_explained(code: str) -> None:
    assert code in code_words(ERRORS), f"{code} ({error_codes()[code]}) is not in docs/errors.md"


@pytest.mark.parametrize("code", sorted({*FINDING_MESSAGES, *RULES, *REVIEW_REASONS}))
def test_a_finding_is_explained(code: str) -> None:
    assert code in code_words(FINDINGS), f"the finding {code} is not in docs/errors.md"


@pytest.mark.parametrize("code", sorted(finding_codes()))
def test_a_finding_made_where_it_is_met_is_explained(code: str) -> None:
    assert code in code_words(FINDINGS + VERDICT), f"{code} ({finding_codes()[code]}) is not in docs/errors.md"


def test_what_sends_a_paper_to_a_person_is_marked_and_nothing_else() -> None:
    marked = {code: "**!**" in row[0] for row in rows(FINDINGS) for code in code_words(row[0])}
    assert {code for code, mark in marked.items() if mark} == {code for code in marked if needs_a_person(code)}


def test_a_verdict_s_reasons_are_explained_with_what_they_lead_to() -> None:
    told = {code: row[1] for row in rows(VERDICT) for code in code_words(row[0])}
    assert told.items() >= {code: outcome.value for code, (outcome, _) in VERDICT_REASONS.items()}.items()
    assert set(told) == {*VERDICT_REASONS, "file.mixed"}


def test_no_error_is_explained_that_is_not_there() -> None:
    explained = {code for row in rows(ERRORS) for code in code_words(row[0])}
    assert explained <= words_of_the_code(), sorted(explained - words_of_the_code())


@pytest.mark.parametrize("code", sorted(_HTTP_CODES.values()))
def test_a_code_of_the_web_framework_s_own_refusals_is_explained(code: str) -> None:
    assert code in code_words(ERRORS)


def test_every_explanation_is_in_both_languages() -> None:
    for row in rows(ERRORS):
        assert re.search(r"\S / \S", row[1]), row

"""The verdict on a submission, on records made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, FieldSource, Finding, RegisterOutcome, Status, Validation
from pipeline.judging.verdict import (
    FieldAgreement,
    Outcome,
    Procedure,
    Submitted,
    Unreadable,
    Verdict,
    judge,
    procedure,
)
from pipeline.judging.verdict.procedures import parse_procedures
from tests.making.submitted import BACK, CARD, a_capture, a_field, a_record, card

TODAY = date(2026, 11, 22)
RESIDENCE, MARRIAGE, BIRTH, ANEW = "1.004222", "1.000894", "1.001193", "1.004884"
FRONT_ONLY = parse_procedures(
    """
    [[procedure]]
    code = "x"
    name = {vi = "Thử", en = "Test"}
    [[procedure.paper]]
    role = "card"
    name = {vi = "Thẻ", en = "Card"}
    types = ["citizen_id_chip"]
    sides = ["front"]
    keep = false
    current = true
    compare = {full_name = "full_name"}
    """
)["x"]
DECLARED = {
    "full_name": "NGUYỄN THỊ MẪU",
    "personal_id": "001 190 123456",
    "date_of_birth": "15/01/1990",
    "sex": "Nữ",
}


def verdict(
    *records: CivilRecord | Submitted,
    declared: Mapping[str, str] = DECLARED,
    code: str | Procedure = RESIDENCE,
    **more: Any,
) -> Verdict:
    submitted = [r if isinstance(r, Submitted) else Submitted(record=r) for r in records]
    wanted = code if isinstance(code, Procedure) else procedure(code)
    return judge(wanted, submitted, declared, today=TODAY, **more)


def codes(answer: Verdict) -> list[str]:
    return [reason.code for reason in answer.reasons]


def test_a_good_card_that_says_what_was_declared_is_usable() -> None:
    answer = verdict(card())
    assert (answer.outcome, answer.reasons) == (Outcome.USABLE, ())
    assert {f.agreement for f in answer.fields} == {FieldAgreement.SAME}


def test_declared_values_are_compared_in_their_normal_forms() -> None:
    fields = {f.name: f for f in verdict(card()).fields}
    assert fields["date_of_birth"].declared == "1990-01-15"
    assert fields["personal_id"].declared == "001190123456"


def test_a_year_agrees_with_the_day_it_lies_in() -> None:
    assert verdict(card(), declared=DECLARED | {"date_of_birth": "1990"}).outcome is Outcome.USABLE


def test_a_name_typed_without_marks_goes_to_a_clerk_and_contradicts_nothing() -> None:
    answer = verdict(card(), declared=DECLARED | {"full_name": "Nguyen Thi Mau"})
    assert (answer.outcome, codes(answer)) == (Outcome.REVIEW, ["declared.unlike"])


def test_another_name_contradicts_when_the_reading_is_sure() -> None:
    answer = verdict(card(), declared=DECLARED | {"full_name": "Trần Văn Ba"})
    assert answer.outcome is Outcome.CONTRADICTS
    assert (answer.reasons[0].field, answer.reasons[0].place) == ("full_name", card().fields[0].box)


def test_another_name_goes_to_a_clerk_when_the_reading_is_not_sure() -> None:
    answer = verdict(card(sure=False), declared=DECLARED | {"full_name": "Trần Văn Ba"})
    assert "declared.unlike" in codes(answer)
    assert Outcome.CONTRADICTS not in {r.outcome for r in answer.reasons}


def test_what_the_reader_also_thought_of_is_no_contradiction() -> None:
    fields = tuple(
        a_field(k, v, alternatives=(("001190123457", 0.01),) if k == "personal_id" else ())
        for k, v in {**CARD, **BACK}.items()
    )
    answer = verdict(a_record(fields=fields), declared=DECLARED | {"personal_id": "001190123457"})
    assert answer.outcome is Outcome.REVIEW


def test_one_wrong_digit_contradicts_a_sure_reading() -> None:
    assert verdict(card(), declared=DECLARED | {"personal_id": "001190123457"}).outcome is Outcome.CONTRADICTS


def test_a_malformed_declaration_is_said_and_never_compared() -> None:
    answer = verdict(card(), declared=DECLARED | {"personal_id": "12 con gà"})
    assert "declared.malformed" in codes(answer)
    assert {f.name: f.agreement for f in answer.fields}["personal_id"] is FieldAgreement.NOT_DECLARED


def test_a_value_that_was_not_found_on_the_paper_goes_to_a_clerk() -> None:
    answer = verdict(card(full_name=None))
    assert (answer.outcome, codes(answer)) == (Outcome.REVIEW, ["field.not_read"])


@pytest.mark.parametrize(
    ("measure", "code"),
    [
        ({"crispness": 0.1}, "capture.blurred"),
        ({"letters_px": 2.0}, "capture.too_small"),
        ({"light": 0.01}, "capture.too_dark"),
        ({"missing": 0.5}, "capture.cut_off"),
        ({"screen": 99.0}, "capture.screen"),
    ],
)
def test_a_bad_picture_must_be_retaken_and_says_where(measure: dict[str, float], code: str) -> None:
    capture = a_capture(**measure)
    answer = verdict(card(capture=capture))
    assert (answer.outcome, codes(answer)) == (Outcome.RETAKE, [code])
    assert answer.reasons[0].place == capture.place


def test_a_doubtful_picture_that_was_read_in_full_is_good_enough() -> None:
    assert verdict(card(capture=a_capture(crispness=2.7))).outcome is Outcome.USABLE


@pytest.mark.parametrize("measure", [{"light": 0.09}, {"letters_px": 5.4}, {"crispness": 1.8}])
def test_a_bad_picture_that_was_read_in_full_is_good_enough(measure: dict[str, float]) -> None:
    assert verdict(card(capture=a_capture(**measure))).outcome is Outcome.USABLE


def test_a_doubtful_picture_whose_wanted_entry_is_missing_must_be_retaken() -> None:
    answer = verdict(card(capture=a_capture(crispness=2.7), full_name=None))
    assert answer.outcome is Outcome.RETAKE


def test_a_picture_to_be_retaken_comes_before_a_contradiction_read_from_it() -> None:
    answer = verdict(card(capture=a_capture(crispness=0.1)), declared=DECLARED | {"full_name": "Trần Văn Ba"})
    assert answer.outcome is Outcome.RETAKE
    assert codes(answer)[0] == "capture.blurred"


def test_glare_counts_where_it_hides_a_wanted_entry() -> None:
    spot = ("glare", rectangle(90, 90, 310, 140), 0.003)
    hidden = verdict(card(capture=a_capture(spot), full_name=None))
    assert [(r.code, r.field) for r in hidden.reasons if r.code == "capture.glare"] == [("capture.glare", "full_name")]


def test_glare_beside_everything_wanted_does_no_harm() -> None:
    assert verdict(card(capture=a_capture(("glare", rectangle(0, 600, 900, 700), 0.2)))).outcome is Outcome.USABLE


def test_a_card_without_its_back_is_incomplete() -> None:
    answer = verdict(card(back=False))
    assert (answer.outcome, codes(answer)) == (Outcome.RETAKE, ["side.missing"])
    assert answer.reasons[0].place is not None


def test_only_the_back_where_the_front_is_wanted_is_the_wrong_side() -> None:
    back = a_record(fields=tuple(a_field(k, v) for k, v in BACK.items()))
    answer = verdict(back, code=FRONT_ONLY, declared={})
    assert "side.wrong" in codes(answer)


def test_a_card_whose_front_is_enough_needs_no_back() -> None:
    assert verdict(card(back=False), code=FRONT_ONLY).outcome is Outcome.USABLE


def test_an_expired_card_is_refused() -> None:
    answer = verdict(card(date_of_expiry="2026-11-21"))
    assert (answer.outcome, codes(answer)) == (Outcome.RETAKE, ["document.expired"])


def test_a_card_is_valid_through_its_last_day() -> None:
    assert verdict(card(date_of_expiry="2026-11-22")).outcome is Outcome.USABLE


def test_an_expiry_that_was_read_badly_refuses_nobody() -> None:
    fields = tuple(a_field(k, v, sure=k != "date_of_expiry") for k, v in {**CARD, **BACK}.items())
    fields = tuple(f.evolve(value="2020-01-15") if f.name == "date_of_expiry" else f for f in fields)
    assert codes(verdict(a_record(fields=fields))) == ["document.expiry_unsure"]


@pytest.mark.parametrize("value", ["indefinite", None])
def test_a_card_without_end_never_expires(value: str | None) -> None:
    fields = tuple(a_field(k, v) for k, v in {**CARD, **BACK}.items() if k != "date_of_expiry")
    unlimited = a_field("date_of_expiry", value).evolve(verbatim="Không thời hạn")
    assert verdict(a_record(fields=(*fields, unlimited))).outcome is Outcome.USABLE


def test_the_old_nine_digit_card_is_no_longer_taken() -> None:
    old = a_record(DocumentType.NATIONAL_ID_9, "1999", fields=(a_field("full_name", "Nguyễn Thị Mẫu"),))
    assert "document.withdrawn" in codes(verdict(old))


def test_a_paper_of_another_kind_is_named_as_wrong_not_as_missing() -> None:
    answer = verdict(a_record(DocumentType.BIRTH_CERTIFICATE, "2016"), code=MARRIAGE, declared={})
    assert codes(answer).count("document.wrong_type") == 1
    assert codes(answer).count("document.missing") == 1  # two cards are wanted, one wrong paper came


def test_nothing_written_is_no_document_and_unknown_writing_is_for_a_clerk() -> None:
    unknown = a_record(DocumentType.UNKNOWN, None)
    nothing = a_record(DocumentType.UNKNOWN, None, capture=a_capture(letters=2.0))
    assert codes(verdict(unknown)) == ["document.unknown"]
    assert codes(verdict(nothing)) == ["document.none"]


def test_of_a_picture_too_bad_to_recognise_only_the_picture_is_blamed() -> None:
    unknown = a_record(DocumentType.UNKNOWN, None, capture=a_capture(crispness=0.5, letters=2.0))
    assert codes(verdict(unknown)) == ["capture.blurred"]


def test_two_cards_are_told_apart_by_what_was_declared() -> None:
    declared = {"wife_full_name": "Nguyễn Thị Mẫu", "husband_full_name": "Trần Văn Ba"}
    his = card(full_name="Trần Văn Ba", sex="male", personal_id="001090111222")
    hers = card()
    answer = verdict(his, hers, code=MARRIAGE, declared=declared)
    assert [d.role for d in answer.documents] == ["husband_card", "wife_card"]
    assert answer.outcome is Outcome.USABLE


def test_a_paper_beyond_those_asked_for_is_only_worth_knowing() -> None:
    answer = verdict(card(), a_record(DocumentType.DEATH_CERTIFICATE, "2006"))
    assert (answer.outcome, codes(answer)) == (Outcome.USABLE, ["document.surplus"])


def test_what_is_only_shown_is_not_kept_and_needs_no_archivist() -> None:
    answer = verdict(replace(card(), status=Status.REVIEW))
    assert (answer.outcome, answer.documents[0].keep) == (Outcome.USABLE, False)


def test_a_paper_that_will_be_kept_goes_to_a_clerk_with_its_doubts() -> None:
    paper = a_record(DocumentType.BIRTH_CERTIFICATE_OLD, "1999", status=Status.REVIEW)
    answer = verdict(paper, card(), code=ANEW, declared={})
    assert "document.review" in codes(answer)
    assert {d.role: d.keep for d in answer.documents} == {"birth_paper": True, "declarant_card": False}


def test_a_card_that_the_register_contradicts_is_a_contradiction() -> None:
    conflict = Validation(outcome=RegisterOutcome.CONFLICT, conflicts=("date_of_birth",))
    answer = verdict(replace(card(), validation=conflict))
    assert (answer.outcome, codes(answer)) == (Outcome.CONTRADICTS, ["register.differs"])


def test_an_act_that_the_register_contradicts_goes_to_a_clerk() -> None:
    conflict = Validation(outcome=RegisterOutcome.CONFLICT, conflicts=("date_of_birth",))
    fields = (a_field("full_name", "Nguyễn Thị Mẫu"), a_field("date_of_birth", "1990-01-15"))
    paper = a_record(DocumentType.BIRTH_CERTIFICATE_OLD, "1999", fields=fields, validation=conflict)
    answer = verdict(paper, card(), code=ANEW, declared={})
    assert "register.unlike" in codes(answer)
    assert Outcome.CONTRADICTS not in {r.outcome for r in answer.reasons}


@pytest.mark.parametrize("code", ["register.unsure", "register.ambiguous"])
def test_a_register_that_cannot_say_asks_a_clerk_and_contradicts_nobody(code: str) -> None:
    doubt = Finding(code=code, message=Message("x", "y"), field="full_name")
    answer = verdict(replace(card(), findings=(doubt,)))
    assert (answer.outcome, codes(answer)) == (Outcome.REVIEW, ["register.unsure"])


def test_somebody_who_died_declares_nothing() -> None:
    dead = replace(card(), findings=(Finding(code="register.deceased", message=Message("x", "y")),))
    assert verdict(dead).outcome is Outcome.CONTRADICTS


def test_registered_values_stand_beside_the_read_ones() -> None:
    answer = verdict(Submitted(record=card(), registered={"full_name": "Nguyễn Thị Mẫu"}))
    assert {f.name: f.registered for f in answer.fields}["full_name"] == "Nguyễn Thị Mẫu"


def test_a_document_that_is_already_held_is_said_so() -> None:
    answer = verdict(Submitted(record=card(), held_as="HT-1"))
    assert (answer.outcome, answer.held_as, codes(answer)) == (Outcome.USABLE, ("HT-1",), ["document.held"])


def test_a_file_that_cannot_be_opened_must_be_sent_again() -> None:
    broken = Unreadable(file="a.pdf", code="pdf.damaged", message=Message("Tệp hỏng", "The file is damaged"))
    answer = verdict(unreadable=[broken])
    assert answer.outcome is Outcome.RETAKE
    assert "document.unreadable" in codes(answer)


def test_no_message_holds_a_value_that_was_declared_or_read() -> None:
    answer = verdict(card(full_name="Trần Văn Ba", date_of_expiry="2020-01-01", sex=None), declared=DECLARED)
    words = " ".join(str(r.message) for r in answer.reasons)
    values = [*DECLARED.values(), *(v for v in CARD.values() if v), "Trần Văn Ba", "2020-01-01"]
    assert not [v for v in values if v in words]


def test_the_side_a_code_stands_on_counts_as_seen() -> None:
    fields = (*(a_field(k, v) for k, v in CARD.items()), a_field("sex", "female", source=FieldSource.MRZ))
    assert verdict(a_record(fields=fields)).documents[0].sides == ("front", "back")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("signature.valid", Outcome.USABLE), ("signature.revoked", Outcome.REVIEW), ("signature.broken", Outcome.REVIEW)],
)
def test_what_the_signature_of_a_file_is_worth_is_told_with_whose_it_is(code: str, outcome: Outcome) -> None:
    told = Finding(code=code, message=Message("… (của tổ chức)", "… (of an organization)"))
    found = verdict(card().evolve(findings=(told,)))
    assert found.outcome is outcome
    [reason] = [one for one in found.reasons if one.code == code]
    assert reason.message.vi == "Chữ ký số trong tệp: … (của tổ chức)"

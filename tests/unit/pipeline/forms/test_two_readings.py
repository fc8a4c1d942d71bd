"""Two ways of reading a leaf: which is taken, and what the other says of it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.geometry import rectangle
from pipeline.forms.fields import ExtractedField, Support
from pipeline.forms.leaf import LeafFields
from pipeline.forms.sheet import Piece
from pipeline.forms.two_readings import AGREE, ALONE, DIFFER, reconciled


def field(name: str, text: str, grammar: str = "text", line: int = 0) -> ExtractedField:
    return ExtractedField(
        name=name,
        grammar=grammar,
        verbatim=text,
        leaf=0,
        page=1,
        part=1,
        box=rectangle(0, 0, 10, 10),
        label=name,
        pieces=(Piece(line=line, start=0, end=len(text)),) if text else (),
        empty=not text,
    )


def witness(leaf: LeafFields) -> dict[str, tuple[str, float]]:
    return {f.name: (f.verbatim, f.support.witness) for f in leaf.fields}


def test_each_value_has_what_the_other_way_says_of_it() -> None:
    by_form = LeafFields(fields=[field("full_name", "Lê Mẫu", "name"), field("sex", "Nam", "sex"), field("note", "a")])
    by_labels = LeafFields(
        fields=[field("full_name", "LÊ MẪU", "name", line=5), field("sex", "Nữ", "sex")],
        printed=[Piece(line=5, start=0, end=6)],
    )
    assert witness(reconciled(by_form, by_labels)) == {
        "full_name": ("Lê Mẫu", AGREE),
        "sex": ("Nam", DIFFER),
        "note": ("a", ALONE),
    }


def test_what_one_way_left_empty_the_other_fills_alone() -> None:
    by_form = LeafFields(fields=[field("sex", "", "sex"), field("full_name", "Lê Mẫu", "name")])
    by_labels = LeafFields(fields=[field("sex", "Nam", "sex")])
    assert witness(reconciled(by_form, by_labels))["sex"] == ("Nam", ALONE)


def test_a_value_that_runs_over_a_label_speaks_against_its_way() -> None:
    by_form = LeafFields(fields=[field("place", "xã Vân Hà Giới tính: Nam", "address", line=3)])
    by_labels = LeafFields(
        fields=[field("place", "xã Vân Hà", "address", line=3)], printed=[Piece(line=3, start=10, end=19)]
    )
    assert witness(reconciled(by_form, by_labels))["place"] == ("xã Vân Hà", ALONE)


def test_an_address_that_one_way_cuts_short_of_its_end_is_taken_whole_and_doubted() -> None:
    by_form = LeafFields(
        fields=[field("place", "Trung Văn", "address"), field("other", "xã Vân Hà", "address", line=1)]
    )
    by_labels = LeafFields(
        fields=[
            field("place", "Trung Văn - Từ Liêm - Hà Nội", "address"),
            field("other", "xã Vân Hà, Giới tính", "address", line=1),
        ]
    )
    assert witness(reconciled(by_form, by_labels)) == {
        "place": ("Trung Văn - Từ Liêm - Hà Nội", DIFFER),
        "other": ("xã Vân Hà", ALONE),
    }


def test_members_are_paired_only_where_both_ways_count_as_many() -> None:
    two = [[field("members[].full_name", name, "name")] for name in ("Lê Mẫu", "Lê Thử")]
    both = reconciled(LeafFields(members=two), LeafFields(members=two))
    assert [m[0].support.witness for m in both.members] == [AGREE, AGREE]
    fewer = reconciled(LeafFields(members=two), LeafFields(members=two[:1]))
    assert [m[0].support.witness for m in fewer.members] == [ALONE, ALONE]


def ruled(name: str, text: str, grammar: str) -> ExtractedField:
    """A field that the cells of a ruled form told apart."""
    return replace(field(name, text, grammar), support=Support(ruled=1.0))


def told_by_cells(leaf: LeafFields) -> dict[str, float]:
    return {f.name: f.support.ruled for f in leaf.fields}


def test_cells_that_tell_a_value_apart_count_for_the_other_way_only_where_it_agrees() -> None:
    by_form = LeafFields(fields=[field("full_name", "Lê Mẫu", "name"), field("sex", "Nam", "sex")])
    by_labels = LeafFields(fields=[ruled("full_name", "LÊ MẪU", "name"), ruled("sex", "Nữ", "sex")])
    both = reconciled(by_form, by_labels, form_leads=True)
    assert told_by_cells(both) == {"full_name": 1.0, "sex": 0.0}


def test_cells_still_tell_a_value_apart_that_the_other_way_reads_otherwise() -> None:
    by_form = LeafFields(fields=[field("sex", "Nam", "sex", line=2)])
    by_labels = LeafFields(fields=[ruled("full_name", "Lê Mẫu", "name"), ruled("sex", "Nữ", "sex")])
    both = reconciled(by_form, by_labels)
    assert witness(both)["sex"] == ("Nữ", DIFFER)
    assert told_by_cells(both)["sex"] == 1.0


def test_a_longer_value_around_the_same_ink_is_no_other_value() -> None:
    by_form = LeafFields(fields=[field("occupation", "Kế toán")])
    by_labels = LeafFields(fields=[field("occupation", "Kế toán Chuyển đến")])
    assert witness(reconciled(by_form, by_labels, form_leads=True))["occupation"] == ("Kế toán", ALONE)


def test_a_value_that_goes_beyond_the_other_ways_is_in_doubt() -> None:
    by_form = LeafFields(fields=[field("occupation", "Kế toán Chuyển đến")])
    by_labels = LeafFields(fields=[field("occupation", "Kế toán")])
    assert witness(reconciled(by_form, by_labels, form_leads=True))["occupation"] == ("Kế toán Chuyển đến", DIFFER)


def test_of_two_values_of_the_same_ink_the_one_with_its_grammars_form_is_taken() -> None:
    own = field("old_national_id", "162054068 cấp", "old_national_id")
    by_form = LeafFields(fields=[own, field("full_name", "Lê Mẫu", "name"), field("sex", "Nam", "sex")])
    by_labels = LeafFields(fields=[field("old_national_id", "162054068", "old_national_id")])
    assert witness(reconciled(by_form, by_labels, form_leads=True))["old_national_id"] == ("162054068", DIFFER)


def test_where_one_way_sees_one_act_and_the_other_several_no_ink_is_two_persons_and_all_is_in_doubt() -> None:
    by_form = LeafFields(
        entries=[[field("mother_age", "41", "age", line=1)], [field("mother_age", "33", "age", line=2)]]
    )
    own = [field("father_age", "41", "age", line=1), field("mother_age", "33", "age", line=2)]
    by_labels = LeafFields(fields=[*own, field("full_name", "Lê Mẫu", "name", line=3)])
    both = reconciled(by_form, by_labels)
    assert both.entries[0] == []
    assert {f.support.witness for f in (*both.fields, *both.entries[1])} == {DIFFER}

"""The truth's normal forms agree with what the pipeline makes of the same wording."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from ocr_models.workshop.drawing.clerk import Clerk, Entry
from ocr_models.workshop.drawing.dataset import content_for
from ocr_models.workshop.drawing.facts import Content
from pipeline.forms.definition import FormDefinition
from pipeline.forms.loading import load_forms
from pipeline.values import normalise

FORMS = load_forms()


def entries(form: FormDefinition, content: Content, clerk: Clerk) -> Iterator[tuple[str, str, Entry]]:
    """Every (field, grammar, entry) that a clerk writes on this form."""
    tables = (content.fields, *content.records, *content.members)
    for section in (section for page in form.pages for section in page.sections):
        places = [(i.field, i.grammar, i.prompts) for i in section.items()]
        if section.kind == "persons":
            places = [(f"{c.prefix}{f}", g, p) for c in section.columns for f, g, p in places]
        places += [(c.field, c.grammar, "") for c in section.columns if section.kind == "entries"]
        for name, grammar, prompts in places:
            for table in tables:
                if name and name in table:
                    yield name, grammar, clerk.write(table[name], grammar, prompts=prompts)


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f"{f.type.value}-{f.form}")
def test_the_value_of_every_entry_is_what_the_normaliser_reads_in_it(form: FormDefinition) -> None:
    for seed in range(4):
        rng = Random(f"{form.form}/{seed}")
        content = content_for(rng, form)
        for kind in form.writing:
            clerk = Clerk(rng, year=content.day.year, kind=kind, card=form.paper.size == "ID1")
            for name, grammar, entry in entries(form, content, clerk):
                nine_digits = grammar == "personal_id" and len(entry.value or "") == 9
                if not nine_digits:  # a CMND where a newer form asks for twelve digits
                    assert normalise(grammar, entry.verbatim).value == entry.value, (name, grammar)


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f"{f.type.value}-{f.form}")
def test_there_is_a_fact_for_every_field_of_the_form(form: FormDefinition) -> None:
    content = content_for(Random(1), form)
    known = set(content.fields).union(*(set(record) for record in content.records))
    known |= {f"members[].{name}" for member in content.members for name in member}
    assert set(form.fields()) <= known


def test_a_slip_of_the_pen_keeps_the_right_value_and_shows_a_wrong_one() -> None:
    for seed in range(400):
        clerk = Clerk(Random(seed), year=1995, kind="pen")
        for _ in range(20):
            entry = clerk.write("Nguyễn Văn Mẫu", "name")
            if entry.struck:
                assert entry.value == "Nguyễn Văn Mẫu"
                assert not entry.verbatim.startswith(entry.struck)
                return
    pytest.fail("no clerk ever slipped")

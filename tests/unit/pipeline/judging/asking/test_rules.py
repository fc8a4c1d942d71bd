"""The table of rules is read strictly: a slip stops the start, it changes no answer."""

from __future__ import annotations

from importlib import resources

import pytest

from pipeline.judging.asking import load_rules, parse_rules
from pipeline.judging.asking.rules import RuleError

TEXT = resources.files("pipeline.judging.asking").joinpath("rules.toml").read_text(encoding="utf-8")


def test_only_what_was_read_in_the_law_s_text_is_verified() -> None:
    for rule in load_rules().rules:
        assert rule.sources
        assert rule.verified == all(source.evidence == "V" for source in rule.sources)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('evidence = "S"\nverified = false', 'evidence = "S"\nverified = true', "verified is true"),
        ('base = "population"', 'base = "weather"', "weather"),
        ("from = 2026-01-14", 'from = "2026-01-14"', "without quotes"),
        ("from = 2026-01-14", "from = 2026-01-14\nuntil = 2025-01-01", "ends before it begins"),
        ('id = "kinship-by-data"', 'id = "identity-by-number"', "stands twice"),
        ('kind = "data"', 'kind = "maybe"', "kind is one of"),
        ('papers = ["cards"]', 'papers = ["card"]', "card"),
        ('fields = ["residence"', 'field = ["residence"', "'fields' is missing"),
        ('"father_name"', '"fathers_name"', "'fathers_name' is none of fields"),
        ('procedures = ["1.004222"]', 'procedures = ["1.04222"]', "'1.04222' is none of procedures"),
        ('"husband", "deceased"]', '"groom"]', "'groom' is none of held_as"),
        ("version = 1", "version = 1\nvalid = true", "unknown key 'valid'"),
        ('id = "procedure-asks"', 'from = 2026-01-01\nid = "procedure-asks"', "holds always"),
    ],
)
def test_a_slip_in_the_table_is_named(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(RuleError, match=told):
        parse_rules(TEXT.replace(old, new, 1))


def test_a_changed_table_has_another_digest() -> None:
    assert parse_rules(TEXT + "\n# read again\n").digest != load_rules().digest

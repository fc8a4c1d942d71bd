import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values import (
    ascii_key,
    canonical_tones,
    exact_key,
    folded_key,
    legal_syllables,
    nfc,
    title_case,
)

VIETNAMESE = st.text(
    alphabet=("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ ABCĐÊƯ"),
    max_size=40,
)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_nfc_is_idempotent_and_composed(text: str) -> None:
    once = nfc(text)
    assert nfc(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(VIETNAMESE)
@settings(deadline=None)
def test_composed_and_decomposed_spellings_have_the_same_keys(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert exact_key(decomposed) == exact_key(text)
    assert folded_key(decomposed) == folded_key(text)
    assert ascii_key(decomposed) == ascii_key(text)


@given(VIETNAMESE)
@settings(deadline=None)
def test_keys_are_idempotent(text: str) -> None:
    assert folded_key(folded_key(text)) == folded_key(text)
    assert canonical_tones(canonical_tones(text)) == canonical_tones(text)
    assert ascii_key(ascii_key(text)) == ascii_key(text)


@given(VIETNAMESE)
@settings(deadline=None)
def test_a_stricter_key_never_joins_what_a_laxer_one_parts(text: str) -> None:
    assert ascii_key(folded_key(text)) == ascii_key(text)


def test_tone_placement_does_not_part_two_spellings_of_a_syllable() -> None:
    for one, other in (("hoà", "hòa"), ("thuỷ", "thủy"), ("Quý", "Qúy"), ("khoẻ", "khỏe"), ("loại", "lọai")):
        assert folded_key(one) == folded_key(other)


def test_tone_stays_on_the_vowel_after_qu_and_gi() -> None:
    assert canonical_tones("quý giá gì giếng quà") == "quý giá gì giếng quà"


def test_i_and_y_stay_two_letters() -> None:
    assert folded_key("Lý") != folded_key("Lí")


def test_look_alikes_of_d_with_stroke_become_the_vietnamese_letter() -> None:
    assert nfc("Ðức Ɖức") == "Đức Đức"


def test_the_population_key_keeps_letters_and_digits_only() -> None:
    assert ascii_key("Đặng Thị Ngọc-Ánh 2") == "DANGTHINGOCANH2"


def test_title_case_capitalises_after_hyphen_and_apostrophe() -> None:
    assert title_case("H'HEN NIÊ Y-BIH") == "H'Hen Niê Y-Bih"


def test_legal_syllables_hold_common_names_and_no_misspelt_ones() -> None:
    legal = legal_syllables()
    assert {
        "nguyễn",
        "quý",
        "huỳnh",
        "giang",
        "gìn",
        "nghĩa",
        "khuê",
        "oanh",
        "yến",
        "kỳ",
        "hoà",
        "hòa",
    } <= legal
    assert not {"nguyênn", "ngĩa", "kan", "cế", "hắc ", "tâp"} & legal


def test_every_legal_syllable_is_lower_case_nfc() -> None:
    assert all(s == nfc(s).lower() for s in legal_syllables())

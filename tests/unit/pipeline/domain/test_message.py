from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.message import Message

# No half begins or ends with a separator of its own, as no text of ours does.
_PLAIN = st.text(st.characters(exclude_characters="/"), min_size=1).filter(str.strip)
_QUOTED = st.sampled_from(["", "/scans / box 3/a.pdf", "12 / 1990"])


@given(_PLAIN, _PLAIN, _QUOTED)
def test_a_message_is_read_back_from_its_line_whatever_both_halves_quote(vi: str, en: str, quoted: str) -> None:
    message = Message(vi + quoted, en + quoted)
    assert Message.parse(str(message)) == message


def test_a_text_that_is_no_message_stands_for_both_languages() -> None:
    assert Message.parse("disk I/O error") == Message("disk I/O error", "disk I/O error")


def test_a_message_without_one_of_its_languages_is_refused() -> None:
    with pytest.raises(ValueError, match="English"):
        Message("Đĩa đầy", " ")


def test_what_a_message_is_about_stands_in_both_halves() -> None:
    assert Message("đọc", "read").before("a.pdf") == Message("a.pdf: đọc", "a.pdf: read")
    assert Message("thiếu", "missing").about("a, b") == Message("thiếu: a, b", "missing: a, b")

"""Which passwords are refused: too short, known from breaches or easily made of known words, or about their owner.

Length counts, rules of composition do not (NIST SP 800-63B 5.1.1.2, OWASP ASVS 2.1). How many guesses a password takes
is estimated by zxcvbn (Wheeler, USENIX Security 2016), whose lists hold 30,000 breached passwords beside names and
words of English; words and names of Vietnam, which it does not know, stand in `common_words.txt` and in the gazetteer.
Nothing is asked of a server.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from importlib.resources import files

from zxcvbn import zxcvbn

from pipeline.domain.message import Message
from pipeline.gazetteer import given_names, surnames
from pipeline.values.keys import strip_marks
from service.wire.errors import Unprocessable

SHORTEST, LONGEST = 12, 200
_FEWEST_GUESSES = 10**10  # zxcvbn's best mark
_JUDGED = 72  # of a longer one the beginning alone is judged: the rest makes it no weaker, and takes long
_LEFT = 5  # letters beside common words
_OWN_WORD = 4  # shorter words of a name stand in every passphrase
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_password(password: str, login: str, *, name: str = "", office: str = "") -> None:
    """Raises Unprocessable: `password.weak` (length, too few different characters), `password.personal` (it holds the
    login, the name or the office), `password.common` (known, or made of what everybody tries first)."""
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 5:
        raise Unprocessable(
            Message(
                f"Mật khẩu cần {SHORTEST}–{LONGEST} ký tự, ít nhất 5 ký tự khác nhau",
                f"A password has {SHORTEST} to {LONGEST} characters, at least five of them different",
            ),
            code="password.weak",
        )
    bare = _bare(password)
    if any(word in bare for word in _own_words(login, name, office)):
        raise Unprocessable(
            Message(
                "Mật khẩu không được chứa tên đăng nhập, họ tên hay cơ quan của chính mình",
                "A password does not hold the login, the name or the office of its owner",
            ),
            code="password.personal",
        )
    if _letters_left(bare) < _LEFT or min(map(_guesses, {password, strip_marks(password), bare})) < _FEWEST_GUESSES:
        raise Unprocessable(
            Message(
                "Mật khẩu này dễ bị đoán: có trong danh sách đã lộ hoặc ghép từ những từ, số hay gặp. "
                "Hãy ghép bốn, năm từ không liên quan đến nhau",
                "This password is easily guessed: it is in lists of leaked ones, or made of common words and numbers. "
                "Take four or five words that have nothing to do with each other",
            ),
            code="password.common",
        )


def temporary_password() -> str:
    """A random password to be given by hand, `7K3M-Q9XD-2FHW-B6TC`: 80 bits, no letters mistaken for others."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _guesses(password: str) -> float:
    return float(zxcvbn(password[:_JUDGED], user_inputs=list(_known_words()))["guesses"])


def _letters_left(bare: str) -> int:
    """How many letters stand beside common words; what holds none of these is judged by its guesses alone."""
    left = _common_pattern().sub("", bare)
    return _LEFT if left == bare else sum(letter.isalpha() for letter in left)


def _own_words(login: str, name: str, office: str) -> set[str]:
    whole = {_bare(text) for text in (login, name, office)}
    parts = {_bare(part) for text in (login, name) for part in re.split(r"[\s._@-]+", text)}
    return {word for word in whole | parts if len(word) >= _OWN_WORD}


def _bare(text: str) -> str:
    """Letters and digits alone, small, without marks."""
    return re.sub(r"[^a-z0-9]", "", strip_marks(text).casefold())


@cache
def _common_words() -> tuple[str, ...]:
    text = files("service.people").joinpath("common_words.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def _common_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _common_words()), key=len, reverse=True)))


@cache
def _known_words() -> tuple[str, ...]:
    """Common words first, then names from the most frequent on: a word's rank is the count of its guesses."""
    given = [*given_names("male").items(), *given_names("female").items()]
    names = sorted([*surnames().items(), *given], key=lambda pair: -pair[1])
    return tuple(dict.fromkeys((*_common_words(), *(_bare(name) for name, _ in names))))

"""What the training lines say: civil-status phrases, form labels with values, legal syllables, numbers.

A `TextBank` is filled once from the grammars of `ocr_models.workshop.drawing` and the form definitions of
`pipeline.forms`; drawing a line from it costs microseconds. Everything follows from the seed.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import product
from random import Random
from typing import Any, Literal

from ocr_models.workshop.drawing import phrases
from ocr_models.workshop.drawing.people import wording
from ocr_models.workshop.training import as_written
from ocr_models.workshop.training.alphabet import CHARACTERS

Role = Literal["label", "value"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line set by one hand: printed labels and prompts, or what was filled in."""

    text: str
    role: Role


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Onsets and rhymes by the orthography that schools teach.
_ONSETS = ("", *_parts("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"))
_OPEN = _parts(
    "a e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu oa oe oi ôi ơi ua uê ui uy uơ ưa ưi ưu "
    "iêu yêu uôi ươi ươu oai oay oao oeo uây uya uyu"
)
_NASAL = _parts(
    "am an ang anh ăm ăn ăng âm ân âng em en êm ên ênh im in inh om on ong ôm ôn ông ơm ơn um un ung ưng "
    "iêm iên iêng yên uôm uôn uông ươm ươn ương oam oan oang oanh oăn oăng oen uân uâng uênh uynh uyên"
)
_STOPPED = _parts(
    "ac ach at ap ăc ăt ăp âc ât âp ec et ep êch êt êp ich it ip oc ot op ôc ôt ôp ơt ơp uc ut up ưc ưt "
    "iêc iêt iêp uôc uôt ươc ươt ươp oac oach oat oap oăc oăt uât uêch uych uyt uyêt"
)
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_RARE = "ÀÂÇÈÉÊËÎÏÔŒÙÛÜàâçèéêëîïôœùûüäöÄÖ°№§«»“”–…½€@#$*<>=?![]_|"
_VALUE_GRAMMARS = {
    "name": 9, "address": 9, "date": 6, "date_words": 5, "text": 4, "personal_id": 3, "old_national_id": 2,
    "ethnicity": 2, "sex": 2, "nationality": 2, "year": 2, "document_number": 2, "book_number": 2, "time": 1,
    "weight_g": 1, "relationship": 1, "religion": 1, "age": 1, "count": 1,
}  # fmt: skip


class TextBank:
    """Lines as runs. `size` values are kept per grammar; more size, more variety, longer start-up."""

    def __init__(self, seed: int, *, size: int = 2500) -> None:
        rng = Random(seed)
        self.values = {
            grammar: [phrases.value(rng, grammar) for _ in range(size if weight > 2 else size // 4)]
            for grammar, weight in _VALUE_GRAMMARS.items()
        }
        self.labels = sorted(set(_form_labels()))
        self.fixed = sorted(set(_form_texts()) | set(wording("fixed")))
        self.syllables = syllables()
        self._grammars = list(_VALUE_GRAMMARS)
        self._weights = list(_VALUE_GRAMMARS.values())

    def value(self, rng: Random, grammar: str | None = None) -> str:
        """A filled-in value of the grammar, or of any, in the upper and lower case people use."""
        grammar = grammar or rng.choices(self._grammars, self._weights)[0]
        value = self._written(rng, grammar)
        roll = rng.random()
        if roll < 0.12:
            return value.upper()
        return value[0].upper() + value[1:] if roll < 0.3 and value else value

    def _written(self, rng: Random, grammar: str) -> str:
        value = rng.choice(self.values.get(grammar) or self.values["text"])
        roll = rng.random()
        if grammar == "address" and roll < 0.7:
            return as_written.address(value, rng)
        if grammar == "text" and value.startswith("UB") and roll < 0.7:
            return as_written.office(value, rng)
        if grammar == "text" and roll < 0.3:
            number = self.values["personal_id" if rng.random() < 0.5 else "old_national_id"]
            return as_written.identity_document(rng.choice(number), rng.choice(self.values["date"]), rng)
        return as_written.highland_name(rng) if grammar == "name" and roll < 0.05 else value

    def line(self, rng: Random) -> list[Run]:
        """One line: at least one run, every character in the alphabet, no empty run."""
        make = rng.choices(_KINDS, _KIND_WEIGHTS)[0]
        runs = [replace(run, text=tidy(run.text)) for run in make(self, rng)]
        return [run for run in runs if run.text] or [Run("Nam", "value")]

    def label(self, rng: Random) -> tuple[str, str]:
        """A printed label with the grammar of its value."""
        return rng.choice(self.labels)


def _labelled(bank: TextBank, rng: Random) -> list[Run]:
    label, grammar = bank.label(rng)
    value = bank.value(rng, grammar)
    if rng.random() < 0.1:
        label = f"{rng.randint(1, 20)}. {label}"
    return [Run(label, "label"), Run(_shortened(value, rng, 60), "value")]


_SHORT_LABELS = (("Dân tộc:", "ethnicity"), ("Quốc tịch:", "nationality"), ("Năm sinh:", "year"))


def _several(bank: TextBank, rng: Random) -> list[Run]:
    runs: list[Run] = []
    for _ in range(rng.choice((2, 2, 3))):
        label, grammar = bank.label(rng)
        if len(label) > 24:
            label, grammar = rng.choice(_SHORT_LABELS)
        runs.append(Run(label, "label"))
        if rng.random() < 0.92:
            runs.append(Run(_shortened(bank.value(rng, grammar), rng, 22), "value"))
    return runs


_DITTO = ('"', '"', "- nt -", "nt", "như trên", "-", "Không")


def _value_only(bank: TextBank, rng: Random) -> list[Run]:
    if rng.random() < 0.04:
        return [Run(rng.choice(_DITTO), "value")]
    value = bank.value(rng)
    words = value.split(" ")
    if len(words) > 3 and rng.random() < 0.35:
        cut = rng.randrange(1, len(words))
        value = " ".join(words[cut:] if rng.random() < 0.5 else words[:cut])
    return [Run(_shortened(value, rng, 64), "value")]


def _fixed(bank: TextBank, rng: Random) -> list[Run]:
    text = rng.choice(bank.fixed) if rng.random() < 0.7 else bank.label(rng)[0]
    roll = rng.random()
    shown = text.upper() if roll < 0.25 else text.title() if roll < 0.3 else text
    return [Run(_shortened(shown, rng, 64), "label")]


def _syllable_soup(bank: TextBank, rng: Random) -> list[Run]:
    words = [rng.choice(bank.syllables) for _ in range(rng.randint(1, 9))]
    roll = rng.random()
    if roll < 0.35:
        words = [word.capitalize() for word in words]
    elif roll < 0.6:
        words = [word.upper() for word in words]
    text = " ".join(words)
    if rng.random() < 0.3:
        text = re.sub(" ", lambda _: rng.choice((" ", " ", ", ", ". ", " - ", "; ", " (")), text)
    return [Run(text, "value" if rng.random() < 0.8 else "label")]


_NUMBER_ENDS = ("/QĐ-UBND", "/TLKS-BS", "/TLKT-BS", "/HT", "-TP/HT", "KS", "%")


def _numbers(_: TextBank, rng: Random) -> list[Run]:
    digits = "".join(rng.choice("0123456789") for _ in range(rng.choice((1, 2, 3, 4, 6, 9, 9, 12, 12, 15))))
    roll = rng.random()
    if roll < 0.15 and len(digits) >= 9:
        digits = " ".join(re.findall(".{1,3}", digits))
    elif roll < 0.3:
        digits += rng.choice((f"/{rng.randint(1945, 2026)}", *_NUMBER_ENDS))
    elif roll < 0.36:
        digits = rng.choice(("Số ", "số ", "N° ", "№ ", "No. ", "CMND ", "CCCD số ")) + digits
    return [Run(digits, "value")]


def _prompted_date(_: TextBank, rng: Random) -> list[Run]:
    day, month = phrases.two(rng.randint(1, 31), rng), phrases.two(rng.randint(1, 12), rng)
    year = str(rng.randint(1940, 2026))
    shown = rng.random()
    runs = [Run("Ngày" if rng.random() < 0.5 else "ngày", "label"), Run(day, "value"), Run("tháng", "label")]
    runs += [Run(month, "value"), Run("năm", "label")]
    runs.append(Run(year, "value"))
    if shown > 0.8:
        runs.insert(0, Run(rng.choice(("Hà Nội,", "Hồi 14 giờ 30,", "Đăng ký", "Sinh", "Cấp")), "label"))
    return runs


def _any_characters(_: TextBank, rng: Random) -> list[Run]:
    pool = CHARACTERS if rng.random() < 0.6 else _RARE
    text = "".join(rng.choice(pool) for _ in range(rng.randint(2, 18)))
    return [Run(text, "value" if rng.random() < 0.5 else "label")]


_KINDS: tuple[Callable[[TextBank, Random], list[Run]], ...] = (
    _labelled, _several, _value_only, _fixed, _syllable_soup, _numbers, _prompted_date, _any_characters,
)  # fmt: skip
_KIND_WEIGHTS = (30, 12, 28, 8, 10, 5, 4, 3)


def _shortened(text: str, rng: Random, limit: int) -> str:
    """At most `limit` characters, cut between words."""
    if len(text) <= limit:
        return text
    words, kept = text.split(" "), 0
    start = rng.randrange(max(1, len(words) // 2)) if rng.random() < 0.3 else 0
    words = words[start:]
    for count, word in enumerate(words):
        kept += len(word) + 1
        if kept > limit:
            return " ".join(words[: max(1, count)])[:limit]
    return " ".join(words)


_PLAIN = {"\u2019": "'", "\u2018": "'", "\u2014": "–", "\u00a0": " ", "Ð": "Đ", "ð": "đ"}
_ALLOWED = frozenset(CHARACTERS)


def tidy(text: str) -> str:
    """NFC, single spaces, look-alikes mapped (two apostrophes are a ditto mark), only characters of the reader."""
    text = unicodedata.normalize("NFC", "".join(_PLAIN.get(c, c) for c in text)).replace("''", '"')
    return " ".join("".join(c for c in text if c in _ALLOWED).split())


def truth(runs: list[Run]) -> str:
    """What a reader should answer: the runs with single spaces between."""
    return " ".join(run.text for run in runs)


def syllables() -> list[str]:
    """Every syllable that Vietnamese spelling allows, about 17,000; checked syllables take two tones."""
    out: set[str] = set()
    for onset, rhyme in product(_ONSETS, [*_OPEN, *_NASAL, *_STOPPED]):
        front = rhyme[0] in "eêiy"
        if (onset in ("c", "g", "ng") and front) or (onset in ("k", "gh", "ngh") and not front):
            continue
        if onset == "qu" and (rhyme[0] in "uưo" or (rhyme.startswith("y") and len(rhyme) > 3)):
            continue
        if (onset == "gi" and rhyme[0] == "i") or (onset and rhyme.startswith("yê")):
            continue
        tones = ("\u0301", "\u0323") if rhyme in _STOPPED_SET else _TONES
        out.update(_toned(onset, rhyme, tone) for tone in tones)
    return sorted(out)


_STOPPED_SET = frozenset(_STOPPED)


def _toned(onset: str, rhyme: str, tone: str) -> str:
    """The tone goes on the vowel with a mark of its own, else before the last of an open pair (òa style)."""
    vowels = [i for i, c in enumerate(rhyme) if unicodedata.normalize("NFD", c)[0] in "aeiouy"]
    marked = [i for i in vowels if len(unicodedata.normalize("NFD", rhyme[i])) > 1]
    if marked:
        at = marked[-1]
    elif len(vowels) == 1 or (vowels[-1] == len(rhyme) - 1 and len(vowels) < 3 and onset != "qu"):
        at = vowels[0]
    else:
        at = vowels[1]
    letters = list(rhyme)
    letters[at] = unicodedata.normalize("NFC", letters[at] + tone)
    return onset + "".join(letters)


def _definitions() -> Iterator[dict[str, Any]]:
    for file in files("pipeline.forms").joinpath("definitions").iterdir():
        if file.name.endswith(".toml"):
            yield tomllib.loads(file.read_text(encoding="utf-8"))


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _walk(child)


def _form_labels() -> Iterator[tuple[str, str]]:
    """Every label wording of every form with its value's grammar."""
    for item in (item for definition in _definitions() for item in _walk(definition)):
        if isinstance(item.get("label"), str):
            grammar = item.get("grammar")
            for label in (item["label"], *item.get("also", ())):
                yield label, grammar if isinstance(grammar, str) else "text"


def _form_texts() -> Iterator[str]:
    """Every fixed text of every form."""
    for item in (item for definition in _definitions() for item in _walk(definition)):
        if isinstance(item.get("text"), str):
            yield item["text"]
        for key in ("titles", "phrases", "also"):
            texts = item.get(key)
            yield from (t for t in (texts if isinstance(texts, list) else ()) if isinstance(t, str))

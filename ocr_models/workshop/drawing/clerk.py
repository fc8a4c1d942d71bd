"""A clerk's habits: how facts become writing, and what a reader should make of it.

One `Clerk` fills in one document and keeps to its ways (date signs, capitals, abbreviations). Each
entry carries the verbatim text and the normal form, both from the fact, so that truth never depends
on the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from ocr_models.workshop.drawing import phrases
from ocr_models.workshop.drawing.facts import INDEFINITE, Fact
from ocr_models.workshop.drawing.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands in one place: `verbatim` text, its normal form, and the words for the gaps of printed prompts.

    `struck` is an earlier wrong entry, crossed out before the right one. `value` None: nothing written.
    """

    verbatim: str
    value: str | None
    gaps: tuple[str, ...] = ()
    struck: str = ""
    ditto: bool = False


EMPTY = Entry(verbatim="", value=None)


class Clerk:
    """Writes facts as one person does.

    Old papers bring roman months. A `script` hand never writes whole words in capitals: joined-up
    capitals cannot be read, and nobody writes them.
    """

    def __init__(self, rng: Random, *, year: int, kind: str, card: bool = False, script: bool = False) -> None:
        self._rng, self._kind, self._card, self._script = rng, kind, card, script
        self._old = year < 1990 and kind != "print"
        self._caps = rng.random() < 0.5 and not script
        self._sign = "/" if card or kind == "print" else rng.choice("//-." if self._old else "///-")
        self._pad = kind == "print" or rng.random() < 0.6
        self._spelled = kind != "print" and rng.random() < 0.2
        self._words = phrases.word_style(rng)
        self._address = "bare" if card else rng.choice(("full", "full", "short", "bare", "dash"))
        self._lower_words = rng.random() < 0.3
        self._slips = 0.0 if card or kind == "print" else rng.choice((0.0, 0.0, 0.02, 0.05))

    def write(self, fact: Fact | None, grammar: str, *, caps: bool = False, prompts: str = "") -> Entry:
        """The entry for a fact under a field's grammar; `prompts` is the printed skeleton it goes into."""
        if fact is None or fact == "":
            return EMPTY
        if prompts and isinstance(fact, date):
            return self._into_prompts(fact, prompts)
        if prompts and isinstance(fact, int):
            return self._time_into_prompts(fact, prompts)
        entry = self._plain(fact, grammar, caps)
        if self._rng.random() < self._slips and grammar in ("name", "date", "address", "place", "year", "text"):
            return self._slip(entry)
        return entry

    def _plain(self, fact: Fact, grammar: str, caps: bool) -> Entry:
        if isinstance(fact, Place):
            text = fact.words(self._address)
            return Entry(verbatim=text, value=text)
        if isinstance(fact, date):
            if grammar == "date_words":
                return self._date_words(fact)
            if grammar == "year":
                return Entry(verbatim=str(fact.year), value=str(fact.year))
            return Entry(verbatim=self._date(fact), value=fact.isoformat())
        if isinstance(fact, int):
            return self._number(fact, grammar)
        if grammar == "date" and fact == INDEFINITE:
            return Entry(verbatim="Không thời hạn", value=INDEFINITE)
        if grammar == "sex":
            word = {"male": "Nam", "female": "Nữ"}[fact]
            return Entry(verbatim=word, value=fact)
        if grammar == "name":
            return Entry(verbatim=fact.upper() if (caps and not self._script) or self._caps else fact, value=fact)
        return Entry(verbatim=fact, value=fact)

    def _number(self, number: int, grammar: str) -> Entry:
        if grammar == "date":
            verbatim = self._rng.choice((f"{number}", f"năm {number}", f"{number}"))
            return Entry(verbatim=verbatim, value=str(number))
        if grammar == "time":
            hour, minute = divmod(number, 60)
            verbatim = self._rng.choice(
                (f"{hour:02d} giờ {minute:02d} phút", f"{hour:02d} giờ {minute:02d}", f"{hour}h{minute:02d}")
            )
            return Entry(verbatim=verbatim, value=f"{hour:02d}:{minute:02d}", gaps=(f"{hour:02d}", f"{minute:02d}"))
        if grammar == "weight_g":
            verbatim = self._rng.choice((f"{number} g", f"{number}g", f"{number} gram", f"{number}"))
            return Entry(verbatim=verbatim, value=str(number))
        if grammar == "count":
            return Entry(verbatim=self._rng.choice((f"{number:02d}", f"{number}")), value=str(number))
        return Entry(verbatim=str(number), value=str(number))

    def _date(self, day: date) -> str:
        d, m = self._two(day.day), self._two(day.month)
        if self._spelled and not self._card:
            return f"ngày {d} tháng {m} năm {day.year}"
        if self._old and self._rng.random() < 0.15:
            return f"{d}{self._sign}{phrases.ROMAN[day.month - 1]}{self._sign}{day.year}"
        return f"{d}{self._sign}{m}{self._sign}{day.year}"

    def _two(self, number: int) -> str:
        return f"{number:02d}" if self._pad else str(number)

    def _date_words(self, day: date) -> Entry:
        text = phrases.written_words(self._rng, day, self._words)
        text = text[0].lower() + text[1:] if self._lower_words else text[0].upper() + text[1:]
        return Entry(verbatim=text, value=day.isoformat())

    def _into_prompts(self, day: date, prompts: str) -> Entry:
        """`ngày … tháng … năm …`. A first gap before 'ngày' takes the town, which is no part of the date."""
        month = f"{day.month:02d}" if day.month < 3 or self._pad else str(day.month)
        gaps: tuple[str, ...] = (f"{day.day:02d}", month, str(day.year))
        if prompts.startswith("…, "):
            gaps = ("Hà Nội", *gaps)
        text = prompts
        for gap in gaps:
            text = text.replace("…", gap, 1)
        return Entry(verbatim=text.removeprefix("Hà Nội, "), value=day.isoformat(), gaps=gaps)

    def _time_into_prompts(self, minutes: int, prompts: str) -> Entry:
        gaps = (f"{minutes // 60:02d}", f"{minutes % 60:02d}")
        text = prompts
        for gap in gaps:
            text = text.replace("…", gap, 1)
        return Entry(verbatim=text, value=":".join(gaps), gaps=gaps)

    def _slip(self, entry: Entry) -> Entry:
        """A wrong entry, struck through and written again after it (NĐ 158/2005 Đ.69)."""
        words = entry.verbatim.split()
        wrong = words[: max(1, len(words) // 2)]
        last = list(wrong[-1])
        if len(last) > 1:
            place = self._rng.randrange(len(last) - 1)
            last[place], last[place + 1] = last[place + 1], last[place]
        wrong[-1] = "".join(last)
        return Entry(verbatim=entry.verbatim, value=entry.value, gaps=entry.gaps, struck=" ".join(wrong))

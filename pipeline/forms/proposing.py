"""A form's definition proposed from one specimen, for a person to correct. What is written in its values is not kept.

A label is what stands before a colon or leaders; what it means the lexicon says, else its field is named by its own
words, and its grammar is what its value looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.domain.model import TextLine
from pipeline.forms import prompts
from pipeline.forms.by_labels.wording import PREFIXES, lexicon
from pipeline.forms.definition import GRAMMARS
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet
from pipeline.values import normalise, strip_marks

PROMPTS = "ngày … tháng … năm …"
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
LABEL = re.compile(r"(?P<label>[^\W\d_][^:….]*?)\s*(?::|[.…_]{3,})\s*")
LIKE = 88.0  # likeness (rapidfuzz) of a wording to one of the lexicon
CAPTION_LIKE = 86.0
LONGEST_LABEL = 12  # words
SHORTEST_TITLE = 7  # letters
PHRASES = 8  # labels that tell the form
PHRASE_LETTERS = 8
SURE = ("personal_id", "old_national_id", "date", "year", "sex", "ethnicity", "nationality")
"""Grammars that a value shows by its form alone, in the order they are tried."""
PLACE = re.compile(r"\b(xã|phường|thị trấn|huyện|quận|tỉnh|thành phố|thôn|tổ dân phố)\b", re.IGNORECASE)
DAY = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|tháng", re.IGNORECASE)
NAME = re.compile(r"(?:[A-ZĐÀ-Ỹ][^\W\d_]*)(?:\s+[A-ZĐÀ-Ỹ][^\W\d_]*){1,4}")


@dataclass(slots=True)
class _Found:
    """A label of the specimen. `row`: of the sheet; `value`: what stands behind it, to guess a grammar from."""

    wording: str
    row: int
    value: str
    prefix: str = ""
    field: str = ""
    grammar: str = "text"
    lines: int = 1
    known: bool = False


def propose(pages: Sequence[Sequence[TextLine]], form_id: str) -> str:
    """The definition as TOML that `parse_form` takes, its pages in the order given (a second one is a back)."""
    seen: set[str] = set()
    parts = [_page(Sheet(lines), side, seen) for lines, side in zip(pages, ("front", "back"), strict=False)]
    title = next((titles[0] for titles, _ in parts if titles), form_id)
    head = [
        "# Đề xuất từ một bản quét: hãy sửa tên mẫu, nhãn, trường, kiểu giá trị rồi chép vào thư mục forms của kho.",
        "# Proposed from one specimen: correct name, labels, fields, grammars, then put it into the home's forms.",
        f"# Kiểu / grammars: {', '.join(sorted(GRAMMARS))}",
        'type = "other"',
        f"form = {_text(form_id)}",
        f"name = {{vi = {_text(title.capitalize())}, en = {_text(title.capitalize())}}}",
        'paper = {size = "A4", orientation = "portrait"}',
    ]
    return "\n".join([*head, *(line for _, text in parts for line in ("", *text))]) + "\n"


def _page(sheet: Sheet, side: str, seen: set[str]) -> tuple[list[str], list[str]]:
    rows: dict[int, list[int]] = {}
    for strip in sheet.reading_order():
        rows.setdefault(sheet.rows[strip], []).append(strip)
    captions = {n for n in range(len(sheet.texts)) if _is_caption(sheet.texts[n])}
    found = list(_labels(sheet, rows, captions))
    first = min((label.row for label in found if label.known), default=len(rows))
    titles = _titles(sheet, first)
    _name(found, seen)
    body = _rows(sheet, rows, found, titles)
    told = sorted((f.wording for f in found if len(fold(f.wording)) >= PHRASE_LETTERS), key=lambda w: -len(w))
    text = [
        "[[page]]",
        f'side = "{side}"',
        "",
        "[page.recognise]",
        f"titles = {_list(titles)}",
        f"phrases = {_list(list(dict.fromkeys(told))[:PHRASES])}",
        "",
        "[[page.section]]",
        'kind = "heading"',
        "left = [{issuer = true, lines = 2}]",
        f"right = [{', '.join(f'{{text = {_text(n)}}}' for n in NATION)}]",
        "",
        "[[page.section]]",
        "rows = [",
        *body,
        "]",
    ]
    if captions:
        text += ["", "[[page.section]]", 'kind = "signatures"', "rows = [", *_signatures(sheet, captions, seen), "]"]
    return titles, text


def _titles(sheet: Sheet, first: int) -> list[str]:
    """Lines in big capitals over the first label, without the State's name; the highest print first."""
    nation = [fold(n) for n in NATION]
    state = [sheet.rows[n] for n, key in enumerate(sheet.page_text.keys)
             if any(fuzz.ratio(key.text, name) >= LIKE for name in nation)]  # fmt: skip
    chosen = [
        n
        for n, text in enumerate(sheet.texts)
        if text.isupper() and len(fold(text)) >= SHORTEST_TITLE and max(state, default=-1) < sheet.rows[n] <= first
    ]
    ranked = sorted(chosen, key=lambda n: sheet.boxes[n][1] - sheet.boxes[n][3])
    return [" ".join(sheet.texts[n].split()) for n in ranked[:2]]


def _labels(sheet: Sheet, rows: dict[int, list[int]], captions: set[int]) -> Iterator[_Found]:
    """Labels in reading order, each with what follows it up to the next one of its row."""
    person = ""
    for row, strips in rows.items():
        last: _Found | None = None
        for strip in strips:
            text = sheet.texts[strip]
            who = _heading(text)
            person = who if who is not None else person
            if strip in captions or who is not None:
                continue
            at = 0
            for match in LABEL.finditer(text):
                before, wording = _parted(match["label"])
                if not wording:
                    continue
                if last is not None:
                    last.value = f"{last.value} {text[at : match.start()]} {before}".strip()
                    yield last
                last, at = _Found(wording=wording, row=row, value="", prefix=person), match.end()
            if last is not None:
                last.value = f"{last.value} {text[at:]}".strip(" .…_")
        if last is not None:
            yield last


def _parted(text: str) -> tuple[str, str]:
    """What of the words before a colon is still the value before it, and the label: "Nữ Dân tộc" is a value and a
    label. The longest wording of the lexicon at the end is the label, else all that follows the last small word."""
    words = text.split()
    for start in range(max(0, len(words) - LONGEST_LABEL), len(words)):
        wording = " ".join(words[start:])
        if wording[:1].isupper() and _meaning(wording) is not None:
            return " ".join(words[:start]), wording
    return ("", " ".join(words)) if 0 < len(words) <= LONGEST_LABEL else (" ".join(words), "")


def _meaning(wording: str) -> tuple[str, str, int, str] | None:
    """Field, grammar, lines and person's prefix of a wording of the lexicon, with or without a person's words."""
    known, key = lexicon().labels(), fold(wording)
    persons = [(fold(word), PREFIXES[who.name][0]) for who in lexicon().persons for word in who.words]
    whose = [("", ""), *((words, prefix) for words, prefix in persons if key.endswith(words))]
    for words, prefix in sorted(whose, key=lambda w: -len(w[0])):
        base = key.removesuffix(words) if words else key
        best = max(known, key=lambda k: fuzz.ratio(k, base))
        if base and fuzz.ratio(best, base) >= (LIKE if len(base) > 5 else 100.0) and known[best].fields:
            what = known[best]
            return what.fields[0], what.grammar, what.lines, "" if prefix.startswith("members") else prefix
    return None


def _heading(text: str) -> str | None:
    """The prefix of the person whose part a line heads."""
    key = fold(text)
    whose = next((who.name for who in lexicon().persons if key in map(fold, who.headings)), None)
    if whose is None or ":" in text or not text[:1].isupper():
        return None
    prefix = PREFIXES[whose][0]
    return "" if prefix.startswith("members") else prefix


def _name(found: Sequence[_Found], seen: set[str]) -> None:
    """Gives each label its field, no two the same, and its grammar."""
    for label in found:
        meaning = _meaning(label.wording)
        if meaning is not None:
            field, label.grammar, label.lines, prefix = meaning
            label.prefix = prefix or label.prefix
            label.known = True
        else:
            field, label.grammar = _slug(label.wording), _guessed(label.value)
            label.lines = 2 if label.grammar in {"address", "place", "text"} else 1
        if label.grammar not in GRAMMARS:
            label.grammar = "text"
        name = f"{label.prefix}{field}"
        number = 2
        while name in seen:
            name, number = f"{label.prefix}{field}_{number}", number + 1
        seen.add(name)
        label.field = name


def _slug(wording: str) -> str:
    """A field's name from a label's words: small ASCII letters and underscores."""
    words = re.findall(r"[a-z0-9]+", strip_marks(wording).lower().replace("đ", "d"))
    return "_".join(words[:6]) or "field"


def _guessed(value: str) -> str:
    """The grammar whose form a value has."""
    text = value.strip(" .…_,;")
    for grammar in SURE:
        if grammar == "date" and not DAY.search(text):
            continue
        if grammar in {"sex", "ethnicity", "nationality"} and len(text.split()) > 3:
            continue
        normal = normalise(grammar, text)
        if text and normal.value is not None and normal.valid and not normal.findings:
            return grammar
    if PLACE.search(text):
        return "address"
    return "name" if NAME.fullmatch(text) else "text"


def _rows(sheet: Sheet, rows: dict[int, list[int]], found: Sequence[_Found], titles: Sequence[str]) -> list[str]:
    body = [f'  [{{text = {_text(title)}, style = ["title"]}}],' for title in titles]
    dated = False
    for row, strips in rows.items():
        items = [
            f"{{label = {_text(f.wording + ':')}, field = {_text(f.field)}, grammar = {_text(f.grammar)}"
            + (f", lines = {f.lines}}}" if f.lines > 1 else "}")
            for f in found
            if f.row == row
        ]
        if not items and not dated and any(prompts.spans(PROMPTS, sheet.texts[n]) for n in strips):
            items = [f'{{prompts = "…, {PROMPTS}", field = "date_of_registration", grammar = "date"}}']
            dated = True
        if items:
            body.append(f"  [{', '.join(items)}],")
    return body


def _is_caption(text: str) -> bool:
    key, known = fold(text), lexicon().print
    captions = map(fold, (*known.signers, *known.captions))
    return ":" not in text and any(fuzz.ratio(key, caption) >= CAPTION_LIKE for caption in captions)


def _signatures(sheet: Sheet, captions: set[int], seen: set[str]) -> Iterator[str]:
    """Captions from left to right; the name under that of who answers for the paper is the signer's."""
    items = []
    for strip in sorted(captions, key=lambda n: sheet.boxes[n][0]):
        text = sheet.texts[strip]
        signers = map(fold, lexicon().print.signers)
        answers = any(fuzz.ratio(fold(text), caption) >= CAPTION_LIKE for caption in signers)
        field = ', field = "registrar_full_name"' if answers and "registrar_full_name" not in seen else ""
        if field:
            seen.add("registrar_full_name")
        items.append(f"{{label = {_text(text)}{field}}}")
    yield f"  [{', '.join(items)}],"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"

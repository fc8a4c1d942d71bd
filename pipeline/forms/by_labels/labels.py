"""The labels of a sheet: each printed wording that says what stands behind it. No ink is two labels' at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.forms import prompts
from pipeline.forms.anchors import LABEL_WEIGHT, LabelHit, find_labels
from pipeline.forms.by_labels.cells import FormCells, LabelCell
from pipeline.forms.by_labels.meaning import FULL, SHORT, SURE_LETTERS, TAIL, after_tail, heading, person_after
from pipeline.forms.by_labels.wording import Meaning, Vocabulary
from pipeline.forms.definition import PLACES
from pipeline.forms.english import known, without_marks
from pipeline.forms.keys import fold
from pipeline.forms.search import Hit, grams
from pipeline.forms.sheet import Sheet
from pipeline.gazetteer.names import KINDS

# All by trial, on papers of two makers.
SEEN = 0.75  # of a wording's letter pairs that must be on the page for it to be looked for; for speed
ENGLISH_LIKE = 72.0  # likeness of small English print beside a label
NUMBERING = re.compile(r"^\W*(?:\(?\s*(?:\d{1,2}|[a-zA-ZđĐ]|[IVX]{1,4})\s*[.):]+\s*)?\W*$")
MISREAD_NUMBER = re.compile(r"^\W*(?:[^\W_]?\d{1,2}|[a-zA-ZđĐ])\W*$")  # "f ", "01 ", "U77 "
INNER_NUMBER = re.compile(r"(?:(?<=\s)\d{1,2}[.)]|\(\d{1,2}\)|(?<=\s)[a-zđ]\))\s*$")  # before a label inside a strip
COLON = re.compile(r"\s*[:;]|\s*[.…_]{2,}")
AFTER_VALUE = re.compile(r"[\d.,;:…_)\-–/]\s*$|\s{2,}$")
REAL_COLON = re.compile(r"\s*[:;]")
ENDS = re.compile(r"\s*(?:[:;.…_(/\-–]|$)")
AFTER = re.compile(r"\s*[\d\"'“/]|\s+[A-ZĐÀ-Ỹ]")
PLACE_BEGINS = re.compile(
    rf"\s+(?:số|căn hộ|nhà|ngõ|ngách|thôn|xóm|tổ|đội|ấp|bản|làng|{'|'.join(KINDS)})\s", re.IGNORECASE
)  # what an address begins with, though not in capitals
DAY = re.compile(r"\bngày\s*$", re.IGNORECASE)
IN_WORDS = re.compile(r"[\s.…]*\S{1,4}[\s.…]+tháng", re.IGNORECASE)
OTHERWISE = re.compile(r"\s*[/(][^:;.…]{1,40}(?=[:;])")  # "… / Thẻ CCCD / Hộ chiếu:", "… (gram):"
BRACKETED = re.compile(r"\s*\([^():]{1,40}\)")
STROKE, WORD, MOST_WORDS = re.compile(r"\s*/\s*"), re.compile(r"\S+"), 4
GOES_ON = re.compile(r"(?:[\s/]+[^\W\d_]+){1,5}(?=\s*[:;])")  # "Nghề nghiệp hiện nay:"
DIGIT = re.compile(r"[\s._]*\w{0,2}[\d/]")
NUMBERS = frozenset({"document_number", "book_number", "personal_id", "old_national_id"})
WORDS = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]+)?)\.?")
ENDS_ENGLISH, CLOSES = re.compile(r"\s*(?:[):;]|$)"), re.compile(r"\s*\)?(?=\s*[:;])|\)?")
PROMPTS = "ngày … tháng … năm …"
SURE_WEIGHT = 1.0  # weight of a long label that stands inside a strip without a colon
LETTERS_COUNT, MOST_LETTERS = 16, 24  # letters that double a label's weight, and letters that count
COLON_COUNTS, HEAD_COUNTS = 0.3, 0.2  # weight that a colon, that the head of a strip adds
NEAR = 2.0  # letter heights below its label, and beside its left end, within which a value stands under it
SHORTEST = 3  # letters of a label that is a word of titles and addresses too
LONG = 8  # letters of a label that may be misread more
READ_WELL, READ_BEST = 0.85, 0.9  # score of a label with no colon
IN_CAPITALS = 0.95  # and one in capitals, which names are written in
SHORT_LIKE, LIKE_WHOLE = 6, 75.0  # letters of a short label without a colon; likeness of the whole word to it; by trial
NUMBER_WORDS = 2  # of a number whose label has no colon
MOSTLY = 0.7  # share of the letters of a label in capitals that are some, at least
BARE = 0.3  # share of labels with a colon below which the paper prints none
NO_CELLS = FormCells()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLabel:
    """A label on a sheet: characters `start` of `line` to `end` of `last_line`.

    `head`: it begins its strip; its number before it ("3. Họ tên") belongs to it. `colon`: a colon or a leader follows.
    `who` None: it does not say whose it is.
    """

    meaning: Meaning
    who: str | None
    line: int
    start: int
    last_line: int
    end: int
    weight: float
    head: bool
    colon: bool

    @property
    def name(self) -> str:
        return self.meaning.what.name


def page_labels(
    sheet: Sheet, vocabulary: Vocabulary, found: Mapping[str, Sequence[LabelHit]], cells: FormCells = NO_CELLS
) -> list[PageLabel]:
    """The labels of a sheet in reading order. No two share a character; the weightier one stands.

    `found`: the sheet's `hits_of`. `cells`: of a ruled form, where labels begin cells and values have none.
    """
    bare = _has_no_colons(sheet, found)
    inside = cells.values - cells.labels.keys()
    whole = {n for cell in cells.labels.values() if cell.whole for n in (cell.line, *cell.rest)}
    candidates = []
    for key, hits in found.items():
        meaning = vocabulary.labels[key]
        for hit in hits:
            if hit.hit.line in whole or (
                hit.hit.line in inside and not COLON.match(sheet.texts[hit.hit.last_line], hit.hit.end)
            ):
                continue  # in the cell of a label, or of a value
            label = _label(sheet, vocabulary, key, meaning, hit, bare=bare, cells=cells)
            if label is not None and not meaning.what.column and not _is_fixed(sheet, vocabulary, label, hit.hit.score):
                candidates.append(label)
    candidates.sort(key=lambda c: -c.weight)
    taken: dict[int, list[tuple[int, int]]] = {}
    chosen = [label for cell in cells.labels.values() if cell.whole for label in _of_cell(sheet, cell)]
    for label in candidates:
        own = list(spans(sheet, label))
        if any(s < end and start < e for line, start, end in own for s, e in taken.get(line, ())):
            continue
        for line, start, end in own:
            taken.setdefault(line, []).append((start, end))
        chosen.append(label)
    place = {line: n for n, line in enumerate(sheet.reading_order())}
    chosen.sort(key=lambda c: (place[c.line], c.start))
    return _without_answers(sheet, _without_title_words(chosen))


def _without_title_words(labels: Sequence[PageLabel]) -> list[PageLabel]:
    """The labels without a short one that lacks the colon which the same label has elsewhere: the "SỔ" of a title that
    big letters part, where "Số: …" stands below."""
    with_colon = {(label.name, label.who) for label in labels if label.colon}
    return [
        label
        for label in labels
        if label.colon or label.end - label.start > SHORTEST or (label.name, label.who) not in with_colon
    ]


def _of_cell(sheet: Sheet, cell: LabelCell) -> Iterable[PageLabel]:
    """The label that a cell is; one that asks several things at once is its first one's."""
    for meaning, who in cell.meanings[:1]:
        yield PageLabel(
            meaning=meaning, who=who, line=cell.line, start=0, last_line=cell.line, end=len(sheet.texts[cell.line]),
            weight=SURE_WEIGHT + LONG, head=True, colon=True,
        )  # fmt: skip


def _named_like(read: str, wording: str) -> bool:
    """Whether words that are printed small begin with capitals, as in a name: "Nguyễn Văn" is not "Nguyên quán".

    The wording itself, to its marks, is none: some forms print "Giới Tính".
    """
    if read.isupper() or read.casefold() == wording.rstrip(" :").casefold():
        return False
    words = list(zip(read.split()[1:], wording.split()[1:], strict=False))
    return any(word[:1].isupper() and printed[:1].islower() for word, printed in words)


def _has_no_colons(sheet: Sheet, found: Mapping[str, Sequence[LabelHit]]) -> bool:
    """Whether the paper prints its labels without a colon."""
    sure = [hit.hit for hits in found.values() for hit in hits if hit.hit.score > READ_BEST and hit.hit.length > SHORT]
    with_colon = sum(bool(COLON.match(sheet.texts[h.last_line], h.end)) for h in sure)
    return with_colon < BARE * len(sure)


def _is_fixed(sheet: Sheet, vocabulary: Vocabulary, label: PageLabel, score: float) -> bool:
    """Whether the strip is fixed print or a caption rather than this label."""
    key = sheet.page_text.keys[label.line].text
    if label.colon or len(key) < SURE_LETTERS:
        return False
    if fold(sheet.lines[label.line].text) in vocabulary.fixed:
        return True  # a part of a title whose words stand far apart
    fixed = (*vocabulary.fixed, *vocabulary.signers, *vocabulary.captions)
    likeness = max((fuzz.ratio(key, other) for other in fixed), default=0.0)
    capitals = sheet.texts[label.line].isupper()  # NGƯỜI KÝ GIẤY KHAI SINH, over the signature
    return likeness > score * FULL or (capitals and likeness == FULL)


def hits_of(sheet: Sheet, vocabulary: Vocabulary) -> dict[str, list[LabelHit]]:
    """Every hit of every wording of the vocabulary, by key."""
    pairs = grams("".join(k.text + " " for k in sheet.page_text.keys))
    likely = [m.text for key, m in vocabulary.labels.items() if len(grams(key) & pairs) >= SEEN * len(grams(key))]
    return {key: hits for key, hits in find_labels(sheet, likely).items() if key in vocabulary.labels}


def _label(
    sheet: Sheet, vocabulary: Vocabulary, key: str, meaning: Meaning, found: LabelHit, *, bare: bool, cells: FormCells
) -> PageLabel | None:
    """The hit as a label, with what belongs to it; None where it stands or reads as none. `bare`: on a paper without
    colons."""
    hit = found.hit
    text, last = sheet.texts[hit.line], sheet.texts[hit.last_line]
    end, who, size = _extent(sheet, vocabulary, meaning, hit)
    head, colon = bool(NUMBERING.match(text[: hit.start])), bool(COLON.match(last, end))
    head = head or (hit.score >= IN_CAPITALS and size > SHORT and bool(MISREAD_NUMBER.match(text[: hit.start])))
    inner = None if head else INNER_NUMBER.search(text[: hit.start])
    colon = colon or (head and hit.line in cells.labels and hit.line == hit.last_line)
    label = PageLabel(
        meaning=meaning,
        who=who,
        line=hit.line,
        start=0 if head else inner.start() if inner else hit.start,
        last_line=hit.last_line,
        end=end,
        weight=found.weight * hit.score**2 * (1.0 + min(size, MOST_LETTERS) / LETTERS_COUNT)
        + (COLON_COUNTS if colon else 0.0)
        + (HEAD_COUNTS if head else 0.0),
        head=head,
        colon=colon,
    )
    alone = meaning.who is not None and key in vocabulary.alone
    stands = found.weight >= LABEL_WEIGHT and _stands(sheet, label, found, size, bare=bare, alone=alone, cells=cells)
    return label if stands and _reads(sheet, label, hit, size) else None


def _extent(sheet: Sheet, vocabulary: Vocabulary, meaning: Meaning, hit: Hit) -> tuple[int, str | None, int]:
    """Where a label ends in its last line, with the person and the English that belong to it; whose; its letters."""
    last = sheet.texts[hit.last_line]
    end, who, more = after_tail(last, hit.end), meaning.who, 0
    if who is None and not meaning.what.paper:
        aside = BRACKETED.match(last, end)  # "Giấy tờ tùy thân (loại, số) người vợ:"
        told, who, more = person_after(last, aside.end() if aside else end, vocabulary)
        end = told if who is not None else end
    end = after_english(last, end)
    if (rest := OTHERWISE.match(last, end)) or (
        (rest := GOES_ON.match(last, end))
        and (rest[0].islower() or (rest[0].isupper() and _in_capitals(last[:end])))
        and not _asks_a_number(rest[0], vocabulary)
    ):
        end = rest.end()
    elif _in_capitals(last[:end]):
        end = _after_other_wording(last, end)
    day = DAY.search(last, hit.start if hit.line == hit.last_line else 0, end)
    if meaning.what.grammar == "date" and day and IN_WORDS.match(last, end):
        end = day.start()  # the printed "ngày" is the date's first word
    return end, who, hit.length + more


def _in_capitals(text: str) -> bool:
    """Whether most letters are capitals: a reader takes one for small now and then ("DÂN TộC")."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) > MOSTLY * len(letters)


def _after_other_wording(text: str, end: int) -> int:
    """Where a label printed in capitals ends with the other wording behind its stroke, before what is written in small
    letters: "NƠI ĐĂNG KÝ THƯỜNG TRÚ/TẠM TRÚ Số 5"."""
    other = STROKE.match(text, end)
    if other is None:
        return end
    words = list(WORD.finditer(text, other.end()))
    last = next((n for n, word in enumerate(words) if not word[0].isupper()), 0)
    return words[last - 1].end() if 0 < last <= MOST_WORDS else end


def _asks_a_number(words: str, vocabulary: Vocabulary) -> bool:
    """Whether the last two words are a label of their own: "Sổ đăng ký thường TỜ SỐ: 12"."""
    meaning = vocabulary.labels.get(fold(" ".join(words.split()[-2:])))
    return meaning is not None and meaning.what.grammar in NUMBERS and len(words.split()) > 1


def _stands(
    sheet: Sheet, label: PageLabel, found: LabelHit, size: int, *, bare: bool, alone: bool, cells: FormCells
) -> bool:
    """Whether a hit stands where labels stand: at a strip's head or before a colon, and by itself if it is short."""
    hit, text, last = found.hit, sheet.texts[label.line], sheet.texts[label.last_line]
    before, after = text[: hit.start], last[label.end :]
    numbered = label.start < hit.start and not label.head
    exact = (bare or numbered) and hit.score == 1.0 and text[hit.start].isupper() and AFTER.match(last, label.end)
    if before[-1:].isalnum() or (after.lstrip().startswith(")") and "(" not in text[: label.end]):
        return False  # "(Ký, ghi rõ họ tên)"
    if alone and (not label.head or (not label.colon and len(after.split()) < NUMBER_WORDS)):
        # the end of "Họ tên người khai:", or "Người khai" over a signature
        return bool(label.head and not after.strip() and _has_name_below(sheet, label, cells))
    if size <= SHORT:
        read = text[hit.start : hit.end]
        real = len(fold(read)) >= SHORT and REAL_COLON.match(last, label.end)
        whole = label.colon and hit.score == 1.0 and (" " in read or real) and read[0].isupper()  # "Tờ số:", "Nghề:"
        if not label.head and not whole and not AFTER_VALUE.search(before):
            return False  # the last word of another label: "CNIND số:"
        followed = AFTER.match(last, label.end) or ENDS.match(last, label.end)
        if hit.score == 1.0 and label.meaning.what.grammar in PLACES:
            followed = followed or PLACE_BEGINS.match(last, label.end)
        return bool(label.colon or exact or (label.head and followed))
    if hit.score == 1.0 and label.meaning.what.grammar in NUMBERS and AFTER_VALUE.search(before):
        exact = exact or DIGIT.match(after)  # "Số: 07  Quyển 01/2013"
    sure = size > 2 * SHORT and found.weight >= SURE_WEIGHT and text[hit.start].isupper()
    return bool(label.head or label.colon or exact or sure)


def _has_name_below(sheet: Sheet, label: PageLabel, cells: FormCells) -> bool:
    """Whether a name stands right under a label, from its left end on, and in no cell, which has a label of its own."""
    x0, _, _, y1 = sheet.boxes[label.last_line]
    for n, (left, top, _, bottom) in enumerate(sheet.boxes):
        near = -0.3 * sheet.height <= top - y1 <= 0.8 * sheet.height and abs(left - x0) <= sheet.height and bottom > y1
        words = sheet.texts[n].split()
        named = 2 <= len(words) <= 5 and all(w.isalpha() and w[0].isupper() for w in words)
        if near and named and n not in cells.strips:
            return heading_free(sheet.texts[n])
    return False


def heading_free(text: str) -> bool:
    """Whether the text has no colon and is no caption in brackets."""
    return ":" not in text and "(" not in text


def _reads(sheet: Sheet, label: PageLabel, hit: Hit, size: int) -> bool:
    """Whether a hit reads as its label rather than as a name, a title or the line of an address."""
    text, last = sheet.texts[label.line], sheet.texts[label.last_line]
    after = last[label.end :]
    if not label.colon and label.meaning.what.grammar in NUMBERS:
        if not DIGIT.match(after) and not ENDS.match(after):
            return False  # SỔ ĐĂNG KÝ … is a title, and not the number ĐĂNG KÝ …
        if size <= SHORT and len(after.split()) > NUMBER_WORDS:
            return False  # "Số 47, ngõ 196" is the line of an address
    if not label.colon and label.meaning.what.grammar == "name" and next(filter(str.isalpha, after), "").islower():
        return False  # "(ký, ghi rõ họ tên và đóng dấu)"
    if (
        not label.colon
        and label.meaning.what.grammar == "name"
        and text[hit.start].islower()
        and _bracketed(sheet, label)
    ):
        return False  # the same, with a stamp over it that tore it into strips
    real = bool(REAL_COLON.match(after))
    if hit.score < (READ_WELL if hit.length > LONG else READ_BEST) and not (real and size > SHORT):
        return False
    read = text[hit.start : hit.end if hit.line == hit.last_line else None]
    if not real and hit.length <= SHORT_LIKE and fuzz.ratio(fold(read), fold(label.meaning.text)) < LIKE_WHOLE:
        return False  # "Nguyễn" ends nearly as "Quyển" does
    if not real and (_named_like(read, label.meaning.text) or (read.isupper() and hit.score < IN_CAPITALS)):
        return False  # NGUYỄN TUẤN is nearly NGUYÊN QUÁN
    if label.name == "date_of_issue" and text[hit.start].islower() and not real:
        return False  # "CMND số … cấp ngày …" says when that paper was issued
    small = text[hit.start].islower() and label.meaning.text[:1].isupper()
    return bool(label.head or hit.score == 1.0 or not small)


def _bracketed(sheet: Sheet, label: PageLabel) -> bool:
    """Whether a bracket that was opened before the label in its row is still open."""
    left = sheet.boxes[label.line][0]
    row = [n for n, at in enumerate(sheet.rows) if at == sheet.rows[label.line] and sheet.boxes[n][0] < left]
    before = " ".join(sheet.texts[n] for n in sorted(row, key=lambda n: sheet.boxes[n][0]))
    before += sheet.texts[label.line][: label.start]
    return before.rfind("(") > before.rfind(")")


def after_english(text: str, end: int) -> int:
    """Where a label ends with the small English print beside it: a colon follows, or, after a stroke, the value."""
    if COLON.match(text, end):
        return end
    stroke = text[end:].lstrip().startswith(("/", "("))
    words: list[tuple[int, str]] = []
    for match in WORDS.finditer(text, end, end + TAIL):
        marked = sum(not c.isascii() for c in match.group(1))
        if marked > 1 or re.search(r"[:;\d]", text[end : match.start(1)]):
            break
        words.append((match.end(), fold(match.group(1))))
    best = (0.0, end)
    for count in range(1, min(5, len(words)) + 1):
        key, at = "".join(word for _, word in words[:count]), words[count - 1][0]
        if len(key) < SHORTEST - 1 or not without_marks(text[end:at]):
            continue
        like = max(fuzz.ratio(key, word) for word in known())
        least = FULL if len(key) <= SURE_LETTERS else ENGLISH_LIKE
        if like >= least and like >= best[0] and (stroke or ENDS_ENGLISH.match(text, at)):
            best = (like, at)
    return best[1] + len(CLOSES.match(text, best[1])[0]) if best[0] else end  # type: ignore[index]


def spans(sheet: Sheet, label: PageLabel) -> Iterable[tuple[int, int, int]]:
    """The strips that a label lies in, with its first character and the one after its last."""
    if label.line == label.last_line:
        yield label.line, label.start, label.end
        return
    yield label.line, label.start, len(sheet.texts[label.line])
    for between in range(label.line + 1, label.last_line):
        yield between, 0, len(sheet.texts[between])
    yield label.last_line, 0, label.end


def _without_answers(sheet: Sheet, labels: list[PageLabel]) -> list[PageLabel]:
    """The labels without those that begin another one's value: "Giấy tờ tùy thân: CMND số …", "Số CMND: CMND số …"."""
    kept: list[PageLabel] = []
    for label in labels:
        before = kept[-1] if kept else None
        if before is not None and before.last_line == label.line and before.meaning.what.numbers:
            between = sheet.texts[label.line][before.end : label.start]
            if not any(c.isalnum() for c in between) and (label.meaning.what.numbers or label.name == "personal_id"):
                continue
        kept.append(label)
    return kept


def headings_of(sheet: Sheet, vocabulary: Vocabulary, taken: Sequence[PageLabel]) -> list[tuple[int, str]]:
    """Strips that are the heading of a person's part, with whose; what stands with a label of relationship is none."""
    labelled = {label.line for label in taken} | {label.last_line for label in taken}
    found = []
    for line, text in enumerate(sheet.texts):
        who = None if line in labelled else heading(text, vocabulary)
        if who is not None and not answers_relationship(sheet, taken, line):
            found.append((line, who))
    return found


def answers_relationship(sheet: Sheet, labels: Sequence[PageLabel], line: int) -> bool:
    """Whether the strip stands beside or under a label that asks for a relationship, as "Mẹ" and "Chủ hộ" do."""
    x0, y0, _, _ = sheet.boxes[line]
    for label in labels:
        if label.name != "relationship" or label.last_line == line:
            continue
        _, _, x1, y1 = sheet.boxes[label.last_line]
        left = sheet.x_at(label.line, label.start)
        below = -0.5 * sheet.height <= y0 - y1 < NEAR * sheet.height and abs(x0 - left) < NEAR * sheet.height
        beside = sheet.rows[label.last_line] == sheet.rows[line] and x0 > x1 - sheet.height
        if below or beside:
            return True
    return False


def prompt_lines(sheet: Sheet, labels: Sequence[PageLabel]) -> list[tuple[int, int]]:
    """Lines of printed date prompts that are no label's value: strip and character where they begin."""
    found = []
    for line, text in enumerate(sheet.texts):
        for start, _ in prompts.spans(PROMPTS, text):
            before = [label for label in labels if label.last_line == line and label.end <= start]
            same_row = [
                label
                for label in labels
                if sheet.rows[label.last_line] == sheet.rows[line] and label.last_line != line
                and sheet.x_at(label.last_line, label.end) <= sheet.x_at(line, start)
            ]  # fmt: skip
            x0, y0, _, _ = sheet.boxes[line]
            above = [
                label
                for label in labels
                if start < SURE_LETTERS
                and -0.5 * sheet.height <= y0 - sheet.boxes[label.last_line][3] < NEAR * sheet.height
                and abs(x0 - sheet.x_at(label.line, label.start)) < NEAR * sheet.height
                and label.meaning.what.grammar in {"date", "date_words"}
            ]
            dated = [*before, *same_row] or above
            if not dated or dated[-1].meaning.what.grammar not in {"date", "date_words"}:
                found.append((line, start))
    return found

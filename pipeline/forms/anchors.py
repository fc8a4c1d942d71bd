"""Finds the slots of a form on a page: which printed label is which field's.

Labels repeat (three times "Dân tộc:"), so each is not looked up for itself: among all ways to give the
read labels to the slots in the form's order, the one that explains most is taken (a weighted longest
common chain). What stands out of order in its row or section is then looked for among what is left.
"""

from __future__ import annotations

import bisect
import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.forms import prompts
from pipeline.forms.evidence import SHORT, read_in_capitals, snap, weigh
from pipeline.forms.keys import fold
from pipeline.forms.plan import Slot
from pipeline.forms.search import Hit, Wordings, find
from pipeline.forms.sheet import Sheet

# A weight is what `evidence.weigh` gives, 0 to about 1.2. All by trial; the package says what that means.
LABEL_WEIGHT = 0.55  # weight below which a hit is no label
KEPT = 0.8  # of `LABEL_WEIGHT`: lighter hits are forgotten at once; others may still make a longer one count less
STRAY_WEIGHT = 0.95  # weight, times KEPT and `_size`, below which a hit is no label that stands out of order
SAME_ROW = 1.2  # gain of two labels that the form prints in one row and that were read in one row
FEW_LABELS, MOST_LABELS = 4, 0.6  # labels, and share of all, that say that a paper prints its labels in capitals
HEADLESS = 0.6  # factor on the weights of a person's labels when the person's first label was not read
PROMPT_WEIGHT = 1.0  # weight of printed prompts ("ngày … tháng … năm …")
STRAY_COUNTS = 0.5  # factor on the weight of labels out of order, when orders are compared
PLACE_LENGTH = 24  # characters: longest place written before its date ("Thành phố Hồ Chí Minh, ngày …")
LONG_NUMBERS = frozenset({"personal_id", "old_national_id", "identity_number"})  # grammars
LIKE_DIGITS = "OoQDIilSsBZz"  # letters that readers make of digits
MOSTLY_DIGITS = 0.65  # share of digits in what follows a short label of a long number
FOLLOWING = 9  # letters and digits after a short label that are looked at
SHORT_LABEL = 3  # letters: such a label ("Số") is a word of many addresses, too
ALONE = 0.5  # of its lines' letters that a caption or a column header makes up
NUMBER = fold("Số")
WORN_NUMBER = re.compile(r"^[sS5$38][\w%&](?=\s*[:;]\s*[\dOoIl/]{2})")
WORN_WEIGHT = 0.8  # weight of a label known by its place and shape rather than its letters
TAIL = re.compile(r"(?:(?<=\s)\w{1,2}[.,]?\s+)?(?<!\w)(?P<word>[^\W\d_]{2,6})(?=\s*:)")
PART_WEIGHT = 0.62  # weight of a part of a label that stands alone
SURELY_TAKEN = 0.8  # weight of a label in whose line no part of another is looked for
HEAD_LETTERS, TAIL_LETTERS = 4, 3  # fewest letters of the first words, of the last word, that stand for a label
HEAD_SHARE = 0.35  # of a label's letters that must be left of it
INNER_LONGER, INNER_LEAD = 2, 0.3  # letters by which a longer label is longer, and weight by which it may be lighter
INNER_WEIGHT = 0.35  # factor on the weight of a label inside such a longer one
INNER_SHARE = 0.75  # of the letters that the longer label has more, that must have been read
RESEMBLES = 0.1  # score by which a label is read better than one that it resembles at the same place
READ_WELL, READ_POORLY = 0.95, 0.85  # scores of a label, and of what merely resembles it further on in its strip
PLACE_SLACK = 2  # characters by which two labels at the same place may differ
LONGEST_COUNTED, LENGTH_COUNTS = 24, 16  # letters up to which length adds weight, and how many double it


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A printed wording read on the page, with its weight as a label."""

    hit: Hit
    weight: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """A slot found on the page: its label is characters `start` to `end` (which counts in `last_line`)."""

    slot: int
    line: int
    start: int
    last_line: int
    end: int
    weight: float


def find_labels(sheet: Sheet, wordings: Sequence[str]) -> dict[str, list[LabelHit]]:
    """Every hit of every wording (by key) that may be a label; hits inside longer labels weigh less."""
    texts: dict[str, str] = {}
    for wording in wordings:
        texts.setdefault(fold(wording), wording)
    keys = [k for k in texts if len(k) > 1]
    found = [snap(h, sheet.texts) if h.length > 3 else h for h in find(Wordings(tuple(keys)), sheet.page_text)]
    found = [_closed(h, sheet.texts[h.last_line]) for h in found]
    capitals = _in_capitals(sheet, [(h, texts[keys[h.wording]]) for h in found])
    weighed = (LabelHit(h, weigh(h, texts[keys[h.wording]], sheet.texts, capitals=capitals)) for h in found)
    hits = [label for label in weighed if label.weight >= LABEL_WEIGHT * KEPT]
    result: dict[str, list[LabelHit]] = {}
    whole = _without_ends_of_others(sheet, keys, _without_echoes(sheet, hits))
    for label in [*_without_inner(whole), *_worn_numbers(sheet, keys)]:
        result.setdefault(keys[label.hit.wording], []).append(label)
    for key in texts:
        if len(key) == 1:
            result[key] = _one_letter(sheet, key)
    return result


def _closed(hit: Hit, text: str) -> Hit:
    """The hit with the bracket that closes the one inside it: "Nam (nữ)"."""
    inside = text[hit.start if hit.line == hit.last_line else 0 : hit.end]
    is_open = inside.count("(") > inside.count(")") and text[hit.end : hit.end + 1] == ")"
    return replace(hit, end=hit.end + 1) if is_open else hit


def _without_echoes(sheet: Sheet, hits: Sequence[LabelHit]) -> list[LabelHit]:
    """The hits but the poor ones, without a colon, in whose strip the same words were read well before: a value that
    happens to look like its label ("Nguyên quán: … Cao Sơn - Huyện Lương …") asks nothing."""
    well: dict[tuple[int, int], int] = {}
    for label in hits:
        key = (label.hit.wording, label.hit.line)
        if label.hit.score >= READ_WELL:
            well[key] = min(label.hit.end, well.get(key, label.hit.end))

    def is_echo(hit: Hit) -> bool:
        before = well.get((hit.wording, hit.line))
        if before is None or hit.score >= READ_POORLY or hit.start < before:
            return False
        return not sheet.texts[hit.last_line][hit.end :].lstrip().startswith(":")

    return [label for label in hits if not is_echo(label.hit)]


def _without_ends_of_others(sheet: Sheet, keys: Sequence[str], hits: Sequence[LabelHit]) -> list[LabelHit]:
    """The hits but those not read well whose last words are another label, read well.

    Of a label that wraps only the first words stand beside its neighbour ("Sổ đăng ký thường Tờ số: 12", below it
    "trú số: 60"), and the value is the neighbour's.
    """
    well = [label.hit for label in hits if label.hit.score >= READ_WELL and label.hit.line == label.hit.last_line]

    def is_others(end: Hit, hit: Hit) -> bool:
        text = sheet.texts[hit.line]
        return (
            end.line == hit.line
            and hit.start < end.start < hit.end <= end.end + 1
            and text[end.start - 1].isspace()
            and not keys[hit.wording].endswith(keys[end.wording])
            and (end.length > SHORT or text[end.end :].lstrip().startswith(":"))
        )

    return [
        label
        for label in hits
        if label.hit.score >= READ_WELL
        or label.hit.line != label.hit.last_line
        or not any(is_others(end, label.hit) for end in well)
    ]


def _in_capitals(sheet: Sheet, found: Sequence[tuple[Hit, str]]) -> bool:
    """Whether the paper prints in capitals what its form prints small: most of the labels that were surely read."""
    sure = {
        (hit.line, hit.start): read_in_capitals(sheet.texts[hit.line][hit.start : hit.end])
        for hit, wording in found
        if hit.score > SURELY_TAKEN and hit.length > SHORT and hit.line == hit.last_line and wording[1:].islower()
    }
    return sum(sure.values()) >= max(FEW_LABELS, MOST_LABELS * len(sure))


def _one_letter(sheet: Sheet, key: str) -> list[LabelHit]:
    """ "ở" as a label: alone, in small print, before other words, at the head of a later strip of its row."""
    first = {sheet.rows[n]: n for n in reversed(sheet.reading_order())}
    labels = []
    for n, text in enumerate(sheet.texts):
        head, _, rest = text.partition(" ")
        if rest.strip() and head.islower() and fold(head) == key and first[sheet.rows[n]] != n:
            labels.append(LabelHit(Hit(0, n, 0, n, len(head), 1.0, 1), WORN_WEIGHT))
    return labels


def _worn_numbers(sheet: Sheet, keys: list[str]) -> list[LabelHit]:
    """ "Số:" at the head of a strip read as "36:" or "s8:": two signs and a colon before a number.

    Where it was read as letters it is found like any other label.
    """
    if NUMBER not in keys:
        return []
    return [
        LabelHit(Hit(keys.index(NUMBER), n, match.start(), n, match.end(), LABEL_WEIGHT, len(NUMBER)), WORN_WEIGHT)
        for n, text in enumerate(sheet.texts)
        if (match := WORN_NUMBER.match(text)) and fold(match[0]) != NUMBER
    ]


def add_remains(sheet: Sheet, labels: dict[str, list[LabelHit]], wordings: Sequence[str]) -> None:
    """Adds strips that hold only the first words or half of a label, when wear has left no more of it."""
    heads: dict[str, set[str]] = {}
    for wording in wordings:
        words = wording.rstrip(" :").split(" ")
        for n in range(1, len(words)):
            if len(fold(" ".join(words[:n]))) >= HEAD_LETTERS:
                heads.setdefault(fold(" ".join(words[:n])), set()).add(fold(wording))
        full = fold(wording)
        for n in range(max(HEAD_LETTERS, (len(full) + 1) // 2), len(full)):
            heads.setdefault(full[:n], set()).add(full)
    _add_tails(sheet, labels, wordings)
    taken = {label.hit.line for group in labels.values() for label in group if label.weight > SURELY_TAKEN}
    for line, key in enumerate(sheet.page_text.keys):
        for full in heads.get(key.text, ()) if line not in taken else ():
            share = len(key.text) / len(full)
            if share >= HEAD_SHARE:
                hit = Hit(0, line, 0, line, len(sheet.texts[line]), share, len(key.text))
                labels.setdefault(full, []).append(LabelHit(hit, PART_WEIGHT))


def _add_tails(sheet: Sheet, labels: dict[str, list[LabelHit]], wordings: Sequence[str]) -> None:
    """Adds what is left of a label inside a strip: its last word and the colon ("… Q tịch: Việt Nam")."""
    tails: dict[str, set[str]] = {}
    for wording in wordings:
        words = wording.rstrip(" :").split(" ")
        if len(words) > 1 and wording.endswith(":") and len(fold(words[-1])) >= TAIL_LETTERS:
            tails.setdefault(fold(words[-1]), set()).add(fold(wording))
    seen = [label.hit for group in labels.values() for label in group]
    for line, text in enumerate(sheet.texts):
        for match in TAIL.finditer(text):
            known = any(h.line == line and h.start < match.end("word") and match.start("word") < h.end for h in seen)
            for full in tails.get(fold(match["word"]), ()) if not known else ():
                hit = Hit(0, line, match.start(), line, match.end("word"), PART_WEIGHT, len(full))
                labels.setdefault(full, []).append(LabelHit(hit, PART_WEIGHT))


def _without_inner(hits: list[LabelHit]) -> list[LabelHit]:
    """A label that is part of a longer label which is read as well there counts for little, and so does
    one that resembles what is read ("Năm sinh" for "Nơi sinh")."""
    by_line: dict[int, list[LabelHit]] = {}
    for label in hits:
        by_line.setdefault(label.hit.line, []).append(label)
    kept = []
    for group in by_line.values():
        for a in group:
            longer = [
                b for b in group if b.hit.length >= a.hit.length + INNER_LONGER and b.weight > a.weight - INNER_LEAD
            ]
            inside = any(_is_inner(a.hit, b.hit) for b in longer)
            best = max(b.hit.score for b in group if _same_place(a.hit, b.hit))
            beaten = (a.hit.score / best) ** 2 if best > a.hit.score + RESEMBLES else 1.0
            kept.append(replace(a, weight=a.weight * (INNER_WEIGHT if inside else beaten)))
    return [label for label in kept if label.weight >= LABEL_WEIGHT * KEPT]


def _same_place(a: Hit, b: Hit) -> bool:
    same_start = abs(a.start - b.start) <= PLACE_SLACK
    same_end = abs(a.end - b.end) <= PLACE_SLACK
    return same_start and a.last_line == b.last_line and same_end


def _is_inner(a: Hit, b: Hit) -> bool:
    """Whether hit a is part of hit b, and most of b's additional letters were read too."""
    within = b.start <= a.start + 1 and (b.last_line > a.last_line or b.end >= a.end - 1)
    more = b.length * b.score - a.length * a.score
    return within and more >= INNER_SHARE * (b.length - a.length)


def anchor(
    sheet: Sheet, slots: Sequence[Slot], order: Sequence[int], labels: dict[str, list[LabelHit]]
) -> tuple[list[Anchor], float]:
    """The slots found among the lines of `order` (reading order), and how much they explain together."""
    place = {line: n for n, line in enumerate(order)}
    candidates = [_candidates(sheet, n, slot, place, labels) for n, slot in enumerate(slots)]
    chain, total = _best_chain(sheet, slots, candidates, place)
    headless = _headless(slots, chain)
    if headless:
        candidates = [
            [replace(c, weight=c.weight * HEADLESS) if slots[c.slot].section in headless else c for c in group]
            for group in candidates
        ]
        chain, total = _best_chain(sheet, slots, candidates, place)
    kept = _without_answers(sheet, slots, chain)
    answers = {(a.line, a.start) for a in chain} - {(a.line, a.start) for a in kept}
    free = [[c for c in group if (c.line, c.start) not in answers] for group in candidates]
    chain, strays = kept, _strays(slots, free, kept, place)
    return sorted(chain + strays, key=lambda a: a.slot), total + STRAY_COUNTS * sum(a.weight for a in strays)


def _headless(slots: Sequence[Slot], chain: Sequence[Anchor]) -> set[int]:
    """Sections of a person whose first label, the name's, is not on the page: their other labels are doubtful too."""
    first = {s.section: n for n, s in reversed(list(enumerate(slots))) if s.swap}
    used = {slots[a.slot].section for a in chain}
    seen = {a.slot for a in chain}
    return {section for section, n in first.items() if section in used and n not in seen}


def _candidates(
    sheet: Sheet, number: int, slot: Slot, place: dict[int, int], labels: dict[str, list[LabelHit]]
) -> list[Anchor]:
    if slot.role == "prompt":
        led = slot.wordings[0].startswith("…")  # "Hà Nội, ngày …": the place is print, as it were
        return [
            Anchor(number, line, 0 if led and start < PLACE_LENGTH else start, line, start, PROMPT_WEIGHT)
            for line in place
            for start, _ in prompts.spans(slot.wordings[0], sheet.texts[line])
        ]
    best: dict[tuple[int, int], Anchor] = {}
    for wording in slot.wordings:
        for label in labels.get(fold(wording), ()):
            hit = label.hit
            if label.weight < LABEL_WEIGHT or hit.line not in place or hit.last_line not in place:
                continue
            if slot.role in {"caption", "header"} and not _alone(sheet, hit):
                continue
            if slot.grammar in LONG_NUMBERS and hit.length <= SHORT_LABEL and not _number_follows(sheet, hit):
                continue
            last, end = _before_prompt(slot, wording, sheet, hit)
            candidate = Anchor(number, hit.line, hit.start, last, end, label.weight * _size(hit.length))
            key = (hit.line, hit.start)
            if key not in best or best[key].weight < candidate.weight:
                best[key] = candidate
    return list(best.values())


def _alone(sheet: Sheet, hit: Hit) -> bool:
    """Whether a hit is most of what its line says, as captions and column headers are."""
    letters = sum(len(sheet.page_text.keys[n].text) for n in range(hit.line, hit.last_line + 1))
    return hit.length >= ALONE * letters


def _number_follows(sheet: Sheet, hit: Hit) -> bool:
    """Whether a short label ("Số") is a long number's: what follows is mostly digits, or stands elsewhere.

    "số 53, ngõ 27" is an address.
    """
    follows = [c for c in sheet.texts[hit.last_line][hit.end :] if c.isalnum()][:FOLLOWING]
    return not follows or sum(c.isdigit() or c in LIKE_DIGITS for c in follows) >= MOSTLY_DIGITS * len(follows)


def _before_prompt(slot: Slot, wording: str, sheet: Sheet, hit: Hit) -> tuple[int, int]:
    """Line and character of the label's end; a prompt that the wording ends in ("Đăng ký ngày") is the value's."""
    prompt = slot.item.prompts.split("…")[0].strip() if slot.item else ""
    if not prompt or not fold(wording).endswith(fold(prompt)):
        return hit.last_line, hit.end
    if hit.line != hit.last_line:
        return hit.line, len(sheet.texts[hit.line])
    start = sheet.texts[hit.line].rstrip().rfind(" ", hit.start, hit.end)
    return hit.line, start if start > hit.start else hit.end


def _size(length: int) -> float:
    """Factor on a label's weight for its letters, since longer labels say more: 1 for none, 2.5 from 24 letters on."""
    return 1.0 + min(length, LONGEST_COUNTED) / LENGTH_COUNTS


def _best_chain(
    sheet: Sheet, slots: Sequence[Slot], candidates: list[list[Anchor]], place: dict[int, int]
) -> tuple[list[Anchor], float]:
    events = sorted((a for group in candidates for a in group), key=lambda a: (place[a.line], a.start, a.slot))
    best = [0.0] * (len(slots) + 1)  # best[i]: the best chain of slots before i
    tail: list[int] = [-1] * (len(slots) + 1)
    value = [0.0] * len(events)
    before = [-1] * len(events)
    waiting: list[tuple[tuple[int, int], int]] = []
    done_in_row: dict[tuple[int, int], list[int]] = {}
    for n, event in enumerate(events):
        position = (place[event.line], event.start)
        while waiting and waiting[0][0] <= position:
            _, ready = heapq.heappop(waiting)
            _commit(events[ready].slot, value[ready], ready, best, tail)
            row = (slots[events[ready].slot].row, sheet.rows[events[ready].last_line])
            done_in_row.setdefault(row, []).append(ready)
        gain = event.weight * event.weight
        value[n], before[n] = best[event.slot] + gain, tail[event.slot]
        for other in done_in_row.get((slots[event.slot].row, sheet.rows[event.line]), ()):
            if events[other].slot < event.slot and value[other] + gain + SAME_ROW > value[n]:
                value[n], before[n] = value[other] + gain + SAME_ROW, other
        heapq.heappush(waiting, ((place[event.last_line], event.end), n))
    while waiting:
        _, ready = heapq.heappop(waiting)
        _commit(events[ready].slot, value[ready], ready, best, tail)
    chain, at = [], tail[-1]
    while at >= 0:
        chain.append(events[at])
        at = before[at]
    return chain[::-1], best[-1]


def _commit(slot: int, value: float, event: int, best: list[float], tail: list[int]) -> None:
    """Chains that end at `slot` serve every later slot. `best` never falls, so the loop stops early."""
    for i in range(slot + 1, bisect.bisect_left(best, value, lo=slot + 1)):
        best[i], tail[i] = value, event


def _without_answers(sheet: Sheet, slots: Sequence[Slot], chain: list[Anchor]) -> list[Anchor]:
    """The chain without prompts that belong to a labelled date's value ("Đến ngày: ngày 5 tháng 2 năm 2021")."""
    kept: list[Anchor] = []
    for a in chain:
        before = kept[-1] if kept else None
        if before is not None and slots[a.slot].role == "prompt" and slots[before.slot].role == "label":
            same_row = sheet.rows[before.last_line] == sheet.rows[a.line]
            tail = sheet.texts[before.last_line][before.end : a.start if before.last_line == a.line else None]
            if same_row and slots[before.slot].grammar in {"date", "date_words"} and not fold(tail):
                continue
        kept.append(a)
    return kept


def _strays(
    slots: Sequence[Slot],
    candidates: list[list[Anchor]],
    chain: list[Anchor],
    place: dict[int, int],
) -> list[Anchor]:
    """Slots that the chain missed because their labels stand out of order, nearby."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for a in chain:
        taken.setdefault(a.line, []).append((a.start, a.end if a.line == a.last_line else 10**6))
    have = {a.slot: a for a in chain}
    strays = []
    for n, slot in enumerate(slots):
        if n in have or slot.role == "text":
            continue
        low, high = _band(slots, have, n, place)
        free = [
            c
            for c in candidates[n]
            if low <= (place[c.line], c.start) <= high
            and not any(s < c.end and c.start < e for s, e in taken.get(c.line, ()))
            and (c.weight >= STRAY_WEIGHT * _size(len(fold(slot.wordings[0])) if slot.role != "prompt" else 0) * KEPT)
        ]
        if free:
            chosen = max(free, key=lambda c: (c.weight, -place[c.line], -c.start))
            have[n] = chosen
            taken.setdefault(chosen.line, []).append((chosen.start, max(chosen.end, chosen.start + 1)))
            strays.append(chosen)
    return strays


Position = tuple[int, int]


def _band(
    slots: Sequence[Slot], have: dict[int, Anchor], number: int, place: dict[int, int]
) -> tuple[Position, Position]:
    """Where a missed slot may stand: anywhere in its section, and in the rows next to its neighbours."""
    slot = slots[number]
    low, high = (-1, 0), (10**9, 0)
    if slot.heading:
        body = [a for n, a in have.items() if not slots[n].heading and slots[n].role == "label"]
        first = min(body, key=lambda a: place[a.line], default=None)
        return low, (place[first.line], 0) if first else high
    same = (slot.section, slot.block)
    earlier = [n for n in have if n < number and (slots[n].section, slots[n].block) != same and not slots[n].heading]
    later = [n for n in have if n > number and (slots[n].section, slots[n].block) != same]
    if earlier:
        low = (place[have[max(earlier)].line], have[max(earlier)].start)
    if later:
        high = (place[have[min(later)].line], have[min(later)].start)
    return low, high

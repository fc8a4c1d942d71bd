"""From read lines to fields: the labels of a form are found by their words, values by their labels.

`extract` guarantees: a field is reported only when its label (or its place below a caption, in a
column, at the head) was found; a label with nothing behind it gives an empty field; nothing is
taken from another field's place, and nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from pipeline.domain.geometry import bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.by_labels.meaning import is_label
from pipeline.forms.by_labels.read import read_by_labels
from pipeline.forms.by_labels.wording import Vocabulary, is_print, vocabulary
from pipeline.forms.card_fields import card_fields, is_card
from pipeline.forms.cleaning import joined, written
from pipeline.forms.definition import FormDefinition
from pipeline.forms.fields import UNREAD, ExtractedField, ExtractedRecord, Leaf, Place, by_name
from pipeline.forms.keys import HEAD, fold
from pipeline.forms.leaf import LeafFields, read_leaf
from pipeline.forms.registered_on import in_one_row, with_event_days
from pipeline.forms.sheet import Sheet
from pipeline.forms.two_readings import contradicted, doubted, reconciled
from pipeline.forms.whole_names import with_whole_names
from pipeline.values import legal_syllables, normalise
from pipeline.values.keys import canonical_tones

SAME_NAME = 70.0  # likeness (rapidfuzz) of the head's name on two pages, however each was read
THE_SAME = 90.0  # where the relationship written beside it does not say that it is the head's
APART = 2  # values of one person that another cannot have besides: such blocks are two people
NAME = re.compile(r"^(members\[\]\.)?full_name$")
ONCE = re.compile(r"\.(relationship_to_head|date_of_birth|sex|ethnicity|nationality|personal_id|old_national_id)$")
WRITTEN_ON = 120  # letters of a leaf that tells of somebody; by trial
MEMBERS = "members"  # the side of a book that lists people
MEMBER = re.compile(rf"{MEMBERS}\[(\d+)\]")  # a field that tells of one of them
FEW = 4  # times as many fields hold another block's person: such a block without a name is nobody's; by trial
IN_WORDS = re.compile(r"removed$|religion$|(.*_)?occupation$|place_of_|cause_of_death$|condition_of_child$")
"""Names of fields that no figure says: "01" is a trace of what stands beside."""
# Grammars of no printed word.
WRITTEN = frozenset({"name", "text", "address", "place", "ethnicity", "nationality", "religion"})
_WORD = re.compile(r"[^\W\d_]{2}")
NUMBERED, MOST_DIGITS = re.compile(r"\.(personal_id|old_national_id)$"), 14  # digits of one person's number
MOST_WORDS = 3  # of a name in which no surname comes twice
FEWEST_LETTERS = 4  # of a reason: "Chết"
COVER, OWNER = "cover", "owner"
ASKED = 2  # labels of an owner's page on a cover: more than its title and number
_OF_A_PERSON = re.compile(
    r"(mother|father|declarant)_|full_name|sex$|ethnicity|nationality|(date|place|time)_of_(birth|origin)|personal_id"
)
_NEXT_WORD = re.compile(r"\s[^\W\d_]{2}")
ACT = "page"  # the side of a register that holds acts, each a record of its own


def extract(
    definition: FormDefinition, leaves: Sequence[Leaf], before: int = 0, *, counted: bool = True
) -> tuple[ExtractedRecord, ...]:
    """The records on the leaves of one document: one for a paper, card or book, one for each act or entry of a
    register, in reading order. `before`: people of a household who stand on leaves that are not given, before these;
    `counted`: it is sure that they are so many.

    Leaves of sides that the form does not have are passed over. Never raises for what was read.
    """
    held = with_owner(definition, leaves)
    words = vocabulary(definition.type)
    read = [
        (leaf, _read(definition, leaf, number))
        for number, leaf in enumerate(held)
        if any(page.side == leaf.side for page in definition.pages)
    ]
    labels = sum(result.labels for _, result in read)
    label_share = round(sum(result.labels_seen for _, result in read) / labels, 4) if labels else 0.0
    shared = [f for leaf, result in read if leaf.side != ACT for f in result.fields]
    members = _members(read, shared, before, counted=counted)
    acts = [act for leaf, result in read if leaf.side == ACT for act in _acts(result, leaf.lines)]
    return tuple(
        ExtractedRecord(
            document_type=definition.type,
            form=definition.form,
            fields=tuple(
                _without_trace(_without_label_below(field, held, words))
                for field in by_name([*act, *shared, *members]).values()
            ),
            label_share=label_share,
        )
        for act in acts or [[]]
    )


def with_owner(definition: FormDefinition, leaves: Sequence[Leaf]) -> list[Leaf]:
    """The leaves, a book's cover as its owner's page where it has no other and the cover asks what that page asks."""
    if OWNER not in {page.side for page in definition.pages} or any(leaf.side == OWNER for leaf in leaves):
        return list(leaves)
    asked = [
        leaf.side == COVER and read_leaf(definition.page(OWNER), leaf, number).labels_seen >= ASKED
        for number, leaf in enumerate(leaves)
    ]
    first = asked.index(True) if any(asked) else None
    return [replace(leaf, side=OWNER) if number == first else leaf for number, leaf in enumerate(leaves)]


def _read(definition: FormDefinition, leaf: Leaf, number: int) -> LeafFields:
    """What both ways of reading give of a leaf."""
    page = definition.page(leaf.side)
    by_labels = read_by_labels(definition.type, page, leaf, number)
    if is_card(page):
        place = Place(sheet=Sheet(leaf.lines), leaf=number, page=leaf.page, part=leaf.part)
        by_labels.fields = card_fields(place, page, by_labels.fields)
    by_form = read_leaf(page, leaf, number)
    for way in (by_form, by_labels):
        way.fields = in_one_row(way.fields, leaf.lines)
    joined = reconciled(by_form, by_labels, form_leads=is_card(page))
    joined.fields = with_event_days(in_one_row(joined.fields, leaf.lines), leaf.lines)
    with_whole_names(joined, Sheet(leaf.lines))
    return joined


def _members(
    read: Sequence[tuple[Leaf, LeafFields]], shared: Sequence[ExtractedField], before: int, *, counted: bool
) -> list[ExtractedField]:
    """The members of a household, numbered in the order of the book but the head first, in doubt from the first one of
    whom it is not sure which one of the book it is."""
    people, sure = _people([block for _, result in read for block in result.members])
    ordered = _head_first(people)
    first = before - 1 if before and people and not _is_named(people[0]) else before  # the last of the file before
    apart = [map(contradicted, b) if mixed else b for b, mixed in zip(ordered, _mixed(ordered), strict=True)]
    members = [_placed(f, number) for number, block in enumerate(apart, start=first) for f in block]
    sure = min(sure, _first_nameless(people, first < before))
    moved = sure < len(people) and ordered[0] is not people[0]
    if not counted or moved or not _all_there(members, shared, read, before):
        sure = 0
    return [contradicted(f) if (number := _number(f)) is not None and number >= first + sure else f for f in members]


def _all_there(
    members: Sequence[ExtractedField],
    shared: Sequence[ExtractedField],
    read: Sequence[tuple[Leaf, LeafFields]],
    before: int,
) -> bool:
    """Whether nothing says that a member was not seen: who comes after one would be counted as another person.

    The first member is the head, by the name on the owner's page, or else by the relationship that is written; no leaf
    of members that is written on has none.
    """
    if any(_is_unread(leaf, result) for leaf, result in read):
        return False
    if before:
        return True
    written = {name: fold(f.text) for name, f in by_name([*shared, *members]).items() if f.text}
    relation = written.get("members[0].relationship_to_head", HEAD)
    first, head = written.get("members[0].full_name"), written.get("head_full_name")
    if first is None or head is None:
        return HEAD in relation
    return fuzz.ratio(first, head) >= (SAME_NAME if HEAD in relation else THE_SAME)


def _first_nameless(people: Sequence[Sequence[ExtractedField]], begun: bool) -> int:
    """How many people come before the first one whose name was not read and who may be half of another. `begun`: the
    file before named the first."""
    for place, block in enumerate(people[begun:], start=begun):
        beside = [*people[max(0, place - 1) : place], *people[place + 1 : place + 2]]
        if not _is_named(block) and not (beside and all(_apart(block, other) >= APART for other in beside)):
            return place
    return len(people)


def _apart(a: Sequence[ExtractedField], b: Sequence[ExtractedField]) -> int:
    """In how many fields that everybody has once, and in one line, each of two blocks has a value by its own ink."""
    first = {f.name: f for f in a if ONCE.search(f.name) and _is_valid(f)}
    return sum(f.name in first and not _same_ink(first[f.name], f) for f in b if _is_valid(f))


def _is_valid(field: ExtractedField) -> bool:
    normal = normalise(field.grammar, field.text)
    return normal.valid and bool(normal.value)


def _mixed(people: Sequence[Sequence[ExtractedField]]) -> list[bool]:
    """Whose values stand around another's name, of the members or the acts of these leaves: some are the other's.

    Rows of a table are told apart by its rules.
    """
    names = [f for block in people for f in block if NAME.search(f.name) and not f.empty]
    return [any(_surrounds(block, name) for name in names if name not in block) for block in people]


def _surrounds(block: Sequence[ExtractedField], name: ExtractedField) -> bool:
    """Whether unruled values of the block stand on all sides of the name, more than a line of writing away."""
    boxes = [bounds(f.box) for f in block if f.leaf == name.leaf and not f.empty and not f.support.ruled]
    x0, y0, x1, y1 = bounds(name.box)
    tall, across = y1 - y0, (x0 + x1) / 2
    above = any(box[3] < y0 - tall for box in boxes)
    below = any(box[1] > y1 + tall for box in boxes)
    return above and below and min(b[0] for b in boxes) < across < max(b[2] for b in boxes)


def _number(field: ExtractedField) -> int | None:
    """The member of whom the field tells; None where it tells of the household, as the home that a block names."""
    member = MEMBER.match(field.name)
    return int(member[1]) if member else None


def _is_unread(leaf: Leaf, result: LeafFields) -> bool:
    """Whether a leaf of members is written on and gave none."""
    letters = sum(c.isalpha() for line in leaf.lines for c in line.text)
    return leaf.side == MEMBERS and letters > WRITTEN_ON and not any(f.text for block in result.members for f in block)


def _acts(leaf: LeafFields, lines: Sequence[TextLine] = ()) -> list[list[ExtractedField]]:
    """The acts of a register page: its entries with what the page says for all of them, or the one act.

    No page says of all its acts who the mother is: that stands on another paper beside the register.
    """
    known = [[contradicted(f) if _is_part_of_a_name(f, lines) else f for f in entry] for entry in leaf.entries]
    entries = [map(doubted, e) if mixed else e for e, mixed in zip(known, _mixed(leaf.entries), strict=True)]
    if len(entries) < 2:
        return [[*entry, *leaf.fields] for entry in entries] or [leaf.fields]
    shared = [contradicted(f) if _OF_A_PERSON.match(f.name) else f for f in leaf.fields]
    return [[*entry, *shared] for entry in entries]


def _is_part_of_a_name(field: ExtractedField, lines: Sequence[TextLine]) -> bool:
    """Whether the line of a ruled cell goes on with another word right behind the name: "Lê Văn" of "Lê Văn Tuất"."""
    last = field.pieces[-1] if field.grammar == "name" and field.pieces else None
    if last is None or last.line >= len(lines) or lines[last.line].cell is None:
        return False
    return _NEXT_WORD.match(lines[last.line].text, last.end) is not None


def names_head(record: ExtractedRecord) -> bool:
    """Whether one of the members is written to be the head: the leaf is a book's first."""
    return any(f.name.startswith(f"{MEMBERS}[") and _is_head([f]) for f in record.fields)


def _people(blocks: Sequence[Sequence[ExtractedField]]) -> tuple[list[list[ExtractedField]], int]:
    """The people of these blocks, and how many of them come before the one beside whom writing was left over that is
    nobody's.

    A block that names nobody is the other half of its neighbour where the two do not ask the same; else it is a person
    whose name is not to be read, or too little to be one.
    """
    used = [list(b) for b in blocks if any(_in_use(f) for f in b)]
    most = max((_filled(b) for b in used), default=0)
    people: list[list[ExtractedField]] = []
    left_over: list[int] = []
    for block in used:
        last = people[-1] if people else None
        if last is not None and (_one_name(last, block) or _other_half(last, block)):
            people[-1] = _joined(last, block)
        elif _is_named(block) or _filled(block) * FEW > most:
            people.append(block)
        else:
            left_over.append(max(0, len(people) - 1))
    mixed = [n for n, block in enumerate(people) if _is_of_two(block)]
    return people, min([*left_over, *mixed], default=len(people))


def _is_of_two(block: Sequence[ExtractedField]) -> bool:
    """Whether what was read as one person is two whose columns ran together: a second surname, two numbers in one."""
    for field in block:
        words = field.text.lower().split()
        if field.name.endswith("].full_name") and len(words) > MOST_WORDS and words[0] in words[2:]:
            return True
        if NUMBERED.search(field.name) and sum(c.isdigit() for c in field.text) > MOST_DIGITS:
            return True
    return False


def _is_named(block: Sequence[ExtractedField]) -> bool:
    """Whether the block names somebody: "dấu)" is the end of what asks for a signature."""
    names = (f for f in block if f.name.endswith("].full_name") and not f.empty)
    return any(f.text.count(")") <= f.text.count("(") for f in names)


def _filled(block: Sequence[ExtractedField]) -> int:
    return sum(not f.empty for f in block)


def _one_name(a: Sequence[ExtractedField], b: Sequence[ExtractedField]) -> bool:
    """Whether both blocks are named by the same ink: two ways of reading parted one person differently."""
    return any(f.name.endswith("].full_name") and _same_ink(f, g) for f in a for g in b if g.name == f.name)


def _other_half(a: Sequence[ExtractedField], b: Sequence[ExtractedField]) -> bool:
    """Whether one block names nobody, and no field is filled in both, but from the same ink."""
    if _is_named(a) and _is_named(b):
        return False
    first = {f.name: f for f in a if not f.empty}
    return all(_same_ink(first[f.name], f) for f in b if not f.empty and f.name in first)


def _same_ink(a: ExtractedField, b: ExtractedField) -> bool:
    return (a.leaf, a.page, a.part) == (b.leaf, b.page, b.part) and not set(a.pieces).isdisjoint(b.pieces)


def _joined(a: Sequence[ExtractedField], b: Sequence[ExtractedField]) -> list[ExtractedField]:
    """One person of two halves; of a field that both have the filled one, and of two the fuller half's, in doubt."""
    lead, rest = (a, b) if _filled(a) > _filled(b) else (b, a)
    fields = {f.name: f for f in lead}
    for field in rest:
        known = fields.get(field.name)
        if known is None or (known.empty and not field.empty):
            fields[field.name] = field
        elif not field.empty and not _same_ink(known, field):
            fields[field.name] = contradicted(known)
    return list(fields.values())


def _head_first(people: Sequence[list[ExtractedField]]) -> list[list[ExtractedField]]:
    """The people in the order of the book, but the one head first."""
    heads = [b for b in people if _is_head(b)]
    if len(heads) != 1:
        return list(people)
    return [heads[0], *(b for b in people if b is not heads[0])]


def _without_label_below(field: ExtractedField, leaves: Sequence[Leaf], words: Vocabulary) -> ExtractedField:
    """The field without pieces at its end that are a label: the next one's, beside or below which nothing was found."""
    pieces, lines = field.pieces, leaves[field.leaf].lines
    if field.grammar not in WRITTEN or field.repeated is not None:
        return field
    while len(pieces) > 1 and is_label(lines[pieces[-1].line].text[pieces[-1].start : pieces[-1].end], words):
        pieces = pieces[:-1]
    if len(pieces) == len(field.pieces):
        return field
    boxes = [Sheet(lines).span_box(piece.line, piece.start, piece.end) for piece in pieces]
    box = rectangle(*bounds([(x, y) for x0, y0, x1, y1 in boxes for x, y in ((x0, y0), (x1, y1))]))
    text = written(joined(lines[piece.line].text[piece.start : piece.end] for piece in pieces))
    return replace(field, pieces=pieces, verbatim=text, box=box)


def _without_trace(field: ExtractedField) -> ExtractedField:
    """The field, in doubt where it holds no word although no figure can say what it asks for, and without a value where
    all it holds is printed wording."""
    said = field.name.rpartition(".")[2]
    if field.empty:
        return field
    if (field.grammar in WRITTEN and is_print(field.text, field.grammar)) or (said == "removed" and _is_scrap(field)):
        return replace(field, verbatim="", pieces=(), empty=True, notes=tuple(dict.fromkeys((*field.notes, UNREAD))))
    if IN_WORDS.match(said) and not _WORD.search(field.text):
        return replace(field, notes=tuple(dict.fromkeys((*field.notes, UNREAD))))
    return field


def _is_scrap(field: ExtractedField) -> bool:
    """Whether what stands for a reason is too little for one, or no word at all: a trace of a rule, of a stamp."""
    words = re.findall(r"[^\W\d_]+", field.text.lower())
    legal = [word for word in words if len(word) > 1 and canonical_tones(word) in legal_syllables()]
    return sum(map(len, words)) < FEWEST_LETTERS or not legal


def _placed(field: ExtractedField, number: int) -> ExtractedField:
    """The field of member `number`; books have one line for the old and the new number, 12 digits are the new."""
    name = field.name.replace("[]", f"[{number}]")
    if field.grammar == "old_national_id" and sum(c.isdigit() for c in field.text) == 12:
        return replace(field, name=name.replace("old_national_id", "personal_id"), grammar="personal_id")
    return replace(field, name=name)


def _in_use(field: ExtractedField) -> bool:
    """Whether the field shows that the block is in use: anything but the printed words CHỦ HỘ."""
    return not field.empty and not field.name.endswith("relationship_to_head")


def _is_head(block: Sequence[ExtractedField]) -> bool:
    return any(f.name.endswith("relationship_to_head") and HEAD in fold(f.text) for f in block)

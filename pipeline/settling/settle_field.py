"""From what stands on the paper to a field: readers compared, normal form chosen, evidence kept.

The value of a field is what the ink says. Where the first reader doubts, it reads the value once more by itself,
constrained to what the field allows, then further readers are asked. Where it is sure, but not so sure that nobody
needs to look, one of them is asked as a witness: it may say the same, and changes nothing. Another source on the same
paper (QR, MRZ, a date in words) may decide between readings of the ink, and adds what the ink alone does not give. It
never replaces a clear reading: a contradiction is a finding.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from pipeline.constraints.by_grammar import wording
from pipeline.domain.geometry import Quad, Transform
from pipeline.domain.model import FieldSource, FieldValue
from pipeline.domain.recognition import LexicalRecognizer, LineImage, Reading, Recognizer, ScoringRecognizer
from pipeline.forms.cleaning import joined
from pipeline.forms.definition import PLACES
from pipeline.forms.fields import ExtractedField
from pipeline.forms.sheet import Piece
from pipeline.gazetteer.people import has_surname
from pipeline.gazetteer.resolve import begins_inside_unit, ends_in_unit, has_units_unparted
from pipeline.read_image import ReadImage
from pipeline.read_page import Readers
from pipeline.settling.address_spelling import spelled_as_known
from pipeline.settling.ink import Written
from pipeline.settling.triage import Evidence
from pipeline.values import Normal, ascii_key, normalise
from pipeline.values.vocabularies import BEGINNINGS

"""Grammars of what names places."""
_SURE = 0.80  # a reading whose every character is at least so probable is not read again
_CERTAIN = 0.9998  # one whose every character is at least so probable needs no witness; by trial
_IN_DIGITS = frozenset(
    ("date", "year", "document_number", "book_number", "personal_id", "old_national_id", "identity_number")
)  # what a digit more or less makes another value of
# Grammars of many values: of those with few, the first reader by itself is as good as both.
_WITNESSED = frozenset(("name", "address", "place", "text", "date", "document_number", "book_number", "year"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderVote:
    """What one reader reads in one field. `least`, `mean`: character probabilities; `texts`: what each cut says."""

    reader: str
    verbatim: str
    normal: Normal
    least: float
    mean: float
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A field and the evidence for it; `votes[0]` is the reading that was taken."""

    field: FieldValue
    evidence: Evidence
    votes: tuple[ReaderVote, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether the ink alone leaves no doubt: every character sure, the value valid and usual."""
        return bool(self.votes) and self.field.value is not None and not _doubtful(self.votes[0])

    def options(self) -> tuple[str, ...]:
        """Values the ink can have: the taken one first, then other readings', then near legal ones."""
        values = [vote.normal.value for vote in self.votes]
        values += [c.value for vote in self.votes for c in vote.normal.candidates]
        return tuple(dict.fromkeys(v for v in values if v))


def written_in(extracted: ExtractedField, settled: Settled, images: Sequence[ReadImage]) -> Written | None:
    """The field's value and its ink; None where it has none, or its text is not the ink's own."""
    if extracted.repeated is not None or not settled.votes or settled.field.value is None:
        return None
    texts = settled.votes[0].texts
    if settled.field.source is not FieldSource.TEXT or len(texts) != len(extracted.pieces):
        return None
    return Written(texts, tuple(_cut(images[extracted.leaf], piece) for piece in extracted.pieces))


def retold(settled: Settled, grammar: str, texts: tuple[str, ...]) -> Settled:
    """The field with these texts of its cuts in place of those that were taken; how sure it is stays."""
    taken = settled.votes[0]
    if texts == taken.texts:
        return settled
    text = joined(texts)
    vote = replace(taken, texts=texts, verbatim=text, normal=normalise(grammar, text))
    before = _findings(grammar, taken.normal, lines=len(taken.texts))
    kept = (code for code in settled.field.findings if code not in before)
    findings = tuple(dict.fromkeys((*_findings(grammar, vote.normal, lines=len(texts)), *kept)))
    told = settled.field.evolve(value=vote.normal.value, verbatim=text, findings=findings)
    return replace(settled, field=told, votes=(vote, *settled.votes[1:]))


def settle(
    extracted: ExtractedField,
    images: Sequence[ReadImage],
    readers: Readers,
    *,
    label_score: float,
    several: bool = False,
) -> Settled:
    """The field, read by as many readers as its doubt requires. `images[i]` is leaf i of the document.

    `several`: the paper carries fields of this kind of more than one person or entry.
    """
    image = images[extracted.leaf]
    first = _first_vote(extracted, image, readers.primary.identity.name)
    heard = _heard(extracted, image, readers, first)
    chosen = heard.chosen
    others = [vote for vote in (*heard.rivals, *heard.witnesses) if not _abstains(vote)]
    agree = sum(_same(vote, chosen) for vote in others)
    findings = _findings(
        extracted.grammar, chosen.normal, around=extracted.support.unexplained, lines=len(chosen.texts)
    )
    findings = (*findings, "value.digits_differ") if heard.contested else findings
    evidence = Evidence(
        grammar=extracted.grammar,
        source=FieldSource.TEXT,
        length=len(chosen.verbatim),
        reader_min=chosen.least,
        reader_mean=chosen.mean,
        # Writing without a value is no empty place: nobody accepts it as one.
        valid=chosen.normal.valid and (chosen.normal.value is not None or chosen.normal.empty),
        usual=not findings,
        label_score=label_score,
        seconds_agree=agree,
        seconds_differ=len(others) - agree,
        empty=chosen.normal.empty,
        reader=chosen.reader,
        read_again=bool(heard.superseded) and not _same(first, chosen),
        several=several,
        support=extracted.support,
    )
    ordered = (chosen, *heard.rivals, *heard.superseded)
    return Settled(field=_field(extracted, image, ordered, findings), evidence=evidence, votes=ordered)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What readers made of a field: the vote that was taken, those that might have been, the first reader's vote where
    it was replaced by its second look, and those that are asked only whether they see the same. `contested`: a number
    of which the line and its own cut, both read without doubt, say different digits, or so many more; either may have
    lost one."""

    chosen: ReaderVote
    rivals: tuple[ReaderVote, ...] = ()
    superseded: tuple[ReaderVote, ...] = ()
    witnesses: tuple[ReaderVote, ...] = ()
    contested: bool = False


def _heard(extracted: ExtractedField, image: ReadImage, readers: Readers, first: ReaderVote) -> _Heard:
    doubtful = _doubtful(first)
    if not extracted.pieces or extracted.repeated is not None or (first.least >= _CERTAIN and not doubtful):
        return _Heard(first)
    # What the two ways of reading dispute is nobody's to confirm.
    witnessed = extracted.grammar in _WITNESSED and extracted.support.witness >= 0
    witnesses = readers.seconds[:1] if witnessed else ()
    spelled = extracted.grammar in PLACES and isinstance(readers.primary, ScoringRecognizer)
    in_digits = extracted.grammar in _IN_DIGITS and bool(image.cuts)
    if not (doubtful or witnesses or spelled or in_digits):
        return _Heard(first)
    cuts = [_cut(image, piece) for piece in extracted.pieces]
    if not doubtful:
        alone = _vote(extracted.grammar, readers.primary, cuts) if in_digits else first
        if alone.normal.value is not None and not _same(alone, first):
            return _Heard(first, rivals=(alone,), contested=True)
        votes = tuple(_vote(extracted.grammar, reader, cuts) for reader in witnesses)
        return _Heard(_as_known(extracted.grammar, first, cuts, readers), witnesses=votes)
    again = _read_again(extracted.grammar, readers.primary, cuts, first)
    heard = [again]
    for reader in readers.seconds:
        heard.append(_vote(extracted.grammar, reader, cuts))
        if _counts(heard).most_common(1)[0][1] > 1:
            break
    taken = _choose(heard)
    return _Heard(
        _as_known(extracted.grammar, taken, cuts, readers),
        rivals=tuple(vote for vote in heard if vote is not taken),
        superseded=() if again is first else (first,),
        contested=in_digits and not _same(first, taken) and _digits(first) != _digits(taken),
    )


def _digits(vote: ReaderVote) -> int:
    return sum(character.isdigit() for character in vote.verbatim)


def from_code(name: str, value: str, source: FieldSource, page: int, box: Quad) -> Settled:
    """A field that only a machine-readable code states. `box` is the code's, in scan pixels."""
    field = FieldValue(name=name, value=value, verbatim=value, page=page, box=box, source=source)
    evidence = Evidence(
        grammar="code",
        source=source,
        length=len(value),
        reader_min=1.0,
        reader_mean=1.0,
        valid=True,
        usual=True,
        label_score=1.0,
    )
    return Settled(field=field, evidence=evidence)


def prefer(settled: Settled, value: str, *, decisive: bool = False) -> Settled:
    """The field, given that another source on the paper states `value`.

    Where any reading of the ink has `value`, that reading is taken. A `decisive` source (a code, which decodes whole
    or not at all) is also taken where the ink was read with doubt and differs no more than a misreading explains.
    Otherwise the ink's own value stays, with `value` among the alternatives.
    """
    own = settled.field.value
    if own is not None and _key(own) == _key(value):
        return settled
    borne = any(_key(option) == _key(value) for option in settled.options())
    doubtful = settled.evidence.reader_min < _SURE and _near(own or settled.field.verbatim, value)
    others = [a for a in settled.field.alternatives if a[0] != value]
    if borne or (decisive and doubtful):
        if own is not None:
            others.insert(0, (own, round(settled.evidence.reader_mean, 4)))
        evidence = replace(settled.evidence, valid=True)
        return replace(settled, field=settled.field.evolve(value=value, alternatives=tuple(others)), evidence=evidence)
    return replace(settled, field=settled.field.evolve(alternatives=((value, 0.5), *others)))


def _first_vote(extracted: ExtractedField, image: ReadImage, reader: str) -> ReaderVote:
    probabilities = [
        c.probability
        for piece in extracted.pieces
        for c in image.lines[piece.line].readings[0].characters[piece.start : piece.end]
    ]
    least, mean = _probabilities(probabilities)
    normal = normalise(extracted.grammar, extracted.text)
    texts = tuple(image.lines[p.line].text[p.start : p.end].strip() for p in extracted.pieces)
    return ReaderVote(reader=reader, verbatim=extracted.text, normal=normal, least=least, mean=mean, texts=texts)


def _read_again(grammar: str, reader: Recognizer, cuts: Sequence[LineImage], first: ReaderVote) -> ReaderVote:
    """The reader's vote on the value cut out of its line, constrained to the wordings the field allows.

    It costs little and replaces the reader's first vote where it gives a valid value, so agreement of the two counts
    for nothing.
    """
    if not isinstance(reader, LexicalRecognizer):
        return first
    again = _vote(grammar, reader, cuts)
    return again if again.normal.value is not None and again.normal.valid else first


def _as_known(grammar: str, vote: ReaderVote, cuts: Sequence[LineImage], readers: Readers) -> ReaderVote:
    """Of an address the vote with the unit names that ink and gazetteer together make likeliest; of others the vote."""
    reader = readers.primary
    if grammar not in PLACES or not isinstance(reader, ScoringRecognizer) or len(vote.texts) != len(cuts):
        return vote
    texts = spelled_as_known(Written(vote.texts, tuple(cuts)), reader)
    if texts == vote.texts:
        return vote
    text = joined(texts)
    return replace(vote, verbatim=text, normal=normalise(grammar, text), texts=texts)


def _vote(grammar: str, reader: Recognizer, cuts: Sequence[LineImage]) -> ReaderVote:
    """What the reader reads; constrained to the wordings the field allows where the reader can and the value is better.

    The probabilities are always those of the unconstrained reading: a constraint makes nothing surer.
    """
    words = wording(grammar)
    name = reader.identity.name
    if words is None or not isinstance(reader, LexicalRecognizer):
        readings = reader.read(cuts)
        return _vote_of(grammar, name, [r.text for r in readings], readings)
    readings = reader.read_as(cuts, words)
    plain = _vote_of(grammar, name, [r.text for r in readings], readings)
    likely = _vote_of(grammar, name, [r.alternatives[0][0] if r.alternatives else r.text for r in readings], readings)
    better = likely.normal.value is not None and likely.normal.valid
    if len(cuts) > 1 and plain.normal.valid and not plain.normal.findings:
        better = False  # a word that a narrow cell broke: what stands in one line is no word of its own
    return likely if better or plain.normal.value is None else plain


_NUMBER_BEFORE = re.compile(r"\d{1,2} [^\W\d_]{2}")  # "39 Thợ mộc": an age beside a trade
_LETTERS_OF_NO_WORD = 2
_DAY_OR_MONTH = re.compile(r"\b(?:ngày|tháng)\b", re.IGNORECASE)


def _vote_of(grammar: str, reader: str, texts: Sequence[str], readings: Sequence[Reading]) -> ReaderVote:
    stripped = tuple(t.strip() for t in texts)
    text = joined(stripped)
    least, mean = _probabilities([c.probability for r in readings for c in r.characters])
    normal = normalise(grammar, text)
    return ReaderVote(reader=reader, verbatim=text, normal=normal, least=least, mean=mean, texts=stripped)


def _probabilities(values: Sequence[float]) -> tuple[float, float]:
    """The least, and the geometric mean. Where nothing was read 0.5: neither sure nor doubtful."""
    if not values:
        return 0.5, 0.5
    clipped = [min(1.0, max(1e-6, v)) for v in values]
    return min(clipped), math.exp(sum(map(math.log, clipped)) / len(clipped))


def _doubtful(vote: ReaderVote) -> bool:
    return vote.least < _SURE or not vote.normal.valid or bool(vote.normal.findings)


def _findings(grammar: str, normal: Normal, *, around: int = 0, lines: int = 1) -> tuple[str, ...]:
    """The normal form's findings; that a name begins with no surname, an address ends in no unit, a trade or a place
    after its first syllable, that nothing parts two units on a line, that of a date only month and year are left or,
    where its words or letters around it are nobody's, the year alone: parts may be lost."""
    if normal.value is None:
        return normal.findings
    if grammar == "name" and not has_surname(normal.value):
        return (*normal.findings, "name.no_surname")
    if normal.date is not None and _lacks_its_day(grammar, normal.date.precision, normal.verbatim, around):
        return (*normal.findings, "date.day_missing")
    if grammar == "text" and _NUMBER_BEFORE.match(normal.value):
        return (*normal.findings, "value.number_before")
    if (grammar == "text" and _is_cut(normal.value)) or (grammar in PLACES and " " not in normal.value):
        return (*normal.findings, "value.cut_short")
    if grammar in PLACES and not ends_in_unit(normal.value):
        return (*normal.findings, "place.open_end")
    if grammar in PLACES and begins_inside_unit(normal.value):
        return (*normal.findings, "place.open_start")
    if grammar in PLACES and lines == 1 and has_units_unparted(normal.value):
        return (*normal.findings, "place.separator_missing")
    return normal.findings


def _is_cut(text: str) -> bool:
    """Whether this is no more than the first syllable of a longer word, or two letters of one."""
    return text.casefold() in BEGINNINGS or (text.isalpha() and len(text) <= _LETTERS_OF_NO_WORD)


def _lacks_its_day(grammar: str, precision: str, verbatim: str, around: int) -> bool:
    if precision == "year" and _DAY_OR_MONTH.search(verbatim):
        return True
    return grammar == "date" and (precision == "month" or (precision == "year" and around > 0))


def _abstains(vote: ReaderVote) -> bool:
    return vote.normal.value is None and not vote.normal.empty


def _same(a: ReaderVote, b: ReaderVote) -> bool:
    return a.normal.value == b.normal.value and a.normal.empty == b.normal.empty


def _counts(votes: Sequence[ReaderVote]) -> Counter[str | None]:
    return Counter(vote.normal.value for vote in votes)


def _choose(votes: Sequence[ReaderVote]) -> ReaderVote:
    """The value that most votes have among valid ones; between equals the surer reading.

    A place is empty only where no reader saw writing that means something.
    """
    counts = _counts(votes)
    return max(
        votes,
        key=lambda vote: (
            vote.normal.value is not None and vote.normal.valid,
            not vote.normal.empty,
            counts[vote.normal.value],
            not vote.normal.findings,
            vote.mean,
        ),
    )


def _cut(image: ReadImage, piece: Piece) -> LineImage:
    """The piece's own part of its line image: all that lies between its neighbours' characters.

    The first reader may have missed a letter at either end, so its own places there count for nothing.
    """
    line, cut = image.lines[piece.line], image.cuts[piece.line]
    characters = line.readings[0].characters
    left = characters[piece.start - 1].end if 0 < piece.start <= len(characters) else 0.0
    right = characters[piece.end].start if piece.end < len(characters) else float(cut.pixels.shape[1])
    x0 = max(0, math.floor(left))
    x1 = max(x0 + 1, math.ceil(right))
    return LineImage(pixels=cut.pixels[:, x0:x1], to_upright=cut.to_upright @ Transform.shift(x0, 0))


def _field(extracted: ExtractedField, image: ReadImage, votes: Sequence[ReaderVote], read: Sequence[str]) -> FieldValue:
    chosen = votes[0]
    alternatives: dict[str, float] = {}
    for other in votes[1:]:
        value = other.normal.value
        if value and value != chosen.normal.value:
            alternatives.setdefault(value, round(other.mean, 4))
    for candidate in chosen.normal.candidates[:4]:
        alternatives.setdefault(candidate.value, round(0.5 / (1.0 + candidate.cost), 4))
    findings = [
        *read,
        *(f"field.{note}" for note in extracted.notes if note != "ditto"),
    ]
    if any(image.lines[piece.line].crosses for piece in extracted.pieces):
        findings.append("field.crosses_rule")
    if "ditto" in extracted.notes:
        findings.append("value.ditto")
    return FieldValue(
        name=extracted.name,
        value=chosen.normal.value,
        verbatim=extracted.verbatim if extracted.repeated is not None else chosen.verbatim,
        page=extracted.page,
        box=image.image.to_scan.quad(extracted.box),
        alternatives=tuple(alternatives.items()),
        findings=tuple(dict.fromkeys(findings)),
    )


def _key(value: str) -> str:
    return " ".join(value.split()).casefold()


def _near(a: str, b: str) -> bool:
    """Whether two wordings differ by no more than a careless reading explains."""
    return Levenshtein.normalized_similarity(ascii_key(a), ascii_key(b)) >= 0.7

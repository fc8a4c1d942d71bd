"""What the register teaches of a hand that nobody reviewed, where some of what it says is wrong on purpose."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.adapt import Model, read_manifest
from ocr_models.adaptation.ink_agrees import agreeing
from ocr_models.adaptation.lines import CorrectedLine, samples_of
from ocr_models.adaptation.teach import ROUNDS, ProposedLine, teach
from ocr_models.adaptation.tuning import Recipe
from ocr_models.workshop.adapting.measure import Book, figures, folder_of, read_lines

WRONG = 0.08
_UNLIKE = 0.4  # of a word's letters: nearer words are one another's misreadings


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A line, what stands in it, and what a register says of it; `fault` says how it is wrong, "" where it is right."""

    line: CorrectedLine
    registered: str
    fault: str


def entries_of(lines: Sequence[CorrectedLine], *, wrong: float = WRONG, seed: int = 1) -> list[Entry]:
    """What a register would say of these lines: the truth, but for a share that is wrong on purpose. Faults come in
    turns: another line's text; one word that is another; one digit that is another."""
    rng = Random(seed)
    chosen = rng.sample(range(len(lines)), round(wrong * len(lines)))
    words = sorted({word for line in lines for word in line.text.split()})
    turns: list[tuple[str, Callable[[str], str | None]]] = [
        ("line", lambda text: _other_line(text, lines)),
        ("word", lambda text: _other_word(text, words, rng)),
        ("digit", lambda text: _other_digit(text, rng)),
    ]
    said: dict[int, tuple[str, str]] = {}
    for turn, place in enumerate(chosen):
        for fault, change in (*turns[turn % 3 :], *turns[: turn % 3]):
            text = change(lines[place].text)
            if text is not None:
                said[place] = (text, fault)
                break
    return [Entry(line, *said.get(place, (line.text, ""))) for place, line in enumerate(lines)]


def _other_line(text: str, lines: Sequence[CorrectedLine]) -> str | None:
    others = [line.text for line in lines if line.text != text]
    return min(others, key=lambda other: abs(len(other) - len(text)), default=None)


def _other_word(text: str, words: Sequence[str], rng: Random) -> str | None:
    own = text.split()
    place = rng.randrange(len(own))
    word = own[place]
    others = [
        other
        for other in words
        if abs(len(other) - len(word)) <= 1 and Levenshtein.normalized_distance(other, word) > _UNLIKE
    ]
    return " ".join([*own[:place], rng.choice(others), *own[place + 1 :]]) if others else None


def _other_digit(text: str, rng: Random) -> str | None:
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    if not places:
        return None
    place = rng.choice(places)
    return text[:place] + rng.choice([digit for digit in "0123456789" if digit != text[place]]) + text[place + 1 :]


def measure_teaching(
    name: str,
    book: Book,
    *,
    weights: Path | None,
    recipe: Recipe | None = None,
    passes: Sequence[int] = ROUNDS,
    wrong: float = WRONG,
) -> Iterator[str]:
    """Rows of a Markdown table (`HEADER`): the book read by the base, and by the model that the register taught."""
    base = Model.load(weights)
    entries = entries_of(book.corrected, wrong=wrong)
    proposed = [
        ProposedLine(CorrectedLine(entry.line.image, entry.registered), f"line {number}")
        for number, entry in enumerate(entries)
    ]
    made = teach([], proposed=proposed, base=base, recipe=recipe, passes=passes)
    new = Model.of(made.weights, read_manifest(made.manifest))
    before = figures(read_lines(weights, book.further), book.further)
    yield f"| {name} | base | | {before} | {_seen(base, entries)} | | |"
    with tempfile.TemporaryDirectory() as scratch:
        read = read_lines(weights, book.further, book=folder_of(Path(scratch, "taught"), made))
    facts = made.facts
    printed, held = facts["printed_cer"], facts["held_out_cer"]
    yield (
        f"| {name} | taught ({made.verdict}, share {facts['share']}) | {facts['believed']} of {len(entries)} | "
        f"{figures(read, book.further)} | {_seen(new, entries)} | {held['base']:.1f} → {held['new']:.1f}; "
        f"{printed['base']:.2f} → {printed['new']:.2f} | {facts['cpu_seconds']:.0f} |"
    )


HEADER = (
    "| book | reader | lines believed in each pass | CER % of further lines | exact % | wrong entries found: other "
    "line, word, digit | right entries doubted % | held-out CER %; print CER % | CPU s |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def _seen(model: Model, entries: Sequence[Entry]) -> str:
    """Wrong entries that the ink contradicts, by kind of fault, and right ones that it does not bear out."""
    lines = [CorrectedLine(entry.line.image, entry.registered) for entry in entries]
    usable = [
        (entry, sample)
        for entry, sample in zip(entries, samples_of(lines, model.manifest.characters), strict=True)
        if sample is not None
    ]
    believed = agreeing(model.parameters, [sample for _, sample in usable], rivals=())
    found: dict[str, list[bool]] = {"line": [], "word": [], "digit": [], "": []}
    for (entry, _), believes in zip(usable, believed, strict=True):
        found[entry.fault].append(not believes)
    told = ", ".join(f"{sum(found[fault])}/{len(found[fault])}" for fault in ("line", "word", "digit"))
    return f"{told} | {100 * sum(found['']) / max(1, len(found[''])):.0f}"

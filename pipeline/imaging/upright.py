"""Which way is up: a few text runs are read as they stand and upside down.

The cheaper question (do lines run across or down?) is answered by the ink alone; this one needs a
reader, because a page of capitals and digits looks much the same both ways. Undecided stays undecided.
"""

from __future__ import annotations

import unicodedata

import numpy as np

from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage, Reading, Recognizer
from pipeline.imaging.runs import TextRun, cut_run
from pipeline.imaging.warp import Pixels, quarter_turn, turned
from pipeline.values.syllables import legal_syllables

# Scores are `plausibility`; a lead is the sum over runs of the upright score less the flipped one. All by trial.
_CLEAR = 0.72  # score of a run read one way that makes reading it the other way needless
_ENOUGH = 0.5  # lead at which no further run is read
_LEAST = 0.22  # lead below which the readings do not decide
_FEW = 4  # letters and digits below which a reading says nothing
_DIGITS_COUNT = 0.3  # of a letter in a word: 1961 is a number either way up
_GUESSED_BY = 3  # runs whose ink decides which way is read first; for speed
_BODY = 0.5  # of the fullest row's ink: rows with more are the small letters' body


def vote_by_reading(
    scan: Pixels, runs: list[TextRun], level_to_scan: Transform, reader: Recognizer
) -> tuple[bool | None, float, float]:
    """Whether the page is upside down: its runs are read one by one, both ways, until one way is clearly ahead.

    None when the readings do not decide; the best `plausibility` that was read; and by how much one way is ahead.
    `level_to_scan` leads from the view on which the runs lie level to the scan.
    """
    lead, best = 0.0, 0.0
    guess_flipped = _looks_flipped(scan, runs, level_to_scan)
    for run in runs:
        line, to_scan = cut_run(scan, run, level_to_scan)
        guessed = _score(line, to_scan, reader, flip=guess_flipped)
        other = 0.0 if guessed >= _CLEAR else _score(line, to_scan, reader, flip=not guess_flipped)
        lead += (other - guessed) if guess_flipped else (guessed - other)
        best = max(best, guessed, other)
        if abs(lead) >= _ENOUGH:
            break
    return (lead < 0 if abs(lead) >= _LEAST else None), best, abs(lead)


def plausibility(reading: Reading) -> float:
    """How much a reading looks like Vietnamese text, 0 to 1.

    Mean probability of its letters and digits, times the share of them that stand in words of legal
    Vietnamese syllables or in numbers. A line read upside down gives letters, but hardly syllables.
    """
    marks = [c for c in reading.characters if c.text.isalnum()]
    if len(marks) < _FEW:
        return 0.0
    sure = float(np.mean([c.probability for c in marks]))
    legal = legal_syllables()
    good = 0.0
    for word in _words(reading.text):
        if len(word) > 1 and word.isdigit():
            good += _DIGITS_COUNT * len(word)
        elif len(word) > 1 and word.lower() in legal:
            good += len(word)
    return sure * min(1.0, good / len(marks))


def _words(text: str) -> list[str]:
    cleaned = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", text))
    return cleaned.split()


def _score(line: Pixels, to_scan: Transform, reader: Recognizer, *, flip: bool) -> float:
    if flip:
        height, width = line.shape
        to_scan = to_scan @ quarter_turn(180, width, height)
        line = turned(line, 180)
    return plausibility(reader.read([LineImage(pixels=line, to_upright=to_scan)])[0])


def _looks_flipped(scan: Pixels, runs: list[TextRun], level_to_scan: Transform) -> bool:
    """A guess at which way to read first: Vietnamese has more ink above its small letters than below."""
    balance = 0.0
    for run in runs[:_GUESSED_BY]:
        line, _ = cut_run(scan, run, level_to_scan)
        rows = (float(np.percentile(line, 90)) - line.astype(np.float32)).clip(0).sum(axis=1)
        total = rows.sum()
        if total <= 0:
            continue
        body = np.flatnonzero(rows > _BODY * rows.max())
        balance += float(rows[: body[0]].sum() - rows[body[-1] + 1 :].sum()) / total
    return balance < 0

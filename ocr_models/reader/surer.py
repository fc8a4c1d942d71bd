"""Which of two networks reads a line of a book: the base, or that which learnt the book's hand.

A network tuned to a hand reads that hand far better and print worse, and each tells by its own probabilities which line
is its own. So neither need be held back for the other's sake (docs/decisions/0068-a-books-model-beside-the-base.md).
"""

from __future__ import annotations

SURE = 0.9
"""Geometric mean of the character probabilities from which the base's reading of a line stands."""


def is_believed(*, base: float, book: float) -> bool:
    """Whether the book's network reads the line: the base is not sure of it, and less so than the book's is."""
    return base < SURE and base < book

"""Confidence intervals of a share counted on a sample: exact, since errors are few and normal approximations fail
then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = 200
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share as counted, and the bounds of the true one.

    `share` is None where nothing was looked at: then nothing is known, and the bounds are 0 and 1.
    """

    found: int
    of: int
    share: float | None
    low: float
    high: float

    def above(self, promise: float) -> bool:
        """Whether the true share is above `promise`, with the interval's confidence."""
        return self.low > promise

    def within(self, promise: float) -> bool:
        """Whether the true share is at most `promise`, with the interval's confidence. When neither this nor `above`
        holds, the sample is too small to tell.
        """
        return self.of > 0 and self.high <= promise


def exact_interval(count: int, of: int, *, confidence: float = 0.95) -> Interval:
    """`count` of `of`, with the two-sided interval of Clopper and Pearson (1934).

    It holds the true share in at least `confidence` of all samples, however rare the event is. Raises ValueError for
    impossible counts.
    """
    if not 0 <= count <= of or not 0.0 < confidence < 1.0:
        raise ValueError("cannot be counts of a sample")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if count == 0 else _beta_quantile(tail, count, of - count + 1)
    high = 1.0 if count == of else _beta_quantile(1.0 - tail, count + 1, of - count)
    return Interval(found=count, of=of, share=count / of if of else None, low=low, high=high)


def _beta_quantile(p: float, a: int, b: int) -> float:
    """The value below which a beta variable lies with probability `p`, by bisection: slow, but always right."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if _beta_cdf(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _beta_cdf(x: float, a: int, b: int) -> float:
    """The regularised incomplete beta function."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1.0) / (a + b + 2.0):
        return math.exp(log_front) * _fraction(x, a, b) / a
    return 1.0 - math.exp(log_front) * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: int, b: int) -> float:
    """The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, 10_000):
        for step in (m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))):  # fmt: skip
            d = 1.0 + step * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + step / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1.0) < 1e-14:
            break
    return value

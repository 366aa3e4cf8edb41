"""How far two people who judge the same things agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return Cohen's kappa (1960, doi:10.1177/001316446002000104): agreement beyond chance, at most 1.

    It is 1 where both say one and the same thing of everything, and NaN where there is nothing.

    >>> round(cohen_kappa("yyynn", "yynnn"), 5)
    0.61538
    """
    count = len(first)
    if count == 0:
        return float("nan")
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / count
    left, right = Counter(first), Counter(second)
    by_chance = sum(left[said] * right[said] for said in left) / count**2
    return 1.0 if by_chance == 1 else (observed - by_chance) / (1 - by_chance)

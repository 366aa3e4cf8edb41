"""How far two people who judge the same things agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

from yuanli.learning.examples import Span


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


def span_agreement(first: Sequence[Sequence[Span]], second: Sequence[Sequence[Span]]) -> float:
    """Return the micro F1 of one person's spans measured by another's, 0–1: type and place must be equal.

    It is 1 where neither marked anything (Hripcsak and Rothschild 2005, doi:10.1197/jamia.M1733).

    >>> span_agreement([[Span(0, 2, "a"), Span(3, 5, "b")]], [[Span(0, 2, "a")]])
    0.6666666666666666
    """
    same = sum(len(set(a) & set(b)) for a, b in zip(first, second, strict=True))
    marked = sum(len(set(spans)) for spans in (*first, *second))
    return 2 * same / marked if marked else 1.0

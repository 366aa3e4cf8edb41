"""How far two people who mark intervals in time agree: by sample, by interval, and by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

MATCH_IOU = 0.5
"""Two intervals are the same from this share of their union on."""


class TimeSpan(NamedTuple):
    """A half-open span of time with a label; both ends in one unit, such as µs."""

    start: int
    end: int
    label: str


class LabelledWindow(NamedTuple):
    """A window of time with what two people marked in it."""

    start: int
    end: int
    first: Sequence[TimeSpan]
    second: Sequence[TimeSpan]


def interval_f1(windows: Iterable[LabelledWindow], *, iou: float = MATCH_IOU) -> float:
    """Return the micro F1 of one person's intervals measured by the other's, 0–1.

    Two match that have one label and overlap by at least `iou` of their union, each with one other at most, the
    best first. It is 1 where neither marked anything.

    >>> one, other = [TimeSpan(0, 10, "on")], [TimeSpan(0, 8, "on"), TimeSpan(20, 30, "on")]
    >>> round(interval_f1([LabelledWindow(0, 40, one, other)]), 3)
    0.667
    """
    matched = marked = 0
    for window in windows:
        matched += len(_matches(window.first, window.second, iou))
        marked += len(window.first) + len(window.second)
    return 2 * matched / marked if marked else 1.0


def interval_iou(windows: Iterable[LabelledWindow]) -> float:
    """Return how much of the time that either labelled both labelled alike, 0–1; 1 where neither labelled any.

    >>> interval_iou([LabelledWindow(0, 40, [TimeSpan(0, 10, "on")], [TimeSpan(5, 10, "on")])])
    0.5
    """
    both = either = 0
    for window in windows:
        for length, one, other in _pieces(window):
            both += length * len(one & other)
            either += length * len(one | other)
    return both / either if either else 1.0


def interval_kappa(windows: Iterable[LabelledWindow], step: int) -> float:
    """Return Cohen's kappa (1960, doi:10.1177/001316446002000104) of what both say of samples `step` apart.

    Samples begin with each window; what is said of one is the set of labels that cover it. It is 1 where both say
    one and the same thing of everything, and NaN where there is no sample.

    >>> first, second = [TimeSpan(0, 50, "on")], [TimeSpan(0, 25, "on")]
    >>> round(interval_kappa([LabelledWindow(0, 100, first, second)], 1), 3)
    0.5
    """
    cells: Counter[tuple[frozenset[str], frozenset[str]]] = Counter()
    for window in windows:
        at = window.start
        for length, one, other in _pieces(window):
            before, at = at, at + length
            cells[one, other] += _samples(window.start, at, step) - _samples(window.start, before, step)
    total = sum(cells.values())
    if total == 0:
        return float("nan")
    left: Counter[frozenset[str]] = Counter()
    right: Counter[frozenset[str]] = Counter()
    for (one, other), count in cells.items():
        left[one] += count
        right[other] += count
    observed = sum(count for (one, other), count in cells.items() if one == other) / total
    by_chance = sum(left[said] * right[said] for said in left) / total**2
    return 1.0 if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


def same_intervals(first: Sequence[TimeSpan], second: Sequence[TimeSpan], tolerance: int) -> bool:
    """Tell whether both marked the same, their edges at most `tolerance` apart.

    >>> same_intervals([TimeSpan(0, 10, "on")], [TimeSpan(1, 9, "on")], 1)
    True
    """
    if len(first) != len(second):
        return False
    pairs = zip(sorted(first, key=_by_label), sorted(second, key=_by_label), strict=True)
    return all(
        one.label == other.label
        and abs(one.start - other.start) <= tolerance
        and abs(one.end - other.end) <= tolerance
        for one, other in pairs
    )


def _by_label(span: TimeSpan) -> tuple[str, int, int]:
    return span.label, span.start, span.end


def _matches(first: Sequence[TimeSpan], second: Sequence[TimeSpan], iou: float) -> list[tuple[int, int]]:
    shares = [
        (share, i, j)
        for i, one in enumerate(first)
        for j, other in enumerate(second)
        if one.label == other.label and (share := _iou(one, other)) >= iou and share > 0
    ]
    matched: list[tuple[int, int]] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in sorted(shares, key=lambda found: (-found[0], found[1], found[2])):
        if i not in used[0] and j not in used[1]:
            matched.append((i, j))
            used[0].add(i)
            used[1].add(j)
    return matched


def _iou(one: TimeSpan, other: TimeSpan) -> float:
    both = min(one.end, other.end) - max(one.start, other.start)
    return max(both, 0) / (max(one.end, other.end) - min(one.start, other.start) if both > 0 else 1)


def _pieces(window: LabelledWindow) -> Iterable[tuple[int, frozenset[str], frozenset[str]]]:
    """Yield how long the window stays the same, and what either says of that time, from its start to its end."""
    edges = {window.start, window.end}
    for span in (*window.first, *window.second):
        edges |= {edge for edge in (span.start, span.end) if window.start < edge < window.end}
    ordered = sorted(edges)
    for start, end in pairwise(ordered):
        yield end - start, _said(window.first, start), _said(window.second, start)


def _said(spans: Sequence[TimeSpan], at: int) -> frozenset[str]:
    return frozenset(span.label for span in spans if span.start <= at < span.end)


def _samples(start: int, end: int, step: int) -> int:
    """Return how many samples lie in `[start, end)`, the first at `start`."""
    return -(-(end - start) // step)

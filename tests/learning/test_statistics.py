from __future__ import annotations

import pytest

from yuanli.learning import Example, Span, describe, write_statistics
from yuanli.learning.statistics import statistics_rows

SOME = [
    Example(text="去A座", label="go", spans=(Span(1, 3, "place"),), language="zh", tags=frozenset({"typo"})),
    Example(text="去b座", label="go", spans=(Span(1, 3, "place"),), made_by="case", context="去哪？"),
    Example(text="Book a room", label="book", language="en"),
    Example(text="go", label="go"),
]


def test_the_counts_by_hand() -> None:
    found = describe(SOME)
    assert (found.count, found.labels, found.languages) == (4, {"go": 3, "book": 1}, {"en": 2, "zh": 2})
    assert (found.span_types, found.conditions) == ({"place": 2}, {"typo": 1})
    assert (found.lengths.least, found.lengths.median, found.lengths.most) == (2, 3.0, 11)
    assert found.words == len({"去", "a", "座", "b", "book", "room", "go"})
    assert (found.spans_per_example, found.augmented, found.contexts, found.imbalance) == (
        0.5,
        0.25,
        0.25,
        3.0,
    )
    assert found.evenness == pytest.approx(0.8113, abs=1e-4)


def test_nothing_is_described_too() -> None:
    assert describe([]).count == 0


def test_the_text_is_in_either_language() -> None:
    found = describe(SOME)
    assert write_statistics(found).splitlines()[0] == "examples: 4"
    assert write_statistics(found, language="zh").splitlines()[0] == "例句: 4"
    assert "  go: 3" in write_statistics(found)
    assert all(name.zh != name.en for name, _ in statistics_rows(found))

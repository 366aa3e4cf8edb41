"""The headline scores of outcomes with their intervals, and what two models' differ by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.metrics import (
    ClassScore,
    Comparison,
    Rows,
    Score,
    Statistic,
    bootstrap,
    compare,
    share,
    span_f1,
)
from yuanli.learning.reporting.outcomes import Outcome

LOWER_IS_BETTER = frozenset({"rmse", "mae"})
Measure = tuple[Rows, Statistic]


def measures_of(outcomes: Sequence[Outcome], names: Mapping[str, int] | None = None) -> dict[str, Measure]:
    """Return the rows and the statistic of each score that outcomes have a truth for.

    Parameters
    ----------
    outcomes
        Of one model.
    names
        Numbers of the labels, where rows are to be compared with those of another model.
    """
    found: dict[str, Measure] = {}
    labelled = [o for o in outcomes if o.truth is not None]
    if labelled:
        names = names or label_numbers(labelled)
        rows = np.array([(names[o.truth or ""], names[o.said or ""]) for o in labelled])
        found["accuracy"] = rows, lambda rows: share(rows[:, 0] == rows[:, 1])
        found["macro_f1"] = rows, _macro_f1(len(names))
    if any(o.spans[2] for o in outcomes):
        found["spans"] = np.array([o.spans for o in outcomes]), span_f1
        found["exact"] = np.array([o.right for o in outcomes]), share
    numbers = [(o.target, o.number) for o in outcomes if o.target is not None and o.number is not None]
    if numbers:
        pairs = np.array(numbers, dtype=np.float64)
        found |= {"rmse": (pairs, rmse), "mae": (pairs, mae), "spearman": (pairs, spearman)}
    ranks = np.array([o.rank for o in outcomes if o.rank is not None])
    if len(ranks):
        found["recall_at_1"] = ranks, lambda ranks: share(ranks <= 1)
        found["recall_at_5"] = ranks, lambda ranks: share(ranks <= 5)
        found["mrr"] = ranks, lambda ranks: float((1 / ranks).mean())
    return found


def headline_scores(outcomes: Sequence[Outcome], *, rounds: int, seed: int) -> dict[str, Score]:
    """Return each score with its 95 % bootstrap interval."""
    return {
        name: bootstrap(rows, statistic, rounds=rounds, seed=seed)
        for name, (rows, statistic) in measures_of(outcomes).items()
    }


def compare_outcomes(
    first: Sequence[Outcome], second: Sequence[Outcome], *, rounds: int = 2000, seed: int = 0
) -> dict[str, Comparison]:
    """Return by how much the second model's scores differ from the first's, on the same examples.

    Raises
    ------
    InvalidInputError
        The examples are not the same, so that the scores can't be told against each other.
    """
    if [(o.text, o.context, o.truth) for o in first] != [(o.text, o.context, o.truth) for o in second]:
        raise InvalidInputError(
            Text(f"两个模型评测的例句不同（{len(first)} 与 {len(second)} 条）。",
                 f"The two models were evaluated on different examples ({len(first)} and {len(second)})."),
            field="other",
            hint=Text("在同一测试集上重新评测。", "Evaluate both on the same test set."),
        )  # fmt: skip
    names = label_numbers([*first, *second])
    a, b = measures_of(first, names), measures_of(second, names)
    return {
        name: compare(a[name][0], b[name][0], a[name][1], rounds=rounds, seed=seed)
        for name in a
        if name in b and len(a[name][0]) == len(b[name][0])
    }


def label_numbers(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return a number for each label that is true or said, in their order."""
    labels = {o.truth or "" for o in outcomes} | {o.said or "" for o in outcomes}
    return {label: number for number, label in enumerate(sorted(labels))}


def span_class_scores(outcomes: Sequence[Outcome]) -> tuple[ClassScore, ...]:
    """Return the scores of each type of span; one is right with type and surface."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for outcome in outcomes:
        both = Counter(outcome.true_values) & Counter(outcome.said_values)
        right.update(kind for kind, _ in both.elements())
        said.update(kind for kind, _ in outcome.said_values)
        true.update(kind for kind, _ in outcome.true_values)
    return tuple(
        ClassScore(
            label=kind,
            precision=right[kind] / said[kind] if said[kind] else 0.0,
            recall=right[kind] / true[kind] if true[kind] else 0.0,
            f1=2 * right[kind] / (said[kind] + true[kind]),
            support=true[kind],
        )
        for kind in sorted({*said, *true})
    )


def rmse(pairs: Rows) -> float:
    """Return the root mean square of the differences in each row."""
    return float(np.sqrt(np.mean((pairs[:, 0] - pairs[:, 1]) ** 2)))


def mae(pairs: Rows) -> float:
    """Return the mean absolute difference in each row."""
    return float(np.mean(np.abs(pairs[:, 0] - pairs[:, 1])))


def spearman(pairs: Rows) -> float:
    """Return the rank correlation of the two columns (Spearman 1904); 0 where one of them is constant."""
    a, b = (_ranks(column) - (len(pairs) + 1) / 2 for column in pairs.T)
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0


def _ranks(column: Rows) -> Rows:
    """Return the ranks of values from 1, equal ones at the mean of theirs."""
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _macro_f1(count: int) -> Callable[[Rows], float]:
    def statistic(rows: Rows) -> float:
        true = np.bincount(rows[:, 0], minlength=count)
        said = np.bincount(rows[:, 1], minlength=count)
        hits = np.bincount(rows[rows[:, 0] == rows[:, 1], 0], minlength=count)
        occurs = true > 0
        return float(np.mean(2 * hits[occurs] / (true[occurs] + said[occurs])))

    return statistic

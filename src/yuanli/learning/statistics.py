"""What a set of examples is made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.errors import Text
from yuanli.learning.examples import Example, language_of

WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long texts are, in characters."""

    least: int
    median: float
    mean: float
    p95: float
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStatistics:
    """What a set of examples is made of; the counts are by name, the largest first.

    Parameters
    ----------
    words
        How many different words there are; a Chinese character is one.
    spans_per_example
        The mean.
    augmented
        The share of examples that were made out of others.
    contexts
        The share of examples with a context.
    imbalance
        How many times more examples the largest label has than the smallest.
    evenness
        Entropy of the labels over its maximum: 1 where all are equally frequent.
    """

    count: int
    labels: Mapping[str, int]
    languages: Mapping[str, int]
    span_types: Mapping[str, int]
    conditions: Mapping[str, int]
    lengths: Lengths
    words: int
    spans_per_example: float
    augmented: float
    contexts: float
    imbalance: float
    evenness: float


def describe(examples: Sequence[Example]) -> DataStatistics:
    """Return what examples are made of."""
    labels = _counted(e.label for e in examples if e.label is not None)
    count = max(len(examples), 1)
    return DataStatistics(
        count=len(examples),
        labels=labels,
        languages=_counted(e.language or language_of(e.text) for e in examples),
        span_types=_counted(s.type for e in examples for s in e.spans),
        conditions=_counted(tag for e in examples for tag in e.tags),
        lengths=_lengths([len(e.text) for e in examples] or [0]),
        words=len({word for e in examples for word in WORDS.findall(e.text.casefold())}),
        spans_per_example=sum(len(e.spans) for e in examples) / count,
        augmented=sum(bool(e.made_by) for e in examples) / count,
        contexts=sum(e.context is not None for e in examples) / count,
        imbalance=max(labels.values()) / min(labels.values()) if labels else 1.0,
        evenness=_evenness(list(labels.values())),
    )


def statistics_rows(found: DataStatistics) -> tuple[tuple[Text, str], ...]:
    """Return what is worth telling as rows of a table, in both languages."""
    lengths = found.lengths
    span = f"{lengths.least}–{lengths.most} (median {lengths.median:g}, p95 {lengths.p95:g})"
    return (
        (Text("例句", "examples"), str(found.count)),
        (Text("标签", "labels"), str(len(found.labels))),
        (Text("语言", "languages"), _listed(found.languages)),
        (Text("片段类型", "span types"), str(len(found.span_types))),
        (Text("每句片段数", "spans per example"), f"{found.spans_per_example:.2f}"),
        (Text("条件", "conditions"), _listed(found.conditions)),
        (Text("长度（字符）", "length in characters"), span),
        (Text("词汇", "different words"), str(found.words)),
        (Text("增广所占份额", "share made by augmentation"), f"{found.augmented:.1%}"),
        (Text("带上文的份额", "share with a context"), f"{found.contexts:.1%}"),
        (Text("最大类与最小类之比", "largest over smallest label"), f"{found.imbalance:.1f}"),
        (Text("均匀度", "evenness of labels"), f"{found.evenness:.2f}"),
    )


def write_statistics(found: DataStatistics, *, language: str = "en") -> str:
    """Return the table as text, with the counts of labels and span types below it."""
    rows = [(getattr(name, language), value) for name, value in statistics_rows(found)]
    for counts in (found.labels, found.span_types):
        rows += [(f"  {name}", str(count)) for name, count in counts.items()]
    return "\n".join(f"{name}: {value}" for name, value in rows if value)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _lengths(lengths: Sequence[int]) -> Lengths:
    return Lengths(
        least=min(lengths),
        median=float(np.median(lengths)),
        mean=float(np.mean(lengths)),
        p95=float(np.percentile(lengths, 95)),
        most=max(lengths),
    )


def _evenness(counts: Sequence[int]) -> float:
    if len(counts) < 2:
        return 1.0
    shares = np.array(counts) / sum(counts)
    return float(-(shares * np.log(shares)).sum() / np.log(len(counts)))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())

"""What reviewers say of the examples of a data set, how far they agree, and what is learned from in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import NewType

from yuanli.errors import InvalidInputError, Text
from yuanli.language import catalogue
from yuanli.learning import Example, Span, cohen_kappa, labels_of, span_agreement, span_types_of
from yuanli.operations.reviewing import LabelState, review_state

DatasetId = NewType("DatasetId", str)
EXAMPLE = Text("条", "example")


class BadLabelError(InvalidInputError):
    """A label or a type of span is not one of the data set's, or a label is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDataset:
    """A data set that was uploaded; its examples never change.

    Parameters
    ----------
    version
        Of the content: equal where the examples are, in any order.
    reviewers
        How many label each example.
    labels, span_types
        What reviewers may choose from.
    """

    id: DatasetId
    name: str
    version: str
    licence: str
    source: str
    uploaded_by: str
    uploaded_at: datetime
    count: int
    reviewers: int
    labels: tuple[str, ...]
    span_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What one reviewer says of an example; `version` counts the times it was saved."""

    reviewer: str
    label: str | None
    spans: tuple[Span, ...]
    version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledExample:
    """An example with what each reviewer said of it, by name, and what was decided in the end."""

    position: int
    example: Example
    annotations: tuple[Annotation, ...] = ()
    decision: Annotation | None = None

    def find_by(self, reviewer: str) -> Annotation | None:
        """Return what a reviewer said, or None."""
        return next((a for a in self.annotations if a.reviewer == reviewer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAgreement:
    """How far two reviewers agree on what both have labelled.

    Parameters
    ----------
    same_label, kappa
        The share of equal labels, and Cohen's kappa of them.
    span_f1
        Micro F1 of one's spans measured by the other's; type and place must be equal.
    exact
        The share where label and all spans are equal.
    """

    first: str
    second: str
    count: int
    same_label: float
    kappa: float
    span_f1: float
    exact: float


def known_names(examples: Sequence[Example]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels and the types of span that reviewers may choose from.

    They are those of the examples; and all of the catalogue's too where the examples have none at all, or share
    an intent with it.
    """
    labels, types, known = set(labels_of(examples)), set(span_types_of(examples)), catalogue()
    if labels & set(known.intents) or not (labels or types):
        labels, types = labels | set(known.intents), types | set(known.slot_types)
    return tuple(sorted(labels)), tuple(sorted(types))


def check_annotation(dataset: KeptDataset, item: LabelledExample, said: Annotation) -> None:
    """Refuse what can't be said of an example.

    Raises
    ------
    BadLabelError
        The label is missing or unknown, or a type of span is unknown.
    InvalidExampleError
        A span is empty, out of the text, or overlaps another.
    """
    if said.label is None and dataset.labels:
        raise BadLabelError(
            Text("没有选择标签。", "There is no label."),
            field="label",
            hint=Text("选一个标签再保存。", "Choose a label, then save."),
        )
    if said.label is not None and said.label not in dataset.labels:
        raise _unknown("label", Text("标签", "label"), said.label)
    for span in said.spans:
        if span.type not in dataset.span_types:
            raise _unknown("spans", Text("片段类型", "type of span"), span.type)
    labelled(item.example, said)


def labelled(example: Example, said: Annotation) -> Example:
    """Return an example with what was said of it; `InvalidExampleError` where a span is not in the text."""
    return replace(example, label=said.label, spans=tuple(sorted(said.spans)))


def state_of(item: LabelledExample, *, needed: int) -> LabelState:
    """Return where an example is, if `needed` reviewers label each."""
    return review_state(item, lambda one: len({_meant(a) for a in one.annotations}) == 1, needed=needed)


def find_final(item: LabelledExample, *, needed: int) -> Example | None:
    """Return the example to learn from: as it was adjudicated, or as all said; else None."""
    if item.decision is not None:
        return labelled(item.example, item.decision)
    if state_of(item, needed=needed) is LabelState.AGREED:
        return labelled(item.example, item.annotations[0])
    return None


def label_agreements(items: Iterable[LabelledExample]) -> tuple[LabelAgreement, ...]:
    """Return how far each two reviewers agree on what both have labelled."""
    both: dict[tuple[str, str], list[tuple[Annotation, Annotation]]] = {}
    for item in items:
        for one, other in combinations(item.annotations, 2):
            both.setdefault((one.reviewer, other.reviewer), []).append((one, other))
    return tuple(_agreement(*pair, said) for pair, said in sorted(both.items()))


def _agreement(first: str, second: str, said: list[tuple[Annotation, Annotation]]) -> LabelAgreement:
    left, right = [a.label for a, _ in said], [b.label for _, b in said]
    return LabelAgreement(
        first=first,
        second=second,
        count=len(said),
        same_label=sum(a == b for a, b in zip(left, right, strict=True)) / len(said),
        kappa=cohen_kappa(left, right),
        span_f1=span_agreement([a.spans for a, _ in said], [b.spans for _, b in said]),
        exact=sum(_meant(a) == _meant(b) for a, b in said) / len(said),
    )


def _meant(said: Annotation) -> tuple[str | None, tuple[Span, ...]]:
    return said.label, tuple(sorted(said.spans))


def _unknown(field: str, what: Text, value: str) -> BadLabelError:
    return BadLabelError(
        Text(f"数据集没有{what.zh} {value!r}。", f"The data set has no {what.en} {value!r}."),
        field=field,
        hint=Text("从数据集的列表里选。", "Choose one of the data set's."),
    )

"""What reviewers say of the examples of a data set, how far they agree, and what is learned from in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import NewType

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.language import catalogue
from yuanli.learning import Example, Span, cohen_kappa, labels_of, span_agreement, span_types_of

DatasetId = NewType("DatasetId", str)


class BadLabelError(InvalidInputError):
    """A label or a type of span is not one of the data set's, or a label is missing."""


class LabelConflictError(InfeasibleError):
    """Somebody saved a newer version since it was read: read it again."""


class AlreadyDecidedError(InfeasibleError):
    """The example has been adjudicated: its labels can't be changed any more."""


class NotLabelledYetError(InfeasibleError):
    """Too few reviewers have labelled the example to adjudicate it."""


class LabelState(StrEnum):
    """Where an example is: too few labels, all the same, not the same, or adjudicated."""

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"
    DECIDED = "decided"


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


def annotated(item: LabelledExample, said: Annotation) -> LabelledExample:
    """Return an example after a reviewer labelled it, or labelled it anew.

    Raises
    ------
    AlreadyDecidedError
        It was adjudicated.
    LabelConflictError
        `said.version` is not the kept one plus one.
    """
    if item.decision is not None:
        raise AlreadyDecidedError(
            Text(f"第 {item.position + 1} 条已裁定。", f"Example {item.position + 1} has been adjudicated."),
            field="position",
            hint=Text("如需更改，请改裁定结果。", "Change the adjudication instead."),
        )
    _check_version(item.find_by(said.reviewer), said)
    others = (a for a in item.annotations if a.reviewer != said.reviewer)
    return replace(item, annotations=tuple(sorted((*others, said), key=lambda a: a.reviewer)))


def decided(item: LabelledExample, said: Annotation, *, needed: int) -> LabelledExample:
    """Return an example after it was adjudicated.

    Raises
    ------
    NotLabelledYetError
        Fewer than `needed` reviewers have labelled it.
    LabelConflictError
        `said.version` is not the kept one plus one.
    """
    if len(item.annotations) < needed:
        raise NotLabelledYetError(
            Text(
                f"第 {item.position + 1} 条只有 {len(item.annotations)} 人标注，需 {needed} 人。",
                f"Example {item.position + 1} has labels of {len(item.annotations)}, and needs {needed}.",
            ),
            field="position",
            hint=Text("等标注满员后再裁定。", "Adjudicate it when all have labelled it."),
        )
    _check_version(item.decision, said)
    return replace(item, decision=said)


def state_of(item: LabelledExample, *, needed: int) -> LabelState:
    """Return where an example is, if `needed` reviewers label each."""
    if item.decision is not None:
        return LabelState.DECIDED
    if len(item.annotations) < needed:
        return LabelState.OPEN
    return LabelState.AGREED if len({_meant(a) for a in item.annotations}) == 1 else LabelState.DISPUTED


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


def _check_version(kept: Annotation | None, said: Annotation) -> None:
    last = 0 if kept is None else kept.version
    if said.version != last + 1:
        raise LabelConflictError(
            Text(
                f"已有第 {last} 版，您改的是第 {said.version - 1} 版。",
                f"Version {last} is kept, and you changed version {said.version - 1}.",
            ),
            field="version",
            hint=Text("重新打开这一条后再改。", "Open the example again, then change it."),
        )


def _unknown(field: str, what: Text, value: str) -> BadLabelError:
    return BadLabelError(
        Text(f"数据集没有{what.zh} {value!r}。", f"The data set has no {what.en} {value!r}."),
        field=field,
        hint=Text("从数据集的列表里选。", "Choose one of the data set's."),
    )

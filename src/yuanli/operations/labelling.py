"""Labelling: reviewers label examples without seeing each other's labels; what they dispute is adjudicated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from yuanli.errors import Text
from yuanli.learning import Span
from yuanli.operations.datasets import Datasets
from yuanli.operations.labels import (
    EXAMPLE,
    Annotation,
    KeptDataset,
    LabelAgreement,
    LabelledExample,
    check_annotation,
    label_agreements,
    state_of,
)
from yuanli.operations.ports import DatasetNotFoundError, DatasetStore, Progress
from yuanli.operations.reviewing import LabelState, annotated, decided


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTask:
    """An example to label, with one's own labels and nobody else's."""

    position: int
    text: str
    context: str | None
    language: str
    mine: Annotation | None
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTask:
    """What to label next, None where nothing waits; and how far one is."""

    task: LabelTask | None
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """How far reviewers agree two by two, and how many examples are in each state."""

    pairs: tuple[LabelAgreement, ...]
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreementPage:
    """A part of what reviewers dispute, in order, and how much there is in all."""

    items: tuple[LabelledExample, ...]
    total: int


class Labelling:
    """Lets reviewers label the examples of data sets, over the store that keeps both."""

    def __init__(self, store: DatasetStore, datasets: Datasets, *, clock: Callable[[], datetime]) -> None:
        self._store, self._datasets, self._clock = store, datasets, clock

    def next(self, dataset_id: str, reviewer: str, *, after: int = -1) -> NextTask:
        """Return what waits for a reviewer behind a position, then from the start."""
        needed = self._datasets.find(dataset_id).reviewers
        found = self._store.find_next(dataset_id, reviewer, needed=needed, after=after)
        return NextTask(
            task=None if found is None else _task(found, reviewer),
            progress=self._store.progress(dataset_id, reviewer, needed=needed),
        )

    def task(self, dataset_id: str, position: int, reviewer: str) -> LabelTask:
        """Return one example with what this reviewer said of it."""
        found = self._store.find_labelled(dataset_id, position)
        if found is None:
            self._datasets.find(dataset_id)
            raise DatasetNotFoundError(
                Text(f"没有第 {position + 1} 条例句。", f"There is no example {position + 1}."),
                field="position",
                hint=Text("从 0 数起，小于例句数。", "Count from 0, below the number of examples."),
            )
        return _task(found, reviewer)

    def save(
        self,
        dataset_id: str,
        position: int,
        *,
        reviewer: str,
        label: str | None,
        spans: tuple[Span, ...],
        version: int,
    ) -> Annotation:
        """Keep what a reviewer says of an example.

        Parameters
        ----------
        version
            The version of one's own label that was read; 0 where there was none.

        Raises
        ------
        BadLabelError, InvalidExampleError
            The label or a type is unknown, or spans are out of the text or overlap.
        LabelConflictError
            The label was saved meanwhile, in another window.
        AlreadyDecidedError
            The example was adjudicated.
        """
        dataset = self._datasets.find(dataset_id)
        said = self._said(reviewer, label, spans, version)

        def change(item: LabelledExample) -> LabelledExample:
            check_annotation(dataset, item, said)
            return annotated(item, said, EXAMPLE)

        self._store.change_labelled(dataset_id, position, change)
        return said

    def decide(
        self,
        dataset_id: str,
        position: int,
        *,
        reviewer: str,
        label: str | None,
        spans: tuple[Span, ...],
        version: int,
    ) -> LabelledExample:
        """Keep the final label of an example that enough reviewers have labelled.

        Raises
        ------
        BadLabelError, InvalidExampleError, LabelConflictError
            As for `save`.
        NotLabelledYetError
            Too few have labelled it.
        """
        dataset = self._datasets.find(dataset_id)
        said = self._said(reviewer, label, spans, version)

        def change(item: LabelledExample) -> LabelledExample:
            check_annotation(dataset, item, said)
            return decided(item, said, EXAMPLE, needed=dataset.reviewers)

        return self._store.change_labelled(dataset_id, position, change)

    def agreement(self, dataset_id: str) -> AgreementReport:
        """Return how far the reviewers of a data set agree."""
        dataset = self._datasets.find(dataset_id)
        items = self._store.list_labelled(dataset_id)
        states = Counter(state_of(item, needed=dataset.reviewers).value for item in items)
        counts = {state.value: states[state.value] for state in LabelState}
        counts[LabelState.OPEN.value] += dataset.count - len(items)
        return AgreementReport(pairs=label_agreements(items), states=counts)

    def disagreements(
        self, dataset_id: str, *, state: LabelState = LabelState.DISPUTED, limit: int = 50, offset: int = 0
    ) -> DisagreementPage:
        """Return the examples in a state with everybody's labels; of those still open, none."""
        dataset = self._datasets.find(dataset_id)
        found = self._in_state(dataset, state)
        return DisagreementPage(items=found[offset : offset + limit], total=len(found))

    def _in_state(self, dataset: KeptDataset, state: LabelState) -> tuple[LabelledExample, ...]:
        if state is LabelState.OPEN:
            return ()
        items = self._store.list_labelled(dataset.id)
        return tuple(item for item in items if state_of(item, needed=dataset.reviewers) is state)

    def _said(self, reviewer: str, label: str | None, spans: tuple[Span, ...], version: int) -> Annotation:
        return Annotation(
            reviewer=reviewer,
            label=label,
            spans=tuple(sorted(spans)),
            version=version + 1,
            at=self._clock(),
        )


def _task(item: LabelledExample, reviewer: str) -> LabelTask:
    return LabelTask(
        position=item.position,
        text=item.example.text,
        context=item.example.context,
        language=item.example.language,
        mine=item.find_by(reviewer),
        decided=item.decision is not None,
    )

"""Labelling of intervals on curves: reviewers mark windows by themselves, disputes are adjudicated, all is exported."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import combinations

from yuanli.campus import CampusId, PointId
from yuanli.errors import Text
from yuanli.learning import LabelledWindow, interval_f1, interval_iou, interval_kappa
from yuanli.operations.interval_files import parse_proposals
from yuanli.operations.intervals import (
    EXCLUSIVE,
    WINDOW,
    BadIntervalSetError,
    IntervalAnnotation,
    IntervalSet,
    IntervalSetId,
    IntervalSetNotFoundError,
    IntervalStore,
    LabelledIntervals,
    MarkedInterval,
    ProposedInterval,
    check_intervals,
    check_set,
    find_final_intervals,
    interval_state,
    spans_of,
)
from yuanli.operations.judging import ALWAYS
from yuanli.operations.moments import micros_of
from yuanli.operations.ports import Progress
from yuanli.operations.reviewing import LabelState, annotated, decided
from yuanli.operations.telemetry import Telemetry

MICROS = 1_000_000


class IntervalLabels(StrEnum):
    """Which intervals an export holds: the final ones, those of every reviewer, or those that programs propose."""

    FINAL = "final"
    ALL = "all"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalTask:
    """A window to label, with one's own intervals, what programs propose, and nobody else's."""

    position: int
    start: datetime
    end: datetime
    mine: IntervalAnnotation | None
    decided: bool
    proposals: tuple[ProposedInterval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextIntervalTask:
    """What to label next, None where nothing waits; and how far one is."""

    task: IntervalTask | None
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalAgreement:
    """How far two reviewers agree on the windows that both have labelled.

    Parameters
    ----------
    kappa
        Cohen's kappa by time sample; 1 where both say one thing of everything.
    f1
        Of the intervals; two are the same whose union is shared by half at least.
    iou
        The share of the labelled time that both labelled alike.
    """

    first: str
    second: str
    count: int
    kappa: float
    f1: float
    iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalReport:
    """How far reviewers agree two by two, and how many windows are in each state."""

    pairs: tuple[IntervalAgreement, ...]
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledWindowView:
    """A window with everybody's intervals."""

    position: int
    start: datetime
    end: datetime
    annotations: tuple[IntervalAnnotation, ...]
    decision: IntervalAnnotation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledWindowPage:
    """A part of the windows in a state, in order, and how many there are in all."""

    items: tuple[LabelledWindowView, ...]
    total: int


class IntervalLabelling:
    """Lets reviewers label intervals, over the store that keeps them.

    Parameters
    ----------
    new_id
        Returns a fresh id.
    """

    def __init__(
        self,
        store: IntervalStore,
        telemetry: Telemetry,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._store, self._telemetry, self._clock, self._new_id = store, telemetry, clock, new_id

    def add(self, asked: IntervalSet) -> IntervalSet:
        """Keep a new set, with an id and a time of its own.

        Raises
        ------
        BadIntervalSetError, PointNotFoundError, IntervalSetExistsError
            It breaks a rule, a point is not there, or its name is taken.
        """
        if micros_of(asked.start) < 0 or micros_of(asked.end) > ALWAYS.end:
            raise BadIntervalSetError(
                Text(
                    f"时间须在 1970 与 2100 年之间：{asked.start}。",
                    f"{asked.start} lies outside of 1970–2100.",
                ),
                field="from",
                hint=Text("改好时间再建。", "Correct the times."),
            )
        made = replace(
            asked, id=IntervalSetId(self._new_id()), made_at=self._clock(),
            start=asked.start.astimezone(UTC), end=asked.end.astimezone(UTC),
        )  # fmt: skip
        check_set(made)
        for point in made.points:
            self._telemetry.point(made.campus_id, point)
        self._store.add_set(made)
        return made

    def all(self, campus_id: CampusId) -> tuple[IntervalSet, ...]:
        """Return the sets of a campus, newest first."""
        self._telemetry.points(campus_id)
        return self._store.list_sets(campus_id)

    def fit_for(self, campus_id: CampusId, point: PointId) -> tuple[IntervalSet, ...]:
        """Return the sets that show a point and say one state at a time, newest first."""
        self._telemetry.point(campus_id, point)
        return tuple(
            made
            for made in self._store.list_sets(campus_id)
            if made.kind in EXCLUSIVE and point in made.points
        )

    def find(self, campus_id: CampusId, set_id: str) -> IntervalSet:
        """Return a set; `IntervalSetNotFoundError` where there is none."""
        found = self._store.find_set(campus_id, set_id)
        if found is None:
            raise _missing(set_id)
        return found

    def remove(self, campus_id: CampusId, set_id: str) -> None:
        """Forget a set with its labels and proposals."""
        if not self._store.remove_set(campus_id, set_id):
            raise _missing(set_id)

    def next(self, campus_id: CampusId, set_id: str, reviewer: str, *, after: int = -1) -> NextIntervalTask:
        """Return what waits for a reviewer behind a position, then from the start."""
        made = self.find(campus_id, set_id)
        items = {item.position: item for item in self._store.list_labelled(set_id)}
        waiting = [p for p in range(made.count) if _waits(items.get(p), reviewer, made.reviewers)]
        found = next((p for p in waiting if p > after), waiting[0] if waiting else None)
        full = sum(
            item.decision is not None or len(item.annotations) >= made.reviewers for item in items.values()
        )
        mine = sum(item.find_by(reviewer) is not None for item in items.values())
        return NextIntervalTask(
            task=None if found is None else self._task(made, found, reviewer),
            progress=Progress(total=made.count, mine=mine, left=len(waiting), full=full),
        )

    def task(self, campus_id: CampusId, set_id: str, position: int, reviewer: str) -> IntervalTask:
        """Return one window with what this reviewer marked in it."""
        return self._task(self._placed(campus_id, set_id, position), position, reviewer)

    def save(
        self,
        campus_id: CampusId,
        set_id: str,
        position: int,
        intervals: Sequence[MarkedInterval],
        *,
        reviewer: str,
        version: int,
    ) -> IntervalAnnotation:
        """Keep what a reviewer marked in a window; nothing is an answer too.

        Parameters
        ----------
        version
            The version of one's own label that was read; 0 where there was none.

        Raises
        ------
        BadIntervalError, BadLabelError
            An interval can't be marked, or its label is unknown.
        LabelConflictError, AlreadyDecidedError
            It was saved meanwhile in another window of the browser, or adjudicated.
        """
        made = self._placed(campus_id, set_id, position)
        said = self._said(made, position, intervals, reviewer, version)
        self._store.change_labelled(set_id, position, lambda item: annotated(item, said, WINDOW))
        return said

    def decide(
        self,
        campus_id: CampusId,
        set_id: str,
        position: int,
        intervals: Sequence[MarkedInterval],
        *,
        reviewer: str,
        version: int,
    ) -> LabelledIntervals:
        """Keep the final intervals of a window that enough reviewers have labelled.

        Raises
        ------
        BadIntervalError, BadLabelError, LabelConflictError
            As for `save`.
        NotLabelledYetError
            Too few have labelled it.
        """
        made = self._placed(campus_id, set_id, position)
        said = self._said(made, position, intervals, reviewer, version)
        return self._store.change_labelled(
            set_id, position, lambda item: decided(item, said, WINDOW, needed=made.reviewers)
        )

    def agreement(self, campus_id: CampusId, set_id: str) -> IntervalReport:
        """Return how far the reviewers of a set agree."""
        made = self.find(campus_id, set_id)
        items = self._store.list_labelled(set_id)
        both: dict[tuple[str, str], list[LabelledWindow]] = {}
        for item in items:
            start, end = (micros_of(edge) for edge in made.window(item.position))
            for one, other in combinations(item.annotations, 2):
                window = LabelledWindow(start, end, spans_of(one.intervals), spans_of(other.intervals))
                both.setdefault((one.reviewer, other.reviewer), []).append(window)
        states = Counter(interval_state(item, made).value for item in items)
        counts = {state.value: states[state.value] for state in LabelState}
        counts[LabelState.OPEN.value] += made.count - len(items)
        return IntervalReport(
            pairs=tuple(
                IntervalAgreement(
                    first=pair[0], second=pair[1], count=len(windows),
                    kappa=interval_kappa(windows, made.sample_s * MICROS),
                    f1=interval_f1(windows), iou=interval_iou(windows),
                )
                for pair, windows in sorted(both.items())
            ),
            states=counts,
        )  # fmt: skip

    def in_state(
        self, campus_id: CampusId, set_id: str, state: LabelState, *, limit: int = 50, offset: int = 0
    ) -> LabelledWindowPage:
        """Return the windows in a state with everybody's intervals; of those still open, none."""
        made = self.find(campus_id, set_id)
        items = () if state is LabelState.OPEN else self._store.list_labelled(set_id)
        found = [item for item in items if interval_state(item, made) is state]
        page = tuple(_view(made, item) for item in found[offset : offset + limit])
        return LabelledWindowPage(items=page, total=len(found))

    def propose(self, campus_id: CampusId, set_id: str, source: str, text: str) -> int:
        """Keep the intervals of a file of CSV or JSON Lines that a program wrote; return how many there are.

        Raises
        ------
        RefusedProposalsError
            A row has a fault: nothing is kept.
        """
        made = self.find(campus_id, set_id)
        proposals = parse_proposals(text, made, source)
        self._store.propose(set_id, source, proposals)
        return len(proposals)

    def export_rows(
        self, campus_id: CampusId, set_id: str, labels: IntervalLabels
    ) -> Iterator[dict[str, object]]:
        """Return the intervals of a set, a row each, in order of time."""
        made = self.find(campus_id, set_id)
        shared: dict[str, object] = {"set": made.name, "kind": made.kind.value}
        points = list(made.points)
        if labels is IntervalLabels.PROPOSED:
            for one in self._store.list_proposals(set_id, made.start, made.end):
                marked = MarkedInterval(start=one.start, end=one.end, label=one.label)
                yield shared | _row(marked) | {"by": one.source, "score": one.score, "points": points}
            return
        for item in self._store.list_labelled(set_id):
            for by, intervals in _chosen(item, made, labels):
                for marked in intervals:
                    yield shared | _row(marked) | {"by": by, "window": item.position, "points": points}

    def _task(self, made: IntervalSet, position: int, reviewer: str) -> IntervalTask:
        item = self._store.find_labelled(made.id, position)
        start, end = made.window(position)
        return IntervalTask(
            position=position,
            start=start,
            end=end,
            mine=item.find_by(reviewer),
            decided=item.decision is not None,
            proposals=self._store.list_proposals(made.id, start, end),
        )

    def _placed(self, campus_id: CampusId, set_id: str, position: int) -> IntervalSet:
        made = self.find(campus_id, set_id)
        if not 0 <= position < made.count:
            raise IntervalSetNotFoundError(
                Text(f"没有第 {position + 1} 个窗口。", f"There is no window {position + 1}."),
                field="position",
                hint=Text(f"从 0 数起，小于 {made.count}。", f"Count from 0, below {made.count}."),
            )
        return made

    def _said(
        self, made: IntervalSet, position: int, intervals: Sequence[MarkedInterval], who: str, version: int
    ) -> IntervalAnnotation:
        check_intervals(made, position, intervals)
        utc = (replace(m, start=m.start.astimezone(UTC), end=m.end.astimezone(UTC)) for m in intervals)
        marked = tuple(sorted(utc, key=lambda one: (one.start, one.end, one.label)))
        return IntervalAnnotation(reviewer=who, intervals=marked, version=version + 1, at=self._clock())


def interval_lines(rows: Iterator[dict[str, object]], form: str) -> Iterator[str]:
    """Return rows of an export as lines of `csv`, headers first, or of `jsonl`."""
    if form == "jsonl":
        yield from (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    columns = ("set", "kind", "label", "start", "end", "by", "window", "score", "points")
    yield _csv_line(columns)
    for row in rows:
        points = row["points"]
        flat = row | {"points": ";".join(points) if isinstance(points, list) else points}
        yield _csv_line([flat.get(column) for column in columns])


def _csv_line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()


def _chosen(
    item: LabelledIntervals, made: IntervalSet, labels: IntervalLabels
) -> Iterator[tuple[str, tuple[MarkedInterval, ...]]]:
    if labels is IntervalLabels.ALL:
        yield from ((said.reviewer, said.intervals) for said in item.annotations)
        return
    final = find_final_intervals(item, made)
    if final is not None:
        agreed = "+".join(said.reviewer for said in item.annotations)
        yield (agreed if item.decision is None else item.decision.reviewer), final


def _row(marked: MarkedInterval) -> dict[str, object]:
    return {"label": marked.label, "start": marked.start.isoformat(), "end": marked.end.isoformat()}


def _view(made: IntervalSet, item: LabelledIntervals) -> LabelledWindowView:
    start, end = made.window(item.position)
    return LabelledWindowView(
        position=item.position, start=start, end=end, annotations=item.annotations, decision=item.decision
    )


def _waits(item: LabelledIntervals | None, reviewer: str, needed: int) -> bool:
    if item is None:
        return True
    return item.decision is None and item.find_by(reviewer) is None and len(item.annotations) < needed


def _missing(set_id: str) -> IntervalSetNotFoundError:
    return IntervalSetNotFoundError(
        Text(f"没有区间标注组 {set_id!r}。", f"There is no set of intervals {set_id!r}."),
        field="set_id",
        hint=Text("刷新列表后重试。", "Load the list again."),
    )

"""Intervals that people label on curves: sets of windows, what each reviewer marks in one, and the port."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from yuanli.campus import CampusId, PointId
from yuanli.errors import InfeasibleError, InvalidInputError, NotFoundError, Text
from yuanli.learning import TimeSpan, same_intervals
from yuanli.operations.labels import BadLabelError
from yuanli.operations.moments import micros_of, time_of
from yuanli.operations.reviewing import LabelState, review_state

IntervalSetId = NewType("IntervalSetId", str)
WINDOW = Text("个窗口", "window")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MOST_LABELS = 40
MOST_POINTS = 12
MOST_TASKS = 5_000
MOST_INTERVALS = 500
MOST_REVIEWERS = 5


class BadIntervalSetError(InvalidInputError):
    """What describes a set of intervals breaks a rule."""


class BadIntervalError(InvalidInputError):
    """An interval is empty, out of its window, or overlaps another."""


class IntervalSetNotFoundError(NotFoundError):
    """There is no such set, or it has no such window."""


class IntervalSetExistsError(InfeasibleError):
    """The campus has a set of this name already."""


class IntervalKind(StrEnum):
    """What is labelled, which says whether labels may overlap."""

    EVENTS = "events"
    """Things that happen; of different labels at once, too."""
    DEVICE_STATES = "device_states"
    """What a device does: one state at a time."""
    OCCUPANCY = "occupancy"
    """How many people there are: one number at a time."""
    CUSTOM = "custom"
    """Anything, overlapping or not."""


EXCLUSIVE = (IntervalKind.DEVICE_STATES, IntervalKind.OCCUPANCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalLabel:
    """A label to choose from: its name in files, what people read, and `#rrggbb`."""

    name: str
    title: Text
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSet:
    """Windows of time in which reviewers mark intervals on the curves of points.

    Parameters
    ----------
    points
        Shown together.
    task_s
        How long a window is; `[start, end)` is cut into these.
    reviewers
        How many label each window, without seeing each other's labels.
    sample_s
        How far the samples are apart by which Cohen's kappa is counted.
    tolerance_s
        How far edges may lie apart that are taken as the same.
    """

    id: IntervalSetId
    campus_id: CampusId
    name: str
    kind: IntervalKind
    labels: tuple[IntervalLabel, ...]
    points: tuple[PointId, ...]
    start: datetime
    end: datetime
    task_s: int = 86_400
    reviewers: int = 2
    sample_s: int = 60
    tolerance_s: int = 300
    made_by: str
    made_at: datetime

    @property
    def count(self) -> int:
        """How many windows there are."""
        return -(-(self.end - self.start) // timedelta(seconds=self.task_s))

    def window(self, position: int) -> tuple[datetime, datetime]:
        """Return the window at a position, which counts from 0."""
        start = self.start + timedelta(seconds=self.task_s) * position
        return start, min(start + timedelta(seconds=self.task_s), self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedInterval:
    """A half-open interval with a label."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalAnnotation:
    """What one reviewer marked in a window, in order of time; `version` counts the times it was saved."""

    reviewer: str
    intervals: tuple[MarkedInterval, ...]
    version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledIntervals:
    """A window with what each reviewer marked, by name, and what was decided in the end."""

    position: int
    annotations: tuple[IntervalAnnotation, ...] = ()
    decision: IntervalAnnotation | None = None

    def find_by(self, reviewer: str) -> IntervalAnnotation | None:
        """Return what a reviewer marked, or None."""
        return next((a for a in self.annotations if a.reviewer == reviewer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedInterval:
    """An interval that a program found; `score` says how sure it is."""

    source: str
    start: datetime
    end: datetime
    label: str
    score: float | None = None


class IntervalStore(Protocol):
    """Keeps sets of intervals. Each call is one transaction, on disk when it returns."""

    def add_set(self, made: IntervalSet) -> None:
        """Keep a new set; `IntervalSetExistsError` where the campus has one of its name."""

    def list_sets(self, campus_id: CampusId) -> tuple[IntervalSet, ...]:
        """Return the sets of a campus, newest first."""

    def find_set(self, campus_id: CampusId, set_id: str) -> IntervalSet | None:
        """Return a set of a campus, or None."""

    def remove_set(self, campus_id: CampusId, set_id: str) -> bool:
        """Forget a set with its labels and proposals; return whether there was one."""

    def list_labelled(self, set_id: str) -> tuple[LabelledIntervals, ...]:
        """Return the windows that somebody has labelled, in order."""

    def find_labelled(self, set_id: str, position: int) -> LabelledIntervals:
        """Return a window with its labels; an empty one where nobody has labelled it."""

    def change_labelled(
        self, set_id: str, position: int, change: Callable[[LabelledIntervals], LabelledIntervals]
    ) -> LabelledIntervals:
        """Change a window that nobody else changes meanwhile; `IntervalSetNotFoundError` without such a set."""

    def propose(self, set_id: str, source: str, proposals: Sequence[ProposedInterval]) -> None:
        """Keep a program's intervals in the place of those it proposed before."""

    def list_proposals(self, set_id: str, start: datetime, end: datetime) -> tuple[ProposedInterval, ...]:
        """Return what overlaps `[start, end)`, in order of time."""


def check_set(made: IntervalSet) -> None:
    """Refuse a set that breaks a rule, with `BadIntervalSetError`."""
    names = [label.name for label in made.labels]
    rules = (
        (bool(made.name.strip()), "name", made.name, Text("须有名称", "has a name")),
        (1 <= len(names) <= MOST_LABELS, "labels", len(names),
         Text(f"须有 1–{MOST_LABELS} 个标签", f"has 1–{MOST_LABELS} labels")),
        (len(set(names)) == len(names) and all(name.strip() for name in names), "labels", ", ".join(names),
         Text("标签须有名称且互不相同", "has labels with names of their own")),
        (all(COLOUR.fullmatch(label.colour) for label in made.labels), "labels",
         ", ".join(label.colour for label in made.labels), Text("颜色须写成 #rrggbb", "has colours as #rrggbb")),
        (1 <= len(made.points) <= MOST_POINTS and len(set(made.points)) == len(made.points), "points",
         ", ".join(made.points), Text(f"须有 1–{MOST_POINTS} 个不同的点位", f"shows 1–{MOST_POINTS} points once")),
        (made.start < made.end, "from", f"{made.start} – {made.end}",
         Text("起点须早于终点", "starts before it ends")),
        (60 <= made.task_s <= 31 * 86_400, "task_s", made.task_s,
         Text("窗口须为 60 秒至 31 天", "has windows of 60 seconds to 31 days")),
        (1 <= made.reviewers <= MOST_REVIEWERS, "reviewers", made.reviewers,
         Text(f"须有 1–{MOST_REVIEWERS} 人标注", f"has 1–{MOST_REVIEWERS} reviewers")),
        (1 <= made.sample_s <= made.task_s, "sample_s", made.sample_s,
         Text("采样间隔须为 1 秒至一个窗口", "has samples between 1 second and a window apart")),
        (0 <= made.tolerance_s <= made.task_s, "tolerance_s", made.tolerance_s,
         Text("容差须为 0 至一个窗口", "has a tolerance of at most a window")),
    )  # fmt: skip
    for holds, field, value, rule in rules:
        if not holds:
            raise _bad_set(field, value, rule)
    if made.count > MOST_TASKS:
        raise _bad_set(
            "task_s", made.count, Text(f"最多 {MOST_TASKS} 个窗口", f"has at most {MOST_TASKS} windows")
        )


def check_intervals(made: IntervalSet, position: int, marked: Sequence[MarkedInterval]) -> None:
    """Refuse intervals that can't be marked in a window.

    Raises
    ------
    BadLabelError
        A label is not one of the set's.
    BadIntervalError
        One is empty or out of the window, there are too many, or two overlap that must not.
    """
    if len(marked) > MOST_INTERVALS:
        raise _bad(
            len(marked),
            Text(f"一个窗口最多 {MOST_INTERVALS} 个区间", f"a window has at most {MOST_INTERVALS}"),
        )
    start, end = made.window(position)
    for one in marked:
        check_label(made, one.label)
        if not start <= one.start < one.end <= end:
            raise _bad(
                _told(one), Text(f"须在 {start} 至 {end} 之内且不为空", f"it lies within {start} – {end}")
            )
    last: dict[str, MarkedInterval] = {}
    for one in sorted(marked, key=lambda m: (m.start, m.end)):
        lane = "" if made.kind in EXCLUSIVE else one.label
        before = last.get(lane)
        if before is not None and one.start < before.end:
            raise _bad(_told(one), Text(f"与 {_told(before)} 重叠", f"it overlaps {_told(before)}"))
        last[lane] = one


def check_label(made: IntervalSet, label: str) -> None:
    """Refuse a label that is not one of the set's, with `BadLabelError`."""
    if all(label != known.name for known in made.labels):
        raise BadLabelError(
            Text(f"没有标签 {label!r}。", f"The set has no label {label!r}."),
            field="label",
            hint=Text("从这一组的标签里选。", "Choose one of the set's labels."),
        )


def interval_state(item: LabelledIntervals, made: IntervalSet) -> LabelState:
    """Return where a window is: agreed where all marked the same, within the set's tolerance."""

    def same(item: LabelledIntervals) -> bool:
        first, *others = (spans_of(a.intervals) for a in item.annotations)
        return all(same_intervals(first, other, made.tolerance_s * 1_000_000) for other in others)

    return review_state(item, same, needed=made.reviewers)


def find_final_intervals(item: LabelledIntervals, made: IntervalSet) -> tuple[MarkedInterval, ...] | None:
    """Return what to learn from: as adjudicated, or between the edges that all marked; else None."""
    if item.decision is not None:
        return item.decision.intervals
    if interval_state(item, made) is not LabelState.AGREED:
        return None
    by_reviewer = [sorted(spans_of(a.intervals), key=lambda s: (s.label, s.start)) for a in item.annotations]
    middle = [
        TimeSpan(
            sum(s.start for s in same) // len(same), sum(s.end for s in same) // len(same), same[0].label
        )
        for same in zip(*by_reviewer, strict=True)
    ]
    return tuple(
        MarkedInterval(start=time_of(s.start), end=time_of(s.end), label=s.label) for s in sorted(middle)
    )


def spans_of(marked: Sequence[MarkedInterval]) -> tuple[TimeSpan, ...]:
    """Return intervals as the measures of agreement take them, in µs."""
    return tuple(TimeSpan(micros_of(one.start), micros_of(one.end), one.label) for one in marked)


def _told(one: MarkedInterval) -> str:
    return f"{one.label} {one.start.isoformat()} – {one.end.isoformat()}"


def _bad(value: object, rule: Text) -> BadIntervalError:
    return BadIntervalError(
        Text(f"区间 {value} 不可用：{rule.zh}。", f"The interval {value} can't be marked: {rule.en}."),
        field="intervals",
        hint=Text("改好区间后再保存。", "Correct the interval, then save."),
    )


def _bad_set(field: str, value: object, rule: Text) -> BadIntervalSetError:
    return BadIntervalSetError(
        Text(f"{field} 为 {value}，不可用：{rule.zh}。", f"{field} is {value}: a set {rule.en}."),
        field=field,
        hint=Text("改好后再建。", "Correct it, then make the set."),
    )

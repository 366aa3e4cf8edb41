"""Readings are judged as they arrive: at once by what is near, and soon as if all had been judged together.

The rules compare four weeks with two on either side (`telemetry.BLOCK`, `REACH`), which is too much for each reading
that comes. So new readings of now are first judged beside the last two days, before anything else; later, when their
group has rested, all that has come is judged in full with what it touches, which leaves what judging everything would.
What waits is noted on disk before it is written.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import YuanliError
from yuanli.operations.judging import Judging, PointGroup
from yuanli.operations.places import Places
from yuanli.operations.ports import CampusNotFoundError, Unjudged, UnjudgedStore
from yuanli.telemetry import BLOCK, Readings, Times, Window, touched

log = logging.getLogger(__name__)
SECOND_US = 1_000_000
_PACE_KEPT = 0.98
"""What of the pace so far still counts after one more turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanerParams:
    """How soon readings are judged, and how much of one core that may take.

    Parameters
    ----------
    debounce_s
        How long readings are gathered before they are judged.
    share
        The most of one core's time that readings of now may take, and that those which come late and judging in full
        may take together, 0–1.
    rest
        A group that was judged in full rests at least for so many times the time that took.
    rounds
        And at least for so many times as long as judging all groups in full takes, at the pace of late: so what is
        due is judged before more is, however many groups and however little time there is.
    slice_s
        For how long groups are judged in full before new readings get their turn, and the other way round.
    near_turns
        In full is judged when no new readings wait, and in every so many turns nevertheless.
    near_groups
        How many groups are judged together beside what is near.
    near_s, back_s
        What new readings are first compared with, and how far back those lie that are: measured before they came, or
        before the newest of their point.
    most_rows
        How many readings are gathered before they are put together.
    failed_s
        For how long a group rests that can't be judged.
    beat_s, stale_s
        How often notes on disk are renewed; after how long without it their writer counts as killed.
    """

    debounce_s: float = 2.0
    share: float = 0.2
    rest: float = 1000.0
    rounds: float = 2.0
    slice_s: float = 1.0
    near_turns: int = 8
    near_groups: int = 32
    near_s: float = 2 * 86_400.0
    back_s: float = 2 * 3_600.0
    most_rows: int = 200_000
    failed_s: float = 60.0
    beat_s: float = 10.0
    stale_s: float = 120.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.most_rows < 1 or min(self.debounce_s, self.rest, self.rounds) < 0:
            raise ValueError("a share of (0, 1], at least one row, and no negative times")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Spans of four weeks of points that are not judged in full yet; all that is new was compared with what is near.

    Parameters
    ----------
    due
        Those whose turn it is: falls to zero when judging keeps up. What failed to be judged is among them.
    resting
        Those whose group was judged in full a short while ago, and which are judged together with what still comes.
    """

    due: int
    resting: int


@dataclass(slots=True)
class _Spans:
    """What of a point waits: by block its first and last time, and what was not looked at yet, `live` if of now."""

    blocks: dict[int, tuple[int, int]]
    fresh: tuple[int, int] | None = None
    live: bool = False

    def add(self, block: int, first: int, last: int) -> None:
        held = self.blocks.get(block, (first, last))
        self.blocks[block] = (min(held[0], first), max(held[1], last))


@dataclass(slots=True)
class _Left:
    """A note of another writer: since when its beat stands still, and whether we took over what it says."""

    note: Unjudged
    since: float
    ours: bool


@dataclass(slots=True)
class _Pace:
    """How long a group takes to be judged in full while others wait, all else in between counted."""

    groups: float = 0.0
    seconds: float = 0.0
    since: float | None = None

    @property
    def group_s(self) -> float:
        return self.seconds / self.groups if self.groups else 0.0

    def keep(self, groups: int, now: float, *, behind: bool) -> None:
        """Count what was judged since the last turn, if that turn left groups that were due."""
        if self.since is not None:
            self.groups = self.groups * _PACE_KEPT + groups
            self.seconds = self.seconds * _PACE_KEPT + now - self.since
        self.since = now if behind else None


class Cleaner:
    """Judges what the intake takes in. Safe for threads; one thread calls `run`.

    Parameters
    ----------
    writer
        A name that no other process has.
    clock, cpu
        Seconds that pass, and seconds that the calling thread has worked.
    """

    def __init__(
        self,
        judging: Judging,
        places: Places,
        notes: UnjudgedStore,
        *,
        writer: str,
        clock: Callable[[], float],
        cpu: Callable[[], float],
        params: CleanerParams = CleanerParams(),
    ) -> None:
        self._judging, self._places, self._notes = judging, places, notes
        self._writer, self._clock, self._cpu, self._params = writer, clock, cpu, params
        self._lock = Lock()
        self._heard: list[tuple[NDArray[np.int32], Times, Times]] = []
        self._due: dict[int, _Spans] = {}
        self._newest: dict[int, int] = {}
        self._near: dict[PointGroup, float] = {}
        self._turns = 0
        self._pause_s, self._late_from = 0.0, clock()
        self._under_way: Counter[int] = Counter()
        self._noted: set[int] = set()
        self._beat, self._beaten = 0, clock()
        self._left: dict[tuple[str, int], _Left] | None = None
        self._looked = clock()
        self._rest: dict[PointGroup, float] = {}
        self._failed: set[PointGroup] = set()
        self._pace = _Pace()
        self._index: dict[int, PointGroup] | None = None
        self._ungrouped: set[int] = set()
        places.on_change(lambda _: self._forget_index())

    @contextmanager
    def guard(self, readings: Readings) -> Iterator[None]:
        """Note on disk that readings may not be judged yet; held while they are written and `hear` is called."""
        blocks = np.unique(readings.at // BLOCK).tolist()
        with self._lock:
            new = [block for block in blocks if block not in self._noted]
            if new:
                self._notes.put_unjudged([self._note(block) for block in new])
                self._noted.update(new)
            self._under_way.update(blocks)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.subtract(blocks)

    def hear(self, readings: Readings) -> None:
        """Take note of readings that are on disk; they are judged later, by `run`."""
        with self._lock:
            self._heard.append((readings.point, readings.at, readings.received))
            if sum(len(point) for point, *_ in self._heard) > self._params.most_rows:
                self._gather()

    def backlog(self) -> Backlog:
        """Return what is not judged in full yet."""
        index, now = self._index or {}, self._clock()
        due = resting = 0
        with self._lock:
            self._gather()
            for point, spans in self._due.items():
                group = index.get(point)
                if group is None or group in self._failed or self._rest.get(group, 0.0) <= now:
                    due += len(spans.blocks)
                else:
                    resting += len(spans.blocks)
        return Backlog(due=due, resting=resting)

    def run(self, wait: Callable[[float], bool]) -> None:
        """Judge until `wait`, which waits for so many seconds, returns True."""
        failing = False
        while not wait(max(self._pause_s, self._params.debounce_s)):
            try:
                self.turn()
            except YuanliError as error:
                if not failing:
                    log.warning("Readings can't be judged now, and wait: %s", error)
                failing = True
            except Exception:  # the thread's outermost loop: the next group must have its turn
                log.exception("Readings can't be judged")
            else:
                if failing:
                    log.info("Readings are judged again")
                failing = False

    def turn(self) -> None:
        """Judge new readings beside those that are near, and in full the groups that have rested.

        What comes late and what is judged in full pause by themselves, so that no alarm of now waits for them.
        """
        began = self._cpu()
        try:
            self._look_for_left()
            with self._lock:
                self._gather()
            groups = self._groups_due()
            self._judge_fresh(groups, live=True)
        finally:
            self._pause_s = self._rest_since(began)
        if self._clock() >= self._late_from:
            began = self._cpu()
            self._turns += 1
            try:
                if self._judge_fresh(groups, live=False) or self._turns % self._params.near_turns == 0:
                    self._judge_rested(groups)
            finally:
                self._late_from = self._clock() + self._rest_since(began)
        self._settle()

    def drain(self) -> None:
        """Judge in full all that waits."""
        self._look_for_left()
        with self._lock:
            self._gather()
        while groups := self._groups_due():
            for group in groups:
                self._judge_all(group)
            with self._lock:
                self._gather()
        self._settle()

    def forget(self) -> None:
        """Forget what waits in this process: all of it was judged by other ways."""
        with self._lock:
            self._heard, self._due = [], {}
        self._settle()

    def _judge_rested(self, groups: Sequence[PointGroup]) -> None:
        """Judge in full, for a slice of time, groups that have rested."""
        began, judged = self._clock(), 0
        least_s = self._params.rounds * self._pace.group_s * len(self._rest.keys() | set(groups))
        ends = began + self._params.slice_s
        rested = [group for group in self._by_newest(groups) if self._rest.get(group, 0.0) <= began]
        try:
            for group in rested:
                if self._clock() > ends:
                    break
                judged += 1
                self._judge_all(group, rest_s=least_s)
        finally:
            self._pace.keep(judged, self._clock(), behind=judged < len(rested))

    def _rest_since(self, began: float) -> float:
        """Return for how many seconds to rest from the work since, so that it takes its share of a core."""
        return (self._cpu() - began) * (1 / self._params.share - 1)

    def _judge_fresh(self, groups: Sequence[PointGroup], *, live: bool) -> bool:
        """Judge new readings for a slice of time, of now or that come late; tell whether all are.

        Groups have their turn one after another.
        """
        with self._lock:
            waits = [one for one in groups if any(self._is_fresh(point, live) for point in one.numbers)]
        waits.sort(key=lambda group: self._near.get(group, 0.0))
        ends, many = self._clock() + self._params.slice_s, self._params.near_groups
        for i in range(0, len(waits), many):
            if i and self._clock() > ends:
                return False
            self._judge_near(waits[i : i + many])
        return True

    def _is_fresh(self, point: int, live: bool) -> bool:
        spans = self._due.get(point)
        return spans is not None and spans.fresh is not None and spans.live == live

    def _judge_near(self, groups: Sequence[PointGroup]) -> None:
        with self._lock:
            spans = [own for one in groups for point in one.numbers if (own := self._due.get(point))]
            fresh = [own.fresh for own in spans if own.fresh is not None]
            for own in spans:
                own.fresh = None
        now = self._clock()
        self._near.update((group, now) for group in groups)
        window = Window(min(first for first, _ in fresh), max(last for _, last in fresh) + 1)
        near = Window(window.start - int(self._params.near_s * SECOND_US), window.end)
        self._judging.judge_near(groups, window, near)

    def _by_newest(self, groups: Sequence[PointGroup]) -> list[PointGroup]:
        """Return groups in the order in which they are judged in full: what has rested longest, then the newest."""

        def order(group: PointGroup) -> tuple[float, int]:
            blocks = [
                block for point in group.numbers if point in self._due for block in self._due[point].blocks
            ]
            return self._rest.get(group, 0.0), -max(blocks, default=0)

        with self._lock:
            return sorted(groups, key=order)

    def _judge_all(self, group: PointGroup, *, rest_s: float = 0.0) -> None:
        """Judge a group in full; then it rests, at least so many seconds."""
        with self._lock:
            taken = {
                point: spans for point in group.numbers if (spans := self._due.pop(point, None)) is not None
            }
        ends = [end for spans in taken.values() for span in spans.blocks.values() for end in span]
        began = self._cpu()
        try:
            self._judging.judge(group, touched(np.array(ends, np.int64)))
        except BaseException:
            with self._lock:
                for point, spans in taken.items():
                    for block, span in spans.blocks.items():
                        self._due_of(point).add(block, *span)
            self._rest[group] = self._clock() + self._params.failed_s
            self._failed.add(group)
            raise
        self._failed.discard(group)
        self._rest[group] = self._clock() + max((self._cpu() - began) * self._params.rest, rest_s)

    def _groups_due(self) -> list[PointGroup]:
        """Return the groups that have points which wait; what waits of points in no group is forgotten."""
        index = self._indexed()
        with self._lock:
            strange = self._due.keys() - index.keys()
        if strange - self._ungrouped:  # another process may have added them to a map
            self._index = None
            index = self._indexed()
            self._ungrouped = strange - index.keys()
        with self._lock:
            for point in self._ungrouped:
                self._due.pop(point, None)
            waiting = list(dict.fromkeys(index[point] for point in self._due if point in index))
        groups = self._judging.to_judge(waiting)
        with self._lock:
            for group in set(waiting).difference(groups):
                self._due.pop(group.numbers[0], None)
        return groups

    def _gather(self) -> None:
        """Put together what was heard; the lock is held."""
        if not self._heard:
            return
        heard, self._heard = self._heard, []
        back = int(self._params.back_s * SECOND_US)
        points, at, received = (np.concatenate(column) for column in zip(*heard, strict=True))
        for point, block, first, last in _spans_of(points, at):
            self._due_of(point).add(block, first, last)
        live, now = at <= received + back, int(received.max())
        for point, _, first, last in _spans_of(points[live], at[live]):
            newest = self._newest[point] = max(last, self._newest.get(point, 0))
            if last >= newest - back:
                spans = self._due_of(point)
                begin, end = spans.fresh or (first, last)
                end = max(end, last)
                spans.fresh = (max(min(begin, first), end - back), end)
                spans.live = end >= now - back

    def _due_of(self, point: int) -> _Spans:
        return self._due.setdefault(point, _Spans({}))

    def _indexed(self) -> dict[int, PointGroup]:
        index = self._index
        if index is None:
            self._index = index = {}
            for summary in self._places.summaries():
                try:
                    groups = self._judging.groups(summary.id)
                except CampusNotFoundError:
                    continue
                index.update((point, group) for group in groups for point in group.numbers)
            known = set(index.values())
            for times in (self._rest, self._near):
                for group in times.keys() - known:
                    del times[group]
            self._failed &= known
        return index

    def _forget_index(self) -> None:
        self._index, self._ungrouped = None, set()

    def _note(self, block: int) -> Unjudged:
        return Unjudged(writer=self._writer, block=block, beat=self._beat)

    def _settle(self) -> None:
        """Remove the notes of what is judged, and renew those that are left."""
        now = self._clock()
        with self._lock:
            waits = {block for spans in self._due.values() for block in spans.blocks}
            waits.update(block for _, at, _ in self._heard for block in np.unique(at // BLOCK).tolist())
            own = {block for block in self._noted if block not in waits and not self._under_way[block]}
            gone = [self._note(block) for block in own]
            gone += [
                left.note
                for left in (self._left or {}).values()
                if left.ours and left.note.block not in waits and now - left.since >= 2 * self._params.beat_s
            ]
            if gone:
                self._notes.remove_unjudged(gone)
                self._noted -= own
            if self._noted and now - self._beaten >= self._params.beat_s:
                self._beat, self._beaten = self._beat + 1, now
                self._notes.put_unjudged([self._note(block) for block in sorted(self._noted)])
        for note in gone:
            if self._left is not None:
                self._left.pop((note.writer, note.block), None)

    def _look_for_left(self) -> None:
        """Take over what writers left unjudged that were killed: at the start all, later what stands still."""
        now, first = self._clock(), self._left is None
        if not first and now - self._looked < self._params.beat_s:
            return
        self._looked = now
        before = self._left or {}
        left: dict[tuple[str, int], _Left] = {}
        taken: list[int] = []
        for note in self._notes.list_unjudged():
            if note.writer == self._writer:
                continue
            known = before.get((note.writer, note.block))
            if known is None or known.note.beat != note.beat:
                known = _Left(note, now, ours=first)
                taken += [note.block] if first else []
            elif not known.ours and now - known.since >= self._params.stale_s:
                known.ours = True
                taken.append(note.block)
            left[note.writer, note.block] = known
        self._take_over(taken)
        self._left = left

    def _take_over(self, blocks: Iterable[int]) -> None:
        blocks = sorted(set(blocks))
        if not blocks:
            return
        measured = self._judging.measured(self._indexed())
        log.info("Readings of %s points from before the start are judged", len(measured))
        with self._lock:
            for point in measured:
                for block in blocks:
                    self._due_of(point).add(block, block * BLOCK, (block + 1) * BLOCK - 1)


def _spans_of(point: NDArray[np.int32], at: Times) -> Iterator[tuple[int, int, int, int]]:
    """Yield a point, a block, and the first and last time there, ascending."""
    order = np.lexsort((at, point))
    numbers, times = point[order].astype(np.int64), at[order]
    blocks = times // BLOCK
    begins = np.ones(len(times), bool)
    begins[1:] = (numbers[1:] != numbers[:-1]) | (blocks[1:] != blocks[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(times)) - 1
    columns = (numbers[first], blocks[first], times[first], times[last])
    yield from zip(*(column.tolist() for column in columns), strict=True)

"""Readings are judged as they arrive: at once by what is near, and soon as if all had been judged together.

The rules compare four weeks with two on either side (`telemetry.BLOCK`, `REACH`), which is too much for each reading
that comes. So new readings are first judged beside the last two days; later, when their group has rested, all that they
touch is judged in full, which leaves what judging everything would. What waits is noted on disk before it is written.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanerParams:
    """How soon readings are judged, and how much of one core that may take.

    Parameters
    ----------
    debounce_s
        How long readings are gathered before they are judged.
    share
        The most of one core's time, 0–1.
    rest
        A group that was judged in full rests for so many times the time that took.
    slice_s
        For how long groups are judged in full before new readings get their turn.
    near_s, back_s
        What new readings are first compared with, and how far back those lie that are.
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
    slice_s: float = 1.0
    near_s: float = 2 * 86_400.0
    back_s: float = 2 * 3_600.0
    most_rows: int = 200_000
    failed_s: float = 60.0
    beat_s: float = 10.0
    stale_s: float = 120.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.most_rows < 1 or min(self.debounce_s, self.rest) < 0:
            raise ValueError("a share of (0, 1], at least one row, and no negative times")


@dataclass(slots=True)
class _Spans:
    """What of a point waits: by block its first and last time, and what was not looked at yet."""

    blocks: dict[int, tuple[int, int]]
    fresh: tuple[int, int] | None = None

    def add(self, block: int, first: int, last: int) -> None:
        held = self.blocks.get(block, (first, last))
        self.blocks[block] = (min(held[0], first), max(held[1], last))


@dataclass(slots=True)
class _Left:
    """A note of another writer: since when its beat stands still, and whether we took over what it says."""

    note: Unjudged
    since: float
    ours: bool


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
        self._heard: list[tuple[NDArray[np.int32], Times]] = []
        self._due: dict[int, _Spans] = {}
        self._under_way: Counter[int] = Counter()
        self._noted: set[int] = set()
        self._beat, self._beaten = 0, clock()
        self._left: dict[tuple[str, int], _Left] | None = None
        self._looked = clock()
        self._rest: dict[PointGroup, float] = {}
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
            self._heard.append((readings.point, readings.at))
            if sum(len(point) for point, _ in self._heard) > self._params.most_rows:
                self._gather()

    def pending(self) -> int:
        """Return how many spans of four weeks of points wait to be judged in full."""
        with self._lock:
            self._gather()
            return sum(len(spans.blocks) for spans in self._due.values())

    def run(self, wait: Callable[[float], bool]) -> None:
        """Judge until `wait`, which waits for so many seconds, returns True."""
        failing = False
        pause_s = 0.0
        while not wait(max(pause_s, self._params.debounce_s)):
            began = self._cpu()
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
            pause_s = (self._cpu() - began) * (1 / self._params.share - 1)

    def turn(self) -> None:
        """Judge new readings beside those that are near, and in full the groups that have rested."""
        self._look_for_left()
        now = self._clock()
        with self._lock:
            self._gather()
        groups = self._groups_due()
        for group in groups:
            if self._rest.get(group, 0.0) > now:
                self._judge_near(group)
        for group in sorted(groups, key=lambda one: self._rest.get(one, 0.0)):
            if self._rest.get(group, 0.0) > now or self._clock() - now > self._params.slice_s:
                break
            self._judge_all(group)
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

    def _judge_near(self, group: PointGroup) -> None:
        params = self._params
        with self._lock:
            spans = [own for point in group.numbers if (own := self._due.get(point)) is not None]
            fresh = [own.fresh for own in spans if own.fresh is not None]
            for own in spans:
                own.fresh = None
        if fresh:
            window = Window(min(first for first, _ in fresh), max(last for _, last in fresh) + 1)
            near = Window(window.start - int(params.near_s * SECOND_US), window.end)
            self._judging.judge(group, [window], context=near)

    def _judge_all(self, group: PointGroup) -> None:
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
            raise
        self._rest[group] = self._clock() + (self._cpu() - began) * self._params.rest

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
        columns = _spans_of(np.concatenate([p for p, _ in heard]), np.concatenate([at for _, at in heard]))
        for point, block, first, last in zip(*(column.tolist() for column in columns), strict=True):
            spans = self._due_of(point)
            spans.add(block, first, last)
            begin, end = spans.fresh or (first, last)
            end = max(end, last)
            spans.fresh = (max(min(begin, first), end - back), end)

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
            self._rest = {group: until for group, until in self._rest.items() if group in known}
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
            waits.update(block for _, at in self._heard for block in np.unique(at // BLOCK).tolist())
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


def _spans_of(point: NDArray[np.int32], at: Times) -> tuple[Ints, Ints, Ints, Ints]:
    """Return points, blocks, and first and last times, a row a point and block."""
    order = np.lexsort((at, point))
    numbers, times = point[order].astype(np.int64), at[order]
    blocks = times // BLOCK
    begins = np.ones(len(times), bool)
    begins[1:] = (numbers[1:] != numbers[:-1]) | (blocks[1:] != blocks[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(times)) - 1
    return numbers[first], blocks[first], times[first], times[last]

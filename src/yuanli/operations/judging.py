"""Points that belong together are judged together, by one process at a time, and who listens hears of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from threading import Lock

import numpy as np

from yuanli.campus import Campus, CampusId, DataPoint, PointId
from yuanli.operations.facts import Facts, facts_of
from yuanli.operations.lineage import JudgementLog, applied_rules
from yuanli.operations.moments import EPOCH, MICROSECOND
from yuanli.operations.overrules import OverruleStore, words_of
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.telemetry import (
    CleaningParams,
    Overrule,
    PointFacts,
    Readings,
    Reason,
    Series,
    Window,
    as_came,
    judge,
    overruled,
    with_factor,
)

log = logging.getLogger(__name__)
ALWAYS = Window(0, (datetime(2100, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPoints:
    """Points whose readings in windows of time were judged anew, and are kept so.

    Parameters
    ----------
    windows
        Half-open, in µs since 1970.
    """

    campus_id: CampusId
    points: tuple[PointId, ...]
    windows: tuple[Window, ...]


Factors = Mapping[str, Mapping[Reason, float]]
Tuned = Callable[[CampusId], Factors]
JudgedListener = Callable[[JudgedPoints], None]


@dataclass(frozen=True, slots=True, eq=False)
class PointGroup:
    """Points of a campus that are judged together, as `facts_of` groups them.

    Parameters
    ----------
    facts
        One a point, in the order of `points`; empty for a single point that no rule knows.
    """

    campus_id: CampusId
    points: tuple[PointId, ...]
    numbers: tuple[int, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules found, and what holds after what people said; a series a point of the group."""

    found: tuple[Series, ...]
    held: tuple[Series, ...]


class Judging:
    """Judges groups of points. Safe for threads.

    Parameters
    ----------
    overrules
        What people say of readings, which wins over the rules; nobody says anything without.
    record
        Where it is noted which rules judged what; nowhere without.
    tuned
        Returns by what the thresholds of rules are multiplied for points of a kind; asked at each judging.
    """

    def __init__(
        self,
        store: ReadingStore,
        places: Places,
        overrules: OverruleStore | None = None,
        record: JudgementLog | None = None,
        tuned: Tuned = lambda campus_id: {},
    ) -> None:
        self._store, self._places, self._overrules = store, places, overrules
        self._record, self._tuned = record, tuned
        self._lock = Lock()
        self._groups: dict[CampusId, tuple[Campus, tuple[PointGroup, ...]]] = {}
        self._listeners: list[JudgedListener] = []

    def on_judged(self, listener: JudgedListener) -> Callable[[], None]:
        """Call `listener` after readings were judged anew; returns the way to stop that. It must not wait."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return stop

    def groups(self, campus_id: CampusId) -> tuple[PointGroup, ...]:
        """Return the groups of all points of a campus; the same objects while the campus is the same."""
        campus = self._places.campus(campus_id)
        with self._lock:
            held = self._groups.get(campus_id)
        if held is None or held[0] is not campus:
            point_ids = tuple(point.id for point in campus.of(DataPoint))
            numbers = self._store.number_points(campus_id, point_ids).tolist()
            ids = dict(zip(numbers, point_ids, strict=True))
            known = facts_of(campus, dict(zip(point_ids, numbers, strict=True)))
            ruled = {own.point for facts in known for own in facts}
            members = [(tuple(own.point for own in facts), facts) for facts in known]
            members += [((number,), ()) for number in numbers if number not in ruled]
            groups = tuple(
                PointGroup(campus_id, tuple(ids[number] for number in group), group, facts)
                for group, facts in members
            )
            held = (campus, groups)
            with self._lock:
                self._groups[campus_id] = held
        return held[1]

    def measured(self, numbers: Iterable[int]) -> set[int]:
        """Return which points have readings."""
        return set(self._store.latest(np.array(sorted(numbers), np.int32)).point.tolist())

    def to_judge(self, groups: Sequence[PointGroup]) -> list[PointGroup]:
        """Return the groups that a rule knows, or of which somebody said something, also if it was taken back."""
        said: set[tuple[CampusId, PointId]] = set()
        if self._overrules is not None:
            for campus_id in {group.campus_id for group in groups if not group.facts}:
                kept = self._overrules.list_overrules(campus_id, undone=True)
                said.update((campus_id, one.point) for one in kept)
        return [group for group in groups if group.facts or (group.campus_id, group.points[0]) in said]

    def judge(
        self, group: PointGroup, windows: Sequence[Window], *, context: Window | None = None
    ) -> list[Judgement]:
        """Judge the readings of a group in windows, and keep what comes of it.

        Parameters
        ----------
        context
            What the readings are compared with; all that the rules reach to where None, so that the outcome is
            as if everything were judged.
        """
        with self._store.judging():
            judgements = [self._judge([group], window, context)[0] for window in windows]
        self._tell(JudgedPoints(campus_id=group.campus_id, points=group.points, windows=tuple(windows)))
        return judgements

    def judge_near(self, groups: Sequence[PointGroup], window: Window, context: Window) -> None:
        """Take a first look at a window of many groups beside what is near, in one go, and keep what comes of it."""
        with self._store.judging():
            self._judge(groups, window, context, first_look=True)
        for group in groups:
            self._tell(JudgedPoints(campus_id=group.campus_id, points=group.points, windows=(window,)))

    def _judge(
        self,
        groups: Sequence[PointGroup],
        window: Window,
        context: Window | None,
        *,
        first_look: bool = False,
    ) -> list[Judgement]:
        """Judge a window of groups.

        Somebody may say a word while the rules are at work: then it is kept once more, with that word, so that
        no judgement takes back what was said after it began.
        """
        within = (max(window.start, 0), window.end)
        asked = None if window == ALWAYS else window
        ruled = any(group.facts for group in groups)
        near = context or (window if asked is None or not ruled else window.context)
        numbers = np.array([number for group in groups for number in group.numbers], np.int32)
        arrivals = self._store.arrivals(numbers, max(near.start, 0), near.end)
        tuned = [_with_factors(group, self._tuned(group.campus_id)) for group in groups]
        found = [_found(group, arrivals, asked, first_look=first_look) for group in tuned]
        words = self._words(groups)
        while True:
            held = [tuple(overruled(series, words) for series in judged) for judged in found]
            self._store.judge(*chain.from_iterable(held), within=within)
            now = self._words(groups)
            if now == words:
                self._note(tuned, arrivals, within, first_look=first_look)
                return [Judgement(*one) for one in zip(found, held, strict=True)]
            words = now

    def _note(
        self, groups: Sequence[PointGroup], arrivals: Readings, within: tuple[int, int], *, first_look: bool
    ) -> None:
        """Note which rules judged the points of groups, as far as there are readings."""
        at = arrivals.at[(arrivals.at >= within[0]) & (arrivals.at < within[1])]
        if self._record is None or not len(at):
            return
        judged: dict[CleaningParams, list[int]] = defaultdict(list)
        for own in chain.from_iterable(group.facts for group in groups):
            judged[own.tuned or CleaningParams()].append(own.point)
        for params, numbers in judged.items():
            rules = applied_rules(params, first_look=first_look)
            self._record.put_judged(numbers, Window(int(at.min()), int(at.max()) + 1), rules)

    def _words(self, groups: Sequence[PointGroup]) -> tuple[Overrule, ...]:
        """Return what people say of points of groups, numbered; points of other campuses have other numbers."""
        if self._overrules is None:
            return ()
        numbers: dict[CampusId, dict[PointId, int]] = {}
        for group in groups:
            numbers.setdefault(group.campus_id, {}).update(zip(group.points, group.numbers, strict=True))
        words = [
            words_of(self._overrules.list_overrules(campus_id, tuple(known)), known)
            for campus_id, known in numbers.items()
        ]
        return tuple(chain.from_iterable(words))

    def _tell(self, judged: JudgedPoints) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(judged)
            except Exception:  # what is kept stays so, whatever a listener makes of it
                log.exception("A listener of judged readings failed")


def _with_factors(group: PointGroup, factors: Factors) -> PointGroup:
    """Return a group whose points are judged as strictly as people taught the rules to be with their kind."""
    return replace(group, facts=tuple(_tuned(own, factors.get(own.quantity.name, {})) for own in group.facts))


def _tuned(facts: PointFacts, factors: Mapping[Reason, float]) -> PointFacts:
    if not factors:
        return facts
    params = CleaningParams()
    for reason, factor in factors.items():
        params = with_factor(params, reason, factor)
    return replace(facts, tuned=params)


def _found(
    group: PointGroup, arrivals: Readings, window: Window | None, *, first_look: bool
) -> tuple[Series, ...]:
    if group.facts:
        own = arrivals.rows(np.isin(arrivals.point, group.numbers))
        return judge(own, group.facts, window=window, first_look=first_look)
    return tuple(as_came(arrivals, number, window=window) for number in group.numbers)

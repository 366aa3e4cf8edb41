"""How strict a rule should be with points of a kind: learnt from what people said of flags, tried on held-out words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from yuanli.telemetry.augmenting import Fault, FaultParams, inject_faults, truth
from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.judging import judge
from yuanli.telemetry.quality import FAULTS, Quality, Reason
from yuanli.telemetry.readings import Readings, Series
from yuanli.telemetry.rules.course import DAY

KNOBS: Mapping[Reason, tuple[tuple[str, ...], tuple[float, ...]]] = {
    Reason.SPIKE: (("spike", "spike_tail"), (0.6, 0.8, 1.0, 1.3, 1.7, 2.5, 4.0)),
    Reason.STUCK: (("stuck_odds",), (1e2, 1e1, 1.0, 1e-1, 1e-2, 1e-4, 1e-8)),
    Reason.NOISE: (("noise",), (0.6, 0.8, 1.0, 1.3, 1.7, 2.5)),
    Reason.OFFSET: (("offset_likelihood",), (0.7, 0.85, 1.0, 1.2, 1.4)),
    Reason.DRIFT: (("drift_likelihood",), (0.7, 0.85, 1.0, 1.05, 1.09)),
}
"""The thresholds of each rule that can be learnt, and by what they may be multiplied."""
MOST_LOST = 0.02
"""How much F1 on injected faults a change may cost."""
LEAST_WORDS, LEAST_GROUPS = 4, 2
LEAST_POINTS = 3
"""From so many points on words of whole points are held out, else words of whole days."""
INJECTED_DAYS = 14
INJECTED = FaultParams(
    sentinels=0, duplicates=0, conflicts=0, gaps=0, late=0, clock=0, unit=0, spikes=10, stuck=1, noise=1,
    drift=1, offset=1,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Feed:
    """Readings of points that are judged together, with what is near enough to be compared with."""

    readings: Readings
    facts: tuple[PointFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person said of an interval (µs, both included): whether what came there is wrong."""

    feed: int
    point: int
    start: int
    end: int
    faulty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagging:
    """How right flags are: of what was flagged the share that is wrong readings, and of those the share flagged."""

    right: int
    wrong: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 where nothing is right."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """By what a rule's thresholds should be multiplied, and how good that is.

    Parameters
    ----------
    before, after
        On people's words: with the thresholds as they are; and with those that the other words chose.
    injected_before, injected_after
        On faults put into the same points' readings, by reading.
    groups
        How many points, or days, were held out in turn.
    """

    reason: Reason
    factor: float
    words: int
    groups: int
    before: Flagging
    after: Flagging
    injected_before: Flagging
    injected_after: Flagging

    @property
    def better(self) -> bool:
        """Whether held-out words are contradicted less often, by a change that injected faults allow."""
        return self.factor != 1.0 and self.after.wrong < self.before.wrong


def with_factor(params: CleaningParams, reason: Reason, factor: float) -> CleaningParams:
    """Return thresholds with those of a rule multiplied."""
    fields, _ = KNOBS[reason]
    return replace(params, **{name: getattr(params, name) * factor for name in fields})


def calibrate(
    feeds: Sequence[Feed],
    words: Sequence[Word],
    reason: Reason,
    *,
    params: CleaningParams = CleaningParams(),
    rng: Generator,
    told: Callable[[float], None] = lambda share: None,
) -> Calibration | None:
    """Return how strict a rule should be; None where too little was said to hold anything out.

    A factor is chosen that contradicts the fewest words among those that cost next to nothing on injected faults, the
    nearest to 1 of equal ones. To tell how good such a choice is, points or days are left out in turn, and their words
    judged by the factor that the others chose.
    """
    groups = _groups(words)
    if len(words) < LEAST_WORDS or len(set(groups.tolist())) < LEAST_GROUPS:
        return None
    factors = KNOBS[reason][1]
    faulty = np.array([word.faulty for word in words])
    made = [one for feed in feeds for one in _injected(feed, params, words, rng)]
    flagged: dict[float, NDArray[np.bool_]] = {}
    found: dict[float, Flagging] = {}
    for done, factor in enumerate(factors):
        told(done / len(factors))
        tried = with_factor(params, reason, factor)
        flagged[factor] = _said(feeds, words, tried)
        found[factor] = _on_injected(made, tried)
    allowed = [factor for factor in factors if found[factor].f1 >= found[1.0].f1 - MOST_LOST]
    held_out = np.zeros(len(words), bool)
    for group in np.unique(groups):
        out = groups == group
        held_out[out] = flagged[_best(allowed, flagged, faulty, ~out)][out]
    factor = _best(allowed, flagged, faulty, np.ones(len(words), bool))
    return Calibration(
        reason=reason, factor=factor, words=len(words), groups=len(np.unique(groups)),
        before=_flagging(flagged[1.0], faulty), after=_flagging(held_out, faulty),
        injected_before=found[1.0], injected_after=found[factor],
    )  # fmt: skip


def flags_of(series: Series) -> NDArray[np.bool_]:
    """Return which readings are held to be wrong: suspect or worse, or put right."""
    return np.asarray((series.quality >= Quality.SUSPECT) | ((series.reason & np.uint32(FAULTS)) > 0))


def _groups(words: Sequence[Word]) -> NDArray[np.int64]:
    points = np.array([word.point for word in words], np.int64)
    if len(np.unique(points)) >= LEAST_POINTS:
        return points
    return np.array([word.start // DAY for word in words], np.int64)


def _best(
    allowed: Sequence[float],
    flagged: Mapping[float, NDArray[np.bool_]],
    faulty: NDArray[np.bool_],
    which: NDArray[np.bool_],
) -> float:
    return min(allowed, key=lambda f: (int((flagged[f] != faulty)[which].sum()), abs(log(f))))


def _said(feeds: Sequence[Feed], words: Sequence[Word], params: CleaningParams) -> NDArray[np.bool_]:
    """Return of which words at least half of the readings are flagged."""
    found = np.zeros(len(words), bool)
    for number, feed in enumerate(feeds):
        own = [place for place, word in enumerate(words) if word.feed == number]
        if not own:
            continue
        judged = {one.point: one for one in judge(feed.readings, feed.facts, params=params)}
        for place in own:
            word, series = words[place], judged[words[place].point]
            inside = (series.at >= word.start) & (series.at <= word.end) & np.isfinite(series.raw)
            found[place] = bool(inside.any() and flags_of(series)[inside].mean() >= 0.5)
    return found


def _injected(
    feed: Feed, params: CleaningParams, words: Sequence[Word], rng: Generator
) -> list[tuple[Feed, int, tuple[Fault, ...]]]:
    """Return the feed with faults in the last days of each point that somebody spoke of."""
    judged = {one.point: one for one in judge(feed.readings, feed.facts, params=params)}
    found = []
    for point in sorted({word.point for word in words} & judged.keys()):
        series = judged[point]
        clean = np.isfinite(series.raw) & ~flags_of(series)
        for word in words:
            if word.point == point and word.faulty:
                clean &= (series.at < word.start) | (series.at > word.end)
        if clean.sum() < 100:
            continue
        clean &= series.at >= series.at[clean][-1] - INJECTED_DAYS * DAY
        made = inject_faults(series.at[clean], series.raw[clean], rng, point=point, params=INJECTED)
        others = feed.readings.rows(feed.readings.point != point)
        found.append((replace(feed, readings=_together(others, made.readings)), point, made.faults))
    return found


def _together(first: Readings, second: Readings) -> Readings:
    return Readings(
        **{
            name: np.concatenate([getattr(first, name), getattr(second, name)])
            for name in ("point", "at", "value", "received")
        }
    )


def _on_injected(made: Sequence[tuple[Feed, int, tuple[Fault, ...]]], params: CleaningParams) -> Flagging:
    flagged, faulty = [np.zeros(0, bool)], [np.zeros(0, bool)]
    for feed, point, faults in made:
        own = tuple(replace(facts, related=()) for facts in feed.facts if facts.point == point)
        facts = own if len(feed.facts) == 1 else feed.facts
        series = next(one for one in judge(feed.readings, facts, params=params) if one.point == point)
        came = np.isfinite(series.raw)
        flagged.append(flags_of(series)[came])
        faulty.append((truth(series.at, faults) > 0)[came])
    return _flagging(np.concatenate(flagged), np.concatenate(faulty))


def _flagging(flagged: NDArray[np.bool_], faulty: NDArray[np.bool_]) -> Flagging:
    both = int((flagged & faulty).sum())
    return Flagging(
        right=int((flagged == faulty).sum()), wrong=int((flagged != faulty).sum()),
        precision=both / int(flagged.sum()) if flagged.any() else 1.0,
        recall=both / int(faulty.sum()) if faulty.any() else 1.0,
    )  # fmt: skip

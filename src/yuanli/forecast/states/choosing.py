"""Which models are taken: those that did best on whole days that they had not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.states.features import Known, Look
from yuanli.forecast.states.floors import fit_floors, say_floors
from yuanli.forecast.states.members import StateLearning, Varied, fit_member, vary
from yuanli.forecast.states.places import Place
from yuanli.forecast.states.views import Candidate

MOST_FOLDS = 8
MOST_MEMBERS = 3
CHANCE = 0.05
"""How probable a gain may be where there is none, and still be taken for one."""
COPIED_CHANGES = 4
"""A day on which the state changes at least so often, and just as on another day, was copied."""
LEANS = tuple(np.linspace(-1.0, 2.5, 15).tolist())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """The candidates that are taken, and what was said of days left out.

    Parameters
    ----------
    probabilities
        What the chosen ones say together, shape `(n, n_classes)`.
    each
        What every candidate said.
    floors
        What each plain answer said.
    """

    members: tuple[Candidate, ...]
    probabilities: Floats
    each: Mapping[str, Floats]
    floors: Mapping[str, Ints]


def folds_of(known: Known, places: Sequence[Place]) -> Ints:
    """Return the fold of each moment: whole days, in the order of time; days that were copied share one."""
    days = np.unique(known.day)
    group = {int(day): place for place, day in enumerate(days.tolist())}
    for first, second in copied_days(places):
        if first in group and second in group:
            old, new = group[second], group[first]
            group = {day: new if number == old else number for day, number in group.items()}
    numbers = sorted(set(group.values()))
    fold = {
        number: place * min(MOST_FOLDS, len(numbers)) // len(numbers) for place, number in enumerate(numbers)
    }
    return np.array([fold[group[int(day)]] for day in known.day], dtype=np.int64)


def copied_days(places: Sequence[Place]) -> tuple[tuple[int, int], ...]:
    """Return pairs of days on which some place went through the very same states: one is filled in from the other."""
    found: list[tuple[int, int]] = []
    for place in places:
        days = place.days()
        seen: dict[bytes, int] = {}
        for day in np.unique(days).tolist():
            row = np.nan_to_num(place.truth[days == day], nan=-1)
            if len(row) < place.history.steps_per_day or (np.diff(row) != 0).sum() < COPIED_CHANGES:
                continue
            first = seen.setdefault(row.tobytes(), day)
            if first != day:
                found.append((first, day))
    return tuple(found)


def choose(
    candidates: Sequence[Candidate], known: Known, places: Sequence[Place], look: Look, *,
    classes: int, params: StateLearning, told: Callable[[float], None] = lambda share: None,
) -> Chosen:  # fmt: skip
    """Try candidates, the plainest first, on days left out; keep the plainest unless the best is better beyond chance.

    By the same rule others may join it.
    """
    fold = folds_of(known, places)
    varied = vary(places, look, params) if any(one.varied for one in candidates) else None
    each: dict[str, Floats] = {}
    for done, one in enumerate(candidates):
        told(done / len(candidates))
        each[str(one)] = _left_out(
            one, known, fold, places, look, classes=classes, params=params, varied=varied
        )
    truth = known.truth.astype(np.int64)
    names = [str(one) for one in candidates]
    right = {name: _right(each[name], truth) for name in names}
    best = max(names, key=lambda name: right[name].mean())
    taken = [next(name for name in names if not _beyond_chance(right[best] - right[name], known.day))]
    while len(taken) < min(MOST_MEMBERS, len(names)):
        others = [name for name in names if name not in taken]
        best = max(others, key=lambda name: _merit(_mean(each, [*taken, name]), truth))
        gain = _right(_mean(each, [*taken, best]), truth) - _right(_mean(each, taken), truth)
        if not _beyond_chance(gain, known.day):
            break
        taken.append(best)
    by_name = {str(one): one for one in candidates}
    return Chosen(
        members=tuple(by_name[name] for name in taken), probabilities=_mean(each, taken), each=each,
        floors=_floors_left_out(known, fold, look, classes),
    )  # fmt: skip


def lean_to_change(
    probabilities: Floats, truth: Ints, now: Floats, *, least_recall: float, most_cost: float
) -> float:
    """Return how far to lean towards a change: enough that so many changes are foreseen, if it costs little.

    The most probable answer seldom foresees a change. Of the leans that cost at most `most_cost` of the best accuracy,
    and leave no less than no change has, the smallest is taken that reaches `least_recall`, else the one that foresees
    most.
    """
    changes = np.isfinite(now) & (now != truth)
    if not changes.any():
        return 0.0
    tried = []
    for lean in LEANS:
        said = leant(probabilities, now, lean).argmax(axis=1)
        tried.append((lean, float((said == truth).mean()), float((said == truth)[changes].mean())))
    best = max(accuracy for _, accuracy, _ in tried)
    least = min(best, max(best - most_cost, float((now == truth).mean())))
    cheap = [one for one in tried if one[1] >= least]
    enough = [one for one in cheap if one[2] >= least_recall]
    return float(min(enough)[0] if enough else max(cheap, key=lambda one: (one[2], one[1]))[0])


def leant(probabilities: Floats, now: Floats, lean: float) -> Floats:
    """Return probabilities with the odds of every state but the present one multiplied by `exp(lean)`."""
    there = np.isfinite(now)
    odds = np.where(there[:, None], np.exp(lean), 1.0) * np.ones_like(probabilities)
    rows = np.flatnonzero(there)
    odds[rows, now[rows].astype(np.int64)] = 1.0
    raised = probabilities * odds
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def right_share(probabilities: Floats, truth: Ints) -> float:
    """Return how often the most probable state was true."""
    return float(_right(probabilities, truth).mean())


def _right(probabilities: Floats, truth: Ints) -> Floats:
    return np.asarray(probabilities.argmax(axis=1) == truth, dtype=np.float64)


def _beyond_chance(gain: Floats, day: Ints) -> bool:
    """Whether a gain is: by the one-sided paired t-test over days (Student 1908), each as heavy as its moments."""
    from scipy.stats import t

    _, which = np.unique(day, return_inverse=True)
    days = int(which.max()) + 1
    apart = np.bincount(which, weights=gain - gain.mean()) / len(gain)
    error = np.sqrt((apart**2).sum() * days / (days - 1))
    return bool(gain.mean() > t.ppf(1 - CHANCE, days - 1) * error)


def _merit(probabilities: Floats, truth: Ints) -> tuple[float, float]:
    """Return accuracy to the nearest half per mille, then likelihood: near-ties go to who is surer with reason."""
    loss = -np.log(np.clip(probabilities[np.arange(len(truth)), truth], 1e-6, 1)).mean()
    return round(right_share(probabilities, truth) * 2000) / 2000, -float(loss)


def _mean(each: Mapping[str, Floats], names: Sequence[str]) -> Floats:
    return np.asarray(np.mean([each[name] for name in names], axis=0))


def _floors_left_out(known: Known, fold: Ints, look: Look, classes: int) -> dict[str, Ints]:
    said: dict[str, Ints] = {}
    for number in np.unique(fold):
        out = fold == number
        floors = fit_floors(known.only(_learnt(known, fold, number)), look.signals, classes)
        for name, one in say_floors(floors, known.only(out)).items():
            said.setdefault(name, np.zeros(len(known), dtype=np.int64))[out] = one
    return said


def _learnt(known: Known, fold: Ints, number: int) -> NDArray[np.bool_]:
    """Return what is learnt from while a fold is left out: if it can be, nothing whose windows reach into its days."""
    out = fold == number
    apart: NDArray[np.bool_] = ~out & ~np.isin(known.since, np.unique(known.day[out]))
    return next((which for which in (apart, ~out) if which.any()), out)


def _left_out(
    candidate: Candidate, known: Known, fold: Ints, places: Sequence[Place], look: Look, *,
    classes: int, params: StateLearning, varied: Varied | None,
) -> Floats:  # fmt: skip
    """Return what a candidate says of each fold when it has learnt from the others."""
    said = np.zeros((len(known), classes))
    for number in np.unique(fold):
        out, learn = fold == number, _learnt(known, fold, number)
        member = fit_member(
            candidate, known.only(learn), places, look, classes=classes, params=params, varied=varied
        )
        said[out] = member.predict(known.only(out), places, look)
    return said

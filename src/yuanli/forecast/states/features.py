"""What is known of a place at each moment: nothing here looks ahead of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import DAY, SECOND, Floats, Ints, clock_offsets
from yuanli.forecast.states.places import Place

MINUTE = 60 * SECOND
WINDOWS_MIN = (5, 15, 60, 180)
"""Over how many minutes means, spreads and differences are taken."""
LONG_MIN = 24 * 60
"""What is longer ago than this is all the same."""
FEW_VALUES = 12
"""A signal of no more different values is a state or a set-point: it holds until it changes."""
HOLD_MIN = 60
"""For how long the last reading of any other signal stands for the next ones."""
NEAR_MIN = 30
"""How far from a time of the day other days may be to be like it."""
STATE = "state"
"""The place's own state, where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is looked at.

    Parameters
    ----------
    signals
        Of each place; one that a place lacks is never measured there.
    steady
        Which of them hold until they change.
    own
        Whether the state itself is known up to the moment. It is where the next state is asked for, and is not where
        somebody asks what the state is now.
    ahead
        How many steps ahead the state is asked for.
    """

    signals: tuple[str, ...]
    steady: tuple[str, ...]
    own: bool
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What was known at moments, one row each.

    Parameters
    ----------
    features
        Shape `(n, n_features)`; not a number where nothing is known.
    step
        The moment's column in its place, and `place` the place's number.
    day
        The day of the moment that is asked about, and `since` the first day that windows of the moment reach into.
    now
        The state at the moment, not a number where it isn't known.
    truth
        The state that is asked for, not a number where it isn't known.
    """

    names: tuple[str, ...]
    features: NDArray[np.float32]
    place: Ints
    step: Ints
    day: Ints
    since: Ints
    now: Floats
    truth: Floats

    def __len__(self) -> int:
        return len(self.step)

    def only(self, which: NDArray[np.bool_] | Ints) -> Known:
        """Return some of the rows."""
        return Known(
            names=self.names, features=self.features[which], place=self.place[which], step=self.step[which],
            day=self.day[which], since=self.since[which], now=self.now[which], truth=self.truth[which],
        )  # fmt: skip

    def of_places(self, after: int) -> Known:
        """Return the rows with their places numbered after so many others."""
        return replace(self, place=self.place + after)


def joined(*parts: Known) -> Known:
    """Return rows of several, one after the other; all know of the same columns."""
    return Known(
        names=parts[0].names,
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("features", "place", "step", "day", "since", "now", "truth")
        },
    )


def look_of(places: Sequence[Place], *, ahead: int, own: bool) -> Look:
    """Return what to look at in places that are learnt from: every signal that any of them has."""
    signals = tuple(dict.fromkeys(signal for place in places for signal in place.signals))
    return Look(
        signals=signals, steady=tuple(s for s in signals if _is_steady(places, s)), own=own, ahead=ahead
    )


def known_of(places: Sequence[Place], look: Look) -> Known:
    """Return what was known at each step of places."""
    return joined(*(_known(place.of(look.signals), look, number) for number, place in enumerate(places)))


def held(values: Floats, most: int | None) -> tuple[Floats, Ints]:
    """Return values that hold until the next, for `most` steps at the longest, and how many steps old each is."""
    place = np.where(np.isfinite(values), np.arange(len(values)), -1)
    last = np.maximum.accumulate(place)
    age = np.where(last >= 0, np.arange(len(values)) - last, len(values))
    usable = (last >= 0) & (age <= (len(values) if most is None else most))
    return np.where(usable, values[np.maximum(last, 0)], np.nan), age


def _known(place: Place, look: Look, number: int) -> Known:
    history = place.history
    n_times = history.n_times
    columns: dict[str, Floats] = _clock(place, look.ahead)
    for name, values in zip(look.signals, history.values, strict=True):
        columns |= _signal(name, values, history.step, steady=name in look.steady)
    now = place.known
    if look.own:
        columns |= _signal(STATE, now, history.step, steady=True)
        columns |= _days(place, look.ahead)
    truth = np.full(n_times, np.nan)
    truth[: max(n_times - look.ahead, 0)] = place.truth[look.ahead :]
    local = history.times() + _offset(place)
    day = (local + look.ahead * history.step) // DAY
    since = (local - WINDOWS_MIN[-1] * MINUTE) // DAY
    return Known(
        names=tuple(columns), features=np.stack(list(columns.values()), axis=1).astype(np.float32),
        place=np.full(n_times, number), step=np.arange(n_times), day=np.asarray(day), since=np.asarray(since),
        now=now, truth=truth,
    )  # fmt: skip


def _offset(place: Place) -> Ints:
    return clock_offsets(place.history.times(), place.history.zone)


def _clock(place: Place, ahead: int) -> dict[str, Floats]:
    local = place.history.times() + ahead * place.history.step + _offset(place)
    angle = 2 * np.pi * (local % DAY) / DAY
    weekday = (local // DAY + 3) % 7
    return {
        "hour": (local % DAY) / (60 * MINUTE),
        "hour_sin": np.sin(angle),
        "hour_cos": np.cos(angle),
        "weekend": (weekday >= 5).astype(np.float64),
    }


def _signal(name: str, raw: Floats, step: int, *, steady: bool) -> dict[str, Floats]:
    minutes = step / MINUTE
    values, age = held(raw, None if steady else max(1, round(HOLD_MIN / minutes)))
    found = {name: values, f"{name} age": np.minimum(age * minutes, LONG_MIN)}
    if steady:
        found[f"{name} unchanged"] = np.minimum(_unchanged(values) * minutes, LONG_MIN)
    for span in WINDOWS_MIN:
        steps = round(span / minutes)
        if steps < 2:
            continue
        mean, spread = _window(values, steps)
        before = np.concatenate([np.full(min(steps, len(values)), np.nan), values[:-steps]])
        found[f"{name} mean {span}"] = mean
        found[f"{name} change {span}"] = values - before
        found[f"{name} spread {span}"] = spread
    mean, spread = _window(values, max(2, round(LONG_MIN / minutes)))
    found[f"{name} above day"] = values - mean
    return found


def _window(values: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of what is known of the last `steps` steps, this one too."""
    there = np.isfinite(values)
    middle = float(values[there][0]) if there.any() else 0.0  # the first: a mean would know what comes
    centred = np.where(there, values - middle, 0.0)
    count, total, squares = (_running(x, steps) for x in (there.astype(np.float64), centred, centred**2))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        spread = np.sqrt(np.maximum(squares / count - mean**2, 0))
    return mean + middle, spread


def _running(values: Floats, steps: int) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, len(values) + 1)
    return np.asarray(sums[last] - sums[np.maximum(last - steps, 0)])


def _unchanged(values: Floats) -> Ints:
    """Return for how many steps each value has been what it is."""
    place = np.arange(len(values))
    changed = np.concatenate([[True], values[1:] != values[:-1]])
    return place - np.maximum.accumulate(np.where(changed, place, 0))


def _days(place: Place, ahead: int) -> dict[str, Floats]:
    """Return what the state was on earlier days at the time of the day that is asked about."""
    history, steps = place.history, place.history.steps_per_day
    values, _ = held(place.known, steps)
    n_times = len(values)
    column = np.arange(n_times) + ahead
    nothing = np.full(n_times, np.nan)
    day, week = (
        np.where(column >= back, values[np.maximum(column - back, 0)], np.nan) if back > ahead else nothing
        for back in (steps, 7 * steps)
    )
    near = max(1, round(NEAR_MIN * MINUTE / history.step))
    around, _ = _window(values, 2 * near + 1)
    seen: list[Floats] = []
    for k in range(1, 29):
        middle = column - k * steps + near
        if k * steps <= ahead + near:
            continue
        if middle[-1] < 0:
            break
        seen.append(np.where(middle >= 0, around[np.maximum(middle, 0)], np.nan))
    return {
        "state yesterday": day,
        "state last week": week,
        "state other days": _mean(seen) if seen else nothing,
        "state last days": _mean(seen[:3]) if seen else nothing,
    }


def _mean(rows: Sequence[Floats]) -> Floats:
    stacked = np.stack(rows)
    there = np.isfinite(stacked)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(there, stacked, 0).sum(axis=0) / there.sum(axis=0))


def _is_steady(places: Sequence[Place], signal: str) -> bool:
    seen: set[float] = set()
    for place in places:
        if signal in place.signals:
            row = place.history.values[place.signals.index(signal)]
            seen |= set(np.unique(row[np.isfinite(row)]).tolist())
            if len(seen) > FEW_VALUES:
                return False
    return True

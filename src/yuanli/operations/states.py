"""Which state a room or a device is in, and which comes next: learnt from tables, or from what is kept of a campus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import numpy as np

from yuanli.campus import Campus, CampusId, DataPoint, PointId
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.forecast import (
    InvalidStatesError,
    Place,
    StateModel,
    StateParams,
    StateScores,
    fit_states,
    place_of,
    say_states,
)
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.operations.telemetry import EPOCH, MICROSECOND, point_of
from yuanli.telemetry import Quality, Series, Times, Values

PAST = timedelta(days=28)
STEP = timedelta(minutes=2)
LONGEST = timedelta(hours=6)
FRESH = timedelta(days=1)
"""For how long what was learnt is used before it is learnt anew."""
MOST_STATES = 12
MOST_SIGNALS = 20
MOST_KEPT = 64
CANDIDATES = ("line:own", "line:now")
Columns = Mapping[str, tuple[Times, Values]]


class NoStatesError(InfeasibleError):
    """A point has no states that could be learnt: too little is known of it, or it measures a quantity."""


class StateHorizonError(InvalidInputError):
    """A state is asked for in the past, or farther ahead than is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChance:
    """A state, as its point writes it, and how probable it is."""

    value: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StateForecast:
    """Which state comes next, how sure that is, and how good such answers were on days left out.

    Parameters
    ----------
    at
        The time that is asked about.
    now
        The state at the last step, as the point writes it.
    expected
        The state that is answered: the likeliest, or a change that is likely enough (see `docs/forecast.md`).
    changes
        The probability that it will be another than now.
    shares
        Which signals count most, shares of 1.
    floor, floor_accuracy
        The best plain answer, such as `persistence`, and how often that was right.
    change_recall
        Of the changes on days left out, how many were foreseen; none where there was no change.
    """

    point: str
    at: datetime
    now: str
    expected: str
    probability: float
    changes: float
    states: tuple[StateChance, ...]
    method: str
    verdict: Text
    better_than_floor: bool
    accuracy: float
    change_recall: float | None
    floor: str
    floor_accuracy: float
    days: int
    shares: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A model that was learnt, and when."""

    model: StateModel
    learnt: datetime


class States:
    """Tells the next states of points of the kept campuses."""

    def __init__(self, store: ReadingStore, places: Places) -> None:
        self._store, self._places = store, places
        self._kept: dict[tuple[CampusId, PointId, int], _Kept] = {}
        self._lock = Lock()

    def forecast(
        self, campus_id: CampusId, point_id: PointId, ahead: timedelta, now: datetime
    ) -> StateForecast:
        """Return the state of a point at `ahead` from now, learnt from its last 28 days and its device's other points.

        Raises
        ------
        PointNotFoundError, StateHorizonError, NoStatesError
            There is no such point, no such horizon, or nothing to learn from.
        """
        steps = _steps(ahead)
        campus = self._places.campus(campus_id)
        point = point_of(campus, point_id)
        beside = _beside(campus, point)
        numbers = self._store.number_points(campus_id, [point.id, *(one.id for one in beside)])
        end = (now - EPOCH) // MICROSECOND
        own, *others = self._store.load(numbers, end - PAST // MICROSECOND, end)
        classes, place = _place(
            point, own, dict(zip((p.id for p in beside), others, strict=True)), end, campus
        )
        model = self._model((campus_id, point_id, steps), classes, place, now)
        said = say_states(model, [place], latest=True)
        current = float(said.known.now[0])
        if not np.isfinite(current):
            raise _no_states(point, Text("此刻状态未知", "its state now is not known"))
        return _told(point, model, said.probabilities[0], int(said.state[0]), int(current), now + ahead)

    def _model(
        self, key: tuple[CampusId, PointId, int], classes: tuple[str, ...], place: Place, now: datetime
    ) -> StateModel:
        with self._lock:
            kept = self._kept.get(key)
            if kept and kept.model.classes == classes and timedelta(0) <= now - kept.learnt < FRESH:
                return kept.model
            try:
                model = fit_states([place], classes, ahead=key[2], params=StateParams(candidates=CANDIDATES))
            except InvalidStatesError as error:
                raise NoStatesError(error.message, field="point", hint=error.hint) from error
            self._kept[key] = _Kept(model=model, learnt=now)
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            return model


def place_of_columns(
    name: str,
    columns: Columns,
    target: str,
    *,
    step: timedelta,
    zone: str,
    classes: Sequence[str] = (),
    signals: Sequence[str] = (),
) -> tuple[tuple[str, ...], Place]:
    """Return the names of the states, and a place, of the columns of a table; the states are the target's numbers.

    Parameters
    ----------
    classes
        The states where they are known; else the different numbers of the target, ascending.
    signals
        Which other columns are looked at; none: all.

    Raises
    ------
    NoStatesError, InvalidStatesError
        A column is not there, or the target has too many different values.
    """
    missing = [column for column in (target, *signals) if column not in columns]
    if missing:
        raise InvalidStatesError(
            Text(f"没有列“{missing[0]}”；有 {', '.join(sorted(columns))}。",
                 f"There is no column {missing[0]!r}; there are {', '.join(sorted(columns))}."),
            field="target", hint=Text("写表头里的列名。", "Name a column of the header."),
        )  # fmt: skip
    at, value = columns[target]
    known = tuple(classes) or classes_of(value, target)
    readings = {column: columns[column] for column in (signals or columns) if column != target}
    place = place_of(
        name, readings, (at, _numbered(value, known)), step=step // MICROSECOND, zone=zone
    )  # fmt: skip
    return known, place


def classes_of(value: Values, target: str) -> tuple[str, ...]:
    """Return the names of the states that values are, ascending.

    Raises
    ------
    NoStatesError
        There are fewer than two, or so many that it is a quantity.
    """
    different = np.unique(value[np.isfinite(value)])
    if not 2 <= len(different) <= MOST_STATES:
        raise NoStatesError(
            Text(f"“{target}”有 {len(different)} 个不同的值，状态应有 2 到 {MOST_STATES} 个。",
                 f"{target!r} takes {len(different)} different values; states are 2 to {MOST_STATES}."),
            field="target", hint=Text("选开关、档位、人数这样的列。", "Choose such as a switch, a level or a count."),
        )  # fmt: skip
    return tuple(f"{number:g}" for number in different.tolist())


def _numbered(value: Values, classes: Sequence[str]) -> Values:
    """Return the number of each value among the states; what is none of them is not known."""
    numbers = np.full(len(value), np.nan)
    for place, name in enumerate(classes):
        numbers[value == float(name)] = place
    return numbers


def _place(
    point: DataPoint, own: Series, others: Mapping[PointId, Series], end: int, campus: Campus
) -> tuple[tuple[str, ...], Place]:
    at, value = _good(own)
    if not len(at):
        raise _no_states(point, Text("28 天内没有读数", "nothing was measured in 28 days"))
    classes = classes_of(value, point.id)
    readings = {str(name): _good(one) for name, one in others.items()}
    place = place_of(
        point.id, {name: one for name, one in readings.items() if len(one[0])},
        _held((at, _numbered(value, classes)), end), step=STEP // MICROSECOND, zone=campus.time_zone, end=end,
    )  # fmt: skip
    return classes, place


def _held(states: tuple[Times, Values], end: int) -> tuple[Times, Values]:
    """Return states at each step from the first on: points that are sent on change hold until the next."""
    at, value = states
    step = STEP // MICROSECOND
    steps = np.arange(int(at[0]) // step * step + step, end // step * step + 1, step)
    before = np.searchsorted(at, steps, side="left") - 1
    return steps - 1, value[np.maximum(before, 0)]


def _good(series: Series) -> tuple[Times, Values]:
    held = (series.quality <= Quality.SUSPECT) & np.isfinite(series.value)
    return series.at[held], series.value[held]


def _beside(campus: Campus, point: DataPoint) -> list[DataPoint]:
    """Return the other points of a point's device, then of its room."""
    others = [one for one in campus.of(DataPoint) if one.id != point.id]
    own = [one for one in others if point.device_id and one.device_id == point.device_id]
    room = [one for one in others if point.space_id and one.space_id == point.space_id and one not in own]
    return (own + room)[:MOST_SIGNALS]


def _told(
    point: DataPoint, model: StateModel, chances: Values, state: int, current: int, at: datetime
) -> StateForecast:
    own: StateScores = model.validation["model"]
    floor = model.best_floor()
    return StateForecast(
        point=point.id, at=at, now=model.classes[current], expected=model.classes[state],
        probability=float(chances[state]), changes=float(1 - chances[current]),
        states=tuple(
            StateChance(value=name, probability=float(chance))
            for name, chance in zip(model.classes, chances.tolist(), strict=True)
        ),
        method=model.method, verdict=model.verdict(), better_than_floor=model.better_than_floors(),
        accuracy=own.accuracy, change_recall=None if np.isnan(own.change_recall) else own.change_recall,
        floor=floor, floor_accuracy=model.validation[floor].accuracy, days=own.days, shares=model.weights(),
    )  # fmt: skip


def _no_states(point: DataPoint, why: Text) -> NoStatesError:
    return NoStatesError(
        Text(
            f"“{point.id}”的状态无法预测：{why.zh}。", f"The state of {point.id!r} can't be told: {why.en}."
        ),
        field="point",
        hint=Text("积累几天读数后再试。", "Try again when a few days have been measured."),
    )


def _steps(ahead: timedelta) -> int:
    if not STEP <= ahead <= LONGEST:
        raise StateHorizonError(
            Text(f"提前量 {ahead} 不在 2 分钟到 6 小时之内。",
                 f"A horizon of {ahead} is not within 2 minutes and 6 hours."),
            field="minutes", hint=Text("例如 30 分钟。", "Give such as 30 minutes."),
        )  # fmt: skip
    return -(-ahead // STEP)

"""Which state a room or a device is in, and which comes next: learnt from tables, or from what is kept of a campus."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

import numpy as np

from yuanli.campus import CampusId, DataPoint, FeatureId, LanguageMap, PointId
from yuanli.errors import InvalidInputError, Text, YuanliError
from yuanli.forecast import (
    InvalidStatesError,
    Place,
    StateModel,
    StateParams,
    StateScores,
    fit_states,
    load_states,
    place_of,
    say_states,
)
from yuanli.operations.models import Models
from yuanli.operations.point_rows import PointRow
from yuanli.operations.state_history import (
    STEP,
    NoStatesError,
    StateHistory,
    StateReader,
    classes_of,
    no_states,
    numbered,
)
from yuanli.operations.telemetry import MICROSECOND
from yuanli.telemetry import Times, Values

log = logging.getLogger(__name__)
LONGEST = timedelta(hours=6)
FRESH = timedelta(days=1)
"""For how long what was learnt is used before it is learnt anew."""
MOST_KEPT = 64
MOST_BESIDE = 6
"""Of so many points of a device or a place the next state is told: each may have to be learnt on the spot."""
CANDIDATES = ("line:own", "line:now")
Columns = Mapping[str, tuple[Times, Values]]


SWITCHED = (Text("关", "off"), Text("开", "on"))
CALLED: tuple[tuple[str, tuple[Text, Text]], ...] = (
    *(
        (part, SWITCHED)
        for part in ("On_Off", "Start_Stop", "Run_", "Enable", "Relay", "Switch", "Power_Command")
    ),
    *(
        (part, (Text("无人", "nobody"), Text("有人", "somebody")))
        for part in ("Occupancy_S", "Motion_", "PIR_")
    ),
    *(
        (part, (Text("关闭", "closed"), Text("打开", "open")))
        for part in ("Open_Close", "Contact", "Door_", "Window_")
    ),
    *((part, (Text("正常", "normal"), Text("报警", "alarm"))) for part in ("Alarm", "Fault")),
)
"""What nought and one are called, by a part of the Brick class of their point; the first that fits holds."""


class StateHorizonError(InvalidInputError):
    """A state is asked for in the past, or farther ahead than is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedVersion:
    """A version of a model in the registry."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChance:
    """A state, as its point writes it, what it is called, and how probable it is."""

    value: str
    name: Text
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StateForecast:
    """Which state comes next, how sure that is, and how good such answers were on days left out.

    Parameters
    ----------
    at
        The time that is asked about.
    now
        The state at the last step, as the point writes it; None where only people's labels tell it.
    expected
        The state that is answered: the likeliest, or a change that is likely enough (see `docs/forecast.md`).
    changes
        The probability that it will be another than now; None where that is not known.
    shares
        Which signals count most, shares of 1.
    floor, floor_accuracy
        The best plain answer, such as `persistence`, and how often that was right.
    change_recall
        Of the changes on days left out, how many were foreseen; none where there was no change.
    model
        The trained model that answers; None where a line was learnt on the spot.
    fault
        Why the live model can't answer, where it can't.
    """

    point: str
    at: datetime
    now: str | None
    expected: str
    probability: float
    changes: float | None
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
    model: TrainedVersion | None = None
    fault: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextState:
    """A point of a device or a place, with its next state, or why that can't be told."""

    point: str
    name: LanguageMap
    quantity_name: Text | None
    device: str | None
    device_name: LanguageMap
    forecast: StateForecast | None = None
    untold: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A model that was learnt, and when."""

    model: StateModel
    learnt: datetime


class States:
    """Tells the next states of points of the kept campuses.

    Parameters
    ----------
    models
        Where trained models are; a point without a live one is learnt on the spot, as a line.
    """

    def __init__(self, reader: StateReader, models: Models) -> None:
        self._reader, self._models = reader, models
        self._kept: dict[tuple[CampusId, PointId, int], _Kept] = {}
        self._opened: dict[tuple[str, str], StateModel] = {}
        self._lock = Lock()

    def forecast(
        self, campus_id: CampusId, point_id: PointId, ahead: timedelta, now: datetime
    ) -> StateForecast:
        """Return the state of a point at `ahead` from now: by the live model, else by its last 28 days.

        Raises
        ------
        PointNotFoundError, StateHorizonError, NoStatesError
            There is no such point, no such horizon, or nothing to learn from.
        """
        steps = steps_ahead(ahead)
        point = self._reader.point(campus_id, point_id)
        live, fault = self._find_live(campus_id, point_id, steps)
        if live is not None:
            model = live[1]
            history = self._reader.read_for(model, campus_id, point_id, now)
        else:
            history = self._reader.read(campus_id, point_id, now)
            model = self._model((campus_id, point_id, steps), history, now)
        said = say_states(model, [history.place], latest=True)
        current = float(said.known.now[0])
        if history.own and not np.isfinite(current):
            raise no_states(point, Text("此刻状态未知", "its state now is not known"))
        told = _told(point, model, said.probabilities[0], int(said.state[0]), current, now + ahead)
        return replace(told, model=None if live is None else live[0], fault=fault)

    def next_states(
        self, campus_id: CampusId, feature_id: str, ahead: timedelta, now: datetime
    ) -> tuple[NextState, ...]:
        """Return the next states of a device, or of what stands in a place: of `MOST_BESIDE` points at most.

        Raises
        ------
        PlaceNotFoundError, StateHorizonError
            There is no such device or place, or no such horizon.
        """
        steps_ahead(ahead)
        return tuple(
            self._next(campus_id, row, ahead, now)
            for row in self._reader.rows_of(campus_id, feature_id)[:MOST_BESIDE]
        )

    def _next(self, campus_id: CampusId, row: PointRow, ahead: timedelta, now: datetime) -> NextState:
        told: StateForecast | None = None
        untold: Text | None = None
        try:
            told = self.forecast(campus_id, PointId(FeatureId(row.id)), ahead, now)
        except NoStatesError as error:
            untold = error.message
        return NextState(
            point=row.id, name=row.name, quantity_name=row.quantity_name, device=row.device,
            device_name=row.device_name, forecast=told, untold=untold,
        )  # fmt: skip

    def _find_live(
        self, campus_id: CampusId, point_id: PointId, steps: int
    ) -> tuple[tuple[TrainedVersion, StateModel] | None, Text | None]:
        """Return the live model of a point, None where there is none; and what is wrong where it can't answer."""
        name = state_model_name(campus_id, point_id, steps)
        try:
            version = self._models.find_live(name)
            if version is None:
                return None, None
            with self._lock:
                model = self._opened.get((name, version))
            if model is None:
                model = load_states(self._models.folder_of(name, version))
                with self._lock:
                    self._opened = {one: kept for one, kept in self._opened.items() if one[0] != name}
                    self._opened[name, version] = model
                    while len(self._opened) > MOST_KEPT:
                        self._opened.pop(next(iter(self._opened)))
        except YuanliError as error:
            log.warning("The model %s can't answer: %s", name, error)
            return None, error.message
        return (TrainedVersion(name=name, version=version), model), None

    def _model(self, key: tuple[CampusId, PointId, int], history: StateHistory, now: datetime) -> StateModel:
        with self._lock:
            kept = self._kept.get(key)
            if kept and kept.model.classes == history.classes and timedelta(0) <= now - kept.learnt < FRESH:
                return kept.model
            params = StateParams(candidates=CANDIDATES)
            try:
                model = fit_states([history.place], history.classes, ahead=key[2], params=params)
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
        name, readings, (at, numbered(value, known)), step=step // MICROSECOND, zone=zone
    )  # fmt: skip
    return known, place


def _told(
    point: DataPoint, model: StateModel, chances: Values, state: int, current: float, at: datetime
) -> StateForecast:
    own: StateScores = model.validation["model"]
    floor, known = model.best_floor(), bool(np.isfinite(current))
    return StateForecast(
        point=point.id, at=at, now=model.classes[int(current)] if known else None, expected=model.classes[state],
        probability=float(chances[state]), changes=float(1 - chances[int(current)]) if known else None,
        states=tuple(
            StateChance(value=name, name=_called(point, name), probability=float(chance))
            for name, chance in zip(model.classes, chances.tolist(), strict=True)
        ),
        method=model.method, verdict=model.verdict(), better_than_floor=model.better_than_floors(),
        accuracy=own.accuracy, change_recall=None if np.isnan(own.change_recall) else own.change_recall,
        floor=floor, floor_accuracy=model.validation[floor].accuracy, days=own.days, shares=model.weights(),
    )  # fmt: skip


def _called(point: DataPoint, value: str) -> Text:
    """Return what a state is called: of a switch off and on; a state without a word as the point writes it."""
    words = next((said for part, said in CALLED if part in point.brick_class), ())
    return words[int(value)] if value in ("0", "1") and words else Text(value, value)


def steps_ahead(ahead: timedelta) -> int:
    """Return how many steps ahead a time is; `StateHorizonError` where that is not told."""
    if not STEP <= ahead <= LONGEST:
        raise StateHorizonError(
            Text(f"提前量 {ahead} 不在 2 分钟到 6 小时之内。",
                 f"A horizon of {ahead} is not within 2 minutes and 6 hours."),
            field="minutes", hint=Text("例如 30 分钟。", "Give such as 30 minutes."),
        )  # fmt: skip
    return -(-ahead // STEP)


def state_model_name(campus_id: CampusId, point_id: PointId, steps: int) -> str:
    """Return the name in the registry of the models of a point at a horizon: readable, and its own by a hash."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", str(point_id)).strip("-")[:32]
    minutes = steps * (STEP // timedelta(minutes=1))
    own = hashlib.sha256(f"{campus_id}\n{point_id}".encode()).hexdigest()[:8]
    return "-".join(one for one in ("states", plain, f"{minutes}m", own) if one)

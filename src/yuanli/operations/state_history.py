"""What is kept of a point and of those beside it, as models of states learn from it, with what people labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

import numpy as np

from yuanli.campus import Campus, CampusId, DataPoint, PointId
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.forecast import Place, StateModel, place_of
from yuanli.operations.intervals import EXCLUSIVE, IntervalSet, IntervalStore, find_final_intervals
from yuanli.operations.moments import micros_of
from yuanli.operations.places import Places
from yuanli.operations.point_rows import PointRow, point_rows
from yuanli.operations.readings import ReadingStore
from yuanli.operations.resolving import PlaceNotFoundError
from yuanli.operations.telemetry import MICROSECOND, point_of
from yuanli.telemetry import Form, Quality, Series, Times, Values

PAST = timedelta(days=28)
STEP = timedelta(minutes=2)
STEP_US = STEP // MICROSECOND
MOST_STATES = 12
MOST_SIGNALS = 20
SWITCHED: Mapping[str, float] = {"off": 0.0, "on": 1.0, "关": 0.0, "开": 1.0, "false": 0.0, "true": 1.0}
"""Labels that say of a switch what its point writes as a number."""
States = tuple[Times, Values]


class NoStatesError(InfeasibleError):
    """A point has no states that could be learnt: too little is known of it, or it measures a quantity."""


class UnfitLabelsError(InvalidInputError):
    """A set of intervals says nothing of a point's states: its kind, its labels or what was decided don't fit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateHistory:
    """A point's states with what is measured beside it.

    Parameters
    ----------
    own
        Whether the point tells its state itself; else only people's labels do, and it is one of the signals.
    labelled
        At how many steps the truth is what people said.
    """

    classes: tuple[str, ...]
    place: Place
    own: bool
    labelled: int = 0


class StateReader:
    """Reads what models of states learn from and answer by."""

    def __init__(self, store: ReadingStore, places: Places, intervals: IntervalStore | None = None) -> None:
        self._store, self._places, self._intervals = store, places, intervals

    def point(self, campus_id: CampusId, point_id: PointId) -> DataPoint:
        """Return a point; `PointNotFoundError` where there is none."""
        return point_of(self._places.campus(campus_id), point_id)

    def rows_of(self, campus_id: CampusId, feature_id: str) -> tuple[PointRow, ...]:
        """Return the points of states that belong to a device or a place.

        Raises
        ------
        PlaceNotFoundError
            There is no such device or place.
        """
        campus = self._places.campus(campus_id)
        if campus.find(feature_id) is None:
            raise PlaceNotFoundError(
                Text(f"没有设备或地点“{feature_id}”。", f"There is no device or place {feature_id!r}."), field="of",
                hint=Text("请给出设备、房间、楼层或建筑的编号。", "Give the id of a device, room, level or building."),
            )  # fmt: skip
        rows = [row for row in point_rows(campus) if row.form is Form.STATE]
        return tuple(row for row in rows if feature_id in (row.device, row.place))

    def read(
        self, campus_id: CampusId, point_id: PointId, end: datetime, *,
        past: timedelta = PAST, labels: str | None = None,
    ) -> StateHistory:  # fmt: skip
        """Return what is known of a point up to `end`.

        Parameters
        ----------
        labels
            The id of a set of intervals with the point; what was decided there is the truth, over what was measured.

        Raises
        ------
        PointNotFoundError, NoStatesError, UnfitLabelsError
            There is no such point, nothing to learn from, or the labels don't fit.
        """
        campus = self._places.campus(campus_id)
        point = point_of(campus, point_id)
        made = None if labels is None else self._set(campus_id, point, labels)
        beside = _beside(campus, point)
        if made is not None:
            beside += [point_of(campus, one) for one in made.points if one != point.id]
        series = self._load(campus_id, [point, *beside], end, past)
        if made is None:
            return _measured(point, series, end, campus)
        spans = self._decided(made, micros_of(end) - past // MICROSECOND, micros_of(end))
        return _labelled(point, series, spans, made, end, campus)

    def read_for(
        self, model: StateModel, campus_id: CampusId, point_id: PointId, end: datetime
    ) -> StateHistory:
        """Return what a model looks at: its own signals and states, whatever else is there by now."""
        campus = self._places.campus(campus_id)
        point = point_of(campus, point_id)
        known = {str(one.id): one for one in campus.of(DataPoint)}
        signals = [known[name] for name in model.look.signals if name in known and name != point.id]
        series = self._load(campus_id, [point, *signals], end, PAST)
        nothing: States = (np.zeros(0, np.int64), np.zeros(0))
        states, own = nothing, series[point.id]
        if model.look.own and len(own[0]):
            states = _held((own[0], numbered(own[1], model.classes)), micros_of(end))
        readings = {name: series[PointId(known[name].id)] for name in model.look.signals if name in known}
        if not any(len(at) for at, _ in (*readings.values(), states)):
            raise no_states(point, Text("28 天内没有读数", "nothing was measured in 28 days"))
        place = place_of(
            point.id, readings, states, step=model.step, zone=campus.time_zone, end=_end(end, model.step)
        )
        return StateHistory(classes=model.classes, place=place, own=model.look.own)

    def _load(
        self, campus_id: CampusId, points: Sequence[DataPoint], end: datetime, past: timedelta
    ) -> dict[PointId, States]:
        ids = list(dict.fromkeys(one.id for one in points))
        last = micros_of(end)
        numbers = self._store.number_points(campus_id, ids)
        series = self._store.load(numbers, last - past // MICROSECOND, last)
        return {one: _good(found) for one, found in zip(ids, series, strict=True)}

    def _set(self, campus_id: CampusId, point: DataPoint, labels: str) -> IntervalSet:
        made = None if self._intervals is None else self._intervals.find_set(campus_id, labels)
        if made is None or point.id not in made.points or made.kind not in EXCLUSIVE:
            raise UnfitLabelsError(
                Text(f"没有“{point.id}”的状态或人数标注组“{labels}”。",
                     f"There is no set {labels!r} of states or occupancy with the point {point.id!r}."),
                field="labels",
                hint=Text("选一个含这个点位、类型为设备状态或人数的标注组。",
                          "Choose a set of the kind device states or occupancy that shows this point."),
            )  # fmt: skip
        return made

    def _decided(self, made: IntervalSet, start: int, end: int) -> list[tuple[int, int, str]]:
        """Return start, end (µs, not included) and label of what reviewers agree on, or was decided."""
        assert self._intervals is not None
        found = []
        for item in self._intervals.list_labelled(made.id):
            for one in find_final_intervals(item, made) or ():
                first, last = max(micros_of(one.start), start), min(micros_of(one.end), end)
                if first < last:
                    found.append((first, last, one.label))
        if not found:
            raise UnfitLabelsError(
                Text(f"标注组“{made.name}”在这段时间里没有一致或已裁定的区间。",
                     f"Nothing in the set {made.name!r} is agreed on or decided in this time."),
                field="labels",
                hint=Text("先让两人标注，并裁定分歧。", "Let two reviewers label, and decide what they differ on."),
            )  # fmt: skip
        return found


def no_states(point: DataPoint, why: Text) -> NoStatesError:
    """Return the error that says why the states of a point can't be told."""
    return NoStatesError(
        Text(
            f"“{point.id}”的状态无法预测：{why.zh}。", f"The state of {point.id!r} can't be told: {why.en}."
        ),
        field="point",
        hint=Text("积累几天读数后再试。", "Try again when a few days have been measured."),
    )


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


def numbered(value: Values, classes: Sequence[str]) -> Values:
    """Return the number of each value among the states; what is none of them is not known."""
    numbers = np.full(len(value), np.nan)
    for place, name in enumerate(classes):
        numbers[value == float(name)] = place
    return numbers


def _measured(
    point: DataPoint, series: Mapping[PointId, States], end: datetime, campus: Campus
) -> StateHistory:
    at, value = series[point.id]
    if not len(at):
        raise no_states(point, Text("28 天内没有读数", "nothing was measured in 28 days"))
    classes = classes_of(value, point.id)
    states = _held((at, numbered(value, classes)), micros_of(end))
    return StateHistory(classes=classes, own=True, place=_place(point, series, states, None, end, campus))


def _labelled(
    point: DataPoint, series: Mapping[PointId, States], spans: Sequence[tuple[int, int, str]],
    made: IntervalSet, end: datetime, campus: Campus,
) -> StateHistory:  # fmt: skip
    """Return a point's states as people said they were: over its own where it tells them, else theirs alone."""
    at, value = series[point.id]
    tells = len(at) > 0 and len(np.unique(value)) <= MOST_STATES
    if not tells:
        used = {label for _, _, label in spans}
        classes = tuple(one.name for one in made.labels if one.name in used)
        if len(classes) < 2:
            raise UnfitLabelsError(
                Text(f"标注组“{made.name}”只有 {len(classes)} 种标签被用到。",
                     f"Only {len(classes)} label of the set {made.name!r} is used."),
                field="labels", hint=Text("至少标出两种状态。", "Mark at least two states."),
            )  # fmt: skip
        truth = _spread(spans, {name: float(number) for number, name in enumerate(classes)})
        place = _place(point, series, truth, None, end, campus, own=False)
        return StateHistory(
            classes=classes, own=False, place=place, labelled=int(np.isfinite(place.truth).sum())
        )
    values = {label: _value_of(label, made) for _, _, label in spans}
    classes = classes_of(np.concatenate([value, list(values.values())]), point.id)
    told = _held((at, numbered(value, classes)), micros_of(end))
    said = _spread(spans, {label: float(classes.index(f"{one:g}")) for label, one in values.items()})
    truth = (np.concatenate([told[0], said[0]]), np.concatenate([told[1], said[1]]))
    place = _place(point, series, truth, told, end, campus)
    return StateHistory(classes=classes, own=True, place=place, labelled=len(np.unique(said[0] // STEP_US)))


def _place(
    point: DataPoint, series: Mapping[PointId, States], truth: States, told: States | None, end: datetime,
    campus: Campus, *, own: bool = True,
) -> Place:  # fmt: skip
    readings = {
        str(name): one for name, one in series.items() if len(one[0]) and not (own and name == point.id)
    }
    return place_of(
        point.id, readings, truth, told=told, step=STEP_US, zone=campus.time_zone, end=_end(end, STEP_US)
    )


def _value_of(label: str, made: IntervalSet) -> float:
    """Return what a point writes for a label."""
    plain = label.strip().lower()
    with suppress(ValueError):
        if isfinite(number := SWITCHED[plain] if plain in SWITCHED else float(plain)):
            return number
    raise UnfitLabelsError(
        Text(f"标注组“{made.name}”的标签“{label}”不是点位会写的数值。",
             f"The label {label!r} of the set {made.name!r} is no number that the point writes."),
        field="labels",
        hint=Text("标签用点位的数值（0、1、2）或 off、on 命名。",
                  "Name labels by the point's numbers (0, 1, 2), or off and on."),
    )  # fmt: skip


def _spread(spans: Sequence[tuple[int, int, str]], numbers: Mapping[str, float]) -> States:
    """Return labels at the end of each step that they hold at, as `_held` puts states there."""
    at = [np.arange(-(-first // STEP_US) * STEP_US, last, STEP_US) for first, last, _ in spans]
    value = [np.full(len(steps), numbers[label]) for steps, (_, _, label) in zip(at, spans, strict=True)]
    return np.concatenate(at) + STEP_US - 1, np.concatenate(value)


def _held(states: States, end: int) -> States:
    """Return states at each step from the first on: points that are sent on change hold until the next."""
    at, value = states
    steps = np.arange(int(at[0]) // STEP_US * STEP_US + STEP_US, end // STEP_US * STEP_US + 1, STEP_US)
    before = np.searchsorted(at, steps, side="left") - 1
    return steps - 1, value[np.maximum(before, 0)]


def _end(end: datetime, step: int) -> int:
    return micros_of(end) // step * step


def _good(series: Series) -> States:
    held = (series.quality <= Quality.SUSPECT) & np.isfinite(series.value)
    return series.at[held], series.value[held]


def _beside(campus: Campus, point: DataPoint) -> list[DataPoint]:
    """Return the other points of a point's device, then of its room."""
    others = [one for one in campus.of(DataPoint) if one.id != point.id]
    own = [one for one in others if point.device_id and one.device_id == point.device_id]
    room = [one for one in others if point.space_id and one.space_id == point.space_id and one not in own]
    return (own + room)[:MOST_SIGNALS]

"""What the simulator sends: live minutes, and what of the past is not told yet; without clock or socket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.campus import PointId
from yuanli.demo.simulation.channels import Cadence
from yuanli.demo.simulator import Simulator, Telling
from yuanli.telemetry import Times, Values

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
BEIJING = 8 * 3600 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedParams:
    """How far back the past is told, and how finely.

    Parameters
    ----------
    minute_days, room_days
        Of meters, counters and weather; of rooms and states.
    step_min, fine_step_min
        Minutes between moments of the past; of a gap no longer than `fine_h` hours.
    room_every_min
        Minutes between readings of rooms, live.
    most_rows
        Readings in one push.
    """

    minute_days: int = 28
    room_days: int = 3
    step_min: int = 15
    fine_step_min: int = 5
    fine_h: float = 3.0
    room_every_min: int = 5
    most_rows: int = 9_000

    def __post_init__(self) -> None:
        numbers = (self.minute_days, self.room_days, self.step_min, self.fine_step_min)
        if min(*numbers, self.room_every_min, self.most_rows) < 1 or self.fine_h < 0:
            raise ValueError(f"each must be at least 1: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Moments of the past in `[start, end)` µs, `step` apart, of points of some cadences."""

    cadences: tuple[Cadence, ...]
    start: int
    end: int
    step: int


@dataclass(frozen=True, slots=True)
class Push:
    """A body of JSON, and how many readings it holds."""

    payload: bytes
    rows: int


def past(told_until: int | None, now: int, params: FeedParams = FeedParams()) -> tuple[Stretch, ...]:
    """Return what is to be told of the past, newest first, so that what is looked at now soon has a yesterday.

    Parameters
    ----------
    told_until
        Up to when all has been told; None where nothing has.
    """
    short = told_until is not None and now - told_until <= params.fine_h * 60 * MINUTE
    step = (params.fine_step_min if short else params.step_min) * MINUTE
    found: list[Stretch] = []
    for cadences, days, piece in (
        ((Cadence.MINUTE,), params.minute_days, DAY // 2),
        ((Cadence.ROOM, Cadence.CHANGE), params.room_days, DAY // 8),
    ):
        first = now - days * DAY if told_until is None else max(told_until, now - days * DAY)
        first = -(-first // step) * step
        for start in range(first, now, piece):
            found.append(Stretch(cadences=cadences, start=start, end=min(start + piece, now), step=step))
    return tuple(sorted(found, key=lambda stretch: -stretch.end))


def pushes(simulator: Simulator, stretch: Stretch, params: FeedParams = FeedParams()) -> Iterator[Push]:
    """Yield what a stretch has to tell, moment by moment."""
    at = np.arange(stretch.start, stretch.end, stretch.step, dtype=np.int64)
    if not len(at):
        return
    before = np.concatenate(([at[0] - stretch.step], at))
    tellings = []
    for cadence in stretch.cadences:
        if cadence is Cadence.CHANGE:
            tellings += [_changed(one) for one in simulator.tell(before, (cadence,))]
        else:
            tellings += list(simulator.tell(at, (cadence,)))
    yield from _packed(tellings, at, params.most_rows)


class LiveFeed:
    """Tells each minute what is due: meters always, rooms every few minutes, states that changed."""

    def __init__(self, simulator: Simulator, params: FeedParams = FeedParams()) -> None:
        self._simulator, self._params = simulator, params
        self._states: dict[PointId, float] = {}

    def tick(self, at: int) -> tuple[Push, ...]:
        """Return what to send of the minute that a time (µs) is in; of the first, everything."""
        minute = at // MINUTE
        cadences = [Cadence.MINUTE, Cadence.CHANGE]
        if not self._states or minute % self._params.room_every_min == 0:
            cadences.append(Cadence.ROOM)
        if (minute * MINUTE + BEIJING) % DAY == 0:
            self._states.clear()
        moment = np.array([minute * MINUTE], np.int64)
        told = list(self._simulator.tell(moment, tuple(cadences)))
        values = {p: v for one in told for p, v in _values(one, 0).items() if self._is_news(p, v, one)}
        return tuple(_pieces(int(moment[0]), values, self._params.most_rows))

    def _is_news(self, point: PointId, value: float, telling: Telling) -> bool:
        if telling.cadence is not Cadence.CHANGE:
            return True
        if self._states.get(point) == value:
            return False
        self._states[point] = value
        return True


def _changed(telling: Telling) -> Telling:
    """Return a telling of states without its first moment, and only where they changed or a day begins."""
    value, at = telling.value[:, 1:].copy(), telling.at[1:]
    same = value == telling.value[:, :-1]
    begins = (at + BEIJING) // DAY != (telling.at[:-1] + BEIJING) // DAY
    value[same & ~begins[None, :]] = np.nan
    return Telling(points=telling.points, cadence=telling.cadence, at=at, value=value)


def _packed(tellings: Sequence[Telling], at: Times, most: int) -> Iterator[Push]:
    documents: list[str] = []
    rows = 0
    for column, moment in enumerate(at.tolist()):
        values: dict[PointId, float] = {}
        for telling in tellings:
            values |= _values(telling, column)
        for piece in _pieces(moment, values, most):
            if rows and rows + piece.rows > most:
                yield Push(f"[{','.join(documents)}]".encode(), rows)
                documents, rows = [], 0
            documents.append(piece.payload.decode()[1:-1])
            rows += piece.rows
    if rows:
        yield Push(f"[{','.join(documents)}]".encode(), rows)


def _values(telling: Telling, column: int) -> Mapping[PointId, float]:
    told: Values = telling.value[:, column]
    here = np.flatnonzero(~np.isnan(told)).tolist()
    values = told.tolist()
    return {telling.points[i]: values[i] for i in here}


def _pieces(moment: int, values: Mapping[PointId, float], most: int) -> Iterator[Push]:
    items = list(values.items())
    for start in range(0, len(items), most):
        part = dict(items[start : start + most])
        document = [{"ts": moment // 1000, "values": part}]
        yield Push(json.dumps(document, separators=(",", ":")).encode(), len(part))

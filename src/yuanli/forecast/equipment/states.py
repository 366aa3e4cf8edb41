"""How an air handler runs: the operating states of ASHRAE Guideline 36-2021, 5.16.14.5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast.equipment.points import AirPoint
from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.signals import Bools, Signals, runs, smoothed

MINUTE = 60_000_000


class AirState(IntEnum):
    """The operating states; 1–5 are those of the guideline (OS#1 to OS#5)."""

    OFF = 0
    """The fan stands, or nobody is served."""
    HEATING = 1
    FREE_COOLING = 2
    """Cooling by outdoor air alone."""
    ECONOMISER = 3
    """Mechanical cooling with all outdoor air."""
    COOLING = 4
    """Mechanical cooling with least outdoor air."""
    OTHER = 5
    """Heating and cooling at once, or dampers in between: no state of the sequences."""
    RESTING = 6
    """Neither coil, least outdoor air: the fan moves air alone."""


RUNNING = frozenset(AirState) - {AirState.OFF}


@dataclass(frozen=True, slots=True, kw_only=True)
class AirFaultParams:
    """Thresholds of the fault rules; internal defaults of Guideline 36-2021, table 5.16.14.9, in °C.

    Parameters
    ----------
    supply_k, mixed_k, return_k, outdoor_k
        How far sensors of these temperatures err.
    fan_k
        What the fan warms the air.
    least_k
        How far outdoor and return air must differ to tell shares of them.
    share
        By how much the share of outdoor air may be off.
    pressure
        By how much static pressure may be short of its set point, relative to it.
    speed, valve
        From where a fan or a valve is full, within this of one; up to where a valve is shut.
    open_damper
        From where the outdoor damper is open.
    changes
        States an hour that are too many.
    alarm_min, mode_min
        How long a condition must hold; for how long after a change of state none is looked at.
    smooth_min
        Measurements are means over this.
    least_speed
        Below it so little air moves that duct temperatures say nothing; the fan's speed as a share.
    leak_share, leak_min
        Share of outdoor air through a shut damper that is too much, and for how long.
    coil_k
        A coil that is full on changes the air by this at least.
    still_k
        Air must not be cooler behind two shut coils than before them by this, nor warmer by this and the fan's warmth.
    held_k
        How far the supply may stay from its set point.
    """

    supply_k: float = 1.0
    mixed_k: float = 3.0
    return_k: float = 1.0
    outdoor_k: float = 1.0
    fan_k: float = 1.0
    least_k: float = 6.0
    share: float = 0.3
    pressure: float = 0.1
    speed: float = 0.01
    valve: float = 0.01
    shut: float = 0.02
    open_damper: float = 0.9
    changes: float = 7.0
    alarm_min: float = 30.0
    mode_min: float = 30.0
    smooth_min: float = 5.0
    least_speed: float = 0.2
    leak_share: float = 0.15
    leak_min: float = 60.0
    coil_k: float = 5.0
    still_k: float = 0.5
    held_k: float = 2.0

    def __post_init__(self) -> None:
        wrong = [name for name in self.__slots__ if not getattr(self, name) > 0]
        if wrong:
            raise InvalidInputError(
                Text(f"参数必须为正：{'、'.join(wrong)}。", f"These must be positive: {', '.join(wrong)}."),
                field=wrong[0],
                hint=Text("请用正数。", "Give positive numbers."),
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """An air handler over time: its columns smoothed, its state, and when states have settled.

    Parameters
    ----------
    settled
        Whether the state has held for `mode_min`, with the fan on for as long.
    steady
        Whether the fan has been on for `mode_min`.
    """

    signals: Signals
    columns: Mapping[AirPoint, Floats]
    gaps: Bools
    state: Ints
    settled: Bools
    steady: Bools

    def get(self, point: AirPoint, *others: AirPoint) -> Floats:
        """Return a column, or the first of the others that is there; not a number where none is."""
        for one in (point, *others):
            if one in self.columns:
                return self.columns[one]
        return np.full(len(self.gaps), np.nan)


def course_of(signals: Signals, columns: Mapping[AirPoint, Floats], params: AirFaultParams) -> Course:
    """Return how an air handler ran."""
    gaps = signals.gaps()
    steps = max(1, round(params.smooth_min * MINUTE / signals.step))
    smooth = {
        point: column if point in _TOLD else smoothed(column, gaps, steps)
        for point, column in columns.items()
    }
    course = Course(
        signals=signals, columns=smooth, gaps=gaps, state=np.zeros(len(gaps), np.int64),
        settled=gaps, steady=gaps,
    )  # fmt: skip
    on = _serves(course, params)
    state = _states(course, on, params)
    wait = round(params.mode_min * MINUTE / signals.step)
    settled = _lasting(state, gaps) >= wait
    steady = on & (_lasting(on.astype(np.int64), gaps) >= wait)
    return Course(
        signals=signals, columns=smooth, gaps=gaps, state=state, settled=settled & steady, steady=steady
    )


_TOLD = frozenset({AirPoint.FAN_STATUS, AirPoint.RETURN_FAN_STATUS, AirPoint.OCCUPIED})


def _serves(course: Course, params: AirFaultParams) -> Bools:
    """Return whether the fan runs and moves air enough, for people."""
    status, speed = course.get(AirPoint.FAN_STATUS), course.get(AirPoint.FAN_SPEED)
    on = np.isfinite(course.get(AirPoint.SUPPLY_TEMP))
    if AirPoint.FAN_STATUS in course.columns:
        on &= status > 0.5
    if AirPoint.FAN_SPEED in course.columns:
        moving = speed >= params.least_speed
        if AirPoint.OCCUPIED in course.columns:
            moving |= (course.get(AirPoint.OCCUPIED) > 0.5) & (speed > 0.01)
        on &= moving
    return on


def _states(course: Course, on: Bools, params: AirFaultParams) -> Ints:
    heating = course.get(AirPoint.HEATING_VALVE) > params.shut
    cooling = course.get(AirPoint.COOLING_VALVE) > params.shut
    damper = course.get(AirPoint.OUTDOOR_DAMPER)
    served = damper[on & np.isfinite(damper)]
    least = float(np.quantile(served, 0.05)) if len(served) else 0.0
    wide, open_ = damper > params.open_damper, damper > min(least + 0.05, params.open_damper)
    return np.select(
        [~on, heating & cooling, heating, cooling & wide, cooling & open_, cooling, open_],
        [
            AirState.OFF, AirState.OTHER, AirState.HEATING, AirState.ECONOMISER, AirState.OTHER,
            AirState.COOLING, AirState.FREE_COOLING,
        ],
        AirState.RESTING,
    ).astype(np.int64)  # fmt: skip


def _lasting(state: Ints, gaps: Bools) -> Ints:
    """Return for how many steps a state has held."""
    columns = np.arange(len(state))
    changed = gaps.copy()
    changed[1:] |= state[1:] != state[:-1]
    return np.asarray(columns - np.maximum.accumulate(np.where(changed, columns, 0)))


def lasting_runs(held: Bools, course: Course, minutes: float) -> list[tuple[int, int]]:
    """Return the stretches in which something holds for so long."""
    least = max(1, round(minutes * MINUTE / course.signals.step))
    return [(a, b) for a, b in runs(held, course.gaps) if b - a >= least]

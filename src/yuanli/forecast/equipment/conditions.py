"""When a fault rule holds: by how much its condition is exceeded at each time; below nought it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from yuanli.forecast.equipment.points import AirPoint
from yuanli.forecast.equipment.states import MINUTE, AirFaultParams, Course
from yuanli.forecast.history import Floats

Condition = Callable[[Course, AirFaultParams], Floats]
NEVER = -1.0


def _temps(course: Course) -> tuple[Floats, Floats, Floats, Floats]:
    """Return supply, mixed, return and outdoor air."""
    return (
        course.get(AirPoint.SUPPLY_TEMP), course.get(AirPoint.MIXED_TEMP),
        course.get(AirPoint.RETURN_TEMP), course.get(AirPoint.OUTDOOR_TEMP),
    )  # fmt: skip


def _heating_aim(course: Course) -> Floats:
    return course.get(AirPoint.SUPPLY_SETPOINT, AirPoint.HEATING_SETPOINT)


def _cooling_aim(course: Course) -> Floats:
    return course.get(AirPoint.SUPPLY_SETPOINT, AirPoint.COOLING_SETPOINT)


def _full(course: Course, point: AirPoint, params: AirFaultParams) -> Floats:
    return course.get(point) - (1 - params.valve)


def _outdoor_share(course: Course, least_k: float) -> Floats:
    """Return the share of outdoor air in mixed air, where the two differ enough to tell."""
    _, mixed, back, out = _temps(course)
    apart = np.abs(back - out) >= least_k
    return np.asarray(np.divide(mixed - back, out - back, out=np.full(len(mixed), np.nan), where=apart))


def pressure_low(course: Course, params: AirFaultParams) -> Floats:
    """How far static pressure is short, of its set point, at full speed."""
    aim = course.get(AirPoint.PRESSURE_SETPOINT)
    short = np.divide(
        aim - course.get(AirPoint.DUCT_PRESSURE), aim, out=np.full(len(aim), np.nan), where=aim > 0
    )
    full = course.get(AirPoint.FAN_SPEED) >= 1 - params.speed
    return np.where(full, short - params.pressure, NEVER)


def mixed_too_cold(course: Course, params: AirFaultParams) -> Floats:
    """Mixed air below both return and outdoor air, K."""
    _, mixed, back, out = _temps(course)
    return np.asarray(np.minimum(back - params.return_k, out - params.outdoor_k) - mixed - params.mixed_k)


def mixed_too_warm(course: Course, params: AirFaultParams) -> Floats:
    """Mixed air above both return and outdoor air, K."""
    _, mixed, back, out = _temps(course)
    return np.asarray(mixed - params.mixed_k - np.maximum(back + params.return_k, out + params.outdoor_k))


def hunting(course: Course, params: AirFaultParams) -> Floats:
    """Changes of state within an hour beyond those allowed."""
    changed = np.zeros(len(course.state))
    changed[1:] = (course.state[1:] != course.state[:-1]) & ~course.gaps[1:]
    hour = max(1, round(60 * MINUTE / course.signals.step))
    sums = np.cumsum(changed)
    before = np.concatenate([np.zeros(min(hour, len(sums))), sums[:-hour]])
    return np.asarray(sums - before - params.changes)


def cold_when_heating(course: Course, params: AirFaultParams) -> Floats:
    """Supply below mixed air, K."""
    supply, mixed, _, _ = _temps(course)
    return mixed - params.mixed_k + params.fan_k - supply - params.supply_k


def outdoor_share_high(course: Course, params: AirFaultParams) -> Floats:
    """Share of outdoor air above what the damper says."""
    damper = course.get(AirPoint.OUTDOOR_DAMPER)
    return np.where(damper < 0.5, _outdoor_share(course, params.least_k) - damper - params.share, NEVER)


def outdoor_share_low(course: Course, params: AirFaultParams) -> Floats:
    """Share of outdoor air below what the damper says."""
    damper = course.get(AirPoint.OUTDOOR_DAMPER)
    return np.where(damper < 0.5, damper - _outdoor_share(course, params.least_k) - params.share, NEVER)


def cold_at_full_heating(course: Course, params: AirFaultParams) -> Floats:
    """Supply below its set point with the heating valve full open, K."""
    short = _heating_aim(course) - params.supply_k - course.get(AirPoint.SUPPLY_TEMP)
    return np.where(_full(course, AirPoint.HEATING_VALVE, params) >= 0, short, NEVER)


def supply_off_mixed(course: Course, params: AirFaultParams) -> Floats:
    """Supply apart from mixed air, K."""
    supply, mixed, _, _ = _temps(course)
    return np.asarray(np.abs(supply - params.fan_k - mixed) - np.hypot(params.supply_k, params.mixed_k))


def too_warm_for_free_cooling(course: Course, params: AirFaultParams) -> Floats:
    """Outdoor air too warm for the set point, which is missed, K."""
    aim = _cooling_aim(course)
    warm = course.get(AirPoint.OUTDOOR_TEMP) - params.outdoor_k - (aim - params.fan_k + params.supply_k)
    missed = course.get(AirPoint.SUPPLY_TEMP) > aim + params.supply_k
    return np.where((course.get(AirPoint.OUTDOOR_DAMPER) > params.open_damper) & missed, warm, NEVER)


def mixed_off_outdoor(course: Course, params: AirFaultParams) -> Floats:
    """Mixed apart from outdoor air, K."""
    _, mixed, _, out = _temps(course)
    return np.asarray(np.abs(mixed - out) - np.hypot(params.mixed_k, params.outdoor_k))


def too_cold_for_mechanical(course: Course, params: AirFaultParams) -> Floats:
    """Outdoor air colder than needed, K."""
    return (
        _cooling_aim(course) - params.fan_k - params.supply_k
        - course.get(AirPoint.OUTDOOR_TEMP) - params.outdoor_k
    )  # fmt: skip


def warm_when_cooling(course: Course, params: AirFaultParams) -> Floats:
    """Supply above mixed air, K."""
    supply, mixed, _, _ = _temps(course)
    return supply - params.supply_k - params.fan_k - mixed - params.mixed_k


def warm_at_full_cooling(course: Course, params: AirFaultParams) -> Floats:
    """Supply above its set point with the valve full open and a coil that cools little, K."""
    return np.where(_cools(course, params), NEVER, _over_at_full(course, params))


def short_of_cooling(course: Course, params: AirFaultParams) -> Floats:
    """Supply above its set point with the valve full open and a coil that cools, K."""
    return np.where(_cools(course, params), _over_at_full(course, params), NEVER)


def _over_at_full(course: Course, params: AirFaultParams) -> Floats:
    over = course.get(AirPoint.SUPPLY_TEMP) - _cooling_aim(course) - params.supply_k
    return np.where(_full(course, AirPoint.COOLING_VALVE, params) >= 0, over, NEVER)


def _cools(course: Course, params: AirFaultParams) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    supply, mixed, _, _ = _temps(course)
    return np.asarray(mixed + params.fan_k - supply >= params.coil_k)


def heating_and_cooling(course: Course, params: AirFaultParams) -> Floats:
    """How far both valves are open."""
    both = np.minimum(course.get(AirPoint.HEATING_VALVE), course.get(AirPoint.COOLING_VALVE))
    return both - 2 * params.shut


def damper_leaks(course: Course, params: AirFaultParams) -> Floats:
    """Share of outdoor air through a shut damper beyond what leaks in any."""
    shut = course.get(AirPoint.OUTDOOR_DAMPER) <= params.shut
    return np.where(shut, _outdoor_share(course, params.least_k) - params.leak_share, NEVER)


def cooling_leaks(course: Course, params: AirFaultParams) -> Floats:
    """Supply below mixed air, K; a fan only warms it."""
    supply, mixed, _, _ = _temps(course)
    return mixed - supply - params.still_k


def heating_leaks(course: Course, params: AirFaultParams) -> Floats:
    """Supply above mixed air beyond the warmth of the fan, K."""
    supply, mixed, _, _ = _temps(course)
    return supply - mixed - 2 * params.fan_k - params.still_k


def setpoint_missed(course: Course, params: AirFaultParams) -> Floats:
    """Supply away from its set point, K, unless a coil that is full on strains towards it."""
    supply, aim = course.get(AirPoint.SUPPLY_TEMP), course.get(AirPoint.SUPPLY_SETPOINT)
    strained = (_full(course, AirPoint.COOLING_VALVE, params) >= 0) & (supply > aim)
    strained |= (_full(course, AirPoint.HEATING_VALVE, params) >= 0) & (supply < aim)
    return np.where(strained, NEVER, np.abs(supply - aim) - params.held_k)


def return_fan_apart(course: Course, _: AirFaultParams) -> Floats:
    """Whether the supply fan runs and the return fan stands."""
    supply = course.get(AirPoint.FAN_STATUS, AirPoint.FAN_SPEED)
    back = course.get(AirPoint.RETURN_FAN_STATUS, AirPoint.RETURN_FAN_SPEED)
    return np.where((supply > 0.5) & (back < 0.05), 1.0, NEVER)


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        condition.__name__: condition
        for condition in (
            pressure_low, mixed_too_cold, mixed_too_warm, hunting, cold_when_heating, outdoor_share_high,
            outdoor_share_low, cold_at_full_heating, supply_off_mixed, too_warm_for_free_cooling, mixed_off_outdoor,
            too_cold_for_mechanical, warm_when_cooling, warm_at_full_cooling, short_of_cooling, heating_and_cooling,
            damper_leaks, cooling_leaks, heating_leaks, setpoint_missed, return_fan_apart,
        )
    }
)  # fmt: skip

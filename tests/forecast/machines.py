"""A made-up air handler: an office day with heating in the morning, free cooling, then mechanical cooling."""

from datetime import UTC, datetime

import numpy as np

from yuanli.forecast import AirPoint, Signals

MINUTE = 60_000_000
MIDNIGHT = round(datetime(2026, 4, 6, tzinfo=UTC).timestamp() * 1e6)
NAMES = {
    AirPoint.SUPPLY_TEMP: "AHU1 SA-T", AirPoint.SUPPLY_SETPOINT: "AHU1 supply air temperature set point",
    AirPoint.OUTDOOR_TEMP: "outdoor air temperature", AirPoint.MIXED_TEMP: "MA_TEMP", AirPoint.RETURN_TEMP: "回风温度",
    AirPoint.FAN_STATUS: "supply fan status", AirPoint.OUTDOOR_DAMPER: "新风阀开度", AirPoint.COOLING_VALVE: "CHWC_VLV",
    AirPoint.HEATING_VALVE: "Heating Coil Valve Control Signal", AirPoint.OCCUPIED: "Occupancy Mode Indicator",
}  # fmt: skip
Columns = dict[AirPoint, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]


def sound_day(*, days: int = 1, seed: int = 0) -> Columns:
    """Return the columns of days on which nothing is wrong, by the minute, °C and shares."""
    rng = np.random.default_rng(seed)
    hours = np.arange(days * 1440) / 60 % 24
    on = (hours >= 6) & (hours < 20)
    outdoor = 8 + 10 * np.clip((hours - 8) / 6, 0, 1) - 10 * np.clip((hours - 20) / 4, 0, 1)
    heating, cooling = on & (hours < 9), on & (hours >= 14)
    free = on & ~heating & ~cooling
    damper = np.select([~on, heating, free, cooling], [0.0, 0.2, 0.6, 1.0])
    back = np.full(len(hours), 22.0)
    mixed = back + damper * (outdoor - back)
    aim = np.where(heating, 20.0, 14.0)
    supply = np.where(heating | cooling, aim, mixed + 1)

    def noise() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return rng.normal(0, 0.1, len(hours))

    return {
        AirPoint.SUPPLY_TEMP: supply + noise(),
        AirPoint.SUPPLY_SETPOINT: np.where(free, supply, aim),
        AirPoint.OUTDOOR_TEMP: outdoor + noise(),
        AirPoint.MIXED_TEMP: mixed + noise(),
        AirPoint.RETURN_TEMP: back + noise(),
        AirPoint.FAN_STATUS: on.astype(float),
        AirPoint.OUTDOOR_DAMPER: damper,
        AirPoint.COOLING_VALVE: np.where(cooling, 0.3, 0.0),
        AirPoint.HEATING_VALVE: np.where(heating, 0.4, 0.0),
        AirPoint.OCCUPIED: on.astype(float),
    }


def recorded(columns: Columns) -> Signals:
    """Return columns under names as sites write them."""
    n_times = len(next(iter(columns.values())))
    return Signals(
        names=tuple(NAMES[point] for point in columns),
        at=MIDNIGHT + MINUTE * np.arange(n_times, dtype=np.int64),
        values=np.stack(list(columns.values())),
        step=MINUTE,
    )


def hours_of(columns: Columns) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the hour of the day of each row."""
    return np.arange(len(columns[AirPoint.SUPPLY_TEMP])) / 60 % 24

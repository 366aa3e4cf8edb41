"""Thermal comfort: how warm people feel in a room, and how many of them are dissatisfied with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry.readings import Values

ITERATIONS = 60
CLOSE = 1e-7
SUMMER, WINTER, BETWEEN = 0.5, 1.0, 0.75
"""Clothing in clo: light trousers and a shirt; trousers, a jersey and a jacket; between (ISO 7730, table C.1)."""


class ComfortError(InvalidInputError):
    """People can't be dressed like that, or work like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortParams:
    """What no meter tells: how people are dressed, what they do, and how fast the air goes by.

    Parameters
    ----------
    clothing_clo
        0–2; see `usual_clothing`.
    metabolism_met
        0.8–4; 1.2 is sitting at a desk.
    air_speed_ms
        0–1 m/s relative to the body; 0.1 is still air indoors.
    """

    clothing_clo: float = BETWEEN
    metabolism_met: float = 1.2
    air_speed_ms: float = 0.1

    def __post_init__(self) -> None:
        limits = {"clothing_clo": (0.0, 2.0), "metabolism_met": (0.8, 4.0), "air_speed_ms": (0.0, 1.0)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ComfortError(
                    Text(
                        f"{name} 为 {value}，应在 {low} 到 {high} 之间。",
                        f"{name} is {value}; it lies within {low} and {high}.",
                    ),
                    field=name,
                )


def usual_clothing(month: int, *, northern: bool = True) -> float:
    """Return what people wear indoors in a month, in clo: 0.5 in summer, 1 in winter, 0.75 between."""
    month = month if northern else (month + 5) % 12 + 1
    return SUMMER if 5 <= month <= 9 else WINTER if month in (11, 12, 1, 2, 3) else BETWEEN


def comfort(
    temp_c: Values, humidity: Values, params: ComfortParams = ComfortParams()
) -> tuple[Values, Values]:
    """Return the predicted mean vote (−3 cold … +3 hot) and the predicted share of dissatisfied people, 0–1.

    By the program of ISO 7730:2005, annex D (Fanger 1970), with the radiant temperature as that of the air. It holds
    for 10–30 °C; of colder or warmer rooms the vote is cut at ±3.

    Parameters
    ----------
    humidity
        Relative, in %; where it is not a number 50 % is taken, which moves the vote by less than 0.2.
    """
    ta = np.asarray(temp_c, np.float64)
    rh = np.where(np.isfinite(humidity), np.clip(humidity, 0, 100), 50.0)
    m = params.metabolism_met * 58.15
    icl = 0.155 * params.clothing_clo
    fcl = 1 + 1.29 * icl if icl <= 0.078 else 1.05 + 0.645 * icl
    kelvin = np.clip(ta, -40, 60) + 273
    pa = rh * 10 * np.exp(16.6536 - 4030.183 / (kelvin - 38))
    surface, convection = _clothing_surface(kelvin, icl=icl, fcl=fcl, m=m, speed_ms=params.air_speed_ms)
    celsius = kelvin - 273
    loss = (
        3.05e-3 * (5733 - 6.99 * m - pa)
        + 0.42 * max(m - 58.15, 0)
        + 1.7e-5 * m * (5867 - pa)
        + 1.4e-3 * m * (34 - celsius)
        + 3.96 * fcl * (surface**4 - (kelvin / 100) ** 4)
        + fcl * convection * (100 * surface - 273 - celsius)
    )
    vote = np.clip((0.303 * np.exp(-0.036 * m) + 0.028) * (m - loss), -3, 3)
    vote = np.where(np.isfinite(ta), vote, np.nan)
    return vote, 1 - 0.95 * np.exp(-0.03353 * vote**4 - 0.2179 * vote**2)


def _clothing_surface(
    kelvin: Values, *, icl: float, fcl: float, m: float, speed_ms: float
) -> tuple[Values, Values]:
    """Return the temperature of the clothes' surface in hundreds of K, and the convection there in W/m²K."""
    radiant = icl * fcl * 3.96
    still = 12.1 * np.sqrt(speed_ms)
    fixed = 308.7 - 0.028 * m + radiant * (kelvin / 100) ** 4
    new = (kelvin + (35.5 - (kelvin - 273)) / (3.5 * (6.45 * icl + 0.1))) / 100
    old = 2 * new
    convection = np.full_like(kelvin, still)
    for _ in range(ITERATIONS):
        old = (old + new) / 2
        convection = np.maximum(still, 2.38 * np.abs(100 * old - kelvin) ** 0.25)
        new = (fixed + icl * fcl * kelvin * convection - radiant * old**4) / (
            100 + icl * fcl * 100 * convection
        )
        if np.nanmax(np.abs(new - old), initial=0.0) < CLOSE:
            break
    return new, convection

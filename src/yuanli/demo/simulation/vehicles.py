"""Cars in car parks, and those that charge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.demo.simulation.chance import Floats, Streams, bell, draw
from yuanli.demo.simulation.moments import FIRST_DAY, Moments, kinds_of

SESSIONS = ((8.95, 0.55, 3.1, 0.75), (13.4, 0.8, 2.2, 0.5), (19.6, 0.9, 3.0, 0.5))
"""When cars come to charge: hour, its spread, hours that they charge at most, and how often on a day of work."""
OFTEN_OFF = 0.8
"""How much of that on days off."""
AC_KW, DC_KW = 7.0, 40.0
DC_SHARE = 0.15
TAPER = 0.25
"""The last part of a charge, in which its power falls to nought."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chargers:
    """Charging posts; `power_kw` is what each gives, shape `(n, 1)`."""

    keys: Streams
    power_kw: Floats

    def at(self, when: Moments) -> tuple[Floats, Floats]:
        """Return power (kW), and energy since they were put in (kWh), each of shape `(n, m)`."""
        power, energy = np.zeros((len(self.keys), len(when.day))), self._until(when)
        for number in range(len(SESSIONS)):
            begins, lasts, peak = self._session(number, when.day)
            share = np.clip((when.hour - begins) / np.maximum(lasts, 1e-6), 0, 1)
            charging = (share > 0) & (share < 1)
            level = np.clip((1 - share) / TAPER, 0, 1)
            power += np.where(charging, peak * level, 0)
            energy += peak * lasts * _filled(share)
        return power, energy

    def _session(self, number: int, day: np.ndarray) -> tuple[Floats, Floats, Floats]:
        """Return when sessions of days begin, how long they last (0: none) and their power."""
        middle, spread, longest, odds = SESSIONS[number]
        works, _ = kinds_of(day)
        place = day * 8 + number
        held = draw(self.keys, place) < odds * np.where(works, 1.0, OFTEN_OFF)
        begins = middle + spread * np.clip(bell(self.keys, place + 1_000_003), -2, 2)
        lasts = longest * (0.35 + 0.65 * draw(self.keys, place + 2_000_003))
        lasts = np.where(self.power_kw > 2 * AC_KW, 0.28 * lasts, lasts)
        return begins, np.where(held, lasts, 0.0), self.power_kw + 0 * begins

    def _until(self, when: Moments) -> Floats:
        """Return the energy up to the midnight before each moment."""
        last = int(when.day.max(initial=FIRST_DAY))
        days = np.arange(FIRST_DAY, last + 1, dtype=np.int64)
        total = np.zeros((len(self.keys), len(days) + 1))
        for number in range(len(SESSIONS)):
            _, lasts, peak = self._session(number, days)
            total[:, 1:] += np.cumsum(peak * lasts * (1 - TAPER / 2), axis=1)
        return np.asarray(total[:, np.maximum(when.day - FIRST_DAY, 0)])


def _filled(share: Floats) -> Floats:
    """Return how much of the full power a session has given, as a share of its length."""
    late = np.maximum(share - (1 - TAPER), 0)
    return np.asarray(share - late**2 / (2 * TAPER))


def chargers_of(keys: Streams) -> Chargers:
    """Return chargers: one in seven is a fast one."""
    fast = draw(keys, 1) < DC_SHARE
    return Chargers(keys=keys, power_kw=np.where(fast, DC_KW, AC_KW))

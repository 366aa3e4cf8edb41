"""Sound levels in rooms, dB(A): of machines, of steps, and of people who speak the louder the more of them do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Unit
from yuanli.demo.simulation.chance import Floats, draw
from yuanli.demo.simulation.channels import Park, Tell, View, jitter, wander
from yuanli.demo.simulation.plan import Spot

A_SPEAKER = {"work": 16.0, "meal": 3.5, "guests": 6.0, "hall": 7.0, "event": 14.0, "home": 8.0}
"""How many people there are for each who speaks; 3.5 where people eat together (Rindel 2010)."""
LESSON_DB, ALONE_DB = 62.0, 46.0
"""Where one speaks to all, and where people only move and type."""
SPEAKING_DB = 93.0
WHISPERED = 90.0
"""As above, in a library."""
ABSORBS = 0.85
"""Sabines a square metre of floor, furniture and ceiling together."""
QUIET_DB, FANS_DB, STEPS_DB = 31.0, 39.5, 40.0
CHILLERS_DB, PUMPS_DB = 81.0, 57.0
CHILLED_FROM_C = 19.4
"""The outdoor temperature above which chillers run."""


def loudness(park: Park, spots: Sequence[Spot]) -> Tell:
    """Return what tells the sound level at sensors.

    Talk is Rindel's (2010, doi:10.1016/j.apacoust.2010.05.012): 93 − 20 lg(A / N) dB for N who speak in a room that
    absorbs A m²; levels add up as energies.
    """
    rows, keys, at = park.rows(spots), park.keys(spots), park.buildings(spots)
    which = park.equipped[rows]
    rooms = park.plan.rooms
    use = rooms.use[which]
    absorbs = ABSORBS * np.maximum(rooms.area_m2[which], 8.0)[:, None]
    quiet = [unit.category == "library" for unit in park.plan.campus.of(Unit)]
    each = np.array([
        WHISPERED if quiet[room] else A_SPEAKER.get(one, np.inf) for room, one in zip(which, use, strict=True)
    ])[:, None]  # fmt: skip
    taught = np.isin(use, ("class", "meeting"))[:, None]
    passage = (use == "hall")[:, None]
    cooled, pumped = (_beside(park, which, device) for device in ("Chiller", "Fire_Pump"))
    own = 4.0 * (draw(keys, 1) - 0.5)

    def told(view: View) -> Floats:
        people = view.rooms.people[rows]
        talk = SPEAKING_DB + 20 * np.log10(np.maximum(people / each, 1e-6) / absorbs)
        talk = np.where(taught, np.where(people >= 2, LESSON_DB, 0.0), talk)
        there = np.where(people >= 1, ALONE_DB, 0.0)
        steps = np.where(passage, STEPS_DB + 9 * np.log10(1 + view.scene.traffic[at] / 20), 0.0)
        runs = view.scene.open[at]
        fans = QUIET_DB + (FANS_DB - QUIET_DB) * runs
        cold = cooled * runs * (view.scene.weather.temp_c > CHILLED_FROM_C) * CHILLERS_DB
        parts = (talk, there, steps, fans, cold, pumped * PUMPS_DB + 0 * runs)
        level = 10 * np.log10(sum(10 ** (np.minimum(part, 96.0) / 10) for part in parts))
        return np.asarray(level + own + wander(keys, view, 1.6, 12) + jitter(keys, view, 0.7))

    return told


def _beside(park: Park, rooms: NDArray[np.int64], device: str) -> Floats:
    """Return of rooms whether (1) or not (0) a class of machine stands in them, as a column."""
    homes = {spot.room for spot in park.plan.of(device)}
    return np.array([[float(room in homes)] for room in rooms.tolist()]).reshape(-1, 1)

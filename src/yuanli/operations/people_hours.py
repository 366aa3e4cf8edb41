"""How many people were in all places of a campus, hour by hour, and which place is part of which."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from yuanli.campus import CampusId, FeatureId
from yuanli.forecast import HOUR
from yuanli.operations.kept_forecasts import PEOPLE
from yuanli.operations.moments import micros_of
from yuanli.operations.night_rows import Floats, Subject
from yuanli.operations.readings import Every
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity

CHUNK = timedelta(days=14)


def people_hours(
    twin: Twin, campus_id: CampusId, start: datetime, end: datetime
) -> tuple[list[Subject], Floats]:
    """Return the places whose people are told in whole hours of `[start, end)`, wholes before their parts.

    Returns
    -------
    The places, and their people, shape `(n_places, n_hours)`; not a number where nothing tells.
    """
    n_hours = (micros_of(end) - micros_of(start)) // HOUR
    told: dict[FeatureId, Floats] = {}
    begin = start
    while begin < end:
        until = min(begin + CHUNK, end)
        history = twin.history(campus_id, TwinQuantity.PEOPLE, begin, until, every=Every.HOUR)
        at = np.array([(micros_of(time) - micros_of(start)) // HOUR for time in history.times], np.int64)
        inside = (at >= 0) & (at < n_hours)
        for place, values in history.values.items():
            row = told.setdefault(place, np.full(n_hours, np.nan))
            row[at[inside]] = np.array(values, np.float64)[inside]
        begin = until
    wholes = twin.wholes(campus_id)

    def depth(place: FeatureId) -> int:
        return 0 if place not in wholes else 1 + depth(wholes[place])

    places = sorted(told, key=depth)
    subjects = [
        Subject(name=place, quantity=PEOPLE, unit=None, whole=wholes.get(place), place=place)
        for place in places
    ]
    return subjects, np.stack([told[place] for place in places]) if places else np.empty((0, n_hours))

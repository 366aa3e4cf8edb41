"""The newest readings of points: of clocks that are ahead, what they told before."""

from __future__ import annotations

import numpy as np

from yuanli.operations.readings import Latest, Numbers, ReadingStore

MINUTE = 60_000_000
AHEAD = 5 * MINUTE
"""So far a clock may run before ours."""
LOOKS = (60 * MINUTE, 24 * 60 * MINUTE, 28 * 24 * 60 * MINUTE)
"""How far back is looked for a reading that is not of the future, one after another."""


def newest_by(store: ReadingStore, points: Numbers, now: int) -> Latest:
    """Return the newest readings of points that are no more than five minutes of the future.

    A point whose clock jumped ahead for once would show that one reading until its time comes. Where nothing came in
    the four weeks before, the reading of the future stays.
    """
    found = store.latest(points)
    rows = np.flatnonzero(found.at > now + AHEAD)
    if not len(rows):
        return found
    at, value, quality = found.at.copy(), found.value.copy(), found.quality.copy()
    for back in LOOKS:
        for row, series in zip(
            rows.tolist(), store.load(found.point[rows], now - back, now + AHEAD + 1), strict=True
        ):
            came = np.flatnonzero(np.isfinite(series.raw))
            if len(came):
                at[row], value[row], quality[row] = (
                    column[came[-1]] for column in (series.at, series.value, series.quality)
                )
        rows = rows[at[rows] > now + AHEAD]
        if not len(rows):
            break
    return Latest(point=found.point, at=at, value=value, quality=quality)

"""Which units an opening joins: the walls of real plans leave gaps, and doors lie on one of two walls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from yuanli.campus.features import OpeningId, UnitId
from yuanli.campus.place import Campus


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjacencyParams:
    """How near is touching.

    Parameters
    ----------
    touch_m
        A unit this near to an opening is touched by it: drawing inaccuracy.
    wall_m
        The thickest wall an opening may reach through, to the nearest unit beyond it.
    """

    touch_m: float = 0.15
    wall_m: float = 0.6


def units_of_openings(
    campus: Campus, params: AdjacencyParams = AdjacencyParams()
) -> Mapping[OpeningId, tuple[UnitId, ...]]:
    """Return the units each opening touches, nearest first: two of a wall, one on the outside.

    An opening that touches fewer than two within `touch_m` also takes the nearest unit within
    `wall_m`, so that a door drawn on one face of a wall joins the rooms on both.
    """
    touching: dict[OpeningId, tuple[UnitId, ...]] = {}
    for level_id, openings in campus.openings_by_level.items():
        units = [u for u in campus.units_by_level.get(level_id, ()) if u.geometry is not None]
        drawn = [o for o in openings if o.geometry is not None]
        touching.update((o.id, ()) for o in openings)
        if not units or not drawn:
            continue
        shapes = np.array([campus.frame.metric(u.geometry) for u in units], dtype=object)
        lines = np.array([campus.frame.metric(o.geometry) for o in drawn], dtype=object)
        rows, columns = shapely.STRtree(shapes).query(lines, predicate="dwithin", distance=params.wall_m)
        distances = shapely.distance(lines[rows], shapes[columns])
        for i, opening in enumerate(drawn):
            mine = np.flatnonzero(rows == i)
            mine = mine[np.argsort(distances[mine], kind="stable")]
            near = [k for k in mine if distances[k] <= params.touch_m]
            chosen = near if len(near) >= 2 else list(mine[:2])
            touching[opening.id] = tuple(units[columns[k]].id for k in chosen)
    return touching

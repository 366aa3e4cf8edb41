"""Turns of a walked line: corners in quick succession are one turn, and small bends are none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, degrees, hypot
from typing import NamedTuple

import numpy as np
import shapely

from yuanli.routing.directions.legs import VERTICAL, Stretch
from yuanli.routing.directions.tables import XY

STRAIGHTEN_INDOORS_M, STRAIGHTEN_OUTDOORS_M = 0.8, 2.5
"""Bends this small are drawn, not walked."""
MERGE_M = 4.0
"""Turns this near to each other are one."""
SLIGHT, TURN, SHARP, BACK = 35.0, 55.0, 125.0, 165.0
"""Degrees from which a bend is said to be slight, a turn, sharp, and back."""
TURNS = frozenset({"left", "right", "slight_left", "slight_right", "sharp_left", "sharp_right", "uturn"})


class Turn(NamedTuple):
    """A turn `at_m` metres into a leg, by its maneuver."""

    at_m: float
    maneuver: str
    xy: XY


def turns_of(stretches: Sequence[Stretch]) -> list[list[Turn]]:
    """Return the turns within each leg; lines are straightened all at once (Douglas & Peucker 1973)."""
    bent = [i for i, leg in enumerate(stretches) if len(leg.xy) > 2 and leg.mode not in VERTICAL]
    found: list[list[Turn]] = [[] for _ in stretches]
    if not bent:
        return found
    points = [point for i in bent for point in stretches[i].xy]
    owner = np.repeat(np.arange(len(bent)), [len(stretches[i].xy) for i in bent])
    tolerance = [STRAIGHTEN_INDOORS_M if stretches[i].indoors else STRAIGHTEN_OUTDOORS_M for i in bent]
    lines = shapely.linestrings(np.array(points), indices=owner)
    kept = shapely.simplify(lines, tolerance, preserve_topology=False)
    corners, owner = shapely.get_coordinates(kept, return_index=True)
    cuts = np.searchsorted(owner, np.arange(len(bent) + 1)).tolist()
    walked = corners.tolist()
    for k, i in enumerate(bent):
        if cuts[k + 1] - cuts[k] > 2:
            found[i] = _turns(walked[cuts[k] : cuts[k + 1]], stretches[i].distance_m)
    return found


def _turns(corners: list[XY], distance_m: float) -> list[Turn]:
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    lengths = [hypot(x, y) for x, y in sides]
    headings = [atan2(x, y) for x, y in sides]
    scale = distance_m / (sum(lengths) or 1.0)
    turns: list[Turn] = []
    at_m, k, last = 0.0, 1, len(corners) - 2
    while k <= last:
        at_m += lengths[k - 1]
        start, turn_at_m = k, at_m
        # From the way into the first of them to the way out of the last.
        while k < last and lengths[k] < MERGE_M:
            at_m += lengths[k]
            k += 1
        maneuver = turn_named(_wrapped(degrees(headings[k] - headings[start - 1])))
        if maneuver is not None:
            x, y = corners[start]
            turns.append(Turn(min(turn_at_m * scale, distance_m), maneuver, (x, y)))
        k += 1
    return turns


def bend_between(before: list[XY], after: list[XY]) -> float:
    """Return the turn in degrees where one line goes on as another."""
    end = before[-1]
    back = next((p for p in reversed(before) if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), before[0])
    ahead = next((p for p in after if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), after[-1])
    return bend(back, end, end, ahead)


def bend(a: XY, b: XY, c: XY, d: XY) -> float:
    """Return the turn from a→b to c→d in degrees, right positive, -180 to 180."""
    before_x, before_y, after_x, after_y = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    if (before_x == 0 and before_y == 0) or (after_x == 0 and after_y == 0):
        return 0.0
    return _wrapped(degrees(atan2(after_x, after_y) - atan2(before_x, before_y)))


def _wrapped(angle: float) -> float:
    return (angle + 180.0) % 360.0 - 180.0


def turn_named(angle: float) -> str | None:
    """Return the maneuver for a turn in degrees, None for straight on."""
    size, side = abs(angle), "right" if angle > 0 else "left"
    if size < SLIGHT:
        return None
    if size >= BACK:
        return "uturn"
    return f"slight_{side}" if size < TURN else side if size < SHARP else f"sharp_{side}"

"""Turns of a walked line: corners in quick succession are one turn, and small bends are none."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import NamedTuple

from yuanli.routing.directions.legs import Stretch
from yuanli.routing.directions.tables import VERTICAL, XY

STRAIGHTEN_INDOORS_M, STRAIGHTEN_OUTDOORS_M = 0.8, 2.5
"""Bends this small are drawn, not walked."""
MERGE_M = 4.0
"""Turns this near to each other are one."""
SLIGHT, TURN, SHARP, BACK = 35.0, 55.0, 125.0, 165.0
"""Degrees from which a bend is said to be slight, a turn, sharp, and back."""
TURNS = frozenset({"left", "right", "slight_left", "slight_right", "sharp_left", "sharp_right", "uturn"})


class Turn(NamedTuple):
    """A turn `at_m` metres into a leg, at a point of its line, by its maneuver."""

    at_m: float
    maneuver: str
    point: int


def turns_of(leg: Stretch) -> list[Turn]:
    """Return the turns within a leg: corners of its line once straightened."""
    if len(leg.xy) < 3 or leg.mode in VERTICAL:
        return []
    kept, sides = straightened(leg.xy, STRAIGHTEN_INDOORS_M if leg.indoors else STRAIGHTEN_OUTDOORS_M)
    lengths = [hypot(x, y) for x, y in sides]
    scale = leg.distance_m / (sum(lengths) or 1.0)
    turns: list[Turn] = []
    at_m, k, last = 0.0, 0, len(sides) - 1
    while k < last:
        start = k
        at_m += lengths[k]
        turn_at_m = at_m
        k += 1
        # From the way into the first of them to the way out of the last.
        while k < last and lengths[k] < MERGE_M:
            at_m += lengths[k]
            k += 1
        maneuver = turn_named(turned(sides[start], sides[k]))
        if maneuver is not None:
            turns.append(Turn(min(turn_at_m * scale, leg.distance_m), maneuver, kept[start]))
    return turns


def straightened(line: Sequence[XY], tolerance_m: float) -> tuple[list[int], list[XY]]:
    """Straighten a line (Douglas & Peucker 1973).

    Returns the points after the first that are kept, by index, and the way east and north to each from
    the one before. Plain Python: for the points of a walk quicker than the calls of a library around it.
    """
    kept: list[int] = []
    sides: list[XY] = []
    low, ends = 0, [len(line) - 1]
    while ends:
        high = ends[-1]
        (x0, y0), (x1, y1) = line[low], line[high]
        east, north = x1 - x0, y1 - y0
        square = east * east + north * north
        farthest, most = low, tolerance_m * tolerance_m
        for k, (x, y) in enumerate(line[low + 1 : high], low + 1):
            x -= x0
            y -= y0
            along = x * east + y * north
            if along <= 0.0:
                off = x * x + y * y
            elif along < square:
                off = x * north - y * east
                off *= off / square
            else:
                off = (x - east) ** 2 + (y - north) ** 2
            if off > most:
                farthest, most = k, off
        if farthest > low:
            ends.append(farthest)
        else:
            kept.append(high)
            sides.append((east, north))
            low = ends.pop()
    return kept, sides


def bend_between(before: list[XY], after: list[XY]) -> float:
    """Return the turn in degrees where one line goes on as another."""
    end = before[-1]
    back = next((p for p in reversed(before) if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), before[0])
    ahead = next((p for p in after if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), after[-1])
    return bend(back, end, end, ahead)


def bend(a: XY, b: XY, c: XY, d: XY) -> float:
    """Return the turn from a→b to c→d in degrees, right positive, -180 to 180."""
    before, after = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    return turned(before, after) if any(before) and any(after) else 0.0


def turned(before: XY, after: XY) -> float:
    """Return the turn from one way east and north to another, in degrees from -180 to 180."""
    angle = degrees(atan2(*after) - atan2(*before))
    return (angle + 180.0) % 360.0 - 180.0


def turn_named(angle: float) -> str | None:
    """Return the maneuver for a turn in degrees, None for straight on."""
    size, side = abs(angle), "right" if angle > 0 else "left"
    if size < SLIGHT:
        return None
    if size >= BACK:
        return "uturn"
    return f"slight_{side}" if size < TURN else side if size < SHARP else f"sharp_{side}"

"""One floor of a building as rectangles: a hall or corridor, and strips of rooms that open on to it.

All geometry is in metres in the building's own frame, before it is bent, turned and put on the ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from yuanli.demo.kinds import Fills, Kind

Rect = tuple[float, float, float, float]
"""West, south, east, north in metres."""

SIDES = {"n": (1, 3), "s": (1, 1), "e": (0, 2), "w": (0, 0)}
"""Side of a rectangle: its axis, and where in a `Rect` its coordinate stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A row of rooms. `door` is the side of the hall; `rooms` as `lift 2.6, fill, meeting 6`.

    A room without a width takes an equal share of what is left; `fill` is divided by the floor's mix.
    """

    name: str
    at: Rect
    door: str
    rooms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What one or more storeys are like: the kind and shape of the hall, and what differs in the strips."""

    lowest: int
    highest: int
    hall_kind: str
    hall: tuple[Rect, ...]
    fill: str
    swap: Mapping[str, str]
    skip: frozenset[str]
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One room of a plate; `strip` is empty for the hall."""

    kind: Kind
    shape: Polygon
    strip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A floor laid out: the hall first, then the rooms; together they tile `outline`."""

    rooms: tuple[Room, ...]
    outline: Polygon

    @property
    def hall(self) -> Room:
        """The room all others open on to."""
        return self.rooms[0]


@dataclass(frozen=True, slots=True)
class Part:
    """One room along a strip, before it is cut; `fixed` ones stand in the plan, others come from a mix."""

    kind: Kind
    width_m: float
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateParams:
    """How rooms are cut.

    Parameters
    ----------
    module_m
        Walls stand on multiples of this: a tenth of the usual 3 m planning module (GB/T 50002-2013).
    wall_m
        Least wall a room shares with the hall: a door of 0.9 m and its frame on both sides.
    """

    module_m: float = 0.3
    wall_m: float = 2.1


def lay_out(
    strips: Sequence[Strip],
    floor: Floor,
    *,
    kinds: Mapping[str, Kind],
    fills: Fills,
    corner_m: float,
    rng: Random,
    params: PlateParams = PlateParams(),
) -> Plate:
    """Divide a floor into rooms; corners of the outline are rounded by `corner_m`."""
    area = shapely.union_all([box(*rect) for rect in floor.hall])
    rooms: list[Room] = []
    for strip in strips:
        if strip.name in floor.skip:
            continue
        text = floor.swap.get(strip.name, strip.rooms)
        parts = list(_parts(strip, text, kinds=kinds, mix=fills[floor.fill], rng=rng, params=params))
        rooms += _cut(strip, parts, area, params)
    hall = area.difference(shapely.union_all([room.shape for room in rooms]))
    hall_room = Room(kind=kinds[floor.hall_kind], shape=hall)
    outline = shapely.union_all([hall, *(room.shape for room in rooms)])
    return _rounded(Plate(rooms=(hall_room, *rooms), outline=outline), corner_m)


def _rounded(plate: Plate, corner_m: float) -> Plate:
    if not corner_m:
        return plate
    outline = plate.outline.buffer(-corner_m).buffer(corner_m, quad_segs=5)
    rooms = tuple(
        room if outline.covers(room.shape) else replace(room, shape=room.shape & outline)
        for room in plate.rooms
    )
    return Plate(rooms=rooms, outline=outline)


def _parts(
    strip: Strip,
    text: str,
    *,
    kinds: Mapping[str, Kind],
    mix: Mapping[str, float],
    rng: Random,
    params: PlateParams,
) -> Iterator[Part]:
    """Yield what stands along a strip."""
    axis = 1 - SIDES[strip.door][0]
    length_m = strip.at[axis + 2] - strip.at[axis]
    items = [item.split() for item in text.split(",")]
    free_m = length_m - sum(float(item[1]) for item in items if len(item) == 2)
    share_m = free_m / max(1, sum(len(item) == 1 for item in items))
    for item in items:
        width_m = float(item[1]) if len(item) == 2 else share_m
        if item[0] == "fill":
            yield from _filled(width_m, kinds=kinds, mix=mix, rng=rng, params=params)
        else:
            yield Part(kinds[item[0]], width_m, fixed=True)


def _filled(
    length_m: float, *, kinds: Mapping[str, Kind], mix: Mapping[str, float], rng: Random, params: PlateParams
) -> Iterator[Part]:
    """Fill a length with rooms of the mix; the widest takes what is left over."""
    chosen: list[Part] = []
    left_m = length_m
    while left_m > 1e-6:
        fitting = {name: w for name, w in mix.items() if kinds[name].width_m[0] <= left_m + 1e-6}
        last = chosen[-1].kind.name if chosen else ""
        varied = {n: w for n, w in fitting.items() if n != last or kinds[n].team_space or len(mix) < 3}
        if not varied:
            break
        name = rng.choices(list(varied), weights=list(varied.values()))[0]
        low, high = kinds[name].width_m
        width_m = min(left_m, round(rng.uniform(low, high) / params.module_m) * params.module_m)
        chosen.append(Part(kinds[name], width_m, fixed=False))
        left_m -= width_m
    if not chosen:
        yield Part(kinds["storage"], length_m, fixed=False)
        return
    widest = max(range(len(chosen)), key=lambda i: chosen[i].width_m)
    for i, part in enumerate(chosen):
        yield Part(part.kind, part.width_m + (left_m if i == widest else 0.0), fixed=False)


def _cut(strip: Strip, parts: Sequence[Part], area: BaseGeometry, params: PlateParams) -> Iterator[Room]:
    """Cut a strip into rooms that each share enough wall with the hall.

    A room of a mix that would share too little is dropped, and the next takes its place: so rooms in
    the corners of a building become larger.
    """
    axis = 1 - SIDES[strip.door][0]
    end = strip.at[axis + 2]
    low, high = _wall(strip, area)
    kept: list[tuple[Kind, float]] = []
    position = begin = strip.at[axis]
    for part in parts:
        position += part.width_m
        shared_m = min(position, high) - max(begin, low)
        rest_m = high - position
        if part.fixed or (shared_m > params.wall_m and (rest_m > params.wall_m or position > end - 1e-6)):
            kept.append((part.kind, position))
            begin = position
    kinds = [kind for kind, _ in kept] or [parts[0].kind]
    edges = [strip.at[axis], *(position for _, position in kept[:-1]), end]
    for kind, begin, position in zip(kinds, edges, edges[1:], strict=False):
        rect = list(strip.at)
        rect[axis], rect[axis + 2] = round(begin, 3), round(position, 3)
        yield Room(kind=kind, shape=box(*rect), strip=strip.name)


def _wall(strip: Strip, area: BaseGeometry) -> tuple[float, float]:
    """Return where along a strip the hall lies behind its door side, in metres."""
    axis, which = SIDES[strip.door]
    rect = list(strip.at)
    ends = [[rect[0], rect[1]], [rect[2], rect[3]]]
    for end in ends:
        end[axis] = rect[which]
    shared = LineString(ends).intersection(area)
    if shared.is_empty:
        return strip.at[1 - axis], strip.at[3 - axis]
    low_x, low_y, high_x, high_y = shared.bounds
    return (low_x, high_x) if axis == 1 else (low_y, high_y)

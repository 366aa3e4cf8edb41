"""Steps of a route: where to turn, which door, which lift, said in zh and en."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees, hypot

import numpy as np
import shapely

from yuanli.campus import FeatureId, PathwayMode
from yuanli.errors import Text
from yuanli.routing.answers import Step, Stop
from yuanli.routing.directions.legs import VERTICAL, Stretch
from yuanli.routing.directions.phrases import HEADINGS, phrases, say, say_distance, say_name
from yuanli.routing.directions.tables import Tables

STRAIGHTEN_INDOORS_M, STRAIGHTEN_OUTDOORS_M = 0.8, 2.5
"""Bends this small are drawn, not walked."""
MERGE_M = 4.0
"""Turns this near to each other are one."""
SLIGHT, TURN, SHARP, BACK = 35.0, 55.0, 125.0, 165.0
"""Degrees from which a bend is said to be slight, a turn, sharp, and back."""
WORTH_PASSING_M = 25.0
"""A landmark is only mentioned on stretches longer than this."""
GATES = (PathwayMode.FARE_GATE, PathwayMode.EXIT_GATE)


@dataclass(slots=True)
class _Event:
    """Something to do `at_m` metres into a leg."""

    leg: int
    at_m: float
    maneuver: str
    text: Text
    node: int
    xy: tuple[float, float]
    walks: bool = True
    feature_id: FeatureId | None = None


def describe_steps(
    tables: Tables,
    stretches: Sequence[Stretch],
    *,
    origin: Stop,
    destination: Stop,
    first: bool = True,
    last: bool = True,
    leg_offset: int = 0,
) -> list[Step]:
    """Return the steps of one path between two stops; distances and durations sum to the path's."""
    if not stretches:
        return [_stand(origin, destination, leg_offset, first=first, last=last)]
    events = _events(tables, stretches, origin=origin, first=first)
    events.append(_arrival(tables, stretches, destination, last=last))
    steps = []
    used: set[int] = set()
    for i, event in enumerate(events):
        following = events[i + 1] if i + 1 < len(events) else None
        steps.append(_step(tables, stretches, event, following, leg_offset, used, destination))
    return steps


def _stand(origin: Stop, destination: Stop, leg: int, *, first: bool, last: bool) -> Step:
    del origin, first
    key = "arrive" if last else "via"
    return Step(
        text=say(key, stop=_stop_name(destination)),
        maneuver=key,
        level=destination.level,
        level_id=destination.level_id,
        level_name={},
        lon=destination.lon,
        lat=destination.lat,
        distance_m=0.0,
        duration_s=0.0,
        leg=leg,
        feature_id=destination.feature_id,
    )


def _events(tables: Tables, stretches: Sequence[Stretch], *, origin: Stop, first: bool) -> list[_Event]:
    events: list[_Event] = []
    for i, stretch in enumerate(stretches):
        if i == 0:
            events.append(_departure(stretch, origin, first=first))
        else:
            events.extend(_between(tables, stretches[i - 1], stretch, i))
        if stretch.mode in VERTICAL or stretch.mode == PathwayMode.MOVING_WALKWAY:
            ride = _ride(tables, stretch, i)
            # Arriving in a shaft and riding it is one thing to do.
            if events and events[-1].leg == i and events[-1].maneuver == "straight":
                events.pop()
            events.append(ride)
        else:
            events.extend(_doors_and_turns(tables, stretch, i))
    return _tidied(events)


def _departure(stretch: Stretch, origin: Stop, *, first: bool) -> _Event:
    xy, point = stretch.xy, stretch.xy[0]
    ahead = next((p for p in xy if hypot(p[0] - point[0], p[1] - point[1]) >= 5.0), xy[-1])
    east, north = ahead[0] - point[0], ahead[1] - point[1]
    name = _stop_name(origin)
    if not first:
        text = say("straight")
    elif stretch.indoors or hypot(east, north) < 3.0:
        text = say("depart", origin=name)
    else:
        heading = HEADINGS[round(degrees(atan2(east, north)) / 45.0) % 8]
        text = say("depart_heading", origin=name, heading=heading)
    return _Event(0, 0.0, "depart" if first else "straight", text, stretch.node, point)


def _between(tables: Tables, before: Stretch, after: Stretch, leg: int) -> list[_Event]:
    """Return what happens where one leg meets the next: a building entered or left, or a bend."""
    node, xy = after.node, after.xy[0]
    if before.indoors != after.indoors:
        inside = after if after.indoors else before
        found = (tables.level[n] for n in inside.nodes if tables.level[n] >= 0)
        level = next(found, -1)
        building = (tables.buildings[level] if level >= 0 else None) or phrases()["building"]
        feature = tables.node_feature[node]
        door = tables.door_names[feature] if feature >= 0 else None
        key = "enter" if after.indoors else "exit"
        text = say(f"{key}_by", door=door, building=building) if door else say(key, building=building)
        return [_Event(leg, 0.0, key, text, node, xy, feature_id=_feature(tables, feature))]
    if after.mode in GATES:
        return [_Event(leg, 0.0, "gate", say("gate", gate=phrases()["a_gate"]), node, xy)]
    turn = _turn_name(_angle(before.xy, after.xy))
    key = turn or "straight"
    return [_Event(leg, 0.0, key, say(key), node, xy)]


def _ride(tables: Tables, stretch: Stretch, leg: int) -> _Event:
    mode = tables.mode_names[stretch.mode]
    rise = tables.ordinal[stretch.to_node] - tables.ordinal[stretch.node]
    level = tables.say_level(stretch.to_node)
    if mode == "elevator":
        text = say("elevator", level=level)
    elif rise and mode != "moving_walkway":
        text = say(f"{mode}_{'up' if rise > 0 else 'down'}", level=level)
    else:
        text = say(mode)
    edge = stretch.edges[0]
    feature_id = _feature(tables, tables.feature[edge])
    return _Event(leg, 0.0, mode, text, stretch.node, stretch.xy[0], walks=False, feature_id=feature_id)


def _doors_and_turns(tables: Tables, stretch: Stretch, leg: int) -> list[_Event]:
    events = _turns(tables, stretch, leg)
    if stretch.indoors:
        for i in range(1, len(stretch.edges)):
            node = stretch.nodes[i]
            before, after = tables.feature[stretch.edges[i - 1]], tables.feature[stretch.edges[i]]
            room = tables.room_names[after] if after >= 0 and after != before else None
            if tables.door[node] and room is not None:
                xy = _point_at(stretch, stretch.at_m[i])
                text = say("door", room=room)
                events.append(_Event(leg, stretch.at_m[i], "door", text, node, xy))
    events.sort(key=lambda event: event.at_m)
    return events


def _turns(tables: Tables, stretch: Stretch, leg: int) -> list[_Event]:
    if len(stretch.xy) < 3:
        return []
    tolerance = STRAIGHTEN_INDOORS_M if stretch.indoors else STRAIGHTEN_OUTDOORS_M
    corners = shapely.get_coordinates(
        shapely.simplify(shapely.linestrings(stretch.xy), tolerance, preserve_topology=False)
    ).tolist()
    sides = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
    scale = stretch.distance_m / (sum(sides) or 1.0)
    events: list[_Event] = []
    at_m, k = 0.0, 1
    nearest, ids, names = tables.landmarks
    while k < len(corners) - 1:
        at_m += sides[k - 1]
        start = k
        turn_at = at_m
        # Corners in quick succession are one turn, from the way in to the way out.
        while k < len(corners) - 2 and sides[k] < MERGE_M:
            at_m += sides[k]
            k += 1
        angle = _bend(corners[start - 1], corners[start], corners[k], corners[k + 1])
        name = _turn_name(angle)
        if name is not None:
            metres = min(turn_at * scale, stretch.distance_m)
            node = stretch.nodes[min(bisect_left(stretch.at_m, metres - 1.0), len(stretch.nodes) - 1)]
            text, seen = say(name), nearest[node]
            if seen >= 0:
                plain = text
                text = say("at_landmark", landmark=names[seen], turn=plain)
            events.append(
                _Event(
                    leg,
                    metres,
                    name,
                    text,
                    node,
                    (corners[start][0], corners[start][1]),
                    feature_id=ids[seen] if seen >= 0 else None,
                )
            )
        k += 1
    return events


def _tidied(events: list[_Event]) -> list[_Event]:
    """Drop what nobody needs to hear: going straight on, and turns at the door that is being entered."""
    kept: list[_Event] = []
    for event in events:
        if kept and event.maneuver == "straight":
            continue
        near = kept and kept[-1].leg == event.leg and event.at_m - kept[-1].at_m < 1.0
        if (
            near
            and kept[-1].maneuver in ("door", "left", "right", "slight_left", "slight_right")
            and (event.maneuver == "door")
        ):
            first = kept[-1]
            event.text = Text(
                f"{first.text.zh}，{event.text.zh}", f"{first.text.en}, then {_lower(event.text.en)}"
            )
            kept[-1] = event
            continue
        kept.append(event)
    return kept


def _arrival(tables: Tables, stretches: Sequence[Stretch], destination: Stop, *, last: bool) -> _Event:
    stretch = stretches[-1]
    key = "arrive" if last else "via"
    end = stretch.xy[-1]
    if last:
        x, y = tables.network.frame.to_metres(_one(destination.lon, destination.lat))[0].tolist()
        back = next((p for p in reversed(stretch.xy) if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), None)
        off = hypot(x - end[0], y - end[1])
        if back is not None and off > 2.0:
            side = _bend(back, end, end, (x, y))
            key = "arrive_right" if 30 < side < 150 else "arrive_left" if -150 < side < -30 else "arrive"
    text = say(key, stop=_stop_name(destination))
    return _Event(
        len(stretches) - 1,
        stretch.distance_m,
        "arrive" if last else "via",
        text,
        stretch.to_node,
        end,
        walks=False,
        feature_id=destination.feature_id,
    )


def _step(
    tables: Tables,
    stretches: Sequence[Stretch],
    event: _Event,
    following: _Event | None,
    leg_offset: int,
    used: set[int],
    destination: Stop,
) -> Step:
    distance_m, duration_s = _until(stretches, event, following)
    text = event.text
    if event.walks and distance_m >= 8.0 and following is not None:
        text = _walked(tables, stretches, event, following, distance_m, used, destination, text)
    level = tables.level[event.node]
    # Many steps stand on a point that is drawn already: only a corner moved by straightening does not.
    lon, lat = _degrees_near(stretches[event.leg], event)
    return Step(
        text=text,
        maneuver=event.maneuver,
        level=tables.ordinal[event.node],
        level_id=tables.network.level_ids[level] if level >= 0 else None,
        level_name=tables.level_names[level] if level >= 0 else {},
        lon=lon,
        lat=lat,
        distance_m=distance_m,
        duration_s=duration_s,
        leg=event.leg + leg_offset,
        feature_id=event.feature_id,
    )


def _walked(
    tables: Tables,
    stretches: Sequence[Stretch],
    event: _Event,
    following: _Event,
    distance_m: float,
    used: set[int],
    destination: Stop,
    text: Text,
) -> Text:
    stretch = stretches[event.leg]
    index = bisect_left(stretch.at_m, event.at_m + 0.5)
    edge = stretch.edges[min(max(index - 1, 0) if index < len(stretch.at_m) else -1, len(stretch.edges) - 1)]
    after = min(index, len(stretch.edges) - 1)
    edge = stretch.edges[after] if stretch.at_m[after] <= event.at_m + 2.0 else edge
    way = tables.way_names[tables.feature[edge]] if tables.feature[edge] >= 0 else None
    distance = say_distance(round(distance_m))
    tail = say("along", way=way, distance=distance) if way else say("walk", distance=distance)
    text = Text(text.zh + tail.zh, text.en + tail.en)
    if distance_m < WORTH_PASSING_M or following.leg != event.leg:
        return text
    nearest, ids, names = tables.landmarks
    middle = (event.at_m + following.at_m) / 2
    between = [
        (abs(at_m - middle), seen)
        for node, at_m in zip(stretch.nodes, stretch.at_m, strict=True)
        if event.at_m + 5 < at_m < following.at_m - 5
        and (seen := nearest[node]) >= 0
        and seen not in used
        and ids[seen] not in (destination.feature_id, event.feature_id, following.feature_id)
    ]
    if between:
        seen = min(between)[1]
        used.add(seen)
        passing = say("past", landmark=names[seen])
        text = Text(text.zh + passing.zh, text.en + passing.en)
    return text


def _until(stretches: Sequence[Stretch], event: _Event, following: _Event | None) -> tuple[float, float]:
    """Return metres and seconds from one event to the next."""
    if following is None:
        return 0.0, 0.0
    distance_m = duration_s = 0.0
    for leg in range(event.leg, following.leg + 1):
        stretch = stretches[leg]
        begin = event.at_m if leg == event.leg else 0.0
        end = following.at_m if leg == following.leg else stretch.distance_m
        whole = stretch.distance_m
        at_end = leg < following.leg or following.maneuver in ("arrive", "via")
        share = (end - begin) / whole if whole > 0 else float(at_end and begin == 0.0)
        distance_m += max(end - begin, 0.0)
        duration_s += max(share, 0.0) * stretch.duration_s
    return distance_m, duration_s


def _degrees_near(stretch: Stretch, event: _Event) -> tuple[float, float]:
    x, y = event.xy
    if (x, y) == stretch.xy[0]:
        return stretch.lonlat[0]
    if (x, y) == stretch.xy[-1]:
        return stretch.lonlat[-1]
    if (x, y) in stretch.xy:
        return stretch.lonlat[stretch.xy.index((x, y))]
    k = min(range(len(stretch.xy)), key=lambda i: (stretch.xy[i][0] - x) ** 2 + (stretch.xy[i][1] - y) ** 2)
    return stretch.lonlat[k]


def _point_at(stretch: Stretch, at_m: float) -> tuple[float, float]:
    run = 0.0
    for a, b in pairwise(stretch.xy):
        run += hypot(b[0] - a[0], b[1] - a[1])
        if run >= at_m - 0.01:
            return b
    return stretch.xy[-1]


def _angle(before: list[tuple[float, float]], after: list[tuple[float, float]]) -> float:
    end = before[-1]
    back = next((p for p in reversed(before) if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), before[0])
    ahead = next((p for p in after if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), after[-1])
    return _bend(back, end, end, ahead)


def _bend(a: Sequence[float], b: Sequence[float], c: Sequence[float], d: Sequence[float]) -> float:
    """Return the turn from a→b to c→d in degrees, right positive, -180 to 180."""
    if (a[0], a[1]) == (b[0], b[1]) or (c[0], c[1]) == (d[0], d[1]):
        return 0.0
    before = degrees(atan2(b[0] - a[0], b[1] - a[1]))
    after = degrees(atan2(d[0] - c[0], d[1] - c[1]))
    return (after - before + 180.0) % 360.0 - 180.0


def _turn_name(angle: float) -> str | None:
    size, side = abs(angle), "right" if angle > 0 else "left"
    if size < SLIGHT:
        return None
    if size >= BACK:
        return "uturn"
    return f"slight_{side}" if size < TURN else side if size < SHARP else f"sharp_{side}"


def _stop_name(stop: Stop) -> Text:
    return say_name(stop.name) if stop.name else phrases()["point"]


def _feature(tables: Tables, index: int) -> FeatureId | None:
    return tables.network.feature_ids[index] if index >= 0 else None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _one(lon: float, lat: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([[lon, lat]])

"""Steps of a route: where to turn, which door, which lift, said in zh and en."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians

from yuanli.campus import FeatureId, PathwayMode
from yuanli.errors import Text
from yuanli.routing.answers import Step, Stop
from yuanli.routing.directions.legs import Stretch
from yuanli.routing.directions.phrases import HEADINGS, phrases, say, say_name, say_walk
from yuanli.routing.directions.tables import VERTICAL, Tables
from yuanli.routing.directions.turns import TURNS, Turn, bend, bend_between, turn_named, turns_of

TURNED_M = 2.5
"""Who sets out turns the right way without being told."""
ASIDE_M = 5.0
"""A landmark this near to a turn is not passed on the way to it."""
WORTH_PASSING_M = 25.0
"""A landmark is only mentioned on stretches longer than this."""
GATES = frozenset({int(PathwayMode.FARE_GATE), int(PathwayMode.EXIT_GATE)})
RIDES = VERTICAL | {int(PathwayMode.MOVING_WALKWAY)}
METRES_A_DEGREE = 111_195.0


@dataclass(slots=True)
class _Event:
    """Something to do `at_m` metres into a leg, at a point of its line."""

    leg: int
    at_m: float
    maneuver: str
    text: Text
    node: int
    point: int
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
        return [_stand(destination, leg_offset, last=last)]
    ends = {origin.feature_id, destination.feature_id}
    used = {i for i in map(tables.landmark_rank.get, ends) if i is not None}
    events = _events(tables, stretches, used, origin=origin, first=first)
    events.append(_arrival(stretches, destination, last=last))
    return [
        _step(tables, stretches, event, following, leg_offset, used, destination)
        for event, following in zip(events, [*events[1:], None], strict=True)
    ]


def _stand(destination: Stop, leg: int, *, last: bool) -> Step:
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


def _events(
    tables: Tables, stretches: Sequence[Stretch], used: set[int], *, origin: Stop, first: bool
) -> list[_Event]:
    events: list[_Event] = []
    for i, stretch in enumerate(stretches):
        if i == 0:
            events.append(_departure(stretch, origin, first=first))
        else:
            events.extend(_between(tables, stretches[i - 1], stretch, i))
        if stretch.mode in RIDES:
            # Arriving in a shaft and riding it is one thing to do.
            if events[-1].leg == i and events[-1].maneuver == "straight":
                events.pop()
            events.append(_ride(tables, stretch, i))
        else:
            events.extend(_doors_and_turns(tables, stretch, i, turns_of(stretch), used))
    return _tidied(stretches, events)


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
    return _Event(0, 0.0, "depart" if first else "straight", text, stretch.node, 0)


def _between(tables: Tables, before: Stretch, after: Stretch, leg: int) -> list[_Event]:
    """Return what happens where one leg meets the next: a building entered or left, or a bend."""
    node = after.node
    if before.indoors != after.indoors:
        inside = after if after.indoors else before
        found = (tables.level[n] for n in inside.nodes if tables.level[n] >= 0)
        level = next(found, -1)
        building = (tables.buildings[level] if level >= 0 else None) or phrases()["building"]
        feature = tables.node_feature[node]
        door = tables.door_names[feature] if feature >= 0 else None
        key = "enter" if after.indoors else "exit"
        text = say(f"{key}_by", door=door, building=building) if door else say(key, building=building)
        return [_Event(leg, 0.0, key, text, node, 0, feature_id=_feature(tables, feature))]
    if after.mode in GATES:
        return [_Event(leg, 0.0, "gate", say("gate", gate=phrases()["a_gate"]), node, 0)]
    turn = turn_named(bend_between(before.xy, after.xy))
    key = turn or "straight"
    return [_Event(leg, 0.0, key, say(key), node, 0)]


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
    return _Event(leg, 0.0, mode, text, stretch.node, 0, walks=False, feature_id=feature_id)


def _doors_and_turns(
    tables: Tables, stretch: Stretch, leg: int, turns: Sequence[Turn], used: set[int]
) -> list[_Event]:
    events = [_turn(tables, stretch, leg, turn, used) for turn in turns]
    if not stretch.indoors:
        return events
    feature = [tables.feature[edge] for edge in stretch.edges]
    for i, (before, after) in enumerate(pairwise(feature), 1):
        node = stretch.nodes[i]
        room = tables.room_names[after] if after >= 0 and after != before else None
        if tables.door[node] and room is not None:
            point = _point_at(stretch, stretch.at_m[i])
            events.append(_Event(leg, stretch.at_m[i], "door", say("door", room=room), node, point))
    events.sort(key=lambda event: event.at_m)
    return events


def _turn(tables: Tables, stretch: Stretch, leg: int, turn: Turn, used: set[int]) -> _Event:
    """Return a turn, at a landmark that is named once on a way."""
    nearest, ids, names = tables.landmarks
    node = stretch.nodes[min(bisect_left(stretch.at_m, turn.at_m - 1.0), len(stretch.nodes) - 1)]
    text, seen = say(turn.maneuver), nearest[node]
    feature_id = None
    if seen >= 0 and seen not in used:
        used.add(seen)
        text, feature_id = say("at_landmark", landmark=names[seen], turn=text), ids[seen]
    return _Event(leg, turn.at_m, turn.maneuver, text, node, turn.point, feature_id=feature_id)


def _tidied(stretches: Sequence[Stretch], events: list[_Event]) -> list[_Event]:
    """Drop what nobody needs to hear, and join a turn to the door or ride that it leads into."""
    kept: list[_Event] = []
    for event in events:
        before = kept[-1] if kept else None
        if before is not None:
            same = before.leg == event.leg
            if event.maneuver == "straight":
                continue
            if before.maneuver == "depart" and event.maneuver in TURNS and same and event.at_m < TURNED_M:
                continue
            joins = event.maneuver == "door" and same and event.at_m - before.at_m < 1.0
            if before.maneuver in TURNS and (joins or (not event.walks and _touch(stretches, before, event))):
                event.text = Text(
                    f"{before.text.zh}，{event.text.zh}", f"{before.text.en}, then {_lower(event.text.en)}"
                )
                kept.pop()
        kept.append(event)
    return kept


def _touch(stretches: Sequence[Stretch], before: _Event, event: _Event) -> bool:
    """Whether two events of consecutive legs happen at one place."""
    (a, b), (c, d) = stretches[before.leg].xy[before.point], stretches[event.leg].xy[event.point]
    return hypot(a - c, b - d) < 1.0


def _arrival(stretches: Sequence[Stretch], destination: Stop, *, last: bool) -> _Event:
    stretch = stretches[-1]
    key = "arrive" if last else "via"
    end = stretch.xy[-1]
    if last:
        lon, lat = stretch.lonlat[-1]
        x = end[0] + (destination.lon - lon) * METRES_A_DEGREE * cos(radians(lat))
        y = end[1] + (destination.lat - lat) * METRES_A_DEGREE
        back = next((p for p in reversed(stretch.xy) if hypot(p[0] - end[0], p[1] - end[1]) >= 2.0), None)
        off = hypot(x - end[0], y - end[1])
        if back is not None and off > 2.0:
            side = bend(back, end, end, (x, y))
            key = "arrive_right" if 30 < side < 150 else "arrive_left" if -150 < side < -30 else "arrive"
    text = say(key, stop=_stop_name(destination))
    return _Event(
        len(stretches) - 1,
        stretch.distance_m,
        "arrive" if last else "via",
        text,
        stretch.to_node,
        len(stretch.xy) - 1,
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
    text, stretch = event.text, stretches[event.leg]
    if event.walks and distance_m >= 8.0:
        text = say_walk(text, _way_ahead(tables, stretch, event.at_m), round(distance_m))
        if distance_m >= WORTH_PASSING_M and following is not None and following.leg == event.leg:
            passed = _find_passed(tables, stretch, event, following, used, destination)
            text = Text(text.zh + passed.zh, text.en + passed.en) if passed else text
    lon, lat = stretch.lonlat[event.point]
    level = tables.level[event.node]
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


def _way_ahead(tables: Tables, stretch: Stretch, at_m: float) -> Text | None:
    """Return the name of the way that is walked from a point of a leg."""
    index = bisect_left(stretch.at_m, at_m + 0.5, 0, len(stretch.edges) - 1)
    if stretch.at_m[index] > at_m + 2.0:
        index -= 1
    feature = tables.feature[stretch.edges[index]]
    return tables.way_names[feature] if feature >= 0 else None


def _find_passed(
    tables: Tables, stretch: Stretch, event: _Event, following: _Event, used: set[int], destination: Stop
) -> Text | None:
    """Say which landmark is passed half way."""
    nearest, ids, names = tables.landmarks
    middle = (event.at_m + following.at_m) / 2
    low = bisect_right(stretch.at_m, event.at_m + ASIDE_M)
    high = bisect_left(stretch.at_m, following.at_m - ASIDE_M)
    between = [
        (abs(stretch.at_m[i] - middle), seen)
        for i in range(low, high)
        if (seen := nearest[stretch.nodes[i]]) >= 0
        and seen not in used
        and ids[seen] not in (destination.feature_id, event.feature_id, following.feature_id)
    ]
    if not between:
        return None
    seen = min(between)[1]
    used.add(seen)
    return say("past", landmark=names[seen])


def _until(stretches: Sequence[Stretch], event: _Event, following: _Event | None) -> tuple[float, float]:
    """Return metres and seconds from one event to the next."""
    if following is None:
        return 0.0, 0.0
    if event.leg == following.leg and following.maneuver not in ("arrive", "via"):
        stretch = stretches[event.leg]
        distance_m = max(following.at_m - event.at_m, 0.0)
        return distance_m, distance_m / (stretch.distance_m or 1.0) * stretch.duration_s
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


def _point_at(stretch: Stretch, at_m: float) -> int:
    run = 0.0
    for i, (a, b) in enumerate(pairwise(stretch.xy), 1):
        run += hypot(b[0] - a[0], b[1] - a[1])
        if run >= at_m - 0.01:
            return i
    return len(stretch.xy) - 1


def _stop_name(stop: Stop) -> Text:
    return say_name(stop.name) if stop.name else phrases()["point"]


def _feature(tables: Tables, index: int) -> FeatureId | None:
    return tables.network.feature_ids[index] if index >= 0 else None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

"""A path told: legs drawn on the map, steps said in zh and en, and what to know before setting out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

import numpy as np

from yuanli.campus import Campus, PathwayMode
from yuanli.errors import Text
from yuanli.routing.answers import Leg, Route, Step
from yuanli.routing.calendars import is_open_at
from yuanli.routing.directions.legs import Stretch, draw_legs, leg_of
from yuanli.routing.directions.phrases import say_name
from yuanli.routing.directions.steps import describe_steps
from yuanli.routing.directions.tables import Tables
from yuanli.routing.graph import Graph
from yuanli.routing.measure import Note
from yuanli.routing.network import Network
from yuanli.routing.places import Gateway, Terminal
from yuanli.routing.planning import Planner
from yuanli.routing.plans import Plan
from yuanli.routing.search import Found

WARNINGS = {
    Note.RESTRICTED: Text(
        "途经限制进入的区域，需要许可。", "The way enters a restricted area: you need permission."
    ),
    Note.PRIVATE: Text(
        "部分道路为内部道路，可能需要许可。", "Part of the way is private: you may need permission."
    ),
    Note.EMERGENCY: Text("这是唯一的路，要经过紧急出口。", "The only way leads through an emergency exit."),
    Note.THROUGH: Text("途中要穿过一个房间。", "The way crosses a private room."),
    Note.GUESSED: Text(
        "地图上没有画出途中的一处门或入口，位置是推测的。",
        "A door or entrance on the way is not on the map; its place is inferred.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells paths on one campus as routes."""

    campus: Campus
    network: Network
    graph: Graph
    planner: Planner
    tables: Tables

    def route(self, stops: Sequence[Terminal], found: Sequence[Found], plan: Plan, at: datetime) -> Route:
        """Return the route along paths, one between each stop and the next."""
        legs: list[Leg] = []
        steps: list[Step] = []
        for i, part in enumerate(found):
            stretches = self._stretches(stops[i], stops[i + 1], part, plan)
            steps += describe_steps(
                self.tables,
                stretches,
                origin=stops[i].stop,
                destination=stops[i + 1].stop,
                first=i == 0,
                last=i == len(found) - 1,
                leg_offset=len(legs),
            )
            legs += [leg_of(self.tables, stretch) for stretch in stretches]
        line: list[tuple[float, float]] = []
        for leg in legs:
            points = leg.geometry["coordinates"]
            line.extend(points[1:] if line and line[-1] == points[0] else points)
        if not line:
            line = [(stop.stop.lon, stop.stop.lat) for stop in stops]
        duration_s = sum(leg.duration_s for leg in legs)
        return Route(
            distance_m=sum(leg.distance_m for leg in legs),
            duration_s=duration_s,
            profile=plan.measure.profile.name,
            departs_at=at,
            arrives_at=at + timedelta(seconds=duration_s),
            stops=tuple(stop.stop for stop in stops),
            legs=tuple(legs),
            steps=tuple(steps),
            geometry={"type": "LineString", "coordinates": line if len(line) > 1 else line * 2},
            warnings=self._warnings(stops, found, plan, at + timedelta(seconds=duration_s)),
            revision=self.campus.revision,
        )

    def _stretches(self, start: Terminal, end: Terminal, found: Found, plan: Plan) -> list[Stretch]:
        stretches = draw_legs(self.tables, self.graph, found.arcs, found.times_s)
        pace = plan.measure.profile.speed_m_s
        if start.xy is not None:
            self._stub(stretches, start, found.start, pace, at_start=True)
        if end.xy is not None:
            self._stub(stretches, end, found.end, pace, at_start=False)
        return stretches

    def _stub(
        self, stretches: list[Stretch], terminal: Terminal, gate: Gateway, pace: float, *, at_start: bool
    ) -> None:
        """Draw the straight line between a stop off the network and its node."""
        node, stub_m, xy = gate.entry.node, gate.entry.stub_m, terminal.xy
        if xy is None:
            return
        lonlat = (round(terminal.stop.lon, 7), round(terminal.stop.lat, 7))
        x, y = self.network.node_xy[node].tolist()
        there = tuple(np.round(self.network.frame.to_degrees(self.network.node_xy[[node]])[0], 7).tolist())
        walks = bool(stretches) and self.tables.mode_names[stretches[0 if at_start else -1].mode] in (
            "walkway",
            "outdoor",
        )
        if not walks:
            indoors = self.tables.level[node] >= 0
            lone = Stretch(
                mode=int(PathwayMode.WALKWAY if indoors else PathwayMode.OUTDOOR),
                node=node,
                to_node=node,
                indoors=indoors,
                lonlat=[(there[0], there[1])],
                xy=[(x, y)],
                nodes=[node],
                at_m=[0.0],
            )
            stretches.insert(0 if at_start else len(stretches), lone)
        stretch = stretches[0 if at_start else -1]
        if at_start:
            stretch.lonlat.insert(0, lonlat)
            stretch.xy.insert(0, xy)
            stretch.at_m = [0.0, *(m + stub_m for m in stretch.at_m)]
            stretch.nodes.insert(0, node)
        else:
            stretch.lonlat.append(lonlat)
            stretch.xy.append(xy)
            stretch.at_m.append(stretch.distance_m + stub_m)
            stretch.nodes.append(node)
        stretch.edges.insert(
            0 if at_start else len(stretch.edges),
            stretch.edges[0 if at_start else -1] if stretch.edges else -1,
        )
        stretch.distance_m += stub_m
        stretch.duration_s += stub_m / pace

    def _warnings(
        self, stops: Sequence[Terminal], found: Sequence[Found], plan: Plan, arrival: datetime
    ) -> tuple[Text, ...]:
        notes = plan.measure.notes
        noted = reduce(or_, (notes[arc] for part in found for arc in part.arcs), 0)
        out: list[Text] = []
        if noted:
            told = noted & ~Note.PRIVATE if noted & Note.RESTRICTED else noted
            out = [text for note, text in WARNINGS.items() if told & note]
        feature = self.campus.find(stops[-1].stop.feature_id) if stops[-1].stop.feature_id else None
        hours = getattr(feature, "hours", None)
        if hours and not is_open_at(hours, arrival, zone=self.campus.time_zone, country=self.campus.country):
            name = say_name(stops[-1].stop.name)
            out.append(
                Text(
                    f"到达时{name.zh}不在开放时间（{hours}）。",
                    f"{name.en} is closed when you arrive ({hours}).",
                )
            )
        return tuple(out)

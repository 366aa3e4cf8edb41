"""The front of routing: one campus at one revision, ready to answer every question about ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, FeatureId, LanguageMap, Unit, label_of, name_of, places_of_kind
from yuanli.errors import InvalidInputError, Text
from yuanli.routing.answers import Exit, Isochrone, Leg, Matrix, Nearby, Route, Step, Stop
from yuanli.routing.building import locator_of
from yuanli.routing.calendars import is_open_at, time_zone_named
from yuanli.routing.cch import prepare_topology
from yuanli.routing.conditions import AVOIDABLE, Conditions
from yuanli.routing.directions.legs import Stretch, draw_legs, leg_of
from yuanli.routing.directions.phrases import say_name
from yuanli.routing.directions.steps import describe_steps
from yuanli.routing.directions.tables import Tables
from yuanli.routing.engine import End, Path, Reach
from yuanli.routing.graph import Graph, graph_of
from yuanli.routing.measure import BARRED_WEIGHT, Bar, Weights
from yuanli.routing.network import Network
from yuanli.routing.noway import explain_no_way
from yuanli.routing.ordering import best_order
from yuanli.routing.places import Gateway, Terminal, gateways, restricted_regions, terminal_of
from yuanli.routing.planning import Planner
from yuanli.routing.plans import Engine, Plan
from yuanli.routing.reach import isochrone_areas
from yuanli.routing.timed import is_open_on_arrival, timed_route

OPEN = Conditions()
SHARED, STRETCHED, DEARER = 0.7, 1.5, 1.6
"""An alternative shares at most 70 % of its length with a better one and costs at most half as much
again (Abraham et al. 2013, doi:10.1145/2444016.2444019, ask for 80 % and 25 % on roads); ways found
already weigh 1.6 times as much in the search for the next."""
MOST_ALTERNATIVES = 3


class BadQuestionError(InvalidInputError):
    """A question is out of the range of what can be answered."""


@dataclass(frozen=True, slots=True)
class Found:
    """A path between two terminals: all arcs, the seconds of each, and its ends."""

    arcs: list[int]
    times_s: list[float]
    start: Gateway
    end: Gateway
    cost_ms: int
    waited_s: float


@dataclass(frozen=True, kw_only=True)
class Wayfinder:
    """Answers questions about ways; immutable but for what it remembers, so safe in many threads.

    A way whose opening hours or timed closures change within four hours of departure is open when it
    is reached: the path found with everything that could be open is checked on arrival, and searched
    for again with a clock where it fails.
    """

    campus: Campus
    network: Network
    graph: Graph
    engine: Engine
    planner: Planner
    tables: Tables
    reach: Reach
    attach: Callable[[float, float, float], Sequence[tuple[int, float]]]

    @property
    def avoidable(self) -> frozenset[str]:
        """The kinds of way that can be avoided by name."""
        return frozenset(AVOIDABLE)

    def revised(self, campus: Campus) -> Wayfinder:
        """Return the wayfinder of a revision that changed nothing the network or directions show."""
        return Wayfinder(
            campus=campus,
            network=self.network,
            graph=self.graph,
            engine=self.engine,
            planner=Planner(campus, self.network, self.graph),
            tables=self.tables,
            reach=self.reach,
            attach=self.attach,
        )

    def local(self, at: datetime) -> datetime:
        """Return a time in the campus's zone; one without a zone is campus time."""
        zone = time_zone_named(self.campus.time_zone)
        return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)

    def is_open(self, hours: str, at: datetime) -> bool:
        """Tell whether opening hours are open at a time."""
        return is_open_at(hours, self.local(at), zone=self.campus.time_zone, country=self.campus.country)

    def route(
        self,
        origin: Stop,
        destination: Stop,
        *,
        via: Sequence[Stop] = (),
        order: str = "given",
        profile: str = "walk",
        conditions: Conditions = OPEN,
        at: datetime,
        avoid: tuple[str, ...] = (),
        alternatives: int = 0,
        roles: frozenset[str] = frozenset(),
    ) -> tuple[Route, ...]:
        """Return the best way and up to `alternatives` (at most 3) others that differ from it.

        Raises
        ------
        NoRouteError
            There is no way, with the reason and what would open one.
        """
        at = self.local(at)
        stops = [self._terminal(stop) for stop in (origin, *via, destination)]
        plan = self._plan(profile, roles, conditions, avoid, at, stops)
        if order == "best" and len(via) > 1:
            stops = self._ordered(stops, plan)
        found: list[Found] = []
        clock = at
        for start, end in pairwise(stops):
            found.append(self._find(start, end, plan, clock))
            clock += timedelta(seconds=sum(found[-1].times_s) + found[-1].waited_s)
            if len(stops) > 2:
                plan = self._plan(profile, roles, conditions, avoid, clock, stops)
        routes = [self._route(stops, found, plan, at)]
        if alternatives and len(stops) == 2:
            count = min(alternatives, MOST_ALTERNATIVES)
            routes += self._alternatives(stops, found[0], at, count, plan)
        return tuple(routes)

    def nearest(
        self,
        origin: Stop,
        kind: str,
        *,
        count: int = 3,
        profile: str = "walk",
        at: datetime,
        conditions: Conditions = OPEN,
        open_now: bool = False,
        accessible: bool = False,
        roles: frozenset[str] = frozenset(),
    ) -> tuple[Nearby, ...]:
        """Return the facilities of a kind that are reached soonest.

        With `open_now` only those open on arrival; with `accessible` only those marked fit for
        wheelchairs, or not marked at all.
        """
        at = self.local(at)
        start = self._terminal(origin)
        plan = self._plan(profile, roles, conditions, (), at, [start])
        ends = [gateway.end for gateway in self._gates(start, plan, leaving=True)]
        spread = (
            self.reach.spread(plan.weights, ends).cost_ms if ends else np.full(self.graph.n_nodes, np.inf)
        )
        ranked = []
        for feature in places_of_kind(self.campus, kind):
            nodes = self.network.entrances.get(FeatureId(feature.id), ())
            cost = min((float(spread[node]) for node in nodes), default=np.inf)
            marks = getattr(feature, "accessibility", ())
            if accessible and "notwheelchair" in marks:
                continue
            hours = getattr(feature, "hours", None)
            arrival = at + timedelta(milliseconds=cost if np.isfinite(cost) else 0.0)
            if np.isfinite(cost) and not (open_now and hours and not self.is_open(hours, arrival)):
                ranked.append((cost, str(feature.id)))
        out = []
        for _, feature_id in sorted(ranked)[: max(count, 0)]:
            stop = self.stop(FeatureId(feature_id))
            route = self.route(origin, stop, profile=profile, conditions=conditions, at=at, roles=roles)[0]
            out.append(
                Nearby(
                    feature_id=FeatureId(feature_id),
                    name=stop.name,
                    distance_m=route.distance_m,
                    duration_s=route.duration_s,
                    route=route,
                )
            )
        return tuple(sorted(out, key=lambda nearby: nearby.duration_s))

    def matrix(
        self,
        origins: Sequence[Stop],
        destinations: Sequence[Stop],
        *,
        profile: str = "walk",
        at: datetime,
        conditions: Conditions = OPEN,
        roles: frozenset[str] = frozenset(),
    ) -> Matrix:
        """Return seconds and metres from each origin to each destination, None where no way leads."""
        starts = [self._terminal(stop) for stop in origins]
        goals = [self._terminal(stop) for stop in destinations]
        plan = self._plan(profile, roles, conditions, (), self.local(at), [*starts, *goals])
        sources = [self._gates(start, plan, leaving=True) for start in starts]
        targets = [self._gates(goal, plan, leaving=False) for goal in goals]
        seconds, metres = [], []
        for source in sources:
            row = [self._joined(source, target, plan, plan.weights) for target in targets]
            seconds.append(tuple(None if f is None else round(sum(f.times_s), 3) for f in row))
            metres.append(tuple(None if f is None else round(self._length(f), 3) for f in row))
        return Matrix(duration_s=tuple(seconds), distance_m=tuple(metres))

    def isochrone(
        self,
        origin: Stop,
        minutes: Sequence[float],
        *,
        profile: str = "walk",
        at: datetime,
        conditions: Conditions = OPEN,
        roles: frozenset[str] = frozenset(),
    ) -> tuple[Isochrone, ...]:
        """Return what is reached within so many minutes, an area a level."""
        start = self._terminal(origin)
        plan = self._plan(profile, roles, conditions, (), self.local(at), [start])
        ends = [gateway.end for gateway in self._gates(start, plan, leaving=True)]
        if not ends:
            return ()
        limit_ms = max(minutes, default=0.0) * 60_000
        cost_ms = self.reach.spread(plan.weights, ends, limit_ms=limit_ms).cost_ms
        return isochrone_areas(self.network, cost_ms[: self.network.n_nodes], minutes, plan.measure.profile)

    def exits(
        self,
        *,
        profile: str = "evacuation",
        at: datetime,
        conditions: Conditions = OPEN,
        roles: frozenset[str] = frozenset(),
    ) -> tuple[Exit, ...]:
        """Return the nearest exit of every room, by one search back from all exits."""
        plan = self._plan(profile, roles, conditions, (), self.local(at))
        ends = [End(int(node)) for node in self.network.exits]
        spread = self.reach.spread(plan.weights, ends, reverse=True)
        cost, source = spread.cost_ms.tolist(), spread.source.tolist()
        feature_ids, node_feature = self.network.feature_ids, self.tables.node_feature
        out = []
        for unit in self.campus.of(Unit):
            nodes = self.network.entrances.get(FeatureId(unit.id), ())
            best = min(((cost[n], source[n]) for n in nodes), default=(np.inf, -1))
            reached = np.isfinite(best[0]) and best[1] >= 0
            exit_feature = node_feature[best[1]] if reached else -1
            seconds = best[0] / 1000 if reached else None
            out.append(
                Exit(
                    feature_id=FeatureId(unit.id),
                    exit_id=feature_ids[exit_feature] if exit_feature >= 0 else None,
                    duration_s=seconds,
                    distance_m=None
                    if seconds is None
                    else round(seconds * plan.measure.profile.speed_m_s, 1),
                )
            )
        return tuple(out)

    def stop(self, feature_id: FeatureId) -> Stop:
        """Return a feature as a stop."""
        spot, name = self.campus.spot(feature_id), label_of(self.campus, feature_id)
        if spot is None:
            node = self.network.entrances[feature_id][0]
            lon, lat = self.network.frame.to_degrees(self.network.node_xy[[node]])[0].tolist()
            return Stop(
                feature_id=feature_id,
                name=name,
                lon=lon,
                lat=lat,
                level=self.tables.ordinal[node],
                level_id=None,
            )
        return Stop(
            feature_id=feature_id,
            name=name,
            lon=spot.lon,
            lat=spot.lat,
            level=spot.ordinal,
            level_id=spot.level_id,
        )

    def _plan(
        self,
        profile: str,
        roles: frozenset[str],
        conditions: Conditions,
        avoid: tuple[str, ...],
        at: datetime,
        stops: Sequence[Terminal] = (),
    ) -> Plan:
        """Return the plan for a time, with the restricted regions opened that the stops lie in."""
        plan = self.planner.plan(profile, roles=roles, conditions=conditions, avoid=avoid, at=at)
        opened = frozenset[int]().union(*(restricted_regions(stop, self.graph, plan) for stop in stops))
        if not opened:
            return plan
        return self.planner.plan(
            profile, roles=roles, conditions=conditions, avoid=avoid, at=at, opened=opened
        )

    def _terminal(self, stop: Stop) -> Terminal:
        return terminal_of(self.campus, self.network, stop, self.attach)

    def _gates(
        self, terminal: Terminal, plan: Plan, *, leaving: bool, other: Terminal | None = None
    ) -> tuple[Gateway, ...]:
        index = self.network.feature_index.get(terminal.stop.feature_id) if terminal.stop.feature_id else None
        own = frozenset(self.tables.node_feature[entry.node] for entry in terminal.entries)
        own |= frozenset() if index is None else frozenset({index})
        return gateways(
            terminal,
            self.graph,
            plan.measure,
            plan.weights,
            own=own,
            edge_feature=self.network.edge_feature,
            forced=plan.closed | plan.avoided,
            leaving=leaving,
            others=frozenset(entry.node for entry in other.entries) if other else frozenset(),
        )

    def _find(self, start: Terminal, end: Terminal, plan: Plan, at: datetime) -> Found:
        sources = self._gates(start, plan, leaving=True, other=end)
        targets = self._gates(end, plan, leaving=False)
        found = self._joined(sources, targets, plan, plan.weights)
        if found is not None and (not plan.changing or is_open_on_arrival(plan, found.arcs, at.timestamp())):
            return found
        if found is not None:
            timed = timed_route(
                self.graph, plan, [g.end for g in sources], [g.end for g in targets], at.timestamp()
            )
            if timed is not None:
                return self._whole(timed[0], sources, targets, plan, waits=timed[1])
        raise self._no_way(start, end, plan, found)

    def _joined(
        self, sources: Sequence[Gateway], targets: Sequence[Gateway], plan: Plan, weights: Weights
    ) -> Found | None:
        path = self.engine.route(weights, [g.end for g in sources], [g.end for g in targets])
        return None if path is None else self._whole(path, sources, targets, plan)

    def _whole(
        self,
        path: Path,
        sources: Sequence[Gateway],
        targets: Sequence[Gateway],
        plan: Plan,
        *,
        waits: dict[int, float] | None = None,
    ) -> Found:
        start, end = sources[path.source], targets[path.target]
        arcs = [*start.arcs, *path.arcs, *end.arcs]
        times = [plan.times_s[arc] for arc in arcs]
        if waits:
            times = [time + waits.get(arc, 0.0) for arc, time in zip(arcs, times, strict=True)]
        pace = plan.measure.profile.speed_m_s
        stubs_s = (start.entry.stub_m + end.entry.stub_m) / pace
        return Found(arcs, times, start, end, path.cost_ms, stubs_s)

    def _length(self, found: Found) -> float:
        edges, length = self.graph.edges, self.tables.length
        metres = sum(length[edges[arc]] for arc in found.arcs if edges[arc] >= 0)
        return metres + found.start.entry.stub_m + found.end.entry.stub_m

    def _ordered(self, stops: list[Terminal], plan: Plan) -> list[Terminal]:
        leave = [self._gates(stop, plan, leaving=True) for stop in stops]
        reach = [self._gates(stop, plan, leaving=False) for stop in stops]
        costs = [
            [
                np.inf if (f := self._joined(a, b, plan, plan.weights)) is None else float(f.cost_ms)
                for b in reach
            ]
            for a in leave
        ]
        return [stops[i] for i in best_order(costs)]

    def _alternatives(
        self, stops: list[Terminal], best: Found, at: datetime, count: int, plan: Plan
    ) -> list[Route]:
        sources, targets = (
            self._gates(stops[0], plan, leaving=True),
            self._gates(stops[1], plan, leaving=False),
        )
        weights = plan.weights.copy()
        kept: list[Found] = [best]
        last = best
        for _ in range(3 * count):
            if len(kept) > count:
                break
            weights = self._dearer(weights, last)
            found = self._joined(sources, targets, plan, weights)
            if found is None:
                break
            last = found
            cost = sum(int(plan.weights[arc]) for arc in found.arcs)
            fresh = all(self._shared(found, other) <= SHARED for other in kept)
            affordable = cost <= STRETCHED * max(best.cost_ms, 1)
            if fresh and affordable and is_open_on_arrival(plan, found.arcs, at.timestamp()):
                kept.append(found)
        return [self._route(stops, [found], plan, at) for found in kept[1:]]

    def _dearer(self, weights: Weights, found: Found) -> Weights:
        edges = {self.graph.edges[arc] for arc in found.arcs if self.graph.edges[arc] >= 0}
        touched = np.isin(self.graph.edge, list(edges)) & (weights < BARRED_WEIGHT)
        out = weights.copy()
        out[touched] = np.minimum(out[touched] * DEARER, 100_000_000).astype(np.uint32)
        return out

    def _shared(self, found: Found, other: Found) -> float:
        edges, length = self.graph.edges, self.tables.length
        theirs = {edges[arc] for arc in other.arcs}
        mine = [edges[arc] for arc in found.arcs if edges[arc] >= 0]
        whole = sum(length[e] for e in mine)
        return sum(length[e] for e in mine if e in theirs) / whole if whole else 1.0

    def _route(self, stops: Sequence[Terminal], found: Sequence[Found], plan: Plan, at: datetime) -> Route:
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
            edge_mode = 1 if self.tables.level[node] >= 0 else 9
            lone = Stretch(edge_mode, node, node, edge_mode == 1, nodes=[node], at_m=[0.0])
            stretches.insert(0 if at_start else len(stretches), lone)
            lone.lonlat, lone.xy = [(there[0], there[1])], [(x, y)]
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
        arcs = [arc for part in found for arc in part.arcs]
        edges = [e for arc in arcs if (e := self.graph.edges[arc]) >= 0]
        out: list[Text] = []
        if any(plan.measure.barred[arc] & Bar.RESTRICTED for arc in arcs):
            out.append(
                Text(
                    "途经限制进入的区域，需要许可。", "The way enters a restricted area: you need permission."
                )
            )
        elif any(plan.measure.soft[arc] for arc in arcs):
            out.append(
                Text(
                    "部分道路为内部道路，可能需要许可。",
                    "Part of the way is private: you may need permission.",
                )
            )
        heads, node_of = self.graph.heads, self.graph.nodes
        if plan.measure.profile.emergency_exit_s and any(
            self.planner.emergency[node_of[heads[arc]]] for arc in arcs
        ):
            out.append(
                Text("这是唯一的路，要经过紧急出口。", "The only way leads through an emergency exit.")
            )
        if any(self.tables.through[e] for e in edges):
            out.append(Text("途中要穿过一个房间。", "The way crosses a private room."))
        if any(self.tables.guessed[e] for e in edges):
            out.append(
                Text(
                    "地图上没有画出途中的一处门或入口，位置是推测的。",
                    "A door or entrance on the way is not on the map; its place is inferred.",
                )
            )
        feature = self.campus.find(stops[-1].stop.feature_id) if stops[-1].stop.feature_id else None
        hours = getattr(feature, "hours", None)
        if hours and not self.is_open(hours, arrival):
            name = say_name(stops[-1].stop.name)
            out.append(
                Text(
                    f"到达时{name.zh}不在开放时间（{hours}）。",
                    f"{name.en} is closed when you arrive ({hours}).",
                )
            )
        return tuple(out)

    def _no_way(self, start: Terminal, end: Terminal, plan: Plan, found: Found | None) -> Exception:
        if found is not None:
            # A way is open at departure, but shut before it is reached.
            shut = plan.shut.copy()
            shut[[a for a in found.arcs if a in plan.changing]] = True
            weights = plan.weights.copy()
            weights[shut] = BARRED_WEIGHT
            plan = Plan(
                measure=plan.measure,
                weights=weights,
                closed=plan.closed,
                avoided=plan.avoided,
                shut=shut,
                factor=plan.factor,
                phase=plan.phase,
                changing=plan.changing,
                region=plan.region,
            )
        sources = [End(entry.node) for entry in start.entries]
        targets = [End(entry.node) for entry in end.entries]

        def attempt(weights: Weights) -> Sequence[int] | None:
            path = self.engine.route(weights, sources, targets)
            return None if path is None else path.arcs

        return explain_no_way(
            plan,
            attempt,
            name_arcs=self._name_arcs,
            origin=say_name(start.stop.name),
            destination=say_name(end.stop.name),
        )

    def _name_arcs(self, arcs: NDArray[np.int64]) -> Text:
        """Name up to three features that arcs run in or lead to."""
        names: list[Text] = []
        for arc in arcs.tolist():
            edge, head = self.graph.edges[arc], self.graph.nodes[self.graph.heads[arc]]
            index = self.tables.feature[edge] if edge >= 0 else self.tables.node_feature[head]
            feature_id = self.network.feature_ids[index] if index >= 0 else None
            feature = self.campus.find(feature_id) if feature_id else None
            if feature is None:
                continue
            label: LanguageMap = label_of(self.campus, feature.id)
            text = say_name(label)
            if not name_of(feature):
                text = Text(f"{text.zh}（{feature.id}）", f"{text.en} ({feature.id})")
            if text not in names:
                names.append(text)
        if not names:
            return Text("这段路", "this part of the way")
        return Text("、".join(n.zh for n in names[:3]), ", ".join(n.en for n in names[:3]))


def prepare(campus: Campus, network: Network, *, cache_dir: FilePath | None = None) -> Wayfinder:
    """Make a campus ready for questions: arcs, hierarchy (kept in `cache_dir`), words.

    Without `pyroutingkit` the same questions are answered by A*.
    """
    graph = graph_of(network)
    topology: Any | None = None
    if graph.n_arcs:
        try:
            topology = prepare_topology(graph, cache_dir)
        except ImportError:
            topology = None
    return Wayfinder(
        campus=campus,
        network=network,
        graph=graph,
        engine=Engine(graph, topology),
        planner=Planner(campus, network, graph),
        tables=Tables(campus, network),
        reach=Reach(graph),
        attach=locator_of(campus, network).attach,
    )

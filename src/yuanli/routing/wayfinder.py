"""The front of routing: one campus at one revision, ready to answer every question about ways."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from yuanli.campus import Campus, FeatureId, Unit, label_of, places_of_kind
from yuanli.routing.alternatives import other_ways
from yuanli.routing.answers import Exit, Isochrone, Matrix, Nearby, Route, Stop
from yuanli.routing.building import locator_of
from yuanli.routing.calendars import is_open_at, time_zone_named
from yuanli.routing.cch import prepare_topology
from yuanli.routing.conditions import AVOIDABLE, Conditions
from yuanli.routing.directions.tables import Tables
from yuanli.routing.engine import End, Reach
from yuanli.routing.graph import graph_of
from yuanli.routing.network import Network
from yuanli.routing.planning import Planner
from yuanli.routing.plans import Engine
from yuanli.routing.reach import isochrone_areas
from yuanli.routing.search import Found, Search
from yuanli.routing.telling import Teller

OPEN = Conditions()
MOST_ALTERNATIVES = 3


@dataclass(frozen=True, kw_only=True)
class Wayfinder:
    """Answers questions about ways; immutable but for what it remembers, so safe in many threads.

    A way whose opening hours or timed closures change within four hours of departure is open when it
    is reached: the path found with everything that could be open is checked on arrival, and searched
    for again with a clock where it fails.
    """

    campus: Campus
    search: Search
    teller: Teller

    @property
    def network(self) -> Network:
        """The walking network."""
        return self.search.network

    @property
    def avoidable(self) -> frozenset[str]:
        """The kinds of way that can be avoided by name."""
        return frozenset(AVOIDABLE)

    def revised(self, campus: Campus, *, renamed: bool = False) -> Wayfinder:
        """Return the wayfinder of a revision that kept the network; `renamed` where names changed."""
        planner = Planner(campus, self.network, self.search.graph)
        tables = Tables(campus, self.network) if renamed else self.search.tables
        return Wayfinder(
            campus=campus,
            search=replace(self.search, campus=campus, planner=planner, tables=tables),
            teller=replace(self.teller, campus=campus, planner=planner, tables=tables),
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
        stops = [self.search.terminal(stop) for stop in (origin, *via, destination)]
        plan = self.search.plan(profile, roles, conditions, avoid, at, stops)
        if order == "best" and len(via) > 1:
            stops = self.search.ordered(stops, plan)
        found: list[Found] = []
        clock = at
        for start, end in pairwise(stops):
            found.append(self.search.find(start, end, plan, clock))
            clock += timedelta(seconds=sum(found[-1].times_s) + found[-1].waited_s)
            if len(stops) > 2:
                plan = self.search.plan(profile, roles, conditions, avoid, clock, stops)
        ways = [found]
        if alternatives and len(stops) == 2:
            count = min(alternatives, MOST_ALTERNATIVES)
            sources = self.search.gates(stops[0], plan, leaving=True, other=stops[1])
            targets = self.search.gates(stops[1], plan, leaving=False)
            others = other_ways(self.search, found[0], sources, targets, plan, at, count)
            ways += [[other] for other in others]
        return tuple(self.teller.route(stops, way, plan, at) for way in ways)

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
        start = self.search.terminal(origin)
        plan = self.search.plan(profile, roles, conditions, (), at, [start])
        ends = [gateway.end for gateway in self.search.gates(start, plan, leaving=True)]
        spread = (
            self.search.reach.spread(plan.weights, ends).cost_ms
            if ends
            else np.full(self.search.graph.n_nodes, np.inf)
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
        starts = [self.search.terminal(stop) for stop in origins]
        goals = [self.search.terminal(stop) for stop in destinations]
        plan = self.search.plan(profile, roles, conditions, (), self.local(at), [*starts, *goals])
        sources = [self.search.gates(start, plan, leaving=True) for start in starts]
        targets = [self.search.gates(goal, plan, leaving=False) for goal in goals]
        seconds, metres = [], []
        for source in sources:
            row = [self.search.joined(source, target, plan, plan.weights) for target in targets]
            seconds.append(tuple(None if f is None else round(sum(f.times_s), 3) for f in row))
            metres.append(tuple(None if f is None else round(self.search.length(f), 3) for f in row))
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
        start = self.search.terminal(origin)
        plan = self.search.plan(profile, roles, conditions, (), self.local(at), [start])
        ends = [gateway.end for gateway in self.search.gates(start, plan, leaving=True)]
        if not ends:
            return ()
        limit_ms = max(minutes, default=0.0) * 60_000
        cost_ms = self.search.reach.spread(plan.weights, ends, limit_ms=limit_ms).cost_ms
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
        plan = self.search.plan(profile, roles, conditions, (), self.local(at))
        ends = [End(int(node)) for node in self.network.exits]
        spread = self.search.reach.spread(plan.weights, ends, reverse=True)
        cost, source = spread.cost_ms.tolist(), spread.source.tolist()
        feature_ids, node_feature = self.network.feature_ids, self.search.tables.node_feature
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
                level=self.search.tables.ordinal[node],
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


def prepare(campus: Campus, network: Network, *, cache_dir: FilePath | None = None) -> Wayfinder:
    """Make a campus ready for questions: arcs, hierarchy (kept in `cache_dir`), words.

    Without `pyroutingkit` the same questions are answered by A*.
    """
    graph = graph_of(network)
    topology: Any | None = None
    if graph.n_arcs:
        with suppress(ImportError):
            topology = prepare_topology(graph, cache_dir)
    planner, tables = Planner(campus, network, graph), Tables(campus, network)
    search = Search(
        campus=campus,
        network=network,
        graph=graph,
        engine=Engine(graph, topology),
        planner=planner,
        tables=tables,
        reach=Reach(graph),
        attach=locator_of(campus, network).attach,
    )
    teller = Teller(campus=campus, network=network, graph=graph, planner=planner, tables=tables)
    return Wayfinder(campus=campus, search=search, teller=teller)

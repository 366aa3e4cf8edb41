"""From a profile, conditions and a time to a plan: what every arc weighs, and what changes on the way."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yuanli.campus import Campus, Closure, FeatureId, Opening
from yuanli.errors import InvalidInputError, Text
from yuanli.routing.calendars import Almanac, Calendar, closure_calendar, hours_calendar
from yuanli.routing.conditions import AVOIDABLE, ArcFinder, Arcs, Conditions, is_active
from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT, Bar, Measure, measure_arcs, weigh
from yuanli.routing.network import Floats, Network
from yuanli.routing.plans import Plan
from yuanli.routing.profiles import profile_named

T = TypeVar("T")
HORIZON_S = 4 * 3600.0
"""Opening hours that change later than this after departure count as constant."""
KEPT_PLANS = 64
SMALL_REGION = 60
"""A restricted region of so many arcs is searched by itself; a larger one is opened to the router."""


class UnknownAvoidError(InvalidInputError):
    """What is to be avoided is neither a feature nor a kind of way."""


@dataclass(frozen=True, slots=True)
class _Dated:
    """Closures and hours under one set of conditions."""

    closed: NDArray[np.bool_]
    almanac: Almanac
    arcs: Sequence[Arcs]


class Planner:
    """Makes plans and remembers the last of them; safe to call from many threads."""

    def __init__(self, campus: Campus, network: Network, graph: Graph) -> None:
        self._campus, self._network, self._graph = campus, network, graph
        self.finder = ArcFinder(campus, network, graph)
        self.emergency = _emergency_exits(campus, network)
        self._lock = Lock()
        self._kept: OrderedDict[object, object] = OrderedDict()
        self._hours = self._hours_calendars()

    def plan(
        self,
        profile: str,
        *,
        roles: frozenset[str],
        conditions: Conditions,
        avoid: tuple[str, ...],
        at: datetime,
        opened: frozenset[int] = frozenset(),
    ) -> Plan:
        """Return what every arc weighs to somebody who sets out at a time.

        `opened` are restricted regions (see `Plan.region`) that the traveller comes from or goes to.
        """
        key = conditions.key
        dated = self._remembered(("dated", key), lambda: self._dated(conditions))
        phase = dated.almanac.phase(at.timestamp())
        crowded = tuple(c for c in conditions.crowdings if is_active(c, at))
        names = tuple(c.id for c in crowded)
        whole = (
            "plan",
            profile,
            roles,
            key,
            avoid,
            names,
            phase.closed,
            phase.changing,
            id(phase.spans),
            opened,
        )

        def make() -> Plan:
            measure = self._remembered(("measure", profile, roles), lambda: self._measure(profile, roles))
            factor = self._factor(conditions, names)
            region = self._remembered(("region", profile, roles), lambda: self._regions(measure))
            base = ("weights", profile, roles, key if names else None, names)
            weights = self._remembered(base, lambda: weigh(measure, factor=factor)).copy()
            if opened:
                inside = np.isin(region, list(opened))
                weights[inside] = weigh(measure, factor=factor, ignore=Bar.RESTRICTED)[inside]
            avoided = self._flags(self._avoided(avoid))
            shut = self._flags([dated.arcs[i] for i in phase.closed])
            weights[dated.closed | avoided | shut] = BARRED_WEIGHT
            return Plan(
                measure=measure,
                weights=weights,
                closed=dated.closed,
                avoided=avoided,
                shut=shut,
                factor=factor,
                phase=phase,
                changing=self._changing(dated, phase.changing),
                region=region,
            )

        return self._remembered(whole, make)

    def _changing(self, dated: _Dated, calendars: frozenset[int]) -> dict[int, tuple[int, ...]]:
        """Return the calendars of each arc that has any; those of hours are the same under all closures."""
        of_hours = frozenset(c for c in calendars if c < len(self._hours))
        changing = self._remembered(("changing", of_hours), lambda: _by_arc(dated, of_hours))
        of_closures = calendars - of_hours
        if not of_closures:
            return changing
        merged = dict(changing)
        for arc, more in _by_arc(dated, of_closures).items():
            merged[arc] = (*merged.get(arc, ()), *more)
        return merged

    def _measure(self, profile: str, roles: frozenset[str]) -> Measure:
        return measure_arcs(
            self._network, self._graph, profile=profile_named(profile), roles=roles, emergency=self.emergency
        )

    def _regions(self, measure: Measure) -> NDArray[np.int32]:
        """Label arcs that are barred only as restricted by the large region they belong to."""
        arcs = np.flatnonzero(measure.barred == Bar.RESTRICTED)
        region = np.full(self._graph.n_arcs, -1, dtype=np.int32)
        if len(arcs) > SMALL_REGION:
            n, tail, head = self._graph.n_nodes, self._graph.tail[arcs], self._graph.head[arcs]
            shape = coo_array((np.ones(len(arcs)), (tail, head)), shape=(n, n))
            label = connected_components(shape, directed=False)[1][tail]
            large = np.bincount(label)[label] > SMALL_REGION
            region[arcs[large]] = label[large]
        return region

    def _remembered(self, key: object, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_PLANS:
                self._kept.popitem(last=False)
        return made

    def _dated(self, conditions: Conditions) -> _Dated:
        always: list[Arcs] = [self.finder.of_features(conditions.lifts_out)] if conditions.lifts_out else []
        calendars = [calendar for calendar, _ in self._hours]
        arcs = [arcs for _, arcs in self._hours]
        for closure in conditions.closures:
            closed = self._closed(closure)
            if closure.starts_at is None and closure.ends_at is None:
                always.append(closed)
            else:
                calendars.append(closure_calendar(closure.starts_at, closure.ends_at))
                arcs.append(closed)
        return _Dated(self._flags(always), Almanac(calendars, HORIZON_S), arcs)

    def _closed(self, closure: Closure) -> Arcs:
        named = self.finder.of_features(closure.feature_ids)
        if closure.geometry is None:
            return named
        return np.union1d(named, self.finder.of_area(closure.geometry, closure.ordinal))

    def _factor(self, conditions: Conditions, names: tuple[FeatureId, ...]) -> Floats | None:
        if not names:
            return None
        factor = np.ones(self._graph.n_arcs)
        for crowding in conditions.crowdings:
            if crowding.id in names:
                arcs = self.finder.of_features(crowding.feature_ids)
                if crowding.geometry is not None:
                    arcs = np.union1d(arcs, self.finder.of_area(crowding.geometry, crowding.ordinal))
                factor[arcs] *= max(crowding.factor, 0.01)
        return factor

    def _avoided(self, avoid: tuple[str, ...]) -> list[Arcs]:
        found: list[Arcs] = []
        for word in avoid:
            if word.lower() in AVOIDABLE:
                found.append(self.finder.of_mode(word.lower()))
            elif self._campus.find(word) is not None:
                found.append(self.finder.of_features((FeatureId(word),)))
            else:
                raise UnknownAvoidError(
                    Text(f"不知道要避开的 {word!r} 是什么。", f"There is nothing called {word!r} to avoid."),
                    field="avoid",
                    hint=Text(
                        f"写要素编号，或：{'、'.join(AVOIDABLE)}。",
                        f"Give a feature id, or one of: {', '.join(AVOIDABLE)}.",
                    ),
                )
        return found

    def _flags(self, arcs: Sequence[Arcs]) -> NDArray[np.bool_]:
        flags = np.zeros(self._graph.n_arcs, dtype=np.bool_)
        for some in arcs:
            flags[some] = True
        return flags

    def _hours_calendars(self) -> list[tuple[Calendar, Arcs]]:
        network, graph = self._network, self._graph
        edge_hours = np.append(network.edge_hours, -1)[np.maximum(graph.edge, -1)]
        edge_hours[graph.edge < 0] = -1
        node_hours = np.where(graph.edge >= 0, network.node_hours[graph.node[graph.head]], -1)
        zone, country = self._campus.time_zone, self._campus.country
        return [
            (
                hours_calendar(text, zone=zone, country=country),
                np.flatnonzero((edge_hours == i) | (node_hours == i)),
            )
            for i, text in enumerate(network.hours)
        ]


def _by_arc(dated: _Dated, calendars: frozenset[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for calendar in sorted(calendars):
        for arc in dated.arcs[calendar].tolist():
            found[arc].append(calendar)
    return {arc: tuple(those) for arc, those in found.items()}


def _emergency_exits(campus: Campus, network: Network) -> NDArray[np.bool_]:
    """Mark the nodes that are emergency exits."""
    emergency = {
        FeatureId(opening.id)
        for opening in campus.of(Opening)
        if "emergencyexit" in opening.category.replace("_", "")
    }
    of_feature = np.array([f in emergency for f in network.feature_ids] + [False])
    flags: NDArray[np.bool_] = of_feature[network.node_feature]
    return flags

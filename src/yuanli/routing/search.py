"""Paths between stops: where they start and end, the cheapest one, others, and why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, Opening, label_of, name_of
from yuanli.errors import Text
from yuanli.routing.answers import Stop
from yuanli.routing.conditions import Conditions
from yuanli.routing.directions.phrases import say_name
from yuanli.routing.directions.tables import Tables
from yuanli.routing.engine import End, Path, Reach
from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT, Weights
from yuanli.routing.network import Network
from yuanli.routing.noway import explain_no_way
from yuanli.routing.ordering import best_order
from yuanli.routing.places import Gateway, Terminal, gateways, restricted_regions, terminal_of
from yuanli.routing.planning import Planner
from yuanli.routing.plans import Engine, Plan
from yuanli.routing.timed import is_open_on_arrival, timed_route


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
class Search:
    """Finds paths on one campus: what `Wayfinder` asks."""

    campus: Campus
    network: Network
    graph: Graph
    engine: Engine
    planner: Planner
    tables: Tables
    reach: Reach
    attach: Callable[[float, float, float], Sequence[tuple[int, float]]]

    def plan(
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

    def terminal(self, stop: Stop) -> Terminal:
        """Return the nodes of a stop."""
        return terminal_of(self.campus, self.network, stop, self.attach)

    def gates(
        self, terminal: Terminal, plan: Plan, *, leaving: bool, other: Terminal | None = None
    ) -> tuple[Gateway, ...]:
        """Return where a search leaves or reaches a stop; `other` is the stop at the other end."""
        index = self.network.feature_index.get(terminal.stop.feature_id) if terminal.stop.feature_id else None
        own = frozenset(self.tables.node_feature[entry.node] for entry in terminal.entries)
        own |= frozenset() if index is None else frozenset({index})
        return gateways(
            terminal,
            self.graph,
            plan,
            own=own,
            edge_feature=self.network.edge_feature,
            leaving=leaving,
            others=frozenset(entry.node for entry in other.entries) if other else frozenset(),
        )

    def find(self, start: Terminal, end: Terminal, plan: Plan, at: datetime) -> Found:
        """Return the cheapest path that is open on arrival.

        Raises
        ------
        NoRouteError
            There is none, with the reason.
        """
        sources = self.gates(start, plan, leaving=True, other=end)
        targets = self.gates(end, plan, leaving=False)
        found = self.joined(sources, targets, plan, plan.weights)
        if found is not None and (not plan.changing or is_open_on_arrival(plan, found.arcs, at.timestamp())):
            return found
        if found is not None:
            timed = timed_route(
                self.graph, plan, [g.end for g in sources], [g.end for g in targets], at.timestamp()
            )
            if timed is not None:
                return self._whole(timed[0], sources, targets, plan, waits=timed[1])
        raise self._no_way(start, end, plan, found)

    def joined(
        self, sources: Sequence[Gateway], targets: Sequence[Gateway], plan: Plan, weights: Weights
    ) -> Found | None:
        """Return the cheapest path for some weights, whatever the hours; None where none leads."""
        path = self.engine.route(weights, [g.end for g in sources], [g.end for g in targets])
        return None if path is None else self._whole(path, sources, targets, plan)

    def joined_by(
        self, node: int, sources: Sequence[Gateway], targets: Sequence[Gateway], plan: Plan
    ) -> Found | None:
        """Return the cheapest path over a node, None where none leads there or it passes a place twice."""
        there = self.engine.route(plan.weights, [g.end for g in sources], [End(node)])
        onward = self.engine.route(plan.weights, [End(node)], [g.end for g in targets])
        if there is None or onward is None:
            return None
        arcs = [*there.arcs, *onward.arcs]
        heads = [self.graph.heads[arc] for arc in arcs]
        if len(set(heads)) < len(heads):
            return None
        path = Path(there.cost_ms + onward.cost_ms, there.source, onward.target, arcs)
        return self._whole(path, sources, targets, plan)

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

    def length(self, found: Found) -> float:
        """Return the metres of a path, stubs included."""
        edges, length = self.graph.edges, self.tables.length
        metres = sum(length[edges[arc]] for arc in found.arcs if edges[arc] >= 0)
        return metres + found.start.entry.stub_m + found.end.entry.stub_m

    def ordered(self, stops: list[Terminal], plan: Plan) -> list[Terminal]:
        """Return stops in the order of least cost; the first and the last stay."""
        leave = [self.gates(stop, plan, leaving=True) for stop in stops]
        reach = [self.gates(stop, plan, leaving=False) for stop in stops]
        costs = [
            [
                np.inf if (f := self.joined(a, b, plan, plan.weights)) is None else float(f.cost_ms)
                for b in reach
            ]
            for a in leave
        ]
        return [stops[i] for i in best_order(costs)]

    def _no_way(self, start: Terminal, end: Terminal, plan: Plan, found: Found | None) -> Exception:
        if found is not None:
            # A way is open at departure, but shut before it is reached.
            shut = plan.shut.copy()
            shut[[a for a in found.arcs if a in plan.changing]] = True
            weights = plan.weights.copy()
            weights[shut] = BARRED_WEIGHT
            plan = replace(plan, weights=weights, shut=shut)
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

    def _door_of(self, edge: int) -> int:
        """Return the index of the one-way door at an end of an edge, of its space where none is drawn."""
        for node in (self.network.edge_head[edge], self.network.edge_tail[edge]):
            index = int(self.network.node_feature[node])
            if index >= 0 and isinstance(self.campus.find(self.network.feature_ids[index]), Opening):
                return index
        return int(self.tables.feature[edge])

    def _name_arcs(self, arcs: NDArray[np.int64]) -> Text:
        """Name up to three features that arcs run in or lead to."""
        names: list[Text] = []
        for arc in arcs.tolist():
            edge, head = self.graph.edges[arc], self.graph.nodes[self.graph.heads[arc]]
            index = self.tables.feature[edge] if edge >= 0 else self.tables.node_feature[head]
            if edge >= 0 and self.network.edge_against[edge]:
                index = self._door_of(edge)
            feature_id = self.network.feature_ids[index] if index >= 0 else None
            feature = self.campus.find(feature_id) if feature_id else None
            if feature is None:
                continue
            text = say_name(label_of(self.campus, feature.id))
            if not name_of(feature):
                text = Text(f"{text.zh}（{feature.id}）", f"{text.en} ({feature.id})")
            if text not in names:
                names.append(text)
        if not names:
            return Text("这段路", "this part of the way")
        return Text("、".join(n.zh for n in names[:3]), ", ".join(n.en for n in names[:3]))

"""Where a journey starts and ends: the nodes of a stop, and the way through its own restricted rooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, FeatureId
from yuanli.errors import NotFoundError, Text
from yuanli.routing.answers import Stop
from yuanli.routing.engine import End
from yuanli.routing.graph import Graph
from yuanli.routing.measure import LONGEST_MS, Bar
from yuanli.routing.network import Network
from yuanli.routing.plans import Plan

MOST_STEPS = 20_000
"""A restricted region is searched so far, and no further."""


class UnreachedPlaceError(NotFoundError):
    """A place is known, but nothing walkable leads to it."""


class Entry(NamedTuple):
    """A node where a stop is entered or left, with the straight stub from the stop to it in metres."""

    node: int
    stub_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A stop with its nodes. `xy` is set where the stop lies off the nodes: stubs are drawn from it."""

    stop: Stop
    entries: tuple[Entry, ...]
    xy: tuple[float, float] | None = None


class Gateway(NamedTuple):
    """A terminal's node that a search runs from or to, with arcs of its own region in between."""

    end: End
    entry: Entry
    arcs: tuple[int, ...]


def terminal_of(
    campus: Campus,
    network: Network,
    stop: Stop,
    attach: Callable[[float, float, float], Sequence[tuple[int, float]]],
) -> Terminal:
    """Return where a stop is reached.

    Raises
    ------
    UnreachedPlaceError
        Nothing walkable is near.
    """
    nodes = network.entrances.get(stop.feature_id, ()) if stop.feature_id is not None else ()
    if not nodes and stop.feature_id is not None:
        spot = campus.spot(stop.feature_id)
        feature_ids = [spot.building_id] if spot and spot.building_id and spot.level_id is None else []
        nodes = tuple(n for f in feature_ids for n in network.entrances.get(FeatureId(f), ()))
    if nodes:
        return Terminal(stop=stop, entries=tuple(Entry(node) for node in nodes))
    x, y = network.frame.to_metres(np.array([[stop.lon, stop.lat]]))[0].tolist()
    found = attach(stop.lon, stop.lat, stop.level) if np.isfinite([x, y]).all() else ()
    if not found:
        name = stop.feature_id or f"{stop.lon:.6f},{stop.lat:.6f}"
        raise UnreachedPlaceError(
            Text(f"{name} 附近没有可以步行的路。", f"Nothing walkable is near {name}."),
            field=name,
            hint=Text("换一个位置，或检查楼层是否正确。", "Choose another place, or check the level."),
        )
    return Terminal(stop=stop, entries=tuple(Entry(n, m) for n, m in found), xy=(x, y))


def gateways(
    terminal: Terminal,
    graph: Graph,
    plan: Plan,
    *,
    own: frozenset[int],
    edge_feature: NDArray[np.int32],
    leaving: bool,
    others: frozenset[int] = frozenset(),
) -> tuple[Gateway, ...]:
    """Return the nodes to search from (`leaving`) or to.

    Who is in a restricted area may leave it, and who goes there goes through that area alone: arcs
    barred only as restricted, or only by the hours of the stop's own features, are walked here and
    nowhere else.

    Parameters
    ----------
    terminal, graph, plan, edge_feature
        The stop, the arcs, what they cost the traveller, and where edges run.
    leaving
        True for a start.
    own
        Indices of the stop's own features.
    others
        Nodes of the stop at the other end: it may lie in the same area.
    """
    measure, passable = plan.measure, plan.passable
    pace = measure.profile.speed_m_s
    start, arcs = graph.outgoing if leaving else graph.incoming
    other = graph.heads if leaving else graph.tails
    heap: list[tuple[int, int, int, int]] = []
    came: dict[int, tuple[int, int]] = {}
    for i, entry in enumerate(terminal.entries):
        heappush(heap, (int(entry.stub_m / pace * 1000), entry.node, i, -1))
    done: set[int] = set()
    found: list[Gateway] = []
    while heap and len(done) < MOST_STEPS:
        cost, node, i, arc = heappop(heap)
        if node in done:
            continue
        done.add(node)
        if arc >= 0:
            came[node] = (graph.tails[arc] if leaving else graph.heads[arc], arc)
        through = arcs[start[node] : start[node + 1]]
        inner = [a for a in through if not passable[a]]
        at_edge = len(inner) < len(through)
        if at_edge or arc < 0 or node in others:
            found.append(Gateway(End(node, cost), terminal.entries[i], _trail(node, came, leaving=leaving)))
        if at_edge:
            continue
        for a in inner:
            barred = int(measure.barred[a])
            at_home = graph.edge[a] >= 0 and int(edge_feature[graph.edge[a]]) in own
            restricted = barred == Bar.RESTRICTED
            if plan.forced[a] or not (restricted or (barred == 0 and at_home)):
                continue
            step = min(int(measure.cost_s[a] * 1000) + 1, LONGEST_MS)
            if other[a] not in done:
                heappush(heap, (cost + step, other[a], i, a))
    return tuple(found)


def restricted_regions(terminal: Terminal, graph: Graph, plan: Plan) -> frozenset[int]:
    """Return the large restricted regions that a stop lies in: its nodes have no other arcs."""
    found: set[int] = set()
    for entry in terminal.entries:
        arcs = [
            arc
            for start, by_node in (graph.outgoing, graph.incoming)
            for arc in by_node[start[entry.node] : start[entry.node + 1]]
        ]
        if any(map(plan.passable.__getitem__, arcs)):
            return frozenset()
        found.update(int(plan.region[arc]) for arc in arcs)
    return frozenset(found - {-1})


def _trail(node: int, came: dict[int, tuple[int, int]], *, leaving: bool) -> tuple[int, ...]:
    arcs = []
    while node in came:
        node, arc = came[node]
        arcs.append(arc)
    return tuple(reversed(arcs)) if leaving else tuple(arcs)

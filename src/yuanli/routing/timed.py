"""Paths while ways open and close: labels carry the clock (Dreyfus 1969, doi:10.1287/opre.17.3.395)."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from yuanli.routing.engine import End, Path
from yuanli.routing.graph import Graph
from yuanli.routing.measure import BARRED_WEIGHT
from yuanli.routing.plans import Plan

LONGEST_WAIT_S = 300.0
"""Nobody waits longer for a way to open; a longer way round, or none, is the answer then."""


def is_open_on_arrival(plan: Plan, arcs: Sequence[int], start_s: float) -> bool:
    """Tell whether every arc of a path is open when it is reached and until it is left."""
    now_s = start_s
    for arc in arcs:
        later_s = now_s + plan.times_s[arc]
        for calendar in plan.changing.get(arc, ()):
            span = plan.phase.spans[calendar]
            if not (span.is_open(now_s) and span.is_open(later_s)):
                return False
        now_s = later_s
    return True


def timed_route(
    graph: Graph, plan: Plan, sources: Sequence[End], targets: Sequence[End], start_s: float
) -> tuple[Path, dict[int, float]] | None:
    """Return the cheapest path that is open on arrival, and how long to wait before which arcs.

    Waiting at most `LONGEST_WAIT_S` keeps arrivals first in, first out, so the path is the quickest
    where costs are durations; preferences (private rooms, say) may make it second best.
    """
    start, outgoing = graph.outgoing
    weights, times, heads = plan.weights, plan.times_s, graph.heads
    goals = {end.node: end.extra_ms for end in targets}
    heap: list[tuple[int, float, int, int, int]] = []
    for end in sources:
        heappush(heap, (end.extra_ms, start_s + end.extra_ms / 1000, end.node, -1, -1))
    came: dict[int, tuple[int, int, float]] = {}
    best, best_cost = -1, BARRED_WEIGHT
    while heap:
        cost, now_s, node, tail, arc = heappop(heap)
        if cost >= best_cost:
            break
        if node in came:
            continue
        came[node] = (tail, arc, now_s)
        if node in goals and cost + goals[node] < best_cost:
            best, best_cost = node, cost + goals[node]
        for a in outgoing[start[node] : start[node + 1]]:
            if weights[a] >= BARRED_WEIGHT or heads[a] in came:
                continue
            wait_s = _wait(plan, a, now_s)
            if wait_s is not None:
                reached_s = now_s + wait_s + times[a]
                heappush(heap, (cost + int(weights[a]) + int(wait_s * 1000), reached_s, heads[a], node, a))
    return None if best < 0 else _traced(best, best_cost, came, plan, sources, targets)


def _wait(plan: Plan, arc: int, now_s: float) -> float | None:
    """Return the seconds until an arc can be passed, or None where that is too long."""
    wait_s = 0.0
    for calendar in plan.changing.get(arc, ()):
        opens_s = plan.phase.spans[calendar].next_opening(now_s)
        if opens_s is None or opens_s - now_s > LONGEST_WAIT_S:
            return None
        wait_s = max(wait_s, opens_s - now_s)
    through_s = now_s + wait_s + plan.times_s[arc]
    if any(not plan.phase.spans[c].is_open(through_s) for c in plan.changing.get(arc, ())):
        return None
    return wait_s


def _traced(
    node: int,
    cost: int,
    came: dict[int, tuple[int, int, float]],
    plan: Plan,
    sources: Sequence[End],
    targets: Sequence[End],
) -> tuple[Path, dict[int, float]]:
    goal, arcs, waits = node, [], {}
    while came[node][1] >= 0:
        tail, arc, reached_s = came[node]
        wait_s = reached_s - came[tail][2] - plan.times_s[arc]
        if wait_s > 0.5:
            waits[arc] = wait_s
        arcs.append(arc)
        node = tail
    source = min((s.extra_ms, i) for i, s in enumerate(sources) if s.node == node)[1]
    target = min((t.extra_ms, i) for i, t in enumerate(targets) if t.node == goal)[1]
    return Path(cost, source, target, arcs[::-1]), waits

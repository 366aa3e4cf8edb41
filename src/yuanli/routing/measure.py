"""What every arc costs a profile: seconds walked, seconds weighed, and why it may not be passed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import PathwayMode
from yuanli.routing.access import Access, access_of
from yuanli.routing.graph import ALIGHT, BOARD, Graph
from yuanli.routing.network import AUTOMATIC_DOOR, MANUAL_DOOR, NO, Floats, Network
from yuanli.routing.profiles import Profile

FLOOR_M = 3.5
"""Height of a storey where the source gives none (JGJ/T 67-2019: offices 2.5 m clear and up)."""
RISER_M = 0.165
"""Height of a step where only their number is known (GB 50352-2019 6.8.10: at most 0.165 m)."""
BARRED_WEIGHT = 2_147_483_647
"""The weight of an arc that can't be passed: `INF_WEIGHT` of RoutingKit."""
LONGEST_MS = 100_000_000
"""No arc weighs more (28 hours), so that sums stay in 32 bits."""

Weights = NDArray[np.uint32]


class Bar(IntFlag):
    """Why a profile may not pass an arc: any bit bars it."""

    STAIRS = 1
    ESCALATOR = 2
    MOVING_WALKWAY = 4
    ELEVATOR = 8
    SLOPE = 16
    WIDTH = 32
    WHEELCHAIR = 64
    FOOT = 128
    RESTRICTED = 256
    AGAINST = 512


class Note(IntFlag):
    """What a traveller should know of an arc before setting out."""

    RESTRICTED = 1
    PRIVATE = 2
    EMERGENCY = 4
    THROUGH = 8
    GUESSED = 16


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What every arc costs one profile with certain roles; arrays `(n_arcs,)`.

    Parameters
    ----------
    time_s
        Seconds that passing takes.
    cost_s
        Seconds plus preferences: what is made least.
    barred
        `Bar` bits; 0 may be passed.
    soft
        True where the arc is private but not barred.
    notes
        `Note` bits: quicker than arrays to look up one by one.
    """

    profile: Profile
    roles: frozenset[str]
    time_s: Floats
    cost_s: Floats
    barred: NDArray[np.uint16]
    soft: NDArray[np.bool_]
    notes: bytes

    @cached_property
    def times_s(self) -> list[float]:
        """`time_s` as a list: ten times as fast to index one by one."""
        out: list[float] = self.time_s.tolist()
        return out


def measure_arcs(
    network: Network,
    graph: Graph,
    *,
    profile: Profile,
    roles: frozenset[str] = frozenset(),
    emergency: NDArray[np.bool_],
) -> Measure:
    """Return what every arc costs a profile. `emergency` marks the nodes that are emergency exits."""
    roles = roles | {"staff"} if profile.name == "staff" else roles
    on_edge = graph.edge >= 0
    edge = np.where(on_edge, graph.edge, 0)
    if not network.n_edges:
        empty = np.zeros(graph.n_arcs)
        off = np.zeros(graph.n_arcs, dtype=np.bool_)
        return Measure(
            profile=profile,
            roles=roles,
            time_s=empty,
            cost_s=empty,
            barred=off.astype(np.uint16),
            soft=off,
            notes=bytes(graph.n_arcs),
        )
    forward, backward = _edge_times(network, profile, down=False), _edge_times(network, profile, down=True)
    time_s = np.where(on_edge, np.where(graph.backward, backward[edge], forward[edge]), 0.0)
    time_s[graph.edge == BOARD] += profile.elevator_wait_s
    time_s[graph.edge == ALIGHT] += profile.elevator_door_s
    at_head = graph.node[graph.head]
    passing_door = on_edge & (graph.head < network.n_nodes)
    door_s = np.zeros(3)
    door_s[MANUAL_DOOR], door_s[AUTOMATIC_DOOR] = profile.manual_door_s, profile.automatic_door_s
    time_s += np.where(passing_door, door_s[network.node_door[at_head]], 0.0)

    edge_access = _access(network.restrictions, network.edge_restriction, roles, profile)[edge]
    node_access = np.where(
        passing_door, _access(network.restrictions, network.node_restriction, roles, profile)[at_head], 0
    )
    edge_access = np.where(on_edge, edge_access, 0)
    cost_s = np.where(edge_access == Access.SOFT, time_s * profile.soft_factor, time_s)
    cost_s += np.where(node_access == Access.SOFT, profile.soft_gate_s, 0.0)
    through, guessed = on_edge & network.edge_through[edge], on_edge & network.edge_guessed[edge]
    cost_s += np.where(through, profile.through_room_s, 0.0)
    cost_s += np.where(guessed, profile.guessed_s, 0.0)
    cost_s += np.where(passing_door & emergency[at_head], profile.emergency_exit_s, 0.0)

    barred = np.where(on_edge, _edge_bars(network, profile)[edge], 0).astype(np.uint16)
    barred |= np.where(passing_door, _node_bars(network, profile)[at_head], 0).astype(np.uint16)
    against = on_edge & graph.backward & network.edge_against[edge]
    barred |= np.where(against, Bar.AGAINST, 0).astype(np.uint16)
    shut = (edge_access == Access.BARRED) | (node_access == Access.BARRED)
    barred |= np.where(shut, Bar.RESTRICTED, 0).astype(np.uint16)
    soft = (edge_access == Access.SOFT) | (node_access == Access.SOFT)
    noted = (
        np.where(shut, Note.RESTRICTED, 0)
        | np.where(soft, Note.PRIVATE, 0)
        | np.where(emergency[at_head] & (profile.emergency_exit_s > 0), Note.EMERGENCY, 0)
        | np.where(through, Note.THROUGH, 0)
        | np.where(guessed, Note.GUESSED, 0)
    )
    return Measure(
        profile=profile,
        roles=roles,
        time_s=time_s,
        cost_s=cost_s,
        barred=barred,
        soft=soft,
        notes=noted.astype(np.uint8).tobytes(),
    )


def weigh(measure: Measure, *, factor: Floats | None = None, ignore: int = 0) -> Weights:
    """Return costs in whole milliseconds, at least 1; barred arcs weigh `BARRED_WEIGHT`.

    Parameters
    ----------
    measure
        What arcs cost.
    factor
        Crowding: how many times as long each arc takes.
    ignore
        `Bar` bits that do not bar: to learn what would open a way.
    """
    cost_s = measure.cost_s if factor is None else measure.cost_s * factor
    weights = np.clip(np.nan_to_num(cost_s, posinf=LONGEST_MS) * 1000.0 + 0.5, 1, LONGEST_MS).astype(
        np.uint32
    )
    weights[(measure.barred & ~np.uint16(ignore)) != 0] = BARRED_WEIGHT
    return weights


def _access(
    texts: tuple[str, ...], index: NDArray[np.int32], roles: frozenset[str], profile: Profile
) -> Floats:
    codes = [float(access_of(text, roles, all_areas=profile.all_areas)) for text in texts]
    table = np.array([*codes, float(Access.FREE)])
    out: Floats = table[index]
    return out


def _edge_times(network: Network, profile: Profile, *, down: bool) -> Floats:
    """Return seconds along each edge from tail to head, or back."""
    mode, length = network.edge_mode, np.maximum(network.edge_length_m, 0.0)
    sign = -1.0 if down else 1.0
    floors = np.nan_to_num(network.edge_floors) * sign
    rise = np.where(np.isnan(network.edge_rise_m), floors * FLOOR_M / sign, network.edge_rise_m) * sign
    rise = np.where((rise == 0) & (floors != 0), floors * FLOOR_M, rise)
    speed = np.full(network.n_edges, profile.speed_m_s)
    if profile.riding_m_s > 0:
        ridden = network.edge_bicycle & ~network.edge_indoors & (mode != PathwayMode.STAIRS)
        speed[ridden] = profile.riding_m_s
    level_s = length / (speed * _tobler(rise, length))
    climbed = np.where(rise != 0, np.abs(rise), np.maximum(network.edge_stairs, 0) * RISER_M)
    climbed = np.where(climbed > 0, climbed, length * 0.4)
    vertical = np.where(rise < 0, profile.stairs_down_m_s, profile.stairs_up_m_s)
    rides = np.maximum(np.abs(rise), 0.0) / profile.elevator_m_s
    choices = {
        PathwayMode.STAIRS: np.maximum(climbed / vertical, length / profile.speed_m_s),
        PathwayMode.ESCALATOR: np.maximum(length, np.abs(rise) * 2.0) / profile.escalator_m_s,
        PathwayMode.MOVING_WALKWAY: length / (profile.speed_m_s + profile.moving_walkway_m_s),
        PathwayMode.ELEVATOR: rides,
        PathwayMode.FARE_GATE: level_s + profile.gate_s,
        PathwayMode.EXIT_GATE: level_s + profile.gate_s,
    }
    time_s = np.select([mode == m for m in choices], list(choices.values()), default=level_s)
    known: NDArray[np.bool_] = np.isfinite(network.edge_time_s) & (network.edge_time_s >= 0)
    pace = _pace(profile)
    moved = (mode == PathwayMode.ELEVATOR) | (mode == PathwayMode.ESCALATOR)
    out: Floats = np.where(known, network.edge_time_s * np.where(moved, 1.0, pace), time_s)
    return out


def _pace(profile: Profile) -> float:
    """Return how much longer than a walker a profile takes, for times that the source gives."""
    return 1.34 / max(profile.speed_m_s, profile.riding_m_s)


def _tobler(rise: Floats, length: Floats) -> Floats:
    """Return the speed on a slope against the level (Tobler 1993)."""
    slope = np.clip(rise / np.maximum(length, 0.5), -0.5, 0.5)
    out: Floats = np.exp(-3.5 * (np.abs(slope + 0.05) - 0.05))
    return out


def _edge_bars(network: Network, profile: Profile) -> NDArray[np.uint16]:
    mode = network.edge_mode
    bars = np.zeros(network.n_edges, dtype=np.uint16)
    barred_modes = {
        PathwayMode.STAIRS: (profile.stairs, Bar.STAIRS),
        PathwayMode.ESCALATOR: (profile.escalator, Bar.ESCALATOR),
        PathwayMode.MOVING_WALKWAY: (profile.moving_walkway, Bar.MOVING_WALKWAY),
        PathwayMode.ELEVATOR: (profile.elevator, Bar.ELEVATOR),
    }
    for which, (allowed, bar) in barred_modes.items():
        if not allowed:
            bars[mode == which] |= np.uint16(bar)
    if not profile.stairs:
        # Some sources count the steps of a way they do not call stairs.
        bars[(network.edge_stairs > 0) & (mode != PathwayMode.ELEVATOR)] |= np.uint16(Bar.STAIRS)
    level_mode = (
        (mode != PathwayMode.STAIRS) & (mode != PathwayMode.ELEVATOR) & (mode != PathwayMode.ESCALATOR)
    )
    bars[level_mode & (np.nan_to_num(np.abs(network.edge_slope)) > profile.max_slope + 1e-9)] |= np.uint16(
        Bar.SLOPE
    )
    bars[np.nan_to_num(network.edge_width_m, nan=np.inf) < profile.min_width_m - 1e-9] |= np.uint16(Bar.WIDTH)
    if profile.heed_wheelchair:
        bars[network.edge_wheelchair == NO] |= np.uint16(Bar.WHEELCHAIR)
    passable = network.edge_foot | network.edge_bicycle if profile.riding_m_s > 0 else network.edge_foot
    bars[~passable] |= np.uint16(Bar.FOOT)
    return bars


def _node_bars(network: Network, profile: Profile) -> NDArray[np.uint16]:
    bars = np.zeros(network.n_nodes, dtype=np.uint16)
    bars[np.nan_to_num(network.node_width_m, nan=np.inf) < profile.min_width_m - 1e-9] |= np.uint16(Bar.WIDTH)
    if profile.heed_wheelchair:
        bars[network.node_wheelchair == NO] |= np.uint16(Bar.WHEELCHAIR)
    return bars

"""Plans as people compare them: costs, moves, stack plan, use of buildings and floors, what each team is charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from yuanli.planning.spaces.checking import check_spaces
from yuanli.planning.spaces.problem import OFFICE_KWH_M2, SpacePlan, SpaceProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Who goes from where to where in a period, `origin` None where it is new: the links of a Sankey diagram."""

    period: str
    entity: str
    origin: str | None
    destination: str
    people: float
    need_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUse:
    """How much of a floor is used; `share` is above 1 where it is overfull.

    `energy_kwh` is what the floor takes in a year: all of its rooms while somebody sits there, else nothing.
    """

    period: str
    building: str
    floor: str
    capacity_m2: float
    used_m2: float
    people: float
    energy_kwh: float

    @property
    def share(self) -> float:
        """The used part of the capacity, 0 where there is none."""
        return self.used_m2 / self.capacity_m2 if self.capacity_m2 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """A block of a stack plan."""

    period: str
    building: str
    floor: str
    room: str
    entity: str
    need_m2: float
    people: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a team pays for its part of a room, by the share of its need in what is used there."""

    period: str
    entity: str
    area_m2: float
    rent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A plan beside others.

    `energy_kwh` is a year's of the floors in use, `closed_kwh` what floors without anybody would take if they stayed
    open; of several periods the mean.
    """

    name: str
    cost: float
    parts: Mapping[str, float]
    broken: int
    walking_s: float
    moves: int
    people_moved: float
    used: tuple[PlannedUse, ...]
    energy_kwh: float
    closed_kwh: float


def compare_plans(problem: SpaceProblem, plans: Mapping[str, SpacePlan]) -> tuple[Scenario, ...]:
    """Return several plans side by side, in their order."""
    found = []
    for name, plan in plans.items():
        checked, moves = check_spaces(problem, plan), moves_of(problem, plan)
        moved = [move for move in moves if move.origin is not None]
        used = use_of(problem, plan)
        energy_kwh = sum(use.energy_kwh for use in used) / len(problem.periods)
        found.append(Scenario(
            name=name, cost=checked.cost, parts=checked.parts, broken=len(checked.broken),
            walking_s=_walking_s(problem, plan), moves=len(moved), people_moved=sum(m.people for m in moved),
            used=used, energy_kwh=energy_kwh, closed_kwh=sum(floor_kwh(problem).values()) - energy_kwh,
        ))  # fmt: skip
    return tuple(found)


def stack_plan(problem: SpaceProblem, plan: SpacePlan) -> tuple[Stacked, ...]:
    """Return who sits where by period, building, floor, room, in the order of the problem's rooms."""
    blocks = []
    for period, row in zip(problem.periods, plan.rooms, strict=True):
        for r, entity in sorted(zip(row, problem.entities, strict=True), key=lambda pair: pair[0]):
            if r >= 0:
                room = problem.rooms[r]
                blocks.append(Stacked(
                    period=period.name, building=room.building, floor=room.floor, room=room.name, entity=entity.name,
                    need_m2=problem.need_m2(period, entity),
                    people=period.headcounts.get(entity.name, entity.headcount),
                ))  # fmt: skip
    return tuple(blocks)


def moves_of(problem: SpaceProblem, plan: SpacePlan) -> tuple[Move, ...]:
    """Return who moves, from today on and from period to period."""
    at = {entity.name: entity.room for entity in problem.entities}
    moves = []
    for block in stack_plan(problem, plan):
        if block.room != at[block.entity]:
            moves.append(Move(
                period=block.period, entity=block.entity, origin=at[block.entity], destination=block.room,
                people=block.people, need_m2=block.need_m2,
            ))  # fmt: skip
            at[block.entity] = block.room
    return tuple(moves)


def use_of(problem: SpaceProblem, plan: SpacePlan) -> tuple[PlannedUse, ...]:
    """Return how full each floor is in each period."""
    capacity: dict[tuple[str, str], float] = defaultdict(float)
    for room in problem.rooms:
        capacity[room.building, room.floor] += room.capacity_m2
    taken = floor_kwh(problem)
    used: dict[tuple[str, str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for block in stack_plan(problem, plan):
        key = (block.period, block.building, block.floor)
        used[key] = (used[key][0] + block.need_m2, used[key][1] + block.people)
    return tuple(
        PlannedUse(period=period.name, building=building, floor=floor, capacity_m2=area,
            used_m2=used[period.name, building, floor][0], people=used[period.name, building, floor][1],
            energy_kwh=taken[building, floor] if used[period.name, building, floor][0] > 0 else 0.0)
        for period in problem.periods for (building, floor), area in capacity.items()
    )  # fmt: skip


def floor_kwh(problem: SpaceProblem) -> dict[tuple[str, str], float]:
    """Return what each floor takes in a year while it is in use, by building and floor."""
    taken: dict[tuple[str, str], float] = defaultdict(float)
    for room in problem.rooms:
        intensity = OFFICE_KWH_M2 if room.energy_kwh_m2 is None else room.energy_kwh_m2
        taken[room.building, room.floor] += room.capacity_m2 * intensity
    return taken


def charges_of(problem: SpaceProblem, plan: SpacePlan) -> tuple[Charge, ...]:
    """Return what each entity is charged: the rooms' whole rent, parted by need."""
    blocks = stack_plan(problem, plan)
    needs: dict[tuple[str, str], float] = defaultdict(float)
    for block in blocks:
        needs[block.period, block.room] += block.need_m2
    charges = []
    for block in blocks:
        room = problem.rooms[problem.room_place[block.room]]
        area = room.capacity_m2 * block.need_m2 / needs[block.period, block.room]
        charges.append(
            Charge(period=block.period, entity=block.entity, area_m2=area, rent=area * room.rent_per_m2)
        )
    return tuple(charges)


def _walking_s(problem: SpaceProblem, plan: SpacePlan) -> float:
    total = 0.0
    for row in plan.rooms:
        for flow in problem.flows:
            a, b = (row[problem.entity_place[name]] for name in (flow.origin, flow.destination))
            if a >= 0 and b >= 0:
                total += flow.trips * (problem.walk_s[a][b] + problem.walk_s[b][a]) / 2
    return total

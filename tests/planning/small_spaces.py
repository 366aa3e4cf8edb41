"""A house of three rooms and three teams, and all of their plans."""

import random
from dataclasses import replace
from itertools import product
from typing import Any

from yuanli.planning import (
    SPACES,
    Entity,
    Flow,
    Landmark,
    Period,
    Room,
    Rule,
    RuleKind,
    SpacePlan,
    SpaceProblem,
    Weights,
)  # fmt: skip
from yuanli.solver import (
    Search,
    Stop,
    Wish,
)  # fmt: skip

K = RuleKind
ROOMS = (
    Room(
        name="101",
        capacity_m2=30,
        floor="1",
        building="A",
        zone="N",
        adjacent=("102",),
        rent_per_m2=2,
        noise=3,
    ),
    Room(name="102", capacity_m2=20, floor="1", building="A", rent_per_m2=2, accessible=False),
    Room(
        name="201",
        capacity_m2=40,
        floor="2",
        building="A",
        zone="N",
        rent_per_m2=1,
        features=("lab",),
        security=2,
    ),
)
TEAMS = (
    Entity(name="ops", need_m2=18, headcount=3, room="101", move_cost=4),
    Entity(name="lab", need_m2=35, headcount=5, room="201", move_cost=9, group="science"),
    Entity(name="law", need_m2=20, headcount=2, room="102", move_cost=2, group="science"),
)
WALK = ((0.0, 5.0, 60.0), (5.0, 0.0, 65.0), (60.0, 65.0, 0.0))
DESK = Landmark(name="desk", seconds=(10.0, 20.0, 70.0))
SMALL = SpaceProblem(
    rooms=ROOMS, entities=TEAMS, walk_s=WALK, flows=(Flow(origin="ops", destination="lab", trips=10),)
)


def every_rule(rng: random.Random) -> list[Rule]:
    """Return a rule of each kind with random hardness and values."""

    def rule(kind: RuleKind, *entities: str, **more: Any) -> Rule:
        return Rule(kind=kind, entities=entities, hard=rng.random() < 0.3, weight=rng.randint(1, 9), **more)

    return [
        rule(K.IN, "ops", floors=("1",)), rule(K.NOT_IN, "law", rooms=("201",)), rule(K.ACCESSIBLE, "science"),
        rule(K.QUIET, "law", value=2), rule(K.SECURE, "lab", value=1), rule(K.FEATURES, "lab", features=("lab",)),
        rule(K.SAME_ROOM, "ops", "law"), rule(K.NOT_SAME_ROOM, "ops", "science"), rule(K.ADJACENT, "ops", "law"),
        rule(K.NOT_ADJACENT, "ops", "science"), rule(K.NEAR, "ops", "lab"), rule(K.AWAY, "ops", "law"),
        rule(K.NOT_SHARING, "lab", "law"),
        rule(K.ONE_FLOOR, "science"), rule(K.CAPACITY, rooms=("101", "102")), rule(K.MAX_MOVES, value=2),
        rule(K.MAX_PEOPLE_MOVED, value=4), rule(K.MAX_RENT, value=120), rule(K.MAX_FIT_OUT, value=60),
        rule(K.SAME_ZONE, "ops", "science"), rule(K.OTHER_ZONE, "ops", "law"), rule(K.ONE_ZONE, "science", "ops"),
        rule(K.CLOSE_TO, "law", landmarks=("desk",), value=30),
        rule(K.FAR_FROM, "science", landmarks=("desk",), value=20),
    ]  # fmt: skip


def random_problem(seed: int) -> SpaceProblem:
    rng = random.Random(seed)
    return SpaceProblem(
        rooms=tuple(replace(room, fit_out_per_m2=rng.randint(0, 3)) for room in ROOMS), entities=TEAMS,
        rules=tuple(rng.sample(every_rule(rng), rng.randint(1, 6))), walk_s=WALK, flows=SMALL.flows,
        landmarks=(DESK,),
        periods=(
            Period(name="now"), Period(name="next", needs_m2={"ops": 25.0, "law": rng.choice([0.0, 30.0])},
                   headcounts={"lab": 8.0}),
        )[: rng.randint(1, 2)],
        weights=Weights(rent=0.1, fit_out=0.2, fairness=rng.choice([0.0, 3.0])),
    )  # fmt: skip


def all_plans(problem: SpaceProblem) -> list[SpacePlan]:
    each = [
        [range(3) if problem.need_m2(period, entity) > 0 else [-1] for entity in problem.entities]
        for period in problem.periods
    ]
    return [SpacePlan(rooms=rows) for rows in product(*(list(product(*row)) for row in each))]


def solved(problem: SpaceProblem, rounds: int = 5, **wish: Any) -> Any:
    return SPACES.solve(problem, Search(Stop(time_s=None, rounds=rounds)), Wish(**wish))

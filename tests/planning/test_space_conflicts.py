"""Why there is no plan of who sits where: the fewest demands, each needed."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.pace import within
from tests.planning.small_spaces import SMALL, TEAMS, K, all_plans, random_problem, solved

from yuanli.errors import Text
from yuanli.planning import (
    SPACES,
    Demand,
    Entity,
    FewChanges,
    Lock,
    Room,
    Rule,
    SpacePlan,
    SpaceProblem,
    check_spaces,
    conflicting_rules,
    demands_of,
    today,
)  # fmt: skip
from yuanli.solver import (
    Search,
    Status,
    Stop,
    Wish,
    make_plan,
)  # fmt: skip


def test_a_conflict_is_minimal_and_in_words() -> None:
    rules = (
        Rule(kind=K.IN, entities=("ops",), floors=("2",)), Rule(kind=K.NEAR, entities=("law", "lab")),
        Rule(kind=K.ADJACENT, entities=("ops", "law")), Rule(kind=K.NOT_SHARING, entities=("ops",)),
    )  # fmt: skip
    problem = replace(SMALL, rules=rules)
    assert solved(problem, rounds=70).status is Status.INFEASIBLE
    assert set(conflicting_rules(problem)) == {rules[0], rules[2], rules[3]}
    assert any(
        "ops on the" in text.en or "ops in the given place" in text.en for text in SPACES.conflicts(problem)
    )
    stuck = replace(SMALL, rules=(
        Rule(kind=K.FEATURES, entities=("lab",), features=("lab",)), Rule(kind=K.IN, entities=("lab",), floors=("1",)),
    ))  # fmt: skip
    assert conflicting_rules(stuck) == stuck.rules
    assert conflicting_rules(SMALL) == ()


def holds(problem: SpaceProblem, demands: Sequence[Demand], wish: Wish[SpacePlan]) -> bool:
    """Try all plans: say whether one keeps demands, by the checker and by hand."""
    bare = replace(
        problem, entities=tuple(replace(entity, locked=False) for entity in problem.entities),
        rules=tuple(one for one in demands if isinstance(one, Rule)),
    )  # fmt: skip
    kept = [kept for one in demands if isinstance(one, Lock) for kept in one.kept]
    few = any(isinstance(one, FewChanges) for one in demands)

    def fits(plan: SpacePlan) -> bool:
        if any(plan.rooms[p][e] not in (r, -1) for p, e, r in kept):
            return False
        if few:
            assert wish.start is not None
            assert wish.max_changes is not None
            rows = zip(plan.rooms, wish.start.rooms, strict=True)
            if sum(a != b for new, old in rows for a, b in zip(new, old, strict=True)) > wish.max_changes:
                return False
        return check_spaces(bare, plan).valid

    return any(fits(plan) for plan in all_plans(bare))


@pytest.mark.parametrize("seed", range(40))
def test_conflicts_know_what_is_locked_and_how_much_may_change(seed: int) -> None:
    rng = random.Random(seed)
    problem = random_problem(seed)
    hard = tuple(replace(rule, hard=rng.random() < 0.7) for rule in problem.rules)
    entities = tuple(replace(entity, locked=rng.random() < 0.2) for entity in TEAMS)
    problem = replace(problem, rules=hard, entities=entities)
    wish = Wish(
        start=rng.choice(all_plans(problem)), locked=set(rng.sample(["ops", "lab", "law"], rng.randint(0, 2))),
        max_changes=rng.choice([None, 0, 1, 2]),
    )  # fmt: skip
    every = demands_of(problem, wish)
    found = conflicting_rules(problem, wish)
    assert bool(found) == (not holds(problem, every, wish))
    if found:
        assert not holds(problem, found, wish)
        for left in found:
            assert holds(problem, [one for one in found if one is not left], wish)


def test_a_lock_in_the_way_is_named_with_the_rule_in_both_languages() -> None:
    problem = replace(SMALL, rules=(Rule(kind=K.CAPACITY), Rule(kind=K.NOT_SHARING, entities=("law",))))
    start = SpacePlan(rooms=((0, 1, 1),))
    small = make_plan(
        SPACES, problem, Search(Stop(time_s=None, rounds=70)), Wish(start=start, locked={"lab"})
    )
    assert small.status is Status.INFEASIBLE
    assert {text.en for text in small.conflicts} == {"not beyond its capacity", "lab is locked in 102"}
    assert "lab锁定在102" in {text.zh for text in small.conflicts}
    alone = SPACES.conflicts_of(problem, Wish(start=SpacePlan(rooms=((1, 2, 1),)), locked={"law", "ops"}))
    assert {text.en for text in alone} >= {"law is locked in 102", "ops is locked in 102"}
    few = SPACES.conflicts_of(problem, Wish(start=start, max_changes=0))
    assert few[-1] == Text("最多改动 0 处", "at most 0 changes")
    twice = replace(problem, entities=(replace(TEAMS[0], locked=True), *TEAMS[1:]))
    moved = Wish(start=SpacePlan(rooms=((2, 2, 1),)), locked={"ops"})
    assert solved(twice, rounds=70, start=moved.start, locked=moved.locked).status is Status.INFEASIBLE
    assert [text.en for text in SPACES.conflicts_of(twice, moved)] == [
        "ops is locked in 101", "ops is locked in 201",
    ]  # fmt: skip


def test_a_conflict_among_a_thousand_is_found_in_time() -> None:
    rng = random.Random(0)
    rooms = tuple(Room(name=f"r{i}", capacity_m2=rng.randint(40, 120), floor=f"{i % 10}") for i in range(300))
    entities = tuple(
        Entity(name=f"e{i}", need_m2=rng.randint(5, 25), room=f"r{rng.randrange(300)}") for i in range(1000)
    )
    crowd = Rule(kind=K.IN, entities=tuple(f"e{i}" for i in range(300)), rooms=("r1", "r2", "r3"))
    near = tuple(Rule(kind=K.NEAR, entities=(f"e{i}", f"e{i + 1}")) for i in range(300, 600, 2))
    full = Rule(kind=K.CAPACITY)
    conflicting_rules(SMALL)
    problem = SpaceProblem(rooms=rooms, entities=entities, rules=(full, crowd, *near))
    with within(4):
        assert set(conflicting_rules(problem)) == {full, crowd}
        start = today(problem)
        assert start is not None
        found = conflicting_rules(replace(problem, rules=(full, *near)), Wish(start=start, max_changes=3))
        assert found == (full, FewChanges(most=3, start=start))


def park(*rules: Rule, rent: float = 0.0) -> SpaceProblem:
    """Return 25 rooms of 50 m² on five floors in three zones, sixty that need 15 m² each: three to a room."""
    return SpaceProblem(
        rooms=tuple(
            Room(name=f"r{i}", capacity_m2=50, floor=f"{i % 5}", zone=f"z{i % 3}", rent_per_m2=rent)
            for i in range(25)
        ),
        entities=tuple(Entity(name=f"e{i}", need_m2=15, room=f"r{i % 25}") for i in range(60)),
        rules=(FULL, *rules),
    )


FULL = Rule(kind=K.CAPACITY)


def has_plan(problem: SpaceProblem) -> bool:
    found: list[SpacePlan] = []
    search = Search[SpacePlan](
        Stop(time_s=60),
        cancelled=lambda: bool(found),
        told=lambda now, best: found.append(best) if best else None,
    )
    return SPACES.solve(problem, search, Wish()).best is not None


@pytest.mark.parametrize(
    ("rules", "needed"),
    [
        # 8 alone leave 17 rooms, 51 places, for 52
        ([Rule(kind=K.NOT_SHARING, entities=(f"e{i}",)) for i in range(12)], 9),
        ([Rule(kind=K.ONE_FLOOR, entities=tuple(f"e{i}" for i in range(16)))], 2),
        ([Rule(kind=K.NEAR, entities=("e0", f"e{i}")) for i in range(1, 18)], 16),
        ([Rule(kind=K.SAME_ROOM, entities=(f"e{i}", f"e{i + 1}")) for i in range(5)], 4),
        # twenty rooms are needed, each for 50
        ([Rule(kind=K.MAX_RENT, value=990)], 2),
    ],
)
def test_what_counting_tells_is_named_in_time_and_needed(rules: list[Rule], needed: int) -> None:
    problem = park(*rules, rent=1.0)
    with within(2):
        plan = make_plan(SPACES, problem, Search[SpacePlan](Stop(time_s=60)))
    assert plan.status is Status.INFEASIBLE
    found = conflicting_rules(problem)
    assert len(plan.conflicts) == len(found) == needed
    assert FULL in found
    for left in found[::4]:
        assert has_plan(
            replace(problem, rules=tuple(one for one in problem.rules if one in found and one != left))
        )


@pytest.mark.parametrize(
    "rules",
    [
        [Rule(kind=K.NOT_SHARING, entities=(f"e{i}",)) for i in range(7)],  # 18 rooms, 54 places, for 53
        [Rule(kind=K.ONE_FLOOR, entities=tuple(f"e{i}" for i in range(15)))],
        [Rule(kind=K.SAME_ROOM, entities=("e0", f"e{i}")) for i in (1, 2)],
        [Rule(kind=K.MAX_RENT, value=1000)],
    ],
)
def test_what_just_fits_is_no_conflict(rules: list[Rule]) -> None:
    problem = park(*rules, rent=1.0)
    assert conflicting_rules(problem) == ()
    assert has_plan(problem)

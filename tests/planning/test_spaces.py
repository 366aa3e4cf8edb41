"""Who sits where: by hand, against brute force, and by the published instances."""

import gzip
import io
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from benchmarks.spaces import changed, replanned
from tests.pace import within

from yuanli.errors import Text
from yuanli.planning import (
    SPACES,
    Demand,
    Entity,
    FewChanges,
    Flow,
    Landmark,
    Lock,
    Period,
    Room,
    Rule,
    RuleKind,
    SheetsError,
    SpacePlan,
    SpaceProblem,
    SpacesError,
    Weights,
    charges_of,
    check_spaces,
    compare_plans,
    conflicting_rules,
    demands_of,
    moves_of,
    parse_spaces,
    replan_spaces,
    stack_plan,
    tell_rule,
    today,
    use_of,
    write_spaces_excel,
)  # fmt: skip
from yuanli.solver import (
    InvalidProblemError,
    MoveError,
    Search,
    Status,
    Stop,
    Wish,
    make_plan,
    preview,
    swap_moves,
    tell_why_not,
    why_not,
)  # fmt: skip

OSA = Path(__file__).parents[3] / "shared" / "data" / "optimisation" / "osa"
needs_osa = pytest.mark.skipif(not OSA.is_dir(), reason="needs ../shared/data/optimisation/osa")
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
        rule(K.NEAR, "ops", "lab"), rule(K.AWAY, "ops", "law"), rule(K.NOT_SHARING, "lab", "law"),
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


def test_a_case_by_hand() -> None:
    plan = SpacePlan(rooms=((0, 2, 1),))
    checked = check_spaces(SMALL, plan)
    assert checked.parts["misuse"] == 12 + 5 + 0
    assert checked.parts["walking"] == pytest.approx(0.01 * 10 * 60)
    assert (checked.parts["moves"], checked.valid) == (0, True)
    moved = check_spaces(SMALL, SpacePlan(rooms=((0, 2, 0),)))
    assert moved.parts["misuse"] == 2 * 8 + 5 + 20
    assert moved.parts["moves"] == 2


def test_who_shall_be_far_from_a_place_where_nobody_sits_moves_away_from_it() -> None:
    rules = (Rule(kind=K.FAR_FROM, entities=("ops",), landmarks=("desk",), value=60, hard=False, weight=50),)
    problem = replace(SMALL, landmarks=(DESK,), rules=rules)
    stays = check_spaces(problem, SpacePlan(rooms=((0, 2, 1),)))
    (unmet,) = stays.unmet
    assert (stays.parts["rules"], unmet.amount, unmet.rule) == (50, 50, "far_from")
    best = min(all_plans(problem), key=lambda plan: check_spaces(problem, plan).cost)
    assert problem.rooms[best.rooms[0][0]].name == "201"
    assert [problem.suits(rules[0], room) for room in problem.rooms] == [False, False, True]
    assert tell_rule(rules[0]) == Text(
        "ops离该处步行不少于 60 秒（desk）", "ops a walk away of at least 60 s (desk)"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"landmarks": (replace(DESK, seconds=(1.0,)),)}, "landmarks[0].seconds"),
        ({"landmarks": (replace(DESK, seconds=(1.0, -1.0, 2.0)),)}, "landmarks[0].seconds"),
        (
            {"rules": (Rule(kind=K.FAR_FROM, entities=("ops",), landmarks=("gate",), value=1),)},
            "rules[0].landmarks",
        ),
        ({"rules": (Rule(kind=K.FAR_FROM, entities=("ops",), value=1),)}, "rules[0].landmarks"),
        ({"rules": (Rule(kind=K.CLOSE_TO, entities=("ops",), landmarks=("desk",)),)}, "rules[0].value"),
    ],
)
def test_an_ill_put_landmark_is_told(change: dict[str, Any], field: str) -> None:
    with pytest.raises(SpacesError) as told:
        replace(SMALL, **({"landmarks": (DESK,)} | change))
    assert told.value.field == field


@pytest.mark.parametrize("seed", range(10))
def test_it_is_as_good_as_trying_all_and_the_checker_agrees(seed: int) -> None:
    problem = random_problem(seed)
    checks = [check_spaces(problem, plan) for plan in all_plans(problem)]
    least = min((checked.cost for checked in checks if checked.valid), default=None)
    result = solved(problem, rounds=66, seed=seed)
    if least is None:
        assert result.best is None
        rules = conflicting_rules(problem)
        assert rules
        for left in rules:
            held = tuple(rule for rule in rules if rule is not left and isinstance(rule, Rule))
            rest = replace(problem, rules=held)
            assert any(check_spaces(rest, plan).valid for plan in all_plans(rest))
    else:
        assert result.cost == pytest.approx(least)
        assert check_spaces(problem, result.best).cost == pytest.approx(result.cost)
        assert check_spaces(problem, result.best).valid
        assert result.bound <= least + 1e-6


def test_a_run_is_repeated_by_its_rounds_and_kept_by_the_face() -> None:
    problem = random_problem(3)
    one, other = (solved(problem, rounds=4, seed=7) for _ in range(2))
    assert (one.best, one.cost, one.rounds) == (other.best, other.cost, other.rounds)
    plan = make_plan(SPACES, SMALL, Search(Stop(time_s=None, rounds=3)))
    assert plan.cost == pytest.approx(sum(plan.cost_breakdown.values()))
    assert [row["name"] for row in plan.assignments] == ["ops", "lab", "law"]
    assert any("misuse" in text.en for text in plan.explanation)


def test_what_is_locked_stays_and_changes_are_counted() -> None:
    start = SpacePlan(rooms=((1, 0, 2),))
    assert solved(SMALL, start=start, locked={"ops", "law"}).best.rooms[0][::2] == (1, 2)
    few = solved(SMALL, start=start, max_changes=1)
    assert sum(a != b for a, b in zip(few.best.rooms[0], start.rooms[0], strict=True)) <= 1
    assert solved(SMALL, start=start, max_changes=0).best == start
    fixed = replace(SMALL, entities=(replace(TEAMS[0], room="102", locked=True), *TEAMS[1:]))
    assert solved(fixed).best.rooms[0][0] == 1


@pytest.mark.parametrize("seed", range(3))
def test_within_few_changes_it_is_as_good_as_trying_all(seed: int) -> None:
    problem = replace(random_problem(seed), rules=())
    start = random.Random(seed).choice(all_plans(problem))
    most = 1 + seed % 2
    near = [
        plan for plan in all_plans(problem)
        if sum(a != b for new, old in zip(plan.rooms, start.rooms, strict=True)
               for a, b in zip(new, old, strict=True)) <= most
    ]  # fmt: skip
    result = solved(problem, rounds=20, start=start, max_changes=most, seed=seed)
    assert result.cost == pytest.approx(min(check_spaces(problem, plan).cost for plan in near))


def test_a_room_without_a_zone_is_in_none() -> None:
    plan = SpacePlan(rooms=((0, 2, 1),))  # ops and lab in zone N, law in no zone
    rules = (
        Rule(kind=K.SAME_ZONE, entities=("ops", "lab")), Rule(kind=K.SAME_ZONE, entities=("ops", "law")),
        Rule(kind=K.OTHER_ZONE, entities=("ops", "lab")), Rule(kind=K.ONE_ZONE, entities=("science", "ops")),
    )  # fmt: skip
    broken = check_spaces(replace(SMALL, rules=rules), plan).broken
    assert [(one.rule, one.subject, one.amount) for one in broken] == [
        ("same_zone", "ops、law", 1), ("other_zone", "ops、lab", 1), ("one_zone", "science、ops", 1),
    ]  # fmt: skip
    with pytest.raises(SpacesError, match="zone"):
        replace(SMALL, rooms=tuple(replace(room, zone="") for room in ROOMS), rules=rules[:1])


def test_why_not_has_a_price() -> None:
    result = solved(SMALL)
    answer = why_not(SPACES, SMALL, result.best, {"law": "201"}, search=Search(Stop(time_s=None, rounds=5)))
    assert answer.best is not None
    assert answer.at_once is not None
    assert answer.difference is not None
    assert answer.best.rooms[0][2] == 2
    forced = [check_spaces(SMALL, plan).cost for plan in all_plans(SMALL) if plan.rooms[0][2] == 2]
    assert answer.difference.cost == pytest.approx(min(forced) - result.cost)
    assert 0 < answer.difference.cost <= answer.at_once.delta
    assert "costs" in tell_why_not(answer, {"law": "201"})[0].en


def test_why_not_names_the_rule_and_the_wish() -> None:
    problem = replace(SMALL, rules=(Rule(kind=K.NOT_SHARING, entities=("lab",)), Rule(kind=K.CAPACITY)))
    plan = today(problem)
    assert plan is not None
    answer = why_not(SPACES, problem, plan, {"lab": "101"}, search=Search(Stop(time_s=None, rounds=70)))
    told = tell_why_not(answer, {"lab": "101"})
    assert "lab is locked in 101" in told[0].en
    assert "not beyond its capacity" in told[0].en
    assert "lab锁定在101" in told[0].zh


def test_cancelling_returns_the_incumbent() -> None:
    asked = iter([False] * 6)
    search = Search[SpacePlan](Stop(time_s=30), cancelled=lambda: next(asked, True))
    result = SPACES.solve(SMALL, search, Wish(start=today(SMALL)))
    assert result.best is not None


def test_leases_end() -> None:
    problem = replace(
        SMALL, rooms=(replace(ROOMS[0], lease_end=date(2027, 1, 31)), *ROOMS[1:]),
        entities=(*TEAMS[:2], replace(TEAMS[2], lease_end=date(2027, 1, 31))),
        periods=(Period(name="a", starts=date(2027, 1, 1)), Period(name="b", starts=date(2027, 2, 1))),
    )  # fmt: skip
    plan = solved(problem).best
    assert plan.rooms[1][2] == -1
    assert 0 not in plan.rooms[1]
    assert [row["name"] for row in SPACES.rows(problem, plan)] == [
        "ops@a",
        "lab@a",
        "law@a",
        "ops@b",
        "lab@b",
    ]
    assert SPACES.read_rows(problem, SPACES.rows(problem, plan)) == plan


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


def test_a_preview_tells_cost_and_broken_rules() -> None:
    problem = replace(
        SMALL,
        rules=(
            Rule(kind=K.NOT_SHARING, entities=("lab",)),
            Rule(kind=K.NEAR, entities=("ops", "law"), hard=False),
        ),
    )
    plan = today(problem)
    assert plan is not None
    seen = preview(SPACES, problem, plan, {"ops": "201"})
    assert seen.delta == pytest.approx(seen.checked.cost - check_spaces(problem, plan).cost)
    assert seen.delta_breakdown["moves"] == 4
    assert [broken.rule for broken in seen.checked.broken] == ["not_sharing"]
    assert [one.rule for one in seen.newly] == ["not_sharing", "near"]
    back = preview(SPACES, problem, seen.plan, {"ops": "101"})
    assert (back.plan, back.mended) == (plan, seen.newly)
    assert preview(SPACES, problem, plan, swap_moves(SPACES, problem, plan, "ops", "law")).plan.rooms == (
        (1, 2, 0),
    )
    with pytest.raises(MoveError, match="nobody"):
        swap_moves(SPACES, problem, plan, "nobody", "law")
    with pytest.raises(SpacesError, match="attic"):
        preview(SPACES, problem, plan, {"ops": "attic"})


def test_planning_anew_changes_little() -> None:
    rng = random.Random(1)
    problem = SpaceProblem(
        rooms=tuple(Room(name=f"r{i}", capacity_m2=rng.randint(20, 40), floor=f"{i % 3}") for i in range(15)),
        entities=tuple(Entity(name=f"e{i}", need_m2=rng.randint(5, 25)) for i in range(30)),
    )
    start = solved(problem, rounds=60).best
    grown = replace(
        problem,
        entities=(
            replace(problem.entities[0], need_m2=problem.entities[0].need_m2 + 4),
            *problem.entities[1:],
        ),
    )
    search = Search[SpacePlan](Stop(time_s=None, rounds=200))
    anew = replan_spaces(grown, search, Wish(start=start))
    best = solved(grown, rounds=60, seed=5)
    assert anew.best is not None
    assert check_spaces(grown, anew.best).cost == pytest.approx(anew.cost)
    assert sum(a != b for a, b in zip(anew.best.rooms[0], start.rooms[0], strict=True)) <= 6
    assert anew.cost <= best.cost * 1.05 + 1


def test_the_benchmark_measures_a_mended_plan() -> None:
    rng = random.Random(2)
    problem = SpaceProblem(
        rooms=tuple(Room(name=f"r{i}", capacity_m2=rng.randint(20, 40)) for i in range(15)),
        entities=tuple(Entity(name=f"e{i}", need_m2=rng.randint(5, 25)) for i in range(30)),
    )
    other = changed(problem, 0.1, seed=1)
    assert sum(a != b for a, b in zip(other.entities, problem.entities, strict=True)) == 3
    assert sum(a != b for a, b in zip(other.rooms, problem.rooms, strict=True)) == 2
    start = solved(problem, rounds=60).best
    found = replanned(problem, start, Stop(time_s=None, rounds=100), seed=1)
    assert found.changed <= 0.1
    assert found.extra < 0.5


def test_scenarios_side_by_side() -> None:
    plan, other = SpacePlan(rooms=((0, 2, 1),)), SpacePlan(rooms=((0, 2, 0),))
    one, two = compare_plans(SMALL, {"today": plan, "together": other})
    assert (one.moves, two.moves, two.people_moved, one.walking_s) == (0, 1, 2, 600)
    assert [(m.entity, m.origin, m.destination) for m in moves_of(SMALL, other)] == [("law", "102", "101")]
    assert [(use.floor, use.share) for use in use_of(SMALL, plan)] == [("1", 38 / 50), ("2", 35 / 40)]
    assert [(block.floor, block.entity) for block in stack_plan(SMALL, plan)] == [
        ("1", "ops"),
        ("1", "law"),
        ("2", "lab"),
    ]
    charges = {charge.entity: charge.rent for charge in charges_of(SMALL, other)}
    assert charges == pytest.approx({"ops": 60 * 18 / 38, "law": 60 * 20 / 38, "lab": 40})


DOCUMENT: dict[str, Any] = {
    "rooms": [{"name": "101", "capacity_m2": 30}, {"name": "102", "capacity_m2": 20}],
    "entities": [{"name": "ops", "need_m2": 18, "room": "101"}],
    "rules": [{"kind": "not_in", "entities": ["ops"], "rooms": ["102"]}],
    "walking": {"rooms": ["102", "101"], "seconds": [[0, 7], [9, 0]]},
}


def test_json_is_read_gzipped_too() -> None:
    problem = parse_spaces(gzip.compress(json.dumps(DOCUMENT).encode()), "p.json.gz")
    assert problem.walk_s == ((0, 9), (7, 0))
    assert problem.rules[0].kind is K.NOT_IN


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rooms": [], "walking": None}, "rooms"),
        ({"rooms": [{"name": "a", "capacity_m2": -1}]}, "rooms.0.capacity_m2"),
        ({"rooms": [{"name": "a", "capacity_m2": float("nan")}]}, "rooms.0.capacity_m2"),
        ({"entities": [{"name": "a", "need_m2": 1, "room": "nowhere"}]}, "entities[0].room"),
        ({"entities": [{"name": "a", "need_m2": 1}] * 2}, "entities.name"),
        ({"entities": [{"name": f"{i}", "need_m2": 1} for i in range(20_001)]}, "entities"),
        ({"rules": [{"kind": "near", "entities": ["ops"]}]}, "rules[0].entities"),
        ({"rules": [{"kind": "max_moves"}]}, "rules[0].value"), ({"rules": [{"kind": "odd"}]}, "rules.0.kind"),
        ({"walking": {"rooms": ["101"], "seconds": [[0]]}}, "walking"), ({"more": 1}, "more"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_with_their_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as error:
        parse_spaces(json.dumps(DOCUMENT | change).encode(), "p.json")
    assert error.value.field == field
    assert error.value.hint


def test_broken_files_are_refused_with_their_line() -> None:
    for data, at in (
        (b'{"rooms":\n[,', "p:2"),
        (b"\xff\xfe", "p"),
        (b"\x1f\x8bxx", "p"),
        (b"PK no book", "p"),
    ):
        with pytest.raises(InvalidProblemError) as error:
            parse_spaces(data, "p")
        assert error.value.field == at
    lines = "NoOfEntities: 1\nENTITIES\n0 0 5\nROOMS\n0 0 9 1 7\nCONSTRAINTS\n"
    with pytest.raises(SpacesError, match="Line 5"):
        parse_spaces(lines.encode(), "x.txt")
    with pytest.raises(SpacesError, match="Line 3"):
        parse_spaces(lines.replace("0 0 5", "0 0 five").encode(), "x.txt")


def test_excel_goes_out_and_in() -> None:
    rules = tuple(rule for rule in every_rule(random.Random(0)) if not rule.landmarks)
    problem = replace(SMALL, walk_s=(), flows=(), rules=rules)
    assert parse_spaces(write_spaces_excel(problem, today(problem)), "p.xlsx") == problem


def test_columns_of_the_template_are_as_wide_as_their_headings() -> None:
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    for sheet in load_workbook(io.BytesIO(write_spaces_excel())).worksheets:
        for column, cell in enumerate(sheet[1], 1):
            assert sheet.column_dimensions[get_column_letter(column)].width > len(str(cell.value))


def test_excel_tells_each_wrong_cell_and_imports_nothing() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(write_spaces_excel(replace(SMALL, walk_s=(), flows=()))))
    book["Rooms"]["B2"] = "big"
    book["Entities"]["B3"] = -4
    book["Rooms"]["Z1"] = "colour"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetsError) as error:
        parse_spaces(out.getvalue(), "p.xlsx")
    assert [at for at, _ in error.value.faults] == ["Rooms!Z1", "Rooms!B2", "Entities!B3"]
    book = load_workbook(io.BytesIO(write_spaces_excel(replace(SMALL, walk_s=(), flows=()))))
    book["Entities"]["F2"] = "nowhere"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetsError, match=r'Entities!2 room there is no "nowhere"'):
        parse_spaces(out.getvalue(), "p.xlsx")


@needs_osa
def test_a_published_instance() -> None:
    problem = parse_spaces((OSA / "pn_p000_n000.txt").read_bytes(), "pn_p000_n000.txt")
    assert (len(problem.entities), len(problem.rooms), len(problem.rules)) == (150, 92, 263)
    result = SPACES.solve(problem, Search(Stop(time_s=None, rounds=90)), Wish(seed=1))
    checked = check_spaces(problem, result.best)  # type: ignore[arg-type]
    assert checked.valid
    assert checked.cost == pytest.approx(result.cost)
    assert result.bound < result.cost < 700

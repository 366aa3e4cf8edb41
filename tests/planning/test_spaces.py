"""Who sits where: by hand, against brute force, and by the published instances."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from benchmarks.spaces import changed, replanned
from tests.planning.small_spaces import DESK, ROOMS, SMALL, TEAMS, K, all_plans, random_problem, solved

from yuanli.errors import Text
from yuanli.planning import (
    SPACES,
    Entity,
    Period,
    Room,
    Rule,
    SpacePlan,
    SpaceProblem,
    SpacesError,
    charges_of,
    check_spaces,
    compare_plans,
    conflicting_rules,
    moves_of,
    parse_spaces,
    replan_spaces,
    stack_plan,
    tell_rule,
    today,
    use_of,
)  # fmt: skip
from yuanli.solver import (
    MoveError,
    Search,
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


def test_plans_that_are_annealed_together_repeat_and_find_the_best() -> None:
    problem = random_problem(3)
    least = min(checked.cost for plan in all_plans(problem) if (checked := check_spaces(problem, plan)).valid)
    one, other = (solved(problem, rounds=66, seed=7, workers=3) for _ in range(2))
    assert (one.best, one.rounds) == (other.best, 66)
    assert one.cost == pytest.approx(least)


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


@pytest.mark.parametrize(("law", "kept"), [(0, False), (1, False), (2, True)])
def test_neither_the_same_room_nor_one_beside_it_keeps_two_from_being_adjacent(law: int, kept: bool) -> None:
    rule = Rule(kind=K.NOT_ADJACENT, entities=("law", "ops"))
    problem = replace(SMALL, rules=(rule,))
    assert check_spaces(problem, SpacePlan(rooms=((0, 2, law),))).valid is kept
    best = solved(problem, rounds=30).best.rooms[0]
    assert {best[0], best[2]} & {2}
    shut = replace(problem, rooms=tuple(replace(room, adjacent=()) for room in ROOMS))
    apart = replace(shut, entities=TEAMS[::2], flows=())
    assert solved(apart, rounds=30).best is not None
    fixed = replace(apart, entities=tuple(replace(one, room="101", locked=True) for one in TEAMS[::2]))
    assert rule in conflicting_rules(fixed)


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
    assert "costs" in tell_why_not(answer, Text("law → 201", "law → 201"))[0].en


def test_why_not_names_the_rule_and_the_wish() -> None:
    problem = replace(SMALL, rules=(Rule(kind=K.NOT_SHARING, entities=("lab",)), Rule(kind=K.CAPACITY)))
    plan = today(problem)
    assert plan is not None
    answer = why_not(SPACES, problem, plan, {"lab": "101"}, search=Search(Stop(time_s=None, rounds=70)))
    told = tell_why_not(answer, Text("lab → 101", "lab → 101"))
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


@needs_osa
def test_a_published_instance() -> None:
    problem = parse_spaces((OSA / "pn_p000_n000.txt").read_bytes(), "pn_p000_n000.txt")
    assert (len(problem.entities), len(problem.rooms), len(problem.rules)) == (150, 92, 263)
    result = SPACES.solve(problem, Search(Stop(time_s=None, rounds=90)), Wish(seed=1))
    checked = check_spaces(problem, result.best)  # type: ignore[arg-type]
    assert checked.valid
    assert checked.cost == pytest.approx(result.cost)
    assert result.bound < result.cost < 700

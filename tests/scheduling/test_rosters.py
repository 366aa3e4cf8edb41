"""Rosters: by hand, against all rosters of tiny problems, conflicts in words, with bad input and wishes."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pace import within

from yuanli.scheduling import ROSTERS, InvalidProblemError, RostersPlan, RostersProblem
from yuanli.solver import Plan, Search, Status, Stop, Wish, make_plan

GUARDS: dict[str, Any] = {
    "first": "2026-11-30",
    "days": 7,
    "shifts": [
        {"id": "白", "begin": "08:00", "end": "16:00"},
        {"id": "夜", "begin": "22:00", "end": "06:00"},
    ],
    "people": [{"id": name} for name in ("wang", "li", "zhao", "wu")],
    "needs": [{"shift": "白", "least": 1}, {"shift": "夜", "least": 1}],
}


def parsed(**changed: Any) -> RostersProblem:
    return ROSTERS.parse(json.dumps(GUARDS | changed).encode(), "guards.json")


def solved(problem: RostersProblem, **wish: Any) -> Plan:
    return make_plan(ROSTERS, problem, Search[RostersPlan](Stop(time_s=20, rounds=10)), Wish(**wish))


def test_four_guards_share_a_week_evenly() -> None:
    # 14 duties; 7 nights among 4 and 4 weekend duties among 4: nights differ by one, weekends not
    plan = solved(parsed())
    assert (plan.status, plan.cost, plan.cost_breakdown["nights"]) == (Status.OPTIMAL, 5, 5)
    assert sum(row["shift"] is not None for row in plan.assignments) >= 14
    assert "夜班每人" in plan.explanation[1].zh
    assert "falls from 1.8 to 1.4" in plan.explanation[3].en


def test_limits_come_from_the_country_s_table() -> None:
    assert (parsed().law.max_week_h, parsed(law={"table": "eu"}).law.max_week_h) == (44, 48)
    assert parsed(law={"table": "eu", "max_week_h": 40}).law.max_week_h == 40


def test_a_rest_of_days_holds_between_all_shifts() -> None:
    plan = solved(parsed(needs=[{"shift": "白", "least": 1}], law={"rest_h": 60}))
    worked = [[row["shift"] for row in plan.assignments if row["person"] == one] for one in ("wang", "li")]
    assert all(sum(shift is not None for shift in one[d : d + 3]) <= 1 for one in worked for d in range(5))
    with pytest.raises(InvalidProblemError, match="rest_h"):
        parsed(law={"rest_h": 1_000_000})


def test_too_few_for_a_sunday_night_is_said_in_words() -> None:
    needs = [{"shift": "夜", "days": ["sun"], "least": 3, "skill": "消控"}]
    people = [{"id": n, "skills": ["消控"]} for n in ("wang", "li")] + [{"id": "zhao"}]
    plan = solved(parsed(needs=needs, people=people))
    assert plan.status is Status.INFEASIBLE
    assert plan.conflicts[0].zh == "2026-12-06（周日）夜班（消控）要 3 人，只有 2 人可上。"


def test_a_conflict_of_law_and_needs_is_minimal() -> None:
    # one guard can't work seven days of a week; the rest between shifts and the hours play no part
    problem = parsed(people=[{"id": "wang"}], needs=[{"shift": "白", "least": 1}], law={"max_week_h": 60})
    with within(2):
        plan = solved(problem)
    assert plan.status is Status.INFEASIBLE
    words = [text.en for text in plan.conflicts]
    assert len(words) == 8
    law = [word for word in words if "in a row" in word or "days off" in word]
    assert len(law) == 1
    for day in range(7):
        fewer = replace(problem, needs=tuple(need for need in problem.needs if need.day != day))
        assert solved(fewer).cost is not None


def test_a_lock_that_leaves_no_roster_is_named_and_no_other() -> None:
    # wang has the day on leave on which the start has a shift
    problem = parsed(people=[{"id": "wang", "leave": ["2026-12-01"]}, *GUARDS["people"][1:]])
    start = RostersPlan(shifts=((-1, 0, -1, -1, -1, -1, -1), *[(-1,) * 7] * 3))
    locked = ["wang 2026-12-01", "li 2026-12-01", "wu 2026-12-03"]
    with within(2):
        plan = solved(problem, start=start, locked=locked)
    assert plan.status is Status.INFEASIBLE
    assert [text.en for text in plan.conflicts] == ["'wang 2026-12-01' is locked"]
    assert solved(problem, start=start, locked=locked[1:]).cost is not None


@st.composite
def problems(draw: st.DrawFn) -> RostersProblem:
    names = ["a", "b"]
    days = ["2026-12-04", "2026-12-05", "2026-12-06"]
    people = [
        {
            "id": name, "skills": draw(st.sampled_from([[], ["k"]])),
            "leave": draw(st.sampled_from([[], [days[0]], [days[2]]])),
            "max_week_h": draw(st.sampled_from([None, 8, 16, 30])),
            "wishes": [{"day": days[1], "shift": draw(st.sampled_from([None, "夜"])), "weight": 7}],
        }
        for name in names
    ]  # fmt: skip
    needs = [
        {"shift": draw(st.sampled_from(["白", "夜"])), "least": draw(st.integers(0, 1)), "target": 2,
         "skill": draw(st.sampled_from([None, "k"])), "days": draw(st.sampled_from([["fri"], ["sat", "sun"]]))}
        for _ in range(2)
    ]  # fmt: skip
    law = {"max_consecutive": draw(st.integers(1, 3)), "free_weekends": draw(st.integers(0, 1))}
    return parsed(first=days[0], days=3, people=people, needs=needs, law=law)


@settings(max_examples=25)
@given(problems())
def test_agrees_with_all_rosters_of_tiny_problems(problem: RostersProblem) -> None:
    costs = [
        checked.cost
        for cells in product((-1, 0, 1), repeat=6)
        if (checked := ROSTERS.check(problem, RostersPlan(shifts=(cells[:3], cells[3:])))).valid
    ]
    plan = solved(problem)
    assert plan.cost == min(costs, default=None)
    assert bool(plan.conflicts) == (not costs)


def test_what_is_locked_stays_and_few_change() -> None:
    problem = parsed()
    start = ROSTERS.solve(problem, Search[RostersPlan](Stop(rounds=5)), Wish()).best
    assert start is not None
    away = parsed(people=[{"id": "wang", "leave": ["2026-12-01", "2026-12-02"]}, *GUARDS["people"][1:]])
    few = solved(away, start=start, max_changes=6)
    assert few.changes is not None
    assert few.changes <= 6
    locked = [row["duty"] for row in ROSTERS.rows(problem, start) if row["person"] == "li"]
    kept = {row["duty"]: row["shift"] for row in solved(away, start=start, locked=locked).assignments}
    assert all(
        kept[row["duty"]] == row["shift"] for row in ROSTERS.rows(problem, start) if row["person"] == "li"
    )


def test_a_start_that_is_allowed_is_kept_though_there_is_no_time() -> None:
    problem = parsed()
    start = ROSTERS.solve(problem, Search[RostersPlan](Stop(rounds=5)), Wish()).best
    assert start is not None
    search = Search[RostersPlan](Stop(time_s=60), cancelled=lambda: True)
    found = ROSTERS.solve(problem, search, Wish(start=start, max_changes=2))
    assert found.best == start
    assert found.cost == ROSTERS.check(problem, start).cost


def test_rows_are_read_back_and_strange_ones_told() -> None:
    problem = parsed()
    plan = RostersPlan(shifts=((0, 1, -1, -1, 0, 1, -1), *[(-1,) * 7] * 3))
    assert ROSTERS.read_rows(problem, ROSTERS.rows(problem, plan)) == plan
    with pytest.raises(InvalidProblemError, match="'nobody'"):
        ROSTERS.read_rows(problem, [{"duty": "nobody"}])


def test_the_checker_finds_what_is_wrong() -> None:
    people = [
        {"id": "wang", "leave": ["2026-11-30"], "min_week_h": 40},
        {"id": "li", "max_week_h": 20, "min_week_h": 1},
    ]
    problem = parsed(people=people, law={"free_weekends": 1})
    plan = RostersPlan(shifts=((1, 0, -1, -1, -1, -1, -1), (0,) * 7))
    rules = {one.rule for one in ROSTERS.check(problem, plan).broken}
    assert rules == {"leave", "rest", "few hours", "row", "hours", "day off", "weekends", "cover"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"days": 0}, "days"), ({"days": 10**6}, "days"), ({"people": []}, "people"), ({"more": 1}, "more"),
     ({"needs": [{"shift": "晚"}]}, "needs.0.shift"), ({"needs": [{"shift": "白", "least": 2, "target": 1}]}, "needs"),
     ({"people": [{"id": "a", "leave": ["2027-01-01"]}]}, "people.0.leave"),
     ({"shifts": [{"id": "x", "begin": "25:00", "end": "1:00"}]}, "shifts.0.begin"),
     ({"people": [{"id": "a"}, {"id": "a"}]}, "people")],
)  # fmt: skip
def test_a_bad_document_names_the_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        parsed(**changed)
    assert caught.value.field == field

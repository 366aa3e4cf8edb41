"""Rooms and events: cases by hand, brute force, what is locked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from tests.scheduling.room_tables import CTT, day, days, every_plan, meeting, place, solve

from yuanli.scheduling import (
    ROOMS,
    Course,
    Event,
    InvalidProblemError,
    Placed,
    Room,
    RoomsPlan,
    RoomsProblem,
    Rule,
    Time,
    check_rooms,
    parse_rooms,
    preview_move,
    solve_rooms,
)
from yuanli.scheduling.rooms.annealing import anneal_rooms
from yuanli.scheduling.rooms.arrays import compile_problem
from yuanli.solver import Search, Status, Stop, Wish, why_not


def test_the_cost_of_a_timetable_worked_by_hand() -> None:
    problem = parse_rooms(CTT.encode(), "toy.ctt")
    at = {
        "maths 1": (0, 0, "big"), "maths 2": (0, 1, "small"), "art 1": (1, 0, "small"), "art 2": (1, 2, "small"),
        "sport 1": (1, 1, "big"),
    }  # fmt: skip
    plan = RoomsPlan(placed={n: Placed(time=Time(days=(d,), start=p), room=r) for n, (d, p, r) in at.items()})
    checked = check_rooms(problem, plan)
    assert checked.valid
    # maths: 20 over in small, one day of two, two rooms; art: 2 over twice; sport: 8 over; art is lone twice
    assert dict(checked.parts) == {
        "size": 32, "min_days": 5, "compactness": 4, "stability": 1, "time": 0, "room": 0, "walking": 0, "rules": 0,
    }  # fmt: skip


def test_a_broken_timetable_is_told_by_rule() -> None:
    problem = parse_rooms(CTT.encode(), "toy.ctt")
    at = {
        "maths 1": (0, 0, "big"),
        "maths 2": (0, 0, "big"),
        "art 1": (0, 0, "small"),
        "sport 1": (1, 2, "cellar"),
    }
    plan = RoomsPlan(placed={n: Placed(time=Time(days=(d,), start=p), room=r) for n, (d, p, r) in at.items()})
    rules = [one.rule for one in check_rooms(problem, plan).broken]
    assert sorted(rules) == sorted(
        [
            "unplaced",
            "time",
            "time",
            "room",
            "room_twice",
            "people_twice",
            "people_twice",
            "people_twice",
            "people_twice",
        ]
    )  # art 2 is missing; ada: maths twice; first: maths twice, and each with art


def test_a_small_timetable_is_solved_to_proof() -> None:
    plan = solve(parse_rooms(CTT.encode(), "toy.ctt"))
    assert (plan.status, plan.cost) == (Status.OPTIMAL, 8)  # sport is 8 over in big
    assert plan.explanation[0].en.endswith("proved least.")
    assert "第" not in plan.explanation[0].en


@settings(max_examples=25, deadline=None)
@given(days())
def test_agrees_with_trying_everything(problem: RoomsProblem) -> None:
    judged = [check_rooms(problem, plan) for plan in every_plan(problem)]
    costs = [one.cost for one in judged if one.valid]
    plan = solve(problem)
    if costs:
        assert (plan.status, plan.cost) == (Status.OPTIMAL, pytest.approx(min(costs), abs=1e-5))
    else:
        assert plan.status is Status.INFEASIBLE
        assert plan.conflicts


def test_people_who_can_t_walk_over_in_time_are_told() -> None:
    events = [meeting("x", people=("p",), starts=(0,)), meeting("y", people=("p",), starts=(1,))]
    far = np.array([[0.0, 60.0], [60.0, 0.0]])
    problem = day(*events, walking_s=far)
    (late,) = check_rooms(problem, place(x=(0, "a"), y=(1, "b"))).broken
    assert (late.rule, late.subject, late.amount) == ("walk", "p", 60)
    assert solve(problem).cost == 0  # both in a


def test_what_is_locked_stays_and_few_change() -> None:
    events = [meeting(f"m{i}", starts=(0, 1, 2, 3)) for i in range(6)]
    problem = day(*events)
    start = place(m0=(0, "b"), m1=(1, "b"), m2=(2, "b"), m3=(3, "b"), m4=(0, "a"), m5=(1, "a"))
    assert solve(problem).cost == 2
    plan = solve(problem, Wish(start=start, max_changes=1))
    assert (plan.cost, plan.changes, plan.status) == (3, 1, Status.OPTIMAL)
    locked = solve(problem, Wish(start=start, locked={"m0", "m1", "m2"}))
    assert locked.cost == 3
    kept = {row["event"]: row for row in locked.assignments}
    assert all((kept[f"m{i}"]["start"], kept[f"m{i}"]["room"]) == (i, "b") for i in range(3))
    gone = replace(problem, events=(replace(events[0], rooms={"a": 0.0}), *events[1:]))
    with pytest.raises(InvalidProblemError, match="'m0' is locked"):
        solve(gone, Wish(start=start, locked={"m0"}))


@pytest.mark.parametrize("why", ["walk", "rule"])
def test_annealing_leaves_a_liked_room_for_a_short_walk_or_a_soft_rule(why: str) -> None:
    events = [
        replace(meeting("x", people=("p",), starts=(0,)), rooms={"a": 0.0}),
        replace(meeting("y", people=("p",), starts=(2,)), rooms={"a": 40.0, "b": 0.0}),
        replace(meeting("z", starts=(3,)), rooms={"a": 0.0, "b": 0.1}),
    ]
    far = np.array([[0.0, 3000.0], [3000.0, 0.0]])
    together = Rule(kind="same_room", events=("x", "y"), penalty=50.0)
    problem = day(*events, walking_s=far, near_min=60) if why == "walk" else day(*events, rules=(together,))
    start = place(x=(0, "a"), y=(2, "b"), z=(3, "a"))
    assert check_rooms(problem, start).cost == 50
    search: Search[RoomsPlan] = Search(Stop(rounds=20))
    anneal_rooms(compile_problem(problem), search, Wish(start=start), given=True)
    assert search.cost == 40


def test_a_cancelled_search_returns_what_it_has() -> None:
    problem = parse_rooms(CTT.encode(), "toy.ctt")
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 30

    search = Search[RoomsPlan](Stop(time_s=None), cancelled=cancelled)
    anneal_rooms(compile_problem(problem), search, Wish(), given=False)
    assert search.best is not None


def test_what_can_t_be_names_the_fewest_rules() -> None:
    events = [meeting(f"m{i}", people=("ann",), starts=(0, 1)) for i in range(3)] + [
        meeting("other", starts=(0, 1))
    ]
    plan = solve(day(*events))
    assert plan.status is Status.INFEASIBLE
    said = " ".join(text.en for text in plan.conflicts)
    assert len(plan.conflicts) == 4
    assert "'ann' can't be in two of these 3 events" in said
    assert "other" not in said
    assert solve(day(*events[1:])).status is Status.OPTIMAL


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (meeting("crowd", size=9), "'crowd' has 9 people; the largest of its rooms holds 8"),
        (meeting("demo", size=6, features=frozenset({"screen"})), "needs screen"),
    ],
)
def test_an_event_without_a_room_says_why(event: Event, said: str) -> None:
    plan = solve(day(event, meeting("other")))
    assert plan.status is Status.INFEASIBLE
    assert said in " ".join(text.en for text in plan.conflicts)
    assert all("other" not in text.en for text in plan.conflicts)


def test_why_not_a_room_that_an_event_can_t_have_says_what_the_room_lacks() -> None:
    problem = day(meeting("demo", size=3, features=frozenset({"screen"})))
    plan = place(demo=(0, "a"))
    answer = why_not(
        ROOMS, problem, plan, {"demo": {"room": "b"}}, search=Search(Stop(time_s=None, rounds=5))
    )
    assert (answer.status, answer.best) == (Status.INFEASIBLE, None)
    assert [one.en for one in answer.conflicts] == ["'b' has no 'screen', which 'demo' needs"]


def test_a_teacher_with_too_few_times_is_told_in_a_large_timetable() -> None:
    grid = [(day, period) for day in range(5) for period in range(6)]
    times = {Time(days=(d,), start=p): 0.0 for d, p in grid}
    rooms = tuple(Room(name=f"r{i}", capacity=30) for i in range(9))
    events = [
        Event(name=f"e{i}", size=20, times=times, rooms={r.name: 0.0 for r in rooms}, course=f"c{i // 3}",
              people=("ada",) if i < 31 else ())
        for i in range(60)
    ]  # fmt: skip
    courses = tuple(Course(name=f"c{i}") for i in range(20))
    plan = solve(RoomsProblem(name="", days=5, periods=6, rooms=rooms, events=tuple(events), courses=courses))
    assert plan.status is Status.INFEASIBLE
    assert "'ada' can't be in two of these 31 events" in plan.conflicts[0].en


def test_a_preview_is_the_difference_of_two_checks() -> None:
    events = [meeting(f"m{i}", people=("p",) if i < 2 else ("q",), course="c") for i in range(3)]
    problem = day(*events, courses=(Course(name="c"),))
    plan = place(m0=(0, "a"), m1=(1, "a"), m2=(0, "b"))
    to = Placed(time=Time(days=(0,), start=0), room="a")
    seen = preview_move(problem, plan, "m2", to)
    after = RoomsPlan(placed={**plan.placed, "m2": to})
    assert seen.cost == check_rooms(problem, after).cost - check_rooms(problem, plan).cost == -2
    assert [one.rule for one in seen.breaks] == ["room_twice"]
    with pytest.raises(InvalidProblemError, match="no 'm9'"):
        preview_move(problem, plan, "m9", to)


def test_what_an_event_has_now_is_told_beside_what_it_gets() -> None:
    document = """{"periods": 4, "rooms": [{"name": "a", "capacity": 4}, {"name": "b", "capacity": 8}], "events": [
        {"name": "x", "times": [{"days": [0], "start": 0}], "rooms": {"a": 0, "b": 1},
         "current": {"time": {"days": [0], "start": 0}, "room": "b"}},
        {"name": "y", "times": [{"days": [0], "start": 1}], "rooms": {"a": 0},
         "current": {"time": {"days": [0], "start": 1}, "room": "a"}}, {"name": "z", "size": 2}]}"""
    plan = solve(parse_rooms(document.encode(), "now.json"))
    told = [one.en for one in plan.explanation]
    assert "Of 2 events 1 stays as it is, 1 gets another room, 0 another time." in told
    with pytest.raises(InvalidProblemError, match="no such room"):
        parse_rooms(document.replace('"room": "a"', '"room": "c"').encode(), "now.json")


def test_rows_are_a_plan_again() -> None:
    problem = parse_rooms(CTT.encode(), "toy.ctt")
    result = solve_rooms(problem, Search(Stop(time_s=10)))
    assert result.best is not None
    rows = ROOMS.rows(problem, result.best)
    assert ROOMS.read_rows(problem, rows) == result.best
    with pytest.raises(InvalidProblemError, match="Row 1, event is nobody"):
        ROOMS.read_rows(problem, [{**rows[0], "event": "nobody"}])
    with pytest.raises(InvalidProblemError, match="not whole"):
        ROOMS.read_rows(problem, [{**rows[0], "start": "noon"}])

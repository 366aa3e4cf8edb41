"""Why events can't all have a room and a time: rules between events."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pace import within
from tests.scheduling.room_tables import day, days, every_plan, meeting, solve

from yuanli.scheduling import Event, Room, RoomsProblem, Rule, Time, check_rooms
from yuanli.scheduling.rooms.conflicts import conflicts_rooms
from yuanli.scheduling.rooms.naming import tell_rule
from yuanli.scheduling.rooms.tables import PAIR_RULES
from yuanli.solver import Status

NUMBERS = {"work_day": (2,), "min_gap": (1,), "max_day_load": (2,), "max_days": (1,)}


def rule(kind: str, *events: str) -> Rule:
    return Rule(kind=kind, events=events, values=NUMBERS.get(kind, ()))


@settings(max_examples=60, deadline=None)
@given(days(), st.lists(st.sampled_from((*PAIR_RULES, "max_day_load", "max_days")), min_size=1, max_size=3))
def test_a_conflict_is_named_where_trying_everything_finds_no_plan(
    problem: RoomsProblem, kinds: list[str]
) -> None:
    names = [event.name for event in problem.events]
    asked = replace(
        problem, rules=tuple(rule(kind, *names[i:]) for i, kind in enumerate(kinds) if names[i + 1 :])
    )
    feasible = any(check_rooms(asked, plan).valid for plan in every_plan(asked))
    assert (conflicts_rooms(asked) == ()) is feasible


def test_rules_that_contradict_are_named_in_time_and_no_others() -> None:
    times = {Time(days=(d,), start=p): 0.0 for d in range(5) for p in range(8)}
    rooms = tuple(Room(name=f"r{i}", capacity=30) for i in range(12))
    events = tuple(
        Event(name=f"e{i}", size=20, times=times, rooms={room.name: 0.0 for room in rooms}) for i in range(80)
    )
    rules = (
        rule("precedence", "e1", "e2"), rule("precedence", "e2", "e3"), rule("precedence", "e3", "e1"),
        rule("same_room", "e1", "e5"), rule("different_days", "e7", "e8"),
    )  # fmt: skip
    problem = RoomsProblem(name="week", days=5, periods=8, rooms=rooms, events=events, rules=rules)
    solve(problem, time_s=60)  # compiled, and CP-SAT imported
    with within(8):  # of the 60; on a machine that does nothing else it takes 2
        plan = solve(problem, time_s=60)
    assert plan.status is Status.INFEASIBLE
    said = [text.en for text in plan.conflicts]
    assert "'e1', 'e2' one after the other" in said
    assert sum("one after" in one for one in said) == 3
    assert not any("room" in one.split("takes place")[0] or "days" in one for one in said)
    assert "“e1”“e2”依次先后进行" in [text.zh for text in plan.conflicts]
    assert solve(replace(problem, rules=rules[1:]), time_s=5).cost == 0


def test_too_many_different_rooms_and_days_are_told() -> None:
    times = {Time(days=(d,), start=p): 0.0 for d in range(5) for p in range(2)}
    rooms = tuple(Room(name=f"r{i}", capacity=30) for i in range(25))
    events = tuple(
        Event(name=f"e{i}", size=20, times={t: 0.0 for t in times if t.days[0] == i % 5 or i > 4},
              rooms={room.name: 0.0 for room in rooms})
        for i in range(40)
    )  # fmt: skip
    names = [event.name for event in events]
    week = RoomsProblem(name="week", days=5, periods=2, rooms=rooms, events=events)
    rooms_rule = Rule(kind="different_room", events=tuple(names[:26]))
    days_rule = Rule(kind="max_days", events=tuple(names[:5]), values=(4,))
    with within(3):
        assert "max" not in conflicts_rooms(replace(week, rules=(rooms_rule,)))[0].en
    assert len(conflicts_rooms(replace(week, rules=(rooms_rule,)))) == 27
    assert len(conflicts_rooms(replace(week, rules=(days_rule,)))) == 6
    assert conflicts_rooms(replace(week, rules=(replace(rooms_rule, events=tuple(names[:25])),))) == ()


@pytest.mark.parametrize("kind", PAIR_RULES)
def test_each_kind_of_rule_has_words(kind: str) -> None:
    problem = day(meeting("x"), meeting("y"), rules=(rule(kind, "x", "y"),))
    broken = [
        one for plan in every_plan(problem) for one in check_rooms(problem, plan).broken if one.rule == kind
    ]
    assert all("'x', 'y'" in one.message.en and "{" not in one.message.en + one.message.zh for one in broken)


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("max_breaks", (1, 1), "'a', 'b' at most 1 break a day (gaps over 1 period)"),
        ("max_days", (1,), "'a', 'b' on at most 1 day"),
        ("max_days", (11,), "'a', 'b' on at most 11 days"),
    ],
)
def test_one_of_something_is_told_in_the_singular(kind: str, values: tuple[int, ...], said: str) -> None:
    assert tell_rule(Rule(kind=kind, events=("a", "b"), values=values)).en == said

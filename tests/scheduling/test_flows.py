"""Flows: by hand, against all slots of tiny problems, queues against closed forms, with bad input and wishes."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pace import within

from yuanli.scheduling import FLOWS, FlowsPlan, FlowsProblem, InvalidProblemError
from yuanli.scheduling.flows.queues import fluid_queue, simulated_wait
from yuanli.solver import Plan, Search, Status, Stop, Wish, make_plan

LUNCH: dict[str, Any] = {
    "slots": ["11:30", "11:45", "12:00", "12:15"],
    "slot_min": 15,
    "passages": [{"id": "食堂", "capacity": 100}],
    "groups": [
        {"id": f"team {i}", "size": 80, "current": "12:00", "uses": [{"passage": "食堂"}]} for i in range(3)
    ],
}


def parsed(**changed: Any) -> FlowsProblem:
    return FLOWS.parse(json.dumps(LUNCH | changed).encode(), "lunch.json")


def solved(problem: FlowsProblem, **wish: Any) -> Plan:
    return make_plan(FLOWS, problem, Search[FlowsPlan](Stop(time_s=20)), Wish(**wish))


def test_three_teams_of_eighty_get_three_slots_of_a_canteen_for_a_hundred() -> None:
    # today 140 wait one slot and 40 another: 2,700 minutes; two teams a slot away move 2 × 80 × 15 × 0.1, farthest 15
    plan = solved(parsed())
    assert plan.status is Status.OPTIMAL
    assert plan.cost == pytest.approx(2 * 80 * 15 * 0.1 + 15)
    assert sorted(row["slot"] for row in plan.assignments) == ["11:45", "12:00", "12:15"]
    assert "从 140 人到 0 人" in plan.explanation[0].zh
    assert FLOWS.check(parsed(), FlowsPlan(slots=(2, 2, 2))).cost == pytest.approx((140 + 40) * 15)


def test_who_was_moved_lately_stays() -> None:
    groups = [dict(group) for group in LUNCH["groups"]]
    groups[1]["moved_before"] = 5
    rows = solved(parsed(groups=groups)).assignments
    assert rows[1]["slot"] == "12:00"


@st.composite
def problems(draw: st.DrawFn) -> FlowsProblem:
    names = ["a", "b", "c"]
    groups = [
        {
            "id": f"g{i}", "size": draw(st.integers(0, 50)), "current": draw(st.none() | st.sampled_from(names)),
            "allowed": draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
            "moved_before": draw(st.integers(0, 2)),
            "uses": [
                {"passage": "p", "lag": draw(st.integers(0, 1)), "spread": draw(st.sampled_from([[1], [0.5, 0.5]]))},
                {"passage": "q", "spread": [0.25]},
            ],
        }
        for i in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    passages = [
        {
            "id": "p",
            "capacity": draw(st.integers(0, 40)),
            "most_waiting": draw(st.none() | st.integers(0, 60)),
        },
        {"id": "q", "capacity": [5, 0, 9]},
    ]
    return parsed(slots=names, slot_min=10, passages=passages, groups=groups)


@settings(max_examples=40)
@given(problems())
def test_agrees_with_all_slots_of_tiny_problems(problem: FlowsProblem) -> None:
    costs = [
        checked.cost
        for slots in product(range(3), repeat=len(problem.groups))
        if (checked := FLOWS.check(problem, FlowsPlan(slots=slots))).valid
    ]
    plan = solved(problem)
    assert plan.cost == (pytest.approx(min(costs)) if costs else None)
    assert bool(plan.conflicts) == (not costs)


def test_a_steady_flow_waits_as_an_m_d_1_queue_says() -> None:
    # W = rho * service / (2 (1 - rho)), Pollaczek and Khinchine
    rho, service = 0.8, 1 / 100
    found = simulated_wait(np.full(300, 80.0), 100, slot_min=1, rng=np.random.default_rng(1), runs=60)
    assert found == pytest.approx(rho * service / (2 * (1 - rho)), rel=0.05)


def test_an_overloaded_slot_waits_as_a_fluid_does() -> None:
    # 3,000 come evenly in a slot that lets 1,000 through: the last waits two slots, on average one
    arrivals = np.array([3000.0, 0, 0])
    assert fluid_queue(arrivals, np.full(3, 1000.0)).tolist() == [2000, 1000, 0]
    found = simulated_wait(arrivals, 1000, slot_min=10, rng=np.random.default_rng(2))
    assert found == pytest.approx(10, rel=0.03)


def test_what_is_locked_stays_and_few_change() -> None:
    problem, start = parsed(), FlowsPlan(slots=(2, 2, 2))
    assert solved(problem, start=start, max_changes=1).changes == 1
    plan = solved(problem, start=start, locked=["team 1"])
    assert plan.assignments[1]["slot"] == "12:00"
    assert plan.cost == solved(problem).cost


def test_a_minimal_conflict_is_named() -> None:
    groups = [{**group, "allowed": ["12:00"]} for group in LUNCH["groups"]]
    groups[0]["allowed"] = LUNCH["slots"]
    problem = parsed(groups=groups, passages=[{"id": "食堂", "capacity": 75, "most_waiting": 15}])
    with within(4):
        plan = solved(problem)
    words = [text.en for text in plan.conflicts]
    assert len(words) == 3
    assert words[0] == "at most 15 wait at 食堂, which lets 75 through a slot"
    assert "team 1 (80) can only have 12:00" in words
    free = replace(problem.groups[1], allowed=(0, 1, 2, 3))
    assert solved(replace(problem, groups=(problem.groups[0], free, problem.groups[2]))).cost is not None


def test_locks_that_leave_no_plan_are_named_and_no_others() -> None:
    # two teams of 80 at once leave 60 waiting where 40 may
    problem = parsed(passages=[{"id": "食堂", "capacity": 100, "most_waiting": 40}])
    start, locked = FlowsPlan(slots=(2, 2, 0)), ["team 0", "team 1", "team 2"]
    with within(4):
        plan = solved(problem, start=start, locked=locked)
    assert plan.status is Status.INFEASIBLE
    assert [text.en for text in plan.conflicts] == ["'team 0' is locked", "'team 1' is locked"]
    for one in ("team 0", "team 1"):
        assert solved(problem, start=start, locked=[name for name in locked if name != one]).cost is not None


def test_rows_are_read_back_and_strange_ones_told() -> None:
    problem, plan = parsed(), FlowsPlan(slots=(0, 3, 1))
    assert FLOWS.read_rows(problem, FLOWS.rows(problem, plan)) == plan
    with pytest.raises(InvalidProblemError, match="'13:00'"):
        FLOWS.read_rows(problem, [{"group": "team 1", "slot": "13:00"}])
    with pytest.raises(InvalidProblemError, match="only in"):
        FLOWS.read_rows(problem, [])


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"slots": ["12:00", "12:00"]}, "slots"), ({"slot_min": 0}, "slot_min"),
     ({"groups": []}, "groups"), ({"more": 1}, "more"),
     ({"passages": [{"id": "食堂", "capacity": [1, 2]}]}, "passages.食堂.capacity"),
     ({"groups": [{"id": "g", "size": 1, "uses": [{"passage": "?"}]}]}, "groups.0.uses.passage"),
     ({"groups": [{"id": "g", "size": 1, "uses": [{"passage": "食堂", "spread": [0.7, 0.7]}]}]}, "groups.g.spread"),
     ({"groups": [{"id": "g", "size": -1, "uses": []}]}, "groups.0.size"),
     ({"groups": [{"id": "g", "size": 1, "current": "9:00", "uses": []}]}, "groups.0.current")],
)  # fmt: skip
def test_a_bad_document_names_the_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        parsed(**changed)
    assert caught.value.field == field


GATE: dict[str, Any] = {
    "slots": ["8:00", "8:15", "8:30"],
    "slot_min": 15,
    "passages": [{"id": "东门", "lanes": {"people": 50, "most": 3, "least": 1, "cost": 200}}],
    "groups": [
        {"id": "a", "size": 100, "current": "8:00", "allowed": ["8:00"], "uses": [{"passage": "东门"}]},
        {"id": "b", "size": 60, "current": "8:15", "allowed": ["8:15"], "uses": [{"passage": "东门"}]},
    ],
}
BUS: dict[str, Any] = GATE | {
    "passages": [{"id": "班车", "shuttle": {"seats": 50, "vehicles": 1, "round_trip": 2, "departures": 2}}]
}
BUS["groups"] = [dict(group, uses=[{"passage": "班车"}]) for group in GATE["groups"]]


def read(document: dict[str, Any], **changed: Any) -> FlowsProblem:
    return FLOWS.parse(json.dumps(document | changed).encode(), "gate.json")


def test_lanes_open_while_a_lane_costs_less_than_waiting() -> None:
    # 100 come at 8:00: a second lane spares 50 × 15 minutes; 60 at 8:15: 10 wait 150 minutes, a lane costs 200
    plan = solved(read(GATE))
    assert [row["open"] for row in plan.assignments if row["size"] is None] == [2, 1, 1]
    assert plan.cost == pytest.approx(4 * 200 + 10 * 15)
    assert "东门：共 4 次（8:00 × 2、8:15–8:30 × 1）" in plan.explanation[0].zh
    again = FLOWS.read_rows(
        read(GATE), [{k: "" if v is None else str(v) for k, v in r.items()} for r in plan.assignments]
    )
    assert FLOWS.check(read(GATE), again).cost == pytest.approx(plan.cost)


def test_a_shuttle_is_away_for_its_round_trip_and_who_is_left_costs() -> None:
    # one vehicle leaves at 8:00 and 8:30: 50 of 100 go, 50 + 60 wait at 8:15, 60 after 8:30
    plan = solved(read(BUS))
    assert [row["open"] for row in plan.assignments if row["size"] is None] == [1, 0, 1]
    assert plan.cost_breakdown["waiting"] == 15 * (50 + 110 + 60)
    assert plan.cost_breakdown["left"] == 60 * 60
    plan = solved(read(BUS), start=FlowsPlan(slots=(0, 1), units=((0, 1, 0),)), locked={"班车 8:15"})
    assert [row["open"] for row in plan.assignments if row["size"] is None] == [0, 1, 0]


@pytest.mark.parametrize("seed", range(4))
def test_lanes_and_departures_are_as_good_as_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    supply = {
        "people": float(rng.integers(10, 60)), "most": 2, "cost": float(rng.integers(0, 400)), "total": 4,
        "current": rng.integers(0, 3, 3).tolist(), "change_cost": float(rng.integers(0, 200)),
    }  # fmt: skip
    groups = [
        {"id": f"g{i}", "size": int(rng.integers(10, 90)), "current": "8:00", "uses": [{"passage": "东门"}]}
        for i in range(2)
    ]
    problem = read(GATE, passages=[{"id": "东门", "capacity": 10, "lanes": supply}], groups=groups)
    found = solved(problem, start=FlowsPlan(slots=(0, 0), units=((0, 1, 0),)), max_changes=3)
    plans = [
        FlowsPlan(slots=slots, units=(units,))
        for slots in product(range(3), repeat=2) for units in product(range(3), repeat=3)
        if sum(s != 0 for s in slots) + sum(a != b for a, b in zip(units, (0, 1, 0), strict=True)) <= 3
    ]  # fmt: skip
    checks = [FLOWS.check(problem, plan) for plan in plans]
    assert found.cost == pytest.approx(min(one.cost for one in checks if one.valid))


def test_the_check_knows_each_rule_of_lanes_and_departures() -> None:
    def broken(document: dict[str, Any], *units: int) -> set[str]:
        return {
            one.rule for one in FLOWS.check(read(document), FlowsPlan(slots=(0, 1), units=(units,))).broken
        }

    assert broken(GATE, 2, 1, 1) == set()
    assert broken(GATE, 4, 0, 1) == {"most", "least"}
    assert broken(BUS, 1, 1, 0) == {"most"}
    assert broken(GATE, 1, 1) == {"units"}
    late = read(
        BUS, passages=[{"id": "班车", "shuttle": {"seats": 50, "departures": 1, "allowed": ["8:15"]}}]
    )
    plan = FlowsPlan(slots=(0, 1), units=((1, 1, 0),))
    assert {one.rule for one in FLOWS.check(late, plan).broken} == {"slots", "total"}


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        ({"id": "东门"}, "capacity"),
        ({"id": "东门", "lanes": {"people": 5, "most": 1}, "shuttle": {"seats": 5}}, "latter"),
        ({"id": "东门", "lanes": {"people": 5, "most": 1, "least": 2}}, "least"),
        ({"id": "东门", "lanes": {"people": 5, "most": 1, "current": [1]}}, "3 numbers"),
        ({"id": "东门", "shuttle": {"seats": 5, "allowed": ["9:00"]}}, "9:00"),
    ],
)
def test_lanes_and_departures_that_are_no_sense_are_refused(passage: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidProblemError, match=said):
        read(GATE, passages=[passage])

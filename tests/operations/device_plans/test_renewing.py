"""A running plan of devices when the world changes: noticed, said with numbers, planned anew with few changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.house import CAMPUS, Clock
from tests.operations.device_plans.fans import (
    Deadly,
    approved,
    at,
    document,
    member,
    now_of,
    planned_anew,
    solved,
    wait_for,
)
from tests.operations.device_plans.test_policies import policy
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import DeviceId, FeatureId
from yuanli.errors import Text
from yuanli.operations import (
    CommandAction,
    CommandRequest,
    DeviceWish,
    LeaveReason,
    PlanDay,
    PlanNotApprovedError,
    PlanRun,
    RunParams,
)
from yuanli.operations.device_plans.differing import differences
from yuanli.operations.device_plans.entering import entered_in, told_entered
from yuanli.operations.device_plans.renewing import reason_of
from yuanli.operations.device_plans.stepping import told_left
from yuanli.scheduling import parse_devices

UTC = ZoneInfo("UTC")
WISH = DeviceWish(day=PlanDay.TODAY, least_share=0.5, language="en")


def draft_of(house: House) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(house.device_drafts.draft(CAMPUS, WISH).document))
    return told


def said_of(
    old: dict[str, Any], fresh: dict[str, Any], first: int = 4, kept: frozenset[str] = frozenset()
) -> str:
    problem = parse_devices(json.dumps(old).encode(), "d.json")
    told = differences(problem, first, fresh, params=RunParams(), kept=kept, zone=UTC)
    assert all(one.zh for one in told)
    return " ".join(one.en for one in told)


def test_each_thing_that_changes_materially_is_said_with_its_time_and_numbers() -> None:
    old = document() | {"base_kw": [100.0] * 8, "solar_kw": [10.0] * 8}
    walls = {"temp_c": 24, "resistance_c_per_kw": 5, "capacity_kwh_per_c": 3, "low_c": 20, "high_c": 26}
    old["zones"].append({"name": "room", "climate": {**walls, "outdoor_c": [30.0] * 8}})
    fresh: dict[str, Any] = {"price": [1.0] * 4, "base_kw": [100.0] * 4, "solar_kw": [10.0] * 4}
    hall = {"name": "hall", "demand": [2.0, 2.0, 2.0, 0.0]}
    fresh["zones"] = [hall, {"name": "room", "demand": 0.0, "climate": {"outdoor_c": [30.0] * 4}}]
    assert said_of(old, fresh) == ""
    fresh["price"][1] = 1.5
    assert said_of(old, fresh) == "Prices changed: 03:30–03:45 a kWh costs 1.5 in place of 1."
    assert said_of(old, fresh, kept=frozenset({"price"})) == ""
    fresh["price"][1] = 1.0
    fresh["zones"][0]["demand"] = [2.0, 1.0, 1.0, 0.0]
    assert "demand changed: hall, 03:30–04:00, 1 in place of 2" in said_of(old, fresh)
    assert said_of(old, fresh, kept=frozenset({"hall/demand"})) == ""
    fresh["zones"][0]["demand"] = [2.0, 2.0, 2.0, 0.0]
    fresh["zones"][1]["climate"]["outdoor_c"] = [30.0, 33.0, 33.0, 30.0]
    assert "33.0 °C outdoors in place of 30.0 °C" in said_of(old, fresh)
    fresh["zones"][1]["climate"]["outdoor_c"] = [31.0] * 4
    fresh["base_kw"] = [140.0] * 4
    fresh["solar_kw"] = [3.0] * 4
    assert "140 kW in place of 100 kW" in said_of(old, fresh)
    assert "PV expected changed" in said_of(old, fresh)


class Tariff:
    """The prices of the house's drafts, multiplied as by a new tariff."""

    def __init__(self) -> None:
        self.factor = 1.0


@pytest.fixture
def tariff(house: House, monkeypatch: pytest.MonkeyPatch) -> Tariff:
    told, real = Tariff(), house.device_drafts.prices
    prices = lambda _, *args: [told.factor * x for x in real(*args)]  # noqa: E731
    monkeypatch.setattr(type(house.device_drafts), "prices", prices)
    return told


def running(house: House, clock: Clock, **edited: Any) -> PlanRun:
    drafted = draft_of(house)
    for zone in drafted["zones"]:
        zone |= edited
    run = approved(house, solved(house, drafted))
    clock.now = run.begins_at + timedelta(seconds=1)
    house.plan_runs.look()
    return now_of(house, run)


def half_an_hour(house: House, clock: Clock) -> None:
    """Look at each quarter, so that no step comes too late."""
    for _ in range(2):
        clock.forward(900)
        house.plan_runs.look()


def test_a_new_tariff_is_noticed_told_and_waits_for_a_person(
    house: House, clock: Clock, tariff: Tariff
) -> None:
    run = running(house, clock)
    tariff.factor = 1.4
    house.plan_runs.look()
    run = now_of(house, run)
    assert run.next_job is not None
    assert (run.next_reason or Text("", "")).en.startswith("Prices changed: ")
    assert (run.next_reason or Text("", "")).zh.startswith("电价变了：")
    wait_for(house, run.next_job)
    house.plan_runs.look()
    assert now_of(house, run).outcome is None
    preview = house.plan_runs.preview(CAMPUS, run.next_job, who="operator")
    new = approved(house, run.next_job)
    assert (new.reason, new.changes, preview.replaces) == (run.next_reason, preview.changes, (run.id,))
    assert "Prices changed" in (now_of(house, run).message or Text("", "")).en
    again = json.loads(house.solving.problem(CAMPUS, new.job_id).problem)
    assert not told_entered(again)
    half_an_hour(house, clock)
    assert now_of(house, new).next_job is None, "the new plan was made for these prices"


def test_prices_that_change_again_while_a_plan_waits_give_another(
    house: House, clock: Clock, tariff: Tariff
) -> None:
    run = running(house, clock)
    tariff.factor = 1.4
    half_an_hour(house, clock)
    first = now_of(house, run).next_job
    assert first is not None
    wait_for(house, first)
    half_an_hour(house, clock)
    assert now_of(house, run).next_job == first
    tariff.factor = 2.0
    half_an_hour(house, clock)
    assert now_of(house, run).next_job != first


def test_demand_that_was_entered_by_hand_stays_when_the_rest_is_planned_anew(
    house: House, clock: Clock, tariff: Tariff
) -> None:
    slots = draft_of(house)["slots"]
    run = running(house, clock, demand=[50] * slots)
    preview_entered = house.solving.problem(CAMPUS, run.job_id)
    assert entered_in(json.loads(preview_entered.problem)) == {
        f"{zone['name']}/demand" for zone in json.loads(preview_entered.problem)["zones"]
    }
    tariff.factor = 1.4
    half_an_hour(house, clock)
    next_job = now_of(house, run).next_job
    assert next_job is not None
    again = json.loads(house.solving.problem(CAMPUS, next_job).problem)
    assert {x for zone in again["zones"] for x in zone["demand"]} == {50}
    assert "the demand of" in told_entered(again)[0].en
    assert "price" not in entered_in(again)
    wait_for(house, next_job)
    shown = house.plan_runs.preview(CAMPUS, next_job, who="operator").warnings
    assert any("Entered by hand" in one.en for one in shown)


def test_a_number_written_otherwise_is_not_taken_for_entered_by_hand(house: House) -> None:
    drafted = draft_of(house)
    for zone in drafted["zones"]:
        zone["demand"] = [int(x) if x == int(x) else x for x in zone["demand"]]
    assert entered_in(drafted) == frozenset()
    drafted["price"][0] += 0.01
    assert entered_in(drafted) == {"price"}


def test_a_device_in_fault_leaves_and_the_new_plan_keeps_what_an_operator_switched(
    house: House, clock: Clock, bus: Deadly
) -> None:
    house.plan_runs.add_policy(policy(least_service=0.0))
    approved(house, solved(house, document()))
    at(clock, 0)
    house.plan_runs.look()
    clock.forward(60)
    on = CommandRequest(action=CommandAction.ON, device_ids=(DeviceId(FeatureId("fcu-b")),))
    house.commands.execute(CAMPUS, on, who="li")
    bus.refusing = {"fcu-a-sw"}
    for seconds in (1.0, 20.0, 40.0):
        at(clock, 1, seconds)
        house.plan_runs.look()
    while (next_job := house.plan_runs.list(CAMPUS)[0].next_job) is not None:
        wait_for(house, next_job)
        house.plan_runs.look()
    new = house.plan_runs.list(CAMPUS)[0]
    assert (new.follows is not None, new.policy_id) == (True, "p")
    assert (member(new, "fcu-a").left, member(new, "fcu-b").left) == (LeaveReason.FAULT, LeaveReason.OVERRIDE)
    assert "fcu-a" in (new.reason or Text("", "")).en
    told = {row.device_id: row.returns for row in house.plan_records.record(new, now=clock()).devices}
    assert "once somebody approves" in (told[DeviceId(FeatureId("fcu-a"))] or Text("", "")).en
    assert told[DeviceId(FeatureId("fcu-c"))] is None
    sent = len(bus.sent)
    clock.now = new.begins_at + timedelta(seconds=5)
    house.plan_runs.look()
    assert all(
        address not in ("fcu-a-sw", "fcu-b-sw") for address, value in bus.sent[sent:] if value is not None
    )
    assert bus.values["fcu-b-sw"] == 1


def test_a_device_whose_time_out_ends_after_the_rest_was_planned_anew_is_commanded_again(
    house: House, clock: Clock, bus: Deadly
) -> None:
    house.plan_runs.add_policy(policy(least_service=0.0))
    run = approved(house, solved(house, document(demand=[3.0] * 8)), resume_after_s=3_600)
    at(clock, 0)
    house.plan_runs.look()
    clock.forward(90)
    off = CommandRequest(action=CommandAction.OFF, device_ids=(DeviceId(FeatureId("fcu-a")),))
    house.commands.execute(CAMPUS, off, who="li")
    house.plan_runs.look()
    row = house.plan_records.record(now_of(house, run), now=clock()).devices[0]
    back = (clock() + timedelta(hours=1)).astimezone(ZoneInfo(house.places.campus(CAMPUS).time_zone))
    assert (row.returns or Text("", "")).en == f"It is back in the plan after {back:%m-%d %H:%M}."
    first = now_of(house, run).next_job
    assert first is not None
    wait_for(house, first)
    house.plan_runs.look()
    new = house.plan_runs.list(CAMPUS)[0]
    assert (new.follows, bus.values["fcu-a-sw"]) == (run.id, 0)
    lowered = json.loads(house.solving.problem(CAMPUS, first).problem)
    assert (max(lowered["zones"][0]["demand"]), not entered_in(lowered)) == (2.0, True)
    at(clock, 4, 100.0)
    house.plan_runs.look()
    second = now_of(house, new).next_job
    assert second is not None
    again = json.loads(house.solving.problem(CAMPUS, second).problem)
    assert max(again["zones"][0]["demand"]) == 3.0, "what was lowered for want of it is raised again"
    assert "service" not in again["drafted"]
    wait_for(house, second)
    house.plan_runs.look()
    last = house.plan_runs.list(CAMPUS)[0]
    assert last.follows == new.id
    clock.now = last.begins_at + timedelta(seconds=5)
    house.plan_runs.look()
    assert bus.values["fcu-a-sw"] == 1


def test_a_plan_that_runs_is_not_approved_twice_but_takes_devices_back_when_asked(
    house: House, clock: Clock
) -> None:
    job_id = solved(house, document())
    run = approved(house, job_id)
    assert "already" in house.plan_runs.preview(CAMPUS, job_id, who="operator").against[0].en
    with pytest.raises(PlanNotApprovedError, match="already"):
        approved(house, job_id)
    assert [one.outcome for one in house.plan_runs.list(CAMPUS)] == [None]
    at(clock, 0)
    off = CommandRequest(action=CommandAction.OFF, device_ids=(DeviceId(FeatureId("fcu-a")),))
    house.commands.execute(CAMPUS, off, who="li")
    house.plan_runs.look()
    assert member(now_of(house, run), "fcu-a").left is LeaveReason.OVERRIDE
    shown = house.plan_runs.preview(CAMPUS, job_id, who="operator")
    assert (shown.against, shown.warnings[0].en.startswith("fcu-a is commanded by the plan again")) == (
        (),
        True,
    )
    house.plan_runs.add_policy(policy())
    assert house.plan_runs.hand_in(CAMPUS, job_id, who="li").run is None, (
        "only a person takes back what a person took"
    )
    assert member(approved(house, job_id), "fcu-a").left is None


def test_a_new_plan_that_no_policy_covers_says_why_it_waits(house: House, clock: Clock) -> None:
    house.plan_runs.add_policy(policy(most_cost=0.001))
    waits = planned_anew(house, clock).next_waits
    assert waits is not None
    assert "more than 0.001" in waits.en


def test_where_all_devices_left_nothing_is_planned_anew_and_their_reason_is_told_once(
    house: House, clock: Clock, bus: Deadly
) -> None:
    run = approved(house, solved(house, document(demand=[3.0] * 8)))
    at(clock, 0)
    house.plan_runs.look()
    tell(house, clock.now + timedelta(seconds=200), dict.fromkeys(bus.values, 0.0))
    at(clock, 0, 250.0)
    house.plan_runs.look()
    run = now_of(house, run)
    assert {device.left for device in run.devices} == {LeaveReason.LOCAL}
    assert (run.next_job, (run.message or Text("", "")).en[:11]) == (None, "All devices")
    gone = replace(run, asked=tuple(told_left(device) for device in run.devices))
    assert reason_of(gone).en == "fcu-a, fcu-b, fcu-c: It was switched on the spot, or does not follow."

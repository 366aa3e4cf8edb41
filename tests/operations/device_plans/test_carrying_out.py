"""Plans of devices: approved, carried out, overridden, planned anew, compared."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.api.house import CAMPUS, MONDAY, Clock
from tests.operations.device_plans.fans import (
    HALL,
    STOP,
    Deadly,
    approved,
    at,
    document,
    echo,
    member,
    now_of,
    solved,
    wait_for,
)
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import DeviceId, FeatureId
from yuanli.errors import Text
from yuanli.operations import (
    CommandAction,
    CommandRequest,
    DeviceWish,
    LeaveReason,
    PlanChangedError,
    PlanDay,
    PlanNotApprovedError,
    ResumeError,
    RunOutcome,
    RunState,
    StepState,
)
from yuanli.operations.device_plans.replanning import rest_of
from yuanli.operations.device_plans.runs import slots_on
from yuanli.scheduling import DEVICES, parse_devices
from yuanli.solver import Search, Wish, make_plan


def test_a_plan_is_drafted_solved_approved_carried_out_overridden_planned_anew_and_told(
    house: House, clock: Clock, bus: Deadly
) -> None:
    """The whole way, on the day of a small building."""
    draft = house.device_drafts.draft(CAMPUS, DeviceWish(day=PlanDay.TODAY, least_share=0.5, language="en"))
    assert (draft.devices, draft.zones) == (4, 2)
    job_id = solved(house, dict(draft.document))
    run = approved(house, job_id)
    assert (run.approved_by, len(run.devices), bus.sent) == ("operator", 4, [])
    planned = {d.device_id: slots_on(d.on, run.slots) for d in run.devices}
    first = min(int(on.argmax()) for on in planned.values() if on.any())
    assert first < run.slots

    def go(slot: int, seconds: float = 1.0) -> None:
        clock.now = run.begins_at + run.slot * slot + timedelta(seconds=seconds)
        house.plan_runs.look()
        echo(house, bus, clock.now + timedelta(seconds=1))

    go(0)
    assert {address: bool(v) for address, v in bus.values.items()} == {
        f"{n}-sw": bool(on[0]) for n, on in planned.items()
    }
    go(first)
    assert {address: bool(v) for address, v in bus.values.items()} == {
        f"{n}-sw": bool(on[first]) for n, on in planned.items()
    }
    sent = len(bus.sent)
    go(first, 30.0)
    assert len(bus.sent) == sent

    clock.forward(200)
    off = CommandRequest(action=CommandAction.OFF, device_ids=(DeviceId(FeatureId("fcu-a")),))
    house.commands.execute(CAMPUS, off, who="li")
    house.plan_runs.look()
    run = now_of(house, run)
    assert (member(run, "fcu-a").left, member(run, "fcu-a").held) == (LeaveReason.OVERRIDE, False)
    assert run.next_job is not None
    assert "li" in (run.next_reason or Text("", "")).en
    wait_for(house, run.next_job)
    again = json.loads(house.solving.problem(CAMPUS, run.next_job).problem)
    assert next(d for d in again["devices"] if "fcu-a" in d["name"]).get("device_id") is None
    house.plan_runs.look()
    assert now_of(house, run).outcome is None, "nothing approves itself without a policy"

    new = approved(house, run.next_job)
    assert new.follows == run.id
    clock.now = new.begins_at + timedelta(seconds=1)
    house.plan_runs.look()
    assert (now_of(house, run).outcome, now_of(house, run).state) == (RunOutcome.REPLACED, RunState.ENDED)
    assert bus.values["fcu-a-sw"] == 0, "the operator's switch is respected"
    assert member(now_of(house, new), "fcu-a").left is LeaveReason.OVERRIDE

    record = house.plan_records.record(now_of(house, run), now=clock.now)
    row = next(r for r in record.devices if r.device_id == "fcu-b")
    assert row.planned[first] == row.measured[first]
    assert record.counts[StepState.DONE] >= 4
    assert record.saving is not None
    assert record.saving.kwh_low <= record.saving.kwh <= record.saving.kwh_high
    assert record.saving.kwh == pytest.approx((record.usual_kwh or 0) - record.actual_kwh, abs=0.01)


def test_only_what_was_shown_and_checked_is_carried_out(house: House, clock: Clock) -> None:
    job_id = solved(house, document())
    with pytest.raises(PlanChangedError):
        house.plan_runs.approve(CAMPUS, job_id, who="operator", fingerprint="another")
    with pytest.raises(ResumeError):
        approved(house, job_id, resume_after_s=1)
    without = solved(house, {**document(), "begins_at": None})
    with pytest.raises(PlanNotApprovedError, match="begin"):
        house.plan_runs.preview(CAMPUS, without, who="operator")
    unknown = solved(house, document({"fcu-a": {"device_id": "nothing"}}))
    with pytest.raises(PlanNotApprovedError, match="nothing"):
        house.plan_runs.preview(CAMPUS, unknown, who="operator")
    house.device_gateways.remove("bus")
    assert house.plan_runs.preview(CAMPUS, job_id, who="operator").against
    with pytest.raises(PlanNotApprovedError):
        approved(house, job_id)
    at(clock, 99)
    with pytest.raises(PlanNotApprovedError, match="over"):
        house.plan_runs.preview(CAMPUS, job_id, who="operator")


def test_what_comes_too_late_is_not_sent(house: House, clock: Clock, bus: Deadly) -> None:
    run = approved(house, solved(house, document()))
    at(clock, 3)
    house.plan_runs.look()
    states = {s.state for s in now_of(house, run).steps if s.slot < 3}
    assert (states, bus.sent) == ({StepState.MISSED}, [])
    assert now_of(house, run).next_job is not None, "the rest is planned anew from how things are"


def test_a_device_that_refuses_leaves_the_plan_and_goes_back_to_its_own_control(
    house: House, clock: Clock, bus: Deadly
) -> None:
    run = approved(house, solved(house, document()))
    bus.refusing = {"fcu-a-sw"}
    for seconds in (1.0, 20.0):
        at(clock, 0, seconds)
        house.plan_runs.look()
    bus.refusing = set()
    gone = member(now_of(house, run), "fcu-a")
    assert gone.left is LeaveReason.FAULT
    at(clock, 0, 40.0)
    house.plan_runs.look()
    assert bus.sent[-1] == ("fcu-a-sw", None)
    assert not member(now_of(house, run), "fcu-a").owed


def test_a_gateway_that_is_gone_gives_its_devices_back_once_it_is_there_again(
    house: House, clock: Clock, bus: Deadly
) -> None:
    run = approved(house, solved(house, document()))
    bus.gone = True
    for seconds in (1.0, 300.0, 660.0):
        at(clock, 0, seconds)
        house.plan_runs.look()
    assert {d.left for d in now_of(house, run).devices} == {LeaveReason.GATEWAY}
    assert (bus.sent, all(d.owed for d in now_of(house, run).devices)) == ([], True)
    bus.gone = False
    at(clock, 0, 700.0)
    house.plan_runs.look()
    assert sorted(bus.sent) == [(f"{name}-sw", None) for name in HALL]


def test_a_lock_takes_a_device_out_until_it_ends(house: House, clock: Clock, bus: Deadly) -> None:
    run = approved(house, solved(house, document()))
    at(clock, 0)
    house.commands.lock(
        CAMPUS, DeviceId(FeatureId("fcu-a")), who="li", until=clock.now + timedelta(minutes=20)
    )
    house.plan_runs.look()
    assert member(now_of(house, run), "fcu-a").left is LeaveReason.LOCKED
    assert "fcu-a-sw" not in bus.values
    at(clock, 2)
    house.plan_runs.look()
    assert member(now_of(house, run), "fcu-a").left is None


def test_who_switches_on_the_spot_is_respected_for_the_stated_time(
    house: House, clock: Clock, bus: Deadly
) -> None:
    run = approved(house, solved(house, document(demand=[2.0] * 8)), resume_after_s=600)
    at(clock, 0)
    house.plan_runs.look()
    name = next(address for address, value in bus.values.items() if value).removesuffix("-sw")
    tell(house, clock.now + timedelta(seconds=200), {f"{name}-sw": 0.0})
    at(clock, 0, 250.0)
    house.plan_runs.look()
    assert (member(now_of(house, run), name).left, member(now_of(house, run), name).held) == (
        LeaveReason.LOCAL,
        False,
    )
    sent = len(bus.sent)
    at(clock, 0, 860.0)
    house.plan_runs.look()
    assert member(now_of(house, run), name).left is None
    assert bus.sent[sent:] == [(f"{name}-sw", 1.0)]


def test_the_end_and_a_stop_give_devices_back(house: House, clock: Clock, bus: Deadly) -> None:
    run = approved(house, solved(house, document()))
    at(clock, 0)
    house.plan_runs.look()
    bus.sent.clear()
    stopped = house.plan_runs.stop(CAMPUS, run.id, who="wang")
    assert (stopped.outcome, stopped.state) == (RunOutcome.STOPPED, RunState.ENDED)
    assert "wang" in (stopped.message or Text("", "")).en
    assert sorted(bus.sent) == [(f"{name}-sw", None) for name in HALL]
    run = approved(house, solved(house, document()))
    at(clock, 8)
    house.plan_runs.look()
    assert (now_of(house, run).outcome, now_of(house, run).state) == (RunOutcome.FINISHED, RunState.ENDED)


def test_the_rest_of_a_plan_goes_on_where_it_stands(house: House) -> None:
    """Held times, tasks and demands of the rest; its start is a plan of it that keeps every rule."""
    told = document({"fcu-a": {"min_up": 4}})
    told["devices"].append({"name": "car", "power_kw": 7, "task": {"first": 1, "last": 7, "slots": 4}})
    run = approved(house, solved(house, told))
    job = house.solving.get(CAMPUS, run.job_id).plan
    assert job is not None
    problem = parse_devices(json.dumps(told).encode(), "d.json")
    rest, start = rest_of(told, problem, job.assignments, run, 3)
    trimmed = parse_devices(json.dumps(rest).encode(), "r.json")
    plan = DEVICES.read_rows(trimmed, start)
    assert DEVICES.check(trimmed, plan).broken == ()
    found = make_plan(DEVICES, trimmed, Search(STOP), Wish(start=plan, max_changes=0))
    assert found.changes == 0
    gone = replace(run, devices=tuple(replace(d, left=LeaveReason.FAULT, held=False) for d in run.devices))
    lowered, _ = rest_of(told, problem, job.assignments, gone, 3)
    assert (max(lowered["zones"][0]["demand"]), lowered["drafted"]["service"]) == (0, 0)


def test_a_saving_is_adjusted_where_the_devices_have_a_past(house: House, clock: Clock) -> None:
    """Four weeks of ten hours a day; then a day of six: about four hours less are saved."""
    zone = ZoneInfo(house.places.campus(CAMPUS).time_zone)
    clock.now = midnight = datetime(2026, 3, 3, tzinfo=zone).astimezone(MONDAY.tzinfo)
    for day in range(1, 30):
        for hour in range(24):
            on = float(8 <= hour < 18)
            tell(
                house,
                midnight - timedelta(days=day) + timedelta(hours=hour),
                {f"{name}-sw": on for name in HALL},
            )
    told = document(demand=[0.0] * 32 + [3.0] * 24 + [0.0] * 40) | {
        "slots": 96,
        "begins_at": midnight.isoformat(),
    }
    told["price"] = [1.0] * 96
    told["drafted"]["usual"] = dict.fromkeys(HALL, "32-71")
    run = approved(house, solved(house, told))
    clock.now += timedelta(days=1)
    for hour in range(24):
        tell(house, midnight + timedelta(hours=hour), {f"{name}-sw": float(8 <= hour < 14) for name in HALL})
    record = house.plan_records.record(run, now=clock.now, adjusted=True)
    assert record.saving is not None
    assert record.saving.kwh == pytest.approx(4 * (1 + 2 + 3))
    assert record.saving.coverage == 1
    assert record.adjusted is not None, record.adjusted_note.en
    assert record.adjusted.saved == pytest.approx(24, abs=0.1)
    assert record.adjusted.low <= record.adjusted.saved <= record.adjusted.high


def test_only_what_the_plan_commands_counts_as_saved(house: House, clock: Clock) -> None:
    """Devices rest all day: what they did not take before the approval, or in fault, no plan saved."""
    told = document(demand=[0.0] * 8)
    told["drafted"]["usual"] = dict.fromkeys(HALL, "0-7")
    job_id = solved(house, told)
    at(clock, 2)
    run = approved(house, job_id)
    house.plan_runs.look()
    assert house.plan_records.record(now_of(house, run), now=clock.now).saving is None, "no slot counts yet"
    for slot in range(6):
        tell(house, run.begins_at + run.slot * slot, {f"{name}-sw": 0.0 for name in HALL})
    at(clock, 6)
    whole = house.plan_records.record(now_of(house, run), now=clock.now)
    assert whole.saving is not None
    assert (whole.slots, whole.saving.kwh, whole.saving.coverage) == (6, 3 * 0.25 * (1 + 2 + 3), 1.0)
    left = tuple(
        replace(one, left=LeaveReason.FAULT, since=run.begins_at + run.slot * 4)
        if one.device_id == "fcu-c"
        else one
        for one in run.devices
    )
    broken = house.plan_records.record(replace(run, devices=left), now=clock.now)
    assert broken.saving is not None
    assert broken.saving.kwh == 3 * 0.25 * (1 + 2) + 1 * 0.25 * 3

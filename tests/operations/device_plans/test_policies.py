"""Standing policies: which plans of devices are approved without asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.api.house import CAMPUS, MONDAY, Clock
from tests.operations.device_plans.fans import (
    HALL,
    Deadly,
    at,
    document,
    planned_anew,
    solved,
)
from tests.operations.test_standing import CHANGES, WHY

from yuanli.bootstrap import House
from yuanli.campus import DeviceId, FeatureId
from yuanli.errors import Text
from yuanli.operations import (
    PlanNotApprovedError,
    PlanPolicy,
    PlanPolicyError,
    RunOutcome,
)


def policy(**more: Any) -> PlanPolicy:
    ids = tuple(DeviceId(FeatureId(name)) for name in HALL)
    given = {"id": "p", "campus_id": CAMPUS, "who": "admin", "at": MONDAY, "device_ids": ids, **more}
    return PlanPolicy(**given)


@pytest.mark.parametrize(
    ("limits", "covered"),
    [
        ({}, True),
        ({"device_ids": (DeviceId(FeatureId("fcu-a")),)}, False),
        ({"start": "12:00"}, False),
        ({"most_starts": 0}, False),
        ({"least_saving": 0.9}, False),
        ({"least_saving": 0.1}, True),
        ({"most_cost": 0.1}, False),
        ({"at": MONDAY - timedelta(days=1), "until": MONDAY}, False),
        ({"weekdays": (7,)}, False),
    ],
)
def test_a_policy_approves_what_keeps_its_limits_and_nothing_else(
    house: House, limits: dict[str, Any], covered: bool
) -> None:
    house.plan_runs.add_policy(policy(**limits))
    job_id = solved(house, document())
    run = house.plan_runs.hand_in(CAMPUS, job_id, who="li").run
    assert (run is not None) is covered
    if run is not None:
        assert (run.approved_by, run.policy_id) == ("admin", "p")


def test_a_new_plan_begins_by_itself_only_under_a_policy(house: House, clock: Clock) -> None:
    house.plan_runs.add_policy(policy())
    planned_anew(house, clock)
    runs = house.plan_runs.list(CAMPUS)
    assert [(one.outcome, one.policy_id) for one in runs] == [(None, "p"), (RunOutcome.REPLACED, None)]


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"device_ids": ()}, "devices"),
        ({"start": "25:00"}, "start"),
        ({"start": "09:00", "end": "08:00"}, "end"),
        ({"weekdays": (0,)}, "weekdays"),
        ({"least_service": 1.5}, "least_service"),
        ({"least_saving": 5.0}, "least_saving"),
        ({"most_starts": -1}, "most_starts"),
        ({"most_cost": -1.0}, "most_cost"),
        ({"until": MONDAY}, "until"),
    ],
)
def test_a_policy_that_can_not_be_is_refused_at_its_field(limits: dict[str, Any], field: str) -> None:
    with pytest.raises(PlanPolicyError) as refused:
        policy(**limits)
    assert refused.value.field == field


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_and_a_policy_end_when_their_author_may_command_no_more(
    house: House, clock: Clock, bus: Deadly, change: str
) -> None:
    house.plan_runs.add_policy(policy(who="operator"))
    job_id = solved(house, document())
    run = house.plan_runs.hand_in(CAMPUS, job_id, who="li").run
    assert run is not None
    at(clock, 1)
    house.plan_runs.look()
    sent = len(bus.sent)
    assert sent > 0
    CHANGES[change](house)
    at(clock, 7)
    house.plan_runs.look()
    ended = house.plan_runs.get(CAMPUS, run.id)
    assert ended.outcome is RunOutcome.STOPPED
    assert WHY[change] in (ended.message or Text("", "")).en
    assert not any(step.sent_at for step in ended.steps if step.slot >= 7)
    at(clock, 0)
    assert house.plan_runs.hand_in(CAMPUS, job_id, who="li").run is None


def test_a_plan_handed_in_names_its_policy_or_why_each_refuses(house: House) -> None:
    job_id = solved(house, document())
    none = house.plan_runs.hand_in(CAMPUS, job_id, who="li")
    assert (none.run, none.refusals, "no standing policy" in none.message.en) == (None, (), True)
    house.plan_runs.add_policy(policy(id="cheap", most_cost=0.1, most_starts=0))
    house.plan_runs.add_policy(policy(id="gone", who="nobody", at=MONDAY + timedelta(hours=1)))
    verdict = house.plan_runs.hand_in(CAMPUS, job_id, who="li")
    assert (verdict.run, house.plan_runs.list(CAMPUS)) == (None, ())
    gone, cheap = verdict.refusals
    assert (gone.policy_id, cheap.policy_id) == ("gone", "cheap")
    assert "nobody may not command devices" in gone.why[0].en
    assert [word for why in cheap.why for word in ("starts", "more than 0.1") if word in why.en] == [
        "starts", "more than 0.1",
    ]  # fmt: skip
    assert cheap.policy == Text(
        "admin 的策略（风机fcu-a、风机fcu-b、风机fcu-c，每天 00:00–24:00）",
        "admin's policy (fcu-a, fcu-b, fcu-c; every day 00:00–24:00)",
    )
    house.plan_runs.add_policy(policy(id="wide"))
    run = house.plan_runs.hand_in(CAMPUS, job_id, who="li").run
    assert run is not None
    assert (run.approved_by, run.policy_id, run.handed_in_by) == ("admin", "wide", "li")
    kept = house.plan_runs.get(CAMPUS, run.id)
    assert (kept.policy, kept.handed_in_by) == (cheap.policy, "li")
    with pytest.raises(PlanNotApprovedError, match="carried out already"):
        house.plan_runs.hand_in(CAMPUS, job_id, who="li")


def test_without_a_gateway_a_plan_begins_only_where_another_process_has_one(house: House) -> None:
    house.plan_runs.add_policy(policy())
    job_id = solved(house, document())
    house.device_gateways.remove("bus")
    refused = house.plan_runs.hand_in(CAMPUS, job_id, who="li").refusals
    assert "No gateway" in refused[0].why[0].en
    assert house.plan_runs.hand_in(CAMPUS, job_id, who="li", at_once=False).run is not None

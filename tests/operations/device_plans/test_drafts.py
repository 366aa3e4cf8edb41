"""Plans of devices drafted from the map: what they assume, and what is wrong with a wish."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from tests.api.house import CAMPUS, MONDAY
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import DeviceId, FeatureId
from yuanli.operations import (
    DeviceWish,
    DeviceWishError,
    LockKind,
    NothingToPlanError,
    PlanDay,
)
from yuanli.operations.energy import Energy, Medium
from yuanli.scheduling import parse_devices


def test_the_draft_says_what_it_assumes_and_leaves_out(house: House) -> None:
    house.commands.lock(CAMPUS, DeviceId(FeatureId("fcu-b")), who="li", kind=LockKind.MAINTENANCE)
    tell(house, MONDAY - timedelta(minutes=30), {"fcu-c-sw": 1.0})
    draft = house.device_drafts.draft(CAMPUS, DeviceWish(place=FeatureId("room0-0"), day=PlanDay.TODAY))
    problem = parse_devices(json.dumps(draft.document).encode(), "d.json")
    assert [d.device_id for d in problem.devices] == ["fcu-a", "fcu-c"]
    assert [d.on for d in problem.devices] == [False, True]
    assert problem.devices[0].power_kw == 2.0
    assert problem.devices[1].held == 2
    assert (problem.slot_h, problem.begins_at) == (0.25, MONDAY)
    assert "fcu-b" in draft.left_out[0].en
    assert any("1 by the map" in one.en for one in draft.assumptions)
    demand = problem.zones[0].demand
    assert demand.max() == 100
    assert demand[-1] == 0


def test_a_draft_names_what_is_wrong_with_the_wish(house: House) -> None:
    with pytest.raises(DeviceWishError, match="2"):
        DeviceWish(least_share=2)
    with pytest.raises(DeviceWishError, match="kW"):
        DeviceWish(limit_kw=-1)
    with pytest.raises(NothingToPlanError, match="no lighting to be planned"):
        house.device_drafts.draft(CAMPUS, DeviceWish(kind="lighting"))


def test_the_demand_charge_counts_beside_what_else_runs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = DeviceWish(limit_kw=3, day=PlanDay.TODAY)
    unknown = house.device_drafts.draft(CAMPUS, wish)
    assert "peak_price" not in unknown.document
    assert unknown.document["limit_kw"] == 3
    assert any("demand charges are left out" in one.en for one in unknown.assumptions)

    hours = [SimpleNamespace(start=MONDAY + timedelta(hours=i), mean=50.0) for i in range(24)]
    buckets = [SimpleNamespace(power=power) for power in (None, 61.0, 48.0)]
    monkeypatch.setattr(Energy, "expected", lambda *_, **__: SimpleNamespace(hours=hours))
    monkeypatch.setattr(Energy, "curve", lambda *_, **__: SimpleNamespace(buckets=buckets))
    draft = house.device_drafts.draft(CAMPUS, wish)
    problem = parse_devices(json.dumps(draft.document).encode(), "d.json")
    tariff = house.energy.tariffs(CAMPUS).find(Medium.ELECTRICITY, MONDAY.date())
    assert tariff is not None
    assert tariff.demand is not None
    assert (problem.peak_price, problem.peak_paid_kw) == (float(tariff.demand), 61)
    assert problem.base_kw is not None
    assert problem.limit_kw is not None
    usual = draft.document["drafted"]["usual"]
    running = sum(d.power_kw for d in problem.devices if usual[d.name].startswith("0-"))
    assert running > 0
    assert problem.base_kw[0] == pytest.approx(50 - running, abs=0.01)
    assert problem.limit_kw == pytest.approx(problem.base_kw + 3)
    assert any("61 kW" in one.en and "30 days" in one.en for one in draft.assumptions)

"""Plans of devices drafted from the map: what they assume, and what is wrong with a wish."""

from __future__ import annotations

import json
from datetime import timedelta

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

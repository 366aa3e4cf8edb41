"""A bar of a plan of devices is dragged, and the rest is solved again before one waits."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.pace import within

from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.operations import SolveOrder
from yuanli.scheduling import DEVICES, check_devices, parse_devices
from yuanli.solver import Search, Stop, make_plan

SLOTS = 96
AT_ONCE_S = 0.5
"""What the console asks for when a bar is let go (DeviceBoard.vue)."""


def site(many: int) -> dict[str, Any]:
    """Zones of ten devices each, which serve what a day asks for."""
    rng = Random(7)
    zones = [
        {"name": f"z{z}", "demand": [round(rng.uniform(20, 40)) if 28 <= t < 76 else 5 for t in range(SLOTS)]}
        for z in range(many // 10)
    ]
    devices = [
        {
            "name": f"d{i}", "zone": f"z{i // 10}", "power_kw": round(rng.uniform(1, 9), 1), "start_cost": 0.2,
            "service": rng.randint(6, 12), "min_up": 2, "min_down": 2,
        }
        for i in range(many)
    ]  # fmt: skip
    price = [0.3 if t < 32 else 1.1 if t < 48 else 0.7 for t in range(SLOTS)]
    return {"slots": SLOTS, "price": price, "zones": zones, "devices": devices}


@pytest.mark.parametrize(("many", "rounds"), [(100, 40), (1000, 10)])
def test_a_dragged_bar_is_solved_again_in_a_second(
    operator: TestClient, house: House, many: int, rounds: int
) -> None:
    data = json.dumps(site(many)).encode()
    problem = parse_devices(data, "site.json")
    stop = Stop(time_s=None, rounds=rounds)
    plan = make_plan(DEVICES, problem, Search(stop))
    order = SolveOrder(kind="devices", name="site", file_name="site.json", problem=data, stop=stop)
    job = house.solving.keep(CampusId("small"), order, plan, "operator")
    rows = [dict(row) for row in plan.assignments]
    first = next(row for row in rows if row["on"])
    first["on"] = "20-79"
    path = f"/v1/campuses/small/plans/{job.id}/replan"
    asked = {"assignments": rows, "locked": [first["device"]]}
    operator.post(
        path, json={**asked, "time_s": 0.05}
    )  # the first search of a process loads its compiled methods
    with within(1.0):
        reply = operator.post(path, json={**asked, "time_s": AT_ONCE_S})
    assert reply.status_code == 200, reply.text
    again = reply.json()
    assert next(row for row in again["assignments"] if row["device"] == first["device"])["on"] == "20-79"
    checked = check_devices(problem, DEVICES.read_rows(problem, again["assignments"]))
    assert checked.valid
    edited = check_devices(problem, DEVICES.read_rows(problem, rows))
    assert edited.valid
    assert checked.cost < edited.cost - 1, "others are switched off for what the dragged bar now serves"
    others = [
        (a, b) for a, b in zip(again["assignments"], rows, strict=True) if a["device"] != first["device"]
    ]
    assert any(a["on"] != b["on"] for a, b in others)

"""A floor with fans, and what tests of plans of devices do with it again and again."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.api.house import CAMPUS, MONDAY, Clock, small_campus
from tests.operations.commanding import Loopback
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import Campus, DataPoint, Device, DeviceId, FeatureId, PointId
from yuanli.operations import (
    PlanRun,
    SolveOrder,
    SolveState,
)
from yuanli.solver import Stop

HALL, ROOM = ("fcu-a", "fcu-b", "fcu-c"), ("fcu-d",)
BEGIN = MONDAY + timedelta(minutes=15)
STOP = Stop(time_s=5, gap=0.01)


class Killed(BaseException):
    """The process dies here."""


class Deadly(Loopback):
    """A gateway at which the process dies, before or after the device heard."""

    def __init__(self) -> None:
        super().__init__()
        self.dies: str | None = None

    def write(self, address: str, value: float | None) -> Any:
        if self.dies == "before":
            raise Killed
        answer = super().write(address, value)
        if self.dies == "after":
            raise Killed
        return answer


def campus_with_fans() -> Campus:
    campus = small_campus()
    features = dict(campus.features)
    for name in (*HALL, *ROOM):
        space = FeatureId("room0-0" if name in HALL else "room1-0")
        features[FeatureId(name)] = Device(
            id=DeviceId(FeatureId(name)), brick_class="Fan_Coil_Unit", name={"zh": f"风机{name}", "en": name},
            space_id=space, extra={"rated_power_kw": 2.0} if name == "fcu-a" else {},
        )  # fmt: skip
        point = PointId(FeatureId(f"{name}-sw"))
        features[point] = DataPoint(
            id=point,
            brick_class="On_Off_Command",
            device_id=DeviceId(FeatureId(name)),
            space_id=space,
            low=0,
            high=1,
        )
    return replace(campus, features=features)


def document(devices: dict[str, dict[str, Any]] = {}, *, demand: list[float] | None = None) -> dict[str, Any]:  # noqa: B006
    """A problem by hand: the hall needs two of its three, the first is the cheapest."""
    slots = 8
    return {
        "slots": slots, "begins_at": BEGIN.isoformat(), "price": [1.0] * slots,
        "zones": [{"name": "hall", "demand": demand or [0.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.0]}],
        "devices": [
            {"name": name, "device_id": name, "zone": "hall", "service": 1.0, "power_kw": 1.0 + i}
            | devices.get(name, {})
            for i, name in enumerate(HALL)
        ],
        "drafted": {"usual": dict.fromkeys(HALL, "1-6"), "power": dict.fromkeys(HALL, "map")},
    }  # fmt: skip


def solved(house: House, problem: dict[str, Any]) -> str:
    data = json.dumps(problem).encode()
    order = SolveOrder(kind="devices", name="冷", file_name="d.json", problem=data, stop=STOP)
    job = house.solving.start(CAMPUS, order, "operator")
    wait_for(house, job.id)
    return job.id


def wait_for(house: House, job_id: str) -> None:
    deadline = time.monotonic() + 300  # the first search compiles
    while house.solving.get(CAMPUS, job_id).summary.state in (SolveState.WAITING, SolveState.RUNNING):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def approved(house: House, job_id: str, **more: Any) -> PlanRun:
    preview = house.plan_runs.preview(CAMPUS, job_id, who="operator")
    return house.plan_runs.approve(CAMPUS, job_id, who="operator", fingerprint=preview.fingerprint, **more)


def at(clock: Clock, slot: int, seconds: float = 1.0) -> None:
    clock.now = BEGIN + timedelta(minutes=15 * slot, seconds=seconds)


def planned_anew(house: House, clock: Clock) -> PlanRun:
    """Have a plan run, and the rest of it planned anew, looked at once that is solved."""
    run = approved(house, solved(house, document()))
    at(clock, 0)
    house.plan_runs.look()
    run = house.plan_runs.replan(CAMPUS, run.id)
    assert run.next_job is not None
    wait_for(house, run.next_job)
    house.plan_runs.look()
    return now_of(house, run)


def now_of(house: House, run: PlanRun) -> PlanRun:
    return house.plan_runs.get(CAMPUS, run.id)


def member(run: PlanRun, name: str) -> Any:
    return next(device for device in run.devices if device.device_id == name)


def echo(house: House, bus: Loopback, when: datetime) -> None:
    """Let the points tell what they were told."""
    tell(house, when, {address: float(value or 0) for address, value in bus.values.items()})

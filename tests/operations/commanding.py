"""A floor with devices, a gateway that obeys in memory, and a log in memory: for tests of commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import shapely
from tests.api.house import CAMPUS, small_campus

from yuanli.campus import Campus, CampusId, DataPoint, Device, DeviceId, FeatureId, PointId
from yuanli.errors import Text, UnavailableError
from yuanli.operations import (
    Answer,
    CommandId,
    CommandWrite,
    DeviceLock,
    FieldValue,
    FoundPoint,
    NoAnswerError,
    Proposal,
    WriteState,
    done_already,
    never_shown,
)
from yuanli.telemetry import Quality

DEVICES: tuple[tuple[str, str, str, tuple[tuple[str, str, str | None, float | None, float | None], ...]], ...] = (
    ("lamp-0", "Luminaire", "room0-0", (
        ("sw", "On_Off_Command", None, 0, 1),
        ("dim", "Luminance_Command", "%", 0, 100),
    )),
    ("lamp-1", "Luminaire", "room1-0", (("sw", "On_Off_Command", None, 0, 1),)),
    ("fcu-0", "Fan_Coil_Unit", "room0-0", (
        ("sw", "On_Off_Command", None, 0, 1),
        ("set", "Zone_Air_Temperature_Setpoint", "°C", 16, 30),
        ("temp", "Zone_Air_Temperature_Sensor", "°C", 10, 35),
    )),
    ("heat-0", "Heating_Coil", "room1-0", (("sw", "On_Off_Command", None, 0, 1),)),
    ("cool-0", "Cooling_Coil", "room1-0", (("sw", "On_Off_Command", None, 0, 1),)),
    ("chiller", "Chiller", "corridor-0", (("sw", "On_Off_Command", None, 0, 1),)),
    ("pump", "Fire_Pump", "corridor-0", (("sw", "On_Off_Command", None, 0, 1),)),
    ("ahu", "Air_Handling_Unit", "corridor-1", (("fan", "Fan_Speed_Command", "%", 0, 100),)),
)  # fmt: skip


def fitted_campus() -> Campus:
    """Return the small campus with lamps, air conditioning, a chiller and a fire pump."""
    campus = small_campus()
    features = dict(campus.features)
    for name, brick, space, points in DEVICES:
        device_id = DeviceId(FeatureId(name))
        features[device_id] = Device(
            id=device_id, brick_class=brick, name={"zh": f"设备{name}", "en": name}, space_id=FeatureId(space),
            geometry=shapely.Point(120.0, 30.0),
        )  # fmt: skip
        for point, kind, unit, low, high in points:
            point_id = PointId(FeatureId(f"{name}-{point}"))
            features[point_id] = DataPoint(
                id=point_id, brick_class=kind, device_id=device_id, space_id=FeatureId(space),
                unit=unit, low=low, high=high, name={"zh": f"{name} {point} 点", "en": f"{name} {point}"},
            )  # fmt: skip
    return replace(campus, features=features)


class Loopback:
    """A gateway whose devices do as they are told, unless they are `refusing`, `silent` or `gone`."""

    def __init__(self) -> None:
        self.values: dict[str, float | None] = {}
        self.sent: list[tuple[str, float | None]] = []
        self.refusing: set[str] = set()
        self.silent: set[str] = set()
        self.gone = False

    def write(self, address: str, value: float | None) -> Answer:
        if self.gone:
            raise UnavailableError(Text("网关失联", "the gateway is gone"))
        self.sent.append((address, value))
        if address in self.silent:
            raise NoAnswerError(Text("没有回音", "no answer came"))
        if address in self.refusing:
            return Answer(acknowledged=False, message=Text("设备拒绝", "the device says no"))
        self.values[address] = value
        return Answer(acknowledged=True)

    def read(self, address: str) -> FieldValue:
        value = self.values.get(address)
        return FieldValue(value=value, quality=Quality.GOOD if value is not None else Quality.MISSING)

    def discover(self) -> tuple[FoundPoint, ...]:
        return tuple(FoundPoint(address=name, name=name, writable=True) for name in sorted(self.values))


class MemoryCommandStore:
    """Fills `CommandStore` for tests of what stands on it."""

    def __init__(self) -> None:
        self.proposals: dict[CommandId, Proposal] = {}
        self.writes: dict[tuple[CommandId, int], CommandWrite] = {}
        self.locked: dict[tuple[CampusId, DeviceId], DeviceLock] = {}

    def add_proposal(self, proposal: Proposal) -> None:
        self.proposals[proposal.id] = proposal

    def find_proposal(self, command_id: CommandId) -> Proposal | None:
        return self.proposals.get(command_id)

    def remove_proposals_before(self, at: datetime) -> int:
        old = [one.id for one in self.proposals.values() if one.at < at and not one.begun]
        for command_id in old:
            del self.proposals[command_id]
        return len(old)

    def begin(self, command_id: CommandId, writes: Sequence[CommandWrite]) -> None:
        proposal = self.proposals.get(command_id)
        if proposal is None:
            raise never_shown()
        if proposal.begun:
            raise done_already()
        self.proposals[command_id] = replace(proposal, begun=True)
        self.writes |= {(command_id, write.position): write for write in writes}

    def finish(
        self,
        command_id: CommandId,
        position: int,
        state: WriteState,
        *,
        at: datetime,
        message: Text | None = None,
    ) -> None:
        write = self.writes[command_id, position]
        self.writes[command_id, position] = replace(write, state=state, answered_at=at, message=message)

    def list_writes(
        self,
        campus_id: CampusId,
        *,
        device_id: DeviceId | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 100,
    ) -> tuple[CommandWrite, ...]:
        rows = [
            w
            for w in self.writes.values()
            if w.campus_id == campus_id
            and device_id in (None, w.device_id)
            and (start is None or w.at >= start)
            and (end is None or w.at < end)
        ]
        rows.sort(key=lambda w: w.position, reverse=True)
        rows.sort(key=lambda w: w.command_id)
        return tuple(sorted(rows, key=lambda w: w.at, reverse=True)[:limit])

    def put_lock(self, lock: DeviceLock) -> None:
        self.locked[lock.campus_id, lock.device_id] = lock

    def remove_lock(self, campus_id: CampusId, device_id: DeviceId) -> bool:
        return self.locked.pop((campus_id, device_id), None) is not None

    def list_locks(self, campus_id: CampusId) -> tuple[DeviceLock, ...]:
        return tuple(lock for (own, _), lock in sorted(self.locked.items()) if own == campus_id)


__all__ = ["CAMPUS", "Loopback", "MemoryCommandStore", "fitted_campus"]

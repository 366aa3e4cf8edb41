"""What people and devices did meanwhile: switched by hand, locked, in fault, out of reach; and who comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from yuanli.campus import DeviceId, PointId
from yuanli.errors import Text
from yuanli.operations.command_checks import DONE
from yuanli.operations.command_log import CommandWrite, DeviceLock
from yuanli.operations.device_plans.runs import (
    OWN_COMMANDS,
    LeaveReason,
    PlanRun,
    RunDevice,
    RunStep,
    StepState,
)
from yuanli.operations.device_plans.stepping import leave, with_devices
from yuanli.operations.telemetry import PointValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known when a run is looked at: writes since the last look, newest readings, locks, devices in fault."""

    now: datetime
    writes: Sequence[CommandWrite]
    latest: Mapping[PointId, PointValue]
    locks: Mapping[DeviceId, DeviceLock]
    faulty: frozenset[DeviceId]
    settle: timedelta
    late: timedelta


def notice(run: PlanRun, seen: Seen) -> PlanRun:
    """Take devices out of the plan that are no longer its own, and let those come back whose time is over."""
    last: dict[DeviceId, RunStep] = {}
    for step in run.steps:
        if step.state is StepState.DONE:
            last[step.device_id] = step
    for device in run.devices:
        run = (
            _returned(run, device, seen)
            if device.left is not None
            else _left(run, device, last.get(device.device_id), seen)
        )
    return run


def _left(run: PlanRun, device: RunDevice, step: RunStep | None, seen: Seen) -> PlanRun:
    now = seen.now
    since = device.until or run.at
    by_hand = next(
        (
            w for w in seen.writes
            if w.point_id == device.point_id and w.at >= since and w.state in DONE
            and not w.command_id.startswith(OWN_COMMANDS)
        ),
        None,
    )  # fmt: skip
    lock = seen.locks.get(device.device_id)
    if lock is not None and lock.holds(now):
        why = Text(f"{lock.who} 锁定了设备。", f"{lock.who} locked it.")
        return leave(run, device, LeaveReason.LOCKED, why, now, until=lock.until, held=_is_on(device, seen))
    if by_hand is not None:
        until = None if run.resume_after_s is None else now + timedelta(seconds=run.resume_after_s)
        did = Text("开机", "on") if (by_hand.new or 0) > 0 else Text("关机", "off")
        if by_hand.new is None:
            did = Text("交还自控", "back to its own control")
        why = Text(f"{by_hand.who} 手动操作：{did.zh}。", f"{by_hand.who} turned it {did.en}.")
        held = None if by_hand.new is None else by_hand.new > 0
        return leave(run, device, LeaveReason.OVERRIDE, why, now, until=until, held=held)
    if device.device_id in seen.faulty:
        why = Text("设备报故障。", "It is in fault.")
        return leave(run, device, LeaveReason.FAULT, why, now, held=False, owed=True)
    told = seen.latest.get(device.told_by)
    if _disobeys(step, told, seen.settle):
        until = None if run.resume_after_s is None else now + timedelta(seconds=run.resume_after_s)
        why = Text("在现场被切换，或未按指令运行。", "It was switched on the spot, or does not follow.")
        return leave(run, device, LeaveReason.LOCAL, why, now, until=until, held=_is_on(device, seen))
    return _unreached(run, device, seen)


def _disobeys(step: RunStep | None, told: PointValue | None, settle: timedelta) -> bool:
    """Return whether a reading well after the last step tells another state."""
    if step is None or step.sent_at is None or told is None or told.value is None:
        return False
    return told.at > step.sent_at + settle and (told.value > 0) != step.on


def _unreached(run: PlanRun, device: RunDevice, seen: Seen) -> PlanRun:
    """Let a device go whose step could not be sent in time for want of its gateway."""
    for step in run.steps:
        late = seen.now - step.due_at > seen.late
        if step.device_id == device.device_id and step.state is StepState.DUE and step.unreached and late:
            why = step.message or Text("网关不可达。", "Its gateway can't be reached.")
            return leave(
                run, device, LeaveReason.GATEWAY, why, seen.now, held=_is_on(device, seen), owed=True
            )
    return run


def _is_on(device: RunDevice, seen: Seen) -> bool | None:
    told = seen.latest.get(device.told_by)
    return None if told is None or told.value is None else told.value > 0


def _returned(run: PlanRun, device: RunDevice, seen: Seen) -> PlanRun:
    lock = seen.locks.get(device.device_id)
    locked = lock is not None and lock.holds(seen.now)
    if device.until is None or seen.now < device.until or locked or device.left is LeaveReason.FAULT:
        return run
    back = replace(device, left=None, since=None, until=seen.now, held=None, message=None, owed=False)
    said = Text(f"{device.name}：回到方案。", f"{device.name}: it is back in the plan.")
    slot = run.slot_at(seen.now)
    run = with_devices(run, [back])
    own = [s for s in run.steps if s.device_id == device.device_id and s.slot <= slot]
    if own:
        again = replace(own[-1], state=StepState.DUE, due_at=seen.now, command_id=None, tries=0, message=None)
        run = replace(run, steps=tuple(again if s is own[-1] else s for s in run.steps))
    return replace(run, asked=(*run.asked, said))

"""From a plan that was solved and checked to the steps that would be carried out, and what stands against it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from yuanli.campus import Campus, CampusId, Device, FeatureId
from yuanli.errors import Text
from yuanli.operations.command_checks import CommandRule
from yuanli.operations.command_log import CommandRequest
from yuanli.operations.command_rules import CommandAction
from yuanli.operations.commands import CommandPreview, Commands
from yuanli.operations.device_plans.equipment import Equipment, equipment_of
from yuanli.operations.device_plans.policies import PlanFigures
from yuanli.operations.device_plans.runs import PlanNotApprovedError, PlanRun, RunDevice, slots_on, steps_of
from yuanli.operations.solving import SolveJob, SolveState, Solving
from yuanli.scheduling import DEVICES, DevicesProblem, parse_devices
from yuanli.solver import Plan

FOR_GOOD = (CommandRule.PROTECTED, CommandRule.READ_ONLY, CommandRule.NO_GATEWAY)
"""What stands against a command now and will then."""
MOST_SHOWN = 20
MOST_NAMED = 5
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchCount:
    """How many devices are turned on and off at a time."""

    at: datetime
    on: int
    off: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPreview:
    """What would be carried out; `fingerprint` approves exactly that, and where `against` is not empty nothing can be.

    Parameters
    ----------
    cost, usual_cost
        Of the energy and starts from now on, by the plan and as the devices usually run (None: not known).
    replaces
        Plans that end where this one begins, as they command some of its devices.
    changes
        Which devices are on or off at other times than by those.
    """

    job_id: str
    name: str
    begins_at: datetime | None
    ends_at: datetime | None
    devices: int
    steps: int
    switches: tuple[SwitchCount, ...]
    cost: float | None
    usual_cost: float | None
    against: tuple[Text, ...]
    warnings: tuple[Text, ...]
    replaces: tuple[str, ...]
    changes: tuple[Text, ...]
    fingerprint: str


def solved_plan(solving: Solving, campus_id: CampusId, job_id: str) -> tuple[SolveJob, DevicesProblem, Plan]:
    """Return a plan of devices that the checker confirms, with its problem.

    Raises
    ------
    SolveNotFoundError, PlanNotApprovedError
        There is no such problem; it is of another kind, has no plan, or its plan does not pass.
    """
    job = solving.get(campus_id, job_id)
    if job.summary.kind != DEVICES.name:
        raise _refused(Text("只有设备排程可以执行。", "Only plans of devices are carried out."))
    if (
        job.plan is None
        or not job.plan.assignments
        or job.summary.state not in (SolveState.DONE, SolveState.CANCELLED)
    ):
        raise _refused(Text("还没有可行方案。", "There is no plan yet."))
    order = solving.problem(campus_id, job_id)
    problem: DevicesProblem = parse_devices(order.problem, order.file_name)
    checked = DEVICES.check(problem, DEVICES.read_rows(problem, job.plan.assignments))
    if not checked.valid:
        raise _refused(checked.broken[0].message)
    if problem.begins_at is None or not any(device.device_id for device in problem.devices):
        raise _refused(
            Text(
                "问题没有写明开始时间或设备编号，无法执行。",
                "The problem tells no begin or no ids of devices.",
            ),
            Text(
                "从园区生成问题，或填写 begins_at 与 device_id。",
                "Draft it from the park, or give begins_at and device_id.",
            ),
        )
    if serving := [one.name for one in problem.storages if one.zone is not None]:
        raise _refused(
            Text(
                f"“{serving[0]}”供冷供热，不能用开关执行，房间会缺冷缺热。",
                f"{serving[0]} serves a room, and is not carried out by switching: the room would lack it.",
            )
        )
    return job, problem, job.plan


def _refused(why: Text, hint: Text | None = None) -> PlanNotApprovedError:
    return PlanNotApprovedError(why, field="plan", hint=hint or Text("另求一个方案。", "Find another plan."))


def unsteered(problem: DevicesProblem) -> tuple[Text, ...]:
    """Say what a plan reckons with that somebody else has to carry out: batteries, and cars without a charger here."""
    found = [
        Text(
            f"“{one.name}”由它自己的控制器充放电：本系统不下发，偏离计划会影响费用。",
            f"{one.name} has its own controller: nothing is sent to it, and costs differ where it does otherwise.",
        )
        for one in problem.storages
    ]
    cars = [one.name for one in problem.devices if one.task is not None and one.device_id is None]
    if cars:
        names, more = "、".join(cars[:MOST_NAMED]), len(cars) > MOST_NAMED
        found.append(
            Text(
                f"{len(cars)} 辆车没有指定充电桩，请按计划人工充电：{names}{' 等' if more else ''}。",
                f"{len(cars)} cars have no charger here and are charged by hand: {', '.join(cars[:MOST_NAMED])}"
                f"{' and others' if more else ''}.",
            )
        )
    return tuple(found)


def run_of(
    job: SolveJob,
    problem: DevicesProblem,
    plan: Plan,
    campus: Campus,
    commands: Commands,
    *,
    run_id: str,
    who: str,
    now: datetime,
) -> PlanRun:
    """Return the run that a plan would be from now on.

    Raises
    ------
    PlanNotApprovedError
        It is over, or names devices that the map does not have or that can't be switched.
    """
    assert problem.begins_at is not None
    slot = timedelta(hours=problem.slot_h)
    begins = problem.begins_at.astimezone(now.tzinfo)
    ends = begins + slot * problem.slots
    if now >= ends:
        raise _refused(
            Text("方案的时段已过。", "The time of the plan is over."),
            Text("重新生成问题。", "Draft it anew."),
        )
    items = _items(campus, commands, problem)
    rows = {str(row["device"]): str(row["on"]) for row in plan.assignments}
    drafted: dict[str, Any] = dict(problem.drafted or {})
    usual, power = drafted.get("usual") or {}, drafted.get("power") or {}
    devices = tuple(
        RunDevice(
            device_id=items[one.device_id].device.id, name=one.name, point_id=items[one.device_id].switch.id,
            told_by=items[one.device_id].told_by.id, power_kw=one.power_kw, on=rows[one.name],
            usual=usual.get(one.name), power_source=str(power.get(one.name, "")),
        )
        for one in problem.devices if one.device_id is not None
    )  # fmt: skip
    steps = [
        step
        for device in devices
        for step in steps_of(
            device.device_id, slots_on(device.on, problem.slots), begins_at=begins, slot=slot, now=now
        )
    ]
    return PlanRun(
        id=run_id, campus_id=campus.id, job_id=job.summary.id, name=job.summary.name, at=now, approved_by=who,
        begins_at=begins, ends_at=ends, slot_s=slot.total_seconds(), slots=problem.slots, devices=devices,
        steps=tuple(sorted(steps, key=lambda step: (step.due_at, step.device_id))),
    )  # fmt: skip


def _items(campus: Campus, commands: Commands, problem: DevicesProblem) -> dict[str | None, Equipment]:
    wanted = [FeatureId(one.device_id) for one in problem.devices if one.device_id is not None]
    devices = [found for key in wanted if isinstance(found := campus.find(key), Device)]
    items: dict[str | None, Equipment] = {
        str(item.device.id): item for item in equipment_of(campus, devices, commands.rules)
    }
    if missing := [key for key in wanted if str(key) not in items]:
        raise _refused(
            Text(
                f"设备 {missing[0]} 不在地图上，或不能开关。",
                f"The device {missing[0]} is not on the map, or has no switch.",
            ),
            Text("重新生成问题。", "Draft the problem anew."),
        )
    if len(items) < len(wanted):
        raise _refused(Text("有设备出现两次。", "A device is named twice."))
    return items


def switches_of(run: PlanRun) -> tuple[SwitchCount, ...]:
    """Return how many devices are switched when, earliest first."""
    on = Counter(step.due_at for step in run.steps if step.on)
    off = Counter(step.due_at for step in run.steps if not step.on)
    return tuple(SwitchCount(at=at, on=on[at], off=off[at]) for at in sorted({*on, *off}))


def obstacles_of(
    run: PlanRun, commands: Commands, who: str, *, reached: bool = True
) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """Return what stands against commanding the devices for good, and what just now, by the path of commands.

    `reached` asks for a gateway of each too, which only the process knows in which they run.
    """
    against: list[Text] = []
    unreached: list[str] = []
    called = {device.device_id: device.name for device in run.devices}
    warnings: list[Text] = []
    for at in range(0, len(run.devices), CHUNK):
        ids = tuple(device.device_id for device in run.devices[at : at + CHUNK])
        preview: CommandPreview = commands.preview(
            run.campus_id, CommandRequest(action=CommandAction.OFF, device_ids=ids), who=who
        )
        for write in preview.left_out:
            for obstacle in write.obstacles:
                if obstacle.rule is CommandRule.NO_GATEWAY and write.device_id in called:
                    unreached.append(called[write.device_id])
                    continue
                (against if obstacle.rule in FOR_GOOD else warnings).append(obstacle.message)
    if unreached and reached:
        against.insert(0, _unreached(list(dict.fromkeys(unreached))))
    return tuple(dict.fromkeys(against))[:MOST_SHOWN], tuple(dict.fromkeys(warnings))[:MOST_SHOWN]


def _unreached(names: Sequence[str]) -> Text:
    first, n = names[:MOST_NAMED], len(names)
    zh, en = "、".join(first), ", ".join(first)
    return Text(
        f"没有网关能写 {n} 台设备：{zh}{' 等' if n > len(first) else ''}。请接通网关后再批准。",
        f"No gateway that runs here reaches {n} of the devices: {en}{' and others' if n > len(first) else ''}. "
        "Connect theirs before you approve.",
    )


def fingerprint_of(run: PlanRun) -> str:
    """Return what tells one set of steps from another, whenever it is looked at within a slot."""
    rows = sorted((device.device_id, device.on) for device in run.devices)
    return hashlib.sha256(repr((run.job_id, run.begins_at, rows)).encode()).hexdigest()[:16]


def figures_of(problem: DevicesProblem, plan: Plan, run: PlanRun, *, now: datetime) -> PlanFigures:
    """Return the cost of energy and starts from now on, of plan and usual running, and the least share served."""
    cost, usual_cost = plan_costs(problem, plan, first=max(0, run.slot_at(now)))
    share = float((problem.drafted or {}).get("service", 1.0))
    return PlanFigures(cost=cost, usual_cost=usual_cost, service=share)


def plan_costs(problem: DevicesProblem, plan: Plan, *, first: int = 0) -> tuple[float, float | None]:
    """Return the cost of energy and starts from a slot on, of plan and usual running; None where that is not known."""
    usual: Mapping[str, str] = (problem.drafted or {}).get("usual") or {}
    cost, usual_cost = 0.0, 0.0
    price = problem.price + (0.0 if problem.carbon_price is None else problem.carbon_price)
    for device in problem.devices:
        if device.device_id is None and device.name not in usual:
            continue
        rates = device.power_kw * problem.slot_h * price
        for spans, is_usual in (
            (_row(plan, device.name), False),
            (usual.get(device.name), True),
        ):
            on = slots_on(spans or "", problem.slots)
            starts = np.flatnonzero(on & ~np.concatenate([[device.on], on[:-1]]))
            money = float((rates * on)[first:].sum()) + device.start_cost * int((starts >= first).sum())
            cost, usual_cost = (cost, usual_cost + money) if is_usual else (cost + money, usual_cost)
    known = all(usual.get(one.name) is not None for one in problem.devices if one.device_id is not None)
    return round(cost, 4), round(usual_cost, 4) if known else None


def _row(plan: Plan, name: str) -> str:
    return next(str(row["on"]) for row in plan.assignments if row["device"] == name)


def overlapping(run: PlanRun, others: Sequence[PlanRun]) -> tuple[PlanRun, ...]:
    """Return the other plans that would command some of the same devices at the same time."""
    own = {device.device_id for device in run.devices}
    return tuple(
        other
        for other in others
        if other.id != run.id
        and other.outcome is None
        and other.begins_at < run.ends_at
        and run.begins_at < other.ends_at
        and any(device.device_id in own for device in other.devices)
    )


def taken_back(run: PlanRun, replaces: Sequence[PlanRun]) -> tuple[Text, ...]:
    """Say which devices left the plans that this one replaces, and would be commanded again."""
    own = {device.device_id for device in run.devices}
    back = [d for old in replaces for d in old.devices if d.left is not None and d.device_id in own]
    return tuple(
        Text(
            f"{device.name} 将重新受方案控制；它退出的原因：{device.message.zh if device.message else '–'}",
            f"{device.name} is commanded by the plan again; it was out of it: "
            f"{device.message.en if device.message else '–'}",
        )
        for device in back[:MOST_SHOWN]
    )


def not_by_policy(run: PlanRun, replaces: Sequence[PlanRun]) -> tuple[Text, ...]:
    """Say which devices a policy can't take back, as they left the plan that runs."""
    return tuple(
        Text(
            f"只有人能批准收回退出的设备：{one.zh}", f"Only a person takes back a device that left: {one.en}"
        )
        for one in taken_back(run, replaces)
    )


def running_already(run: PlanRun, replaces: Sequence[PlanRun]) -> tuple[Text, ...]:
    """Say that a plan is carried out already; nothing where approving it again takes devices back that left it."""
    same = next((old for old in replaces if old.job_id == run.job_id), None)
    if same is None or taken_back(run, replaces):
        return ()
    return (
        Text(
            f"该方案正在执行（由 {same.approved_by} 批准），无需再次批准。",
            f"This plan is carried out already (approved by {same.approved_by}): it needs no second approval.",
        ),
    )

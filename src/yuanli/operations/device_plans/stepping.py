"""The steps of a plan through the one way of commands: kept before they are sent, late ones not sent blindly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from yuanli.campus import Campus, DeviceId
from yuanli.errors import NotFoundError, Text, YuanliError
from yuanli.operations.command_checks import CommandRule
from yuanli.operations.command_log import (
    CommandDoneError,
    CommandId,
    CommandRequest,
    CommandWrite,
    WriteState,
)
from yuanli.operations.command_rules import CommandAction
from yuanli.operations.commands import Commands
from yuanli.operations.device_plans.approving import CHUNK
from yuanli.operations.device_plans.runs import (
    OWN_COMMANDS,
    LeaveReason,
    PlanRun,
    RunDevice,
    RunOutcome,
    RunState,
    RunStep,
    StepState,
)

MOST_TRIES = 2
"""So often a step is sent that a device refused, or that nobody answered: on and off may be said twice."""
LATE = Text(
    "到时未能执行，已错过；设备保持原状到下一步。",
    "It was not done in time: the device stays as it is until its next step.",
)
OVERTAKEN = Text("已被更晚的一步取代。", "A later step took its place.")


def with_steps(run: PlanRun, changed: Sequence[RunStep]) -> PlanRun:
    """Return a run with steps in the place of those of the same device and slot."""
    new = {(step.device_id, step.slot): step for step in changed}
    return replace(run, steps=tuple(new.get((step.device_id, step.slot), step) for step in run.steps))


def with_devices(run: PlanRun, changed: Sequence[RunDevice]) -> PlanRun:
    """Return a run with devices in the place of those of the same id."""
    new = {device.device_id: device for device in changed}
    return replace(run, devices=tuple(new.get(device.device_id, device) for device in run.devices))


def leave(
    run: PlanRun, device: RunDevice, reason: LeaveReason, why: Text, now: datetime, *,
    until: datetime | None = None, held: bool | None = None, owed: bool = False,
) -> PlanRun:  # fmt: skip
    """Take a device out of a plan; the rest has to be planned anew."""
    gone = replace(device, left=reason, since=now, until=until, held=held, message=why, owed=owed)
    return replace(with_devices(run, [gone]), asked=(*run.asked, told_left(gone)))


def told_left(device: RunDevice) -> Text:
    """Say which device left, and why."""
    why = device.message or Text("", "")
    return Text(f"{device.name}：{why.zh}", f"{device.name}: {why.en}")


def pick(run: PlanRun, now: datetime, late: timedelta) -> tuple[PlanRun, tuple[RunStep, ...]]:
    """Return the steps that are due, at most one a device, after those were marked that come too late."""
    inside = {device.device_id for device in run.devices if device.left is None}
    due = [step for step in run.steps if step.state is StepState.DUE and step.due_at <= now]
    newest: dict[DeviceId, RunStep] = {}
    changed: list[RunStep] = []
    for step in due:
        before = newest.get(step.device_id)
        if before is not None:
            older = min(before, step, key=lambda one: one.slot)
            changed.append(replace(older, state=StepState.MISSED, message=OVERTAKEN))
            step = max(before, step, key=lambda one: one.slot)
        newest[step.device_id] = step
    ready = []
    for step in newest.values():
        if step.device_id not in inside:
            changed.append(replace(step, state=StepState.SKIPPED))
        elif now - step.due_at > late:
            changed.append(replace(step, state=StepState.MISSED, message=step.message or LATE))
        else:
            ready.append(step)
    run = with_steps(run, changed)
    if any(step.state is StepState.MISSED and step.message is not OVERTAKEN for step in changed):
        run = replace(run, asked=(*run.asked, LATE))
    return run, tuple(ready)


def marked(run: PlanRun, steps: Sequence[RunStep], now: datetime, new_id: str) -> PlanRun:
    """Return the run with steps marked as being sent, by which command."""
    return with_steps(
        run,
        [
            replace(
                step, state=StepState.SENDING, sent_at=now, tries=step.tries + 1,
                command_id=f"{OWN_COMMANDS}{run.id}-{new_id}-{'on' if step.on else 'off'}-{number // CHUNK}",
            )
            for on in (False, True)
            for number, step in enumerate(one for one in steps if one.on is on)
        ],
    )  # fmt: skip


def send(run: PlanRun, commands: Commands, campus: Campus, who: str) -> PlanRun:
    """Send the steps that are marked; each command is in the log of commands before, and once."""
    sending = [step for step in run.steps if step.state is StepState.SENDING]
    for command_id in dict.fromkeys(step.command_id for step in sending):
        steps = [step for step in sending if step.command_id == command_id]
        here = tuple(step.device_id for step in steps if campus.find(step.device_id) is not None)
        action = CommandAction.ON if steps[0].on else CommandAction.OFF
        blocked: dict[DeviceId, tuple[CommandRule | None, Text]] = {}
        writes: tuple[CommandWrite, ...] = ()
        try:
            outcome = commands.execute(
                run.campus_id,
                CommandRequest(action=action, device_ids=here),
                who=who,
                key=CommandId(command_id or ""),
            )
        except CommandDoneError:
            writes = _logged(commands, run, str(command_id))
        except YuanliError as error:
            blocked = {step.device_id: (_rule(error), error.message) for step in steps}
        else:
            writes = outcome.writes
            blocked = {
                one.device_id: (one.obstacles[0].rule, one.obstacles[0].message)
                for one in outcome.left_out if one.device_id is not None
            }  # fmt: skip
        run = _answered(run, steps, writes, blocked)
    return run


def settle(run: PlanRun, commands: Commands) -> PlanRun:
    """Say of steps that were being sent when the process died what became of them, by the log of commands.

    What is not in the log was never sent and is due again; what was not answered may be said once more.
    """
    sending = [step for step in run.steps if step.state is StepState.SENDING]
    for command_id in dict.fromkeys(step.command_id for step in sending):
        steps = [step for step in sending if step.command_id == command_id]
        run = _answered(run, steps, _logged(commands, run, str(command_id)), {})
    return run


def _logged(commands: Commands, run: PlanRun, command_id: str) -> tuple[CommandWrite, ...]:
    start = min(
        (step.sent_at for step in run.steps if step.command_id == command_id and step.sent_at), default=run.at
    )
    return tuple(
        write for write in commands.log(run.campus_id, start=start - timedelta(minutes=1), limit=1_000)
        if write.command_id == command_id
    )  # fmt: skip


def _rule(error: YuanliError) -> CommandRule | None:
    try:
        return CommandRule(error.field or "")
    except ValueError:
        return None


def _answered(
    run: PlanRun, steps: Sequence[RunStep], writes: Sequence[CommandWrite],
    blocked: dict[DeviceId, tuple[CommandRule | None, Text]],
) -> PlanRun:  # fmt: skip
    by_device = {write.device_id: write for write in writes}
    changed, gone = [], []
    devices = {device.device_id: device for device in run.devices}
    for step in steps:
        write = by_device.get(step.device_id)
        if write is None:
            rule, why = blocked.get(step.device_id, (None, None))
            gone_ = rule is CommandRule.NO_GATEWAY
            again = replace(
                step, state=StepState.DUE, command_id=None, tries=step.tries - 1, message=why, unreached=gone_
            )
            changed.append(again)
        elif write.state is WriteState.ACKNOWLEDGED:
            changed.append(replace(step, state=StepState.DONE, sent_at=write.at, message=None))
        elif write.state is WriteState.FAILED:
            again = replace(
                step,
                state=StepState.DUE,
                command_id=None,
                tries=step.tries - 1,
                message=write.message,
                unreached=True,
            )
            changed.append(again)
        elif step.tries < MOST_TRIES:
            changed.append(replace(step, state=StepState.DUE, message=write.message))
        else:
            why = write.message or Text("设备没有回应", "it does not answer")
            changed.append(replace(step, state=StepState.FAILED, message=why))
            gone.append((devices[step.device_id], why))
    run = with_steps(run, changed)
    for device, why in gone:
        now = max(step.sent_at for step in steps if step.sent_at is not None)
        run = leave(run, device, LeaveReason.FAULT, why, now, owed=True)
    return run


def ended(run: PlanRun, outcome: RunOutcome, now: datetime, said: Text | None, *, give: bool) -> PlanRun:
    """End a plan: what is due is not sent any more, and its devices are owed to their own control."""
    steps = tuple(replace(s, state=StepState.SKIPPED) if s.state is StepState.DUE else s for s in run.steps)
    devices = tuple(replace(d, owed=d.owed or (give and d.left is None)) for d in run.devices)
    return replace(
        run, state=RunState.ENDING, outcome=outcome, ends_at=min(now, run.ends_at), steps=steps, devices=devices,
        message=said, asked=(), next_job=None,
    )  # fmt: skip


def give_back(run: PlanRun, commands: Commands, campus: Campus, who: str, new_id: str) -> PlanRun:
    """Give devices back to their own control that are owed; what can't be sent stays owed."""
    owed = [d for d in run.devices if d.owed and (d.left is not None or run.state is not RunState.RUNNING)]
    gone = [replace(device, owed=False) for device in owed if campus.find(device.device_id) is None]
    here = [device for device in owed if campus.find(device.device_id) is not None]
    done: list[RunDevice] = list(gone)
    for at in range(0, len(here), CHUNK):
        part = here[at : at + CHUNK]
        ids = tuple(device.device_id for device in part)
        key = CommandId(f"{OWN_COMMANDS}{run.id}-{new_id}-back-{at // CHUNK}")
        try:
            request = CommandRequest(action=CommandAction.RELEASE, device_ids=ids)
            outcome = commands.execute(run.campus_id, request, who=who, key=key)
        except NotFoundError:
            continue
        except YuanliError as error:
            done += [
                replace(d, owed=_rule(error) is not CommandRule.LOCKED, message=d.message or error.message)
                for d in part
            ]
            continue
        settled = {w.device_id for w in outcome.writes if w.state is not WriteState.FAILED}
        settled |= {one.device_id for one in outcome.left_out if one.obstacles[0].rule is CommandRule.LOCKED}
        done += [replace(device, owed=False) for device in part if device.device_id in settled]
    return with_devices(run, done)

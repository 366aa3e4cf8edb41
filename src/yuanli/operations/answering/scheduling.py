"""Devices told to do something at a time or again and again: shown, confirmed, kept until then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from yuanli.errors import InvalidInputError, Text
from yuanli.language import Understanding, ground_recurrence, ground_when
from yuanli.operations.acts import Act
from yuanli.operations.answering.asked import where_of
from yuanli.operations.answering.commanding import DeviceAct, place_of, require_operator
from yuanli.operations.answering.device_planning import MARK, PlanDevicesAct
from yuanli.operations.answering.vocabulary import order_in
from yuanli.operations.command_log import CommandRequest
from yuanli.operations.command_rules import CommandAction
from yuanli.operations.commands import CommandPreview, Commands
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.standing import StandingOrders, following_time

PREPOSITION = re.compile(r"(?i)\b(?:on|at|in|by|from)\s*·")


class UnclearScheduleError(InvalidInputError):
    """Words do not tell when a device shall do something, or what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When something is done first, how often then (an RFC 5545 RRULE), and how that is said."""

    first: datetime
    rule: str | None
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command at its time."""

    timing: Timing
    command: CommandRequest
    preview: CommandPreview


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAct:
    """Keeps commands for their time."""

    device: DeviceAct

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what will be done and when, or why it can't be."""
        require_operator(asker)
        steps, _ = self._steps(request, asker, now)
        said = [
            Text(
                f"{step.timing.text.zh}：{step.preview.text.zh}",
                f"{step.timing.text.en}: {step.preview.text.en}",
            )
            for step in steps
        ]
        return Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Keep the commands until their time."""
        require_operator(asker)
        steps, guide = self._steps(request, asker, now)
        heard = request.understanding()
        place = place_of(guide, where_of(guide, heard, asker).id)
        for number, step in enumerate(steps):
            self.device.standing.add_timed(
                asker.campus_id, step.command, place, key=f"{key}/{number}" if number else key, who=asker.user, now=now,
                next_at=step.timing.first, rule=step.timing.rule,
            )  # fmt: skip
        first = min(step.timing.first for step in steps)
        text = Text(
            f"记下了，首次执行：{first.month}月{first.day}日 {first:%H:%M}。可在“设备”页取消。",
            f"Noted; first on {first:%-d %b at %H:%M}. It can be cancelled on the page of devices.",
        )
        return Reply(text=text, understanding=heard)

    def _steps(self, request: Request, asker: Asker, now: datetime) -> tuple[tuple[Step, ...], Guide]:
        heard = request.understanding()
        guide = self.device.guidance.guide(asker.campus_id)
        begin, end = _timings(heard, now, ZoneInfo(guide.campus.time_zone))
        acts = self._actions(heard)
        if end is not None and acts[0] is not CommandAction.OFF:
            acts = (acts[0], CommandAction.OFF)
        elif len(acts) > 1 and end is None:
            acts = acts[:1]
        found = []
        for action, timing in zip(acts, (begin, end), strict=False):
            if timing is None:
                break
            command, _ = replace(self.device, action=action).command(request, asker)
            preview = self.device.commands.preview(asker.campus_id, command, who=asker.user)
            if not preview.writes and not preview.left_out:
                raise UnclearScheduleError(preview.text, field="device")
            found.append(Step(timing=timing, command=command, preview=preview))
        return tuple(found), guide

    def _actions(self, heard: Understanding) -> tuple[CommandAction, ...]:
        """Return what shall be done, in the order in which it is told."""
        if heard.find("scene") is not None:
            return (CommandAction.SCENE,)
        text = _without_slots(heard)
        switched = order_in(text, "switching")
        if heard.find("value") is not None and not switched:
            return (CommandAction.SET,)
        if not switched:
            raise UnclearScheduleError(
                Text(
                    "请说要打开、关闭，还是调到多少。",
                    "Say whether to turn it on or off, or what to set it to.",
                ),
                field="value",
                hint=Text("例如：每天 22:00 关闭。", "Such as: off every day at 22:00."),
            )
        return tuple(CommandAction.ON if name == "on" else CommandAction.OFF for name in switched)


def _timings(heard: Understanding, now: datetime, zone: ZoneInfo) -> tuple[Timing, Timing | None]:
    """Return when it is done, and when it ends where a span was said."""
    local = now.astimezone(zone)
    often = heard.values("frequency")
    if often:
        said = " ".join((*often, *heard.values("time")))
        found = ground_recurrence(said, language=heard.language)
        if "BYHOUR" not in found.rule:
            raise UnclearScheduleError(
                Text(f"“{said}”是几点？", f"At what time {said!r}?"),
                field="time",
                hint=Text("例如：每天 22:00。", "Such as: every day at 22:00."),
            )
        first = following_time(found.rule, local)
        assert first is not None
        return Timing(first=first, rule=found.rule, text=found.text), None
    span = ground_when(
        heard.values("date"), heard.values("time"), heard.values("duration"),
        language=heard.language, now=now, zone=zone,
    )  # fmt: skip
    start = span.end if span.open_start else span.start
    if start <= local:
        raise UnclearScheduleError(
            Text(f"{_said(start).zh}已经过了。", f"{_said(start).en} is over."),
            field="time",
            hint=Text("请说之后的时间。", "Name a later time."),
        )
    ends = span.end if span.end > start and not span.open_end and span.grain == "minute" else None
    return Timing(first=start, rule=None, text=_said(start)), (
        None if ends is None else Timing(first=ends, rule=None, text=_said(ends))
    )


def _said(at: datetime) -> Text:
    return Text(f"{at.month}月{at.day}日 {at:%H:%M}", f"{at:%-d %b at %H:%M}")


def _without_slots(heard: Understanding) -> str:
    """Return the words around the values: `on` before a day is no switch."""
    text = heard.text
    for slot in sorted(heard.slots, key=lambda slot: -slot.start):
        text = f"{text[: slot.start]}·{text[slot.end :]}"
    return PREPOSITION.sub("·", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOrPlanAct:
    """Keeps commands for their time, or plans devices at least cost where that was asked."""

    timed: ScheduleAct
    planned: PlanDevicesAct

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what would be done at which time, or planned."""
        return self._of(request).propose(request, asker=asker, now=now)

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Keep the commands, or plan."""
        return self._of(request).execute(request, key=key, asker=asker, now=now)

    def _of(self, request: Request) -> Act:
        return self.planned if request.of((MARK,)) else self.timed


def device_acts(
    commands: Commands, guidance: Guidance, standing: StandingOrders, planned: PlanDevicesAct
) -> Mapping[str, Act]:
    """Return what the assistant does to devices, by intent."""
    actions = {
        "device_on": CommandAction.ON, "device_off": CommandAction.OFF, "device_set": CommandAction.SET,
        "device_scene": CommandAction.SCENE,
    }  # fmt: skip
    at_once = {
        intent: DeviceAct(action=action, commands=commands, guidance=guidance, standing=standing)
        for intent, action in actions.items()
    }
    timed = ScheduleAct(device=at_once["device_on"])
    return {**at_once, "device_schedule": ScheduleOrPlanAct(timed=timed, planned=planned)}

"""Commands in words: one line of what a command does, and what to think of before it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from yuanli.campus import name_in
from yuanli.errors import Text
from yuanli.operations.command_checks import CommandParams, PlannedWrite
from yuanli.operations.command_log import CommandRequest
from yuanli.operations.command_rules import CommandAction, CommandRules

NAMED_DEVICES = 3


def free_of(planned: Sequence[PlannedWrite]) -> tuple[PlannedWrite, ...]:
    """Return the writes that nothing stands against."""
    return tuple(one for one in planned if not one.obstacles)


def say_command(request: CommandRequest, planned: Sequence[PlannedWrite], rules: CommandRules) -> Text:
    """Say a command in one line."""
    free, verb = free_of(planned), _verb(request, planned, rules)
    devices = {one.device_id or one.point_id: one for one in planned}
    names = [
        Text(
            name_in(one.device_name or one.point_name, "zh") or str(key),
            name_in(one.device_name or one.point_name, "en") or str(key),
        )
        for key, one in list(devices.items())[:NAMED_DEVICES]
    ]
    more = len(devices) > NAMED_DEVICES
    zh = "、".join(name.zh for name in names) + (f" 等 {len(devices)} 台设备" if more else "")
    en = ", ".join(name.en for name in names) + (f" and {len(devices) - NAMED_DEVICES} more" if more else "")
    left = len(planned) - len(free)
    return Text(
        f"{verb.zh}：{zh}；写 {len(free)} 个点位{f'，{left} 个不写' if left else ''}。",
        f"{verb.en}: {en}; {_points(len(free))} written{f', {left} left out' if left else ''}.",
    )


def _points(count: int) -> str:
    return f"{count} point{'' if count == 1 else 's'}"


def _verb(request: CommandRequest, planned: Sequence[PlannedWrite], rules: CommandRules) -> Text:
    if request.action is CommandAction.ON:
        return Text("打开", "Turn on")
    if request.action is CommandAction.OFF:
        return Text("关闭", "Turn off")
    if request.action is CommandAction.RELEASE:
        return Text("交还设备自控", "Give back to its own control")
    if request.action is CommandAction.SCENE:
        scene = rules.scene(request.scene or "").text
        return Text(f"场景“{scene.zh}”", f"Scene “{scene.en}”")
    unit = request.unit or planned[0].unit or ""
    what = (
        rules.attribute(request.attribute).text
        if request.attribute is not None
        else Text(
            name_in(planned[0].point_name, "zh") or planned[0].point_id,
            name_in(planned[0].point_name, "en") or planned[0].point_id,
        )
    )
    value = request.value or 0.0
    if request.relative:
        up = value >= 0
        return Text(
            f"{what.zh}{'调高' if up else '调低'} {abs(value):g} {unit}".rstrip(),
            f"{'Raise' if up else 'Lower'} {what.en} by {abs(value):g} {unit}".rstrip(),
        )
    return Text(f"{what.zh}设为 {value:g} {unit}".rstrip(), f"Set {what.en} to {value:g} {unit}".rstrip())


def warnings_of(planned: Sequence[PlannedWrite], now: datetime, params: CommandParams) -> tuple[Text, ...]:
    """Return what to think of before a command is confirmed."""
    free = free_of(planned)
    warnings = []
    same = sum(not one.changes for one in free)
    if same and same == len(free):
        warnings.append(
            Text("不会有任何改变：都已是这个值。", "Nothing would change: all is at this value already.")
        )
    elif same:
        warnings.append(Text(f"{same} 个点位已是这个值。", f"{_points(same)} already at this value."))
    blind = sum(one.old is None for one in free)
    if blind:
        warnings.append(
            Text(f"{blind} 个点位现在的值未知。", f"The value now is not known of {_points(blind)}.")
        )
    stale = timedelta(seconds=params.stale_s)
    old = sum(one.old_at is not None and now - one.old_at > stale for one in free)
    if old:
        warnings.append(
            Text(
                f"{old} 个点位的现值是 {params.stale_s / 3600:g} 小时以前的。",
                f"The value now of {_points(old)} is more than {params.stale_s / 3600:g} h old.",
            )
        )
    left = len(planned) - len(free)
    if left and free:
        warnings.append(Text(f"{left} 个点位不会写，原因见列表。", f"{_points(left)} not written; see why."))
    return tuple(warnings)

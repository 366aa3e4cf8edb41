"""What stands against a write: rights of points, ranges, locks, run times, rates, and what excludes each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from yuanli.campus import (
    Campus,
    DataPoint,
    Device,
    DeviceId,
    FeatureId,
    LanguageMap,
    PointId,
    describe,
    name_in,
)
from yuanli.errors import Text
from yuanli.operations.command_log import CommandWrite, DeviceLock, LockKind, WriteState
from yuanli.operations.command_rules import CommandRules, Exclusion, Patterns, fits
from yuanli.operations.command_targets import Aim, bounds_of, device_of, takes_whole_numbers
from yuanli.operations.device_gateways import PointRoute

COMMANDS: Patterns = ("*Command",)
DONE = (WriteState.ACKNOWLEDGED, WriteState.PENDING, WriteState.UNKNOWN)
"""Writes that a device has carried out, or may have."""


class CommandRule(StrEnum):
    """The rules that a write can break."""

    READ_ONLY = "read_only"
    PROTECTED = "protected"
    LOCKED = "locked"
    NO_VALUE = "no_value"
    RANGE = "range"
    RUN_TIME = "run_time"
    RATE = "rate"
    EXCLUSIVE = "exclusive"
    NO_GATEWAY = "no_gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a point is not written, and what to do about it."""

    rule: CommandRule
    message: Text
    hint: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWrite:
    """A point that a command means: what it is now, as far as anybody knows, and what it would be.

    It is written where it has no obstacle. Values are in `unit`; those of a switch (`on_off`) are 0, off, and 1, on.
    """

    point_id: PointId
    point_name: LanguageMap
    device_id: DeviceId | None
    device_name: LanguageMap
    space_id: FeatureId | None
    unit: str | None
    old: float | None
    old_at: datetime | None
    new: float | None
    on_off: bool = False
    gateway: str | None = None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the new value is another one, as far as anybody knows."""
        return self.old is None or self.old != self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandParams:
    """How many writes a device takes in a while, how long a preview holds, and how many points one command may mean."""

    writes_per_device: int = 10
    window_s: float = 60.0
    preview_s: float = 300.0
    most_writes: int = 1_000
    stale_s: float = 3_600.0
    answer_s: float = 600.0

    def __post_init__(self) -> None:
        if min(self.writes_per_device, self.window_s, self.preview_s, self.most_writes, self.answer_s) <= 0:
            raise ValueError("limits of commands are positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known when a command is checked.

    Parameters
    ----------
    values
        Of points: the newest value and when it was measured.
    history
        Writes of the last while, newest first.
    routes
        How the points of the command are reached; those that nobody reaches are missing.
    """

    now: datetime
    values: Mapping[PointId, tuple[float, datetime]]
    history: Sequence[CommandWrite]
    locks: Mapping[DeviceId, DeviceLock]
    routes: Mapping[PointId, PointRoute]


def plan_writes(
    campus: Campus,
    aims: Sequence[Aim],
    situation: Situation,
    rules: CommandRules,
    params: CommandParams = CommandParams(),
) -> tuple[PlannedWrite, ...]:
    """Return what a command would write, each with what stands against it."""
    wanted = {aim.point.id: _new_value(aim, situation) for aim in aims}
    counted: dict[FeatureId, int] = {}
    planned = []
    for aim in aims:
        old, old_at = _old_value(aim.point.id, situation)
        new = wanted[aim.point.id]
        obstacles = list(_obstacles(aim, old, new, situation, rules))
        obstacles += _against_each_other(campus, aim, new, wanted, situation, rules)
        if not obstacles:
            obstacles += _rate(aim, counted, situation, params)
        route = situation.routes.get(aim.point.id)
        device = aim.device
        planned.append(
            PlannedWrite(
                point_id=aim.point.id, point_name=aim.point.name, unit=aim.point.unit,
                device_id=None if device is None else device.id, device_name={} if device is None else device.name,
                space_id=aim.point.space_id or (None if device is None else device.space_id),
                old=old, old_at=old_at, new=new, on_off=is_switch(aim.point),
                gateway=None if route is None else route.gateway, obstacles=tuple(obstacles),
            )
        )  # fmt: skip
    return tuple(planned)


def is_switch(point: DataPoint) -> bool:
    """Say whether a point takes 0, off, and 1, on."""
    return takes_whole_numbers(point) and bounds_of(point) == (0, 1)


def _old_value(point_id: PointId, situation: Situation) -> tuple[float | None, datetime | None]:
    """Return the newest of what was measured and what was told and acknowledged."""
    measured = situation.values.get(point_id)
    told = next(
        (w for w in situation.history if w.point_id == point_id and w.state is WriteState.ACKNOWLEDGED), None
    )
    if told is not None and told.new is not None and (measured is None or measured[1] <= told.at):
        return told.new, told.at
    return (None, None) if measured is None else measured


def _new_value(aim: Aim, situation: Situation) -> float | None:
    if not aim.relative or aim.value is None:
        return aim.value
    old, _ = _old_value(aim.point.id, situation)
    return None if old is None else round(old + aim.value, 9)


def _obstacles(
    aim: Aim, old: float | None, new: float | None, situation: Situation, rules: CommandRules
) -> Iterator[Obstacle]:
    point, device = aim.point, aim.device
    if not fits(point.brick_class, rules.writable):
        yield Obstacle(
            rule=CommandRule.READ_ONLY,
            message=Text(
                f"{_named(point.name, point.id, 'zh')}的类别 {point.brick_class} 只能读，不能写。",
                f"{_named(point.name, point.id, 'en')} is a {point.brick_class}, which is only read.",
            ),
            hint=Text("只有指令和设定值类的点位可以写。", "Only points of Command and Setpoint classes are written."),
        )  # fmt: skip
    shielded = device is not None and fits(device.brick_class, rules.protected_devices)
    if shielded or fits(point.brick_class, rules.protected_points):
        yield Obstacle(
            rule=CommandRule.PROTECTED,
            message=Text(
                "这关系到人身安全或供电，不能由平台控制。",
                "Safety of life or supply hangs on it: it is never commanded from here.",
            ),
            hint=Text("请在现场按规程操作。", "Operate it on the spot, by its procedure."),
        )
    lock = None if device is None else situation.locks.get(device.id)
    if lock is not None and lock.holds(situation.now):
        yield _locked(lock)
    if aim.value is None:
        pass  # given back: its own control knows its range and its times
    elif new is None:
        yield Obstacle(
            rule=CommandRule.NO_VALUE,
            message=Text("不知道现在的值，无法在它上面增减。", "Its value now is not known."),
            hint=Text("请给出目标值。", "Say what to set it to."),
        )  # fmt: skip
    else:
        yield from _range(point, new)
        yield from _run_time(aim, old, new, situation, rules)
    if point.id not in situation.routes:
        yield Obstacle(
            rule=CommandRule.NO_GATEWAY,
            message=Text(
                f"没有网关能写点位 {point.id}。", f"No gateway that runs here reaches the point {point.id}."
            ),
            hint=Text(
                "在 yuanli.toml 的 [[gateways]] 中加入它的网关，或在点位上写明 gateway 和 address。",
                "Add its gateway to [[gateways]] in yuanli.toml, or name gateway and address of the point.",
            ),
        )


def _locked(lock: DeviceLock) -> Obstacle:
    zh = "检修" if lock.kind is LockKind.MAINTENANCE else "手动"
    en = "under maintenance" if lock.kind is LockKind.MAINTENANCE else "under manual control"
    why = f"：{lock.reason}" if lock.reason else ""
    return Obstacle(
        rule=CommandRule.LOCKED,
        message=Text(
            f"设备已由 {lock.who} 锁定（{zh}{why}）。",
            f"{lock.who} locked the device: {en}{f' ({lock.reason})' if lock.reason else ''}.",
        ),
        hint=Text("解锁后再操作。", "Take the lock off first."),
    )


def _range(point: DataPoint, new: float) -> Iterator[Obstacle]:
    low, high = bounds_of(point)
    unit = f" {point.unit}" if point.unit else ""
    if (low is not None and new < low) or (high is not None and new > high):
        span = f"{'…' if low is None else f'{low:g}'}–{'…' if high is None else f'{high:g}'}{unit}"
        yield Obstacle(
            rule=CommandRule.RANGE,
            message=Text(f"{new:g}{unit} 超出 {span}。", f"{new:g}{unit} is outside {span}."),
            hint=Text(f"请在 {span} 之内。", f"Stay within {span}."),
        )
    elif takes_whole_numbers(point) and new != int(new):
        yield Obstacle(
            rule=CommandRule.RANGE,
            message=Text(f"{new:g} 不是整数；这个点位是状态。", f"{new:g} is no whole number; the point has states."),
            hint=Text("请给整数，例如 0 或 1。", "Give a whole number, such as 0 or 1."),
        )  # fmt: skip


def _run_time(
    aim: Aim, old: float | None, new: float, situation: Situation, rules: CommandRules
) -> Iterator[Obstacle]:
    """Hold a device to run for its time once it is on, and to rest once it is off."""
    run = None if aim.device is None else rules.run_time(aim.device.brick_class)
    if run is None or not fits(aim.point.brick_class, COMMANDS):
        return
    on = new > 0
    if old is not None and (old > 0) == on:
        return
    least_s = run.off_s if on else run.on_s
    switched = next(
        (
            w.at
            for w in situation.history
            if w.point_id == aim.point.id
            and w.state in DONE
            and w.new is not None
            and (w.new > 0) != on
            and (w.old is None or (w.old > 0) != (w.new > 0))
        ),
        None,
    )
    if switched is None:
        return
    left = timedelta(seconds=least_s) - (situation.now - switched)
    if left > timedelta(0):
        seconds = round(left.total_seconds())
        yield Obstacle(
            rule=CommandRule.RUN_TIME,
            message=Text(
                f"设备{'停机' if on else '开机'}后至少要保持 {least_s:g} 秒。",
                f"Once it is {'off' if on else 'on'}, the device stays so for {least_s:g} s at least.",
            ),
            hint=Text(f"请 {seconds} 秒后再试。", f"Try again in {seconds} s."),
        )


def _rate(
    aim: Aim, counted: dict[FeatureId, int], situation: Situation, params: CommandParams
) -> Iterator[Obstacle]:
    own: FeatureId = aim.point.id if aim.device is None else aim.device.id
    start = situation.now - timedelta(seconds=params.window_s)
    before = sum((w.device_id or w.point_id) == own and w.at > start for w in situation.history)
    counted[own] = counted.get(own, 0) + 1
    if before + counted[own] > params.writes_per_device:
        yield Obstacle(
            rule=CommandRule.RATE,
            message=Text(
                f"一台设备 {params.window_s:g} 秒内最多写 {params.writes_per_device} 次。",
                f"A device takes {params.writes_per_device} writes in {params.window_s:g} s at most.",
            ),
            hint=Text(f"请 {params.window_s:g} 秒后再试。", f"Try again in {params.window_s:g} s."),
        )


def _against_each_other(
    campus: Campus,
    aim: Aim,
    new: float | None,
    wanted: Mapping[PointId, float | None],
    situation: Situation,
    rules: CommandRules,
) -> Iterator[Obstacle]:
    """Find what runs in the zone of a point that is turned on, and may not run with it."""
    if new is None or new <= 0 or not fits(aim.point.brick_class, COMMANDS):
        return
    for exclusion in rules.exclusive:
        for own, other in ((exclusion.one, exclusion.other), (exclusion.other, exclusion.one)):
            if not _is_of(aim.point, aim.device, own) or _is_of(aim.point, aim.device, other):
                continue
            zones = zones_of(aim.point, aim.device)
            for rival, device in _rivals(campus, other, own, zones):
                runs = wanted.get(rival.id, _old_value(rival.id, situation)[0])
                if runs is not None and runs > 0:
                    yield _excluded(campus, exclusion, rival, device)


def _rivals(
    campus: Campus, classes: Patterns, but: Patterns, zones: frozenset[FeatureId]
) -> Iterator[tuple[DataPoint, Device | None]]:
    for point in campus.of(DataPoint):
        if not fits(point.brick_class, COMMANDS):
            continue
        device = device_of(campus, point)
        if (
            zones & zones_of(point, device)
            and _is_of(point, device, classes)
            and not _is_of(point, device, but)
        ):
            yield point, device


def zones_of(point: DataPoint, device: Device | None) -> frozenset[FeatureId]:
    """Return the places that a point acts on: where it is, where its device stands, and what that feeds."""
    own = {point.space_id, *((device.space_id, *device.feeds) if device is not None else ())}
    return frozenset(place for place in own if place is not None)


def _is_of(point: DataPoint, device: Device | None, classes: Patterns) -> bool:
    return fits(point.brick_class, classes) or (device is not None and fits(device.brick_class, classes))


def _excluded(campus: Campus, exclusion: Exclusion, rival: DataPoint, device: Device | None) -> Obstacle:
    name = describe(campus, rival.id if device is None else device.id)
    return Obstacle(
        rule=CommandRule.EXCLUSIVE,
        message=Text(
            f"{exclusion.text.zh}不能在同一区域同时运行，{name.zh}正在运行。",
            f"In one zone {exclusion.text.en} never run at once, and {name.en} runs.",
        ),
        hint=Text(f"先关闭{name.zh}。", f"Turn {name.en} off first."),
    )


def _named(name: LanguageMap, point_id: PointId, language: str) -> str:
    return name_in(name, language) or point_id

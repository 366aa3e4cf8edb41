"""Why there is no way, and what would open one: each kind of bar is lifted by itself, and the way tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InfeasibleError, Text
from yuanli.routing.measure import BARRED_WEIGHT, Bar, Weights, weigh
from yuanli.routing.plans import Plan

Attempt = Callable[[Weights], Sequence[int] | None]
"""Finds a path for weights and returns its arcs, or None."""


class NoRouteError(InfeasibleError):
    """Both ends are known, but no allowed way joins them."""


@dataclass(frozen=True, slots=True)
class _Group:
    ignore: int
    flags: tuple[str, ...]
    reason: Text
    remedy: Text


def _group(ignore: int, flags: tuple[str, ...], reason: tuple[str, str], remedy: tuple[str, str]) -> _Group:
    return _Group(ignore, flags, Text(*reason), Text(*remedy))


GROUPS = (
    _group(
        0,
        ("avoided",),
        ("要求避开的地方挡住了路", "what was to be avoided is in the way"),
        ("不再避开{names}", "stop avoiding {names}"),
    ),
    _group(0, ("closed",), ("有关闭的地方", "something is closed"), ("重新开放{names}", "re-open {names}")),
    _group(
        0,
        ("shut",),
        ("到达时不在开放时间", "something is not open at that time"),
        ("等{names}开放，或换个出发时间", "wait until {names} opens, or choose another time"),
    ),
    _group(
        Bar.RESTRICTED,
        (),
        ("途经限制进入的区域", "the way leads through a restricted area"),
        ("取得进入{names}的权限", "get permission to enter {names}"),
    ),
    _group(
        Bar.STAIRS,
        (),
        ("只能走楼梯或台阶", "there are only stairs"),
        ("能走{names}的楼梯，或加装电梯、坡道", "use the stairs at {names}, or add a lift or ramp"),
    ),
    _group(
        Bar.ESCALATOR | Bar.MOVING_WALKWAY,
        (),
        ("只能乘自动扶梯", "there are only escalators"),
        ("使用{names}的自动扶梯", "use the escalator at {names}"),
    ),
    _group(
        Bar.ELEVATOR,
        (),
        ("只能乘电梯", "there are only lifts"),
        ("使用{names}的电梯", "use the lift at {names}"),
    ),
    _group(
        Bar.SLOPE,
        (),
        ("坡度过大", "the way is too steep"),
        ("通过{names}的陡坡", "pass the slope at {names}"),
    ),
    _group(Bar.WIDTH, (), ("通道或门太窄", "a way or door is too narrow"), ("加宽{names}", "widen {names}")),
    _group(
        Bar.WHEELCHAIR,
        (),
        ("有标明轮椅不能通行的地方", "part of the way is marked as not for wheelchairs"),
        ("消除{names}的障碍", "remove the barrier at {names}"),
    ),
    _group(
        Bar.FOOT,
        (),
        ("有不许步行的路", "part of the way is not for walking"),
        ("允许通行{names}", "allow passage of {names}"),
    ),
    _group(
        Bar.AGAINST,
        (),
        ("有门只能单向通行", "a door is passed one way only"),
        ("允许反向通过{names}", "allow passing {names} the other way"),
    ),
)
EVERYTHING = int(sum(bar.value for bar in Bar))


def explain_no_way(
    plan: Plan,
    attempt: Attempt,
    *,
    name_arcs: Callable[[NDArray[np.int64]], Text],
    origin: Text,
    destination: Text,
) -> NoRouteError:
    """Return the error that says why, naming what is in the way on the path that would open."""
    reasons: list[Text] = []
    remedies: list[Text] = []
    for group in GROUPS:
        arcs = attempt(_relaxed(plan, group.ignore, group.flags)) if _bars_any(plan, group) else None
        if arcs is not None:
            names = name_arcs(_lifted(plan, arcs))
            reasons.append(group.reason)
            remedies.append(
                Text(group.remedy.zh.format(names=names.zh), group.remedy.en.format(names=names.en))
            )
    if not reasons:
        reason, hint = _nothing_alone(plan, attempt, name_arcs)
    else:
        reason = Text("；".join(r.zh for r in reasons), "; ".join(r.en for r in reasons))
        hint = Text(
            f"可以：{'；或'.join(r.zh for r in remedies)}。",
            f"You could {'; or '.join(r.en for r in remedies)}.",
        )
    return NoRouteError(
        Text(
            f"从{origin.zh}到{destination.zh}没有可走的路：{reason.zh}。",
            f"There is no way from {origin.en} to {destination.en}: {reason.en}.",
        ),
        hint=hint,
    )


def _nothing_alone(
    plan: Plan, attempt: Attempt, name_arcs: Callable[[NDArray[np.int64]], Text]
) -> tuple[Text, Text]:
    arcs = attempt(_relaxed(plan, EVERYTHING, ("avoided", "closed", "shut")))
    if arcs is None:
        return (
            Text("地图上两处不相连", "on the map they are not joined"),
            Text(
                "运行 yuanli campus check 查看缺少的门或通道。",
                "Run yuanli campus check to see which door or way is missing.",
            ),
        )
    names = name_arcs(_lifted(plan, arcs))
    return (
        Text("有多处障碍", "several things are in the way"),
        Text(f"需要同时解除：{names.zh}。", f"All of these would have to open: {names.en}."),
    )


def _bars_any(plan: Plan, group: _Group) -> bool:
    if group.ignore:
        return bool(np.any(plan.measure.barred & np.uint16(group.ignore)))
    return any(bool(np.any(getattr(plan, flag))) for flag in group.flags)


def _relaxed(plan: Plan, ignore: int, flags: tuple[str, ...]) -> Weights:
    weights = weigh(plan.measure, factor=plan.factor, ignore=ignore)
    for flag in ("avoided", "closed", "shut"):
        if flag not in flags:
            weights[getattr(plan, flag)] = BARRED_WEIGHT
    return weights


def _lifted(plan: Plan, arcs: Sequence[int]) -> NDArray[np.int64]:
    """Return the arcs of a path that the plan bars."""
    path = np.array(arcs, dtype=np.int64)
    return path[plan.weights[path] >= BARRED_WEIGHT]

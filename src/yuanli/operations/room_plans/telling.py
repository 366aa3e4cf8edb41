"""What a draft of rooms aims at, rests on, and leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yuanli.errors import Text
from yuanli.operations.reservations import Reservation
from yuanli.operations.room_plans.events import RoomEvent
from yuanli.operations.room_plans.organisers import Organisers
from yuanli.operations.room_plans.tables import HOUR_COST
from yuanli.operations.room_plans.wishes import RoomPlanWish

MOST_NAMED = 5


def tell_aims(wish: RoomPlanWish, walks: object) -> tuple[Text, ...]:
    """Say what is made least, and what counts how much."""
    change = f"{wish.change_cost:g}"
    aims = [
        Text("房间不大于所需：每空一个座位计 1 分。", "Rooms no larger than needed: 1 point for each empty seat."),
        Text(f"少变动：换房间计 {change} 分。", f"Few changes: {change} points for another room.")
        if not wish.hours else
        Text(f"少变动：换房间或换时间各计 {change} 分。",
             f"Few changes: {change} points for another room or time each."),
    ]  # fmt: skip
    if wish.hours:
        aims.append(
            Text(f"接近原定时间：每差 1 小时计 {HOUR_COST:g} 分。",
                 f"Near the wished time: {HOUR_COST:g} points for each hour from it.")
        )  # fmt: skip
    if walks is not None:
        aims.append(
            Text(f"少走路：同一预订人间隔不超过 {wish.near_min:g} 分钟的两个活动之间，每步行 1 分钟计 1 分。",
                 "Little walking: 1 point for each minute that an organiser walks between two events at most "
                 f"{wish.near_min:g} minutes apart.")
        )  # fmt: skip
    return tuple(aims)


def tell_assumed(
    events: Sequence[RoomEvent], wish: RoomPlanWish, going: Organisers, now: datetime
) -> tuple[Text, ...]:
    """Say what a draft rests on, and what stays as it is."""
    zh = "时间不变，只换房间" if not wish.hours else f"时间可在当天前后 {wish.hours} 小时内调整"
    en = "times stay" if not wish.hours else f"times may move by {wish.hours} h on their day"
    told = [
        Text("这只是建议：预订不会因此改变。", "This is a proposal: no reservation is changed by it."),
        Text(f"人数为预订人数；{zh}；房间只换同类的{'，且设备不少于现在' if wish.keep_equipment else ''}。",
             f"As many come as was reserved for; {en}; another room is of the same kind"
             f"{', and has all that is in the present one' if wish.keep_equipment else ''}."),
    ]  # fmt: skip
    begun = sum(one.held.start <= now or one.held.came_at is not None for one in events)
    if begun:
        told.append(
            Text(f"{begun} 个已开始或已签到，照旧不动。", f"{begun} have begun or are checked in, and stay.")
        )
    if odd := sum(one.fixed for one in events) - begun:
        told.append(
            Text(f"{odd} 个照旧不动：房间那时不开放，或坐不下。",
                 f"{odd} stay although their room is closed then or holds too few.")
        )  # fmt: skip
    if going.busy:
        told.append(
            Text(f"{_named(going.busy, '、')} 同时有多个预订，视为代人预订，不计其行程。",
                 f"{_named(going.busy, ', ')} reserved several at once: taken to be for others, "
                 "whose walks don't count.")
        )  # fmt: skip
    if going.late:
        told.append(
            Text(f"{_named(going.late, '、')} 目前有两个活动之间来不及走到，方案尽量改善。",
                 f"{_named(going.late, ', ')} can't walk from one event to the next in time as it is; "
                 "that is mended if it can be.")
        )  # fmt: skip
    return tuple(told)


def tell_left_out(
    told: Sequence[Reservation], held: Sequence[Reservation], inside: Sequence[Reservation], now: datetime
) -> tuple[Text, ...]:
    """Say how many of the reservations of the span are no events, and why.

    Parameters
    ----------
    told, held, inside
        All of the span; those of chosen rooms that aren't over; those of them that are on one day.
    """
    past = sum(one.end <= now for one in told)
    elsewhere, over = len(told) - past - len(held), len(held) - len(inside)
    counted = (
        (past, Text(f"{past} 个预订已结束。", f"{past} reservations are over.")),
        (elsewhere, Text(f"{elsewhere} 个预订在其他房间。", f"{elsewhere} reservations are of other rooms.")),
        (over, Text(f"{over} 个预订跨夜，只占住房间。", f"{over} go over midnight, and hold their room.")),
    )
    return tuple(text for count, text in counted if count)


def _named(names: Sequence[str], between: str) -> str:
    more = len(names) - MOST_NAMED
    return between.join(names[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")

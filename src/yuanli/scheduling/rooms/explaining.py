"""What a plan of rooms reached, and what binds it."""

from __future__ import annotations

from collections import Counter
from math import isfinite

from yuanli.errors import Text, counted
from yuanli.scheduling.rooms.checking import check_rooms
from yuanli.scheduling.rooms.tables import RoomsPlan, RoomsProblem
from yuanli.solver import Result, Status

PARTS = {
    "size": ("人数超出房间容量", "people more than rooms hold"),
    "time": ("时间偏好", "times that are less liked"),
    "room": ("房间偏好", "rooms that are less liked"),
    "min_days": ("课程天数不足", "days that courses have too few"),
    "compactness": ("孤立节次", "lone periods"),
    "stability": ("课程换房间", "courses in several rooms"),
    "walking": ("连续活动之间的步行", "walks between consecutive events"),
    "rules": ("活动之间的规则", "rules between events"),
}


def explain_rooms(problem: RoomsProblem, result: Result[RoomsPlan]) -> tuple[Text, ...]:
    """Say what was reached, what it costs where, which rooms bind, and what one more seat would change."""
    plan = result.best
    if plan is None:
        return ()
    cost, n = f"{result.cost:g}", len(problem.events)
    if result.status is Status.OPTIMAL:
        said = [
            Text(
                f"{n} 个活动全部安排，费用 {cost}，已证明最优。",
                f"{_all(n)} placed at cost {cost}, proved least.",
            )
        ]
    elif isfinite(result.bound):
        said = [Text(f"{n} 个活动全部安排，费用 {cost}，下界 {result.bound:g}。",
                     f"{_all(n)} placed at cost {cost}; none costs less than {result.bound:g}.")]  # fmt: skip
    else:
        said = [Text(f"{n} 个活动全部安排，费用 {cost}。", f"{_all(n)} placed at cost {cost}.")]
    parts = [(name, value) for name, value in check_rooms(problem, plan).parts.items() if value > 0]
    if parts:
        zh = "、".join(f"{PARTS[name][0]} {value:g}" for name, value in parts)
        en = ", ".join(f"{PARTS[name][1]} {value:g}" for name, value in parts)
        said.append(Text(f"费用来自：{zh}。", f"It comes from {en}."))
    return (
        *said,
        *_changed(problem, plan),
        *_full(problem, plan),
        *_busiest(problem, plan),
        *_one_more_seat(problem, plan),
    )


def _all(events: int) -> str:
    return "The one event is" if events == 1 else f"All {events} events are"


def _changed(problem: RoomsProblem, plan: RoomsPlan) -> list[Text]:
    """Say how many events stay as they are now, and how many get another room or time."""
    known = [event for event in problem.events if event.current is not None and event.name in plan.placed]
    pairs = [(event.current, plan.placed[event.name]) for event in known]
    rooms = sum(now is not None and now.room != new.room for now, new in pairs)
    times = sum(now is not None and now.time != new.time for now, new in pairs)
    stay = sum(now == new for now, new in pairs)
    if not known:
        return []
    return [
        Text(f"{len(known)} 个活动中 {stay} 个照旧，{rooms} 个换房间，{times} 个换时间。",
             f"Of {counted(len(known), 'event')} {counted(stay, 'stays as it is', 'stay as they are')}, "
             f"{counted(rooms, 'gets', 'get')} another room, {times} another time.")
    ]  # fmt: skip


def _full(problem: RoomsProblem, plan: RoomsPlan) -> list[Text]:
    """Say when all rooms are taken."""
    taken = Counter(
        (week, day, period)
        for where in plan.placed.values() if where.room is not None
        for week in where.time.weeks for day in where.time.days
        for period in range(where.time.start, where.time.end)
    )  # fmt: skip
    closed = Counter(
        (week, day, period)
        for room in problem.rooms
        for cell in {
            (w, d, p) for t in room.closed for w in t.weeks for d in t.days for p in range(t.start, t.end)
        }
        for week, day, period in [cell]
    )
    full = sum(used + closed[cell] >= len(problem.rooms) for cell, used in taken.items())
    if not full:
        return []
    cells = problem.weeks * problem.days * problem.periods
    return [
        Text(f"{cells} 节中有 {full} 节所有房间都占满：房间数是约束。",
             f"In {full} of {cells} periods every room is taken: the number of rooms binds.")
    ]  # fmt: skip


def _busiest(problem: RoomsProblem, plan: RoomsPlan) -> list[Text]:
    """Say which room is used most, and how many of its events would fit nowhere else by size."""
    used: Counter[str] = Counter()
    for where in plan.placed.values():
        if where.room is not None:
            used[where.room] += (
                len(where.time.weeks) * len(where.time.days) * (where.time.end - where.time.start)
            )
    if not used or len(problem.rooms) < 2:
        return []
    room, periods = used.most_common(1)[0]
    others = max(one.capacity for one in problem.rooms if one.name != room)
    sizes = {event.name: event.size for event in problem.events}
    here = [sizes[name] for name, where in plan.placed.items() if where.room == room]
    only, share = (
        sum(size > others for size in here),
        periods / (problem.weeks * problem.days * problem.periods),
    )
    return [
        Text(
            f"最忙的房间是“{room}”：占用 {share:.0%} 的时段，{len(here)} 个活动中 {only} 个别处坐不下；"
            + ("再多一间这样大的房间才能分担。" if only else "其余房间都坐得下，再多一间同样的房间不是必需。"),
            f"{room!r} is used most, {share:.0%} of the time; "
            f"{only} of its {counted(len(here), 'event')} {'fits' if only == 1 else 'fit'} nowhere else"
            + (": only one more room as large could share them." if only else ": one more like it isn't needed."),
        )
    ]  # fmt: skip


def _one_more_seat(problem: RoomsProblem, plan: RoomsPlan) -> list[Text]:
    """Say where a seat more would save most."""
    if problem.capacity == "hard" or problem.weights.size == 0:
        return []
    holds = {room.name: room.capacity for room in problem.rooms}
    events = {event.name: event for event in problem.events}
    over = Counter(
        where.room for name, where in plan.placed.items()
        if where.room is not None and events[name].size > holds[where.room]
    )  # fmt: skip
    if not over:
        return []
    room, times = over.most_common(1)[0]
    saved = times * problem.weights.size
    return [
        Text(f"“{room}”每多一个座位，费用可减 {saved:g}（{times} 个活动坐不下）。",
             f"A seat more in {room!r} saves {saved:g}: "
             f"{counted(times, 'event there has', 'events there have')} too few.")
    ]  # fmt: skip

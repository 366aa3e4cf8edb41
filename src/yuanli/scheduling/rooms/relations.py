"""How much rules between events are broken by a plan, as ITC-2019 defines them (https://www.itc2019.org/format)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from yuanli.scheduling.rooms.tables import Placed, RoomsProblem, Rule, Time


def broken_amount(problem: RoomsProblem, rule: Rule, placed: Mapping[str, Placed]) -> float:
    """Return how often, or by how much, a rule is broken; events that are not placed break nothing."""
    there = [placed[name] for name in rule.events if name in placed]
    if rule.kind.startswith("max_"):
        return _group_amount(problem, rule, [where.time for where in there])
    row = {room.name: i for i, room in enumerate(problem.rooms)}
    return float(sum(not _holds(problem, row, rule, a, b) for a, b in combinations(there, 2)))


def _holds(problem: RoomsProblem, row: Mapping[str, int], rule: Rule, a: Placed, b: Placed) -> bool:
    one, two = a.time, b.time
    days, weeks = set(one.days) & set(two.days), set(one.weeks) & set(two.weeks)
    meet = bool(days and weeks)
    apart = one.end <= two.start or two.end <= one.start
    match rule.kind:
        case "same_start":
            return one.start == two.start
        case "same_time":
            return _within(one, two) or _within(two, one)
        case "different_time":
            return apart
        case "same_days":
            return set(one.days) <= set(two.days) or set(two.days) <= set(one.days)
        case "different_days":
            return not days
        case "same_weeks":
            return set(one.weeks) <= set(two.weeks) or set(two.weeks) <= set(one.weeks)
        case "different_weeks":
            return not weeks
        case "overlap":
            return meet and not apart
        case "not_overlap":
            return not meet or apart
        case "same_room":
            return a.room == b.room
        case "different_room":
            return a.room != b.room
        case "precedence":
            return (min(one.weeks), min(one.days), one.end) <= (min(two.weeks), min(two.days), two.start)
        case "work_day":
            return not meet or max(one.end, two.end) - min(one.start, two.start) <= rule.values[0]
        case "min_gap":
            return not meet or one.end + rule.values[0] <= two.start or two.end + rule.values[0] <= one.start
    if not meet:
        return True
    there = back = 0.0
    if problem.walking_s is not None and a.room is not None and b.room is not None:
        i, j = row[a.room], row[b.room]
        there, back = float(problem.walking_s[i, j]), float(problem.walking_s[j, i])
    period_s = problem.period_min * 60
    return bool(
        one.end * period_s + there <= two.start * period_s
        or two.end * period_s + back <= one.start * period_s
    )


def _within(inner: Time, outer: Time) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _group_amount(problem: RoomsProblem, rule: Rule, times: list[Time]) -> float:
    if rule.kind == "max_days":
        return max(0, len({day for time in times for day in time.days}) - rule.values[0])
    by_day: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for time in times:
        for week in time.weeks:
            for day in time.days:
                by_day[week, day].append((time.start, time.end))
    amount = 0
    for spans in by_day.values():
        if rule.kind == "max_day_load":
            amount += max(0, sum(end - start for start, end in spans) - rule.values[0])
            continue
        blocks = _blocks(sorted(spans), gap=rule.values[1])
        if rule.kind == "max_breaks":
            amount += max(0, len(blocks) - 1 - rule.values[0])
        else:
            amount += sum(n > 1 and end - start > rule.values[0] for start, end, n in blocks)
    return amount / problem.weeks


def _blocks(spans: list[tuple[int, int]], *, gap: int) -> list[tuple[int, int, int]]:
    """Return what is at most `gap` apart as blocks: start, end, and of how many."""
    blocks: list[tuple[int, int, int]] = []
    for start, end in spans:
        if blocks and start - blocks[-1][1] <= gap:
            first, last, n = blocks[-1]
            blocks[-1] = (first, max(last, end), n + 1)
        else:
            blocks.append((start, end, 1))
    return blocks

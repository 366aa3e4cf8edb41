"""What rules about several events together cost: their days, their load, breaks and blocks of a day."""

from __future__ import annotations

from typing import Any

from yuanli.scheduling.rooms.arrays import Ints, Tables
from yuanli.scheduling.rooms.compiling import jit


@jit
def amount(tables: Tables, time_of: Ints, spans: Ints, q: int) -> Any:
    """Return by how much a rule is broken, summed over the weeks (`GROUP_RULES`; ITC-2019).

    Parameters
    ----------
    spans
        Room for the times of a day, shape `(n, 2)` with as many rows as a rule has events; overwritten.
    """
    kind, most, gap = tables.joint_kind[q], tables.joint_values[q, 0], tables.joint_values[q, 1]
    days, weeks, first, last = 0, 0, tables.joint_ptr[q], tables.joint_ptr[q + 1]
    for k in range(first, last):
        t = time_of[tables.joint_at[k]]
        if t >= 0:
            days |= tables.day_mask[t]
            weeks |= tables.week_mask[t]
    if kind == 0:
        used = 0
        while days:
            used += 1
            days &= days - 1
        return max(0, used - most)
    found, w = 0, 0
    while weeks >> w:
        d = 0
        while (weeks >> w) & 1 and days >> d:
            n = 0
            for k in range(first, last):
                t = time_of[tables.joint_at[k]]
                if t < 0 or not (tables.day_mask[t] >> d) & (tables.week_mask[t] >> w) & 1:
                    continue
                i = n
                while i > 0 and spans[i - 1, 0] > tables.starts[t]:
                    spans[i, 0], spans[i, 1] = spans[i - 1, 0], spans[i - 1, 1]
                    i -= 1
                spans[i, 0], spans[i, 1] = tables.starts[t], tables.ends[t]
                n += 1
            found += _of_day(spans, n, kind, most, gap)
            d += 1
        w += 1
    return found


@jit
def _of_day(spans: Ints, n: int, kind: int, most: int, gap: int) -> int:
    """Return by how much a day breaks a rule: its load, its breaks, or blocks that are too long."""
    if kind == 1:
        load = 0
        for i in range(n):
            load += spans[i, 1] - spans[i, 0]
        return max(0, load - most)
    blocks, long, i = 0, 0, 0
    while i < n:
        begin, end, many = spans[i, 0], spans[i, 1], 1
        i += 1
        while i < n and spans[i, 0] - end <= gap:
            end = max(end, spans[i, 1])
            many += 1
            i += 1
        blocks += 1
        if many > 1 and end - begin > most:
            long += 1
    return max(0, blocks - 1 - most) if kind == 2 else long


@jit
def price(tables: Tables, time_of: Ints, spans: Ints, q: int) -> tuple[float, float]:
    """Return what a rule costs, and how often it is broken where it must hold."""
    broken = amount(tables, time_of, spans, q)
    if tables.joint_cost[q] < 0:
        return 0.0, float(broken)
    return broken * tables.joint_cost[q], 0.0


@jit
def prices(tables: Tables, time_of: Ints, spans: Ints, e: int, f: int) -> tuple[float, float]:
    """Return the prices of all rules that are about an event or another one (−1: none), each once."""
    soft, hard = 0.0, 0.0
    for k in range(tables.joined_ptr[e], tables.joined_ptr[e + 1]):
        a, b = price(tables, time_of, spans, tables.joined_at[k])
        soft, hard = soft + a, hard + b
    if f < 0:
        return soft, hard
    for k in range(tables.joined_ptr[f], tables.joined_ptr[f + 1]):
        q, seen = tables.joined_at[k], False
        for j in range(tables.joined_ptr[e], tables.joined_ptr[e + 1]):
            seen = seen or tables.joined_at[j] == q
        if not seen:
            a, b = price(tables, time_of, spans, q)
            soft, hard = soft + a, hard + b
    return soft, hard

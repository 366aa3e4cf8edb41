"""Plans of EMHASS (opt_res_*.csv) as problems: the same deferrable loads, tariff, sun and base load, planned anew."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from yuanli.scheduling.devices.problem import MOST_SLOTS, Device, DevicesProblem, Floats, Task, refuse
from yuanli.scheduling.devices.tables import Table, table_of

LOAD: Final = re.compile(r"P_deferrable\d+")
W_PER_KW: Final = 1000.0
NEAR_W: Final = 1.0
DAY_H: Final = 24.0


def is_emhass(text: str) -> bool:
    """Say whether the first line has EMHASS's headings."""
    heading = text.split("\n", 1)[0]
    return not heading.lstrip().startswith(("{", "[")) and "P_deferrable0" in heading


def parse_emhass(text: str, name: str) -> DevicesProblem:
    """Return the problem that a plan of EMHASS answers.

    A load has the power it has in the plan while it is on, and is on for as many slots in each day from the first time
    on, in any of them, with breaks or without. What is fed in is paid by `unit_prod_price`; where the plan may curtail
    the sun, feeding in never costs.

    Raises
    ------
    DevicesProblemError
        A line or column is wrong; a load's power changes while it is on; or there are too many slots.
    """
    table = table_of(text, name)
    if not 2 <= table.size <= MOST_SLOTS:
        raise refuse(
            name,
            f"{name} 有 {table.size} 行，应在 2 与 {MOST_SLOTS} 之间。",
            f"{name} has {table.size} rows; from 2 to {MOST_SLOTS} are planned.",
        )
    slot_h = _slot_h(table)
    feed_in = table.numbers("unit_prod_price")
    if "P_PV_curtailment" in table.columns:
        feed_in = np.maximum(feed_in, 0.0)
    return DevicesProblem(
        slots=table.size,
        slot_h=slot_h,
        price=table.numbers("unit_load_cost"),
        feed_in=feed_in,
        base_kw=table.numbers("P_Load") / W_PER_KW,
        solar_kw=table.numbers("P_PV") / W_PER_KW,
        devices=tuple(
            load
            for heading in table.columns
            if LOAD.fullmatch(heading)
            for load in _loads(table, heading, max(1, round(DAY_H / slot_h)))
        ),
    )


def _loads(table: Table, heading: str, day: int) -> list[Device]:
    """Return a load of each day of so many slots."""
    watts: Floats = table.numbers(heading)
    on = np.flatnonzero(np.abs(watts) > NEAR_W)
    if not len(on):
        return []
    power = float(watts[on[0]])
    wrong = on[(np.abs(watts[on] - power) > max(NEAR_W, 1e-3 * abs(power))) | (watts[on] < 0)]
    if len(wrong):
        line = int(wrong[0]) + 2
        raise refuse(
            f"{table.name}:{line}",
            f"{table.name} 第 {line} 行“{heading}”为 {watts[wrong[0]]:g} W，此前开启时为 {power:g} W；"
            "此处的设备只有开与关。",
            f"{table.name}, line {line}: {heading} is {watts[wrong[0]]:g} W and was {power:g} W while on; devices here "
            "are only on or off.",
        )
    name = heading.removeprefix("P_")
    loads = []
    for first in range(0, table.size, day):
        slots = int(((on >= first) & (on < first + day)).sum())
        if slots:
            task = Task(first=first, last=min(first + day, table.size) - 1, slots=slots)
            loads.append(Device(name=f"{name}.day{first // day + 1}", power_kw=power / W_PER_KW, task=task))
    return loads


def _slot_h(table: Table) -> float:
    """Return the hours of a slot; all slots are as long as the first."""
    times = [_time(table, k) for k in range(table.size)]
    step_s = (times[1] - times[0]).total_seconds()
    for k, (before, after) in enumerate(pairwise(times), 1):
        if step_s <= 0 or (after - before).total_seconds() != step_s:
            raise refuse(
                f"{table.name}:{k + 2}",
                f"{table.name} 第 {k + 2} 行的时间 {after} 与前一行不是相隔 {step_s:g} 秒。",
                f"{table.name}, line {k + 2}: {after} is not {step_s:g} s after the line before.",
            )
    return step_s / 3600


def _time(table: Table, row: int) -> datetime:
    word = table.words("timestamp")[row]
    try:
        time = datetime.fromisoformat(word)
    except ValueError as error:
        raise refuse(
            f"{table.name}:{row + 2}",
            f"{table.name} 第 {row + 2} 行的时间“{word[:40]}”不是 ISO 8601。",
            f"{table.name}, line {row + 2}: the time {word[:40]!r} is not ISO 8601.",
        ) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)

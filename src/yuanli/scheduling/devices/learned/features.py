"""What is known of a device in a slot before anything is planned: relative figures, so that plants are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.devices.learned.days import Day
from yuanli.scheduling.devices.learned.prices import SharedPrices, estimated_use, mean_price
from yuanli.scheduling.devices.learned.rows import cheapest_rows
from yuanli.scheduling.devices.moves import Floats, Tables
from yuanli.scheduling.devices.problem import DevicesProblem

LOOK_BACK: Final = 7
"""Days whose plans are looked at."""
AROUND_H = 1.0
NAMES: Final = (
    "price", "price_rank", "price_next", "load", "load_before", "load_next", "load_most", "load_least",
    "merit", "margin", "margin_most", "start_h", "min_up_h", "min_down_h", "size", "was_on", "held_h", "begun_h",
    "must_on", "must_off", "target", "target_near", "hour_sin", "hour_cos", "site_use", "peak_price", "task",
    "task_share", "task_rank", "priced", "priced_on", "priced_load",
    "yesterday", "yesterday_around", "week", "yesterday_duty", "week_duty",
)  # fmt: skip
"""In the order of the columns. Prices are shares of the day's mean, loads shares of a zone's capacity; `merit` is the
share of the capacity that serves for less energy, `priced` the cost of being on at the foretold prices over that of
its energy. What is not known, such as yesterday on the first day, is not a number."""


def features_of(
    problem: DevicesProblem, tables: Tables, past: Sequence[Day], prices: SharedPrices
) -> NDArray[np.float32]:
    """Return what is known, shape `(n_devices * slots, n_features)`, device after device.

    Parameters
    ----------
    past
        Earlier days, the latest last; a device is found again by its name.
    """
    many, n, hours = len(problem.devices), problem.slots, problem.slot_h
    columns: dict[str, Floats] = {}
    columns |= _tariff(tables, hours)
    columns |= _demand(tables, hours)
    columns |= _device(problem, tables)
    columns |= _priced(tables, prices)
    columns |= _habits(problem, past)
    table = np.empty((many, n, len(NAMES)), np.float32)
    for place, name in enumerate(NAMES):
        table[:, :, place] = columns[name]
    return table.reshape(many * n, len(NAMES))


def _tariff(tables: Tables, hours: float) -> dict[str, Floats]:
    buy, n = tables.buy, len(tables.buy)
    use = estimated_use(tables)
    at = (np.arange(n) + 0.5) * hours / 24.0 * 2.0 * np.pi
    mean = mean_price(tables)
    return {
        "price": buy / mean, "price_rank": _ranks(buy), "price_next": _following(buy, hours, 2.0) / mean,
        "hour_sin": np.sin(at), "hour_cos": np.cos(at), "site_use": use / max(float(use.max()), 1e-9),
    }  # fmt: skip


def _demand(tables: Tables, hours: float) -> dict[str, Floats]:
    """Return loads by device and slot; devices of no zone have none."""
    capacity = np.array([tables.service[tables.zone == z].sum() for z in range(len(tables.demand))])
    load = tables.demand / np.maximum(capacity, 1e-9)[:, None]
    zone = tables.zone
    before, after = (
        np.array([_following(row[::step], hours, 1.0)[::step] for row in load]) for step in (-1, 1)
    )
    merit = _merit(tables, capacity)
    size = tables.service / np.maximum(capacity[zone], 1e-9)
    return {
        "load": load[zone], "load_before": before[zone], "load_next": after[zone],
        "load_most": _each(load.max(axis=1)[zone]), "load_least": _each(load.min(axis=1)[zone]),
        "merit": _each(merit), "margin": load[zone] - merit[:, None],
        "margin_most": _each(load.max(axis=1)[zone] - merit), "size": _each(size),
    }  # fmt: skip


def _merit(tables: Tables, capacity: Floats) -> Floats:
    """Return which share of its zone's capacity takes less energy for what it gives than a device does."""
    effort = np.where(tables.service > 0, tables.power / np.maximum(tables.service, 1e-9), np.inf)
    merit = np.ones(len(effort))
    for z in range(len(capacity)):
        inside = np.flatnonzero((tables.zone == z) & (tables.service > 0))
        inside = inside[np.argsort(effort[inside], kind="stable")]
        sums = np.cumsum(tables.service[inside])
        merit[inside] = (sums - 0.5 * tables.service[inside]) / max(float(capacity[z]), 1e-9)
    return merit


def _device(problem: DevicesProblem, tables: Tables) -> dict[str, Floats]:
    devices, n, hours = problem.devices, problem.slots, problem.slot_h
    power_cost = np.maximum(tables.power * mean_price(tables), 1e-9)
    held = np.array([min(d.held, 96) for d in devices]) * hours
    target = np.array([0.0 if d.target is None else (1.0 if d.target else -1.0) for d in devices])
    left = (n - np.arange(n)) * hours
    task = tables.slots_on >= 0
    window = np.maximum(tables.may_on.sum(axis=1), 1)
    rank = np.ones((len(devices), n))
    for i in np.flatnonzero(task):
        inside = np.flatnonzero(tables.may_on[i])
        rank[i, inside] = _ranks(tables.buy[inside])
    share = tables.slots_on / window
    return {
        "start_h": _each(np.log1p(tables.start / power_cost * hours)), "min_up_h": _each(tables.up * hours),
        "min_down_h": _each(tables.down * hours), "was_on": _each(tables.was_on), "held_h": _each(held),
        "begun_h": np.minimum(np.arange(n) * hours, 6.0), "must_on": 1.0 - tables.may_off,
        "must_off": 1.0 - tables.may_on, "target": _each(target),
        "target_near": target[:, None] * np.exp(-left / 2.0)[None], "task": _each(task),
        "task_share": _each(np.where(task, share, 0.0)),
        "task_rank": np.where(task[:, None], rank - share[:, None], 0.0),
        "peak_price": np.full(n, problem.peak_price / max(float(np.abs(tables.buy).sum()), 1e-9)),
    }  # fmt: skip


def _priced(tables: Tables, prices: SharedPrices) -> dict[str, Floats]:
    cost = prices.costs(tables)
    on = cheapest_rows(tables, cost, tables.start)
    alone = np.zeros(cost.shape, np.uint8) if on is None else on
    zones = len(tables.demand)
    served = np.array([tables.service[tables.zone == z] @ alone[tables.zone == z] for z in range(zones)])
    energy = np.maximum(tables.power * mean_price(tables), 1e-9)
    surplus = (served - tables.demand) / np.maximum(tables.demand.max(axis=1, keepdims=True), 1e-9)
    return {
        "priced": np.clip(cost / energy[:, None], -5.0, 5.0), "priced_on": alone.astype(np.float64),
        "priced_load": np.clip(surplus, -2.0, 2.0)[tables.zone],
    }  # fmt: skip


def _habits(problem: DevicesProblem, past: Sequence[Day]) -> dict[str, Floats]:
    many, n = len(problem.devices), problem.slots
    alike = [
        day for day in past if day.problem.slots == n and day.problem.slot_h == problem.slot_h
    ][-LOOK_BACK:]  # fmt: skip
    states = np.full((len(alike), many, n), np.nan)
    for number, day in enumerate(alike):
        there = {d.name: i for i, d in enumerate(day.problem.devices)}
        for i, device in enumerate(problem.devices):
            if device.name in there:
                states[number, i] = day.plan.on[there[device.name]]
    nothing = np.full((many, n), np.nan)
    yesterday = states[-1] if len(alike) else nothing
    known = np.isfinite(states).sum(axis=0)
    week = np.where(known > 0, np.nansum(states, axis=0) / np.maximum(known, 1), np.nan)
    width = max(1, round(AROUND_H / problem.slot_h))
    padded = np.pad(yesterday, ((0, 0), (width, width)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1, axis=1).mean(axis=2)
    return {
        "yesterday": yesterday, "yesterday_around": around, "week": week,
        "yesterday_duty": _each(yesterday.mean(axis=1)), "week_duty": _each(week.mean(axis=1)),
    }  # fmt: skip


def _each(values: NDArray[np.generic]) -> Floats:
    return np.asarray(values, np.float64)[:, None]


def _ranks(values: Floats) -> Floats:
    """Return which share of the values is smaller, equal ones counting half."""
    order = np.sort(values)
    low, high = np.searchsorted(order, values), np.searchsorted(order, values, side="right")
    return (low + high) / (2.0 * len(values))


def _following(values: Floats, hours: float, span_h: float) -> Floats:
    """Return the means of the slots that follow for a span; at the end, of what is left."""
    width = max(1, round(span_h / hours))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    first = np.minimum(np.arange(len(values)) + 1, len(values) - 1)
    last = np.minimum(first + width, len(values))
    means: Floats = (sums[last] - sums[first]) / (last - first)
    return means

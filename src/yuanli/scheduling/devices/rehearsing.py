"""The compiled steps of the search for devices that a small problem is solved without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.bounding import find_overasked, look
from yuanli.scheduling.devices.improving import Improver, Terms
from yuanli.scheduling.devices.pricing import Pricing
from yuanli.scheduling.devices.problem import DevicesProblem
from yuanli.scheduling.devices.storing import Stores
from yuanli.scheduling.devices.warming import warmth


def rehearse_devices(problem: DevicesProblem) -> None:
    """Change groups of devices and exchange slots of tasks once, look for a contradiction, and for broken cuts."""
    tables = tables_of(problem)
    devices, slots = tables.may_on.shape
    terms = Terms(
        peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw,
        storage_kw=np.zeros(slots), storage_service=np.zeros(tables.demand.shape),
    )  # fmt: skip
    improver = Improver(tables, terms, np.arange(devices), seed=0)
    state, weights = improver.state(np.zeros((devices, slots), np.uint8)), improver.weights(0.0)
    improver.groups(state, weights, 1.0)
    improver.exchange(state, weights, 1.0)
    warmth(tables.air, 0, state.heat, np.zeros(slots))
    look(problem, tables)
    find_overasked(problem, tables)
    _cut(problem)
    _cut(_in_two_zones(problem))


def _cut(problem: DevicesProblem) -> None:
    tables = tables_of(problem)
    pricing = Pricing(
        tables, Stores(problem, tables), peak_price=problem.peak_price, peak_paid_kw=problem.peak_paid_kw
    )
    pricing.step(None)
    pricing.cut()


def _in_two_zones(problem: DevicesProblem) -> DevicesProblem:
    """Return a problem with one zone, each other device in a second one like it: cuts of zones are parts of arrays."""
    (zone,) = problem.zones
    other = replace(zone, name=f"{zone.name} 2")
    devices = tuple(
        replace(device, zone=other.name) if i % 2 and device.zone == zone.name else device
        for i, device in enumerate(problem.devices)
    )
    return replace(problem, zones=(zone, other), devices=devices)

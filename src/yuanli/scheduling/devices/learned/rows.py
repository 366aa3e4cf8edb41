"""The cheapest states of each device alone, keeping what concerns it alone: least times, locks, targets, tasks."""

from __future__ import annotations

import numpy as np

from yuanli.scheduling.devices.kernels import FAR, cheapest_states, cheapest_task
from yuanli.scheduling.devices.moves import Bytes, Floats, Tables


def cheapest_rows(tables: Tables, cost: Floats, start: Floats) -> Bytes | None:
    """Return each device's cheapest states, exactly; None where a device has none.

    Parameters
    ----------
    cost
        What being on costs, shape `(n_devices, slots)`.
    start
        What a start costs, by device.
    """
    many, n = cost.shape
    out = np.empty((many, n), np.uint8)
    on_best, off_best = np.empty(n + 1), np.empty(n + 1)
    on_run, off_run = np.empty(n + 1, np.int16), np.empty(n + 1, np.int16)
    most = max(0, int(tables.slots_on.max(initial=0))) + 1
    best2, other2 = np.empty((n + 1, most)), np.empty((n + 1, most))
    run2, rest2 = np.empty((n + 1, most), np.int16), np.empty((n + 1, most), np.int16)
    stop, starts = np.zeros(n), np.empty(n)
    for i in range(many):
        starts[:] = start[i]
        w, may_on, may_off = cost[i], tables.may_on[i], tables.may_off[i]
        up, down, was_on = tables.up[i], tables.down[i], tables.was_on[i]
        if tables.slots_on[i] >= 0:
            value = cheapest_task(
                w, may_on, may_off, up, down, starts, stop, was_on, tables.slots_on[i], best2, other2, run2, rest2,
                out[i],
            )  # fmt: skip
        else:
            value = cheapest_states(
                w, may_on, may_off, up, down, starts, stop, was_on, on_best, off_best, on_run, off_run, out[i]
            )
        if value >= FAR:
            return None
    return out

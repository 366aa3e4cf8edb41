"""Few changes to a plan: the devices that must change, then those whose change saves most."""

from __future__ import annotations

import numpy as np

from yuanli.scheduling.devices.improving import NEAR, Improver
from yuanli.scheduling.devices.moves import Bytes, Ints, Tables, break_own_rules

LEAST_GAIN = 1e-6


def wrong_devices(tables: Tables, on: Bytes) -> Ints:
    """Return the devices whose states break what concerns each alone: locks, least times, target, task."""
    wrong: Ints = np.flatnonzero(break_own_rules(tables, on))
    return wrong


def few_changes(improver: Improver, start: Bytes, most: int, peak_kw: float) -> Bytes | None:
    """Return states that break nothing, at most `most` devices not as in `start`; None if not found."""
    tables, movable = improver.tables, improver.movable
    wrong = wrong_devices(tables, start)
    if len(wrong) > most or np.setdiff1d(wrong, movable).size:
        return None
    state, weights = improver.state(start), improver.weights(peak_kw)
    improver.set(state, weights, wrong)
    changed: set[int] = {int(i) for i in wrong}
    while True:
        found = improver.judge(state.on)
        candidates = movable if len(changed) < most else np.array(sorted(changed), np.int64)
        if not len(candidates):
            break
        gains = improver.gains(state, weights, candidates)
        best = int(np.argmax(gains))
        if gains[best] <= (
            LEAST_GAIN if found.broken > NEAR else 1e-4 * abs(found.cost) / max(1, len(start))
        ):
            break
        improver.set(state, weights, candidates[best : best + 1])
        changed.add(int(candidates[best]))
    return (
        state.on
        if improver.judge(state.on).broken <= NEAR
        else _together(improver, state.on, start, most, peak_kw)
    )


def _together(improver: Improver, on: Bytes, start: Bytes, most: int, peak_kw: float) -> Bytes | None:
    """Return states without anything broken, after groups of the changed devices and of a few more were set anew."""
    for _ in range(20):
        part = improver.among(free_devices(improver, on, start, most))
        state = part.state(on)
        for _ in range(3):
            part.groups(state, part.weights(peak_kw), 0.0)
        if part.judge(state.on).broken <= NEAR:
            return state.on
    return None


def free_devices(improver: Improver, on: Bytes, start: Bytes, most: int) -> Ints:
    """Return the devices that differ from the start and, by chance, as many more as may."""
    changed = np.flatnonzero((on != start).any(axis=1))
    others = np.setdiff1d(improver.movable, changed)
    more = improver.rng.permutation(others)[: max(0, most - len(changed))]
    return np.sort(np.concatenate([changed, more]))

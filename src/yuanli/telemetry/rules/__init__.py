"""The rules: what each family of faults looks like, a module a family."""

from __future__ import annotations

from yuanli.telemetry.rules.course import Course, Rule
from yuanli.telemetry.rules.gaps import gaps
from yuanli.telemetry.rules.neighbours import beside_neighbours
from yuanli.telemetry.rules.noise import noise_bursts
from yuanli.telemetry.rules.ranges import hard_range, sentinels, soft_range
from yuanli.telemetry.rules.registers import register_steps
from yuanli.telemetry.rules.shifts import shifts
from yuanli.telemetry.rules.spikes import spikes
from yuanli.telemetry.rules.stuck import stuck
from yuanli.telemetry.rules.twins import beside_twin
from yuanli.telemetry.rules.units import unit_mixups

ALONE: tuple[Rule, ...] = (
    sentinels, unit_mixups, hard_range, stuck, register_steps, spikes, noise_bursts, soft_range,
)  # fmt: skip
"""Rules that look at one point, in the order in which they work: each sees what the ones before it left."""
BESIDE: tuple[Rule, ...] = (beside_twin, shifts, beside_neighbours)
"""Rules that look at other points too, once those have been through `ALONE`."""
LAST: tuple[Rule, ...] = (gaps,)
LONG: frozenset[Rule] = frozenset({shifts, beside_neighbours})
"""Rules that need days and weeks, and most of the time; a first look at what has just come goes without them."""

__all__ = ["ALONE", "BESIDE", "LAST", "LONG", "Course", "Rule"]

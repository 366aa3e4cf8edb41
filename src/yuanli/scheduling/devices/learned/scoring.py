"""What a model of plans is worth on days that it did not see, before and after the repair."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.scheduling.devices.learned.days import Day
from yuanli.scheduling.devices.learned.model import PlanModel, cross_entropy
from yuanli.scheduling.devices.learned.projecting import Preview, preview_plan
from yuanli.scheduling.devices.problem import Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class DayScore:
    """Scores of a day.

    Parameters
    ----------
    cross_entropy, accuracy
        Of the states that were planned, in nats and as a share.
    short, short_repaired
        The share of zones' slots with a demand that is not served, before the repair and after.
    broken
        Rules that the checker finds broken after the repair.
    cost
        After the repair; infinite where a rule is broken.
    cpu_s
        Seconds of processors for features, model, projection, repair and check.
    """

    cross_entropy: float
    accuracy: float
    short: float
    short_repaired: float
    broken: int
    cost: float
    cpu_s: float


def score_plans(model: PlanModel, days: Sequence[Day], *, before: Sequence[Day] = ()) -> tuple[DayScore, ...]:
    """Score a model on days in a row, each told the days before it; days without a plan are left out."""
    scores = []
    for number, day in enumerate(days):
        began = time.process_time()
        preview = preview_plan(model, day.problem, [*before, *days[:number]])
        cpu_s = time.process_time() - began
        if preview is not None:
            scores.append(score_preview(day, preview, cpu_s))
    return tuple(scores)


def score_preview(day: Day, preview: Preview, cpu_s: float) -> DayScore:
    """Score a preview by the plan that was made for its day."""
    valid = preview.checked.valid
    return DayScore(
        cross_entropy=cross_entropy(preview.chance, day.plan.on),
        accuracy=float(((preview.chance > 0.5) == day.plan.on).mean()),
        short=short_share(day, preview.projected.astype(np.bool_)),
        short_repaired=short_share(day, preview.plan.on),
        broken=len(preview.checked.broken),
        cost=preview.checked.cost if valid else np.inf,
        cpu_s=cpu_s,
    )


def short_share(day: Day, on: Flags) -> float:
    """Return the share of zones' slots with a demand in which devices do not give it; storages are not counted."""
    short, needed = 0, 0
    for zone in day.problem.zones:
        service = np.array([d.service if d.zone == zone.name else 0.0 for d in day.problem.devices])
        wanted = zone.demand > 0
        short += int((wanted & (service @ on < zone.demand - 1e-6)).sum())
        needed += int(wanted.sum())
    return short / max(needed, 1)

"""The optimiser, begun from what was learnt: a preview at once, prices to begin from, and a plan if time ends early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yuanli.scheduling.devices.learned.days import Day
from yuanli.scheduling.devices.learned.model import PlanModel
from yuanli.scheduling.devices.learned.projecting import preview_plan
from yuanli.scheduling.devices.pricing import Pricing
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.solving import solve_devices
from yuanli.solver import Result, Search, Wish


def solve_from_learned(
    problem: DevicesProblem,
    search: Search[DevicesPlan],
    wish: Wish[DevicesPlan] = Wish(),
    *,
    model: PlanModel,
    past: Sequence[Day] = (),
) -> Result[DevicesPlan]:
    """Offer the preview, then search on from it and from its prices; with a start, the start is kept.

    A preview that the checker refuses is not offered. Where the search finds nothing in its time, the preview is what
    is left.
    """
    if wish.start is not None:
        return solve_devices(problem, search, wish)
    preview = preview_plan(model, problem, past, seed=wish.seed)
    if preview is None or not preview.checked.valid:
        return solve_devices(problem, search, wish)
    search.offer(preview.plan, preview.checked.cost)
    if search.over():
        return search.result()
    prices = preview.prices

    def begin(pricing: Pricing) -> None:
        if prices is not None:
            pricing.begin(prices.service, prices.power)

    return solve_devices(problem, search, replace(wish, start=preview.plan), begin=begin)

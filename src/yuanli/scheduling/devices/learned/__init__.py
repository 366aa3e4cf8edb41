"""Plans of devices foretold from plans of earlier days; numba loads with the first call, not with the import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from yuanli.scheduling.devices.learned.days import Day, DaysError, DaySplit, split_days
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.solver import Kind

if TYPE_CHECKING:
    from yuanli.learning import ModelFacts
    from yuanli.scheduling.devices.learned.model import PlanModel
    from yuanli.scheduling.devices.learned.projecting import Preview
    from yuanli.scheduling.devices.learned.scoring import DayScore
    from yuanli.scheduling.devices.moves import Floats


def fit_plans(
    plants: Sequence[Sequence[Day]],
    *,
    candidates: Sequence[str] = ("line", "trees"),
    choose: int = 2,
    seed: int = 0,
) -> PlanModel:
    """Learn from plants, each a row of days in their order.

    Parameters
    ----------
    candidates
        Of `line` (logistic regression) and `trees` (LightGBM, extra `ml`); the best on the last days is taken.
    choose
        Days of each plant, its last, that models are chosen on.

    Raises
    ------
    DaysError
        A plant has fewer than two different days besides those kept for choosing.
    """
    from yuanli.scheduling.devices.learned.fitting import PlanLearning
    from yuanli.scheduling.devices.learned.fitting import fit_plans as fit

    return fit(plants, params=PlanLearning(candidates=tuple(candidates), choose=choose, seed=seed))


def preview_plan(
    model: PlanModel, problem: DevicesProblem, past: Sequence[Day] = (), *, seed: int = 0
) -> Preview | None:
    """Return a plan at once, without a search, and what the checker says of it; None where a device has no states."""
    from yuanli.scheduling.devices.learned.projecting import preview_plan as preview

    return preview(model, problem, past, seed=seed)


def project_plan(problem: DevicesProblem, chance: Floats, *, seed: int = 0) -> Preview | None:
    """Return the plan nearest to probabilities or states, repaired; None where a device has no states of its own."""
    from yuanli.scheduling.devices.arrays import tables_of
    from yuanli.scheduling.devices.learned.projecting import project

    return project(problem, tables_of(problem), chance, seed=seed)


def score_plans(model: PlanModel, days: Sequence[Day], *, before: Sequence[Day] = ()) -> tuple[DayScore, ...]:
    """Score a model on days in a row, each told the days before it."""
    from yuanli.scheduling.devices.learned.scoring import score_plans as score

    return score(model, days, before=before)


def score_preview(day: Day, preview: Preview, cpu_s: float) -> DayScore:
    """Score a preview by the plan that was made for its day."""
    from yuanli.scheduling.devices.learned.scoring import score_preview as score

    return score(day, preview, cpu_s)


def save_plans(
    folder: Path, model: PlanModel, scores: Sequence[DayScore] = (), *, data: str, code: str, seed: int = 0
) -> ModelFacts:
    """Write a model, its card, and the sums of its files."""
    from yuanli.scheduling.devices.learned.saving import save_plans as save

    return save(folder, model, scores, data=data, code=code, seed=seed)


def load_plans(folder: Path) -> PlanModel:
    """Read a model.

    Raises
    ------
    BrokenModelError
        A file is missing, or not what was written.
    """
    from yuanli.scheduling.devices.learned.saving import load_plans as load

    return load(folder)


def learned_devices(
    kind: Kind[DevicesProblem, DevicesPlan], model: PlanModel, past: Sequence[Day] = ()
) -> Kind[DevicesProblem, DevicesPlan]:
    """Return the kind whose search begins from what was learnt; the checker judges as before."""
    from yuanli.scheduling.devices.learned.using import solve_from_learned

    return replace(kind, solve=partial(solve_from_learned, model=model, past=tuple(past)))


__all__ = [
    "Day",
    "DaySplit",
    "DaysError",
    "fit_plans",
    "learned_devices",
    "load_plans",
    "preview_plan",
    "project_plan",
    "save_plans",
    "score_plans",
    "score_preview",
    "split_days",
]

"""The training runs that this server sees: read only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path

from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.learning import KeptRun, RunComparison, RunDetail
from yuanli.operations import Right

router = APIRouter(prefix="/runs", tags=["runs"], dependencies=[needs(Right.SEE_REPORTS)])
RunPath = Annotated[str, Path(max_length=255)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """The runs; administrators are also told the folder they are looked for in."""

    folder: str | None
    runs: tuple[KeptRun, ...]


@router.get("")
def list_runs(house: HouseDep, caller: CallerDep) -> RunList:
    """Return the training runs, the last started first; broken ones last, with what is wrong."""
    folder = str(house.runs.folder) if Right.MANAGE_MODELS in caller.rights else None
    return RunList(folder=folder, runs=house.runs.all())


@router.get("/{run}")
def get_run(run: RunPath, house: HouseDep) -> RunDetail:
    """Return one run: its curve, scores, recipe and environment."""
    return house.runs.find(run)


@router.get("/{run}/against/{other}")
def compare_runs(run: RunPath, other: RunPath, house: HouseDep) -> RunComparison:
    """Return two runs beside each other: scores, recipes, and paired tests where both keep predictions."""
    return house.runs.compare(run, other)

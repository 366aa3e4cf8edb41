"""The models of this installation, and which version of each is live."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from yuanli.api.bodies import Why
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.learning import GateReport, ShownModel
from yuanli.operations import ModelList, Right

router = APIRouter(prefix="/models", tags=["models"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveVersion:
    """The version of a model that is live now."""

    name: str
    version: str


@router.get("", dependencies=[needs(Right.SEE_REPORTS)])
def list_models(house: HouseDep) -> ModelList:
    """Return every version of every model with its stage and history, and what this server runs."""
    return house.models.overview()


@router.get("/{name}/{version}", dependencies=[needs(Right.SEE_REPORTS)])
def show_model(name: str, version: str, house: HouseDep) -> ShownModel:
    """Return one version: its card in both languages, facts, scores, stage, hash and its last report of the gate."""
    return house.models.show(name, version)


@router.post("/{name}/{version}/promote", dependencies=[needs(Right.MANAGE_MODELS)])
def promote_model(name: str, version: str, body: Why, house: HouseDep, caller: CallerDep) -> GateReport:
    """Make a version live if it passes the gate; the next request is answered by it."""
    return house.models.promote(name, version, who=caller.name, why=body.why)


@router.post("/{name}/rollback", dependencies=[needs(Right.MANAGE_MODELS)])
def roll_back_model(name: str, body: Why, house: HouseDep, caller: CallerDep) -> LiveVersion:
    """Make the version live again that was live before this one."""
    return LiveVersion(name=name, version=house.models.rollback(name, who=caller.name, why=body.why))

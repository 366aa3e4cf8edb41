"""How strict cleaning rules are with kinds of points: proposed from overrules, adopted and taken back by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.operations import Right, RuleProposal, RuleTuning

router = APIRouter(prefix="/campuses/{campus}/rule-tunings", tags=["quality"])


class TuningBody(Body):
    """Which rule is to be as strict with which kind of points as people's words say."""

    quantity: Name
    rule: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningList:
    """The changes of rules, newest first, and what people's words propose now."""

    tunings: tuple[RuleTuning, ...]
    proposals: tuple[RuleProposal, ...]


@router.get("", dependencies=[needs(Right.JUDGE_READINGS)])
def list_rule_tunings(campus: CampusPath, house: HouseDep, propose: bool = False) -> TuningList:
    """Return the changes of rules; with `propose` also what overrules say of each rule, on held-out words."""
    proposals = house.rule_tuner.propose(campus) if propose else ()
    return TuningList(tunings=house.rule_tuner.changes(campus), proposals=proposals)


@router.post("", status_code=201, dependencies=[needs(Right.JUDGE_READINGS)])
def adopt_rule_tuning(campus: CampusPath, body: TuningBody, house: HouseDep, caller: CallerDep) -> RuleTuning:
    """Let a rule be as strict as overrules say, if that is better on held-out words; it holds from the next judging."""
    return house.rule_tuner.adopt(campus, body.quantity, body.rule, who=caller.name)


@router.delete("/{version}", dependencies=[needs(Right.JUDGE_READINGS)])
def undo_rule_tuning(
    campus: CampusPath, version: Annotated[int, Path(ge=1, le=2**31 - 1)], house: HouseDep, caller: CallerDep
) -> RuleTuning:
    """Take a change of a rule back; it stays kept who adopted it and who took it back."""
    return house.rule_tuner.undo(campus, version, who=caller.name)

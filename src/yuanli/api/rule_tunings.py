"""How strict cleaning rules are with kinds of points: proposed from overrules, adopted and taken back by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.tuning_jobs import ProposalJob, ProposalJobs
from yuanli.operations import Right, RuleTuning

router = APIRouter(prefix="/campuses/{campus}/rule-tunings", tags=["quality"])


class TuningBody(Body):
    """Which rule is to be as strict with which kind of points as people's words say."""

    quantity: Name
    rule: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningList:
    """The changes of rules, newest first."""

    tunings: tuple[RuleTuning, ...]


@router.get("", dependencies=[needs(Right.JUDGE_READINGS)])
def list_rule_tunings(campus: CampusPath, house: HouseDep) -> TuningList:
    """Return the changes of rules, those taken back too."""
    return TuningList(tunings=house.rule_tuner.changes(campus))


@router.post("/proposals", status_code=202, dependencies=[needs(Right.JUDGE_READINGS)])
def propose_rule_tunings(campus: CampusPath, request: Request) -> ProposalJob:
    """Start to work out what overrules say of each rule, tried on held-out words and injected faults."""
    return _jobs(request).start(campus)


@router.get("/proposals/{job_id}", dependencies=[needs(Right.JUDGE_READINGS)])
def proposal_state(
    campus: CampusPath, job_id: Annotated[str, Path(max_length=64)], request: Request
) -> ProposalJob:
    """Return how far the proposals are, and what they are once done."""
    return _jobs(request).get(campus, job_id)


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


def _jobs(request: Request) -> ProposalJobs:
    jobs: ProposalJobs = request.app.state.rule_proposals
    return jobs

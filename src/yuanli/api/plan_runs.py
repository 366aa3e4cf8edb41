"""Plans of devices: drafted from the map, approved, carried out, compared with what happened; standing policies."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.device_bodies import DeviceWishBody
from yuanli.campus import DeviceId, FeatureId
from yuanli.operations import (
    ApprovalPreview,
    DeviceDraft,
    PlanPolicy,
    PlanRecord,
    PlanRun,
    PolicyVerdict,
    Right,
)

router = APIRouter(tags=["plan runs"])
JobPath = Annotated[str, Path(max_length=100)]
RunPath = Annotated[str, Path(alias="run", max_length=100)]
PolicyPath = Annotated[str, Path(alias="policy", max_length=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]
MOST_DEVICES = 5_000
MOST_DAYS = 7
MOST_STARTS = 1_000
ID_BYTES = 12


class ApprovalBody(Body):
    """What was shown; how long a device that an operator switches stays out, until the next approval where None."""

    fingerprint: Name
    resume_after_s: Number | None = None


class PolicyBody(Body):
    """Which devices plans may command without asking, when, and within which limits of comfort and saving.

    Devices are named, or those of a `kind` that can be switched in a `place` (the whole site where None) now.
    """

    devices: Annotated[tuple[Name, ...], Field(max_length=MOST_DEVICES)] = ()
    place: Name | None = None
    kind: Name | None = None
    start: Name = "00:00"
    end: Name = "24:00"
    weekdays: Annotated[tuple[int, ...], Field(max_length=MOST_DAYS)] = (1, 2, 3, 4, 5, 6, 7)
    most_starts: Annotated[int, Field(le=MOST_STARTS)] = 6
    least_service: Number = 1.0
    least_saving: Number = 0.0
    most_cost: Number | None = None
    until: AwareDatetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRunList:
    """Plans that are or were carried out, newest first."""

    runs: tuple[PlanRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPolicyList:
    """Standing policies, newest first."""

    policies: tuple[PlanPolicy, ...]


@router.post("/campuses/{campus}/plan-drafts/devices", dependencies=[needs(Right.MAKE_PLANS)])
def draft_devices(campus: CampusPath, body: DeviceWishBody, house: HouseDep) -> DeviceDraft:
    """Draft which devices could be on when from the map: equipment, states, demand, prices; nothing is solved."""
    return house.device_drafts.draft(campus, body.wish())


@router.get("/campuses/{campus}/plans/{job_id}/approval", dependencies=[needs(Right.COMMAND_DEVICES)])
def preview_approval(
    campus: CampusPath, job_id: JobPath, house: HouseDep, caller: CallerDep
) -> ApprovalPreview:
    """Say what would be carried out by a plan of devices, and what stands against it."""
    return house.plan_runs.preview(campus, job_id, who=caller.name)


@router.post(
    "/campuses/{campus}/plans/{job_id}/approval", dependencies=[needs(Right.COMMAND_DEVICES)], status_code=201
)
def approve_plan(
    campus: CampusPath, job_id: JobPath, body: ApprovalBody, house: HouseDep, caller: CallerDep
) -> PlanRun:
    """Carry a plan of devices out as it was shown."""
    return house.plan_runs.approve(
        campus, job_id, who=caller.name, fingerprint=body.fingerprint, resume_after_s=body.resume_after_s
    )


@router.post("/campuses/{campus}/plans/{job_id}/under-policy", dependencies=[needs(Right.MAKE_PLANS)])
def hand_in_plan(campus: CampusPath, job_id: JobPath, house: HouseDep, caller: CallerDep) -> PolicyVerdict:
    """Carry a plan of devices out if a standing policy covers it; else say of each policy why not."""
    return house.plan_runs.hand_in(campus, job_id, who=caller.name)


@router.get("/campuses/{campus}/plan-runs", dependencies=[needs(Right.MAKE_PLANS)])
def list_plan_runs(campus: CampusPath, house: HouseDep) -> PlanRunList:
    """Return the plans of devices that are or were carried out, newest first."""
    return PlanRunList(runs=house.plan_runs.list(campus))


@router.get("/campuses/{campus}/plan-runs/{run}", dependencies=[needs(Right.MAKE_PLANS)])
def get_plan_run(campus: CampusPath, run: RunPath, house: HouseDep) -> PlanRun:
    """Return a plan that is or was carried out: its devices, its steps and where each stands."""
    return house.plan_runs.get(campus, run)


@router.post("/campuses/{campus}/plan-runs/{run}/stop", dependencies=[needs(Right.COMMAND_DEVICES)])
def stop_plan_run(campus: CampusPath, run: RunPath, house: HouseDep, caller: CallerDep) -> PlanRun:
    """End a plan now and give its devices back to their own control."""
    return house.plan_runs.stop(campus, run, who=caller.name)


@router.post("/campuses/{campus}/plan-runs/{run}/replan", dependencies=[needs(Right.MAKE_PLANS)])
def replan_run(campus: CampusPath, run: RunPath, house: HouseDep) -> PlanRun:
    """Plan the rest of a running plan anew; `next_job` is the new plan, which has to be approved."""
    return house.plan_runs.replan(campus, run)


@router.get("/campuses/{campus}/plan-runs/{run}/record", dependencies=[needs(Right.MAKE_PLANS)])
def plan_run_record(
    campus: CampusPath, run: RunPath, house: HouseDep, adjusted: Annotated[bool, Query()] = False
) -> PlanRecord:
    """Return plan against what happened, and the saving; `adjusted` also by regression, which takes longer."""
    return house.plan_records.record(house.plan_runs.get(campus, run), now=house.now(), adjusted=adjusted)


@router.get("/campuses/{campus}/plan-policies", dependencies=[needs(Right.MAKE_PLANS)])
def list_plan_policies(campus: CampusPath, house: HouseDep) -> PlanPolicyList:
    """Return the standing policies of a campus."""
    return PlanPolicyList(policies=house.plan_runs.policies(campus))


@router.post("/campuses/{campus}/plan-policies", dependencies=[needs(Right.COMMAND_DEVICES)], status_code=201)
def add_plan_policy(campus: CampusPath, body: PolicyBody, house: HouseDep, caller: CallerDep) -> PlanPolicy:
    """Let plans within limits be carried out without asking."""
    place = None if body.place is None else FeatureId(body.place)
    of_kind = () if body.kind is None else house.plan_runs.switchable(campus, place, body.kind)
    policy = PlanPolicy(
        id=secrets.token_hex(ID_BYTES), campus_id=campus, who=caller.name, at=house.now(),
        device_ids=tuple(dict.fromkeys((*(DeviceId(FeatureId(name)) for name in body.devices), *of_kind))),
        kind=body.kind, place_id=place, start=body.start, end=body.end,
        weekdays=body.weekdays, most_starts=body.most_starts, least_service=body.least_service,
        least_saving=body.least_saving, most_cost=body.most_cost, until=body.until,
    )  # fmt: skip
    return house.plan_runs.add_policy(policy)


@router.delete(
    "/campuses/{campus}/plan-policies/{policy}", dependencies=[needs(Right.COMMAND_DEVICES)], status_code=204
)
def remove_plan_policy(campus: CampusPath, policy: PolicyPath, house: HouseDep) -> None:
    """Take a standing policy back; plans that run go on."""
    house.plan_runs.remove_policy(campus, policy)

"""Which devices could be on when, who approved that, and what came of it?"""

from yuanli.operations.device_plans.approving import ApprovalPreview, SwitchCount, plan_costs
from yuanli.operations.device_plans.comparing import DeviceRecord, PlanRecord, PlanRecords, PlanSaving
from yuanli.operations.device_plans.drafting import DeviceDrafts
from yuanli.operations.device_plans.installations import (
    ClimateWish,
    DeviceWishError,
    StorageKind,
    StorageWish,
    VehicleWish,
    read_beside,
)
from yuanli.operations.device_plans.policies import (
    PlanPolicy,
    PlanPolicyError,
    PlanPolicyNotFoundError,
    PlanPolicyStore,
)
from yuanli.operations.device_plans.running import (
    PlanChangedError,
    PlanRuns,
    ResumeError,
    keep_plan_runs,
)
from yuanli.operations.device_plans.runs import (
    LeaveReason,
    PlanNotApprovedError,
    PlanRun,
    PlanRunNotFoundError,
    PlanRunStore,
    RunDevice,
    RunOutcome,
    RunParams,
    RunState,
    RunStep,
    StepState,
)
from yuanli.operations.device_plans.wishes import (
    CARS,
    DeviceDraft,
    DeviceWish,
    NothingToPlanError,
    PlanDay,
    span_of,
)

__all__ = [
    "CARS",
    "ApprovalPreview",
    "ClimateWish",
    "DeviceDraft",
    "DeviceDrafts",
    "DeviceRecord",
    "DeviceWish",
    "DeviceWishError",
    "LeaveReason",
    "NothingToPlanError",
    "PlanChangedError",
    "PlanDay",
    "PlanNotApprovedError",
    "PlanPolicy",
    "PlanPolicyError",
    "PlanPolicyNotFoundError",
    "PlanPolicyStore",
    "PlanRecord",
    "PlanRecords",
    "PlanRun",
    "PlanRunNotFoundError",
    "PlanRunStore",
    "PlanRuns",
    "PlanSaving",
    "ResumeError",
    "RunDevice",
    "RunOutcome",
    "RunParams",
    "RunState",
    "RunStep",
    "StepState",
    "StorageKind",
    "StorageWish",
    "SwitchCount",
    "VehicleWish",
    "keep_plan_runs",
    "plan_costs",
    "read_beside",
    "span_of",
]

"""A plan of devices that is carried out: its devices, its steps, where each stands; the port that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, DeviceId, PointId
from yuanli.errors import InfeasibleError, NotFoundError, Text

OWN_COMMANDS = "plan-"
"""Ids of commands that plans send begin so."""


class PlanRunNotFoundError(NotFoundError):
    """The campus has no such plan that is carried out."""


class PlanNotApprovedError(InfeasibleError):
    """A plan can't be approved as it is."""


class RunState(StrEnum):
    """Where a plan that was approved stands; while it ends, devices are still given back."""

    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"


class RunOutcome(StrEnum):
    """How a plan ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    REPLACED = "replaced"


class StepState(StrEnum):
    """What became of a step; `SENDING` is on disk before it is sent, `MISSED` came too late and was not sent."""

    DUE = "due"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"
    SKIPPED = "skipped"


class LeaveReason(StrEnum):
    """Why a device is not commanded by the plan any more."""

    OVERRIDE = "override"
    LOCAL = "local"
    LOCKED = "locked"
    FAULT = "fault"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDevice:
    """A device of a plan.

    Parameters
    ----------
    point_id, told_by
        The point that switches it, and the one that tells whether it is on.
    on, usual
        Slots in which the plan has it on, and in which it would be without the plan (None: not known), as `8-15 40-52`.
    power_source
        `map`, `measured` or `table`; empty where nobody said.
    left, since, until
        Why and since when it is out of the plan; until when, the next approval where None.
    held
        As it was left, where that is known.
    owed
        Whether it has still to be given back to its own control.
    """

    device_id: DeviceId
    name: str
    point_id: PointId
    told_by: PointId
    power_kw: float
    on: str
    usual: str | None = None
    power_source: str = ""
    left: LeaveReason | None = None
    since: datetime | None = None
    until: datetime | None = None
    held: bool | None = None
    message: Text | None = None
    owed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """A device is switched at a time; `command_id` finds its write in the log, `unreached`: no way led there."""

    device_id: DeviceId
    slot: int
    due_at: datetime
    on: bool
    state: StepState = StepState.DUE
    command_id: str | None = None
    sent_at: datetime | None = None
    tries: int = 0
    unreached: bool = False
    message: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRun:
    """An approved plan.

    Parameters
    ----------
    approved_by, policy_id, policy, handed_in_by
        The person; under a standing policy who set that, which it was (in words too), and who handed the plan in to it
        (None where it followed a plan that ran).
    resume_after_s
        How long a device that an operator switched stays out; until the next approval where None.
    ends_at
        Of the last slot, or when another plan takes over.
    asked
        Why it has to be planned anew; empty once that has begun.
    next_job, next_reason, next_waits
        The new plan that is searched for or waits for its approval; why; why no standing policy approves it.
    reason, changes
        Of a plan that follows another: why, and what it does differently.
    version
        Counts the changes that were kept.
    """

    id: str
    campus_id: CampusId
    job_id: str
    name: str
    at: datetime
    approved_by: str
    begins_at: datetime
    ends_at: datetime
    slot_s: float
    slots: int
    devices: tuple[RunDevice, ...]
    steps: tuple[RunStep, ...]
    state: RunState = RunState.RUNNING
    outcome: RunOutcome | None = None
    policy_id: str | None = None
    policy: Text | None = None
    handed_in_by: str | None = None
    resume_after_s: float | None = None
    follows: str | None = None
    asked: tuple[Text, ...] = ()
    next_job: str | None = None
    next_reason: Text | None = None
    next_tries: int = 0
    next_waits: Text | None = None
    reason: Text | None = None
    changes: tuple[Text, ...] = ()
    message: Text | None = None
    looked_at: datetime | None = None
    compared_at: datetime | None = None
    version: int = 0

    @property
    def slot(self) -> timedelta:
        """How long a slot is."""
        return timedelta(seconds=self.slot_s)

    def slot_at(self, at: datetime) -> int:
        """Return the slot of a time; below 0 before the first."""
        return (at - self.begins_at) // self.slot


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParams:
    """How plans are carried out.

    Parameters
    ----------
    late_s
        A step that is later than this is not sent any more.
    settle_s
        A reading so long after a step must follow it, else somebody else switched.
    owed_s
        How long it is tried to give devices back after the end.
    compare_s
        So often prices and forecasts are looked at again.
    price_share, demand_share, outdoor_c
        What is less than this share of the price of a slot, or of the most of a demand or a load, or than so many °C
        outdoors, is no reason to plan anew.
    lead_s
        A new plan begins at the earliest so long from now.
    search_s
        How long a new plan is searched for.
    max_changes
        Of devices, in a new plan, besides those that left.
    """

    late_s: float = 600.0
    settle_s: float = 180.0
    owed_s: float = 86_400.0
    compare_s: float = 1_800.0
    price_share: float = 0.01
    demand_share: float = 0.25
    outdoor_c: float = 2.0
    lead_s: float = 120.0
    search_s: float = 10.0
    max_changes: int = 5
    log_writes: int = 1_000


class PlanRunStore(Protocol):
    """Keeps plans that are carried out. Each call is one transaction, on disk when it returns."""

    def add_run(self, run: PlanRun) -> None:
        """Keep a new one."""

    def save_run(self, run: PlanRun) -> PlanRun | None:
        """Keep a change, if nobody else changed it since it was read; return it with its new version, else None."""

    def find_run(self, campus_id: CampusId, run_id: str) -> PlanRun | None:
        """Return one, or None."""

    def list_runs(self, campus_id: CampusId | None = None, *, open_only: bool = False) -> tuple[PlanRun, ...]:
        """Return those of a campus or of all, all or those that have not ended, newest first."""


def slots_on(spans: str, slots: int) -> NDArray[np.bool_]:
    """Return `8-15 40-52` as flags.

    >>> slots_on("1-2 4-4", 5).astype(int).tolist()
    [0, 1, 1, 0, 1]
    """
    on = np.zeros(slots, np.bool_)
    for part in spans.split():
        first, last = part.split("-") if "-" in part else (part, part)
        on[int(first) : int(last) + 1] = True
    return on


def spans_of(on: Any) -> str:
    """Return slots as `8-15 40-52`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(on).astype(np.int8), [0]])))
    return " ".join(f"{a}-{b - 1}" for a, b in zip(edges[::2], edges[1::2], strict=True))


def steps_of(
    device_id: DeviceId,
    on: Sequence[bool] | NDArray[np.bool_],
    *,
    begins_at: datetime,
    slot: timedelta,
    now: datetime,
) -> tuple[RunStep, ...]:
    """Return the switches of a device from now on: its state in the slot of now, then each change."""
    first = max(0, (now - begins_at) // slot)
    found = []
    for at in range(first, len(on)):
        if at == first or bool(on[at]) != bool(on[at - 1]):
            due = max(begins_at + slot * at, now) if at == first else begins_at + slot * at
            found.append(RunStep(device_id=device_id, slot=at, due_at=due, on=bool(on[at])))
    return tuple(found)

"""Plans of devices carried out: approved by a person or a policy, looked at, planned anew where needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId, Device, DeviceId, FeatureId
from yuanli.errors import InfeasibleError, InvalidInputError, Text, YuanliError
from yuanli.operations.accounts import UserDisabledError, UserNotFoundError
from yuanli.operations.callers import Caller, NotAllowedError
from yuanli.operations.commands import Commands
from yuanli.operations.device_plans.approving import (
    ApprovalPreview,
    figures_of,
    fingerprint_of,
    not_by_policy,
    obstacles_of,
    overlapping,
    run_of,
    running_already,
    solved_plan,
    switches_of,
    taken_back,
    unsteered,
)
from yuanli.operations.device_plans.differing import changes_between
from yuanli.operations.device_plans.drafting import DeviceDrafts
from yuanli.operations.device_plans.entering import told_entered
from yuanli.operations.device_plans.equipment import devices_at, equipment_of
from yuanli.operations.device_plans.noticing import Seen, notice
from yuanli.operations.device_plans.policies import (
    PlanFigures,
    PlanPolicy,
    PlanPolicyError,
    PlanPolicyNotFoundError,
    PlanPolicyStore,
    PolicyRefusal,
    PolicyVerdict,
    limits_broken,
    told_policy,
    told_waits,
)
from yuanli.operations.device_plans.renewing import Renewals, document_of
from yuanli.operations.device_plans.runs import (
    PlanNotApprovedError,
    PlanRun,
    PlanRunNotFoundError,
    PlanRunStore,
    RunOutcome,
    RunParams,
    RunState,
    StepState,
)
from yuanli.operations.device_plans.stepping import ended, give_back, marked, pick, send, settle
from yuanli.operations.places import Places
from yuanli.operations.rights import Right
from yuanli.operations.solving import Solving
from yuanli.operations.telemetry import Telemetry
from yuanli.operations.twin import Twin

log = logging.getLogger(__name__)
SEE_ITS_PAGE = Text("在方案页查看、重排或停止它。", "See it on its page: plan the rest anew, or stop it.")
NONE_COVERS = Text(
    "没有常设策略涵盖该方案：未下发任何命令，等待有权控制设备的人批准。",
    "No standing policy covers it: nothing is sent before somebody who may command devices approves it.",
)
NO_POLICY = Text(
    "园区还没有常设策略：未下发任何命令，等待有权控制设备的人批准。",
    "There is no standing policy yet: nothing is sent before somebody who may command devices approves it.",
)
ASKED_BY_HAND = Text("由人要求重排。", "Somebody asked for it.")


class PlanChangedError(InfeasibleError):
    """What would be carried out is no longer what was shown."""


class ResumeError(InvalidInputError):
    """A device can't come back to its plan after such a time."""


class PlanRuns:
    """Approves, carries out, stops and renews plans of devices. Safe for threads.

    A plan is carried out by right of who approved it, and approved by a policy by right of who set that, as that is
    then: it ends, and the policy covers nothing, where they may not command devices any more.

    Parameters
    ----------
    caller
        Returns what a user may do now; `UserNotFoundError` or `UserDisabledError` where that is nothing.
    """

    def __init__(
        self,
        store: PlanRunStore,
        policies: PlanPolicyStore,
        solving: Solving,
        drafts: DeviceDrafts,
        commands: Commands,
        places: Places,
        telemetry: Telemetry,
        twin: Twin,
        *,
        caller: Callable[[str], Caller],
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        params: RunParams = RunParams(),
    ) -> None:
        self._store, self._policies, self._solving, self._caller = store, policies, solving, caller
        self._commands, self._places, self._telemetry, self._twin = commands, places, telemetry, twin
        self._clock, self._new_id, self._params = clock, new_id, params
        self._renewals = Renewals(solving, drafts, params)
        self._lock = Lock()

    def preview(self, campus_id: CampusId, job_id: str, *, who: str) -> ApprovalPreview:
        """Say what would be carried out, and what stands against it; nothing is sent.

        Raises
        ------
        SolveNotFoundError, PlanNotApprovedError
            There is no such plan, or none that can be carried out.
        """
        run, figures, replaces = self._proposed(campus_id, job_id, who)
        against, warnings = obstacles_of(run, self._commands, who)
        against = (*running_already(run, replaces), *against)
        _, problem, _ = solved_plan(self._solving, campus_id, job_id)
        entered = told_entered(document_of(self._solving.problem(campus_id, job_id)) or {})
        warnings = (*unsteered(problem), *taken_back(run, replaces), *entered, *warnings)
        return ApprovalPreview(
            job_id=job_id, name=run.name, begins_at=run.begins_at, ends_at=run.ends_at, devices=len(run.devices),
            steps=len(run.steps), switches=switches_of(run), cost=figures.cost, usual_cost=figures.usual_cost,
            against=against, warnings=warnings, replaces=tuple(one.id for one in replaces),
            changes=self._changes(run, replaces),
            fingerprint=fingerprint_of(run),
        )  # fmt: skip

    def approve(
        self,
        campus_id: CampusId,
        job_id: str,
        *,
        who: str,
        fingerprint: str,
        resume_after_s: float | None = None,
    ) -> PlanRun:
        """Carry out what was shown, from now on.

        Raises
        ------
        SolveNotFoundError, PlanNotApprovedError, PlanChangedError, ResumeError
            There is no such plan; something stands against it; it is not what was shown.
        """
        if resume_after_s is not None and not 60 <= resume_after_s <= 7 * 86_400:
            raise ResumeError(
                Text(
                    f"{resume_after_s:g} 秒不在 1 分钟到 7 天之内。",
                    f"{resume_after_s:g} s are not within a minute and 7 days.",
                ),
                field="resume_after_s", hint=Text("不填则到下次批准。", "Leave it out to wait for the next approval."),
            )  # fmt: skip
        with self._lock:
            run, _, replaces = self._proposed(campus_id, job_id, who)
            if fingerprint_of(run) != fingerprint:
                raise PlanChangedError(
                    Text("方案与所看到的不同。", "The plan is not the one that was shown."), field="fingerprint",
                    hint=Text("请重新查看后批准。", "Look at it again, then approve."),
                )  # fmt: skip
            if again := running_already(run, replaces):
                raise PlanNotApprovedError(again[0], field="plan", hint=SEE_ITS_PAGE)
            against, _ = obstacles_of(run, self._commands, who)
            if against:
                hint = Text("排除障碍后再批准。", "Remove what stands against it.")
                raise PlanNotApprovedError(against[0], field="plan", hint=hint)
            return self._begin(replace(run, resume_after_s=resume_after_s), replaces)

    def list(self, campus_id: CampusId) -> tuple[PlanRun, ...]:
        """Return the plans of a campus that are or were carried out, newest first."""
        self._places.campus(campus_id)
        return self._store.list_runs(campus_id)

    def get(self, campus_id: CampusId, run_id: str) -> PlanRun:
        """Return one; `PlanRunNotFoundError` where there is none."""
        run = self._store.find_run(campus_id, run_id)
        if run is None:
            raise PlanRunNotFoundError(
                Text(f"没有执行中的方案 {run_id!r}。", f"No plan {run_id!r} is carried out."), field="run",
                hint=Text("见 plan-runs 列表。", "GET …/plan-runs lists them."),
            )  # fmt: skip
        return run

    def stop(self, campus_id: CampusId, run_id: str, *, who: str, at_once: bool = True) -> PlanRun:
        """End a plan now: no further step is sent, and its devices are given back to their own control.

        Parameters
        ----------
        at_once
            Whether this process gives them back; else the one that looks at plans does.
        """
        with self._lock:
            run = self.get(campus_id, run_id)
            if run.state is not RunState.RUNNING:
                return run
            said = Text(f"由 {who} 停止。", f"{who} stopped it.")
            kept = self._keep(
                ended(run, RunOutcome.STOPPED, self._clock(), said, give=self._clock() >= run.begins_at)
            )
            return (self._looked_at(kept) if at_once else None) or kept

    def replan(self, campus_id: CampusId, run_id: str) -> PlanRun:
        """Plan the rest of a running plan anew, now."""
        run = self.get(campus_id, run_id)
        if run.state is not RunState.RUNNING or run.outcome is not None:
            raise PlanNotApprovedError(
                Text("方案已经结束。", "The plan has ended."), field="run",
                hint=Text("请生成新方案。", "Draft a new one."),
            )  # fmt: skip
        asked = replace(run, asked=(*run.asked, ASKED_BY_HAND))
        return self._keep(self._renewals.renewed(asked, self._clock(), self._next_by_policy))

    def switchable(self, campus_id: CampusId, place: FeatureId | None, kind: str) -> tuple[DeviceId, ...]:
        """Return the devices of a kind in a place that can be switched: those that a policy for it is about.

        Raises
        ------
        FeatureNotFoundError, PlanPolicyError
            There is no such place, or nothing there can be switched.
        """
        campus, rules = self._places.campus(campus_id), self._commands.rules
        found = equipment_of(campus, devices_at(campus, place, kind, rules), rules)
        if not found:
            raise PlanPolicyError(
                Text(
                    f"{place or campus_id} 没有可开关的 {kind} 设备。",
                    f"No {kind} of {place or campus_id} can be switched.",
                ),
                field="place", hint=Text("换一个地点或设备类型。", "Name another place or kind."),
            )  # fmt: skip
        return tuple(item.device.id for item in found)

    def add_policy(self, policy: PlanPolicy) -> PlanPolicy:
        """Keep a standing policy; `FeatureNotFoundError` where a device is not on the map."""
        campus = self._places.campus(policy.campus_id)
        for device_id in policy.device_ids:
            campus.get(device_id, Device)
        self._policies.add_policy(policy)
        return policy

    def policies(self, campus_id: CampusId) -> tuple[PlanPolicy, ...]:
        """Return the standing policies of a campus, newest first."""
        self._places.campus(campus_id)
        return self._policies.list_policies(campus_id)

    def remove_policy(self, campus_id: CampusId, policy_id: str) -> None:
        """Take a policy back: plans that run go on, no further one is approved by it."""
        if not self._policies.remove_policy(campus_id, policy_id):
            raise PlanPolicyNotFoundError(
                Text(f"没有策略 {policy_id!r}。", f"There is no policy {policy_id!r}."), field="policy",
                hint=Text("见 plan-policies 列表。", "GET …/plan-policies lists them."),
            )  # fmt: skip

    def hand_in(self, campus_id: CampusId, job_id: str, *, who: str, at_once: bool = True) -> PolicyVerdict:
        """Carry a plan out if a standing policy covers it, in the name of who set that; else a person has to approve.

        Parameters
        ----------
        at_once
            Whether gateways run in this process; else it is seen when steps are sent whether devices are reached.

        Raises
        ------
        SolveNotFoundError, PlanNotApprovedError
            There is no such plan, none that can be carried out, or it is carried out already.
        """
        with self._lock:
            proposed, _, replaces = self._proposed(campus_id, job_id, who)
            if again := running_already(proposed, replaces):
                raise PlanNotApprovedError(again[0], field="plan", hint=SEE_ITS_PAGE)
            run, refusals = self._by_policy(campus_id, job_id, handed_in_by=who, at_once=at_once)
        if run is not None:
            assert run.policy is not None
            said = Text(f"已开始执行：{run.policy.zh}。", f"It is carried out, under {run.policy.en}.")
        else:
            said = NONE_COVERS if refusals else NO_POLICY
        return PolicyVerdict(run=run, refusals=refusals, message=said)

    def look(self) -> None:
        """Send what is due of all plans, notice what happened, plan anew where that is asked."""
        for run in self._store.list_runs(open_only=True):
            with self._lock:
                try:
                    fresh = self._store.find_run(run.campus_id, run.id)
                    if fresh is not None and fresh.state is not RunState.ENDED:
                        self._looked_at(fresh)
                except YuanliError as error:
                    log.warning("Plan %s can't be looked at: %s", run.id, error)
            self._renew(run.campus_id, run.id)

    def _renew(self, campus_id: CampusId, run_id: str) -> None:
        """Plan anew where that is asked or the world is otherwise; a draft takes seconds, in which nobody waits."""
        run, now = self._store.find_run(campus_id, run_id), self._clock()
        if run is None or run.state is not RunState.RUNNING or run.outcome is not None:
            return
        try:
            zone = ZoneInfo(self._places.campus(campus_id).time_zone)
            asked = self._renewals.compared(run, now, zone)
            after = self._renewals.renewed(asked, now, self._next_by_policy)
            if after not in (run, self._store.find_run(campus_id, run_id)):
                self._keep(after)
        except PlanChangedError:
            log.info("Plan %s was changed while it was planned anew", run_id)
        except YuanliError as error:
            log.warning("Plan %s can't be planned anew: %s", run_id, error)

    def _proposed(
        self, campus_id: CampusId, job_id: str, who: str
    ) -> tuple[PlanRun, Any, tuple[PlanRun, ...]]:
        now, campus = self._clock(), self._places.campus(campus_id)
        job, problem, plan = solved_plan(self._solving, campus_id, job_id)
        run = run_of(job, problem, plan, campus, self._commands, run_id=self._new_id(), who=who, now=now)
        replaces = overlapping(run, self._store.list_runs(campus_id, open_only=True))
        return run, figures_of(problem, plan, run, now=now), replaces

    def _changes(self, run: PlanRun, replaces: tuple[PlanRun, ...]) -> tuple[Text, ...]:
        zone = ZoneInfo(self._places.campus(run.campus_id).time_zone)
        return tuple(one for old in replaces for one in changes_between(old, run, zone))

    def _begin(self, run: PlanRun, replaces: tuple[PlanRun, ...]) -> PlanRun:
        own = {device.device_id for device in run.devices}
        run = replace(run, changes=self._changes(run, replaces))
        for old in replaces:
            if old.next_job == run.job_id:
                run = replace(run, reason=old.next_reason)
            why, by = run.reason or Text("", ""), run.policy or Text(run.approved_by, run.approved_by)
            said = Text(
                f"由 {by.zh} 批准的新方案接替。{why.zh}",
                f"A plan that {by.en} approved takes over. {why.en}".strip(),
            )
            run = replace(run, follows=old.id, resume_after_s=run.resume_after_s or old.resume_after_s)
            left = [d for d in old.devices if d.device_id not in own and d.left is not None]
            run = replace(run, devices=(*run.devices, *(replace(d, on="", owed=False) for d in left)))
            begins = max(run.begins_at, run.at)
            steps = tuple(s for s in old.steps if s.due_at < begins or s.state is not StepState.DUE)
            kept = {d.device_id for d in run.devices}
            devices = tuple(
                replace(d, owed=d.owed or (d.device_id not in kept and d.left is None)) for d in old.devices
            )
            cut = replace(
                old,
                ends_at=begins,
                steps=steps,
                devices=devices,
                outcome=RunOutcome.REPLACED,
                message=said,
                asked=(),
                next_job=None,
                next_reason=None,
                next_waits=None,
            )
            self._keep(cut)
        self._store.add_run(run)
        log.info(
            "%s approved plan %s: %s devices, %s steps",
            run.approved_by,
            run.id,
            len(run.devices),
            len(run.steps),
        )
        return run

    def _by_policy(
        self,
        campus_id: CampusId,
        job_id: str,
        *,
        handed_in_by: str | None = None,
        resume_after_s: float | None = None,
        at_once: bool = True,
    ) -> tuple[PlanRun | None, tuple[PolicyRefusal, ...]]:
        """Carry a plan out under the newest policy that covers it; else None, and why each does not."""
        campus, refusals = self._places.campus(campus_id), []
        proposed, figures, replaces = self._proposed(campus_id, job_id, handed_in_by or "")
        proposed = replace(proposed, handed_in_by=handed_in_by, resume_after_s=resume_after_s)
        kinds = self._commands.rules.kinds
        for policy in self._policies.list_policies(campus_id):
            said = told_policy(policy, campus, kinds)
            run = replace(proposed, approved_by=policy.who, policy_id=policy.id, policy=said)
            if why := self._not_covered(policy, run, figures, replaces, at_once=at_once):
                refusals.append(PolicyRefusal(policy_id=policy.id, policy=said, why=why))
                continue
            return self._begin(run, replaces), ()
        return None, tuple(refusals)

    def _not_covered(
        self,
        policy: PlanPolicy,
        run: PlanRun,
        figures: PlanFigures,
        replaces: tuple[PlanRun, ...],
        *,
        at_once: bool,
    ) -> tuple[Text, ...]:
        if (lost := self._lost_right(policy.who)) is not None:
            log.warning("Policy %s covers nothing: %s may not command devices", policy.id, policy.who)
            return (lost,)
        against, _ = obstacles_of(run, self._commands, policy.who, reached=at_once)
        zone = ZoneInfo(self._places.campus(run.campus_id).time_zone)
        broken = limits_broken(policy, run, figures, zone=zone, now=self._clock())
        return (*running_already(run, replaces), *not_by_policy(run, replaces), *against, *broken)

    def _lost_right(self, who: str) -> Text | None:
        """Return why somebody may not command devices any more; None where they may."""
        try:
            self._caller(who).require(Right.COMMAND_DEVICES)
        except (UserNotFoundError, UserDisabledError, NotAllowedError) as error:
            return Text(
                f"{who} 不再能控制设备：{error.message.zh}",
                f"{who} may not command devices any more: {error.message.en}",
            )
        return None

    def _next_by_policy(self, run: PlanRun) -> PlanRun:
        assert run.next_job is not None
        with self._lock:
            taken, refusals = self._by_policy(run.campus_id, run.next_job, resume_after_s=run.resume_after_s)
        if taken is None:
            return replace(run, next_waits=told_waits(refusals))
        return self.get(run.campus_id, run.id)

    def _keep(self, run: PlanRun) -> PlanRun:
        kept = self._store.save_run(run)
        if kept is None:
            raise PlanChangedError(
                Text("方案同时被别处修改。", "Somebody else changed the plan at the same time."), field="run",
                hint=Text("请重试。", "Try again."),
            )  # fmt: skip
        return kept

    def _looked_at(self, run: PlanRun) -> PlanRun | None:
        """Look at one plan; each change is kept before anything is sent by it."""
        now, campus = self._clock(), self._places.campus(run.campus_id)
        who = run.approved_by
        before = run
        run = settle(run, self._commands)
        if run.state is RunState.RUNNING and now >= run.ends_at:
            run = ended(run, run.outcome or RunOutcome.FINISHED, now, run.message, give=run.outcome is None)
        if run.state is RunState.RUNNING and (lost := self._lost_right(who)) is not None:
            log.warning("Plan %s of %s is stopped: %s", run.id, who, lost.en)
            said = Text(f"方案已终止：{lost.zh}", f"The plan has ended: {lost.en}")
            run = ended(run, RunOutcome.STOPPED, now, said, give=now >= run.begins_at)
        if run.state is RunState.RUNNING and now >= run.begins_at:
            run = notice(run, self._seen(run, now))
            run, due = pick(run, now, timedelta(seconds=self._params.late_s))
            if due:
                run = self._keep(marked(run, due, now, self._new_id()))
                before = run
                run = send(run, self._commands, campus, who)
        if any(device.owed for device in run.devices):
            run = give_back(run, self._commands, campus, who, self._new_id())
        if run != before:
            run = before = self._keep(run)
        if run.state is RunState.ENDING and (
            not any(device.owed for device in run.devices)
            or now > run.ends_at + timedelta(seconds=self._params.owed_s)
        ):
            run = replace(run, state=RunState.ENDED)
        if run == before:
            return run
        with suppress(PlanChangedError):
            return self._keep(replace(run, looked_at=now))
        return self._store.find_run(run.campus_id, run.id)

    def _seen(self, run: PlanRun, now: datetime) -> Seen:
        start = run.at if run.looked_at is None else run.looked_at - timedelta(minutes=5)
        latest = self._telemetry.latest(run.campus_id, tuple({device.told_by for device in run.devices}))
        state = self._twin.state(run.campus_id, now)
        return Seen(
            now=now, writes=self._commands.log(run.campus_id, start=start, limit=self._params.log_writes),
            latest={one.point: one for one in latest},
            locks={lock.device_id: lock for lock in self._commands.locks(run.campus_id)},
            faulty=frozenset(device.id for device in state.devices if device.fault),
            settle=timedelta(seconds=self._params.settle_s), late=timedelta(seconds=self._params.late_s),
        )  # fmt: skip


def keep_plan_runs(runs: PlanRuns, wait: Callable[[float], bool], every_s: float = 15.0) -> None:
    """Look at the plans that are carried out until told to stop."""
    while not wait(every_s):
        try:
            runs.look()
        except YuanliError as error:
            log.warning("Plans can't be looked at: %s", error)

"""The rest of a running plan of devices, planned anew where prices, forecasts or people ask for it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from yuanli.errors import Text, YuanliError
from yuanli.operations.device_plans.differing import differences
from yuanli.operations.device_plans.drafting import DeviceDrafts
from yuanli.operations.device_plans.entering import entered_in
from yuanli.operations.device_plans.replanning import first_free_slot, raise_demand, rest_of
from yuanli.operations.device_plans.runs import PlanNotApprovedError, PlanRun, RunParams
from yuanli.operations.device_plans.stepping import told_left
from yuanli.operations.device_plans.wishes import read_wish
from yuanli.operations.solving import SolveOrder, SolveState, Solving
from yuanli.scheduling import DEVICES, parse_devices
from yuanli.solver import Stop

log = logging.getLogger(__name__)
DRAFT = "drafted.json"
NONE_LEFT = Text(
    "方案里的设备都已退出，没有可重排的；如需恢复，请生成并批准新方案。",
    "All devices have left the plan, and nothing is planned anew; draft and approve a new one to take them back.",
)
MOST_NAMED = 3
ENDED = (SolveState.DONE, SolveState.CANCELLED, SolveState.FAILED)
ByPolicy = Callable[[PlanRun], PlanRun]
"""Carries the next plan of a run out where a standing policy covers it; returns what the run is then."""


class Renewals:
    """Asks for new plans of what runs, and takes them up."""

    def __init__(self, solving: Solving, drafts: DeviceDrafts, params: RunParams) -> None:
        self._solving, self._drafts, self._params = solving, drafts, params

    def compared(self, run: PlanRun, now: datetime, zone: tzinfo) -> PlanRun:
        """Ask for a new plan where prices or forecasts are materially others than the newest was made for.

        That is the one that waits for its approval, where one does. Prices are compared whenever a plan is looked at,
        forecasts, which take seconds, each `compare_s`.
        """
        first = self._first(run, now)
        if run.asked or first >= run.slots:
            return run
        document = document_of(self._solving.problem(run.campus_id, run.next_job or run.job_id))
        wish = ((document or {}).get("drafted") or {}).get("wish")
        if document is None or not isinstance(wish, dict):
            return run
        raise_demand(document)
        begins = run.begins_at + run.slot * first
        own = max(0, (begins - datetime.fromisoformat(document["begins_at"])) // run.slot)
        due = now - (run.compared_at or run.at) >= timedelta(seconds=self._params.compare_s)
        if due:
            run = replace(run, compared_at=now)
            fresh = self._fresh(run, document["drafted"], first)
        else:
            prices = self._drafts.prices(
                run.campus_id, [begins + run.slot * i for i in range(run.slots - first)]
            )
            same = isinstance(document["price"], list) and document["price"][own:] == prices
            fresh = None if same else {"price": prices}
        if fresh is None:
            return run
        problem = parse_devices(json.dumps(document).encode(), DRAFT)
        said = differences(problem, own, fresh, params=self._params, kept=entered_in(document), zone=zone)
        return replace(run, asked=said)

    def _first(self, run: PlanRun, now: datetime) -> int:
        return first_free_slot(run, now, timedelta(seconds=self._params.lead_s))

    def _fresh(self, run: PlanRun, drafted: Mapping[str, Any] | None, first: int) -> Mapping[str, Any] | None:
        wish = (drafted or {}).get("wish")
        if not isinstance(wish, dict) or first >= run.slots:
            return None
        span = (run.begins_at + run.slot * first, run.begins_at + run.slot * run.slots)
        try:
            return self._drafts.draft(run.campus_id, read_wish(wish), span=span).document
        except YuanliError as error:
            log.warning("Plan %s can't be compared with a new draft: %s", run.id, error)
            return None

    def renewed(self, run: PlanRun, now: datetime, by_policy: ByPolicy) -> PlanRun:
        """Begin to plan anew where that is asked, and take up what came of it."""
        if run.next_job is not None:
            run = self._taken_up(run, now, by_policy)
        if not run.asked or run.outcome is not None:
            return run
        first = self._first(run, now)
        if first >= run.slots:
            return replace(run, asked=())
        if not any(device.left is None for device in run.devices):
            return replace(run, asked=(), next_job=None, next_reason=None, message=NONE_LEFT)
        why = reason_of(run)
        changes = self._params.max_changes + sum(device.left is not None for device in run.devices)
        try:
            job_id = self._search(run, first, changes)
        except YuanliError as error:
            log.warning("Plan %s can't be planned anew: %s", run.id, error)
            said = Text(f"无法重排：{error.message.zh}", f"It can't be planned anew: {error.message.en}")
            return replace(run, asked=(), next_job=None, message=said)
        return replace(run, asked=(), next_job=job_id, next_reason=why, next_tries=1, next_waits=None)

    def _search(self, run: PlanRun, first: int, changes: int | None) -> str:
        order = self._solving.problem(run.campus_id, run.job_id)
        problem = parse_devices(order.problem, order.file_name)
        plan = self._solving.get(run.campus_id, run.job_id).plan
        document = document_of(order)
        if plan is None or document is None:
            raise PlanNotApprovedError(Text("原方案已不在。", "The plan it follows is gone."), field="plan")
        fresh = self._fresh(run, problem.drafted, first)
        rest, start = rest_of(document, problem, plan.assignments, run, first, fresh=fresh)
        again = SolveOrder(
            kind=DEVICES.name, name=run.name, file_name=DRAFT, problem=json.dumps(rest, ensure_ascii=False).encode(),
            stop=Stop(time_s=self._params.search_s), start=tuple(start), max_changes=changes,
        )  # fmt: skip
        return self._solving.start(run.campus_id, again, run.approved_by).id

    def _taken_up(self, run: PlanRun, now: datetime, by_policy: ByPolicy) -> PlanRun:
        """Approve a new plan under a policy, else it waits for a person; where none was found, search freely."""
        assert run.next_job is not None
        try:
            job = self._solving.get(run.campus_id, run.next_job)
        except YuanliError:
            return replace(run, next_job=None, next_reason=None)
        if job.summary.state not in ENDED:
            return run
        if job.plan is None or not job.plan.assignments:
            first = self._first(run, now)
            if run.next_tries < 2 and first < run.slots:
                return replace(run, next_job=self._search(run, first, None), next_tries=2)
            said = job.plan.conflicts[0] if job.plan is not None and job.plan.conflicts else None
            why = said or job.summary.error or Text("没有找到方案。", "No plan was found.")
            failed = Text(f"重排没有结果：{why.zh}", f"No new plan: {why.en}")
            return replace(run, next_job=None, next_reason=None, message=failed)
        try:
            return by_policy(run)
        except YuanliError as error:
            return replace(run, next_job=None, next_reason=None, message=error.message)


def document_of(order: SolveOrder) -> dict[str, Any] | None:
    """Return a problem as it was drafted; None where it is a table."""
    if order.problem[:1] != b"{":
        return None
    told: dict[str, Any] = json.loads(order.problem)
    return told


def reason_of(run: PlanRun) -> Text:
    """Say why a run has to be planned anew: devices that left for the same reason together."""
    left: dict[Text, list[str]] = {}
    others: list[Text] = []
    names = {told_left(device): device for device in run.devices if device.message is not None}
    for one in dict.fromkeys(run.asked):
        device = names.get(one)
        if device is None or device.message is None:
            others.append(one)
        else:
            left.setdefault(device.message, []).append(device.name)
    for why, gone in left.items():
        more = len(gone) - MOST_NAMED
        zh, en = "、".join(gone[:MOST_NAMED]), ", ".join(gone[:MOST_NAMED])
        zh, en = (f"{zh} 等 {len(gone)} 台", f"{en} and {more} more") if more > 0 else (zh, en)
        others.append(Text(f"{zh}：{why.zh}", f"{en}: {why.en}"))
    return Text("".join(one.zh for one in others[:5]), " ".join(one.en for one in others[:5]))

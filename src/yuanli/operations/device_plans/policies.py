"""Standing policies: what plans of devices are carried out without asking, set by a person who may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from yuanli.campus import CampusId, DeviceId, FeatureId
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.operations.device_plans.runs import PlanRun

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


class PlanPolicyError(InvalidInputError):
    """A policy breaks a rule."""


class PlanPolicyNotFoundError(NotFoundError):
    """The campus has no such policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPolicy:
    """A plan that keeps all of these limits is approved in the name of `who`.

    Parameters
    ----------
    device_ids
        It may command these only.
    kind, place_id
        What was named where they were found by their kind in a place (the whole site where `place_id` is None): told to
        people, nothing is decided by it. What comes to the place later is not of the policy.
    start, end
        It may switch from this to that time of the day only, by the clock of the park (`06:00`, `24:00`).
    weekdays
        1 Monday … 7 Sunday.
    most_starts
        How often it starts one device at most.
    least_service
        Comfort: it serves at least this share of the demand that was drafted.
    least_saving
        It saves at least this share of the cost of the usual running: less is not worth it.
    most_cost
        It costs no more.
    until
        The policy ends then; never where None.
    """

    id: str
    campus_id: CampusId
    who: str
    at: datetime
    device_ids: tuple[DeviceId, ...]
    kind: str | None = None
    place_id: FeatureId | None = None
    start: str = "00:00"
    end: str = "24:00"
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    most_starts: int = 6
    least_service: float = 1.0
    least_saving: float = 0.0
    most_cost: float | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if not self.device_ids:
            raise _bad("devices", "没有设备", "no devices are named")
        for name in ("start", "end"):
            if not CLOCK.fullmatch(getattr(self, name)):
                raise _bad(
                    name, f"“{getattr(self, name)}”不是 HH:MM", f"{getattr(self, name)!r} is not HH:MM"
                )
        if self.start >= self.end:
            raise _bad("end", f"{self.end} 不晚于 {self.start}", f"{self.end} is not after {self.start}")
        if not self.weekdays or not set(self.weekdays) <= set(range(1, 8)):
            raise _bad("weekdays", "星期应为 1–7", "weekdays are 1 to 7")
        for name, least in (("least_service", 0), ("least_saving", -1)):
            if not least <= (share := getattr(self, name)) <= 1:
                raise _bad(
                    name,
                    f"份额 {share:g} 不在 {least}–1",
                    f"a share of {share:g} is not within {least} and 1",
                )
        if self.most_starts < 0:
            raise _bad(
                "most_starts", f"启动次数 {self.most_starts} 为负", f"{self.most_starts} starts are below 0"
            )
        if self.most_cost is not None and self.most_cost < 0:
            raise _bad(
                "most_cost", f"费用 {self.most_cost:g} 为负", f"a cost of {self.most_cost:g} is below 0"
            )
        if self.until is not None and self.until <= self.at:
            raise _bad(
                "until", f"{self.until:%Y-%m-%d %H:%M%z} 已经过去", f"{self.until:%Y-%m-%d %H:%M%z} is over"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """What a policy looks at too: money of plan and usual running, the least share of demand served."""

    cost: float
    usual_cost: float | None
    service: float


class PlanPolicyStore(Protocol):
    """Keeps policies. Each call is one transaction, on disk when it returns."""

    def add_policy(self, policy: PlanPolicy) -> None:
        """Keep a new one."""

    def list_policies(self, campus_id: CampusId) -> tuple[PlanPolicy, ...]:
        """Return those of a campus, newest first."""

    def remove_policy(self, campus_id: CampusId, policy_id: str) -> bool:
        """Take one back; tell whether there was one."""


def limits_broken(
    policy: PlanPolicy, run: PlanRun, figures: PlanFigures, *, zone: tzinfo, now: datetime
) -> tuple[Text, ...]:
    """Return why a policy does not cover a plan; nothing where it does."""
    found = []
    if policy.until is not None and now >= policy.until:
        found.append(Text("策略已到期。", "The policy has ended."))
    allowed = set(policy.device_ids)
    commanded = [device for device in run.devices if device.left is None]
    if others := [device.name for device in commanded if device.device_id not in allowed]:
        found.append(Text(f"策略不含 {others[0]}。", f"{others[0]} is not of the policy."))
    for step in run.steps:
        local = step.due_at.astimezone(zone)
        if local.isoweekday() not in policy.weekdays or not policy.start <= f"{local:%H:%M}" < policy.end:
            found.append(
                Text(
                    f"{local:%m-%d %H:%M} 的操作不在策略时段内。",
                    f"It switches at {local:%m-%d %H:%M}, outside of the hours.",
                )
            )
            break
    for device in commanded:
        starts = sum(step.on for step in run.steps if step.device_id == device.device_id)
        if starts > policy.most_starts:
            found.append(
                Text(
                    f"{device.name} 启动 {starts} 次，最多 {policy.most_starts} 次。",
                    f"{device.name} starts {starts} times; {policy.most_starts} are allowed.",
                )
            )
            break
    found += _figures_broken(policy, figures)
    return tuple(found)


def _figures_broken(policy: PlanPolicy, figures: PlanFigures) -> list[Text]:
    found = []
    if figures.service < policy.least_service - 1e-6:
        found.append(
            Text(
                f"只满足需求的 {figures.service:.0%}，至少要 {policy.least_service:.0%}。",
                f"It serves {figures.service:.0%} of the demand; {policy.least_service:.0%} are needed.",
            )
        )
    if policy.most_cost is not None and figures.cost > policy.most_cost:
        found.append(
            Text(
                f"费用 {figures.cost:g} 超过 {policy.most_cost:g}。",
                f"It costs {figures.cost:g}, more than {policy.most_cost:g}.",
            )
        )
    if policy.least_saving > 0:
        usual = figures.usual_cost
        share = None if not usual else 1 - figures.cost / usual
        if share is None or share < policy.least_saving - 1e-9:
            told = "?" if share is None else f"{share:.0%}"
            found.append(
                Text(
                    f"节省 {told}，至少要 {policy.least_saving:.0%}。",
                    f"It saves {told}; {policy.least_saving:.0%} are needed.",
                )
            )
    return found


def _bad(field: str, zh: str, en: str) -> PlanPolicyError:
    return PlanPolicyError(
        Text(f"策略不合格：{zh}。", f"The policy can't be: {en}."), field=field,
        hint=Text("更正后重试。", "Correct it and try again."),
    )  # fmt: skip

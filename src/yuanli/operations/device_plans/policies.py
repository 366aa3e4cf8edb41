"""Standing policies: what plans of devices are carried out without asking, set by a person who may."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from yuanli.campus import Campus, CampusId, DeviceId, FeatureId, name_in
from yuanli.errors import InvalidInputError, NotFoundError, Text, counted
from yuanli.operations.command_rules import DeviceKind
from yuanli.operations.device_plans.runs import PlanRun

DAYS = tuple(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
MOST_NAMED = 3
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
class PolicyRefusal:
    """Why a standing policy does not cover a plan; `policy` tells which it is, as whose it is, of what and when."""

    policy_id: str
    policy: Text
    why: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVerdict:
    """What came of a plan that was handed in: the run that began; else why no policy covers it, newest first."""

    run: PlanRun | None
    refusals: tuple[PolicyRefusal, ...]
    message: Text


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


def told_policy(policy: PlanPolicy, campus: Campus, kinds: Mapping[str, DeviceKind]) -> Text:
    """Say whose policy it is, of which devices, when."""
    what, days = told_devices(policy, campus, kinds), told_days(policy.weekdays)
    span = f"{policy.start}–{policy.end}"
    return Text(
        f"{policy.who} 的策略（{what.zh}，{days.zh} {span}）",
        f"{policy.who}'s policy ({what.en}; {days.en} {span})",
    )


def told_devices(policy: PlanPolicy, campus: Campus, kinds: Mapping[str, DeviceKind]) -> Text:
    """Say which devices a policy is about: kind and place where it was set by them, else the first by name."""
    n = len(policy.device_ids)
    if policy.kind is not None:
        kind = kinds[policy.kind].text if policy.kind in kinds else Text(policy.kind, policy.kind)
        place = None if policy.place_id is None else _called(campus, policy.place_id)
        zh, en = ("", "") if place is None else (f"{place.zh} ", f" of {place.en}")
        return Text(f"{zh}{kind.zh} {n} 台", f"{counted(n, 'device')}, {kind.en}{en}")
    names = [_called(campus, device_id) for device_id in policy.device_ids[:MOST_NAMED]]
    more = n - len(names)
    return Text(
        "、".join(one.zh for one in names) + (f" 等 {n} 台" if more else ""),
        ", ".join(one.en for one in names) + (f" and {more} more" if more else ""),
    )


def _called(campus: Campus, feature_id: FeatureId) -> Text:
    name = getattr(campus.find(feature_id), "name", None) or {}
    return Text(name_in(name, "zh") or feature_id, name_in(name, "en") or feature_id)


def told_days(weekdays: tuple[int, ...]) -> Text:
    """Say days of the week.

    >>> told_days((1, 2, 3, 6)).en
    'Mon, Tue, Wed, Sat'
    """
    days = sorted(set(weekdays))
    if len(days) == len(DAYS):
        return Text("每天", "every day")
    return Text("周" + "".join(DAYS[day - 1][0] for day in days), ", ".join(DAYS[day - 1][1] for day in days))


def told_waits(refusals: Sequence[PolicyRefusal]) -> Text | None:
    """Say why no policy covers a plan, in a sentence a policy; None where there is none."""
    if not refusals:
        return None
    first, more = refusals[:MOST_NAMED], len(refusals) - MOST_NAMED
    zh = "".join(f"{one.policy.zh}：{one.why[0].zh}" for one in first)
    en = " ".join(f"{one.policy.en}: {one.why[0].en}" for one in first)
    return Text(f"{zh}另有 {more} 条策略。", f"{en} So do {more} more.") if more > 0 else Text(zh, en)


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

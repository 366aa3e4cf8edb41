"""How a plan came out: what it reaches, which rules bind, what more room would change, and why not otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from yuanli.campus import Building, Level, Team, Unit
from yuanli.errors import Text, figured
from yuanli.language import Understanding
from yuanli.operations.answering.allocating import asked_of, require_planner, said_of
from yuanli.operations.answering.asked import SIGN_IN, Where, is_member, place_of, refused, where_of
from yuanli.operations.answering.device_wondering import asks_why_of_devices, find_devices_job, tell_why
from yuanli.operations.answering.plan_sensing import PlanSensing
from yuanli.operations.answering.plan_wondering import can_wonder, names_row, tell_why_moved
from yuanli.operations.answering.rereading import asks_of_plan
from yuanli.operations.answering.site_wondering import tell_why_not_there
from yuanli.operations.answering.vocabulary import says
from yuanli.operations.answering.what_if import wonders
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.solving import Sensing, SolveJob, SolveState, SolveSummary, Solving, kind_of
from yuanli.planning import (
    SITES,
    SPACES,
    Rule,
    SpacePlan,
    SpaceProblem,
    rules_from_words,
    tell_rule,
    violations,
)
from yuanli.scheduling import DEVICES
from yuanli.solver import Search, Stop, Wish, make_plan

WHY_S = 4.0
"""So long another plan is sought in which what was asked for holds."""
TOLD = 6
WHY = re.compile(
    r"为什么|为何|为啥|怎么|干嘛|干吗|\bwhy\s+(?:is|are|was|were|do|does|did|has|have)?"
    r"(?:n[’']t)?(?:\s+you)?\b|\bhow come\b",
    re.IGNORECASE,
)
NOT = re.compile(r"没有?(?!有)|不(?!同|一样)(?:要|能|会|把)?|\bnot\b\s*|n[’']t\b", re.IGNORECASE)
HOLDS = re.compile(
    r"在(?!一起)|挨着|相邻|坐|靠近|远离|放|搬|\b(?:on|in|at|near"
    r"|next to|beside|close to|adjacent to|sit|sitting)\b",
    re.IGNORECASE,
)
"""Where it is said what holds, before which a negation stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceInfoAnswers:
    """Answers `space_info`: of plans, and what is registered of rooms."""

    solving: Solving
    sensing: Sensing

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how the newest plan came out, or what is known of a place."""
        if wonders(understanding, understanding.intent):
            require_planner(asker)
            return PlanSensing(solving=self.solving, sensing=self.sensing).tell(understanding, asker)
        if not asks_of_plan(understanding, understanding.intent):
            return _place(guide, understanding, asker)
        require_planner(asker)
        mine = [job for job in self.solving.list(guide.campus.id) if job.who == asker.user]
        if not mine:
            text = Text("您还没有做过方案。", "You have made no plan yet.")
            hint = (Text("排一下A座的座位，最多搬 30 人", "seat block A, move at most 30 people"),)
            return Reply(text=text, understanding=understanding, suggestions=hint)
        why = says(understanding.text, "why")
        seated = next((one.id for one in mine if one.kind == SPACES.name), None) if why else None
        if seated is not None and seated != mine[0].id:
            older = self.solving.get(guide.campus.id, seated)
            if names_row(older, understanding.text):
                return Reply(text=self._why(guide, understanding, asker, older), understanding=understanding)
        of_devices = find_devices_job(self.solving, guide.campus.id, understanding, asker.user)
        if of_devices is not None and (
            mine[0].kind == DEVICES.name or asks_why_of_devices(understanding, None)
        ):
            zone = ZoneInfo(guide.campus.time_zone)
            text = tell_why(self.solving, guide.campus.id, understanding, of_devices, zone=zone, now=now)
            return Reply(text=text, understanding=understanding)
        job = self.solving.get(guide.campus.id, mine[0].id)
        if why and job.summary.kind == SITES.name and NOT.search(understanding.text):
            words = WHY.sub("", understanding.text, count=1)
            told = tell_why_not_there(self.solving, guide, understanding, asker, job, words)
            if told is not None:
                return Reply(text=told, understanding=understanding)
        if why and (named := self._named(guide, mine, understanding.text)) is not None:
            text = tell_why_moved(self.solving, named, understanding.text)
            return Reply(text=text, understanding=understanding)
        if why and job.summary.kind == SPACES.name and job.plan is not None:
            return Reply(text=self._why(guide, understanding, asker, job), understanding=understanding)
        return Reply(text=_outcome(job), understanding=understanding)

    def _named(self, guide: Guide, mine: list[SolveSummary], words: str) -> SolveJob | None:
        """Return the newest plan of its kind that why not is asked of: one with a row that is named, or the newest."""
        newest: dict[str, SolveSummary] = {}
        for one in mine:
            newest.setdefault(one.kind, one)
        jobs = [self.solving.get(guide.campus.id, one.id) for one in newest.values() if can_wonder(one.kind)]
        planned = [job for job in jobs if job.plan is not None and job.plan.cost is not None]
        of_newest = (job for job in planned if job.summary.id == mine[0].id)
        return next((job for job in planned if names_row(job, words)), next(of_newest, None))

    def _why(self, guide: Guide, heard: Understanding, asker: Asker, job: SolveJob) -> Text:
        """Say of each demand in words whether the plan keeps it, and what it would cost more where it does not."""
        order = self.solving.problem(guide.campus.id, job.summary.id)
        problem = SPACES.parse(order.problem, order.file_name)
        words = wish_in(asked_of(guide, heard, asker).demands)
        rules, unread = rules_from_words(words, problem)
        if not rules or job.plan is None:
            said = "；".join(part.text for part in unread) or words
            return Text(
                f"没听懂“{said}”对应哪条规则。{_outcome(job).zh}",
                f"I can't tell which rule {said!r} is. {_outcome(job).en}",
            )
        plan = SPACES.read_rows(problem, job.plan.assignments)
        return said_of([_priced(problem, plan, job.plan.cost or 0.0, rule) for rule in rules])


def wish_in(text: str) -> str:
    """Return what a question why would rather have: what is not, where it asks why not, else that it were not so.

    >>> wish_in("为什么研发部不在三楼"), wish_in("why isn't R&D on floor 3?"), wish_in("why is R&D on floor 1")
    ('研发部在三楼', 'R&D on floor 3', 'R&D must not be on floor 1')
    """
    why = WHY.search(text)
    rest = WHY.sub("", text, count=1).strip(" ?？,，")
    if why is not None and re.search(r"n[’']t", why[0]):
        return rest
    if NOT.search(rest):
        return NOT.sub("", rest, count=1).strip()
    at = HOLDS.search(rest)
    if at is None:
        return rest
    no = "must not be " if at[0].isascii() else "不"
    return f"{rest[: at.start()]}{no}{rest[at.start() :]}"


def _priced(problem: SpaceProblem, plan: SpacePlan, cost: float, rule: Rule) -> Text:
    """Say what a rule would cost more than a plan, by seeking one that keeps it."""
    name = tell_rule(rule)
    hard = replace(rule, hard=True)
    asked = replace(problem, rules=(*problem.rules, hard))
    if not any(one.rule == hard for one in violations(asked, plan)):
        return Text(f"“{name.zh}”在方案中已满足。", f"“{name.en}” holds in the plan.")
    other = make_plan(SPACES, asked, Search[SpacePlan](Stop(time_s=WHY_S)), Wish(seed=0))
    if other.cost is None:
        clash = said_of(list(other.conflicts[:2]))
        zh = clash.zh or f"{WHY_S:g} 秒内没有找到满足它的方案。"
        en = clash.en or f"no plan that keeps it was found in {WHY_S:g} seconds."
        return Text(f"“{name.zh}”做不到：{zh}", f"“{name.en}” can't be kept: {en}")
    more = other.cost - cost
    if more <= 0:
        return Text(
            f"“{name.zh}”可以做到，且费用不增加（{figured(other.cost)}）：把它加进要求再求解即可。",
            f"“{name.en}” can be kept at no more cost ({figured(other.cost)}): add it and solve again.",
        )
    return Text(
        f"“{name.zh}”没有采用：{WHY_S:g} 秒内找到的满足它的方案要多付 {figured(more)}（{figured(cost)} → "
        f"{figured(other.cost)}）。说“必须{name.zh}”可强制。",
        f"“{name.en}” is not kept: the best plan with it found in {WHY_S:g} s costs {figured(more)} more "
        f"({figured(cost)} → {figured(other.cost)}). "
        "Ask for it with “must” to force it.",
    )


def _outcome(job: SolveJob) -> Text:
    """Say where a problem stands, and what its plan reaches."""
    one, plan = job.summary, job.plan
    at = Text(f"“{one.name}”", f"“{one.name}”")
    if one.state in (SolveState.WAITING, SolveState.RUNNING):
        if one.progress is None:
            return Text(f"{at.zh}还在排队或准备。", f"{at.en} is about to be solved.")
        return Text(
            f"{at.zh}正在求解：{one.progress.at_s:.0f} 秒，费用 {figured(one.progress.cost)}。",
            f"{at.en} is being solved: {one.progress.at_s:.0f} s, cost {figured(one.progress.cost)}.",
        )
    if one.error is not None or plan is None:
        why = one.error or Text("没有得到方案。", "there is no plan.")
        return Text(f"{at.zh}失败：{why.zh}", f"{at.en} failed: {why.en}")
    if plan.cost is None:
        said = (
            said_of(list(plan.conflicts))
            if plan.conflicts
            else Text("规则互相矛盾。", "The rules contradict each other.")
        )
        return Text(f"{at.zh}没有可行方案：{said.zh}", f"{at.en} has no plan: {said.en}")
    said = said_of(list(plan.explanation[:TOLD]))
    title = kind_of(one.kind).title
    return Text(
        f"{at.zh}（{title.zh}）：{said.zh}详见 /plans/{one.id}。",
        f"{at.en} ({title.en}): {said.en} See /plans/{one.id}.",
    )


def _place(guide: Guide, heard: Understanding, asker: Asker) -> Reply:
    """Say what is registered of a place: its area, how many it holds, who sits there."""
    if not is_member(asker):
        return refused(heard, SIGN_IN)
    said = heard.find("place") or heard.find("room")
    where = place_of(guide, said, heard.language, asker) if said else where_of(guide, heard, asker)
    campus = guide.campus
    units = _units(guide, where)
    teams = [t for t in campus.of(Team) if any(space in units for space in t.space_ids)]
    area = sum(float(campus.frame.metric(u.geometry).area) for u in units.values() if u.geometry is not None)
    seats = sum(u.capacity or 0 for u in units.values())
    used = {space for team in campus.of(Team) if team.headcount for space in team.space_ids}
    empty = [u for u in units.values() if u.category == "office" and u.id not in used]
    names = "、".join(t.name.get("zh", t.id) for t in teams[:TOLD])
    names_en = ", ".join(t.name.get("en", t.id) for t in teams[:TOLD])
    text = Text(
        f"{where.name.zh}：{len(units)} 个房间，{area:,.0f} m²，容纳 {seats} 人，空置办公室 {len(empty)} 间"
        + (f"；{len(teams)} 个团队：{names}。" if teams else "，没有登记团队。"),
        f"{where.name.en}: {len(units)} rooms, {area:,.0f} m², for {seats} people, {len(empty)} offices vacant"
        + (f"; {len(teams)} teams: {names_en}." if teams else "; no team is registered."),
    )
    return Reply(text=text, understanding=heard)


def _units(guide: Guide, where: Where) -> dict[str, Unit]:
    campus = guide.campus
    place = campus.find(where.id) if where.id is not None else None
    if isinstance(place, Unit):
        return {place.id: place}
    levels = {
        level.id
        for level in campus.of(Level)
        if place is None
        or level.id == place.id
        or (isinstance(place, Building) and place.id in level.building_ids)
    }
    return {unit.id: unit for unit in campus.of(Unit) if unit.level_id in levels}

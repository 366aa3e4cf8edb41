"""What one more of something would change of a plan, and which rule costs what, asked in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from math import copysign

from yuanli.errors import Text, figured
from yuanli.language import Understanding
from yuanli.operations.answering.what_if import (
    asks_of_rules,
    asks_what_helps,
    find_wondered,
    with_words,
)
from yuanli.operations.dialogue import Option
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.solving import Sensing, SolveJob, SolveSummary, Solving, kind_of, name_of
from yuanli.solver import Change, Resource, Sensitivity, Sort

CHANGED_S, LISTED_S = 6.0, 10.0
"""So long one change, or all that are listed, are looked for."""
TOLD = 5
TENTH = 0.1
ASKS = "item"
"""The slot in which an answer to what is meant comes."""
MADE_BY: dict[Resource, Text] = {
    Resource.ROOMS: Text("排一下A座的座位", "seat block A"),
    Resource.SEATS: Text("排一下A座的座位", "seat block A"),
    Resource.AREA: Text("排一下A座的座位", "seat block A"),
    Resource.MOVES: Text("排一下A座的座位，最多搬 30 人", "seat block A, move at most 30 people"),
    Resource.PEOPLE: Text("安排今晚的巡逻路线", "plan tonight's patrol"),
    Resource.HOURS: Text("安排今晚的巡逻路线", "plan tonight's patrol"),
    Resource.SITES: Text("4 个储物柜放哪里最好", "where should 4 lockers go"),
    Resource.LANES: Text("错开食堂午餐", "stagger lunch at the canteen"),
    Resource.THROUGH: Text("错开食堂午餐", "stagger lunch at the canteen"),
}
NOTHING = {
    Sort.RULE: ("没有可以放宽的规则", "no rule that could be given up"),
    Sort.RESOURCE: ("没有可以增加的资源", "nothing that there could be more of"),
}
BY_DEVICES = Text("明天空调怎么开最省", "plan tomorrow's air conditioning at least cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSensing:
    """Answers what changes of a problem do to the plans of who asks."""

    solving: Solving
    sensing: Sensing

    def tell(self, heard: Understanding, asker: Asker) -> Reply:
        """Say what is asked of the newest plan that it can be asked of; ask where more than one may be meant."""
        mine = [one for one in self.solving.list(asker.campus_id) if one.who == asker.user]
        answer = " ".join(heard.values(ASKS))
        listed = asks_of_rules(heard.text) or asks_what_helps(heard.text, heard.intent)
        wondered = with_words(find_wondered(heard.text, heard.language), heard.text, answer)
        resource = None if wondered is None else wondered.resource
        if not mine:
            return _no_plan(heard, resource)
        if not listed and (wondered is None or resource is None):
            newest = self.solving.get(asker.campus_id, mine[0].id)
            if newest.plan is None or newest.plan.cost is None:
                return _not_of_these(heard, mine[0], None)
            told = None if wondered is None else self._usual(asker, newest, wondered.change)
            return _ask_what(heard, mine[0]) if told is None else Reply(text=told, understanding=heard)
        jobs = self._jobs(asker, mine, resource if not listed else None)
        named = [job for job in jobs if job.summary.name.casefold() in f"{heard.text} {answer}".casefold()]
        if not jobs:
            return _not_of_these(heard, mine[0], resource)
        if len(jobs) > 1 and not named and jobs[0].summary.id != mine[0].id:
            return _ask_which(heard, jobs)
        job = (named or jobs)[0]
        if listed or wondered is None or resource is None:
            text = self._list(asker, job, Sort.RULE if asks_of_rules(heard.text) else Sort.RESOURCE)
        else:
            text = self._changed(asker, job, wondered.change, resource) or _cannot(job.summary, resource)
        return Reply(text=text, understanding=heard)

    def _jobs(self, asker: Asker, mine: list[SolveSummary], resource: Resource | None) -> list[SolveJob]:
        """Return the newest plan of each kind that has a resource, or of any kind where none is asked for."""
        kinds = {one.kind: kind_of(one.kind) for one in mine}
        able = {
            name
            for name, kind in kinds.items()
            if (resource in kind.changes if resource else kind.relaxations is not None)
        }
        found: dict[str, SolveJob] = {}
        for one in mine:
            if one.kind in able and one.kind not in found:
                job = self.solving.get(asker.campus_id, one.id)
                if job.plan is not None and job.plan.cost is not None:
                    found[one.kind] = job
        return list(found.values())

    def _usual(self, asker: Asker, newest: SolveJob, change: Change) -> Text | None:
        """Say what a change does of what a kind of plan first can have more of; None where it can't be changed so."""
        resource = next(iter(kind_of(newest.summary.kind).changes), None)
        if resource is None:
            return None
        if resource is Resource.POWER and not change.share:
            change = replace(change, by=copysign(TENTH, change.by), share=True)  # one kW is nothing
        return self._changed(asker, newest, change, resource)

    def _changed(self, asker: Asker, job: SolveJob, change: Change, resource: Resource) -> Text | None:
        one = job.summary
        told = self.sensing.changed(asker.campus_id, one.id, resource, change, time_s=CHANGED_S)
        return None if told is None else _said(one, told, tuple(sense.text for sense in told.senses))

    def _list(self, asker: Asker, job: SolveJob, sort: Sort) -> Text:
        one = job.summary
        told = self.sensing.sensitivity(asker.campus_id, one.id, time_s=LISTED_S, most=2 * TOLD)
        texts = [sense.text for sense in told.senses if sense.sort == sort.value][:TOLD]
        if not texts:
            nothing, none_en = NOTHING[sort]
            return Text(f"“{one.name}”{nothing}。", f"{one.name!r} has {none_en}.")
        numbers = count(1)
        listed = tuple(
            Text(f"{n}. {text.zh}", f"{n}. {text.en}") for n, text in zip(numbers, texts, strict=False)
        )
        return _said(one, told, listed)


def _said(one: SolveSummary, told: Sensitivity, texts: tuple[Text, ...]) -> Text:
    better, better_en = "", ""
    if told.better > 0:
        better = f"求解更久，方案自身还可省 {figured(told.better)}；以上从此算起。"
        better_en = (
            f" Solved longer, the plan itself saves {figured(told.better)}; the above counts from there."
        )
    return Text(
        f"“{one.name}”：{''.join(text.zh for text in texts)}{better}详见 /plans/{one.id}。",
        f"{one.name!r}: {' '.join(text.en for text in texts)}{better_en} See /plans/{one.id}.",
    )


def _cannot(one: SolveSummary, resource: Resource) -> Text:
    what = name_of("resource", resource.value)
    return Text(
        f"“{one.name}”里没有可以这样改的{what.zh}：没有设这个限制，或改后不成立。",
        f"{one.name!r} has no {what.en} to change so: it sets no such limit, or could not do with it.",
    )


def _not_of_these(heard: Understanding, newest: SolveSummary, resource: Resource | None) -> Reply:
    if resource is None or resource in kind_of(newest.kind).changes:
        text = Text(
            f"“{newest.name}”还没有方案，等它求解完再问。",
            f"{newest.name!r} has no plan yet: ask again once it is solved.",
        )
        return Reply(text=text, understanding=heard)
    what, made = name_of("resource", resource.value), MADE_BY.get(resource, BY_DEVICES)
    can = _can(newest)
    text = Text(
        f"您的方案里没有{what.zh}可改。{can.zh}要问{what.zh}，请先做一个有它的方案，例如“{made.zh}”。",
        f"Your plans have no {what.en} to change. {can.en}{' ' * bool(can.en)}"
        f"Make a plan with it first, such as “{made.en}”.",
    )
    return Reply(text=text, understanding=heard, suggestions=(made,))


def _can(one: SolveSummary) -> Text:
    """Say what may be asked of a plan."""
    names = [name_of("resource", resource.value) for resource in kind_of(one.kind).changes]
    if not names:
        return Text("", "")
    return Text(
        f"对“{one.name}”可以问：{'、'.join(name.zh for name in names)}。",
        f"Of {one.name!r} these can be asked: {', '.join(name.en for name in names)}.",
    )


def _no_plan(heard: Understanding, resource: Resource | None) -> Reply:
    made = BY_DEVICES if resource is None else MADE_BY.get(resource, BY_DEVICES)
    text = Text(
        f"您还没有做过方案，没有可比的。先做一个，例如“{made.zh}”，求解后再问。",
        f"You have made no plan yet to compare with. Make one first, such as “{made.en}”, and ask again.",
    )
    return Reply(text=text, understanding=heard, suggestions=(made,))


def _ask_what(heard: Understanding, newest: SolveSummary) -> Reply:
    can = _can(newest)
    if not can.zh:
        text = Text(f"“{newest.name}”没有可以增减的资源。", f"{newest.name!r} has nothing to be changed so.")
        return Reply(text=text, understanding=heard)
    text = Text(f"要改的是什么？{can.zh}", f"More or less of what? {can.en}")
    names = [name_of("resource", resource.value) for resource in kind_of(newest.kind).changes]
    options = tuple(Option(value=name.zh, label=name) for name in names)
    return Reply(text=text, understanding=heard, pending=text, asks=ASKS, options=options)


def _ask_which(heard: Understanding, jobs: list[SolveJob]) -> Reply:
    names = [job.summary.name for job in jobs]
    text = Text(
        f"问的是哪个方案？{'、'.join(f'“{name}”' for name in names)}",
        f"Which plan is meant? {', '.join(map(repr, names))}",
    )
    options = tuple(Option(value=name, label=Text(name, name)) for name in names)
    return Reply(text=text, understanding=heard, pending=text, asks=ASKS, options=options)

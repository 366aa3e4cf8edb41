"""Rosters as a CP-SAT model, with a switch for each rule where asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from yuanli.errors import Text, counted
from yuanli.scheduling.rosters.tables import DAY_MIN, RostersPlan, RostersProblem, Worker
from yuanli.solver import load_solver


@dataclass(slots=True, kw_only=True)
class RosterModel:
    """The model, who works what, and the rules with their switches."""

    model: Any
    works: list[list[list[Any]]]
    rules: list[Text] = field(default_factory=list)
    switches: list[Any] = field(default_factory=list)

    def read(self, value: Any) -> RostersPlan:
        """Return the plan of the variables' values."""
        return RostersPlan(
            shifts=tuple(
                tuple(next((s for s, one in enumerate(day) if value(one)), -1) for day in person)
                for person in self.works
            )
        )


def rosters_model(
    problem: RostersProblem, *, switched: bool = False, only: set[int] | None = None
) -> RosterModel:
    """Return the model with all rules, or with rules that switches turn on, all or only some by their number."""
    model = load_solver("ortools.sat.python.cp_model").CpModel()
    works = [
        [[model.new_bool_var("") for _ in problem.shifts] for _ in range(problem.days)]
        for _ in problem.people
    ]
    built = RosterModel(model=model, works=works)
    for person in works:
        for day in person:
            model.add_at_most_one(day)
    number = 0

    def rule(zh: str, en: str, constraints: list[Any]) -> None:
        nonlocal number
        number += 1
        if only is not None and number - 1 not in only:
            return
        switch = model.new_bool_var("") if switched else None
        for constraint in constraints:
            added = model.add(constraint)
            if switch is not None:
                added.only_enforce_if(switch)
        if switch is not None:
            built.switches.append(switch)
            built.rules.append(Text(zh, en))

    law, shifts = problem.law, problem.shifts
    lengths = [shift.end_min - shift.begin_min for shift in shifts]
    for p, one in enumerate(problem.people):
        if one.leave:
            said = leave_of(one)
            rule(
                said.zh, said.en, [sum(works[p][day]) == 0 for day in sorted(one.leave)],
            )  # fmt: skip
    too_soon = [
        (step, a, b)
        for step in range(1, law.rest_h // 24 + 3)
        for a, first in enumerate(shifts)
        for b, second in enumerate(shifts)
        if second.begin_min + step * DAY_MIN - first.end_min < 60 * law.rest_h
    ]
    rule(
        f"两班之间至少休息 {law.rest_h} 小时", f"{counted(law.rest_h, 'hour')} between two shifts",
        [
            person[d][a] + person[d + step][b] <= 1
            for person in works for step, a, b in too_soon for d in range(problem.days - step)
        ],
    )  # fmt: skip
    rule(
        f"最多连续工作 {law.max_consecutive} 天", f"{counted(law.max_consecutive, 'day')} in a row at most",
        [
            sum(sum(person[d]) for d in range(day, day + law.max_consecutive + 1)) <= law.max_consecutive
            for person in works
            for day in range(problem.days - law.max_consecutive)
        ],
    )  # fmt: skip
    weeks = list(problem.weeks())
    rule(
        f"每周至少休息 {law.rest_days_week} 天", f"{counted(law.rest_days_week, 'day')} off in each week",
        [
            sum(sum(person[d]) for d in week) <= max(0, 7 - law.rest_days_week)
            for person in works for week in weeks if len(week) > 7 - law.rest_days_week
        ],
    )  # fmt: skip
    for p, one in enumerate(problem.people):
        most, minutes = week_limit(problem, one), [_minutes(works[p], week, lengths) for week in weeks]
        rule(
            f"{one.id} 每周最多 {most} 小时", f"{one.id}: {most} hours a week at most",
            [total <= 60 * most for total in minutes],
        )  # fmt: skip
        if one.min_week_h:
            rule(
                f"{one.id} 每周至少 {one.min_week_h} 小时（休假按比例减）",
                f"{one.id}: {one.min_week_h} hours a week at least, less for leave",
                [
                    total * 7 >= 60 * one.min_week_h * len(set(week) - one.leave)
                    for total, week in zip(minutes, weeks, strict=True) if len(week) == 7
                ],
            )  # fmt: skip
    _weekends(problem, built, rule)
    for need in problem.needs:
        zh, en = problem.label(need)
        free = [p for p in problem.able(need) if need.day not in problem.people[p].leave]
        if need.least:
            rule(
                f"{zh}要 {need.least} 人，只有 {len(free)} 人可上", f"{en} needs {need.least}; {len(free)} could come",
                [sum(works[p][need.day][need.shift] for p in problem.able(need)) >= need.least],
            )  # fmt: skip
    return built


def add_cost(problem: RostersProblem, built: RosterModel) -> None:
    """Let the model minimise what is missing, not granted, and unfair: exactly so, also in answers before the last."""
    model, works, weights = built.model, built.works, problem.weights
    terms = []
    for need in problem.needs:
        if need.target > need.least:
            short = model.new_int_var(0, need.target - need.least, "")
            there = sum(works[p][need.day][need.shift] for p in problem.able(need))
            model.add_max_equality(short, [0, need.target - there])
            terms.append(weights.short * short)
    targets = problem.targets()
    for d in range(problem.days):
        for s in range(len(problem.shifts)):
            over = model.new_int_var(0, len(works), "")
            model.add_max_equality(over, [0, sum(person[d][s] for person in works) - targets.get((d, s), 0)])
            terms.append(weights.over * over)
    for p, one in enumerate(problem.people):
        for desire in one.desires:
            day = works[p][desire.day]
            terms.append(desire.weight * (sum(day) if desire.shift is None else 1 - day[desire.shift]))
    nights = [s for s, shift in enumerate(problem.shifts) if shift.night]
    weekend_days = [d for d in range(problem.days) if problem.weekend(d)]
    for weight, count in (
        (weights.nights, [sum(day[s] for day in person for s in nights) for person in works]),
        (weights.weekends, [sum(sum(person[d]) for d in weekend_days) for person in works]),
    ):
        high, low = (model.new_int_var(0, problem.days, "") for _ in range(2))
        model.add_max_equality(high, count)
        model.add_min_equality(low, count)
        terms.append(weight * (high - low))
    model.minimize(sum(terms))


def leave_of(one: Worker) -> Text:
    """Say that somebody is on leave."""
    return Text(
        f"{one.id} 休假 {len(one.leave)} 天", f"{one.id} is on leave for {counted(len(one.leave), 'day')}"
    )


def week_limit(problem: RostersProblem, one: Worker) -> int:
    """Return how many hours somebody may work in a week."""
    return problem.law.max_week_h if one.max_week_h is None else min(one.max_week_h, problem.law.max_week_h)


def weekends_of(problem: RostersProblem) -> list[tuple[int, int]]:
    """Return the whole weekends of the roster."""
    return [pair for pair in pairwise(range(problem.days)) if all(map(problem.weekend, pair))]


def _weekends(problem: RostersProblem, built: RosterModel, rule: Any) -> None:
    if not problem.law.free_weekends:
        return
    constraints = []
    for person in built.works:
        offs = []
        for pair in weekends_of(problem):
            off = built.model.new_bool_var("")
            for d in pair:
                for one in person[d]:
                    built.model.add_implication(off, one.negated())
            offs.append(off)
        constraints.append(sum(offs) >= problem.law.free_weekends)
    least = problem.law.free_weekends
    rule(f"每人至少 {least} 个完整周末休息", f"{least} whole weekends off for everybody", constraints)


def _minutes(person: list[list[Any]], week: list[int], lengths: list[int]) -> Any:
    return sum(length * person[d][s] for d in week for s, length in enumerate(lengths))

"""Rosters checked apart from the solver."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from yuanli.errors import Text, counted
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.solver import Broken, Checked


def check_rosters(problem: RostersProblem, plan: RostersPlan) -> Checked:
    """Walk through each person's days by the calendar, then count who is on each shift."""
    broken: list[Broken] = []

    def fail(rule: str, subject: str, amount: float, zh: str, en: str) -> None:
        broken.append(Broken(rule=rule, subject=subject, amount=amount, message=Text(zh, en)))

    law, wishes = problem.law, 0.0
    nights, weekends = [], []
    for one, days in zip(problem.people, plan.shifts, strict=True):
        hours: dict[tuple[int, int], float] = {}
        worked: dict[tuple[int, int], int] = {}
        length: dict[tuple[int, int], int] = {}
        away: dict[tuple[int, int], int] = {}
        free: dict[tuple[int, int], int] = {}
        run, ended = 0, None
        night = weekend = 0
        for d, s in enumerate(days):
            here = problem.first + timedelta(days=d)
            week = here.isocalendar()[:2]
            length[week] = length.get(week, 0) + 1
            away[week] = away.get(week, 0) + (d in one.leave)
            saturday = here.isoweekday() in (6, 7)
            if s < 0:
                run = 0
                free[week] = free.get(week, 0) + saturday
                continue
            shift = problem.shifts[s]
            begin = datetime.combine(here, time()) + timedelta(minutes=shift.begin_min)
            end = datetime.combine(here, time()) + timedelta(minutes=shift.end_min)
            if ended is not None and begin - ended < timedelta(hours=law.rest_h):
                fail(
                    "rest",
                    one.id,
                    1,
                    f"{one.id} 在 {here} 前休息不足",
                    f"{one.id} rests too little before {here}",
                )
            if d in one.leave:
                fail("leave", one.id, 1, f"{one.id} 在 {here} 休假", f"{one.id} is on leave on {here}")
            ended, run = end, run + 1
            if run > law.max_consecutive:
                fail(
                    "row",
                    one.id,
                    run,
                    f"{one.id} 连续工作 {run} 天",
                    f"{one.id} works {counted(run, 'day')} in a row",
                )
            hours[week] = hours.get(week, 0) + (end - begin).total_seconds() / 3600
            worked[week] = worked.get(week, 0) + 1
            night += shift.begin_min < 300 or shift.end_min > 1440
            weekend += saturday
        for week, size in length.items():
            total, limit = hours.get(week, 0), min(law.max_week_h, one.max_week_h or law.max_week_h)
            if one.max_week_h == 0:
                limit = 0
            if total > limit + 1e-9:
                fail(
                    "hours",
                    one.id,
                    total - limit,
                    f"{one.id} 一周 {total:g} 小时",
                    f"{one.id}: {total:g} hours a week",
                )
            if worked.get(week, 0) > max(0, 7 - law.rest_days_week):
                fail(
                    "day off", one.id, 1, f"{one.id} 一周休息太少", f"{one.id} has too few days off in a week"
                )
            if size == 7 and total * 7 < one.min_week_h * (7 - away[week]) - 1e-9:
                fail(
                    "few hours", one.id, 1, f"{one.id} 一周工时不足", f"{one.id} has too few hours in a week"
                )
        if sum(count == 2 for count in free.values()) < law.free_weekends:
            fail("weekends", one.id, 1, f"{one.id} 完整周末不足", f"{one.id} has too few whole weekends off")
        nights.append(night)
        weekends.append(weekend)
        wishes += sum(w.weight for w in one.desires if days[w.day] != (-1 if w.shift is None else w.shift))
    short = 0
    for need in problem.needs:
        there = sum(
            days[need.day] == need.shift and (need.skill is None or need.skill in one.skills)
            for one, days in zip(problem.people, plan.shifts, strict=True)
        )
        if there < need.least:
            zh, en = problem.label(need)
            fail("cover", en, need.least - there, f"{zh}只有 {there} 人", f"{en} has only {there}")
        short += max(0, need.target - max(there, need.least))
    most = {(n.day, n.shift): 0 for n in problem.needs}
    for need in problem.needs:
        most[need.day, need.shift] = max(most[need.day, need.shift], need.target)
    over = 0
    for d in range(problem.days):
        for s in range(len(problem.shifts)):
            over += max(0, sum(days[d] == s for days in plan.shifts) - most.get((d, s), 0))
    return Checked(
        parts={
            "over": float(problem.weights.over * over),
            "short": float(problem.weights.short * short),
            "wishes": wishes,
            "nights": float(problem.weights.nights * (max(nights) - min(nights))),
            "weekends": float(problem.weights.weekends * (max(weekends) - min(weekends))),
        },
        broken=tuple(broken),
    )

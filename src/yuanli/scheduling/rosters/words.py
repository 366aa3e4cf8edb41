"""Rosters as a table and in words, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from yuanli.errors import Text, counted
from yuanli.scheduling.rosters.checks import check_rosters
from yuanli.scheduling.rosters.modelling import leave_of, rosters_model
from yuanli.scheduling.rosters.solving import duty_name
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.solver import Result, Row, conflict_of, minimal_conflict, refuse

CORE_S = 1.0


def rows_rosters(problem: RostersProblem, plan: RostersPlan) -> list[Row]:
    """Return a row for each person and day; no shift is off."""
    return [
        {
            "duty": duty_name(problem, one.id, d), "person": one.id, "day": problem.date_of(d).isoformat(),
            "shift": None if s < 0 else problem.shifts[s].id,
        }
        for one, days in zip(problem.people, plan.shifts, strict=True)
        for d, s in enumerate(days)
    ]  # fmt: skip


def read_rows_rosters(problem: RostersProblem, rows: Sequence[Row]) -> RostersPlan:
    """Return the plan of a table; who has no row is off.

    Raises
    ------
    InvalidProblemError
        A row names a duty or a shift that isn't there.
    """
    cells = {
        duty_name(problem, one.id, d): (p, d)
        for p, one in enumerate(problem.people)
        for d in range(problem.days)
    }
    number = {shift.id: s for s, shift in enumerate(problem.shifts)}
    shifts = [[-1] * problem.days for _ in problem.people]
    for line, row in enumerate(rows, 1):
        duty = str(row.get("duty"))
        shift = None if row.get("shift") in (None, "") else str(row["shift"])
        if duty not in cells or (shift is not None and shift not in number):
            refuse(
                f"第 {line} 行的“{duty}”或班次“{shift}”不在问题中。",
                f"Row {line}: {duty!r} or the shift {shift!r} is not in the problem.",
                field="duty" if duty not in cells else "shift",
            )
        p, d = cells[duty]
        shifts[p][d] = -1 if shift is None else number[shift]
    return RostersPlan(shifts=tuple(map(tuple, shifts)))


def carried_rosters(problem: RostersProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now: who is new is off."""
    duties = {duty_name(problem, one.id, d) for one in problem.people for d in range(problem.days)}
    shifts = {shift.id for shift in problem.shifts}
    return [row for row in rows if row.get("duty") in duties and row.get("shift") in shifts]


def explain_rosters(problem: RostersProblem, result: Result[RostersPlan]) -> tuple[Text, ...]:
    """Say how well needs and wishes are met, how even nights and weekends are, and how sure it is."""
    plan = result.best
    if plan is None:
        return ()
    parts = check_rosters(problem, plan).parts
    weights = problem.weights
    missing = parts["short"] / weights.short if weights.short else 0
    nights = [sum(s >= 0 and problem.shifts[s].night for s in days) for days in plan.shifts]
    desires = [
        (desire, days)
        for one, days in zip(problem.people, plan.shifts, strict=True)
        for desire in one.desires
    ]
    granted = sum(days[w.day] == (-1 if w.shift is None else w.shift) for w, days in desires)
    said = [
        Text(
            f"所有班次达到最低人数，距目标共缺 {missing:g} 人次；{len(desires)} 个愿望满足 {granted} 个。",
            f"Shifts have their least; {missing:g} miss to the targets, {granted} of {len(desires)} wishes hold.",
        ),
        Text(
            f"夜班每人 {min(nights)} 到 {max(nights)} 个。",
            f"Everybody has {min(nights)} to {max(nights)} nights.",
        ),
    ]
    said += [_binding(problem, plan), _one_more(problem, missing, sum(nights))]
    said.append(
        Text(
            f"代价 {result.cost:g}，已证明不可能低于 {result.bound:g}。",
            f"It costs {result.cost:g}; less than {result.bound:g} is proved to be impossible.",
        )
    )
    return tuple(said)


def _binding(problem: RostersProblem, plan: RostersPlan) -> Text:
    """Say how often the law leaves nobody a further shift: days and hours of a week, days in a row."""
    law, hours = problem.law, [(shift.end_min - shift.begin_min) / 60 for shift in problem.shifts]
    full = long = 0
    for one, days in zip(problem.people, plan.shifts, strict=True):
        most = min(law.max_week_h, one.max_week_h or law.max_week_h)
        weeks: dict[tuple[int, int], list[float]] = {}
        run = longest = 0
        for d, s in enumerate(days):
            run = run + 1 if s >= 0 else 0
            longest = max(longest, run)
            if s >= 0:
                weeks.setdefault(problem.date_of(d).isocalendar()[:2], []).append(hours[s])
        full += sum(
            len(worked) >= 7 - law.rest_days_week or sum(worked) + min(hours) > most + 1e-9
            for worked in weeks.values()
        )
        long += longest >= law.max_consecutive
    if not (full or long):
        return Text(
            "每周工时、休息日和连续天数都还有余地：约束来自各班次所需人数。",
            "Hours and days off of a week and days in a row leave room: what binds is how many each shift needs.",
        )
    return Text(
        f"周工时或休息日已用满 {full} 人周；{long} 人达到最长连续 {law.max_consecutive} 天。",
        f"Hours or days off of a week leave no further shift in {counted(full, 'week')} of a person; "
        f"{counted(long, 'works', 'work')} the most days in a row, {law.max_consecutive}.",
    )


def _one_more(problem: RostersProblem, missing: float, nights: int) -> Text:
    """Say what one more person could change at most, by counting alone."""
    people, days = len(problem.people), 7 - problem.law.rest_days_week
    if missing:
        return Text(
            f"多一个人每周最多再补 {min(missing, days):g} 人次（按休息日计算，未重新求解）。",
            f"One more person would fill {min(missing, days):g} a week at most (by days off, not solved again).",
        )
    if nights:
        return Text(
            f"人数已够目标；多一个人，人均夜班从 {nights / people:.1f} 个降到 {nights / (people + 1):.1f} 个"
            "（平均，未重新求解）。",
            f"Targets are met; with one more person the mean of nights falls from {nights / people:.1f} to "
            f"{nights / (people + 1):.1f} (an average, not solved again).",
        )
    return Text("人数已够目标，多一个人不会再补缺。", "Targets are met: one more person would fill nothing.")


def conflicts_rosters(problem: RostersProblem) -> tuple[Text, ...]:
    """Name the fewest rules that can't hold together, each with its numbers."""
    for need in problem.needs:
        able = problem.able(need)
        away = [p for p in able if need.day in problem.people[p].leave]
        if len(able) - len(away) < need.least:
            zh, en = problem.label(need)
            free = len(able) - len(away)
            short = Text(
                f"{zh}要 {need.least} 人，只有 {free} 人可上。",
                f"{en} needs {need.least}; only {free} could come.",
            )
            needed = away[: max(0, len(able) - need.least + 1)]
            return (short, *(leave_of(problem.people[p]) for p in needed))
    built = rosters_model(problem, switched=True)
    found = conflict_of(built.model, built.switches, time_s=CORE_S)
    if found is None:
        return ()

    def feasible(part: Sequence[int]) -> bool:
        if not part:
            return True
        some = rosters_model(problem, switched=True, only=set(part))
        return conflict_of(some.model, some.switches, time_s=CORE_S) is None

    return tuple(built.rules[i] for i in minimal_conflict(found, feasible))

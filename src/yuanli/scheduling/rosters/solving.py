"""Rosters solved by CP-SAT."""

from __future__ import annotations

from yuanli.scheduling.rosters.checks import check_rosters
from yuanli.scheduling.rosters.modelling import RosterModel, add_cost, rosters_model
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.solver import Aside, Result, Search, Wish, solve_cpsat


def solve_rosters(
    problem: RostersProblem, search: Search[RostersPlan], wish: Wish[RostersPlan] = Wish()
) -> Result[RostersPlan]:
    """Find the roster of least cost by CP-SAT; hard rules hold in all that it finds. A start that is allowed is kept.

    What is locked is named `person date`, as in the table. A round is a second of CP-SAT's deterministic clock.

    Raises
    ------
    MissingSolverError
        OR-Tools is not installed.
    """
    if wish.start is not None and (checked := check_rosters(problem, wish.start)).valid:
        search.offer(wish.start, checked.cost)
    built = Aside(search).run(lambda: _asked_model(problem, wish))
    if built is None:
        return search.result()
    return solve_cpsat(built.model, search, built.read, seed=wish.seed, workers=wish.workers)


def _asked_model(problem: RostersProblem, wish: Wish[RostersPlan]) -> RosterModel:
    """Return the model of what costs least, near a start where one is given."""
    built = rosters_model(problem)
    add_cost(problem, built)
    model = built.model
    if wish.start is not None:
        changed = []
        for p, (one, before) in enumerate(zip(problem.people, wish.start.shifts, strict=True)):
            for d, shift in enumerate(before):
                cells = built.works[p][d]
                kept = 1 - sum(cells) if shift < 0 else cells[shift]
                changed.append(1 - kept)
                if duty_name(problem, one.id, d) in wish.locked:
                    model.add(kept == 1)
                for s, cell in enumerate(cells):
                    model.add_hint(cell, s == shift)
        if wish.max_changes is not None:
            model.add(sum(changed) <= wish.max_changes)
    return built


def duty_name(problem: RostersProblem, person: str, day: int) -> str:
    """Return the name of what somebody does on a day."""
    return f"{person} {problem.date_of(day)}"

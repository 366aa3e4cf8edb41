"""Projects solved by schedule generation, then CP-SAT."""

from __future__ import annotations

from itertools import islice
from math import inf, isinf
from typing import Any

from yuanli.scheduling.projects.generating import evolved, generate, least_makespan, tails_of
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.solver import Result, Search, SearchProgress, Status, Stop, Wish, load_solver, solve_cpsat

CHUNKS = 20
"""Chunks of evolution before CP-SAT."""
SMALL = 40
"""Jobs up to which CP-SAT comes first: it mostly solves them at once."""
PROVING = 0.4
"""The share of time or rounds for which CP-SAT bounds, proves and betters; evolution gets the rest."""


def solve_projects(
    problem: ProjectsProblem, search: Search[ProjectsPlan], wish: Wish[ProjectsPlan] = Wish()
) -> Result[ProjectsPlan]:
    """Find the soonest end: generated and evolved plans, then CP-SAT on intervals from the best, then evolution again.

    A locked job begins when it did. Where jobs are locked, have deadlines, or few may change, CP-SAT alone goes on. A
    round is a chunk of evolution, or a second of CP-SAT's deterministic clock.

    Raises
    ------
    MissingSolverError
        OR-Tools is not installed.
    """
    load_solver("ortools.sat.python.cp_model")
    if any(need > size for job in problem.jobs for need, size in zip(job.needs, problem.sizes, strict=True)):
        return search.result(infeasible=True)
    search.prove(least_makespan(problem))
    pinned = {
        j: wish.start.begins[j]
        for j, job in enumerate(problem.jobs)
        if wish.start is not None and job.id in wish.locked
    }
    if wish.start is not None:
        _offer(problem, search, wish, list(wish.start.begins))
    _offer(problem, search, wish, generate(problem, pinned))
    free = not pinned and wish.max_changes is None and all(job.deadline is None for job in problem.jobs)
    plans = evolved(problem, wish.seed) if free else iter(())
    for begins in islice(plans, CHUNKS if len(problem.jobs) > SMALL else 0):
        search.count()
        _offer(problem, search, wish, begins)
        if search.over():
            return search.result()
    share = PROVING if free else 1.0
    infeasible = _prove(problem, search, wish, pinned, share)
    for begins in plans:
        if search.over():
            break
        search.count()
        _offer(problem, search, wish, begins)
    return search.result(infeasible=infeasible)


def _prove(
    problem: ProjectsProblem, search: Search[ProjectsPlan], wish: Wish[ProjectsPlan], pinned: dict[int, int],
    share: float,
) -> bool:  # fmt: skip
    """Run CP-SAT for a share of what is left, and say whether there is no plan."""
    model, begins = projects_model(problem, _horizon(problem, search, pinned))
    for j, begin in pinned.items():
        model.add(begins[j] == begin)
    if wish.start is not None and wish.max_changes is not None:
        _keep(model, begins, wish.start, wish.max_changes)
    if search.best is not None:
        for variable, begin in zip(begins, search.best.begins, strict=True):
            model.add_hint(variable, begin)
    clock = None if isinf(search.left_s) else search.elapsed_s + share * search.left_s
    cpu = search.cpu_s + share * search.left_s if search.stop.cpu_s is not None else None
    rounds = None if isinf(search.left_rounds) else max(1, round(share * search.left_rounds))
    stop = Stop(
        time_s=None if clock is None or cpu is not None else max(0.0, clock - search.elapsed_s),
        rounds=rounds,
        gap=search.stop.gap,
    )

    def told(progress: SearchProgress, best: ProjectsPlan | None) -> None:
        if best is not None:
            search.offer(best, progress.cost)
        if progress.bound > -inf:
            search.prove(progress.bound)

    part = Search[ProjectsPlan](
        stop, told=told, cancelled=lambda: search.over() or (cpu is not None and search.cpu_s >= cpu)
    )
    found = solve_cpsat(
        model, part, lambda value: ProjectsPlan(begins=tuple(value(one) for one in begins)),
        seed=wish.seed, workers=wish.workers,
    )  # fmt: skip
    search.count(found.rounds)
    return found.status is Status.INFEASIBLE


def projects_model(problem: ProjectsProblem, horizon: int, *, ends: bool = True) -> tuple[Any, list[Any]]:
    """Return a CP-SAT model of begins within a horizon that minimises the last end; without deadlines if not `ends`."""
    model = load_solver("ortools.sat.python.cp_model").CpModel()
    tails = tails_of(problem)
    begins, intervals = [], []
    for j, job in enumerate(problem.jobs):
        latest = horizon - tails[j]
        if ends and job.deadline is not None:
            latest = min(latest, job.deadline - job.duration)
        begin = model.new_int_var(job.earliest, max(latest, job.earliest), "")
        if latest < job.earliest:
            model.add_bool_or([])
        begins.append(begin)
        intervals.append(model.new_fixed_size_interval_var(begin, job.duration, ""))
    for j, job in enumerate(problem.jobs):
        for other in job.after:
            model.add(begins[j] >= begins[other] + problem.jobs[other].duration)
    for k, size in enumerate(problem.sizes):
        users = [j for j, job in enumerate(problem.jobs) if job.needs[k] and job.duration]
        if users:
            model.add_cumulative(
                [intervals[j] for j in users], [problem.jobs[j].needs[k] for j in users], size
            )
    last = model.new_int_var(0, horizon, "")
    waited_for = {other for job in problem.jobs for other in job.after}
    for j, job in enumerate(problem.jobs):
        if j not in waited_for:
            model.add(last >= begins[j] + job.duration)
    model.minimize(last)
    return model, begins


def horizon_of(problem: ProjectsProblem) -> int:
    """Return a time by which all jobs can be done, if they can at all."""
    return sum(job.duration for job in problem.jobs) + max(job.earliest for job in problem.jobs)


def _horizon(problem: ProjectsProblem, search: Search[ProjectsPlan], pinned: dict[int, int]) -> int:
    if search.best is not None:
        return int(search.cost)
    last = max((begin + problem.jobs[j].duration for j, begin in pinned.items()), default=0)
    return horizon_of(problem) + last


def _offer(
    problem: ProjectsProblem, search: Search[ProjectsPlan], wish: Wish[ProjectsPlan], begins: list[int]
) -> None:
    """Offer begins that keep deadlines, crews, order, and what is asked of changes."""
    jobs = problem.jobs
    start = None if wish.start is None else wish.start.begins
    changes = 0 if start is None else sum(a != b for a, b in zip(begins, start, strict=True))
    kept = (
        all(b >= job.earliest and b + job.duration <= (inf if job.deadline is None else job.deadline)
            and all(begins[i] + jobs[i].duration <= b for i in job.after)
            for b, job in zip(begins, jobs, strict=True))
        and (wish.max_changes is None or changes <= wish.max_changes)
        and _fits(problem, begins)
    )  # fmt: skip
    if kept:
        search.offer(
            ProjectsPlan(begins=tuple(begins)),
            max(b + job.duration for b, job in zip(begins, jobs, strict=True)),
        )


def _fits(problem: ProjectsProblem, begins: list[int]) -> bool:
    """Say whether no crew is over its size when a job begins."""
    jobs = problem.jobs
    return all(
        sum(other.needs[k] for b, other in zip(begins, jobs, strict=True) if b <= now < b + other.duration)
        <= size
        for k, size in enumerate(problem.sizes)
        for now in set(begins)
    )


def _keep(model: Any, begins: list[Any], start: ProjectsPlan, most: int) -> None:
    """Let at most so many jobs begin at another time."""
    changed = []
    for variable, begin in zip(begins, start.begins, strict=True):
        other = model.new_bool_var("")
        model.add(variable == begin).only_enforce_if(other.negated())
        changed.append(other)
    model.add(sum(changed) <= most)

"""Projects by schedule generation: good plans at once, better ones in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.projects.tables import ProjectsProblem

Ints = NDArray[np.int64]
POPULATION = 60
CHUNK = 30_000
"""Jobs that are placed between two looks at the clock, thrice each."""
STALE = 12
"""Chunks without a better plan after which a new population is bred, to be crossed with the best of those before."""


def tails_of(problem: ProjectsProblem) -> list[int]:
    """Return how long what must follow takes at least, from each job's begin to the end of all."""
    tails = [job.duration for job in problem.jobs]
    for j in reversed(problem.order()):
        for other in problem.jobs[j].after:
            tails[other] = max(tails[other], problem.jobs[other].duration + tails[j])
    return tails


def least_makespan(problem: ProjectsProblem) -> int:
    """Return the longer of the longest chain of jobs and the work of the busiest crew."""
    tails, jobs = tails_of(problem), problem.jobs
    chain = max(job.earliest + tail for job, tail in zip(jobs, tails, strict=True))
    work = [
        -(-sum(job.needs[k] * job.duration for job in jobs) // size)
        for k, size in enumerate(problem.sizes)
        if size > 0
    ]
    return max([chain, *work])


def generate(problem: ProjectsProblem, pinned: Mapping[int, int]) -> list[int]:
    """Return begins by serial schedule generation, longest tail first; pinned jobs begin when told.

    Deadlines are not looked at (Kolisch 1996, doi:10.1016/0377-2217(95)00357-6).
    """
    from yuanli.scheduling.projects.evolving import decode

    tables, _, rank, free = _tables(problem, pinned)
    begins = np.empty(len(rank), dtype=np.int64)
    decode(_ranked(problem, -np.array(tails_of(problem), dtype=float)), tables, free, begins)
    found: list[int] = begins.tolist()
    return found


def evolved(problem: ProjectsProblem, seed: int) -> Iterator[list[int]]:
    """Yield the best begins after each chunk of a genetic algorithm (Valls 2008, doi:10.1016/j.ejor.2006.12.033)."""
    from yuanli.scheduling.projects.evolving import decode, evolve, justify

    tables, back_tables, rank, free = _tables(problem, {})
    n, rng = len(rank), np.random.default_rng(seed)
    tails = np.array(tails_of(problem))
    population, ends = np.empty((POPULATION, n), dtype=np.int64), np.empty(POPULATION, dtype=np.int64)
    late = np.empty(n, dtype=np.int64)
    state = np.array([rng.integers(1, 2**62)], dtype=np.uint64)
    kept: list[int] = []
    while True:
        for i in range(POPULATION):
            noise = np.ones(n) if i == 0 else rng.uniform(0.5, 1.5, n)
            decode(_ranked(problem, -tails * noise), tables, free, population[i])
            ends[i] = justify(tables, back_tables, rank, free, population[i], late)
            if i % 10 == 0:
                yield population[int(np.argmin(ends[: i + 1]))].tolist()
        stale, least = 0, int(ends.min())
        while stale < STALE:
            evolve(population, ends, tables, back_tables, rank, free, state, max(1, CHUNK // n))
            yield population[int(np.argmin(ends))].tolist()
            stale, least = (0, int(ends.min())) if ends.min() < least else (stale + 1, least)
        if kept:
            population[0], ends[0] = kept, int((np.array(kept) + tables[0]).max())
            for _ in range(STALE):
                evolve(population, ends, tables, back_tables, rank, free, state, max(1, CHUNK // n))
                yield population[int(np.argmin(ends))].tolist()
        kept = population[int(np.argmin(ends))].tolist()


def rehearse_projects(problem: ProjectsProblem) -> None:
    """Go through a first population of `evolved` and a chunk that betters it."""
    for _ in islice(evolved(problem, 0), POPULATION // 10 + 2):
        pass


def _ranked(problem: ProjectsProblem, priority: NDArray[np.float64]) -> Ints:
    """Return a list of jobs, each after those it waits for, least priority first among those that could be next."""
    followers: list[list[int]] = [[] for _ in problem.jobs]
    waiting = [len(set(job.after)) for job in problem.jobs]
    for j, job in enumerate(problem.jobs):
        for other in set(job.after):
            followers[other].append(j)
    ready = [(float(priority[j]), j) for j, count in enumerate(waiting) if count == 0]
    heapify(ready)
    found = []
    while ready:
        _, j = heappop(ready)
        found.append(j)
        for follower in followers[j]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heappush(ready, (float(priority[follower]), follower))
    return np.array(found, dtype=np.int64)


def _tables(
    problem: ProjectsProblem, pinned: Mapping[int, int]
) -> tuple[tuple[Ints, ...], tuple[Ints, ...], Ints, Ints]:
    """Return what the compiled code takes, forwards and backwards; the place of each job in order; room for crews."""
    jobs = problem.jobs
    n = len(jobs)
    durations = np.array([job.duration for job in jobs], dtype=np.int64)
    needs = np.array([job.needs for job in jobs], dtype=np.int64).reshape(n, len(problem.crews))
    sizes = np.array(problem.sizes, dtype=np.int64)
    fixed = np.full(n, -1, dtype=np.int64)
    for j, begin in pinned.items():
        fixed[j] = begin
    followers: list[list[int]] = [[] for _ in jobs]
    for j, job in enumerate(jobs):
        for other in job.after:
            followers[other].append(j)
    earliest = np.array([job.earliest for job in jobs], dtype=np.int64)
    horizon = int(durations.sum() + earliest.max() + (fixed + durations).max(initial=0)) + 1
    rank = np.empty(n, dtype=np.int64)
    rank[problem.order()] = np.arange(n)
    forwards = (durations, needs, sizes, *_rows([job.after for job in jobs]), earliest, fixed)
    backwards = (
        durations,
        needs,
        sizes,
        *_rows(followers),
        np.zeros(n, dtype=np.int64),
        np.full(n, -1, dtype=np.int64),
    )
    return forwards, backwards, rank, np.empty((len(sizes), horizon), dtype=np.int64)


def _rows(lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    pointer = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    return pointer, np.array([i for row in lists for i in row], dtype=np.int64)

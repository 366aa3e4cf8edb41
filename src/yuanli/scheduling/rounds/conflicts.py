"""Why there are no tours: stops that can't all be served."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from yuanli.errors import Text
from yuanli.scheduling.rounds.tables import Ints, RoundsProblem, RoundStaff, RoundStop, shortest
from yuanli.scheduling.rounds.telling import tell_span, tell_time
from yuanli.solver import (
    PATIENCE,
    MissingSolverError,
    Search,
    Stop,
    conflict_of,
    load_solver,
    minimal_conflict,
)

MOST_PLACES = 400
"""Places between which shortest walks are sought; between more, only stops alone and loads are looked at."""
MOST_EXACT = 200
"""Pairs of a stop and a person up to which CP-SAT looks for a proof."""
EXACT_S = 1.0
Part = tuple[tuple[int, ...], int, int, int]
"""Where something may be done, when it may begin, and how long it takes."""
MOST_RESTS = 3
"""Breaks of one person whose orders are all tried."""


def conflicts_rounds(problem: RoundsProblem) -> tuple[Text, ...]:
    """Name the fewest stops that can't all be served, and why; empty where none are found.

    Stops alone and loads together are looked at in all problems, stops no two of which one person can serve up to
    400 places, everything at once by CP-SAT in small ones. Walks are shortest ones by way of any place, so what is
    called impossible is.
    """
    return find_contradiction(problem, exact_s=EXACT_S)


def find_contradiction(problem: RoundsProblem, *, exact_s: float = 0.2) -> tuple[Text, ...]:
    """Return why some stops can't all be served, or nothing; `exact_s` limits the proof by CP-SAT."""
    exact = len(problem.places) <= MOST_PLACES
    walk = shortest(problem.walk) if exact else problem.walk
    needed = [i for i, stop in enumerate(problem.stops) if stop.prize is None]
    for i in needed:
        if said := _alone(problem, walk, problem.stops[i]):
            return (said,)
    if said := _too_much(problem, needed):
        return (said,)
    if not exact:
        return ()
    able = _able(problem, needed)
    apart = _apart(problem, walk, needed)
    if found := _crowd(apart, able):
        return _say(problem, [needed[i] for i in found])
    if len(needed) * len(problem.staff) <= MOST_EXACT and (
        proved := _proved(problem, walk, needed, able, exact_s)
    ):
        return _say(problem, [needed[i] for i in proved])
    return ()


def _alone(problem: RoundsProblem, walk: Ints, stop: RoundStop) -> Text | None:
    """Say why nobody can serve a stop, had they nothing else to do."""
    if any(
        _strong(one, stop) and in_time(walk, one, stop) and _rests_too(walk, one, stop)
        for one in problem.staff
    ):
        return None if stop.source is None else _pair_alone(problem, walk, stop, problem.stops[stop.source])
    skilled = [one for one in problem.staff if stop.skills <= one.skills]
    if not skilled:
        skills = "、".join(sorted(stop.skills))
        return Text(
            f"“{stop.id}”要求技能 {skills}，没有人同时具备。",
            f"{stop.id!r} needs the skills {', '.join(sorted(stop.skills))}; nobody has all of them.",
        )
    strong = [one for one in skilled if _strong(one, stop)]
    if not strong:
        most = max(one.capacity or 0 for one in skilled)
        return Text(
            f"“{stop.id}”的载量 {max(stop.load, stop.collect)} 超过能去的人的最大容量 {most}。",
            f"{stop.id!r} is a load of {max(stop.load, stop.collect)}; those who can go there carry {most} at most.",
        )
    timely = [one for one in strong if in_time(walk, one, stop)]
    if timely:
        return _no_break(problem, stop, len(timely))
    first = min(one.earliest + int(walk[one.start, stop.place]) for one in strong)
    asked, soonest = _asked(problem, stop), tell_time(problem, first)
    return Text(
        f"{asked.zh}；能去的 {len(strong)} 人最早 {soonest} 才到，或来不及在班次与工时内返回。",
        f"{asked.en}; the {len(strong)} who could go arrive at {soonest} at the soonest, or can't be back within their "
        f"shift.",
    )


def _asked(problem: RoundsProblem, stop: RoundStop) -> Text:
    """Say when a stop may begin, and how long it takes."""
    first, last = tell_time(problem, stop.earliest), tell_time(problem, stop.latest)
    long = tell_span(problem, stop.service)
    return Text(
        f"“{stop.id}”须在 {first} 到 {last} 之间开始、用时 {long.zh}",
        f"{stop.id!r} begins between {first} and {last} and takes {long.en}",
    )


def _pair_alone(problem: RoundsProblem, walk: Ints, stop: RoundStop, first: RoundStop) -> Text | None:
    """Say why nobody can pick something up and bring it, had they nothing else to do; None where somebody can."""
    able = [one for one in problem.staff if stop.skills | first.skills <= one.skills]
    parts: list[Part] = [((s.place,), s.earliest, s.latest, s.service) for s in (first, stop)]
    if any(_done(walk, one, parts) for one in able):
        return None
    why = Text("没有人同时具备两处要求的技能", "nobody has the skills of both") if not able else Text(
        f"能去的 {len(able)} 人都来不及先取后送", f"none of the {len(able)} who could go is in time at both"
    )  # fmt: skip
    return Text(
        f"“{stop.id}”的货要由同一人先从“{first.id}”取：{why.zh}。",
        f"What {stop.id!r} gets is picked up at {first.id!r} before, by the same person: {why.en}.",
    )


def _strong(one: RoundStaff, stop: RoundStop) -> bool:
    """Say whether somebody has the skills for a stop, and can carry what it takes."""
    carried = max(stop.load, stop.collect)
    return stop.skills <= one.skills and (one.capacity is None or carried <= one.capacity)


def in_time(walk: Ints, one: RoundStaff, stop: RoundStop) -> bool:
    """Say whether somebody can serve a stop within the shift, had they nothing else to do."""
    out, home = int(walk[one.start, stop.place]), int(walk[stop.place, one.end])
    begin = max(one.earliest + out, stop.earliest)
    long = one.max_work is not None and out + stop.service + home > one.max_work
    return begin <= stop.latest and begin + stop.service + home <= one.latest and not long


def _rests_too(walk: Ints, one: RoundStaff, stop: RoundStop) -> bool:
    """Say whether somebody can serve a stop and take all breaks; said of more than a few breaks, too."""
    if not one.rests or len(one.rests) > MOST_RESTS:
        return True
    parts: list[Part] = [((stop.place,), stop.earliest, stop.latest, stop.service)]
    parts += [(rest.places, rest.earliest, rest.latest, rest.duration) for rest in one.rests]
    return any(
        _done(walk, one, order) for order in permutations(sorted(parts, key=lambda part: (part[1], part[2])))
    )


def _done(walk: Ints, one: RoundStaff, parts: Sequence[Part]) -> bool:
    """Say whether places can be gone to in this order, each at one of some places, within the shift."""
    here, ready = np.array([one.start]), np.array([one.earliest])
    for places, earliest, latest, duration in parts:
        begin = np.maximum((ready[:, None] + walk[np.ix_(here, np.array(places))]).min(axis=0), earliest)
        here, ready = np.array(places)[begin <= latest], begin[begin <= latest] + duration
        if not len(here):
            return False
    return bool((ready + walk[here, one.end]).min() <= one.latest)


def _no_break(problem: RoundsProblem, stop: RoundStop, many: int) -> Text:
    asked = _asked(problem, stop)
    return Text(
        f"{asked.zh}；能去的 {many} 人去了都无法按时休息。改变它的时间，或放宽休息的时间与地点。",
        f"{asked.en}; none of the {many} who could go can take the breaks in time, too. Change its times, or those of "
        f"breaks.",
    )


def _too_much(problem: RoundsProblem, needed: Sequence[int]) -> Text | None:
    """Say which loads together are more than all can carry."""
    capacities = [
        None if one.capacity is None or (one.reloads and one.max_reloads is None)
        else one.capacity * (1 + (one.max_reloads or 0 if one.reloads else 0))
        for one in problem.staff
    ]  # fmt: skip
    if None in capacities:
        return None
    room = sum(c for c in capacities if c is not None)
    for name_zh, name_en, loads in (
        ("送达", "brought", {i: _from_start(problem.stops[i]) for i in needed}),
        ("收取", "taken", {i: problem.stops[i].collect for i in needed}),
    ):
        chosen, total = [], 0
        for i in sorted(loads, key=lambda i: -loads[i]):
            chosen.append(i)
            total += loads[i]
            if total > room:
                names = [problem.stops[k].id for k in chosen]
                return Text(
                    f"{_listed(names, '、')} 共需{name_zh} {total}，全部人员合计只能带 {room}。",
                    f"{total} is to be {name_en} at {_listed(names, ', ')}; all staff together carry {room}.",
                )
    return None


def _from_start(stop: RoundStop) -> int:
    """Return what is brought to a stop from where the tour starts."""
    return stop.load if stop.source is None else 0


def _able(problem: RoundsProblem, needed: Sequence[int]) -> NDArray[np.bool_]:
    return np.array([[problem.stops[i].skills <= one.skills for one in problem.staff] for i in needed])


def _apart(problem: RoundsProblem, walk: Ints, needed: Sequence[int]) -> NDArray[np.bool_]:
    """Return which two stops one person can't both serve, whoever it is."""
    stops = [problem.stops[i] for i in needed]
    place = np.array([stop.place for stop in stops], dtype=np.int64)
    starts = [one.start for one in problem.staff]
    soonest = np.min(
        [walk[s, place] + one.earliest for s, one in zip(starts, problem.staff, strict=True)], axis=0
    )
    early = np.maximum(soonest, [stop.earliest for stop in stops])
    leave = early + [stop.service for stop in stops]
    late = np.array([stop.latest for stop in stops])
    late_after = leave[:, None] + walk[np.ix_(place, place)] > late[None, :]
    apart: NDArray[np.bool_] = late_after & late_after.T
    np.fill_diagonal(apart, False)
    return apart


def _crowd(apart: NDArray[np.bool_], able: NDArray[np.bool_]) -> list[int]:
    """Return stops of which no two can be one person's, more than there are people for; the fewest of them."""
    for first in np.argsort(-apart.sum(axis=1))[:200]:
        crowd, open_ = [int(first)], np.flatnonzero(apart[first])
        while len(open_):
            nearest = open_[np.argmax(apart[np.ix_(open_, open_)].sum(axis=1))]
            crowd.append(int(nearest))
            open_ = open_[apart[nearest, open_]]
        if not _matched(able[crowd]):
            return list(minimal_conflict(crowd, lambda part: not part or _matched(able[list(part)])))
    return []


def _matched(able: NDArray[np.bool_]) -> bool:
    """Say whether each row can have a column of its own."""
    if able.shape[0] > able.shape[1]:
        return False
    rows, columns = linear_sum_assignment(~able)
    return bool(able[rows, columns].all())


def _proved(
    problem: RoundsProblem, walk: Ints, needed: Sequence[int], able: NDArray[np.bool_], time_s: float
) -> list[int]:
    """Return the fewest stops that CP-SAT proves can't all be served, or none within the time."""
    try:
        load_solver("ortools.sat.python.cp_model")
    except MissingSolverError:
        return []
    clock = Search[object](Stop(time_s=time_s, patience=PATIENCE))

    def core(part: Sequence[int]) -> list[int] | None:
        left = clock.clock_left_s
        return (
            None
            if left <= 0 or not part
            else conflict_of(*_model(problem, walk, needed, able, part), time_s=left)
        )

    found = core(range(len(needed)))
    return [] if found is None else list(minimal_conflict(found, lambda part: core(part) is None))


def _model(
    problem: RoundsProblem, walk: Ints, needed: Sequence[int], able: NDArray[np.bool_], part: Sequence[int]
) -> tuple[Any, list[Any]]:
    """Return a model of who serves which of some stops when, and a switch for each stop."""
    model = load_solver("ortools.sat.python.cp_model").CpModel()
    stops = [problem.stops[needed[i]] for i in part]
    switches = [model.new_bool_var("") for _ in stops]
    begins = [model.new_int_var(stop.earliest, stop.latest, "") for stop in stops]
    taken = [
        [model.new_bool_var("") if able[i, k] else None for k in range(len(problem.staff))] for i in part
    ]
    for row, switch in zip(taken, switches, strict=True):
        model.add(sum(one for one in row if one is not None) == 1).only_enforce_if(switch)
    for k, one in enumerate(problem.staff):
        mine = [(j, row[k]) for j, row in enumerate(taken) if row[k] is not None]
        for j, literal in mine:
            stop = stops[j]
            model.add(begins[j] >= one.earliest + int(walk[one.start, stop.place])).only_enforce_if(literal)
            model.add(
                begins[j] + stop.service + int(walk[stop.place, one.end]) <= one.latest
            ).only_enforce_if(literal)
        for at, (j, literal) in enumerate(mine):
            for i, other in mine[at + 1 :]:
                first = model.new_bool_var("")
                for a, b, order in ((j, i, first), (i, j, first.negated())):
                    step = stops[a].service + int(walk[stops[a].place, stops[b].place])
                    model.add(begins[b] >= begins[a] + step).only_enforce_if(literal, other, order)
        for loads in ([_from_start(stop) for stop in stops], [stop.collect for stop in stops]):
            if one.capacity is not None and not one.reloads and any(loads):
                model.add(
                    sum(loads[j] * literal for j, literal in mine if literal is not None) <= one.capacity
                )
    return model, switches


def _say(problem: RoundsProblem, found: Sequence[int]) -> tuple[Text, ...]:
    stops = [problem.stops[i] for i in found]
    able = sum(any(stop.skills <= one.skills for stop in stops) for one in problem.staff)
    spans = [f"{tell_time(problem, stop.earliest)}–{tell_time(problem, stop.latest)}" for stop in stops]
    names = [f"{stop.id}（{span}）" for stop, span in zip(stops, spans, strict=True)]
    english = [f"{stop.id} ({span})" for stop, span in zip(stops, spans, strict=True)]
    return (
        Text(
            f"{_listed(names, '、')} 不能都按时完成：能去的只有 {able} 人。去掉其中任何一个都可以。",
            f"{_listed(english, ', ')} can't all be done in time: only {able} can go. Without any one it works.",
        ),
    )


def _listed(names: Sequence[str], comma: str) -> str:
    return comma.join(names) if len(names) <= 12 else f"{comma.join(names[:12])}{comma}…（{len(names)}）"

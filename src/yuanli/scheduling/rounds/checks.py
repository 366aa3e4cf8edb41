"""Rounds checked apart from the solver."""

from __future__ import annotations

from yuanli.errors import Text
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem, Tour
from yuanli.solver import Broken, Checked


def check_rounds(problem: RoundsProblem, plan: RoundsPlan) -> Checked:
    """Recompute what tours cost and which rules they break, step by step along each."""
    broken: list[Broken] = []
    parts = {"walking": 0.0, "surprise": 0.0, "time": 0.0, "use": 0.0, "skipped": 0.0}

    def fail(rule: str, subject: str, amount: float, zh: str, en: str) -> None:
        broken.append(Broken(rule=rule, subject=subject, amount=amount, message=Text(zh, en)))

    visits = [0] * len(problem.stops)
    tours = [0] * len(problem.staff)
    for tour in plan.tours:
        one = problem.staff[tour.staff]
        tours[tour.staff] += 1
        if not tour.calls:
            fail("empty", one.id, 1, f"{one.id} 的路线是空的", f"the tour of {one.id} is empty")
            continue
        here = one.start
        leave = now = tour.calls[0].begin - int(problem.walk[here, tour.calls[0].place])
        if leave < one.earliest:
            fail(
                "shift",
                one.id,
                one.earliest - leave,
                f"{one.id} 在上班前出发",
                f"{one.id} leaves before the shift",
            )
        fullest, torn = _loads(problem, tour)
        for name, zh, en in torn:
            fail("pair", name, 1, zh, en)
        rests: list[int] = []
        reloads = 0
        for call in tour.calls:
            walked = int(problem.walk[here, call.place])
            parts["walking"] += one.walk_cost * walked
            if problem.surprise is not None:
                parts["surprise"] += one.walk_cost * int(problem.surprise[here, call.place])
            if call.stop is not None:
                stop = problem.stops[call.stop]
                name, earliest, latest, duration = stop.id, stop.earliest, stop.latest, stop.service
                visits[call.stop] += 1
                right_place = call.place == stop.place
                if not stop.skills <= one.skills:
                    lacking = sorted(stop.skills - one.skills)
                    fail(
                        "skills", name, len(lacking), f"{one.id} 缺少 {name} 要求的技能 {'、'.join(lacking)}",
                        f"{one.id} lacks {', '.join(lacking)} for {name}",
                    )  # fmt: skip
            elif call.rest is None:
                reloads += 1
                name, earliest, latest, duration = (
                    f"{one.id}/{reloads}",
                    one.earliest,
                    one.latest,
                    one.reload_time,
                )
                right_place = call.place in one.reloads
            else:
                number = call.rest
                rests.append(number)
                rest = one.rests[number]
                name, earliest, latest, duration = (
                    f"{one.id}/{number}",
                    rest.earliest,
                    rest.latest,
                    rest.duration,
                )
                right_place = call.place in rest.places
            if not right_place:
                fail("place", name, 1, f"{name} 的地点不对", f"{name} is at a wrong place")
            if call.begin < now + walked:
                fail(
                    "walking", name, now + walked - call.begin, f"{one.id} 来不及走到 {name}",
                    f"{one.id} can't be at {name} in time",
                )  # fmt: skip
            if not earliest <= call.begin <= latest:
                fail(
                    "window", name, max(earliest - call.begin, call.begin - latest), f"{name} 不在时间窗内",
                    f"{name} is out of its window",
                )  # fmt: skip
            now, here = call.begin + duration, call.place
        parts["walking"] += one.walk_cost * int(problem.walk[here, one.end])
        if problem.surprise is not None:
            parts["surprise"] += one.walk_cost * int(problem.surprise[here, one.end])
        back = now + int(problem.walk[here, one.end])
        if back > one.latest:
            fail(
                "shift",
                one.id,
                back - one.latest,
                f"{one.id} 下班后才返回",
                f"{one.id} is back after the shift",
            )
        if one.max_work is not None and back - leave > one.max_work:
            fail(
                "work",
                one.id,
                back - leave - one.max_work,
                f"{one.id} 超过最长工时",
                f"{one.id} works too long",
            )
        if one.capacity is not None and fullest > one.capacity:
            fail("capacity", one.id, fullest - one.capacity, f"{one.id} 超载", f"{one.id} carries too much")
        if one.max_reloads is not None and reloads > one.max_reloads:
            over = reloads - one.max_reloads
            fail("reloads", one.id, over, f"{one.id} 装卸次数过多", f"{one.id} reloads too often")
        if sorted(rests) != list(range(len(one.rests))):
            fail("break", one.id, 1, f"{one.id} 的休息缺少或重复", f"{one.id} lacks a break or has one twice")
        parts["time"] += one.time_cost * (back - leave)
        parts["use"] += one.use_cost
    for k, times in enumerate(tours):
        if times > 1:
            name = problem.staff[k].id
            fail("tours", name, times, f"{name} 有 {times} 条路线", f"{name} has {times} tours")
    for stop, times in zip(problem.stops, visits, strict=True):
        if times > 1:
            fail(
                "twice", stop.id, times, f"{stop.id} 安排了 {times} 次", f"{stop.id} is visited {times} times"
            )
        elif times == 0 and stop.prize is None:
            fail("missing", stop.id, 1, f"{stop.id} 未安排", f"{stop.id} is left out")
        elif times == 0:
            parts["skipped"] += stop.prize or 0
    return Checked(
        parts={name: value / problem.cost_scale for name, value in parts.items()}, broken=tuple(broken)
    )


def _loads(problem: RoundsProblem, tour: Tour) -> tuple[int, list[tuple[str, str, str]]]:
    """Return the most that is carried at once, and which pick-ups and deliveries do not belong together, in words."""
    trips: list[list[int]] = [[]]
    for call in tour.calls:
        if call.stop is not None:
            trips[-1].append(call.stop)
        elif call.rest is None:
            trips.append([])
    wanted = {stop.source: i for i, stop in enumerate(problem.stops) if stop.source is not None}
    riding: dict[int, int] = {}
    torn, fullest = [], 0
    for trip in trips:
        brought = sum(problem.stops[i].load for i in trip if problem.stops[i].source is None)
        collected = 0
        fullest = max(fullest, brought + sum(riding.values()))
        for i in trip:
            stop = problem.stops[i]
            collected += stop.collect
            if stop.source is None:
                brought -= stop.load
            elif riding.pop(stop.source, None) is None:
                torn.append(
                    (stop.id, f"{stop.id} 的货尚未取", f"what {stop.id} gets was not picked up before")
                )
            if i in wanted:
                riding[i] = problem.stops[wanted[i]].load
            fullest = max(fullest, brought + collected + sum(riding.values()))
    for name in (problem.stops[i].id for i in riding):
        torn.append((name, f"{name} 取的货没有送到", f"what {name} gives is not brought"))
    return fullest, torn

"""Rounds as a table and in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isnan

from yuanli.errors import Text, counted
from yuanli.scheduling.rounds.checks import check_rounds
from yuanli.scheduling.rounds.sharing import one_more_told
from yuanli.scheduling.rounds.tables import MOST, Call, RoundsPlan, RoundsProblem, RoundStaff, Tour
from yuanli.scheduling.rounds.telling import tell_span
from yuanli.scheduling.rounds.timing import Part, retimed_tour
from yuanli.solver import Result, Row, refuse

BREAK = "break"
RELOAD = "reload"


def rows_rounds(problem: RoundsProblem, plan: RoundsPlan) -> list[Row]:
    """Return a row for each stop, in order of tours, then those left out; and one for each break.

    `begin` and `end` count as the file does; breaks and reloads are named after whom they belong to, `anna/break 1`,
    `anna/reload 1`.
    """
    scale, rows = problem.time_scale, list[Row]()
    for tour in plan.tours:
        one, reloads = problem.staff[tour.staff], 0
        for order, call in enumerate(tour.calls, 1):
            reloads += call.stop is None and call.rest is None
            duration = _duration(problem, one, call)
            rows.append(
                {
                    "stop": _name(problem, one, call, reloads), "staff": one.id, "order": order,
                    "place": problem.places[call.place], "begin": _unscaled(call.begin, scale),
                    "end": _unscaled(call.begin + duration, scale),
                }
            )  # fmt: skip
    done = plan.staff_of()
    rows += [
        {
            "stop": stop.id,
            "staff": None,
            "order": None,
            "place": problem.places[stop.place],
            "begin": None,
            "end": None,
        }
        for i, stop in enumerate(problem.stops)
        if i not in done
    ]
    return rows


def read_rows_rounds(problem: RoundsProblem, rows: Sequence[Row]) -> RoundsPlan:
    """Return the plan of a table; a tour with a row that has no `begin` is timed anew, in its order.

    Raises
    ------
    InvalidProblemError
        A row names a stop, a person or a place that isn't there, or a number is none.
    """
    stops = {stop.id: i for i, stop in enumerate(problem.stops)}
    staff = {one.id: k for k, one in enumerate(problem.staff)}
    places = {place: i for i, place in enumerate(problem.places)}
    breaks = {
        f"{one.id}/{BREAK} {r + 1}": (k, r)
        for k, one in enumerate(problem.staff)
        for r in range(len(one.rests))
    }
    calls: dict[int, list[tuple[float, Call]]] = {}
    untimed: set[int] = set()
    for line, row in enumerate(rows, 1):
        name = str(row.get("stop"))
        who = None if row.get("staff") in (None, "") else str(row["staff"])
        if name not in stops and name not in breaks and not str(name).startswith(f"{who}/{RELOAD} "):
            refuse(
                f"第 {line} 行的“{name}”不在问题中。",
                f"Row {line}: {name!r} is not in the problem.",
                field="stop",
            )
        if who is None:
            continue
        place = str(row.get("place"))
        if who not in staff or place not in places:
            refuse(
                f"第 {line} 行的人员“{who}”或地点“{place}”不在问题中。",
                f"Row {line}: the person {who!r} or the place {place!r} is not in the problem.",
                field="staff" if who not in staff else "place",
            )
        try:
            begin = 0 if row["begin"] is None else round(float(row["begin"]) * problem.time_scale)
            unordered = inf if row["begin"] is None else begin
            order = unordered if row.get("order") is None else float(row["order"])
            if isnan(order) or abs(begin) > MOST * problem.time_scale:
                raise ValueError("no time")
        except (KeyError, TypeError, ValueError, OverflowError):
            refuse(
                f"第 {line} 行的 begin 为 {row.get('begin')}，应是数。",
                f"Row {line}: begin is {row.get('begin')!r}; it is a number.",
                field="begin",
            )
        call = Call(
            stop=stops.get(str(name)), rest=breaks[str(name)][1] if name in breaks else None,
            place=places[str(place)], begin=begin,
        )  # fmt: skip
        calls.setdefault(staff[str(who)], []).append((order, call))
        if row["begin"] is None:
            untimed.add(staff[str(who)])
    tours = []
    for k, found in sorted(calls.items()):
        ordered = tuple(call for _, call in sorted(found, key=lambda pair: pair[0]))
        parts: list[Part] = [(call.stop, call.rest, call.place) for call in ordered]
        tours.append(retimed_tour(problem, k, parts) if k in untimed else Tour(staff=k, calls=ordered))
    return RoundsPlan(tours=tuple(tours))


def carried_rounds(problem: RoundsProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now.

    What is new, and what the tours of those that are gone had, has nobody yet; tours are timed anew, in their order.
    """
    staff = {one.id: one for one in problem.staff}
    stops = {stop.id: stop for stop in problem.stops}
    found: list[Row] = []
    for row in rows:
        name, who = str(row.get("stop")), str(row.get("staff"))
        if who not in staff:
            continue
        if name in stops:
            found.append({**row, "place": problem.places[stops[name].place], "begin": None, "end": None})
            continue
        if row.get("place") not in problem.places:
            continue
        rests = {f"{who}/{BREAK} {r + 1}" for r in range(len(staff[who].rests))}
        if name in rests or name.startswith(f"{who}/{RELOAD} "):
            found.append({**row, "begin": None, "end": None})
    return found


def explain_rounds(problem: RoundsProblem, result: Result[RoundsPlan]) -> tuple[Text, ...]:
    """Say what the tours reach, who is busiest, which stop is dearest, what binds, and how sure it is."""
    plan = result.best
    if plan is None:
        return ()
    done = plan.staff_of()
    parts = check_rounds(problem, plan).parts
    walked = tell_span(problem, sum(_walked(problem, tour) for tour in plan.tours))
    total, out = len(problem.stops), len(problem.stops) - len(done)
    said = [
        Text(
            f"{len(plan.tours)} 人（共 {len(problem.staff)} 人）完成 {len(done)} 个任务点（共 {total} 个），"
            f"共步行 {walked.zh}，总代价 {result.cost:g}。",
            f"{len(plan.tours)} of {len(problem.staff)} staff visit {len(done)} of {counted(total, 'stop')}; they walk "
            f"{walked.en} and cost {result.cost:g} in all.",
        )
    ]
    if parts["skipped"]:
        said.append(
            Text(
                f"放弃了 {out} 个可选点，损失 {parts['skipped']:g}：去那里比放弃更贵或来不及。",
                f"{counted(out, 'optional stop is', 'optional stops are')} left out, "
                f"worth {parts['skipped']:g}: going there "
                "would cost more, or too much time.",
            )
        )
    if problem.surprise is not None and parts["walking"]:
        share = parts["surprise"] / parts["walking"]
        said.append(
            Text(
                f"为使每天的顺序难以预料，今天的步行按日期随机加价，平均 {share:.1%}。",
                f"Today's walks were made dearer at random, {share:.1%} on average, so that nobody foretells it.",
            )
        )
    said += _trips(problem, plan)
    said += _dearest(problem, plan)
    said += _tightest(problem, plan)
    said.append(one_more_told(problem, plan))
    said.append(
        Text(
            f"已证明任何方案的代价不低于 {result.bound:g}（指派松弛）。",
            f"No plan costs less than {result.bound:g}: proved by the assignment relaxation.",
        )
        if result.bound > 0
        else Text("没有证明下界。", "No bound is proved.")
    )
    return tuple(said)


def _walked(problem: RoundsProblem, tour: Tour) -> int:
    one = problem.staff[tour.staff]
    places = [one.start, *(call.place for call in tour.calls), one.end]
    return sum(int(problem.walk[a, b]) for a, b in pairwise(places))


def _trips(problem: RoundsProblem, plan: RoundsPlan) -> list[Text]:
    """Say how often somebody reloads, and how many stops are brought from another one."""
    said = []
    often = [
        (sum(call.stop is None and call.rest is None for call in tour.calls), problem.staff[tour.staff].id)
        for tour in plan.tours
    ]
    if (total := sum(many for many, _ in often)) > 0:
        many, who = max(often)
        said.append(
            Text(
                f"途中共回仓装卸 {total} 次，最多的是 {who}（{many} 次）：一趟装不下。",
                f"Staff reload {counted(total, 'time')}, {who} most ({many}): one trip does not hold it all.",
            )
        )
    done = plan.staff_of()
    if pairs := [(first, last) for first, last in problem.pairs() if last in done]:
        said.append(
            Text(
                f"{len(pairs)} 件由同一人先取后送。",
                f"{len(pairs)} are picked up and brought by the same person.",
            )
        )
    return said


def _dearest(problem: RoundsProblem, plan: RoundsPlan) -> list[Text]:
    """Say which stop makes the longest way round, and how much shorter the walk would be without it."""
    best: tuple[int, str, str] | None = None
    for tour in plan.tours:
        one = problem.staff[tour.staff]
        places = [one.start, *(call.place for call in tour.calls), one.end]
        for a, call, b in zip(places, tour.calls, places[2:], strict=False):
            saved = int(problem.walk[a, call.place] + problem.walk[call.place, b] - problem.walk[a, b])
            if call.stop is not None and (best is None or saved > best[0]):
                best = (saved, problem.stops[call.stop].id, one.id)
    if best is None or best[0] <= 0:
        return []
    shorter, stop, who = tell_span(problem, best[0]), best[1], best[2]
    return [
        Text(
            f"绕路最多的是“{stop}”：不去它，{who} 少走 {shorter.zh}。",
            f"{stop!r} is the longest way round: without it {who} would walk {shorter.en} less.",
        )
    ]


def _tightest(problem: RoundsProblem, plan: RoundsPlan) -> list[Text]:
    """Say who is fullest, and how many stops begin at the last moment."""
    last = sum(
        call.begin == problem.stops[call.stop].latest
        for t in plan.tours
        for call in t.calls
        if call.stop is not None
    )
    spans = []
    for tour in plan.tours:
        one, first, end = problem.staff[tour.staff], tour.calls[0], tour.calls[-1]
        leave = first.begin - int(problem.walk[one.start, first.place])
        back = end.begin + _duration(problem, one, end) + int(problem.walk[end.place, one.end])
        spans.append(((back - leave) / (one.latest - one.earliest), one.id))
    share, busiest = max(spans, default=(0.0, ""))
    if not busiest:
        return []
    return [
        Text(
            f"最忙的是 {busiest}，用去班次的 {share:.0%}；{last} 个点在时间窗的最后一刻开始。",
            f"{busiest} is busiest, out for {share:.0%} of the shift; "
            f"{counted(last, 'stop begins', 'stops begin')} at the last moment of the window.",
        )
    ]


def _name(problem: RoundsProblem, one: RoundStaff, call: Call, reloads: int) -> str:
    if call.stop is not None:
        return problem.stops[call.stop].id
    return f"{one.id}/{RELOAD} {reloads}" if call.rest is None else f"{one.id}/{BREAK} {call.rest + 1}"


def _duration(problem: RoundsProblem, one: RoundStaff, call: Call) -> int:
    if call.stop is not None:
        return problem.stops[call.stop].service
    return one.reload_time if call.rest is None else one.rests[call.rest].duration


def _unscaled(value: int, scale: int) -> float:
    return value if scale == 1 else value / scale

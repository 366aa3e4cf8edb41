"""Why no sites can be chosen: the fewest rules, locks and limits of changes that can't hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yuanli.errors import Text, counted
from yuanli.planning.documents import Floats
from yuanli.planning.sites.models import rules_of
from yuanli.planning.sites.problem import SitesPlan, SitesProblem
from yuanli.planning.sites.solving import can_choose, fewest_changes
from yuanli.solver import PATIENCE, Search, Stop, Wish, minimal_conflict

MOST_S = 1.6
"""Seconds in all; what can't be told by then counts as if it could hold together, so one more may be named."""
SHOWN = 5
Part = tuple[str, str]


def conflicts_sites(problem: SitesProblem) -> tuple[Text, ...]:
    """Return the fewest rules that leave no plan; empty where there is one."""
    return conflicts_asked_sites(problem, Wish())


def conflicts_asked_sites(problem: SitesProblem, wish: Wish[SitesPlan]) -> tuple[Text, ...]:
    """Return the fewest rules, and of what is locked and how much may change, that leave no plan."""
    alone = np.flatnonzero(~np.isfinite(problem.seconds).any(axis=1)) if problem.radius_s is None else ()
    if len(alone):
        names = [problem.demands[i] for i in alone[:SHOWN]]
        return (
            Text(
                f"“{'、'.join(names)}”走不到任何位置。",
                f"There is no way from {', '.join(names)} to any site.",
            ),
        )
    clock = Search[SitesPlan](Stop(time_s=MOST_S, patience=PATIENCE))
    rules: list[Part] = [("count", "")]
    rules += [] if problem.limit_s is None else [("limit_s", "")]
    rules += [("capacity", "")] if problem.capacity else []
    if wish.start is not None:
        rules += [] if wish.max_changes is None else [("changes", "")]
        rules += [("locked", name) for name in problem.sites if name in wish.locked]
    rules += [("fixed", name) for name in sorted(problem.fixed)]
    rules += [("forbidden", name) for name in sorted(problem.forbidden)]
    found = minimal_conflict(rules, lambda held: _hold(problem, wish, held, clock))
    return tuple(_say(problem, wish, *rule) for rule in found)


def _hold(
    problem: SitesProblem, wish: Wish[SitesPlan], held: Sequence[Part], clock: Search[SitesPlan]
) -> bool:
    kept, asked = _kept(problem, wish, held)
    part = Search[SitesPlan](Stop(time_s=clock.clock_left_s, patience=PATIENCE))
    return can_choose(kept, rules_of(kept, asked), part) is not False


def _kept(
    problem: SitesProblem, wish: Wish[SitesPlan], held: Sequence[Part]
) -> tuple[SitesProblem, Wish[SitesPlan]]:
    """Return the problem and the wish with those rules only."""
    parts = set(held)

    def names(rule: str) -> frozenset[str]:
        return frozenset(name for one, name in held if one == rule)

    kept = replace(
        problem,
        count=problem.count if ("count", "") in parts else len(problem.sites),
        limit_s=problem.limit_s if ("limit_s", "") in parts else None,
        capacity=problem.capacity if ("capacity", "") in parts else {},
        fixed=names("fixed"),
        forbidden=names("forbidden"),
    )
    if wish.start is None:
        return kept, wish
    most = wish.max_changes if ("changes", "") in parts else None
    return kept, replace(wish, locked=names("locked"), max_changes=most)


def _say(problem: SitesProblem, wish: Wish[SitesPlan], rule: str, name: str) -> Text:
    if rule == "count":
        return Text(
            f"最多选 {problem.count} 处。",
            f"At most {counted(problem.count, 'site is', 'sites are')} chosen.",
        )
    if rule == "limit_s":
        return Text(f"步行不超过 {problem.limit_s:g} 秒。", f"Nobody walks more than {problem.limit_s:g} s.")
    if rule == "capacity":
        people, room = float(problem.people.sum()), np.sort(problem.capacities)[::-1][: problem.count]
        if not np.isfinite(room).all():
            return Text("各处容量有限。", "Sites have capacities.")
        return Text(
            f"各处容量有限：最大的 {len(room)} 处共容 {room.sum():g} 人，需求共 {people:g} 人。",
            f"Sites have capacities: the largest {len(room)} serve {room.sum():g}, and {people:g} are to be served.",
        )
    if rule == "fixed":
        return Text(f"必须选用“{name}”。", f"“{name}” has to be chosen.")
    if rule == "forbidden":
        return Text(f"不可选用“{name}”。", f"“{name}” can't be chosen.")
    if rule == "locked":
        chosen = wish.start is not None and problem.sites.index(name) in wish.start.chosen
        return Text(
            f"“{name}”锁定为{'选用' if chosen else '不选'}。",
            f"“{name}” is locked: {'chosen' if chosen else 'not chosen'}.",
        )
    stop = Stop(time_s=MOST_S / 4, patience=PATIENCE)
    needed = fewest_changes(problem, rules_of(problem, wish), Search[Floats](stop))
    more, more_en = ("", "") if needed is None else (f"，至少要改 {needed} 处", f", {needed} are needed")
    return Text(
        f"最多改动 {wish.max_changes} 处{more}。",
        f"At most {counted(wish.max_changes or 0, 'change')}{more_en}.",
    )

"""Sites as a table and in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yuanli.errors import Text
from yuanli.planning.documents import place_of, refusal
from yuanli.planning.sites.problem import Aim, SitesPlan, SitesProblem
from yuanli.planning.sites.solving import assign
from yuanli.solver import Result, Row


def sites_rows(problem: SitesProblem, plan: SitesPlan) -> tuple[Row, ...]:
    """Return of each site whether it is chosen."""
    return tuple({"site": name, "chosen": i in plan.chosen} for i, name in enumerate(problem.sites))


def served_rows(problem: SitesProblem, plan: SitesPlan) -> tuple[Row, ...]:
    """Return of each demand the site it is sent to, if any, and the seconds of walking."""
    return tuple(
        {
            "demand": name, "site": None if site < 0 else problem.sites[site],
            "seconds": None if site < 0 else float(problem.seconds[i, site]),
        }
        for i, (name, site) in enumerate(zip(problem.demands, plan.served, strict=True))
    )  # fmt: skip


def read_sites_rows(problem: SitesProblem, rows: Sequence[Row]) -> SitesPlan:
    """Return the plan of a table: everybody goes to the nearest chosen site that has room.

    Raises
    ------
    InvalidProblemError
        A column is missing, a site is unknown or there twice, or no site is chosen.
    """
    sites = {name: i for i, name in enumerate(problem.sites)}
    hint = Text("列为 site 和 chosen，每处一行。", "The columns are site and chosen, with one row a site.")
    found: dict[int, bool] = {}
    for line, row in enumerate(rows, 1):
        name, chosen = row.get("site"), row.get("chosen")
        if not isinstance(name, str) or not isinstance(chosen, bool):
            raise refusal(f"row {line}", "缺少 site 或 chosen", "site or chosen is missing", hint=hint)
        at = place_of(f"row {line}", name, sites)
        if at in found:
            raise refusal(f"row {line}", f"“{name}”出现两次", f"“{name}” is there twice", hint=hint)
        found[at] = chosen
    chosen_sites = np.array([site for site, chosen in found.items() if chosen], dtype=np.int64)
    if not len(chosen_sites):
        raise refusal("rows", "没有选用任何位置", "no site is chosen", hint=hint)
    return assign(problem, chosen_sites)


def explain_sites(problem: SitesProblem, result: Result[SitesPlan]) -> tuple[Text, ...]:
    """Say how far people walk, how sure that is, and what one more site or a forbidden one would change."""
    plan = result.best
    if plan is None:
        return ()
    served, people = np.array(plan.served), problem.people
    there = served >= 0
    seconds = problem.seconds[there, served[there]]
    names = [problem.sites[site] for site in plan.chosen]
    all_people = float(people.sum())
    mean = float((seconds * people[there]).sum() / max(people[there].sum(), 1e-9))
    told = [
        Text(
            f"选用 {len(names)} 处：{'、'.join(names)}。",
            f"{len(names)} sites are chosen: {', '.join(names)}.",
        ),
        Text(
            f"平均步行 {mean:,.0f} 秒，最远 {seconds.max(initial=0):,.0f} 秒。",
            f"The walk takes {mean:,.0f} s on average, {seconds.max(initial=0):,.0f} s at most.",
        ),
    ]
    if problem.aim is Aim.COVER:
        share = (all_people - result.cost) / max(all_people, 1e-9)
        told.append(
            Text(
                f"{share:.1%} 的人在 {problem.radius_s:g} 秒以内。",
                f"{share:.1%} of the people are within {problem.radius_s:g} s.",
            )
        )
    told.append(
        Text("已证明没有更好的方案。", "It is proved that none is better.")
        if result.gap <= 1e-6
        else Text(f"最多还能改善 {result.gap:.2%}。", f"At most {result.gap:.2%} better is possible.")
    )
    if not problem.capacity and problem.aim is not Aim.CENTER:
        told += _what_if(problem, plan, result.cost)
    return tuple(told)


def _what_if(problem: SitesProblem, plan: SitesPlan, cost: float) -> list[Text]:
    """Say what one more site would save, the rest as it is."""
    costs = np.array([_cost(problem, (*plan.chosen, site)) for site in range(len(problem.sites))])
    best = int(costs.argmin())
    saved = cost - costs[best]
    if saved <= 0:
        return []
    name, share = problem.sites[best], saved / max(cost, 1e-9)
    rule = "（现在禁用）" if name in problem.forbidden else ""
    rule_en = " (forbidden now)" if name in problem.forbidden else ""
    return [
        Text(
            f"再加一处“{name}”{rule}，目标可再降 {share:.1%}。",
            f"One more site, “{name}”{rule_en}, would better it by {share:.1%}.",
        )
    ]


def _cost(problem: SitesProblem, chosen: tuple[int, ...]) -> float:
    seconds = np.where(problem.reach[:, chosen], problem.seconds[:, chosen], np.inf).min(axis=1)
    if problem.aim is Aim.COVER:
        return float(problem.people[~np.isfinite(seconds)].sum())
    return float((seconds * problem.people).sum())

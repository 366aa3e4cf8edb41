"""The check of sites, from the tables alone."""

from __future__ import annotations

from math import isinf

from yuanli.errors import Text, counted
from yuanli.planning.sites.problem import Aim, SitesPlan, SitesProblem
from yuanli.solver import Broken, Checked


def check_sites(problem: SitesProblem, plan: SitesPlan) -> Checked:
    """Recompute what a plan costs and which rules it breaks."""
    broken: list[Broken] = []

    def note(rule: str, subject: str, amount: float, zh: str, en: str) -> None:
        message = Text(f"{subject}：{zh}", f"{subject}: {en}")
        broken.append(Broken(rule=rule, subject=subject, amount=amount, message=message))

    names, chosen = problem.sites, set(plan.chosen)
    if not all(0 <= site < len(names) for site in chosen) or len(plan.served) != len(problem.demands):
        note(
            "sites",
            "plan",
            1,
            "有不存在的位置，或需求数不符",
            "a site does not exist, or demands are missing",
        )
        return Checked(parts={problem.aim.value: 0.0}, broken=tuple(broken))
    if len(plan.chosen) > problem.count:
        over = len(plan.chosen) - problem.count
        note("count", "plan", over, f"多选 {over} 处", f"{counted(over, 'site')} too many")
    for name in problem.fixed - {names[site] for site in chosen}:
        note("fixed", name, 1, "必须选用", "has to be chosen")
    for name in problem.forbidden & {names[site] for site in chosen}:
        note("forbidden", name, 1, "不可选用", "can't be chosen")
    load, walked, farthest, uncovered = dict.fromkeys(chosen, 0.0), 0.0, 0.0, 0.0
    for demand, (who, site) in enumerate(zip(problem.demands, plan.served, strict=True)):
        people = float(problem.people[demand])
        if site == -1:
            uncovered += people
            if problem.aim is not Aim.COVER:
                note("served", who, people, "没有去处", "is sent nowhere")
            continue
        if site not in chosen:
            note("served", who, people, "去处未被选用", "is sent to a site that is not chosen")
            continue
        seconds = float(problem.seconds[demand, site])
        most = problem.radius_s if problem.aim is Aim.COVER else problem.limit_s
        if isinf(seconds) or (most is not None and seconds > most):
            note("reach", who, seconds, f"步行 {seconds:.0f} 秒，过远", f"walks {seconds:.0f} s, too far")
            continue
        walked, farthest = walked + people * seconds, max(farthest, seconds)
        load[site] += people
    for site, people in load.items():
        most = problem.capacity.get(names[site])
        if most is not None and people > most + 1e-6:
            note(
                "capacity",
                names[site],
                people - most,
                f"超出容量 {people - most:g}",
                f"{people - most:g} too many",
            )
    parts = {Aim.MEDIAN: walked, Aim.CENTER: farthest, Aim.COVER: uncovered}
    return Checked(parts={problem.aim.value: parts[problem.aim]}, broken=tuple(broken))

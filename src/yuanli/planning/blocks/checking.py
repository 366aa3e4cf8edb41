"""The check of blocks, from the tables alone."""

from __future__ import annotations

from itertools import combinations

from yuanli.errors import Text
from yuanli.planning.blocks.problem import BlocksPlan, BlocksProblem
from yuanli.solver import Broken, Checked

TOLERANCE = 1e-6


def check_blocks(problem: BlocksProblem, plan: BlocksPlan) -> Checked:
    """Recompute what a plan costs, and whether blocks overlap, leave the plant, or have a wrong area or shape."""
    broken: list[Broken] = []

    def note(rule: str, subject: str, amount: float, zh: str, en: str) -> None:
        message = Text(f"{subject}：{zh} {amount:.4g}", f"{subject}: {en} {amount:.4g}")
        broken.append(Broken(rule=rule, subject=subject, amount=amount, message=message))

    named = list(zip(problem.blocks, plan.rectangles, strict=False))
    if len(plan.rectangles) != len(problem.blocks):
        note("placed", "plan", len(plan.rectangles), "矩形数不符，为", "another number of rectangles:")
        return Checked(parts={"flow": 0.0}, broken=tuple(broken))
    slack = TOLERANCE * max(problem.width_m, problem.depth_m)
    for i, (name, (x, y, w, h)) in enumerate(named):
        area, aspect = float(problem.areas[i]), float(problem.aspects[i])
        out = max(-x, -y, x + w - problem.width_m, y + h - problem.depth_m)
        if not out <= slack:
            note("plant", name, out, "超出厂区（米）", "leaves the plant by m:")
        if not (w > 0 and h > 0 and abs(w * h - area) <= TOLERANCE * area):
            note("area", name, w * h - area, "面积相差（平方米）", "its area differs by m²:")
        elif max(w / h, h / w) > aspect * (1 + TOLERANCE):
            note(
                "aspect",
                name,
                max(w / h, h / w),
                f"长宽比上限 {aspect:g}，实为",
                f"its aspect, at most {aspect:g}, is",
            )
    cost = 0.0
    for (i, (one, a)), (j, (other, b)) in combinations(enumerate(named), 2):
        deep = min(
            min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]), min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
        )
        if deep > slack:
            note("overlap", f"{one}, {other}", deep, "重叠（米）", "overlap by m:")
        apart = abs(a[0] + a[2] / 2 - b[0] - b[2] / 2) + abs(a[1] + a[3] / 2 - b[1] - b[3] / 2)
        cost += float(problem.flows[i, j] + problem.flows[j, i]) * apart
    return Checked(parts={"flow": cost}, broken=tuple(broken))

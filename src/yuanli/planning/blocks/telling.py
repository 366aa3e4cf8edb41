"""Blocks as a table and in words, and why there is no plan."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np

from yuanli.errors import Text, figured
from yuanli.planning.blocks.problem import BlocksPlan, BlocksProblem
from yuanli.planning.documents import place_of, refusal
from yuanli.solver import Result, Row, minimal_conflict

COLUMNS = ("x_m", "y_m", "width_m", "depth_m")


def blocks_rows(problem: BlocksProblem, plan: BlocksPlan) -> tuple[Row, ...]:
    """Return the rectangle of each block."""
    return tuple(
        {"block": name, **dict(zip(COLUMNS, rectangle, strict=True))}
        for name, rectangle in zip(problem.blocks, plan.rectangles, strict=True)
    )


def read_blocks_rows(problem: BlocksProblem, rows: Sequence[Row]) -> BlocksPlan:
    """Return the plan of a table.

    Raises
    ------
    InvalidProblemError
        A column or a block is missing, unknown or there twice, or a value is no number.
    """
    at = {name: i for i, name in enumerate(problem.blocks)}
    hint = Text(
        "列为 block、x_m、y_m、width_m、depth_m。", "The columns are block, x_m, y_m, width_m, depth_m."
    )
    found: dict[int, tuple[float, float, float, float]] = {}
    for line, row in enumerate(rows, 1):
        block = place_of(f"row {line}", str(row.get("block")), at)
        values = [_number(row.get(column)) for column in COLUMNS]
        if block in found or not np.isfinite(values).all():
            raise refusal(
                f"row {line}",
                "区块重复，或有值不是数",
                "the block is there twice, or a value is no number",
                hint=hint,
            )
        found[block] = values[0], values[1], values[2], values[3]
    missing = [name for name, i in at.items() if i not in found]
    if missing:
        raise refusal("rows", f"缺少“{missing[0]}”", f"“{missing[0]}” is missing", hint=hint)
    return BlocksPlan(tuple(found[i] for i in range(len(at))))


def _number(cell: object) -> float:
    """Return what a cell tells, in CSV as text; not a number where it is none."""
    try:
        return nan if isinstance(cell, bool) else float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return nan


def carried_blocks(problem: BlocksProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now: what is new is in the corner."""
    told = {str(row.get("block")): row for row in rows}
    sides = np.sqrt(problem.areas).tolist()
    return [
        told.get(name, dict(zip(("block", *COLUMNS), (name, 0.0, 0.0, side, side), strict=True)))
        for name, side in zip(problem.blocks, sides, strict=True)
    ]


def explain_blocks(problem: BlocksProblem, result: Result[BlocksPlan]) -> tuple[Text, ...]:
    """Say what it costs, how full the plant is, which pair costs most, and which blocks are as narrow as may be."""
    plan = result.best
    if plan is None:
        return ()
    x, y, w, h = np.array(plan.rectangles).T
    full = float(problem.areas.sum() / (problem.width_m * problem.depth_m))
    told = [
        Text(
            f"流量×直角距离合计 {figured(result.cost)}，厂区占用 {full:.0%}。",
            f"Flow times rectilinear distance is {figured(result.cost)}; {full:.0%} of the plant is used.",
        ),
        Text(
            f"相邻所需的最小距离给出下界 {figured(result.bound)}，偏松。",
            f"The least distances of neighbours give the bound {figured(result.bound)}, which is loose.",
        ),
    ]
    far = np.abs((x + w / 2)[:, None] - (x + w / 2)) + np.abs((y + h / 2)[:, None] - (y + h / 2))
    paid = np.triu((problem.flows + problem.flows.T) * far, 1)
    if result.cost > 0:
        i, j = (int(k) for k in np.unravel_index(int(paid.argmax()), paid.shape))
        one, other, share = problem.blocks[i], problem.blocks[j], paid[i, j] / result.cost
        told.append(
            Text(f"“{one}”与“{other}”占 {share:.1%}。", f"“{one}” and “{other}” take {share:.1%} of it.")
        )
    narrow = [
        name
        for name, shape, limit in zip(problem.blocks, np.maximum(w / h, h / w), problem.aspects, strict=True)
        if shape > 0.98 * limit
    ]
    if narrow:
        told.append(
            Text(f"长宽比已到上限：{'、'.join(narrow)}。", f"As narrow as they may be: {', '.join(narrow)}.")
        )
    return tuple(told)


def conflicts_blocks(problem: BlocksProblem) -> tuple[Text, ...]:
    """Return the fewest blocks that can't be in the plant; what only a search can tell is not told."""
    least = np.maximum(np.sqrt(problem.areas / problem.aspects), problem.areas / problem.depth_m)
    most = np.minimum(np.sqrt(problem.areas * problem.aspects), problem.width_m)
    for i in np.flatnonzero(least > most * (1 + 1e-9)):
        name, area, aspect = problem.blocks[i], problem.areas[i], problem.aspects[i]
        return (
            Text(
                f"“{name}”面积 {area:g} 平方米、长宽比至多 {aspect:g}，"
                f"放不进 {problem.width_m:g} × {problem.depth_m:g} 米的厂区。",
                f"“{name}” of {area:g} m² and an aspect of at most {aspect:g} does not fit into the plant of "
                f"{problem.width_m:g} × {problem.depth_m:g} m.",
            ),
        )
    room = problem.width_m * problem.depth_m * (1 + 1e-9)
    order = [int(i) for i in np.argsort(-problem.areas, kind="stable")]
    rest = minimal_conflict(order[::-1], lambda held: float(problem.areas[list(held)].sum()) <= room)
    if not rest:
        return _in_each_others_way(problem, order[::-1])
    area = float(problem.areas[list(rest)].sum())
    names = "、".join(problem.blocks[i] for i in sorted(rest))
    return (
        Text(
            f"{names} 共 {area:g} 平方米，厂区只有 {problem.width_m * problem.depth_m:g} 平方米。",
            f"{names.replace('、', ', ')} take {area:g} m², the plant has {problem.width_m * problem.depth_m:g} m².",
        ),
    )


def _in_each_others_way(problem: BlocksProblem, order: list[int]) -> tuple[Text, ...]:
    """Return the fewest blocks that fit neither side by side nor, all of them, one behind the other.

    Two that are wider together than the plant are apart along its depth; so are all of a set of such blocks.
    """
    for across, along in ((problem.width_m, problem.depth_m), (problem.depth_m, problem.width_m)):
        wide, deep = (
            np.maximum(np.sqrt(problem.areas / problem.aspects), problem.areas / other)
            for other in (along, across)
        )
        for i in np.argsort(-wide, kind="stable"):
            held = [int(i)]
            for j in np.argsort(-deep, kind="stable"):
                if int(j) not in held and all(wide[j] + wide[k] > across * (1 + 1e-9) for k in held):
                    held.append(int(j))
            if deep[held].sum() > along * (1 + 1e-9):
                fewest = minimal_conflict(
                    [one for one in order if one in held],
                    lambda some: float(deep[list(some)].sum()) <= along * (1 + 1e-9),  # noqa: B023
                )
                return (_blocked(problem, sorted(fewest)),)
    return ()


def _blocked(problem: BlocksProblem, blocks: list[int]) -> Text:
    names = [problem.blocks[i] for i in blocks]
    plant = f"{problem.width_m:g} × {problem.depth_m:g}"
    return Text(
        f"{'、'.join(names)} 按各自的面积和长宽比，在 {plant} 米的厂区里并排、前后都放不下。",
        f"{', '.join(names)} with their areas and aspects fit into the plant of {plant} m neither side by side nor one "
        "behind the other.",
    )

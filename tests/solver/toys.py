"""A toy kind of problem: choose at least so many numbers of least sum; a slow one never ends by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from yuanli.errors import InvalidInputError, Text
from yuanli.solver import Broken, Checked, Kind, Result, Row, Search, Wish

Problem = tuple[tuple[int, ...], int]
Chosen = tuple[int, ...]


class ToyError(InvalidInputError):
    """A toy's file is not JSON of two parts."""


def parse(data: bytes, name: str) -> Problem:
    try:
        numbers, least = json.loads(data)
    except ValueError as error:
        raise ToyError(Text(f"{name} 第 1 行有误", f"{name}, line 1, is wrong"), field="line 1") from error
    return tuple(numbers), least


def solve(problem: Problem, search: Search[Chosen], wish: Wish[Chosen]) -> Result[Chosen]:
    numbers, least = problem
    if least > len(numbers):
        return search.result(infeasible=True)
    if wish.start is not None:
        search.offer(wish.start, sum(wish.start))
    locked = [number for number in wish.start or () if str(number) in wish.locked]
    free = sorted(number for number in numbers if number not in locked)
    best = tuple(locked + free[: least - len(locked)])
    search.offer(best, sum(best))
    if least == 1:
        while not search.over():
            search.count()
            time.sleep(0.005)
    elif not locked:
        search.prove(sum(best))
    return search.result()


def check(problem: Problem, plan: Chosen) -> Checked:
    short = problem[1] - len(plan)
    text = Text(f"少选 {short} 个", f"{short} too few")
    return Checked(
        parts={"sum": float(sum(plan))},
        broken=(Broken(rule="least", subject="all", amount=short, message=text),) if short > 0 else (),
    )


def rows(problem: Problem, plan: Chosen) -> Sequence[Row]:
    return [{"number": str(number), "chosen": number in plan} for number in problem[0]]


def read_rows(problem: Problem, found: Sequence[Row]) -> Chosen:
    del problem
    return tuple(int(row["number"]) for row in found if row["chosen"])


TOY: Kind[Problem, Chosen] = Kind(
    name="toy", title=Text("示例", "Toy"), method=Text("排序", "sorting"), parse=parse,
    schema=lambda: {"type": "array"}, solve=solve, check=check, rows=rows, read_rows=read_rows,
    explain=lambda problem, result: (Text("和最小", "least sum"),),
    conflicts=lambda problem: (Text("数不够多", "too few numbers"),),
)  # fmt: skip

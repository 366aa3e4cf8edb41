"""Days with what was planned for them, and which of them are learnt from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem


class DaysError(InvalidInputError):
    """There are too few days to learn from, or a day and its plan are not of one size."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Day:
    """A day's problem and the plan that was made for it, most often by the optimiser."""

    problem: DevicesProblem
    plan: DevicesPlan

    def __post_init__(self) -> None:
        wanted = (len(self.problem.devices), self.problem.slots)
        if self.plan.on.shape != wanted:
            raise DaysError(
                Text(
                    f"方案大小 {self.plan.on.shape}，问题为 {wanted}。",
                    f"The plan has the size {self.plan.on.shape}, the problem {wanted}.",
                ),
                field="plan",
                hint=Text("给出该日自己的方案。", "Give the day's own plan."),
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DaySplit:
    """Days in their order: learnt from first, then for choosing a model, then for its scores."""

    learn: tuple[Day, ...]
    choose: tuple[Day, ...]
    test: tuple[Day, ...]


def split_days(days: Sequence[Day], *, choose: int, test: int) -> DaySplit:
    """Split whole days in their order, the last for the test; copies of earlier days are left out.

    Raises
    ------
    DaysError
        Fewer than two days would be left to learn from.
    """
    seen: set[str] = set()
    single: list[Day] = []
    for day in days:
        print_ = _print_of(day)
        if print_ not in seen:
            seen.add(print_)
            single.append(day)
    learn = len(single) - choose - test
    if learn < 2:
        raise DaysError(
            Text(
                f"{len(days)} 天中不同的有 {len(single)} 天，除去 {choose} 天选择与 {test} 天测试后不足 2 天。",
                f"{len(single)} of {len(days)} days are different; without {choose} to choose and {test} to test, "
                "fewer than 2 are left.",
            ),
            field="days",
            hint=Text("给出更多天的方案。", "Give plans of more days."),
        )
    return DaySplit(
        learn=tuple(single[:learn]),
        choose=tuple(single[learn : learn + choose]),
        test=tuple(single[learn + choose :]),
    )


def _print_of(day: Day) -> str:
    """Return a hash of what is asked of the devices and of what was planned."""
    digest = hashlib.sha256()
    for values in (day.problem.price, day.plan.on, *(z.demand for z in day.problem.zones)):
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(repr([(d.name, d.task, d.on, d.held) for d in day.problem.devices]).encode())
    return digest.hexdigest()

"""When a search ends."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from yuanli.errors import InvalidInputError, Text

PATIENCE = 4.0
"""How many times as long, by the clock, a conflict is searched for on a busy machine."""


class StopError(InvalidInputError):
    """A search can't be told to stop like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """When a search ends: at whatever comes first. None is no limit.

    Only `rounds` make a run that can be repeated to the letter; what a clock ends is repeated by asking for as many
    rounds as its `Result` tells, with the same seed.

    Parameters
    ----------
    time_s, cpu_s
        Seconds by the clock, and of processors, all threads of the process together.
    patience
        While the process has had less than `time_s` of a processor, so many times as long by the clock: what is
        answered in a moment is answered on a busy machine, too.
    gap
        How far, relative to the cost, the best may be from the bound.
    stale_s
        Seconds without a better one.
    rounds
        Steps of the method, as its docstring counts them.
    """

    time_s: float | None = 30.0
    cpu_s: float | None = None
    patience: float = 1.0
    gap: float = 0.0
    stale_s: float | None = None
    rounds: int | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.patience) and self.patience >= 1):
            raise StopError(
                Text(
                    f"patience 为 {self.patience}，应是不小于 1 的数。",
                    f"patience is {self.patience}; it is a number from 1.",
                ),
                field="patience",
            )
        for name in ("time_s", "cpu_s", "gap", "stale_s", "rounds"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                raise StopError(
                    Text(
                        f"{name} 为 {value}，应是不小于 0 的数。",
                        f"{name} is {value}; it is a number from 0.",
                    ),
                    field=name,
                    hint=Text(
                        "给出秒数、比例或轮数，或留空。", "Give seconds, a share or rounds, or leave it out."
                    ),
                )

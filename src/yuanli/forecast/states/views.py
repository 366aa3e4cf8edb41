"""What a model looks at: some columns of what is known. Where days are few, less is often more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.forecast.states.features import STATE, Known, Look
from yuanli.forecast.states.places import InvalidStatesError

KINDS = ("threshold", "switches", "line", "trees", "network")
VIEWS = ("own", "now", "recent", "long")
WITH_CLOCK = "+clock"
VARIED = "+varied"
CLOCK = ("hour", "hour_sin", "hour_cos", "weekend")
RECENT = ("mean 5", "change 5", "spread 5", "mean 15", "change 15", "spread 15", "unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A kind of model and its view.

    Parameters
    ----------
    kind
        `threshold` one cut through one signal, `switches` a logistic regression on which switched signals (lamps) are
        on, `line` one on what they read, `trees` LightGBM, `network` a small transformer over the last three hours.
    view
        `own` the state's own past and the clock; `now` also what signals read now; `recent` also their last quarter of
        an hour; `long` everything. Where nobody knows the state's past the clock is left out unless `+clock` follows.
    varied
        Whether it also learns from changed copies of the days, written as `+varied` at the end.
    """

    kind: str
    view: str
    varied: bool = False

    def __str__(self) -> str:
        return f"{self.kind}:{self.view}{VARIED if self.varied else ''}"


def parse_candidate(text: str) -> Candidate:
    """Read `kind:view`.

    Raises
    ------
    InvalidStatesError
        There is no such kind or view.
    """
    plain = text.strip().removesuffix(VARIED)
    kind, _, view = plain.partition(":")
    if kind not in KINDS or view.removesuffix(WITH_CLOCK) not in VIEWS:
        raise InvalidStatesError(
            Text(f"没有候选模型“{text}”。", f"There is no candidate {text!r}."),
            field="candidates",
            hint=Text(f"写作“种类:视角”；种类 {', '.join(KINDS)}，视角 {', '.join(VIEWS)}。",
                      f"Write kind:view; kinds are {', '.join(KINDS)}, views {', '.join(VIEWS)}."),
        )  # fmt: skip
    return Candidate(kind=kind, view=view, varied=plain != text.strip())


def columns_of(names: tuple[str, ...], look: Look, view: str) -> tuple[str, ...]:
    """Return the names of the columns of a view."""
    plain = view.removesuffix(WITH_CLOCK)
    signals = set(look.signals)
    own = {name for name in names if name == STATE or name.startswith(f"{STATE} ")} if look.own else set()
    tests: dict[str, Callable[[str], bool]] = {
        "own": lambda name: False,
        "now": lambda name: name in signals,
        "recent": lambda name: name in signals or name.endswith(RECENT),
        "long": lambda name: name not in CLOCK,
    }
    clock = look.own or view.endswith(WITH_CLOCK)
    return tuple(
        name for name in names if name in own or tests[plain](name) or (clock and name in CLOCK)
    )  # fmt: skip


def features_of(known: Known, columns: tuple[str, ...]) -> NDArray[np.float32]:
    """Return columns by name, shape `(n, n_columns)`."""
    where = {name: place for place, name in enumerate(known.names)}
    return known.features[:, [where[name] for name in columns]]

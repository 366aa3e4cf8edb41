"""Why there is no answer: rules that can't hold together, none of which could be left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

R = TypeVar("R")


def minimal_conflict(
    rules: Sequence[R], feasible: Callable[[Sequence[R]], bool], *, background: Sequence[R] = ()
) -> tuple[R, ...]:
    """Return rules that are infeasible together though each proper part of them is not (QuickXplain; Junker 2004).

    It asks `feasible` about 2 k log(n / k) + 2 k times for k rules of n; rules that come first are rather kept out of
    the answer than later ones. Empty where the rules can hold together.

    Parameters
    ----------
    rules
        Those that may be given up, the most important first.
    feasible
        Says whether rules can hold together; it gets `background` and a part of `rules`, in their order.
    background
        Those that can't be given up.

    Raises
    ------
    ValueError
        The background alone is infeasible.
    """
    if feasible([*background, *rules]):
        return ()
    if not feasible(background):
        raise ValueError("the background alone is infeasible")
    found = _explain(list(background), True, list(range(len(rules))), rules, feasible)
    return tuple(rules[i] for i in sorted(found))


def _explain(
    held: list[R], ask: bool, open_: list[int], rules: Sequence[R], feasible: Callable[[Sequence[R]], bool]
) -> list[int]:
    """Return which of the open rules make a conflict with those held; `ask` unless held was just found feasible."""
    if not ask and not feasible(held):
        return []
    if len(open_) == 1:
        return open_
    half = len(open_) // 2
    first, second = open_[:half], open_[half:]
    late = _explain([*held, *(rules[i] for i in first)], False, second, rules, feasible)
    early = _explain([*held, *(rules[i] for i in late)], not late, first, rules, feasible)
    return [*early, *late]

"""A problem with one thing more, or one rule less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from yuanli.errors import Text

P = TypeVar("P")
S = TypeVar("S")


class Sort(StrEnum):
    """Whether there is more of a resource, or a rule is given up."""

    RESOURCE = "resource"
    RULE = "rule"


def _as_it_is(plan: Any) -> Any:
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation(Generic[P, S]):
    """A changed problem and what changed.

    Parameters
    ----------
    name
        As it is put before "saves 3" and "可省 3".
    carry
        Makes a plan of the problem one of the changed problem, to begin from.
    wider
        Whether each plan of the problem is one of the changed problem at the same cost or less.
    """

    name: Text
    sort: Sort
    problem: P
    carry: Callable[[S], S] = _as_it_is
    wider: bool = True


def without(zh: str, en: str) -> Text:
    """Return the name of a rule that is given up."""
    return Text(f"不要求“{zh}”", f'Without "{en}"')

"""A problem with something more or less, or one rule less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np

from yuanli.errors import Text

P = TypeVar("P")
S = TypeVar("S")


class Sort(StrEnum):
    """Whether there is more of a resource, or a rule is given up."""

    RESOURCE = "resource"
    RULE = "rule"


class Resource(StrEnum):
    """What there may be more of, or less."""

    AREA = "area"
    COMFORT = "comfort"
    DEMAND = "demand"
    HOURS = "hours"
    LANES = "lanes"
    MOVES = "moves"
    PEOPLE = "people"
    POWER = "power"
    PRICE = "price"
    ROOMS = "rooms"
    SEATS = "seats"
    SITES = "sites"
    THROUGH = "through"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """More, or below 0 less, of a resource: by so many of its unit, or by a share of what there is.

    Parameters
    ----------
    about
        Words that may name what of the problem is meant, as a room or a passage.
    """

    by: float
    share: bool = False
    about: str = ""

    @property
    def whole(self) -> int:
        """By how many, of what is counted."""
        return round(self.by)

    def of(self, value: Any) -> Any:
        """Return a value, or an array of them, after the change; none falls below 0."""
        return np.maximum(0.0, value * (1.0 + self.by) if self.share else value + self.by)

    def named(self, names: Sequence[str]) -> int | None:
        """Return which of some names the words say, the longest; None where they say none."""
        said = [k for k, name in enumerate(names) if name and name.casefold() in self.about.casefold()]
        return max(said, key=lambda k: len(names[k]), default=None)

    def name(self, zh: str, en: str, *, unit: Text = Text("", ""), like: Text | None = None) -> Text:
        """Return how it is called: what changes, by how much, and like what.

        >>> Change(by=0.1, share=True).name("电价", "Price").en
        'Price +10 %'
        """
        amount = f"{100 * self.by:+,.1f}".removesuffix(".0") if self.share else f"{self.by:+.6g}"
        unit = Text("%", "%") if self.share else unit
        alike = Text("", "") if like is None else Text(f"（{like.zh}）", f" ({like.en})")
        return Text(
            f"{zh} {amount} {unit.zh}".rstrip() + alike.zh, f"{en} {amount} {unit.en}".rstrip() + alike.en
        )


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

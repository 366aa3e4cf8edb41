"""What a checker says of a plan, recomputed from the tables without the solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yuanli.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a plan breaks: its name, whom it is about, and by how much in the rule's unit."""

    rule: str
    subject: str
    amount: float
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The cost of a plan by its parts, and the hard rules it breaks; only a valid plan is shown or carried out.

    `unmet` has the soft rules it breaks, where a kind tells them; `parts` has what they cost.
    """

    parts: Mapping[str, float]
    broken: tuple[Broken, ...] = field(default=())
    unmet: tuple[Broken, ...] = field(default=())

    @property
    def cost(self) -> float:
        """The sum of the parts."""
        return sum(self.parts.values())

    @property
    def valid(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.broken

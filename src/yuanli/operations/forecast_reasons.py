"""Why a forecast says what it says, as people are told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yuanli.errors import Text
from yuanli.forecast import FEWEST, family_of, reason_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastReason:
    """One thing that a forecast hangs on, and its share of all that moves it, 0–1.

    Parameters
    ----------
    reason, family
        Ids of what it is and of the family of reasons that it belongs to.
    """

    reason: str
    family: str
    name: Text
    share: float


def told_reasons(reasons: Mapping[str, float]) -> tuple[ForecastReason, ...]:
    """Return reasons with their words, the strongest first, without those that hardly matter."""
    ranked = sorted(reasons.items(), key=lambda one: -one[1])
    return tuple(
        ForecastReason(
            reason=reason, family=family_of(reason), name=reason_name(reason), share=round(share, 4)
        )
        for reason, share in ranked
        if share >= FEWEST
    )

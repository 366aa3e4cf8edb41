"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yuanli.campus.features import FeatureId, LanguageMap
from yuanli.campus.place import Spot
from yuanli.errors import Text


class Match(StrEnum):
    """How the words asked for fit the name found."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUBSTRING = "substring"
    PINYIN = "pinyin"
    INITIALS = "initials"
    SOUND = "sound"
    TYPO = "typo"
    KIND = "kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One place found.

    Parameters
    ----------
    place_id
        The feature to go to: an occupant's unit, a team's first space, else the feature itself.
    label
        The name with building and level, unlike that of every other hit: `A座 3层 报告厅`.
    score
        How well it fits, 0–1: 1 is the exact name, below 0.6 a guess.
    matched
        The name that fits, as the source writes it.
    """

    feature_id: FeatureId
    place_id: FeatureId
    feature_type: str
    name: LanguageMap
    label: Text
    category: str
    score: float
    matched: str
    how: Match
    spot: Spot | None

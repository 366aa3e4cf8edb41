"""What is wrong with a place, or was repaired on the way in: where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yuanli.campus.features import FeatureId
from yuanli.campus.place import Spot
from yuanli.errors import Text


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found by a rule, with the feature, its place on the map, and the remedy."""

    rule: str
    severity: Severity
    feature_id: FeatureId | None
    message: Text
    remedy: Text
    spot: Spot | None = None

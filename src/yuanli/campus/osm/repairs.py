"""What was repaired on the way in: findings, one for each feature, and a sum where there are many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import FeatureId
from yuanli.campus.findings import Finding, Severity
from yuanli.campus.place import Spot
from yuanli.errors import Text

MOST_OF_A_RULE = 200
"""Findings kept of one rule; the rest is summed up in one."""


@dataclass(slots=True)
class Repairs:
    """The findings of one import, in the order they were made; no rule drowns the others."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        rule: str,
        feature_id: str | None,
        message: Text,
        remedy: Text,
        *,
        severity: Severity = Severity.WARNING,
        at: BaseGeometry | None = None,
    ) -> None:
        """Note one repair, at the place of a geometry in degrees."""
        self.counts[rule] += 1
        if self.counts[rule] > MOST_OF_A_RULE:
            return
        spot = None
        if at is not None and not at.is_empty:
            point = at.representative_point()
            spot = Spot(point.x, point.y)
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                feature_id=None if feature_id is None else FeatureId(feature_id),
                message=message,
                remedy=remedy,
                spot=spot,
            )
        )

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, with one more for each rule that had too many."""
        sums = [
            Finding(
                rule=rule,
                severity=Severity.INFO,
                feature_id=None,
                message=Text(
                    f"规则 {rule} 另有 {count - MOST_OF_A_RULE} 处，未逐一列出。",
                    f"Rule {rule} has {count - MOST_OF_A_RULE} more places, not listed one by one.",
                ),
                remedy=Text("改正已列出的问题后重新导入。", "Correct those listed, then import again."),
            )
            for rule, count in self.counts.items()
            if count > MOST_OF_A_RULE
        ]
        return (*self.findings, *sums)

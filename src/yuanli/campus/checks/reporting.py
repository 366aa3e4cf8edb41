"""Findings as the rules make them: the feature called by its label, its place on the map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from yuanli.campus.features import Feature, FeatureId
from yuanli.campus.findings import Finding, Severity
from yuanli.campus.labels import describe
from yuanli.campus.place import Campus
from yuanli.errors import Text

Rule = Callable[[Campus], Iterator[Finding]]

OPEN = frozenset(
    [
        "walkway",
        "walkway.island",
        "lobby",
        "area",
        "unenclosedarea",
        "terrace",
        "opentobelow",
        "structure",
        "column",
        "wall",
        "road",
        "footbridge",
        "platform",
        "vegetation",
        "steps",
        "ramp",
        "escalator",
        "movingwalkway",
        "corridor",
        "courtyard",
        "roof",
        "balcony",
        "brick",
        "concrete",
        "drywall",
        "glass",
        "wood",
        "parking",
        "seating",
        "recreation",
        "fieldofplay",
        "waitingroom",
        "foodservice",
        "arrivalgate",
        "unspecified",
    ]
)
"""Unit categories that people enter without a door, that may lie in or over another, or that are walls."""

SOLID = frozenset(
    [
        "opentobelow",
        "structure",
        "column",
        "wall",
        "brick",
        "concrete",
        "drywall",
        "glass",
        "wood",
        "vegetation",
    ]
)
"""Unit categories that nobody walks on."""

VERTICAL: Mapping[str, str] = {"stairs": "stairs", "elevator": "elevator", "escalator": "escalator"}
"""Unit categories that lead to another level."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule says: its name, how much it matters, what the finding means, what to do."""

    rule: str
    severity: Severity
    meaning: Text
    remedy: Text

    def about(self, campus: Campus, feature: Feature, **values: object) -> Finding:
        """Return the finding about one feature, with `{name}` its label and the values filled in."""
        name = describe(campus, feature.id)
        return Finding(
            rule=self.rule,
            severity=self.severity,
            feature_id=FeatureId(feature.id),
            message=Text(
                self.meaning.zh.format(name=name.zh, **values), self.meaning.en.format(name=name.en, **values)
            ),
            remedy=self.remedy,
            spot=campus.spot(feature.id),
        )


def error(rule: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Advice:
    """Make the advice of a rule whose findings break guidance."""
    return Advice(rule, Severity.ERROR, Text(zh, en), Text(fix_zh, fix_en))


def warning(rule: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Advice:
    """Make the advice of a rule whose findings make guidance worse."""
    return Advice(rule, Severity.WARNING, Text(zh, en), Text(fix_zh, fix_en))


def info(rule: str, zh: str, en: str, fix_zh: str, fix_en: str) -> Advice:
    """Make the advice of a rule whose findings are worth knowing."""
    return Advice(rule, Severity.INFO, Text(zh, en), Text(fix_zh, fix_en))

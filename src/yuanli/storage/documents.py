"""Features, changes and findings as the text that is kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from yuanli.campus import (
    Change,
    Feature,
    FeatureId,
    Finding,
    Severity,
    Spot,
    feature_from_json,
    feature_to_json,
)
from yuanli.errors import Text


def feature_text(feature: Feature) -> str:
    """Return a feature as text."""
    return to_text(feature_to_json(feature))


def parse_feature(text: str) -> Feature:
    """Read what `feature_text` wrote."""
    return feature_from_json(json.loads(text))


def changes_text(changes: tuple[Change, ...]) -> str:
    """Return the changes of a revision as text."""
    return to_text(
        [
            {
                "feature_id": change.feature_id,
                "before": None if change.before is None else feature_to_json(change.before),
                "after": None if change.after is None else feature_to_json(change.after),
            }
            for change in changes
        ]
    )


def parse_changes(text: str) -> tuple[Change, ...]:
    """Read what `changes_text` wrote."""
    return tuple(
        Change(
            feature_id=FeatureId(change["feature_id"]),
            before=change["before"] and feature_from_json(change["before"]),
            after=change["after"] and feature_from_json(change["after"]),
        )
        for change in json.loads(text)
    )


def finding_text(finding: Finding) -> str:
    """Return a finding as text."""
    return to_text(asdict(finding))


def parse_finding(text: str) -> Finding:
    """Read what `finding_text` wrote."""
    values = json.loads(text)
    return Finding(
        rule=values["rule"],
        severity=Severity(values["severity"]),
        feature_id=values["feature_id"],
        message=Text(**values["message"]),
        remedy=Text(**values["remedy"]),
        spot=Spot(**values["spot"]) if values["spot"] else None,
    )


def to_text(value: Any) -> str:
    """Return JSON as text; characters no database can encode are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def find_storable(key: str) -> str | None:
    """Return a key as it is, or None where no database could hold it, so that it can't be there."""
    try:
        return None if "\0" in key else key.encode().decode()
    except UnicodeEncodeError:
        return None

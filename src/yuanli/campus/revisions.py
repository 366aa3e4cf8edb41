"""Edits: each makes a new revision with who, when and why, and can be undone."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from yuanli.campus.features import Feature, FeatureId
from yuanli.campus.place import Campus


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One feature before and after; None before is an addition, None after a removal."""

    feature_id: FeatureId
    before: Feature | None
    after: Feature | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What one edit did to a campus, who did it, when (UTC) and why."""

    number: int
    at: datetime
    who: str
    why: str
    changes: tuple[Change, ...]


def changed_fields(before: Feature | None, after: Feature | None) -> frozenset[str]:
    """Return the names of the fields that differ; all of them where a feature was added or removed."""
    if before is after:
        return frozenset()
    if before is None or after is None or type(before) is not type(after):
        return frozenset(f.name for one in (before, after) if one is not None for f in fields(one))
    return frozenset(f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name))


def apply_changes(campus: Campus, changes: tuple[Change, ...]) -> Campus:
    """Return the campus after the changes, one revision on."""
    return campus.with_features({c.feature_id: c.after for c in changes}, campus.revision + 1)


def undo_changes(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes that take these back."""
    return tuple(Change(feature_id=c.feature_id, before=c.after, after=c.before) for c in reversed(changes))

"""What a report is about, and how it names things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from yuanli.campus import Campus, CampusId, FeatureId, label_of, name_in
from yuanli.errors import Text

MOST_ROWS = 50
Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a report is about, when it is made, and in which language."""

    campus: Campus
    place: FeatureId | None
    start: datetime
    end: datetime
    now: datetime
    language: str

    @property
    def campus_id(self) -> CampusId:
        """The campus's id."""
        return self.campus.id

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the park."""
        return ZoneInfo(self.campus.time_zone)

    def say(self, text: Text) -> str:
        """Return a text in the language of the report."""
        return text.zh if self.language == "zh" else text.en

    def name(self, feature_id: str) -> str:
        """Return what a feature is called; the site has the name of the campus."""
        if self.campus.find(feature_id) is None:
            return self.named(self.campus.name, feature_id)
        return name_in(label_of(self.campus, feature_id), self.language) or feature_id

    def headers(self, names: Names) -> tuple[str, ...]:
        """Return the headers of a table in the language of the report."""
        return tuple(zh if self.language == "zh" else en for zh, en in names)

    def named(self, name: Mapping[str, str], fallback: str) -> str:
        """Return a name in the language of the report."""
        return name_in(name, self.language) or fallback


def percent(share: float | None, *, signed: bool = False) -> str:
    """Write a share, 0–1; nothing where it is not known."""
    if share is None:
        return ""
    return f"{share:+.1%}" if signed else f"{share:.1%}"

"""What an importer gives: the campus, what was repaired on the way in, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yuanli.campus.features import TABLE_OF
from yuanli.campus.findings import Finding
from yuanli.campus.place import Campus
from yuanli.errors import InvalidInputError, Text

Progress = Callable[[str, float], None]
"""Called with a stage's name and the share done, 0–1."""


def no_progress(stage: str, share: float) -> None:
    """Report nothing."""


class ImportRefusedError(InvalidInputError):
    """A file can't be imported; nothing of it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A campus read from a file. Each repair names the feature, what was wrong, what was done."""

    campus: Campus
    repairs: tuple[Finding, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of features of each table."""
        return Counter(TABLE_OF[type(feature)] for feature in self.campus.features.values())


def refused(zh: str, en: str, *, field: str | None = None, hint: Text | None = None) -> ImportRefusedError:
    """Make the error that refuses a file."""
    return ImportRefusedError(Text(zh, en), field=field, hint=hint)

"""The ports that `storage` fills: what the use cases need kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from yuanli.campus import Campus, CampusId, Finding, LanguageMap, Revision
from yuanli.errors import InfeasibleError


class RevisionConflictError(InfeasibleError):
    """Somebody else edited the campus since it was read: read it again."""


class CampusNameTakenError(InfeasibleError):
    """A campus of that id exists already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusSummary:
    """A stored campus, without its features."""

    id: CampusId
    name: LanguageMap
    revision: int
    source: str
    attribution: str
    imported_at: datetime
    counts: Mapping[str, int]


class CampusStore(Protocol):
    """Campuses with all their revisions. Each call is one transaction, on disk when it returns."""

    def list_campuses(self) -> tuple[CampusSummary, ...]:
        """Return the stored campuses, oldest first."""

    def load_campus(self, campus_id: CampusId) -> Campus:
        """Return a campus at its latest revision; `CampusNotFoundError` where there is none."""

    def add_campus(
        self, campus: Campus, repairs: tuple[Finding, ...], *, at: datetime, who: str, why: str
    ) -> None:
        """Keep a new campus; `CampusNameTakenError` where its id is taken."""

    def replace_campus(
        self, campus: Campus, repairs: tuple[Finding, ...], *, at: datetime, who: str, why: str
    ) -> None:
        """Keep a campus in place of the stored one of the same id."""

    def remove_campus(self, campus_id: CampusId) -> None:
        """Forget a campus and its revisions."""

    def revision_of(self, campus_id: CampusId) -> int:
        """Return the latest revision's number, without loading the campus."""

    def add_revision(self, campus_id: CampusId, revision: Revision) -> None:
        """Apply a revision; `RevisionConflictError` unless its number is the latest plus one."""

    def list_revisions(self, campus_id: CampusId) -> tuple[Revision, ...]:
        """Return the revisions, newest first."""

    def list_repairs(self, campus_id: CampusId) -> tuple[Finding, ...]:
        """Return what the import repaired."""

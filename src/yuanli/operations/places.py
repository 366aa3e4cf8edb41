"""Places: import, check, search and edit the campuses that are kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from yuanli.campus import (
    Alias,
    Campus,
    CampusId,
    Change,
    Closure,
    ClosureRequest,
    DataPoint,
    Device,
    Feature,
    FeatureId,
    FeaturePatch,
    Finding,
    Hit,
    Imported,
    Progress,
    Revision,
    SearchIndex,
    add_closure,
    apply_changes,
    changed_fields,
    check_campus,
    edit_feature,
    feature_to_json,
    join_equipment,
    no_progress,
    read_campus,
    remove_closure,
    undo_changes,
    write_brick,
    write_geojson,
    write_imdf,
    write_rooms,
    write_teams,
)
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.operations.point_tables import point_changes
from yuanli.operations.ports import CampusStore, CampusSummary

SEARCHED = frozenset({"id", "name", "alt_name", "short_name", "ref", "category", "address"})
"""Fields that the search index reads: an edit of others keeps it. An added feature changes its id."""
Clock = Callable[[], datetime]
Listener = Callable[[CampusId], None]


class RevisionNotFoundError(NotFoundError):
    """The campus has no such revision."""


class UnknownFormatError(InvalidInputError):
    """Nothing is written in that format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer of a search: hits, best first, or what may have been meant."""

    hits: tuple[Hit, ...]
    suggestions: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Open:
    """A campus, and its search index, built when it is first asked for."""

    campus: Campus
    index: Callable[[], SearchIndex]


def _open(campus: Campus) -> _Open:
    return _Open(campus, cache(lambda: SearchIndex(campus)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A format that a campus is written in: the file's ending, media type, and writer."""

    suffix: str
    media_type: str
    write: Callable[[Campus, Path], None]


EXPORTS: Mapping[str, ExportFormat] = {
    "imdf": ExportFormat(suffix=".zip", media_type="application/zip", write=write_imdf),
    "geojson": ExportFormat(suffix=".geojson", media_type="application/geo+json", write=write_geojson),
    "brick": ExportFormat(suffix=".ttl", media_type="text/turtle", write=write_brick),
    "csv": ExportFormat(suffix=".csv", media_type="text/csv", write=write_rooms),
    "xlsx": ExportFormat(
        suffix=".xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write=write_rooms,
    ),
    "teams-csv": ExportFormat(suffix=".csv", media_type="text/csv", write=write_teams),
}


class Places:
    """The kept campuses, each held in memory at its latest revision with its search index."""

    def __init__(self, store: CampusStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._open: dict[CampusId, _Open] = {}
        self._listeners: list[Listener] = []

    def summaries(self) -> tuple[CampusSummary, ...]:
        """Return the kept campuses, oldest first."""
        return self._store.list_campuses()

    def campus(self, campus_id: CampusId) -> Campus:
        """Return a campus at its latest revision, also one that another process made."""
        return self._opened(campus_id).campus

    def index(self, campus_id: CampusId) -> SearchIndex:
        """Return the search index of a campus's latest revision."""
        return self._opened(campus_id).index()

    def search(self, campus_id: CampusId, text: str, *, limit: int = 10, language: str = "zh") -> Found:
        """Find places by any of their names; where nothing fits, say what may have been meant."""
        index = self.index(campus_id)
        hits = index.search(text, limit=limit, language=language)
        return Found(hits=hits, suggestions=() if hits else index.suggest(text))

    def import_file(
        self,
        path: Path,
        *,
        who: str,
        format: str = "auto",
        name: str | None = None,
        crs: str = "wgs84",
        mapping: Path | None = None,
        replace: bool = False,
        into: CampusId | None = None,
        progress: Progress = no_progress,
    ) -> Imported:
        """Read a file and keep its campus, all or nothing.

        Parameters
        ----------
        into
            Bring only the file's devices and points onto this campus, as its next revision.

        Raises
        ------
        ImportRefusedError
            The file can't be read as a campus.
        CampusNameTakenError
            A campus of this name is kept already, and `replace` is False.
        """
        imported = read_campus(path, format=format, name=name, crs=crs, mapping=mapping, progress=progress)
        if into is not None:
            return self._join(into, imported, who=who, why=path.name)
        self.add(imported, who=who, why=path.name, replace=replace)
        progress("saved", 1.0)
        return imported

    def add(self, imported: Imported, *, who: str, why: str, replace: bool = False) -> None:
        """Keep a campus that was read or made."""
        keep = self._store.replace_campus if replace else self._store.add_campus
        keep(imported.campus, imported.repairs, at=self._clock(), who=who, why=why)
        with self._lock:
            self._open.pop(imported.campus.id, None)
        self._tell(imported.campus.id)

    def remove(self, campus_id: CampusId) -> None:
        """Forget a campus and its revisions."""
        self._store.remove_campus(campus_id)
        with self._lock:
            self._open.pop(campus_id, None)
        self._tell(campus_id)

    def check(self, campus_id: CampusId) -> tuple[Finding, ...]:
        """Return what is wrong with a campus; `Guidance.check` adds what its network tells."""
        return check_campus(self.campus(campus_id))

    def repairs(self, campus_id: CampusId) -> tuple[Finding, ...]:
        """Return what the import of a campus repaired."""
        return self._store.list_repairs(campus_id)

    def edit(
        self, campus_id: CampusId, feature_id: FeatureId, patch: FeaturePatch, *, who: str, why: str
    ) -> Revision:
        """Edit one feature; the edit is a revision of its own."""
        return self._revise(campus_id, edit_feature(self.campus(campus_id), feature_id, patch), who, why)

    def point_changes(self, campus_id: CampusId, cells: Iterable[Sequence[object]]) -> tuple[Change, ...]:
        """Return what a table of points would change; see `add_points`."""
        return point_changes(self.campus(campus_id), cells)

    def add_points(
        self, campus_id: CampusId, cells: Iterable[Sequence[object]], *, who: str, why: str
    ) -> Revision | None:
        """Make or change points from a table, all or none, by one revision; None where nothing changes.

        Raises
        ------
        RefusedRowsError
            Rows are wrong: each is told by line and column.
        """
        changes = self.point_changes(campus_id, cells)
        return self._revise(campus_id, changes, who, why) if changes else None

    def close(self, campus_id: CampusId, request: ClosureRequest, *, who: str, why: str) -> Closure:
        """Close features or an area to everybody."""
        change = add_closure(self.campus(campus_id), request)
        self._revise(campus_id, (change,), who, why)
        assert isinstance(change.after, Closure)
        return change.after

    def reopen(self, campus_id: CampusId, closure_id: str, *, who: str, why: str) -> Revision:
        """Take a closure back."""
        change = remove_closure(self.campus(campus_id), closure_id)
        return self._revise(campus_id, (change,), who, why)

    def closures(self, campus_id: CampusId) -> tuple[Closure, ...]:
        """Return the closures, also those to come."""
        return self.campus(campus_id).of(Closure)

    def revisions(self, campus_id: CampusId) -> tuple[Revision, ...]:
        """Return the revisions of a campus, newest first."""
        return self._store.list_revisions(campus_id)

    def undo(self, campus_id: CampusId, number: int, *, who: str, why: str) -> Revision:
        """Take one revision back by a new revision.

        Raises
        ------
        RevisionNotFoundError
            There is no revision of this number, or it is the import itself.
        EditRefusedError
            A later revision changed the same feature: undo that one first.
        """
        revisions = self.revisions(campus_id)
        revision = next((r for r in revisions if r.number == number and r.changes), None)
        if revision is None:
            raise RevisionNotFoundError(
                Text(f"没有可撤销的修订 {number}。", f"There is no revision {number} to undo."),
                field="number",
                hint=Text("修订列表见“修订记录”。", "The revisions page lists them."),
            )
        campus = self.campus(campus_id)
        for change in revision.changes:
            if not _same(campus.find(change.feature_id), change.after):
                raise _changed_since(change, number)
        return self._revise(campus_id, undo_changes(revision.changes), who, why)

    def export(self, campus_id: CampusId, format: str, path: Path) -> None:
        """Write a campus to a file, all or nothing.

        Raises
        ------
        UnknownFormatError
            Nothing is written in that format.
        """
        write_campus(self.campus(campus_id), format, path)

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call back after each change of any campus; returns the way to stop that."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return stop

    def _join(self, campus_id: CampusId, imported: Imported, *, who: str, why: str) -> Imported:
        changes, findings = join_equipment(self.campus(campus_id), imported)
        if changes:
            self._revise(campus_id, changes, who, why)
        brought = {
            i: f for i, f in imported.campus.features.items() if isinstance(f, Device | DataPoint | Alias)
        }
        return Imported(
            campus=replace(self.campus(campus_id), features=MappingProxyType(brought)), repairs=findings
        )

    def _opened(self, campus_id: CampusId) -> _Open:
        revision = self._store.revision_of(campus_id)
        with self._lock:
            held = self._open.get(campus_id)
        if held is None or held.campus.revision != revision:
            held = _open(self._store.load_campus(campus_id))
            with self._lock:
                self._open[campus_id] = held
        return held

    def _revise(self, campus_id: CampusId, changes: tuple[Change, ...], who: str, why: str) -> Revision:
        campus = self.campus(campus_id)
        revision = Revision(number=campus.revision + 1, at=self._clock(), who=who, why=why, changes=changes)
        self._store.add_revision(campus_id, revision)
        after = apply_changes(campus, changes)
        named = any(
            changed_fields(c.before, c.after) & SEARCHED and type(c.after or c.before) is not Closure
            for c in changes
        )
        with self._lock:
            before = self._open.get(campus_id)
            self._open[campus_id] = _open(after) if named or before is None else _Open(after, before.index)
        self._tell(campus_id)
        return revision

    def _tell(self, campus_id: CampusId) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(campus_id)


def write_campus(campus: Campus, format: str, path: Path) -> None:
    """Write a campus in one of `EXPORTS`; a failed export leaves no file.

    Raises
    ------
    UnknownFormatError
        Nothing is written in that format.
    """
    export = EXPORTS.get(format)
    if export is None:
        raise UnknownFormatError(
            Text(f"不支持导出格式 {format!r}。", f"Nothing is written as {format!r}."),
            field="format",
            hint=Text(f"可用：{'、'.join(EXPORTS)}。", f"Use one of: {', '.join(EXPORTS)}."),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        draft = Path(folder) / path.name
        export.write(campus, draft)
        shutil.move(draft, path)


def _same(one: Feature | None, other: Feature | None) -> bool:
    if one is None or other is None:
        return one is other
    return feature_to_json(one) == feature_to_json(other)


def _changed_since(change: Change, number: int) -> InvalidInputError:
    return InvalidInputError(
        Text(
            f"{change.feature_id} 在修订 {number} 之后又有改动。",
            f"{change.feature_id} was changed again after revision {number}.",
        ),
        field="number",
        hint=Text("请先撤销较新的修订。", "Undo the newer revision first."),
    )

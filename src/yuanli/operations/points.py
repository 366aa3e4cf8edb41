"""The points of the kept campuses by the names that the field uses, as the intake asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from yuanli.campus import Alias, Campus, CampusId, DataPoint
from yuanli.operations.places import Places
from yuanli.telemetry import PointBook, UnknownPoints, make_book


class PointBooks:
    """Returns the book of a campus's latest revision; the same object while the campus is the same.

    Parameters
    ----------
    tables
        Names of the field that are in no map, by campus: name → id of the point.
    """

    def __init__(
        self,
        places: Places,
        *,
        unknown: UnknownPoints = UnknownPoints.REFUSE,
        tables: Mapping[CampusId, Mapping[str, str]] | None = None,
    ) -> None:
        self._places, self._unknown, self._tables = places, unknown, tables or {}
        self._lock = Lock()
        self._books: dict[CampusId, tuple[Campus, PointBook]] = {}

    def __call__(self, campus_id: CampusId) -> PointBook:
        """Return the points of a campus by name.

        Raises
        ------
        CampusNotFoundError
            There is no such campus.
        TemplateError
            A table names a point that is not there.
        """
        campus = self._places.campus(campus_id)
        with self._lock:
            held = self._books.get(campus_id)
            if held is None or held[0] is not campus:
                book = make_book(
                    campus.of(DataPoint),
                    campus.of(Alias),
                    table=self._tables.get(campus_id, {}),
                    unknown=self._unknown,
                )
                held = self._books[campus_id] = (campus, book)
            return held[1]

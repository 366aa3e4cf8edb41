"""Reservations of rooms, in SQL: what a room holds is a key of its steps, so that it never holds two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from sqlalchemy import Connection, Row, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from yuanli.campus import CampusId, FeatureId
from yuanli.operations import Reservation, ReservationQuery, ReservationState, no_reservation, taken
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable
from yuanli.storage.tables import RESERVATION, RESERVED_STEP


class SqlReservationStore:
    """Fills `ReservationStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, reservation: Reservation) -> Reservation:
        """Keep a reservation; return the one of that id that is kept already, where there is one."""
        here = RESERVATION.c.id == reservation.id
        try:
            with self._database.writing() as connection:
                _one_by_one(connection, reservation.campus_id)
                row = connection.execute(select(RESERVATION).where(here)).first()
                if row is not None:
                    return _reservation(row)
                connection.execute(insert(RESERVATION).values(**_values(reservation)))
                _hold(connection, reservation)
        except IntegrityError as error:
            raise taken(reservation.space_id) from error
        return reservation

    def change(
        self, campus_id: CampusId, reservation_id: str, change: Callable[[Reservation], Reservation]
    ) -> Reservation:
        """Change a reservation that nobody else changes meanwhile."""
        if find_storable(reservation_id) is None or find_storable(campus_id) is None:
            raise no_reservation(reservation_id)
        here = (RESERVATION.c.id == reservation_id) & (RESERVATION.c.campus_id == campus_id)
        after: Reservation | None = None
        try:
            with self._database.writing() as connection:
                _one_by_one(connection, campus_id)
                row = connection.execute(select(RESERVATION).where(here)).first()
                if row is None:
                    raise no_reservation(reservation_id)
                after = change(_reservation(row))
                connection.execute(update(RESERVATION).where(here).values(**_values(after)))
                connection.execute(delete(RESERVED_STEP).where(RESERVED_STEP.c.reservation_id == after.id))
                _hold(connection, after)
        except IntegrityError as error:
            raise taken(FeatureId("") if after is None else after.space_id) from error
        return after

    def find(self, campus_id: CampusId, reservation_id: str) -> Reservation | None:
        """Return a reservation, or None."""
        if find_storable(reservation_id) is None or find_storable(campus_id) is None:
            return None
        here = (RESERVATION.c.id == reservation_id) & (RESERVATION.c.campus_id == campus_id)
        with self._database.reading() as connection:
            row = connection.execute(select(RESERVATION).where(here)).first()
        return None if row is None else _reservation(row)

    def list(self, campus_id: CampusId, asked: ReservationQuery) -> tuple[Reservation, ...]:
        """Return the reservations that are asked for, by start and room."""
        who = asked.who
        if find_storable(campus_id) is None or (who is not None and find_storable(who) is None):
            return ()
        here = (
            (RESERVATION.c.campus_id == campus_id)
            & (RESERVATION.c.end > asked.start)
            & (RESERVATION.c.start < asked.end)
        )
        if asked.space_ids is not None:
            here &= RESERVATION.c.space_id.in_(
                [one for one in asked.space_ids if find_storable(one) is not None]
            )
        if who is not None:
            here &= RESERVATION.c.who == who
        if not asked.cancelled:
            here &= RESERVATION.c.state == ReservationState.BOOKED.value
        query = select(RESERVATION).where(here)
        ordered = query.order_by(RESERVATION.c.start, RESERVATION.c.space_id, RESERVATION.c.id)
        with self._database.reading() as connection:
            return tuple(_reservation(row) for row in connection.execute(ordered))


def _one_by_one(connection: Connection, campus_id: CampusId) -> None:
    """Let the writers of a campus take turns, so that two that move don't wait for each other; SQLite does anyway."""
    if connection.dialect.name == "postgresql":
        key = {"key": f"reservations {campus_id}"}
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), key)


def _hold(connection: Connection, reservation: Reservation) -> None:
    rows = [
        {
            "campus_id": reservation.campus_id, "space_id": reservation.space_id, "step": step,
            "reservation_id": reservation.id,
        }
        for step in reservation.steps
    ]  # fmt: skip
    if rows:
        connection.execute(insert(RESERVED_STEP), rows)


def _values(reservation: Reservation) -> dict[str, object]:
    return {
        "id": reservation.id, "campus_id": reservation.campus_id, "space_id": reservation.space_id,
        "start": reservation.start.astimezone(UTC), "end": reservation.end.astimezone(UTC), "who": reservation.who,
        "made_at": reservation.made_at, "attendees": reservation.attendees, "title": reservation.title,
        "state": reservation.state.value, "came_at": reservation.came_at,
    }  # fmt: skip


def _reservation(row: Row[tuple[object, ...]]) -> Reservation:
    told = row._mapping
    return Reservation(
        id=told["id"], campus_id=CampusId(told["campus_id"]), space_id=FeatureId(told["space_id"]), start=told["start"],
        end=told["end"], who=told["who"], made_at=told["made_at"], attendees=told["attendees"], title=told["title"],
        state=ReservationState(told["state"]), came_at=told["came_at"],
    )  # fmt: skip

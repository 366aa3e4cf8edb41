"""Commands that wait until nobody is left, in SQL."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, select, update

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import Text
from yuanli.operations import OrderState, StandingOrder
from yuanli.storage.commands import request_of
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import STANDING_ORDER


class SqlStandingStore:
    """Fills `StandingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_order(self, order: StandingOrder) -> StandingOrder:
        """Keep an order; return the one of that id that is kept already, where there is one."""
        here = STANDING_ORDER.c.id == order.id
        with self._database.writing() as connection:
            row = connection.execute(select(STANDING_ORDER).where(here).with_for_update()).first()
            if row is not None:
                return _order(row)
            connection.execute(insert(STANDING_ORDER).values(**_values(order)))
        return order

    def list_orders(
        self, campus_id: CampusId | None = None, *, waiting: bool = False
    ) -> tuple[StandingOrder, ...]:
        """Return the orders of a campus or of all, those that wait or all, newest first."""
        if campus_id is not None and find_storable(campus_id) is None:
            return ()
        query = select(STANDING_ORDER).order_by(STANDING_ORDER.c.at.desc(), STANDING_ORDER.c.id)
        if campus_id is not None:
            query = query.where(STANDING_ORDER.c.campus_id == campus_id)
        if waiting:
            query = query.where(STANDING_ORDER.c.state == OrderState.WAITING.value)
        with self._database.reading() as connection:
            return tuple(_order(row) for row in connection.execute(query))

    def move_order(
        self, order: StandingOrder, before: OrderState, *, next_at: datetime | None = None
    ) -> bool:
        """Keep an order's new state if it still was `before`, due at `next_at` where that is told; tell whether."""
        here = (STANDING_ORDER.c.id == order.id) & (STANDING_ORDER.c.state == before.value)
        if next_at is not None:
            here &= STANDING_ORDER.c.next_at == next_at
        with self._database.writing() as connection:
            return (
                connection.execute(update(STANDING_ORDER).where(here).values(**_values(order))).rowcount == 1
            )


def _values(order: StandingOrder) -> dict[str, object]:
    return {
        "id": order.id, "campus_id": order.campus_id, "request": to_text(asdict(order.request)), "place": order.place,
        "who": order.who, "at": order.at, "until": order.until, "state": order.state.value,
        "empty_since": order.empty_since, "next_at": order.next_at,
        "zone": _zone(order.next_at), "rule": order.rule, "message": order.message and to_text(asdict(order.message)),
    }  # fmt: skip


def _order(row: Row[tuple[object, ...]]) -> StandingOrder:
    told = row._mapping
    return StandingOrder(
        id=told["id"], campus_id=CampusId(told["campus_id"]), request=request_of(json.loads(told["request"])),
        place=FeatureId(told["place"]), who=told["who"], at=told["at"], until=told["until"],
        state=OrderState(told["state"]), empty_since=told["empty_since"], rule=told["rule"],
        next_at=told["next_at"] and told["next_at"].astimezone(ZoneInfo(told["zone"] or "UTC")),
        message=Text(**json.loads(told["message"])) if told["message"] else None,
    )  # fmt: skip


def _zone(at: datetime | None) -> str | None:
    """Return the zone by whose clock an order is repeated."""
    return at.tzinfo.key if at is not None and isinstance(at.tzinfo, ZoneInfo) else None

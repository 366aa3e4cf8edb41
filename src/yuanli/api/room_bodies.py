"""What is asked of a draft of rooms and events."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from yuanli.api import bodies
from yuanli.api.bodies import Body
from yuanli.operations import RoomPlanWish

Places = Annotated[tuple[bodies.Query, ...], Field(max_length=200)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class RoomPlanWishBody(Body):
    """Whose rooms are to be planned: reservations of some days in some places, and by how many hours they may move.

    `near_min` is null where walks are left out; `change_cost` counts in empty seats.
    """

    day: date
    days: int = 1
    within: Places = ()
    hours: int = 0
    near_min: Number | None = 30.0
    keep_equipment: bool = True
    change_cost: Number = 5.0
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"

    def wish(self, roles: frozenset[str]) -> RoomPlanWish:
        """Return the wish of somebody who may enter such areas."""
        return RoomPlanWish(
            day=self.day, days=self.days, within=self.within, hours=self.hours, near_min=self.near_min,
            keep_equipment=self.keep_equipment, change_cost=self.change_cost, roles=roles, language=self.language,
        )  # fmt: skip

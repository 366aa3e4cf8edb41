"""What is asked of a draft of sites."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from yuanli.api import bodies
from yuanli.api.bodies import Body, Name
from yuanli.operations import SiteGoal, SitePeople, SiteWish

Places = Annotated[tuple[bodies.Query, ...], Field(max_length=200)]
Kinds = Annotated[tuple[Name, ...], Field(max_length=50)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class SiteWishBody(Body):
    """What is to be placed where: how many, within which buildings, on which kinds of space, by which goal.

    `kinds` and `places` are the candidates; `keep` counts those that the map has, `existing` names others.
    """

    thing: Name
    number: int = 1
    within: Places = ()
    kinds: Kinds = ()
    places: Places = ()
    existing: Places = ()
    keep: bool = True
    goal: SiteGoal = SiteGoal.MEDIAN
    reach_min: Number | None = None
    capacity: Number | None = None
    people: SitePeople = SitePeople.SEATS
    profile: Annotated[str, Field(max_length=40)] = "walk"
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"

    def wish(self, roles: frozenset[str]) -> SiteWish:
        """Return the wish of somebody who may enter such areas."""
        return SiteWish(
            thing=self.thing, number=self.number, within=self.within, kinds=self.kinds, places=self.places,
            existing=self.existing, keep=self.keep, goal=self.goal, reach_min=self.reach_min, capacity=self.capacity,
            people=self.people, profile=self.profile, roles=roles, language=self.language,
        )  # fmt: skip

"""Which reservation could have which room when, drafted from what is reserved, rooms and walks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId, FeatureId, Venue
from yuanli.errors import Text
from yuanli.operations.answering.asked import space_of
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.reservations import BookableRoom, Reservations, alike
from yuanli.operations.room_plans.events import room_events
from yuanli.operations.room_plans.grids import on_one_day, room_grid
from yuanli.operations.room_plans.organisers import organisers_of, room_walks
from yuanli.operations.room_plans.tables import event_table, room_names, room_table, row_now
from yuanli.operations.room_plans.telling import tell_aims, tell_assumed, tell_left_out
from yuanli.operations.room_plans.wishes import (
    NothingReservedError,
    RoomDraft,
    RoomPlanWish,
    RoomPlanWishError,
)
from yuanli.scheduling import ROOMS

MOST_ROOMS = 400
"""The matrix of more rooms takes too long for an answer."""
WALK_COST = 1.0


class RoomDrafts:
    """Drafts problems of rooms and events from the reservations of the kept campuses."""

    def __init__(self, guidance: Guidance, reservations: Reservations) -> None:
        self._guidance, self._reservations = guidance, reservations

    def draft(
        self, campus_id: CampusId, wish: RoomPlanWish, now: datetime, *, who: str, manages: bool
    ) -> RoomDraft:
        """Return the problem of which reservation has which room when; titles as `who` may see them.

        Raises
        ------
        CampusNotFoundError, PlaceNotFoundError
            There is no such campus or place.
        RoomPlanWishError
            No room can be reserved there, or there are too many.
        NothingReservedError
            Nothing is reserved then that could change.
        """
        guide = self._guidance.guide(campus_id)
        first = datetime.combine(wish.day, time(), ZoneInfo(guide.campus.time_zone))
        end = first + timedelta(days=wish.days)
        rooms = {room.id: room for room in _rooms(guide, self._reservations.rooms(campus_id), wish)}
        told = self._reservations.list(campus_id, first, end)
        held = [one.shown_to(who, manages=manages) for one in told if one.space_id in rooms and one.end > now]
        inside = [one for one in held if on_one_day(first, one) and first <= one.start and one.end <= end]
        wanted = {rooms[one.space_id].category for one in inside}
        rooms = {
            key: room for key, room in rooms.items() if any(room.category in alike(one) for one in wanted)
        }
        _check_number(rooms, wish)
        grid = room_grid(guide, list(rooms.values()), wish, inside, now)
        for one in held:
            if one not in inside and one.space_id in rooms:
                begin, stop = grid.span(one)
                grid.open[one.space_id].reshape(-1)[max(0, begin) : stop] = False
        events = room_events(inside, rooms, grid, wish)
        if all(event.fixed for event in events):
            raise _nothing(wish, bool(events))
        names = room_names(rooms, wish.language)
        walks = room_walks(guide, list(rooms), first, wish, now)
        going = organisers_of(events, list(rooms), walks, grid)
        document: dict[str, Any] = {
            "days": wish.days, "periods": grid.periods, "period_min": grid.period_min, "walking_s": walks,
            "near_min": wish.near_min or 0.0, "weights": {"walking": WALK_COST}, "rules": going.rules,
            "rooms": [room_table(room, names[key], events, grid, wish) for key, room in rooms.items()],
            "events": [
                event_table(event, rooms, names, going.people[event.name], grid, wish) for event in events
            ],
        }  # fmt: skip
        problem = ROOMS.parse(json.dumps(document).encode(), "draft.json")
        return RoomDraft(
            document=document, start=tuple(row_now(event, names) for event in events), aims=tell_aims(wish, walks),
            assumed=tell_assumed(events, wish, going, now), left_out=tell_left_out(told, held, inside, now),
            events=len(problem.events), movable=sum(not event.fixed for event in events), rooms=len(problem.rooms),
            organisers=len({event.held.who for event in events}),
        )  # fmt: skip


def _rooms(guide: Guide, rooms: Sequence[BookableRoom], wish: RoomPlanWish) -> list[BookableRoom]:
    """Return the rooms of the places that are meant."""
    places: list[FeatureId | None] = []
    for said in wish.within:
        asked = guide.resolve(said, language=wish.language).stop.feature_id
        space = None if asked is None else space_of(guide.campus, asked)
        places.append(None if space is None or isinstance(space, Venue) else space.id)
    found = [room for room in rooms if not places or any(room.within(place) for place in places)]
    if not found:
        raise RoomPlanWishError(
            Text("那里没有可预订的房间。", "No room can be reserved there."), field="within",
            hint=Text("换一栋楼，或不选以规划全园。", "Choose another building, or none for the whole site."),
        )  # fmt: skip
    return found


def _check_number(rooms: Mapping[FeatureId, BookableRoom], wish: RoomPlanWish) -> None:
    if wish.near_min is not None and len(rooms) > MOST_ROOMS:
        raise RoomPlanWishError(
            Text(f"有 {len(rooms)} 个房间，计步行时最多 {MOST_ROOMS} 个。",
                 f"There are {len(rooms)} rooms; with walks there can be {MOST_ROOMS}."),
            field="within",
            hint=Text("请选择几栋楼，或不计步行。", "Choose some buildings, or leave walks out."),
        )  # fmt: skip


def _nothing(wish: RoomPlanWish, some: bool) -> NothingReservedError:
    last = wish.day + timedelta(days=wish.days - 1)
    span = f"{wish.day}" if wish.days == 1 else f"{wish.day} – {last}"
    return NothingReservedError(
        Text(f"{span} 的预订都已开始或只能照旧，没有可调整的。",
             f"What is reserved on {span} has begun or has to stay: nothing can change.") if some else
        Text(f"{span} 所选房间没有尚未结束的预订。", f"Nothing that isn't over is reserved there on {span}."),
        field="day",
        hint=Text("换一天、换几栋楼，或先在“预订”页预订房间。",
                  "Choose another day or other buildings, or reserve rooms on the page Reservations first."),
    )  # fmt: skip

"""Rooms reserved: made, moved, given back, looked for; how much rooms are used; how many of what are enough."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, Path, Query, Response, UploadFile
from pydantic import AwareDatetime, Field

from yuanli.api.bodies import Body, Line, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.uploads import keep_upload, not_kept, upload_folder
from yuanli.campus import FeatureId
from yuanli.devices import table_cells
from yuanli.operations import (
    BookableRoom,
    Caller,
    FilesWish,
    Offer,
    Reservation,
    ReservationWish,
    Right,
    RoomWish,
    SizeCurve,
    SizeThing,
    SizeWish,
    SpaceUsage,
    UsageFiles,
    UsageWish,
    measure_files,
    room_name,
    write_calendar,
)

router = APIRouter(tags=["reservations"])
ReservationPath = Annotated[str, Path(max_length=100)]
From = Annotated[AwareDatetime, Query(alias="from", description="With a zone")]
Until = Annotated[AwareDatetime, Query(alias="to", description="Not included")]
Names = Annotated[list[Name], Query(max_length=20)]
Hour = Annotated[int, Query(ge=0, le=24)]
Table = Annotated[UploadFile | None, File()]
MOST_PEOPLE = 100_000
WAIT_MIN = 1.0
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE)]


class ReservationBody(Body):
    """A room from `start` until `end`, at whole five minutes; how many come, and what for."""

    space: Name
    start: AwareDatetime
    end: AwareDatetime
    attendees: People = 1
    title: Line = ""

    def wish(self) -> ReservationWish:
        """Return the wish."""
        return ReservationWish(
            space_id=FeatureId(self.space), start=self.start, end=self.end, attendees=self.attendees, title=self.title
        )  # fmt: skip


class MovedReservation(Body):
    """What changes of a reservation; what is left out stays."""

    space: Name | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    attendees: People | None = None
    title: Line | None = None

    def wish(self, kept: Reservation) -> ReservationWish:
        """Return the wish that a reservation becomes."""
        return ReservationWish(
            space_id=kept.space_id if self.space is None else FeatureId(self.space),
            start=self.start or kept.start,
            end=self.end or kept.end,
            attendees=self.attendees or kept.attendees,
            title=kept.title if self.title is None else self.title,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookableRooms:
    """The rooms that can be reserved, the smallest first."""

    rooms: tuple[BookableRoom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReservation:
    """A reservation as the caller may see it; `mine` says that they made it, `may_change` that they may change it."""

    reservation: Reservation
    mine: bool
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationList:
    """Reservations by start."""

    reservations: tuple[ShownReservation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeRooms:
    """Rooms that fit and are free, the best first."""

    offers: tuple[Offer, ...]


@router.get("/campuses/{campus}/reservable-rooms", dependencies=[needs(Right.BOOK_SPACES)])
def list_bookable_rooms(campus: CampusPath, house: HouseDep) -> BookableRooms:
    """Return the rooms that can be reserved, with what is in them and how many they hold."""
    return BookableRooms(rooms=house.reservations.rooms(campus))


@router.get("/campuses/{campus}/reservable-rooms/free", dependencies=[needs(Right.BOOK_SPACES)])
def find_free_rooms(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    people: Annotated[int, Query(ge=1, le=MOST_PEOPLE)] = 1,
    place: Name | None = None,
    near: Name | None = None,
    category: Names = [],  # noqa: B006
    feature: Names = [],  # noqa: B006
) -> FreeRooms:
    """Return the rooms that are free and open all of a span and fit, the best first: few empty seats, a short walk."""
    wish = RoomWish(
        start=start, end=end, people=people, categories=tuple(category), features=tuple(feature),
        place=None if place is None else FeatureId(place), near=near,
    )  # fmt: skip
    return FreeRooms(offers=house.reservations.free(campus, wish, house.now()))


@router.get("/campuses/{campus}/reservations", dependencies=[needs(Right.BOOK_SPACES)])
def list_reservations(
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    start: From,
    end: Until,
    space: Name | None = None,
    mine: bool = False,
    cancelled: bool = False,
) -> ReservationList:
    """Return the reservations that overlap a span, of a room or of oneself; titles of others are left out."""
    found = house.reservations.list(
        campus, start, end, space_ids=None if space is None else (FeatureId(space),),
        who=caller.name if mine else None, cancelled=cancelled,
    )  # fmt: skip
    return ReservationList(reservations=tuple(_shown(one, caller) for one in found))


@router.get(
    "/campuses/{campus}/reservations.ics",
    dependencies=[needs(Right.BOOK_SPACES)],
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}},
)
def export_reservations(
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    start: From,
    end: Until,
    space: Name | None = None,
    mine: bool = False,
    cancelled: bool = False,
    language: Annotated[str, Query(pattern="^(zh|en)$")] = "zh",
) -> Response:
    """Return the reservations of a span as iCalendar (RFC 5545), for other calendars; titles of others are left out."""
    found = house.reservations.list(
        campus, start, end, space_ids=None if space is None else (FeatureId(space),),
        who=caller.name if mine else None, cancelled=cancelled,
    )  # fmt: skip
    place, manages = house.places.campus(campus), _manages(caller)
    text = write_calendar(
        (one.shown_to(caller.name, manages=manages) for one in found),
        name=lambda key: room_name(place, key),
        language=language,
    )
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(space or campus, safe='')}.ics"}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/campuses/{campus}/reservations", dependencies=[needs(Right.BOOK_SPACES)], status_code=201)
def make_reservation(
    campus: CampusPath, body: ReservationBody, house: HouseDep, caller: CallerDep
) -> ShownReservation:
    """Reserve a room; where it is taken, the answer says by whom, and what is free instead."""
    return _shown(house.reservations.reserve(campus, body.wish(), who=caller.name, now=house.now()), caller)


@router.patch("/campuses/{campus}/reservations/{reservation}", dependencies=[needs(Right.BOOK_SPACES)])
def move_reservation(
    campus: CampusPath,
    reservation: ReservationPath,
    body: MovedReservation,
    house: HouseDep,
    caller: CallerDep,
) -> ShownReservation:
    """Give a reservation another time, room, size or title; nothing changes where that can't be."""
    manages = _manages(caller)
    kept = house.reservations.find(campus, reservation, who=caller.name, manages=manages)
    moved = house.reservations.move(
        campus, reservation, body.wish(kept), who=caller.name, manages=manages, now=house.now()
    )
    return _shown(moved, caller)


@router.post("/campuses/{campus}/reservations/{reservation}/cancel", dependencies=[needs(Right.BOOK_SPACES)])
def cancel_reservation(
    campus: CampusPath, reservation: ReservationPath, house: HouseDep, caller: CallerDep
) -> ShownReservation:
    """Give a room back; one that is running ends now."""
    done = house.reservations.cancel(
        campus, reservation, who=caller.name, manages=_manages(caller), now=house.now()
    )
    return _shown(done, caller)


@router.post(
    "/campuses/{campus}/reservations/{reservation}/check-in", dependencies=[needs(Right.BOOK_SPACES)]
)
def check_in_reservation(
    campus: CampusPath, reservation: ReservationPath, house: HouseDep, caller: CallerDep
) -> ShownReservation:
    """Tell that somebody came."""
    done = house.reservations.check_in(
        campus, reservation, who=caller.name, manages=_manages(caller), now=house.now()
    )
    return _shown(done, caller)


@router.get("/campuses/{campus}/space-usage", dependencies=[needs(Right.SEE_READINGS)])
def measure_space_usage(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    end: Until,
    place: Name | None = None,
    category: Names = [],  # noqa: B006
    from_hour: Hour = 8,
    to_hour: Hour = 18,
) -> SpaceUsage:
    """Return how much rooms were booked and occupied, who did not come, what could be saved, the chance of shortage."""
    wish = UsageWish(
        start=start, end=end, place=None if place is None else FeatureId(place), categories=tuple(category),
        from_hour=from_hour, to_hour=to_hour,
    )  # fmt: skip
    return house.room_usage.measure(campus, wish, house.now())


@router.post("/campuses/{campus}/space-usage/tables", dependencies=[needs(Right.SEE_READINGS)])
def measure_space_usage_of_tables(
    campus: CampusPath,
    house: HouseDep,
    bookings: Table = None,
    counts: Table = None,
    spaces: Table = None,
    start: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    from_hour: Hour = 8,
    to_hour: Hour = 18,
    weekends: bool = False,
) -> SpaceUsage:
    """Return the same of tables that are brought, CSV, Excel or Parquet; wrong cells are told, and nothing is kept."""
    clock = ZoneInfo(house.places.campus(campus).time_zone)
    wish = FilesWish(
        start=start, end=end, from_hour=from_hour, to_hour=to_hour, weekdays=frozenset(range(7 if weekends else 5))
    )  # fmt: skip
    folder = upload_folder(house)
    try:
        tables = {
            key: (path.name, table_cells(path))
            for key, file in (("bookings", bookings), ("counts", counts), ("spaces", spaces))
            if file is not None
            for path in (keep_upload(file, folder / key),)
        }
        rooms = () if spaces is not None else house.reservations.rooms(campus)
        return measure_files(UsageFiles(**tables), wish, rooms, clock)
    except OSError as error:
        raise not_kept(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@router.get("/campuses/{campus}/size-curves/{thing}", dependencies=[needs(Right.SEE_READINGS)])
def show_size_curve(
    campus: CampusPath,
    house: HouseDep,
    thing: SizeThing,
    place: Name | None = None,
    people: int | None = None,
    presence: float | None = None,
    arrivals_per_h: float | None = None,
    stay_min: float | None = None,
    wait_min: float = WAIT_MIN,
    number: int | None = None,
    chance: float = 0.05,
) -> SizeCurve:
    """Return how often rooms, desks, toilets, parking or lifts are short, by number; unsaid numbers as far as known."""
    wish = SizeWish(
        thing=thing, place=None if place is None else FeatureId(place), people=people, presence=presence,
        arrivals_per_h=arrivals_per_h, stay_min=stay_min, wait_min=wait_min, number=number, chance=chance,
    )  # fmt: skip
    return house.size_curves.curve(campus, wish, house.now())


def _manages(caller: Caller) -> bool:
    return Right.MANAGE_BOOKINGS in caller.rights


def _shown(one: Reservation, caller: Caller) -> ShownReservation:
    mine, manages = one.who == caller.name, _manages(caller)
    return ShownReservation(
        reservation=one.shown_to(caller.name, manages=manages), mine=mine, may_change=mine or manages
    )

"""How often rooms, desks, toilets, parking spaces and lifts are short, by their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.operations.test_site_plans import WITH_TEAMS
from tests.operations.test_space_plans import OneGuide

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import Text, YuanliError
from yuanli.operations import (
    BookableRoom,
    Reservation,
    SizeCurve,
    SizeCurves,
    SizeError,
    SizeThing,
    SizeWish,
    UnknownDemandError,
)
from yuanli.operations.reservations import room_sizes
from yuanli.planning import LiftGroup, desks_for, erlang_b, lift_trip, places_for, servers_for

NOW = datetime(2026, 3, 7, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
LAB = FeatureId("room0-0")
BLOCK = FeatureId("block-a")


@dataclass(frozen=True)
class Told:
    times: tuple[datetime, ...]
    values: Mapping[FeatureId, tuple[float | None, ...]]


@dataclass(frozen=True)
class Readings:
    """A twin that tells these values at hours from Monday on, whatever it is asked."""

    values: Mapping[FeatureId, tuple[float | None, ...]]

    def history(self, *asked: Any, **more: Any) -> Told:
        del asked, more
        many = max((len(row) for row in self.values.values()), default=0)
        return Told(tuple(MONDAY + timedelta(hours=h) for h in range(many)), self.values)


def shown(thing: str, told: Mapping[str, tuple[float | None, ...]] | None = None, **wish: Any) -> SizeCurve:
    readings = Readings({FeatureId(key): row for key, row in (told or {}).items()})
    curves = SizeCurves(OneGuide(WITH_TEAMS), readings, None)  # type: ignore[arg-type]
    return curves.curve(WITH_TEAMS.id, SizeWish(thing=SizeThing(thing), **wish), NOW)


def test_desks_are_shared_by_the_teams_of_the_map_and_who_was_seen() -> None:
    curve = shown("desks", {"room0-0": (10.0, 20.0, 30.0, None)})
    assert "30" not in curve.sources[0].zh
    assert "50" in curve.sources[0].zh
    assert "60%" in curve.sources[1].zh
    fewest = desks_for([(40, 0.6), (10, 0.6)], 0.05)
    assert curve.enough == fewest
    assert curve.chances[fewest - 1] <= 0.05 < curve.chances[fewest - 2]
    assert "assumed" in shown("desks", people=20).sources[1].en
    assert shown("desks", people=20, presence=1.0, number=20).chances[-2:] == (1.0, 0.0)


def test_toilets_are_a_queue() -> None:
    curve = shown("toilets", arrivals_per_h=60.0, stay_min=3.0, wait_min=1.0)
    assert curve.enough == servers_for(60, 180, wait_s=60, share=0.95)
    assert curve.chances[0] == 1.0


def test_cars_are_told_by_the_spaces_that_were_free_or_typed() -> None:
    curve = shown("parking", {"room0-0": (100.0, 60.0, 40.0), "level-0": (1.0, 1.0, 1.0)})
    assert curve.number == 100
    assert curve.chances[59] == pytest.approx(erlang_b(60, 60), abs=1e-6)
    typed = shown("parking", arrivals_per_h=30.0, stay_min=120.0)
    assert typed.chances[:60] == pytest.approx(curve.chances[:60])
    assert typed.number is None


def test_lifts_are_those_of_a_building_at_the_morning_peak() -> None:
    curve = shown("lifts", place=BLOCK, people=300)
    carried = lift_trip(LiftGroup(lifts=1, capacity=13, floors=1), 300).share
    assert curve.number == 1
    assert curve.chances[0] == pytest.approx(max(0.0, 1 - carried / 0.12), abs=1e-6)
    assert curve.enough is not None


@pytest.mark.parametrize(
    ("thing", "wish", "error", "field"),
    [
        ("lifts", {}, SizeError, "place"), ("desks", {"place": LAB}, SizeError, "place"),
        ("parking", {}, UnknownDemandError, "arrivals_per_h"), ("desks", {"presence": 2.0}, SizeError, "presence"),
        ("toilets", {"stay_min": float("nan")}, SizeError, "stay_min"), ("desks", {"people": 0}, SizeError, "people"),
    ],
)  # fmt: skip
def test_what_is_not_known_or_no_number_is_told(
    thing: str, wish: dict[str, Any], error: type[YuanliError], field: str
) -> None:
    with pytest.raises(error) as told:
        shown(thing, **wish)
    assert told.value.field == field


class Booked:
    """Reservations of two rooms of 4 seats and one of 10, the same each week."""

    def __init__(self, meetings: Sequence[tuple[float, float, int]], weeks: int) -> None:
        self._meetings, self._weeks = meetings, weeks

    def rooms(self, campus_id: object) -> tuple[BookableRoom, ...]:
        del campus_id
        return tuple(_room(f"m{i}", seats) for i, seats in enumerate((4, 4, 10, None)))

    def list(
        self, campus_id: CampusId, start: datetime, end: datetime, **more: Any
    ) -> tuple[Reservation, ...]:
        assert more["space_ids"] == ["m0", "m1", "m2"]
        found = [
            Reservation(
                id="", campus_id=campus_id, space_id=FeatureId("m2"), who="op", made_at=NOW, attendees=people,
                start=MONDAY + timedelta(hours=begin) - week * timedelta(days=7),
                end=MONDAY + timedelta(hours=until) - week * timedelta(days=7),
            )
            for week in range(self._weeks) for begin, until, people in self._meetings
        ]  # fmt: skip
        return tuple(one for one in found if one.overlaps(start, end))


def _room(room_id: str, capacity: int | None) -> BookableRoom:
    return BookableRoom(
        id=FeatureId(room_id), name=Text("", ""), category="conferenceroom", capacity=capacity, features=(),
        level_id=FeatureId("level-0"), building_id=None, hours=None,
    )  # fmt: skip


def booked(meetings: Sequence[tuple[float, float, int]], weeks: int, **wish: Any) -> SizeCurve:
    curves = SizeCurves(OneGuide(WITH_TEAMS), Readings({}), Booked(meetings, weeks))  # type: ignore[arg-type]
    return curves.curve(WITH_TEAMS.id, SizeWish(thing=SizeThing.ROOMS, **wish), NOW)


def test_rooms_of_each_size_are_those_of_meetings_in_the_busiest_hour() -> None:
    """On Mondays at 9 two meetings of 3 and one of 8 all hour, at 10 one of 6 half of it: 3 erlang, 1 of them large."""
    week = [(0, 1, 3), (0, 1, 3), (0, 1, 8), (1, 1.5, 6)]
    curve = booked(week, 8, chance=0.1)
    small, large = curve.sizes
    assert (small.seats, small.number, small.larger, small.bookings, small.at_once) == (4, 2, 3, 16, 2)
    assert (large.seats, large.number, large.larger, large.bookings, large.at_once) == (10, 1, 1, 16, 1)
    assert small.chances[:3] == pytest.approx([erlang_b(3, 1), erlang_b(3, 2), erlang_b(3, 3)], abs=1e-6)
    assert large.chances[0] == pytest.approx(0.5)
    assert large.enough == places_for(1, 0.1) == 3
    assert small.enough == places_for(3, 0.1) - 3
    assert (curve.chances, curve.number, curve.enough) == (small.chances, 3, places_for(3, 0.1))
    assert "8 weeks" not in curve.sources[0].en
    assert booked(week, 8, chance=0.5).enough == places_for(3, 0.5)


def test_few_bookings_are_sought_for_longer_and_told() -> None:
    week = [(0.0, 1.0, 3), (0.0, 1.0, 8)]
    assert "13 weeks" in booked(week * 5, 40).sources[0].en
    assert "52 weeks" in booked(week, 40).sources[0].en
    assert (
        "take them as a hint (meetings × seats): 12 × 10."
        in booked([(0.0, 1.0, 3)] * 2 + [(0, 1, 8)], 12).sources[1].en
    )
    with pytest.raises(UnknownDemandError, match="Only 18 bookings"):
        booked(week, 9)


def test_of_many_sizes_the_nearest_are_one() -> None:
    rooms = [_room(f"m{seats}", seats) for seats in (2, 4, 6, 8, 10, 12, 20, 60)]
    found = room_sizes(rooms, (), end=NOW, chance=0.05)
    assert [one.seats for one in found] == [2, 4, 6, 8, 20, 60]
    assert [one.number for one in found] == [1, 1, 1, 3, 1, 1]
    assert {one.enough for one in found} == {0}


def test_a_curve_begins_where_it_falls_and_ends_soon_after() -> None:
    curve = shown("desks", people=2000, presence=0.5, number=1990)
    assert curve.number == 1990
    assert 900 < curve.first < 960
    assert len(curve.chances) < 1100
    assert curve.chances[curve.first - 1] > 0.999 > curve.chances[curve.first]
    near = shown("desks", people=2000, presence=0.5, number=1090)
    assert len(near.chances) == 1090
    assert near.chances[1089] < 0.001

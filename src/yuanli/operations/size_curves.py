"""How often rooms, desks, toilets, parking or lifts are short, by their number: from the map, readings, or typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from statistics import mode

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Building, Campus, CampusId, FeatureId, Level, Unit, Venue
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.guidance import Guidance
from yuanli.operations.readings import Every
from yuanli.operations.reservations import Reservation, Reservations, RoomSize, categories_said, room_sizes
from yuanli.operations.site_plans import heads_of, units_within
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.planning import LiftGroup, lift_curve, sharing_curve, shortage_curve, waiting_curve

WEEK = timedelta(days=7)
WINDOWS = (4, 13, 52)
"""Weeks of bookings that are looked at: more where there are few."""
MANY_BOOKINGS, FEW_BOOKINGS = 100, 20
"""From when a window is long enough; below the lesser, nothing can be said."""
WEEK_H = 168
WORKDAYS = 5
ENOUGH = 0.05
"""The chance up to which a number counts as enough, where none is asked for."""
SHOWN = 0.001
MOST = 2_000
MOST_DIGITS = 20
USUAL_PRESENCE = 0.7
VISITS_PER_H = 0.35
VISIT_MIN = 3.0
WAIT_MIN = 1.0
PARKED_H = 4.0
USUAL_CAR = 13
MORNING_SHARE = 0.12


class SizeThing(StrEnum):
    """Of what there may be too few."""

    ROOMS = "rooms"
    DESKS = "desks"
    TOILETS = "toilets"
    PARKING = "parking"
    LIFTS = "lifts"


class SizeError(InvalidInputError):
    """What is asked of a number breaks a rule."""


class UnknownDemandError(InfeasibleError):
    """The map and readings don't tell who needs the thing, and nobody typed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeWish:
    """Of what a number is sought; what is None is taken from the map and readings, or assumed and told.

    Parameters
    ----------
    place
        A building or level; the site where None. Lifts need a building.
    people
        Who need desks, toilets or lifts.
    presence
        The chance that one of them is there on a day, 0 to 1.
    arrivals_per_h, stay_min
        Cars that come in the busiest hour, and how long one stays; visits to a toilet, and how long one takes.
    wait_min
        Who waits longer for a toilet counts as one too many.
    number
        How many there are; of rooms the map tells.
    chance
        Of shortage, that is enough.
    """

    thing: SizeThing
    place: FeatureId | None = None
    people: int | None = None
    presence: float | None = None
    arrivals_per_h: float | None = None
    stay_min: float | None = None
    wait_min: float = WAIT_MIN
    number: int | None = None
    chance: float = ENOUGH

    def __post_init__(self) -> None:
        for name, least, most in (
            ("people", 1, 20_000), ("presence", 0.01, 1), ("arrivals_per_h", 0.1, 10_000), ("stay_min", 0.1, 10_080),
            ("wait_min", 0, 60), ("number", 1, MOST), ("chance", 0.001, 0.5),
        ):  # fmt: skip
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                said = f"{value}"[:MOST_DIGITS] if isinstance(value, int) else f"{value:g}"
                raise SizeError(
                    Text(f"{name} 为 {said}，应在 {least:g} 到 {most:g} 之间。",
                         f"{name} is {said}; it is from {least:g} to {most:g}."),
                    field=name, hint=Text("改为范围内的数。", "Give a number within these limits."),
                )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeCurve:
    """How often a thing is short, with one of it, two, ….

    Parameters
    ----------
    chances
        From 1 on; up to where it is as good as never, or as many as there are where that is not far beyond.
    first
        From which number on the curve tells something: with fewer it is as good as always short.
    number
        How many there are, None where nobody told.
    enough
        The fewest with a chance of at most `chance`, None where none drawn is; of rooms those of all sizes together.
    method, sources
        By which formula, and from what each number was taken.
    sizes
        Of rooms, each size for itself.
    """

    thing: SizeThing
    chances: tuple[float, ...]
    number: int | None
    enough: int | None
    method: Text
    sources: tuple[Text, ...]
    chance: float = ENOUGH
    first: int = 1
    sizes: tuple[RoomSize, ...] = ()


class SizeCurves:
    """Tells how often things are short, from the kept campuses, the twin and reservations."""

    def __init__(self, guidance: Guidance, twin: Twin, reservations: Reservations) -> None:
        self._guidance, self._twin, self._reservations = guidance, twin, reservations

    def curve(self, campus_id: CampusId, wish: SizeWish, now: datetime) -> SizeCurve:
        """Return the curve of a thing.

        Raises
        ------
        SizeError, UnknownDemandError
            The place does not fit, or nothing tells who needs it.
        """
        campus = self._guidance.guide(campus_id).campus
        place = None if wish.place is None else campus.find(wish.place)
        if wish.place is not None and not isinstance(place, Building | Level | Venue):
            raise SizeError(
                Text(f"“{wish.place}”不是楼宇或楼层。", f"{wish.place!r} is no building or level."),
                field="place",
            )
        within: set[str] = set() if place is None or isinstance(place, Venue) else {str(place.id)}
        units = units_within(campus, within)
        match wish.thing:
            case SizeThing.ROOMS:
                return self._rooms(campus, wish, now)
            case SizeThing.DESKS:
                return self._desks(campus, units, wish, now)
            case SizeThing.TOILETS:
                return self._toilets(campus, units, wish, now)
            case SizeThing.PARKING:
                return self._parking(campus, units, wish, now)
        return _lifts(campus, units, place, wish)

    def _rooms(self, campus: Campus, wish: SizeWish, now: datetime) -> SizeCurve:
        kinds = categories_said("meeting room")
        rooms = [
            one
            for one in self._reservations.rooms(campus.id)
            if one.category in kinds and one.within(wish.place) and one.capacity
        ]
        held, weeks = self._booked(campus.id, [one.id for one in rooms], now) if rooms else ((), 0)
        if len(held) < FEW_BOOKINGS:
            raise UnknownDemandError(
                Text(f"这里只有 {len(held)} 次预订，至少需要 {FEW_BOOKINGS} 次才能推算。",
                     f"Only {len(held)} bookings were made here; at least {FEW_BOOKINGS} are needed to tell."),
                field="place",
                hint=Text("请选更大的范围，或积累更多预订后再看；房间需要在地图上登记座位数。",
                          "Choose a wider place, or look again after more bookings; the map must tell seats of rooms."),
            )  # fmt: skip
        end = self._guidance.guide(campus.id).wayfinder.local(now)
        sizes = room_sizes(rooms, held, end=end, chance=wish.chance)
        few = [f"{one.bookings} × {one.seats}" for one in sizes if one.bookings < FEW_BOOKINGS]
        told = Text(f"近 {weeks} 周的 {len(held)} 次预订，按预订时填写的人数；没约上的会议不在其中。",
                    f"{len(held)} bookings of the last {weeks} weeks, by the people they were made for; "
                    "meetings that got no room are not among them.")  # fmt: skip
        scarce = () if not few else (
            Text(f"这些会议太少，结果仅供参考（次数 × 座位）：{'、'.join(few)}。",
                 f"There were few such meetings; take them as a hint (meetings × seats): {', '.join(few)}."),
        )  # fmt: skip
        return SizeCurve(
            thing=wish.thing, chances=sizes[0].chances, number=len(rooms), enough=sum(one.enough for one in sizes),
            method=Text(
                "爱尔朗 B：一周中最忙一小时里，会议找不到够大房间的概率；小会议可用大房间，需要时让出。",
                "Erlang B: the chance that a meeting finds no room large enough in the busiest hour of the week; "
                "small meetings may have larger rooms and leave them where needed.",
            ),
            sources=(told, *scarce), chance=wish.chance, sizes=sizes,
        )  # fmt: skip

    def _booked(
        self, campus_id: CampusId, room_ids: Sequence[FeatureId], now: datetime
    ) -> tuple[Sequence[Reservation], int]:
        """Return what was booked of rooms in the last weeks, as many of them as are needed for enough bookings."""
        held: Sequence[Reservation] = ()
        for weeks in WINDOWS:
            held = self._reservations.list(campus_id, now - weeks * WEEK, now, space_ids=room_ids)
            if len(held) >= MANY_BOOKINGS:
                break
        return held, weeks

    def _desks(self, campus: Campus, units: Sequence[Unit], wish: SizeWish, now: datetime) -> SizeCurve:
        teams, told = _teams(campus, units, wish)
        presence, seen = self._presence(campus, units, sum(teams), wish, now)
        seats = sum(
            u.capacity or 0 for u in units if u.category.split(".")[0] in ("office", "workspace", "coworking")
        )
        curve = sharing_curve([(people, presence) for people in teams])[1:]
        return _curve(
            wish, curve, seats or None,
            Text("每人独立到岗，到岗人数为二项分布之和：一天中到岗人数超过工位数的概率。",
                 "Everybody comes by themselves, a sum of binomials: the chance that more come in a day than desks."),
            (told, seen),
        )  # fmt: skip

    def _toilets(self, campus: Campus, units: Sequence[Unit], wish: SizeWish, now: datetime) -> SizeCurve:
        sources: tuple[Text, ...]
        stay_min = VISIT_MIN if wish.stay_min is None else wish.stay_min
        if wish.arrivals_per_h is None:
            teams, told = _teams(campus, units, wish)
            presence, seen = self._presence(campus, units, sum(teams), wish, now)
            per_h = sum(teams) * presence * VISITS_PER_H
            sources = (told, seen, Text(f"每人每小时 {VISITS_PER_H:g} 次，为假设。",
                                        f"{VISITS_PER_H:g} visits a person an hour are assumed."))  # fmt: skip
        else:
            per_h, sources = wish.arrivals_per_h, (_typed("每小时次数", "The visits an hour"),)
        most = min(MOST, ceil(per_h / 60 * stay_min) + 12 + (wish.number or 0))
        curve = waiting_curve(per_h, 60 * stay_min, most, wait_s=60 * wish.wait_min)
        return _curve(
            wish, curve, None,
            Text(f"爱尔朗 C（M/M/c 排队）：等待超过 {wish.wait_min:g} 分钟的概率；男女厕请分别按人数计算。",
                 f"Erlang C (M/M/c): the chance to wait longer than {wish.wait_min:g} min; women and men apart."),
            (*sources, Text(f"每次 {stay_min:g} 分钟。", f"A visit takes {stay_min:g} min.")),
        )  # fmt: skip

    def _parking(self, campus: Campus, units: Sequence[Unit], wish: SizeWish, now: datetime) -> SizeCurve:
        number: int | None = None
        if wish.arrivals_per_h is not None:
            stay_h = PARKED_H if wish.stay_min is None else wish.stay_min / 60
            load = wish.arrivals_per_h * stay_h
            told = Text(f"每小时来车数为填写值，每辆停 {stay_h:g} 小时。",
                        f"The cars an hour are typed; one stays {stay_h:g} h.")  # fmt: skip
        else:
            load, number = self._taken(campus, units if wish.place is not None else None, now)
            told = Text(
                "近一周车位读数：最忙一小时的平均停车数（空位最多时视为全空）；常满时需求会被低估。",
                "Readings of the last week: cars in its busiest hour on average (empty when most are free); "
                "too few where it is often full.",
            )
        most = min(MOST, ceil(load + 5 * load**0.5) + 5)
        return _curve(
            wish, shortage_curve(load, most)[1:], number,
            Text(f"爱尔朗 B：平均停车 {load:.0f} 辆时，来车找不到车位的概率。",
                 f"Erlang B: the chance that a car finds no space, with {load:.0f} cars on average."),
            (told,),
        )  # fmt: skip

    def _taken(self, campus: Campus, units: Sequence[Unit] | None, now: datetime) -> tuple[float, int]:
        """Return the cars of the busiest hour of the week, and how many spaces there are."""
        told = self._twin.history(campus.id, TwinQuantity.PARKING_FREE, now - WEEK, now, every=Every.HOUR)
        inside = None if units is None else {FeatureId(unit.id) for unit in units}
        rows = [
            [np.nan if value is None else value for value in values]
            for key, values in told.values.items()
            if (inside is None or key in inside)
            and not isinstance(campus.find(key), Building | Level | Venue)
            and any(value is not None for value in values)
        ]
        if not rows:
            raise UnknownDemandError(
                Text("这里没有车位读数。", "No readings of parking spaces are here."), field="arrivals_per_h",
                hint=Text("填写最忙一小时的来车数和停车时长。", "Give the cars of the busiest hour and their stay."),
            )  # fmt: skip
        free = np.array(rows, dtype=float)
        spaces = np.nanmax(free, axis=1)
        taken = np.nansum(spaces[:, None] - free, axis=0)
        return float(taken.max()), int(spaces.sum())

    def _presence(
        self, campus: Campus, units: Sequence[Unit], people: int, wish: SizeWish, now: datetime
    ) -> tuple[float, Text]:
        if wish.presence is not None:
            return wish.presence, _typed("到岗率", "The share that comes")
        keys = frozenset(FeatureId(unit.id) for unit in units)
        told = self._twin.history(
            campus.id, TwinQuantity.PEOPLE, now - WEEK, now, every=Every.HOUR, places=keys
        )
        rows = np.array([[v or 0.0 for v in told.values[k]] for k in keys if k in told.values], dtype=float)
        peaks: dict[date, float] = {}
        for at, there in zip(told.times, rows.sum(axis=0) if rows.size else (), strict=False):
            if at.weekday() < WORKDAYS and there > 0:
                peaks[at.date()] = max(peaks.get(at.date(), 0.0), float(there))
        if not peaks or wish.people is not None:
            return USUAL_PRESENCE, Text(f"到岗率 {USUAL_PRESENCE:.0%} 为假设。",
                                        f"That {USUAL_PRESENCE:.0%} come is assumed.")  # fmt: skip
        share = min(1.0, sum(peaks.values()) / len(peaks) / people)
        return share, Text(
            f"到岗率 {share:.0%}：近一周各工作日最多在场人数的平均。",
            f"{share:.0%} come: the mean of the most present on each working day of the last week.",
        )


def _lifts(campus: Campus, units: Sequence[Unit], place: object, wish: SizeWish) -> SizeCurve:
    if not isinstance(place, Building):
        raise SizeError(
            Text("电梯按楼计算，请选一栋楼。", "Lifts are reckoned by building: choose one."), field="place"
        )
    levels = {one.id: one.ordinal for one in campus.levels_by_building.get(place.id, ())}
    upper = [unit for unit in units if levels.get(unit.level_id, 0) > 0]
    floors = sum(ordinal > 0 for ordinal in levels.values())
    if not floors:
        raise SizeError(Text("这栋楼没有上层。", "This building has no upper floor."), field="place")
    teams, told = _teams(campus, upper, wish)
    shafts = [unit for unit in units if unit.category == "elevator" and levels.get(unit.level_id) == 0]
    cars = [unit.capacity for unit in shafts if unit.capacity]
    group = LiftGroup(lifts=1, capacity=mode(cars) if cars else USUAL_CAR, floors=floors)
    curve = lift_curve(group, sum(teams), max(12, 2 * len(shafts)), share=MORNING_SHARE)
    return _curve(
        wish, curve, len(shafts) or None,
        Text(f"CIBSE Guide D 往返时间：早高峰五分钟内 {MORNING_SHARE:.0%} 的人中运不完的比例。",
             f"Round trip time of CIBSE Guide D: the part of {MORNING_SHARE:.0%} of the people, who come in the "
             "morning's five minutes, that is not carried."),
        (told, Text(f"地上 {floors} 层，每部 {group.capacity} 人{'（地图）' if cars else '（假设）'}。",
                    f"{floors} upper floors, {group.capacity} people a car ({'map' if cars else 'assumed'}).")),
    )  # fmt: skip


def _teams(campus: Campus, units: Sequence[Unit], wish: SizeWish) -> tuple[list[int], Text]:
    """Return the people of each team there, and where that is known from."""
    if wish.people is not None:
        return [wish.people], _typed("人数", "The number of people")
    found = heads_of(campus, {FeatureId(unit.id) for unit in units})
    people = [many for _, rooms in found if (many := round(sum(rooms.values())))]
    if not people:
        raise UnknownDemandError(
            Text("地图上这里没有登记团队。", "The map has no teams here."), field="people",
            hint=Text("填写人数。", "Give the number of people."),
        )  # fmt: skip
    return people, Text(
        f"地图上登记的 {len(people)} 个团队，共 {sum(people)} 人。",
        f"{sum(people)} people of {len(people)} teams on the map.",
    )


def _typed(zh: str, en: str) -> Text:
    return Text(f"{zh}为填写值。", f"{en} is typed.")


def _curve(
    wish: SizeWish, chances: NDArray[np.float64], known: int | None, method: Text, sources: tuple[Text, ...]
) -> SizeCurve:
    """Return a curve up to where it is as good as never, and a little more than there are."""
    number = known if wish.number is None else wish.number
    never = np.flatnonzero(chances < SHOWN)
    always = np.flatnonzero(chances > 1 - SHOWN)
    first, last = int(always[-1]) + 1 if len(always) else 1, int(never[0]) + 1 if len(never) else len(chances)
    if number is not None and last < number <= 2 * last - first:  # the fall is at least half of what is drawn
        last = min(number, len(chances))
    enough = np.flatnonzero(chances <= wish.chance)
    return SizeCurve(
        thing=wish.thing, chances=tuple(round(float(one), 6) for one in chances[:last]), number=number,
        enough=int(enough[0]) + 1 if len(enough) else None, method=method, sources=sources, chance=wish.chance,
        first=first,
    )  # fmt: skip

"""Rooms: who is in them, and what that does to their air, warmth and light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yuanli.demo.simulation.chance import Floats, Streams, bell, draw, smooth, stream
from yuanli.demo.simulation.moments import Moments, kinds_of
from yuanli.demo.simulation.plan import Plan, Rooms
from yuanli.demo.simulation.scene import CLOSED_ON_DAYS_OFF, OPEN, Scene
from yuanli.demo.simulation.weather import usual_c

MEETINGS = {9: 0.42, 10: 0.6, 11: 0.4, 13: 0.25, 14: 0.6, 15: 0.62, 16: 0.5, 17: 0.3, 18: 0.08}
"""How often a meeting room is used, by the hour in which a meeting begins."""
LESSONS = ((9.5, 2.0, 0.4), (14.0, 2.4, 0.45))
LAG_MIN = (0.0, 12.0, 27.0, 48.0)
LAG_WEIGHTS = (0.34, 0.3, 0.22, 0.14)
"""Air remembers who was there: a room's air is changed about twice an hour."""
COOLS_H, WARMS_H = 14.0, 1.1
"""How fast a room follows the outdoors when nothing runs, and the setpoint when something does."""
FRESH_PPM = 428.0
PASSES, SETTLES, FILTERS = 0.85, 0.25, 0.7
"""Fine dust: which share comes in through cracks, and how often an hour a room loses it to its surfaces (Chen and Zhao
2011, doi:10.1016/j.atmosenv.2010.09.048) and, while fans run, to their filters."""
STIRRED, COOKED = 5.0, 34.0
"""Fine dust that a full room stirs up, and that comes from a kitchen at full tables, µg/m³."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Inside:
    """Some rooms at moments; arrays have a row a room and a column a moment."""

    scene: Scene
    which: NDArray[np.int64]

    @cached_property
    def _plan(self) -> Plan:
        return self.scene.life.plan

    @property
    def _rooms(self) -> Rooms:
        return self._plan.rooms

    @property
    def _streams(self) -> Streams:
        return self._rooms.streams[self.which]

    @cached_property
    def building(self) -> NDArray[np.int64]:
        """The index of each room's building."""
        return self._rooms.building[self.which]

    @cached_property
    def people(self) -> Floats:
        """How many people are in each room."""
        rooms, when = self._rooms, self.scene.when
        capacity = rooms.capacity[self.which][:, None]
        use = rooms.use[self.which]
        many = np.zeros((len(self.which), len(when.hour)))
        wander = draw_steps(self._streams, when, minutes=20)
        seated = (use == "work") | (use == "home")
        many[seated] = self._seated(seated, capacity[seated])
        for kind, people in (
            ("meal", self.scene.meals), ("guests", self.scene.guests), ("event", self.scene.events),
            ("hall", 0.045 * self.scene.traffic), ("garage", 0.03 * self.scene.traffic),
        ):  # fmt: skip
            here = use == kind
            if here.any():
                many[here] = people[self.building[here]] * self._parts(kind)[here][:, None]
        many = np.floor(many + 0.98 * wander * (many > 0.02))
        meeting, lesson = use == "meeting", use == "class"
        if meeting.any():
            many[meeting] = _meetings(self._streams[meeting], capacity[meeting], when)
        if lesson.any():
            many[lesson] = _lessons(self._streams[lesson], capacity[lesson], when)
        return np.asarray(np.minimum(many, np.ceil(1.2 * capacity)))

    def _seated(self, which: NDArray[np.bool_], capacity: Floats) -> Floats:
        keys = self._streams[which]
        day = self.scene.when.day
        comes = np.clip(0.8 + 0.16 * bell(keys, day), 0.1, 1.0)
        comes *= np.where(self.scene.when.works, 1.0, draw(keys, day + 7) < 0.35)
        habit = np.floor(3 * draw(keys, 11)).astype(np.int64)[:, 0]
        return np.asarray(capacity * comes * self.scene.at_work[habit, self.building[which]])

    def _parts(self, kind: str) -> Floats:
        """Return which part of its building's people of a kind each room holds."""
        rooms = self._rooms
        alike = rooms.use == kind
        total = np.bincount(rooms.building[alike], rooms.capacity[alike], len(self._plan.buildings.ids))
        return np.asarray(rooms.capacity[self.which] / np.maximum(total[self.building], 1))

    @cached_property
    def lagged(self) -> Floats:
        """How many people there were over the last hour, the last minutes most."""
        parts = [self.people * LAG_WEIGHTS[0]]
        for minutes, weight in zip(LAG_MIN[1:], LAG_WEIGHTS[1:], strict=True):
            earlier = Inside(scene=self.scene.shifted(-minutes), which=self.which)
            parts.append(earlier.people * weight)
        return np.asarray(sum(parts))

    @cached_property
    def setpoint_c(self) -> Floats:
        """What each room is set to: 26 when it is warm, 20 to 21 when it is cold, by half degrees as people like it."""
        mild = self.scene.weather.mild_c
        season = np.where(self._season > 19.5, 25.5, np.where(self._season < 13.5, 21.0, 23.0))
        likes = np.round(2 * np.clip(0.7 * bell(self._streams, 5), -1, 1)) / 2
        return np.asarray(season + likes + 0 * mild)

    @cached_property
    def _season(self) -> Floats:
        """The usual outdoor temperature of the month: what a caretaker changes over by, once a season."""
        return usual_c(self.scene.when)

    @cached_property
    def temp_c(self) -> Floats:
        """The temperature of each room."""
        scene, keys = self.scene, self._streams
        sun = (0.0015 + 0.004 * draw(keys, 3)) * scene.weather.sun_w_m2
        own = 0.8 * (draw(keys, 4) - 0.5)
        free = 0.42 * scene.weather.mild_c + 12.6 + sun + 1.3 * scene.fullness[self.building] + own
        on_h, off_h, rest = self._since()
        cooled = self.setpoint_c + (free - self.setpoint_c) * (1 - np.exp(-off_h / COOLS_H))
        begun = self.setpoint_c + (free - self.setpoint_c) * (1 - np.exp(-rest / COOLS_H))
        runs = self.setpoint_c + (begun - self.setpoint_c) * np.exp(-np.maximum(on_h, 0) / WARMS_H)
        temp = np.where(on_h >= 0, runs, cooled)
        at_s = scene.when.at_s
        temp = temp + 0.16 * smooth(keys, at_s, 2700) + 0.25 * smooth(keys + np.uint64(1), at_s, 4 * 3600)
        return np.asarray(temp + 0.07 * np.clip(self.people, 0, 8) ** 0.5)

    def _since(self) -> tuple[Floats, Floats, Floats]:
        """Return hours since it was switched on (below 0: it is off) and off, and of the last rest."""
        when = self.scene.when
        kinds = self._plan.buildings.kind
        shape = (len(kinds), len(when.hour))
        on_h, off_h, rest = (np.empty(shape) for _ in range(3))
        days_off = _days_off_before(when)
        for number, kind in enumerate(kinds):
            begin, end = OPEN[kind]
            if end - begin >= 24:
                on_h[number], off_h[number], rest[number] = 24.0, 0.0, 0.0
                continue
            closed = kind in CLOSED_ON_DAYS_OFF
            works = when.works if closed else np.ones_like(when.works)
            gap = 24.0 * days_off if closed else np.zeros(len(when.hour))
            rest[number] = 24 - end + begin + gap
            runs = works & (when.hour >= begin) & (when.hour < end)
            on_h[number] = np.where(runs, when.hour - begin, -1.0)
            evening = works & (when.hour >= end)
            off_h[number] = np.where(evening, when.hour - end, when.hour + 24 - end + gap)
        return on_h[self.building], off_h[self.building], rest[self.building]

    @cached_property
    def co2_ppm(self) -> Floats:
        """Carbon dioxide: fresh air, and what people breathe out less what is aired."""
        crowd = self.lagged / self._rooms.capacity[self.which][:, None]
        aired = 430 + 260 * draw(self._streams, 6)
        wander = 1 + 0.08 * smooth(self._streams + np.uint64(2), self.scene.when.at_s, 1500)
        house = 55 * self.scene.fullness[self.building]
        fresh = FRESH_PPM + 9 * smooth(stream("air"), self.scene.when.at_s, 8 * 3600)
        return np.asarray(fresh + (aired * crowd + house) * wander)

    @cached_property
    def dust_ug_m3(self) -> Floats:
        """PM2.5: what comes in from outdoors and isn't filtered or settled, and what people and kitchens add."""
        use, keys = self._rooms.use[self.which][:, None], self._streams
        aired = (0.3 + 0.5 * draw(keys, 12)) * np.where(use == "hall", 2.6, 1.0)
        past = [self.scene, *(self.scene.shifted(-minutes) for minutes in LAG_MIN[1:])]
        share = [PASSES * aired / (aired + SETTLES + FILTERS * one.open[self.building]) for one in past]
        came = sum(w * s * one.weather.haze_ug_m3 for w, s, one in zip(LAG_WEIGHTS, share, past, strict=True))
        crowd = self.lagged / self._rooms.capacity[self.which][:, None]
        wander = 1 + 0.12 * smooth(keys + np.uint64(4), self.scene.when.at_s, 1800)
        return np.asarray((came + crowd * np.where(use == "meal", COOKED, STIRRED)) * wander)

    @cached_property
    def humidity(self) -> Floats:
        """Relative humidity: that of outdoor air at the room's temperature, on the way to 50 %."""
        dew = self.scene.weather.dew_c
        outside = 100 * np.exp(17.625 * dew / (243.04 + dew) - 17.625 * self.temp_c / (243.04 + self.temp_c))
        own = 3 * (draw(self._streams, 8) - 0.5)
        wander = 0.9 * smooth(self._streams + np.uint64(3), self.scene.when.at_s, 3600)
        return np.clip(22 + 0.5 * outside + own + wander + 2.5 * self.scene.fullness[self.building], 8, 92)

    @cached_property
    def lit(self) -> NDArray[np.bool_]:
        """Whether the lights are on: as long as somebody is there, or was a quarter of an hour ago."""
        earlier = Inside(scene=self.scene.shifted(-15), which=self.which)
        return np.asarray((self.people > 0) | (earlier.people > 0))

    def lux(self, lit: NDArray[np.bool_]) -> Floats:
        """Return illuminance at desks: lamps and daylight."""
        keys, at_s = self._streams, self.scene.when.at_s
        window = 0.15 + 0.85 * draw(keys, 9) ** 2
        sun = window * self.scene.weather.sun_w_m2 * (0.9 + 0.12 * smooth(keys, at_s, 2400))
        lamps = (330 + 170 * draw(keys, 10)) * lit
        return np.asarray(lamps * (1 + 0.015 * smooth(keys, at_s, 1200)) + sun)


def draw_steps(keys: Streams, when: Moments, *, minutes: float) -> Floats:
    """Return numbers in [0, 1) that wander within `minutes`."""
    return np.asarray(0.5 + 0.499 * smooth(keys, when.at_s, 60 * minutes))


def _days_off_before(when: Moments) -> Floats:
    """Return how many days off lie between a day and the last day of work before it."""
    count, going = np.zeros(len(when.day)), np.ones(len(when.day), np.bool_)
    for back in range(1, 12):
        works, _ = kinds_of(when.day - back)
        going &= ~works
        count += going
    return count


def _meetings(keys: Streams, capacity: Floats, when: Moments) -> Floats:
    """Return how many sit in meetings: one may begin in each hour, and lasts 35 to 60 minutes."""
    hour = np.floor(when.hour).astype(np.int64)
    odds = np.array([MEETINGS.get(h, 0.0) for h in range(25)])[hour] * when.works
    place = when.day * 24 + hour
    held = draw(keys, place) < odds
    begins, lasts = 0.15 * draw(keys, place + 1_000_003), 0.58 + 0.27 * draw(keys, place + 2_000_003)
    minute = when.hour - hour
    now = held & (minute >= begins) & (minute < begins + lasts)
    size = np.maximum(1, np.round(1.4 + (capacity - 1.4) * 0.85 * draw(keys, place + 3_000_017) ** 1.3))
    return np.asarray(np.where(now, size, 0.0))


def _lessons(keys: Streams, capacity: Floats, when: Moments) -> Floats:
    many = np.zeros((len(keys), len(when.hour)))
    for number, (begins, lasts, odds) in enumerate(LESSONS):
        held = draw(keys, when.day * 4 + number) < odds * when.works
        now = held & (when.hour >= begins) & (when.hour < begins + lasts)
        size = np.round(capacity * (0.4 + 0.5 * draw(keys, when.day * 4 + number + 99_991)))
        many = np.where(now, size, many)
    return many

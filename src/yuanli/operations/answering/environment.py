"""Answers on air and comfort: how it is somewhere, where it is worst, and to a person who is not comfortable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yuanli.campus import Unit, facility_kinds, kind_of
from yuanli.errors import Text
from yuanli.language import Threshold, Understanding, find_threshold, is_here
from yuanli.operations.answering.asked import (
    SIGN_IN,
    When,
    Where,
    clock_in,
    figure,
    find_zone,
    is_member,
    listed,
    place_of,
    refused,
    text_of,
    when_of,
    where_of,
)
from yuanli.operations.answering.maps import twin_map
from yuanli.operations.answering.places import (
    AIR,
    NAMES,
    Ranked,
    bars_of,
    chart_of,
    fits,
    over_time,
    ranked,
    site_of,
    told_of,
    value_of,
)
from yuanli.operations.answering.vocabulary import is_one_of, names_in, nearly_named_in, says
from yuanli.operations.guidance import Guide
from yuanli.operations.readings import Every
from yuanli.operations.replies import Asker, Card, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import PlaceState, TwinQuantity, TwinValue

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NAMED = 0.9
"""Search score from which a word for a kind of room is the name of one."""
SHOWN = 5
SPACES = (PlaceKind.SPACE,)
FEELINGS = (
    (-2.5, Text("冷", "cold")), (-1.5, Text("凉", "cool")), (-0.5, Text("稍凉", "slightly cool")),
    (0.5, Text("适中", "neutral")), (1.5, Text("稍暖", "slightly warm")), (2.5, Text("暖", "warm")),
)  # fmt: skip
"""Upper ends of the seven-point scale of ISO 7730."""
GRADES: dict[TwinQuantity, tuple[tuple[float, Text], ...]] = {
    TwinQuantity.CO2: (
        (800, Text("空气好", "fresh")),
        (1000, Text("正常", "normal")),
        (1500, Text("偏闷", "stuffy")),
    ),
    TwinQuantity.PM25: (
        (35, Text("优", "good")),
        (75, Text("良", "fair")),
        (115, Text("轻度污染", "lightly polluted")),
    ),
    TwinQuantity.NOISE: (
        (40, Text("安静", "quiet")),
        (55, Text("不吵", "not loud")),
        (65, Text("有些吵", "rather loud")),
        (75, Text("吵", "loud")),
    ),
}
"""CO2: GB/T 18883-2022 asks for at most 1000 ppm; PM2.5: bands of HJ 633-2012; noise: GB 50118-2010 allows
offices 40 to 45 dB(A), talk is at about 60."""
LIMITS: dict[TwinQuantity, tuple[float, float]] = {
    TwinQuantity.TEMPERATURE: (18, 26),
    TwinQuantity.HUMIDITY: (30, 70),
    TwinQuantity.CO2: (0, 1000),
    TwinQuantity.PM25: (0, 75),
    TwinQuantity.NOISE: (0, 55),
    TwinQuantity.COMFORT: (-0.5, 0.5),
    TwinQuantity.ILLUMINANCE: (300, 2000),
}
"""Below and above which it is too little and too much where nobody says how much: GB 50736-2012, GB/T 18883-2022,
ISO 7730."""
OPEN_AIR = {
    "outdoor_air_temperature": TwinQuantity.TEMPERATURE,
    "humidity": TwinQuantity.HUMIDITY,
    "pm": TwinQuantity.PM25,
}
"""What is measured outdoors."""
WORST = {
    TwinQuantity.CO2: Text("很闷，需要通风", "very stuffy: it needs air"),
    TwinQuantity.PM25: Text("污染", "polluted"),
    TwinQuantity.NOISE: Text("很吵", "very loud"),
}
WARMER = ("冷", "凉", "冻", "cold", "chilly", "freezing", "cool")
COOLER = ("热", "闷热", "hot", "warm", "boiling")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAnswers:
    """Answers questions on the air and comfort of places from the twin."""

    twin: Twin

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how the air of a place is, or was; with a condition or a rank, which rooms fulfil it."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        quantities, when = _quantities(understanding), when_of(guide, understanding, now)
        if says(understanding.text, "outdoors"):
            return self._outdoors(guide, understanding, quantities, now)
        ranks = understanding.find("threshold") or understanding.find("rank")
        generic = _generic(guide, understanding)
        kind = _kind(understanding) if ranks or generic else None
        where = _everywhere(guide) if kind or generic else where_of(guide, understanding, asker)
        which = says(understanding.text, "whereabouts") or names_in(understanding.text, "ranked")
        past = when.said and (when.end <= now or when.start < now - HOUR)
        if past and where.id is not None and not which and understanding.find("threshold") is None:
            return self._past(guide, understanding, where, when, quantities, now)
        if past and (ranks or which or generic):
            return self._which_was(guide, understanding, where, quantities[0], when, now, kind)
        if ranks or ((which or generic) and where.id is None):
            return self._which(guide, understanding, where, quantities[0], now, kind)
        if when.said and when.start < now:
            return self._past(guide, understanding, where, when, quantities, now)
        state = self._state(guide, where, now)
        told = _told(state, quantities)
        if not told:
            return Reply(text=_nothing(where, quantities), understanding=understanding)
        text = Text(
            f"{where.name.zh}现在{'，'.join(t.zh for t in told)}。",
            f"{where.name.en} now: {', '.join(t.en for t in told)}.",
        )
        main = next(q for q in quantities if value_of(state, q) is not None)
        times, values, unit = over_time(self.twin, guide, where, main, now - DAY, now)
        on_map = twin_map(guide, self.twin.state(guide.campus.id, now), main, where.id)
        cards = (*chart_of(where, main, times, values, unit), *on_map)
        return Reply(text=text, understanding=understanding, cards=cards)

    def feedback(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Tell a person who is not comfortable what is measured where they are, and what can be done."""
        if _generic(guide, understanding) and asker.here is None:
            question = Text("您在哪里？", "Where are you?")
            return Reply(text=question, understanding=understanding, pending=question, asks="place")
        where = (
            place_of(guide, asker.here, understanding.language, asker)
            if asker.here is not None and _generic(guide, understanding)
            else where_of(guide, understanding, asker)
        )
        state = self._state(guide, where, now)
        told = _told(
            state, (TwinQuantity.TEMPERATURE, TwinQuantity.HUMIDITY, TwinQuantity.CO2, TwinQuantity.COMFORT)
        )
        measured = (
            Text(
                f"{where.name.zh}现在{'，'.join(t.zh for t in told)}。",
                f"{where.name.en} now: {', '.join(t.en for t in told)}.",
            )
            if told and is_member(asker)
            else Text("", "")
        )
        thanks = Text("收到您的感受。", "Thank you for telling.")
        text = Text(f"{thanks.zh}{measured.zh}", f"{thanks.en} {measured.en}".strip())
        return Reply(text=text, understanding=understanding, suggestions=_remedies(understanding, where))

    def _state(self, guide: Guide, where: Where, now: datetime) -> PlaceState:
        if where.id is None:
            return site_of(self.twin.state(guide.campus.id, now))
        return self.twin.place(guide.campus.id, where.id, now).state

    def _outdoors(
        self, guide: Guide, understanding: Understanding, quantities: Sequence[TwinQuantity], now: datetime
    ) -> Reply:
        """Say what is measured in the open air."""
        site = site_of(self.twin.state(guide.campus.id, now))
        told: dict[TwinQuantity, TwinValue] = {}
        for device in self.twin.place(guide.campus.id, site.id, now).devices:
            for point in device.points:
                quantity = OPEN_AIR.get(point.quantity or "")
                if quantity is None or quantity not in quantities or quantity in told:
                    continue
                if point.value is not None:
                    told[quantity] = TwinValue(value=point.value, unit=_unit(quantity))
        where = Where(id=None, name=Text("室外", "the open air"))
        if not told:
            return Reply(text=_nothing(where, tuple(quantities)), understanding=understanding)
        parts = [say(quantity, told[quantity]) for quantity in quantities if quantity in told]
        text = Text(
            f"室外现在{'，'.join(t.zh for t in parts)}。", f"Outdoors now: {', '.join(t.en for t in parts)}."
        )
        return Reply(text=text, understanding=understanding)

    def _which(
        self, guide: Guide, understanding: Understanding, where: Where, quantity: TwinQuantity, now: datetime,
        kind: str | None = None,
    ) -> Reply:  # fmt: skip
        state = self.twin.state(guide.campus.id, now)
        rows = _of_kind(guide, ranked(guide, state, quantity, SPACES, where), kind)
        unit, name = _unit(quantity), NAMES[quantity]

        def cards(found: Sequence[Ranked]) -> tuple[Card, ...]:
            return (
                *bars_of(quantity, unit, found),
                *twin_map(guide, state, quantity, found[0].id, found[:SHOWN]),
            )

        if not rows:
            return Reply(text=_nothing(where, (quantity,)), understanding=understanding)
        words = understanding.find("threshold")
        said = Text(words, words) if words else None
        threshold = find_threshold(words, language=understanding.language) if words else None
        if threshold is None and says(understanding.text, "too") and quantity in LIMITS:
            said, threshold = _beyond(understanding.text, quantity)
        if threshold is None or said is None:
            least = _asks_for_least(understanding, quantity)
            ordered = rows[::-1] if least else rows
            told = listed([told_of(row, unit) for row in ordered[:3]])
            end = Text("最低", "lowest") if least else Text("最高", "highest")
            text = Text(f"{name.zh}{end.zh}的是{told.zh}。", f"The {name.en} is {end.en} in {told.en}.")
            return Reply(text=text, understanding=understanding, cards=cards(ordered))
        fitting = [row for row in rows if fits(row.value, threshold, unit)]
        if not fitting:
            low = threshold.op.startswith("<")
            edge, end = rows[-1 if low else 0], Text("最低", "lowest") if low else Text("最高", "highest")
            text = Text(
                f"现在没有房间的{name.zh}{said.zh}；{end.zh}的是{told_of(edge, unit).zh}。",
                f"No room's {name.en} is {said.en} now; the {end.en} is {told_of(edge, unit).en}.",
            )
            ordered = rows[::-1] if low else rows
            return Reply(text=text, understanding=understanding, cards=cards(ordered))
        if threshold.op.startswith("<"):
            fitting = fitting[::-1]
        told = listed([told_of(row, unit) for row in fitting[:SHOWN]])
        more = len(fitting) - SHOWN
        tail = Text(f"等 {len(fitting)} 间", f" and {more} more") if more > 0 else Text("", "")
        en = f"{name.en} {said.en}: {told.en}{tail.en}."
        text = Text(f"{name.zh}{said.zh}的有：{told.zh}{tail.zh}。", en[0].upper() + en[1:])
        return Reply(text=text, understanding=understanding, cards=cards(fitting))

    def _which_was(
        self, guide: Guide, understanding: Understanding, where: Where, quantity: TwinQuantity, when: When,
        now: datetime, kind: str | None,
    ) -> Reply:  # fmt: skip
        """Rank the rooms of a place by the mean of a span."""
        state = self.twin.state(guide.campus.id, now)
        told = self.twin.history(
            guide.campus.id, quantity, when.start, min(when.end, now), every=Every.HOUR
        ).values
        rows = sorted(
            (
                Ranked(id=row.id, name=row.name, value=sum(known) / len(known))
                for row in _of_kind(guide, ranked(guide, state, quantity, SPACES, where), kind)
                if (known := [value for value in told.get(row.id, ()) if value is not None])
            ),
            key=lambda row: -row.value,
        )
        if not rows:
            return Reply(text=_nothing(where, (quantity,)), understanding=understanding)
        unit, name, least = _unit(quantity), NAMES[quantity], _asks_for_least(understanding, quantity)
        ordered = rows[::-1] if least else rows
        top = listed([told_of(row, unit) for row in ordered[:3]])
        end = Text("最低", "lowest") if least else Text("最高", "highest")
        text = Text(
            f"{when.name.zh}平均{name.zh}{end.zh}的是{top.zh}。",
            f"The mean {name.en} {when.name.en} was {end.en} in {top.en}.",
        )
        return Reply(text=text, understanding=understanding, cards=bars_of(quantity, unit, ordered))

    def _past(
        self, guide: Guide, understanding: Understanding, where: Where, when: When,
        quantities: Sequence[TwinQuantity], now: datetime,
    ) -> Reply:  # fmt: skip
        for quantity in quantities:
            end = min(when.end, now)
            times, values, unit = over_time(self.twin, guide, where, quantity, when.start, end)
            known = [(at, value) for at, value in zip(times, values, strict=True) if value is not None]
            if not known:
                continue
            mean = sum(value for _, value in known) / len(known)
            top = max(known, key=lambda one: one[1])
            low = min(value for _, value in known)
            at, name = clock_in(top[0].astimezone(find_zone(guide)), when), NAMES[quantity]
            text = Text(
                f"{where.name.zh}{when.name.zh}{name.zh}平均 {figure(mean, unit)}，最低 {figure(low, unit)}，"
                f"最高 {figure(top[1], unit)}（{at.zh}）。",
                f"{where.name.en} {when.name.en}: {name.en} {figure(mean, unit)} on average, "
                f"{figure(low, unit)} at least, {figure(top[1], unit)} at most ({at.en}).",
            )
            cards = chart_of(where, quantity, times, values, unit, times.index(top[0]))
            return Reply(text=text, understanding=understanding, cards=cards)
        return Reply(text=_nothing(where, tuple(quantities)), understanding=understanding)


def _quantities(understanding: Understanding) -> tuple[TwinQuantity, ...]:
    """Return what is asked about: all of the air where nothing is named."""
    said = " ".join(
        (*understanding.values("metric"), *understanding.values("attribute"), *understanding.values("issue"))
    )
    names = names_in(said, "environment") or names_in(understanding.text, "environment")
    if not names and (near := nearly_named_in(said, "environment")):
        names = (near,)
    named = tuple(TwinQuantity(name) for name in names)
    if "air" in said.casefold() or "空气" in understanding.text:
        named = (TwinQuantity.CO2, TwinQuantity.PM25)
    return named or AIR


def _kind(understanding: Understanding) -> str | None:
    """Return the kind of room that is asked for where all of a kind are, and none by its name."""
    said = next((v for slot in ("place", "room") if (v := understanding.find(slot))), None)
    kind = kind_of(said) if said else None
    return kind if kind is not None and facility_kinds()[kind].categories else None


def _of_kind(guide: Guide, rows: Sequence[Ranked], kind: str | None) -> list[Ranked]:
    """Return the rows whose rooms are of a kind; all where none is asked for."""
    if kind is None:
        return list(rows)
    alike = facility_kinds()[kind]
    return [r for r in rows if isinstance(u := guide.campus.find(r.id), Unit) and alike.covers(u.category)]


def _generic(guide: Guide, understanding: Understanding) -> bool:
    """Whether rooms, or a kind of them, are named of which there are several, and none by its name."""
    said = next((v for slot in ("place", "room") if (v := understanding.find(slot))), None)
    if said is None or is_here(said):
        return False
    if is_one_of(said, "any_room") or is_one_of(said, "some_room"):
        return True
    if kind_of(said) is None:
        return False
    found = guide.resolve(said, language=understanding.language)
    return found.score < NAMED and bool(found.others)


def _everywhere(guide: Guide) -> Where:
    venue = guide.campus.venue
    return Where(id=None, name=Text("这里", "this park") if venue is None else text_of(venue.name, venue.id))


def _asks_for_least(understanding: Understanding, quantity: TwinQuantity) -> bool:
    text = f"{understanding.find('rank') or ''} {understanding.text}"
    cool = quantity is TwinQuantity.TEMPERATURE and says(text, "cold")
    return says(text, "least") or cool or (quantity is TwinQuantity.NOISE and says(text, "quiet"))


def _beyond(text: str, quantity: TwinQuantity) -> tuple[Text, Threshold]:
    """Return what is too much of a quantity, or too little where that is asked for, by its limits."""
    low, high = LIMITS[quantity]
    little = (
        says(text, "cold") or (quantity is TwinQuantity.HUMIDITY and says(text, "dry"))
        or (quantity is TwinQuantity.ILLUMINANCE and any(word in text for word in ("暗", "dark", "dim")))
    )  # fmt: skip
    edge = figure(low if little else high, _unit(quantity))
    if little:
        return Text(f"低于 {edge}", f"below {edge}"), Threshold(op="<", value=low)
    return Text(f"高于 {edge}", f"above {edge}"), Threshold(op=">", value=high)


def _told(state: PlaceState, quantities: Sequence[TwinQuantity]) -> list[Text]:
    return [say(q, found) for q in quantities if (found := value_of(state, q)) is not None]


def say(quantity: TwinQuantity, told: TwinValue) -> Text:
    """Return a quantity with its value, and what that means."""
    value, name = told.value or 0.0, NAMES[quantity]
    if quantity is TwinQuantity.COMFORT:
        feeling = next((text for end, text in FEELINGS if value <= end), Text("热", "hot"))
        return Text(
            f"{name.zh}{feeling.zh}（PMV {value:+.1f}）", f"{name.en} {feeling.en} (PMV {value:+.1f})"
        )
    grade = _grade(quantity, value)
    text = figure(value, told.unit)
    zh, en = (f"（{grade.zh}）", f" ({grade.en})") if grade is not None else ("", "")
    return Text(f"{name.zh} {text}{zh}", f"{name.en} {text}{en}")


def _grade(quantity: TwinQuantity, value: float) -> Text | None:
    bands = GRADES.get(quantity)
    return None if bands is None else next((text for end, text in bands if value <= end), WORST[quantity])


def _unit(quantity: TwinQuantity) -> str:
    from yuanli.operations.twin_state import UNITS

    return UNITS[quantity]


def _nothing(where: Where, quantities: Sequence[TwinQuantity]) -> Text:
    names = listed([NAMES[q] for q in quantities[:3]])
    return Text(
        f"{where.name.zh}没有{names.zh}的读数：没有传感器，或者它最近没有上报。",
        f"Nothing is known of the {names.en} of {where.name.en}: there is no sensor, or it sent nothing lately.",
    )


def _remedies(understanding: Understanding, where: Where) -> tuple[Text, ...]:
    text = understanding.text.casefold()
    if any(word in text for word in WARMER):
        return (
            Text(
                f"把{where.name.zh}的空调调高1度",
                f"set the air conditioning in {where.name.en} 1 degree higher",
            ),
        )
    if any(word in text for word in COOLER):
        return (
            Text(
                f"把{where.name.zh}的空调调低1度",
                f"set the air conditioning in {where.name.en} 1 degree lower",
            ),
        )
    if any(word in text for word in ("暗", "黑", "dark", "dim")):
        return (Text(f"打开{where.name.zh}的灯", f"turn on the lights in {where.name.en}"),)
    return (Text(f"{where.name.zh}空气质量怎么样", f"how is the air in {where.name.en}"),)

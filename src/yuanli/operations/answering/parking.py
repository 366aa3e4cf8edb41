"""Answers on car parks: how many spaces are free, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanli.campus import FeatureId, kind_of
from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import (
    When,
    Where,
    clock_in,
    feature_name,
    find_zone,
    listed,
    when_of,
    where_of,
)
from yuanli.operations.answering.maps import parking_map
from yuanli.operations.answering.vocabulary import find_word, says
from yuanli.operations.guidance import Guide
from yuanli.operations.readings import Every
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import PlaceState, TwinQuantity

PARKING, SHOWN = "parking", 5
OTHERWISE = Text(
    "车辆位置、月卡和停车费我还查不到，请问停车场管理处。我能查空余车位。",
    "I can't look up a car, a pass or a fee: please ask the car park's office. I can tell how many spaces are free.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingAnswers:
    """Answers questions on car parks from the twin."""

    twin: Twin

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how many spaces are free in a car park, or in each."""
        if understanding.find("plate_number") or says(understanding.text, "not_parking"):
            return Reply(text=OTHERWISE, understanding=understanding)
        state = self.twin.state(guide.campus.id, now)
        known = {p.id: free for p in state.places if (free := _free(p)) is not None}
        parks = [p for p in state.places if p.id in known and p.kind in (PlaceKind.PLACE, PlaceKind.SPACE)]
        said = understanding.find("place")
        below = says(understanding.text, "underground")
        kinds = said is None or kind_of(said) == PARKING or (below and kind_of(_bare(said)) == PARKING)
        where = None if kinds else where_of(guide, understanding, asker)
        if below and where is None:
            parks = [p for p in parks if (spot := guide.campus.spot(p.id)) is not None and spot.ordinal < 0]
        when = when_of(guide, understanding, now)
        if when.said and (when.end <= now or when.start > now):
            return self._then(guide, understanding, where, when, [p.id for p in parks], now)
        if where is not None and where.id is not None and where.id in known:
            on_map = parking_map(guide, {where.id: known[where.id]}, where.id)
            return _one(understanding, where.name, known[where.id], on_map)
        if not parks:
            text = Text(
                f"{'地下' if below else ''}没有车位数据：没有计数器，或者它最近没有上报。",
                f"No {'underground ' if below else ''}car park tells how many spaces are free.",
            )
            return Reply(text=text, understanding=understanding)
        total = sum(known[p.id] for p in parks)
        rows = sorted(((feature_name(guide.campus, p.id), known[p.id]) for p in parks), key=lambda r: -r[1])
        told = listed([Text(f"{n.zh} {v:.0f} 个", f"{n.en} {v:.0f}") for n, v in rows[:SHOWN]])
        first = Text("", "")
        few = says(understanding.text, "fullest")
        if few or says(understanding.text, "emptiest"):
            name, free = rows[-1 if few else 0]
            first = Text(
                f"{name.zh}最{'满' if few else '空'}（{free:.0f} 个空车位）。",
                f"{name.en} is the {'fullest' if few else 'emptiest'} ({free:.0f} free). ",
            )
        more = len(rows) - SHOWN
        rest = Text(
            f"，另有 {more} 处" if more > 0 else "", f", with {more} more car parks" if more > 0 else ""
        )
        text = Text(
            f"{first.zh}现在{'地下' if below else ''}共有 {total:.0f} 个空车位：{told.zh}{rest.zh}。",
            f"{first.en}{total:.0f} {'underground ' if below else ''}parking spaces are free: {told.en}{rest.en}.",
        )
        line = Line(name=Text("空车位", "free spaces"), values=tuple(v for _, v in rows))
        chart = Chart(
            title=Text("空车位", "Free parking spaces"),
            unit="",
            lines=(line,),
            names=tuple(n for n, _ in rows),
        )
        best = rows[0][0]
        hint = (Text(f"去{best.zh}怎么走", f"how do I get to {best.en}"),)
        cards = (
            Card(kind="chart", chart=chart),
            *parking_map(guide, {p.id: known[p.id] for p in parks}, None),
        )
        return Reply(text=text, understanding=understanding, cards=cards, suggestions=hint)

    def _then(
        self, guide: Guide, understanding: Understanding, where: Where | None, when: When,
        parks: Sequence[FeatureId], now: datetime,
    ) -> Reply:  # fmt: skip
        """Say how full a car park was, or all together; what is to come nobody knows."""
        if when.start > now:
            text = Text(
                f"{when.name.zh}的空车位还不能预测。我能查现在和过去的空车位。",
                f"Free spaces can't be foretold for {when.name.en}. I can tell those of now and of the past.",
            )
            return Reply(text=text, understanding=understanding)
        name = Text("停车场", "All car parks") if where is None else where.name
        places = tuple(parks) if where is None or where.id is None else (where.id,)
        told = self.twin.history(
            guide.campus.id, TwinQuantity.PARKING_FREE, when.start, when.end, every=Every.HOUR, places=places
        )
        rows = zip(*(told.values.get(place, [None] * len(told.times)) for place in places), strict=True)
        free = [None if None in row else sum(v for v in row if v is not None) for row in rows]
        known = [(value, at) for value, at in zip(free, range(len(free)), strict=True) if value is not None]
        if not known:
            text = Text(
                f"{name.zh}{when.name.zh}没有车位数据。",
                f"{name.en}: nothing is known of {when.name.en}.",
            )
            return Reply(text=text, understanding=understanding)
        least, at = min(known)
        hour = clock_in(told.times[at].astimezone(find_zone(guide)), when)
        mean = sum(value for value, _ in known) / len(known)
        text = Text(
            f"{name.zh}{when.name.zh}空车位最少时（{hour.zh}）还有 {least:.0f} 个，平均 {mean:.0f} 个。",
            f"{name.en}, {when.name.en}: {least:.0f} spaces were free at the fullest hour ({hour.en}), "
            f"{mean:.0f} on average.",
        )
        line = Line(name=Text("空车位", "free spaces"), values=tuple(free))
        title = Text(f"{name.zh}空车位", f"{name.en}, free spaces")
        chart = Chart(title=title, unit="", lines=(line,), times=tuple(told.times), marked=at)
        return Reply(text=text, understanding=understanding, cards=(Card(kind="chart", chart=chart),))


def _bare(said: str) -> str:
    """Return a word for car parks without where they are: underground car park."""
    at = find_word(said, "underground")
    return said if at is None else (said[: at[0]] + said[at[1] :]).strip()


def _one(understanding: Understanding, name: Text, free: float, cards: tuple[Card, ...]) -> Reply:
    text = Text(f"{name.zh}现在有 {free:.0f} 个空车位。", f"{name.en} has {free:.0f} free spaces now.")
    if round(free) <= 0:
        text = Text(f"{name.zh}现在没有空车位。", f"{name.en} is full now.")
    hint = (Text("还有哪里能停车", "where else can I park"),)
    return Reply(text=text, understanding=understanding, cards=cards, suggestions=hint)


def _free(place: PlaceState) -> float | None:
    told = place.values.get(TwinQuantity.PARKING_FREE)
    return None if told is None else told.value

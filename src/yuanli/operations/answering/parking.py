"""Answers on car parks: how many spaces are free, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import feature_name, listed, where_of
from yuanli.operations.answering.maps import parking_map
from yuanli.operations.answering.vocabulary import says
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import PlaceState, TwinQuantity

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
        where = where_of(guide, understanding, asker) if understanding.find("place") else None
        if where is not None and where.id is not None and where.id in known:
            on_map = parking_map(guide, {where.id: known[where.id]}, where.id)
            return _one(understanding, where.name, known[where.id], on_map)
        if not parks:
            text = Text(
                "没有车位数据：没有计数器，或者它最近没有上报。",
                "No car park tells how many spaces are free.",
            )
            return Reply(text=text, understanding=understanding)
        total = sum(known[p.id] for p in parks)
        rows = sorted(((feature_name(guide.campus, p.id), known[p.id]) for p in parks), key=lambda r: -r[1])
        told = listed([Text(f"{n.zh} {v:.0f} 个", f"{n.en} {v:.0f}") for n, v in rows[:5]])
        text = Text(
            f"现在共有 {total:.0f} 个空车位：{told.zh}。", f"{total:.0f} parking spaces are free: {told.en}."
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


def _one(understanding: Understanding, name: Text, free: float, cards: tuple[Card, ...]) -> Reply:
    text = Text(f"{name.zh}现在有 {free:.0f} 个空车位。", f"{name.en} has {free:.0f} free spaces now.")
    if round(free) <= 0:
        text = Text(f"{name.zh}现在没有空车位。", f"{name.en} is full now.")
    hint = (Text("还有哪里能停车", "where else can I park"),)
    return Reply(text=text, understanding=understanding, cards=cards, suggestions=hint)


def _free(place: PlaceState) -> float | None:
    told = place.values.get(TwinQuantity.PARKING_FREE)
    return None if told is None else told.value

"""Which places or devices use, cost, emit or draw the most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yuanli.campus import Device
from yuanli.errors import Text
from yuanli.language import Understanding, find_number
from yuanli.operations.answering.asked import (
    OPERATORS,
    When,
    Where,
    feature_name,
    figure,
    is_operator,
    listed,
    refused,
    text_of,
    where_of,
)
from yuanli.operations.answering.energy_words import (
    NAMES,
    bars,
    media_of,
    medium_of,
    metric_of,
    priced,
    untold,
)
from yuanli.operations.answering.maps import ranked_map, twin_map
from yuanli.operations.answering.places import Ranked, ranked, told_of
from yuanli.operations.answering.vocabulary import named_in, says
from yuanli.operations.energy import Energy, EnergyPlaceKind, EnergyRanking, Medium, RankedPlace
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Card, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import TwinQuantity

KINDS = {
    "building": EnergyPlaceKind.BUILDING,
    "level": EnergyPlaceKind.LEVEL,
    "room": EnergyPlaceKind.UNIT,
    "device": EnergyPlaceKind.DEVICE,
}
DRAWN = {
    "building": (PlaceKind.BUILDING,),
    "level": (PlaceKind.LEVEL,),
    "room": (PlaceKind.SPACE,),
}
POWER = Text("用电功率", "power")
AN_HOUR = timedelta(hours=1)
SHOWN, PRICED = 10, 60
"""Places of a chart, and places at most whose cost is told for a ranking."""
COUNTED = re.compile(
    r"([0-9一二两三四五六七八九十]+)\s*[台个栋间座处家户名]"
    r"|\btop\s+(\w+)\b|\b(\w+)\s+(?:\w+\s+)?(?:devices|buildings|rooms|floors|places|machines)\b",
    re.IGNORECASE,
)
"""How many are asked for: “五台设备”, “top 5”, “five largest buildings”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRankings:
    """Ranks places from the meters."""

    energy: Energy
    twin: Twin

    def answer(
        self, guide: Guide, understanding: Understanding, asker: Asker, when: When, now: datetime
    ) -> Reply:
        """Rank places by what they used, or by its cost, its emissions, or the power drawn now where that is asked."""
        where = where_of(guide, understanding, asker)
        said = metric_of(understanding)
        medium, side = medium_of(said), named_in(said, "sides")
        named = named_in(understanding.text, "ranked")
        if side in ("cost", "carbon"):
            return self._costs(guide, understanding, asker, where, when, carbon=side == "carbon")
        if medium is Medium.ELECTRICITY and _asks_now(understanding, when):
            drawn = self._drawn(guide, understanding, where, named or "building", now)
            if drawn is not None:
                return drawn
        kind = _kind_of(understanding, where)
        dense = says(understanding.text, "per_m2")
        ranking = self.energy.ranking(
            guide.campus.id, when.start, when.end, place=where.id, kind=kind, medium=medium, per_m2=dense
        )
        known = _things(guide, [row for row in ranking.rows if row.value is not None])
        if not known:
            summary = self.energy.summary(
                guide.campus.id, when.start, when.end, place=where.id, media=(medium,)
            )
            return Reply(text=untold(summary.media[0], where, when), understanding=understanding)
        least, count = _asked(understanding)
        ordered = known[::-1] if least else known
        unit = f"{ranking.unit}/m²" if dense else ranking.unit
        text = _say_ranking(guide, ranking, ordered, count, when, medium, unit, least=least)
        rows = [
            Ranked(id=row.place.id, name=_place_name(guide, row), value=float(row.value or 0))
            for row in ordered
        ]
        cards = _shown(guide, NAMES[medium], unit, rows)
        return Reply(text=text, understanding=understanding, cards=cards)

    def _costs(
        self,
        guide: Guide,
        understanding: Understanding,
        asker: Asker,
        where: Where,
        when: When,
        *,
        carbon: bool,
    ) -> Reply:
        """Rank places by what their energy cost or emitted; of those that use most, as each is priced by the hour."""
        if not carbon and not is_operator(asker):
            return refused(understanding, OPERATORS)
        media = media_of(understanding)
        kind = _kind_of(understanding, where)
        campus_id = guide.campus.id
        used = self.energy.ranking(
            campus_id, when.start, when.end, place=where.id, kind=kind, medium=media[0]
        )
        rows, currency, example = list[Ranked](), "", False
        for row in used.rows[:PRICED]:
            told = self.energy.cost(campus_id, when.start, when.end, place=row.place.id, media=media)
            known = [one for one in told.media if (one.carbon_kg if carbon else one.cost) is not None]
            if known:
                value = float(told.carbon_kg if carbon else told.total)
                rows.append(Ranked(id=row.place.id, name=_place_name(guide, row), value=value))
                currency, example = told.currency, told.example
        what = Text("碳排放", "emissions") if carbon else Text("费用", "cost")
        if not rows:
            text = Text(
                f"没有算得出{when.name.zh}{what.zh}的地点：没有表，或没有读数。",
                f"The {what.en} of no place can be told {when.name.en}: no meter covers one, or none sent anything.",
            )
            return Reply(text=text, understanding=understanding)
        unit = "kg CO₂" if carbon else currency
        least, count = _asked(understanding)
        rows.sort(key=lambda one: one.value, reverse=not least)
        figures = [priced(row.value, unit, carbon=carbon) for row in rows]
        top = listed([
            Text(f"{row.name.zh}（{told.zh}）", f"{row.name.en} ({told.en})")
            for row, told in zip(rows[:count], figures, strict=False)
        ])  # fmt: skip
        most = Text("最低", "least") if least else Text("最高", "most")
        tail = Text("，按示例电价和因子估算", ", by example prices and factors") if example else Text("", "")
        text = Text(
            f"{when.name.zh}{what.zh}{most.zh}的是{top.zh}{tail.zh}。",
            f"The {most.en} {what.en} {when.name.en}: {top.en}{tail.en}.",
        )
        return Reply(text=text, understanding=understanding, cards=_shown(guide, what, unit, rows))

    def _drawn(
        self,
        guide: Guide,
        understanding: Understanding,
        where: Where,
        kind: str,
        now: datetime,
    ) -> Reply | None:
        """Rank places by the power they draw now, or by m² where that is asked for; None where none is known.

        Meters of devices count energy: their power is the mean of the last hour.
        """
        state = self.twin.state(guide.campus.id, now)
        if kind == "device":
            zh, en, unit = "过去一小时平均用电功率", "mean power of the last hour", "kW"
            quantity, rows = None, self._devices(guide, where, now)
        else:
            dense = says(understanding.text, "per_m2")
            quantity, unit = (TwinQuantity.POWER_DENSITY, "W/m²") if dense else (TwinQuantity.POWER, "kW")
            zh, en = "现在用电功率", "power now"
            rows = ranked(guide, state, quantity, DRAWN[kind], where)
        if not rows:
            return None
        least, count = _asked(understanding)
        ordered = rows[::-1] if least else rows
        told = listed([told_of(row, unit) for row in ordered[:count]])
        end = Text("最小", "least") if least else Text("最大", "most")
        text = Text(f"{zh}{end.zh}的是{told.zh}。", f"The {end.en} {en} is drawn by {told.en}.")
        cards = _shown(guide, POWER, unit, ordered)
        if quantity is not None:
            cards = (cards[0], *twin_map(guide, state, quantity, ordered[0].id, ordered[:count]))
        return Reply(text=text, understanding=understanding, cards=cards)

    def _devices(self, guide: Guide, where: Where, now: datetime) -> list[Ranked]:
        told = self.energy.ranking(
            guide.campus.id, now - AN_HOUR, now, place=where.id, kind=EnergyPlaceKind.DEVICE
        )
        return [
            Ranked(id=row.place.id, name=_place_name(guide, row), value=row.amount)
            for row in _things(guide, [row for row in told.rows if row.amount is not None])
            if row.amount is not None
        ]


def _things(guide: Guide, rows: Sequence[RankedPlace]) -> Sequence[RankedPlace]:
    """Return rows without the main meters of buildings, where there are others: no device uses what they count."""
    own = [
        row
        for row in rows
        if not (
            isinstance(d := guide.campus.find(row.place.id), Device) and d.brick_class.startswith("Building")
        )
    ]
    return own or rows


def _shown(guide: Guide, what: Text, unit: str, rows: Sequence[Ranked]) -> tuple[Card, ...]:
    """Return the first of a ranking as bars, and all of it on the map."""
    chart = bars(what, unit, [(row.name, row.value) for row in rows[:SHOWN]])
    return (chart, *ranked_map(guide, what, unit, rows, opens="power"))


def _asks_now(understanding: Understanding, when: When) -> bool:
    """Return whether a request is about this moment: it says so, or asks for power and names no span."""
    if when.said and when.length > AN_HOUR:
        return False
    return says(understanding.text, "now") or (
        not when.said and named_in(metric_of(understanding), "sides") == "power"
    )


def _kind_of(understanding: Understanding, where: Where) -> EnergyPlaceKind | None:
    """Return which places are ranked: those named, buildings of the whole site, or what a place falls into next."""
    named = named_in(understanding.text, "ranked")
    return KINDS[named] if named is not None else EnergyPlaceKind.BUILDING if where.id is None else None


def _asked(understanding: Understanding) -> tuple[bool, int]:
    """Return whether the least is asked for, and of how many places, from 1 to `SHOWN`."""
    rank, text = understanding.find("rank") or "", understanding.text
    counted = COUNTED.search(text)
    words = [rank] if counted is None else [rank, next(one for one in counted.groups() if one)]
    numbers = [find_number(one, language=understanding.language) for one in words if one]
    count = next((int(one.low) for one in numbers if one is not None and one.low), 1)
    return says(rank or text, "least"), min(max(count, 1), SHOWN)


def _say_ranking(
    guide: Guide,
    ranking: EnergyRanking,
    ordered: Sequence[RankedPlace],
    count: int,
    when: When,
    medium: Medium,
    unit: str,
    *,
    least: bool,
) -> Text:
    top = ordered[:count]
    verb, most = NAMES[medium], Text("最少", "least") if least else Text("最多", "most")
    named = [_place_name(guide, row) for row in top]
    told = listed([
        Text(f"{name.zh}（{figure(row.value or 0, unit)}）", f"{name.en} ({figure(row.value or 0, unit)})")
        for name, row in zip(named, top, strict=True)
    ])  # fmt: skip
    share = top[0].share
    tail = Text("", "")
    if count == 1 and share is not None and not least:
        tail = Text(f"，占 {share:.0%}", f", {share:.0%} of all")
    missing = sum(row.value is None for row in ranking.rows)
    lost = Text(f"另有 {missing} 处没有数据。", f"{missing} more have no data.") if missing else Text("", "")
    return Text(
        f"{when.name.zh}{verb.zh}{most.zh}的是{told.zh}{tail.zh}。{lost.zh}",
        f"{told.en} used the {most.en} {verb.en} {when.name.en}{tail.en}. {lost.en}".strip(),
    )


def _place_name(guide: Guide, row: RankedPlace) -> Text:
    """Return what a place is called, with what it is in."""
    return (
        feature_name(guide.campus, row.place.id)
        if guide.campus.find(row.place.id)
        else text_of(row.place.name)
    )

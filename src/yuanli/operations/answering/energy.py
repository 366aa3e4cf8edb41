"""Answers on energy: how much, at what cost, which place most, compared with what, and what was unusual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.language import Understanding, find_number
from yuanli.operations.answering.asked import (
    OPERATORS,
    SIGN_IN,
    When,
    Where,
    change,
    clock,
    feature_name,
    figure,
    find_zone,
    is_member,
    is_operator,
    listed,
    money,
    refused,
    say_span,
    span_of,
    text_of,
    try_place,
    when_of,
    where_of,
)
from yuanli.operations.answering.places import Ranked, ranked, told_of
from yuanli.operations.answering.vocabulary import named_in, names_in, says
from yuanli.operations.energy import (
    Against,
    Energy,
    EnergyPlaceKind,
    EnergyRanking,
    Medium,
    MediumTotal,
    Period,
    RankedPlace,
)
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply
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
CHARTED_HOURS = timedelta(days=4)
SHOWN = 10
NAMES = {
    Medium.ELECTRICITY: Text("用电", "electricity"), Medium.WATER: Text("用水", "water"),
    Medium.GAS: Text("用气", "gas"), Medium.HEAT: Text("用热", "heat"), Medium.PV: Text("光伏发电", "solar power"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyAnswers:
    """Answers questions on energy from the meters."""

    energy: Energy
    twin: Twin

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how much was used, what it cost or emitted, or what is drawn now."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        said = _metric(understanding)
        side = named_in(said, "sides")
        if understanding.find("rank") or (
            names_in(understanding.text, "ranked") and not understanding.find("place")
        ):
            return self.compare(guide, understanding, asker, now)
        where, when = where_of(guide, understanding, asker), when_of(guide, understanding, now)
        if side == "power" and not when.said:
            return self._power(guide, understanding, where, now)
        if side in ("cost", "carbon"):
            return self._cost(guide, understanding, asker, where, when, carbon=side == "carbon")
        medium = _medium(said)
        if when.start >= now:
            return self._expected(guide, understanding, where, when, medium)
        return self._used(guide, understanding, where, when, medium)

    def compare(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Rank places, or set two of them or two spans beside each other."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        medium, when = _medium(_metric(understanding)), when_of(guide, understanding, now)
        places = [
            w for v in understanding.values("place") if (w := try_place(guide, v, understanding, asker))
        ]
        other = understanding.find("compare_to")
        beside = try_place(guide, other, understanding, asker) if other is not None else None
        if (
            other is not None
            and (then := self._span_then(guide, other, understanding, when, now)) is not None
        ):
            then = _as_far(then, when, now)
            where = places[0] if places else where_of(guide, understanding, asker)
            return self._against_span(guide, understanding, where, when, then, medium)
        if beside is not None and beside.id is not None:
            places = [*places[:1], beside] if places else [where_of(guide, understanding, asker), beside]
        if len({place.id for place in places}) > 1:
            return self._side_by_side(guide, understanding, places, when, medium)
        return self._ranked(guide, understanding, asker, when, medium, now)

    def _used(
        self, guide: Guide, understanding: Understanding, where: Where, when: When, medium: Medium
    ) -> Reply:
        summary = self.energy.summary(guide.campus.id, when.start, when.end, place=where.id, media=(medium,))
        total = summary.media[0]
        if total.amount is None:
            return Reply(text=_untold(total, where, when), understanding=understanding)
        verb = NAMES[medium]
        amount = figure(total.amount, total.unit)
        zh, en = (
            [f"{where.name.zh}{when.name.zh}{verb.zh} {amount}"],
            [f"{where.name.en} {_past(medium)} {amount} {_of(medium)}{when.name.en}"],
        )
        compared = next(
            (c for c in total.compared if c.against is Against.PREVIOUS and c.change is not None), None
        )
        if compared is not None and compared.change is not None:
            than = change(compared.change)
            zh.append(f"比上一个同样长的时段{than.zh}")
            en.append(f"{than.en} than in the span before")
        if total.peak is not None:
            at = clock(total.peak.at.astimezone(find_zone(guide)), when.end)
            power = figure(total.peak.power, "kW" if total.unit == "kWh" else f"{total.unit}/h")
            zh.append(f"最高 {power}，在 {at.zh}")
            en.append(f"at most {power}, at {at.en}")
        if total.per_m2 is not None and total.per_m2 >= 0.01:
            zh.append(f"每平方米 {figure(total.per_m2, total.unit)}")
            en.append(f"{figure(total.per_m2, total.unit)} per m²")
        note = total.note or Text("", "")
        text = Text(f"{'，'.join(zh)}。{note.zh}", f"{', '.join(en)}. {note.en}".strip())
        return Reply(text=text, understanding=understanding, cards=self._curve(guide, where, when, medium))

    def _curve(self, guide: Guide, where: Where, when: When, medium: Medium) -> tuple[Card, ...]:
        every = Period.HOUR if when.length <= CHARTED_HOURS else Period.DAY
        curve = self.energy.curve(
            guide.campus.id, when.start, when.end, place=where.id, medium=medium, every=every
        )
        values = tuple(bucket.amount for bucket in curve.buckets)
        if not any(value is not None for value in values):
            return ()
        each = Text("每小时", "by the hour") if every is Period.HOUR else Text("每天", "by the day")
        title = Text(
            f"{where.name.zh}{NAMES[medium].zh}，{each.zh}", f"{where.name.en}, {NAMES[medium].en} {each.en}"
        )
        return (_over_time(title, curve.unit, [b.start for b in curve.buckets], NAMES[medium], values),)

    def _expected(
        self, guide: Guide, understanding: Understanding, where: Where, when: When, medium: Medium
    ) -> Reply:
        told = self.energy.expected(guide.campus.id, when.start, place=where.id, medium=medium)
        hours = [hour for hour in told.hours if when.start <= hour.start < when.end]
        if not hours:
            note = told.note or Text("数据还太少，没法预计。", "Too little is known to tell yet.")
            return Reply(text=note, understanding=understanding)
        total = sum(hour.mean for hour in hours)
        top = max(range(len(hours)), key=lambda i: hours[i].mean)
        at = clock(hours[top].start.astimezone(find_zone(guide)), when.start)
        amount = figure(total, told.unit)
        line = Line(
            name=Text("预计", "expected"), values=tuple(h.mean for h in hours),
            low=tuple(h.low for h in hours), high=tuple(h.high for h in hours),
        )  # fmt: skip
        title = Text(
            f"{where.name.zh}预计{NAMES[medium].zh}", f"{where.name.en}, expected {NAMES[medium].en}"
        )
        chart = Chart(
            title=title, unit=told.unit, lines=(line,), times=tuple(h.start for h in hours), marked=top
        )
        text = Text(
            f"{where.name.zh}{when.name.zh}预计{NAMES[medium].zh}约 {amount}，{at.zh} 前后最高。",
            f"{where.name.en} is expected to use about {amount} {_of(medium)}{when.name.en}, most around {at.en}.",
        )
        return Reply(text=text, understanding=understanding, cards=(Card(kind="chart", chart=chart),))

    def _power(self, guide: Guide, understanding: Understanding, where: Where, now: datetime) -> Reply:
        place = where.id or _root(guide)
        state = self.twin.place(guide.campus.id, place, now).state
        power = state.values.get(TwinQuantity.POWER)
        if power is None or power.value is None:
            text = Text(f"{where.name.zh}没有可用的实时功率。", f"No power is known of {where.name.en} now.")
            return Reply(text=text, understanding=understanding)
        told = figure(power.value, power.unit)
        text = Text(f"{where.name.zh}现在的功率是 {told}。", f"{where.name.en} draws {told} now.")
        return Reply(text=text, understanding=understanding)

    def _cost(
        self,
        guide: Guide,
        understanding: Understanding,
        asker: Asker,
        where: Where,
        when: When,
        *,
        carbon: bool,
    ) -> Reply:
        if not carbon and not is_operator(asker):
            return refused(understanding, OPERATORS)
        names = names_in(_metric(understanding), "energy")
        media = (Medium(names[0]),) if names else tuple(Medium)
        told = self.energy.cost(guide.campus.id, when.start, when.end, place=where.id, media=media)
        known = [row for row in told.media if (row.carbon_kg if carbon else row.cost) is not None]
        if not known:
            text = Text(
                f"没有算得出{where.name.zh}{when.name.zh}的数：没有表，或没有读数。",
                f"Nothing can be told of {where.name.en} {when.name.en}: no meter covers it, or none sent anything.",
            )
            return Reply(text=text, understanding=understanding)
        example = (
            Text("按示例电价和因子估算", "by example prices and factors") if told.example else Text("", "")
        )
        rows = [(row.name, float((row.carbon_kg if carbon else row.cost) or 0)) for row in known]
        unit = "kg CO₂" if carbon else told.currency

        def said(value: float) -> Text:
            return Text(figure(value, unit), figure(value, unit)) if carbon else money(value, unit)

        whole = said(float(told.carbon_kg if carbon else told.total))
        each = [Text(f"{name.zh} {said(v).zh}", f"{name.en} {said(v).en}") for name, v in rows]
        parts = listed(each)
        split = Text(f"：{parts.zh}", f", of it {parts.en}") if len(each) > 1 else Text("", "")
        what = Text("碳排放", "emissions") if carbon else Text("费用", "cost")
        tail = Text(f"（{example.zh}）", f" ({example.en})") if example.zh else Text("", "")
        text = Text(
            f"{where.name.zh}{when.name.zh}的{what.zh}是 {whole.zh}{split.zh}{tail.zh}。",
            f"The {what.en} of {where.name.en} {when.name.en}: {whole.en}{split.en}{tail.en}.",
        )
        return Reply(text=text, understanding=understanding, cards=(_bars(what, unit, rows),))

    def _against_span(
        self, guide: Guide, understanding: Understanding, where: Where, when: When, then: When, medium: Medium
    ) -> Reply:
        one, other = (
            self.energy.summary(guide.campus.id, span.start, span.end, place=where.id, media=(medium,)).media[
                0
            ]
            for span in (when, then)
        )
        if one.amount is None or other.amount is None:
            return Reply(
                text=_untold(one, where, when) if one.amount is None else _untold(other, where, then),
                understanding=understanding,
            )
        share = one.amount / other.amount - 1 if other.amount else None
        than = change(share) if share is not None else Text("无法比较", "not comparable")
        a, b = figure(one.amount, one.unit), figure(other.amount, other.unit)
        text = Text(
            f"{where.name.zh}{NAMES[medium].zh}：{when.name.zh} {a}，{then.name.zh} {b}，{than.zh}。",
            f"{where.name.en}, {NAMES[medium].en}: {a} {when.name.en}, {b} {then.name.en}: {than.en}.",
        )
        rows = [(then.name, other.amount), (when.name, one.amount)]
        return Reply(text=text, understanding=understanding, cards=(_bars(where.name, one.unit, rows),))

    def _side_by_side(
        self, guide: Guide, understanding: Understanding, places: Sequence[Where], when: When, medium: Medium
    ) -> Reply:
        rows: list[tuple[Text, float]] = []
        unit, lost = "", list[Text]()
        for place in places:
            total = self.energy.summary(
                guide.campus.id, when.start, when.end, place=place.id, media=(medium,)
            ).media[0]
            unit = total.unit
            if total.amount is None:
                lost.append(total.note or place.name)
            else:
                rows.append((place.name, total.amount))
        rows.sort(key=lambda row: -row[1])
        told = listed([Text(f"{n.zh} {figure(v, unit)}", f"{n.en} {figure(v, unit)}") for n, v in rows])
        if len(rows) > 1 and rows[-1][1]:
            more = change(rows[0][1] / rows[-1][1] - 1)
            gap = Text(f"{rows[0][0].zh}{more.zh}。", f"{rows[0][0].en} used {more.en}.")
        else:
            gap = Text("", "")
        zh, en = "".join(t.zh for t in lost), " ".join(t.en for t in lost)
        text = Text(
            f"{when.name.zh}{NAMES[medium].zh}：{told.zh}。{gap.zh}{zh}",
            f"{NAMES[medium].en.capitalize()} {when.name.en}: {told.en}. {gap.en} {en}".strip(),
        )
        cards = (_bars(NAMES[medium], unit, rows),) if rows else ()
        return Reply(text=text, understanding=understanding, cards=cards)

    def _ranked(
        self,
        guide: Guide,
        understanding: Understanding,
        asker: Asker,
        when: When,
        medium: Medium,
        now: datetime,
    ) -> Reply:
        where = where_of(guide, understanding, asker)
        named = named_in(understanding.text, "ranked")
        if medium is Medium.ELECTRICITY and _asks_now(understanding, when):
            drawn = self._drawn(guide, understanding, where, named or "building", now)
            if drawn is not None:
                return drawn
        kind = KINDS[named] if named is not None else EnergyPlaceKind.BUILDING if where.id is None else None
        dense = says(understanding.text, "per_m2")
        ranking = self.energy.ranking(
            guide.campus.id, when.start, when.end, place=where.id, kind=kind, medium=medium, per_m2=dense
        )
        known = [row for row in ranking.rows if row.value is not None]
        if not known:
            summary = self.energy.summary(
                guide.campus.id, when.start, when.end, place=where.id, media=(medium,)
            )
            return Reply(text=_untold(summary.media[0], where, when), understanding=understanding)
        rank = understanding.find("rank") or ""
        least = says(f"{rank} {understanding.text if not rank else ''}", "least")
        ordered = known[::-1] if least else known
        count = _count(rank, understanding.language)
        unit = f"{ranking.unit}/m²" if dense else ranking.unit
        text = _say_ranking(guide, ranking, ordered, count, when, medium, unit, least=least)
        shown = ordered[:SHOWN]
        rows = [(_place_name(guide, row), float(row.value or 0)) for row in shown]
        return Reply(text=text, understanding=understanding, cards=(_bars(NAMES[medium], unit, rows),))

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
        if kind == "device":
            zh, en, unit = "过去一小时平均用电功率", "mean power of the last hour", "kW"
            rows = self._devices(guide, where, now)
        else:
            dense = says(understanding.text, "per_m2")
            quantity, unit = (TwinQuantity.POWER_DENSITY, "W/m²") if dense else (TwinQuantity.POWER, "kW")
            zh, en = "现在用电功率", "power now"
            rows = ranked(guide, self.twin.state(guide.campus.id, now), quantity, DRAWN[kind], where)
        if not rows:
            return None
        rank = understanding.find("rank") or ""
        least = says(rank or understanding.text, "least")
        ordered = rows[::-1] if least else rows
        told = listed([told_of(row, unit) for row in ordered[: _count(rank, understanding.language)]])
        end = Text("最小", "least") if least else Text("最大", "most")
        text = Text(f"{zh}{end.zh}的是{told.zh}。", f"The {end.en} {en} is drawn by {told.en}.")
        shown = [(row.name, row.value) for row in ordered[:SHOWN]]
        return Reply(text=text, understanding=understanding, cards=(_bars(POWER, unit, shown),))

    def _devices(self, guide: Guide, where: Where, now: datetime) -> list[Ranked]:
        told = self.energy.ranking(
            guide.campus.id, now - AN_HOUR, now, place=where.id, kind=EnergyPlaceKind.DEVICE
        )
        return [
            Ranked(id=row.place.id, name=_place_name(guide, row), value=row.amount)
            for row in told.rows
            if row.amount is not None
        ]

    def _span_then(
        self, guide: Guide, words: str, understanding: Understanding, when: When, now: datetime
    ) -> When | None:
        """Return the other span that is compared with: as long a one a year before, or the one that is named."""
        if says(words, "year_on_year"):
            back = timedelta(days=364)
            start, end = when.start - back, min(when.end, now) - back
            return When(start=start, end=end, name=say_span(start, end, words, understanding, now), said=True)
        found = span_of([words], [], understanding, now, find_zone(guide), "past")
        if found is None or found.is_instant:
            return None
        name = say_span(found.start, found.end, words, understanding, now)
        return When(start=found.start, end=found.end, name=name, said=True)


def _as_far(then: When, when: When, now: datetime) -> When:
    """Return a span that is compared with one that is not over, cut to as much of it as is over."""
    if not when.start < now < when.end or then.end - then.start <= now - when.start:
        return then
    name = Text(f"{then.name.zh}同期", f"the same part of {then.name.en}")
    return When(start=then.start, end=then.start + (now - when.start), name=name, said=True)


def _root(guide: Guide) -> FeatureId:
    venue = guide.campus.venue
    return venue.id if venue is not None else FeatureId("site")


def _metric(understanding: Understanding) -> str:
    """Return the words that name what is measured; all of the request where none are marked."""
    said = " ".join((*understanding.values("metric"), *understanding.values("attribute")))
    return said if said and (named_in(said, "energy") or named_in(said, "sides")) else understanding.text


def _asks_now(understanding: Understanding, when: When) -> bool:
    """Return whether a request is about this moment: it says so, or asks for power and names no span."""
    if when.said and when.length > AN_HOUR:
        return False
    return says(understanding.text, "now") or (
        not when.said and named_in(_metric(understanding), "sides") == "power"
    )


def _medium(said: str) -> Medium:
    found = named_in(said, "energy")
    return Medium(found) if found is not None else Medium.ELECTRICITY


def _past(medium: Medium) -> str:
    return "generated" if medium is Medium.PV else "used"


def _of(medium: Medium) -> str:
    return "" if medium is Medium.PV else f"of {NAMES[medium].en} "


def _untold(total: MediumTotal, where: Where, when: When) -> Text:
    if total.note is not None:
        begin = when.name.en[:1].upper() + when.name.en[1:]
        return Text(f"{when.name.zh}：{total.note.zh}", f"{begin}: {total.note.en}")
    return Text(
        f"{where.name.zh}{when.name.zh}没有{total.name.zh}读数。",
        f"There are no {total.name.en} readings of {where.name.en} {when.name.en}.",
    )


def _count(rank: str, language: str) -> int:
    found = find_number(rank, language=language) if rank else None
    value = int(found.low) if found is not None and found.low else 1
    return min(max(value, 1), SHOWN)


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


def _over_time(
    title: Text, unit: str, times: Sequence[datetime], name: Text, values: tuple[float | None, ...]
) -> Card:
    known = [i for i, value in enumerate(values) if value is not None]
    top = max(known, key=lambda i: values[i] or 0.0) if known else None
    line = Line(name=name, values=values)
    return Card(
        kind="chart", chart=Chart(title=title, unit=unit, lines=(line,), times=tuple(times), marked=top)
    )


def _bars(title: Text, unit: str, rows: Sequence[tuple[Text, float]]) -> Card:
    line = Line(name=title, values=tuple(value for _, value in rows))
    return Card(
        kind="chart", chart=Chart(title=title, unit=unit, lines=(line,), names=tuple(n for n, _ in rows))
    )

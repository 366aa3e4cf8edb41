"""Answers on energy: how much, at what cost, which place most, compared with what, and what was unusual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yuanli.campus import Building, FeatureId, Level
from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import (
    OPERATORS,
    SIGN_IN,
    When,
    Where,
    as_far,
    change,
    clock_in,
    feature_name,
    figure,
    find_zone,
    is_member,
    is_operator,
    listed,
    refused,
    span_then,
    try_place,
    when_of,
    where_of,
)
from yuanli.operations.answering.devices import require_devices
from yuanli.operations.answering.energy_rankings import EnergyRankings
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
from yuanli.operations.answering.places import Ranked, chart_of, over_time
from yuanli.operations.answering.vocabulary import named_in, names_in
from yuanli.operations.energy import (
    Against,
    Energy,
    Medium,
    Period,
)
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity

CHARTED_HOURS, DAY = timedelta(days=4), timedelta(days=1)
FORETOLD = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyAnswers:
    """Answers questions on energy from the meters."""

    energy: Energy
    twin: Twin

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how much was used, what it cost or emitted, or what is drawn now."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        said = metric_of(understanding)
        side = named_in(said, "sides")
        if understanding.find("rank") or (
            names_in(understanding.text, "ranked") and not understanding.find("place")
        ):
            return self.compare(guide, understanding, asker, now)
        where, when = _where(guide, understanding, asker), when_of(guide, understanding, now)
        if side == "power" and not when.said:
            return self._power(guide, understanding, where, now)
        if side in ("cost", "carbon"):
            return self._cost(guide, understanding, asker, where, when, carbon=side == "carbon")
        medium = medium_of(said)
        if when.start >= now:
            return self._expected(guide, understanding, where, when, medium, now)
        return self._used(guide, understanding, where, when, medium)

    def compare(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Rank places, or set two of them or two spans beside each other."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        medium, when = medium_of(metric_of(understanding)), when_of(guide, understanding, now)
        places = [
            w for v in understanding.values("place") if (w := try_place(guide, v, understanding, asker))
        ]
        other = understanding.find("compare_to")
        beside = try_place(guide, other, understanding, asker) if other is not None else None
        if other is not None and (then := span_then(guide, other, understanding, when, now)) is not None:
            then = as_far(then, when, now)
            where = places[0] if places else where_of(guide, understanding, asker)
            return self._against_span(guide, understanding, where, when, then, medium)
        if beside is not None and beside.id is not None:
            places = [*places[:1], beside] if places else [where_of(guide, understanding, asker), beside]
        if len(places) == 1 and _is_ranked_kind(guide, understanding, places[0]):
            return self._used(guide, understanding, places[0], when, medium)
        if len({place.id for place in places}) > 1:
            return self._side_by_side(guide, understanding, places, when, medium)
        return EnergyRankings(energy=self.energy, twin=self.twin).answer(
            guide, understanding, asker, when, now
        )

    def _used(
        self, guide: Guide, understanding: Understanding, where: Where, when: When, medium: Medium
    ) -> Reply:
        summary = self.energy.summary(guide.campus.id, when.start, when.end, place=where.id, media=(medium,))
        total = summary.media[0]
        if total.amount is None:
            return Reply(text=untold(total, where, when), understanding=understanding)
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
            at = clock_in(total.peak.at.astimezone(find_zone(guide)), when)
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
        self,
        guide: Guide,
        understanding: Understanding,
        where: Where,
        when: When,
        medium: Medium,
        now: datetime,
    ) -> Reply:
        if max(when.start, when.end - DAY) - now > FORETOLD:
            text = Text(
                "只能预计未来 14 天之内的用量。",
                "What will be used can be foretold for the next 14 days only.",
            )
            return Reply(text=text, understanding=understanding)
        days = [when.start + day * DAY for day in range(-(-when.length // DAY))]
        each = [self.energy.expected(guide.campus.id, day, place=where.id, medium=medium) for day in days]
        told, hours = each[0], [h for day in each for h in day.hours if when.start <= h.start < when.end]
        if not hours:
            note = told.note or Text("数据还太少，没法预计。", "Too little is known to tell yet.")
            return Reply(text=note, understanding=understanding)
        total = sum(hour.mean for hour in hours)
        top = max(range(len(hours)), key=lambda i: hours[i].mean)
        at = clock_in(hours[top].start.astimezone(find_zone(guide)), when)
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
        why = told.why or Text("", "")
        text = Text(
            f"{where.name.zh}{when.name.zh}预计{NAMES[medium].zh}约 {amount}，{at.zh} 前后最高。{why.zh}",
            f"{where.name.en} is expected to use about {amount} {_of(medium)}{when.name.en}, most around {at.en}. "
            f"{why.en}".strip(),
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
        on_map = twin_map(guide, self.twin.state(guide.campus.id, now), TwinQuantity.POWER, where.id)
        times, values, unit = over_time(self.twin, guide, where, TwinQuantity.POWER, now - DAY, now)
        cards = (*chart_of(where, TwinQuantity.POWER, times, values, unit), *on_map)
        return Reply(text=text, understanding=understanding, cards=cards)

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
        media = media_of(understanding)
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
            return priced(value, unit, carbon=carbon)

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
        return Reply(text=text, understanding=understanding, cards=(bars(what, unit, rows),))

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
                text=untold(one, where, when) if one.amount is None else untold(other, where, then),
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
        return Reply(text=text, understanding=understanding, cards=(bars(where.name, one.unit, rows),))

    def _side_by_side(
        self, guide: Guide, understanding: Understanding, places: Sequence[Where], when: When, medium: Medium
    ) -> Reply:
        rows: list[tuple[Text, float]] = []
        placed: list[Ranked] = []
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
                if place.id is not None:
                    placed.append(Ranked(id=place.id, name=place.name, value=total.amount))
        rows.sort(key=lambda row: -row[1])
        placed.sort(key=lambda row: -row.value)
        told = listed([Text(f"{n.zh} {figure(v, unit)}", f"{n.en} {figure(v, unit)}") for n, v in rows])
        if rows:
            told = Text(f"{told.zh}。", f"{told.en}.")
        if len(rows) > 1 and rows[-1][1]:
            more = change(rows[0][1] / rows[-1][1] - 1)
            gap = Text(f"{rows[0][0].zh}{more.zh}。", f"{rows[0][0].en} used {more.en}.")
        else:
            gap = Text("", "")
        zh, en = "".join(t.zh for t in lost), " ".join(t.en for t in lost)
        text = Text(
            f"{when.name.zh}{NAMES[medium].zh}：{told.zh}{gap.zh}{zh}",
            " ".join(
                part
                for part in (f"{NAMES[medium].en.capitalize()} {when.name.en}:", told.en, gap.en, en)
                if part
            ),
        )
        on_map = ranked_map(guide, NAMES[medium], unit, placed, opens="power")
        cards = (bars(NAMES[medium], unit, rows), *on_map) if rows else ()
        return Reply(text=text, understanding=understanding, cards=cards)


def _is_ranked_kind(guide: Guide, understanding: Understanding, place: Where) -> bool:
    """Whether buildings are compared, or levels, and one of them is named alone: nothing of the kind is in it."""
    kind = {"building": Building, "level": Level}.get(named_in(understanding.text, "ranked") or "")
    return kind is not None and place.id is not None and isinstance(guide.campus.find(place.id), kind)


def _where(guide: Guide, understanding: Understanding, asker: Asker) -> Where:
    """Return the place that a question is about, or the meter or device that it names."""
    name = understanding.find("device_name")
    if name is None:
        return where_of(guide, understanding, asker)
    device = require_devices(guide.campus, name)[0]
    return Where(id=device.id, name=feature_name(guide.campus, device.id))


def _root(guide: Guide) -> FeatureId:
    venue = guide.campus.venue
    return venue.id if venue is not None else FeatureId("site")


def _past(medium: Medium) -> str:
    return "generated" if medium is Medium.PV else "used"


def _of(medium: Medium) -> str:
    return "" if medium is Medium.PV else f"of {NAMES[medium].en} "


def _over_time(
    title: Text, unit: str, times: Sequence[datetime], name: Text, values: tuple[float | None, ...]
) -> Card:
    known = [i for i, value in enumerate(values) if value is not None]
    top = max(known, key=lambda i: values[i] or 0.0) if known else None
    line = Line(name=name, values=values)
    return Card(
        kind="chart", chart=Chart(title=title, unit=unit, lines=(line,), times=tuple(times), marked=top)
    )

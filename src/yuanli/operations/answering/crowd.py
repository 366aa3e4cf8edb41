"""Answers on people: how many are where, how many will be, and how it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import numpy as np

from yuanli.campus import Unit
from yuanli.errors import Text
from yuanli.language import Understanding, find_threshold
from yuanli.operations.answering.asked import (
    SIGN_IN,
    When,
    Where,
    as_far,
    change,
    clock_in,
    figure,
    find_zone,
    is_member,
    listed,
    refused,
    span_then,
    when_of,
    where_of,
)
from yuanli.operations.answering.maps import ranked_map, twin_map
from yuanli.operations.answering.passing import find_passed
from yuanli.operations.answering.places import (
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
from yuanli.operations.answering.vocabulary import named_in, says
from yuanli.operations.expected_people import ExpectedPeople, PeopleForecasts
from yuanli.operations.guidance import Guide
from yuanli.operations.people_flow import PeopleCounts
from yuanli.operations.readings import Every
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import TwinQuantity

LONGEST = timedelta(days=14)
SHOWN, CALMER = 5, 0.9
NAME = Text("人数", "people")
KINDS = {
    "building": (PlaceKind.BUILDING,),
    "level": (PlaceKind.LEVEL,),
    "room": (PlaceKind.SPACE, PlaceKind.PLACE),
}
TOO_FEW = 5
"""Of places with fewer people only those who are signed in may know: it may tell who is there."""
SERVICES = ("foodservice", "restaurant", "cafe", "fitnessroom", "library", "lobby", "parking")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdAnswers:
    """Answers questions on people in places from the twin, and from what the nights forecast."""

    twin: Twin
    forecasts: PeopleForecasts
    passed: PeopleCounts

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how many people are somewhere, or where the most or fewest are."""
        where, when = where_of(guide, understanding, asker), when_of(guide, understanding, now)
        if not self._may(guide, where, asker):
            return refused(understanding, SIGN_IN)
        passed = self._passed(guide, understanding, asker, where, when, now)
        if passed is not None:
            return passed
        if when.said and when.end <= now:
            return self.trend(guide, understanding, asker, now)
        if when.said and when.start > now:
            return self.forecast(guide, understanding, asker, now)
        state = self.twin.state(guide.campus.id, now)
        kind = named_in(understanding.text, "ranked")
        if understanding.find("rank") or understanding.find("threshold") or (kind and where.id is None):
            return self._which(guide, understanding, asker, where, kind or "building", now)
        place = (
            site_of(state) if where.id is None else next((p for p in state.places if p.id == where.id), None)
        )
        told = None if place is None else value_of(place, TwinQuantity.PEOPLE)
        if told is None or told.value is None:
            return Reply(text=_nothing(where), understanding=understanding)
        people = round(told.value)
        if not is_member(asker) and people < TOO_FEW:
            text = Text(f"{where.name.zh}现在人很少。", f"There are few people in {where.name.en} now.")
            return Reply(text=text, understanding=understanding)
        within = _within(told.low, told.high, people)
        some = Text(f"有约 {people:,} 人", f"are about {people:,} people")
        if people == 0:
            some = Text("没有人", "is nobody")
        seats = _seats(guide, where)
        full = (
            Text(f"，约 {people / seats:.0%} 满", f", about {people / seats:.0%} full")
            if seats and people
            else Text("", "")
        )
        busiest = ranked(guide, state, TwinQuantity.PEOPLE, _below(place.kind if place else None), where)[:3]
        parts = [row for row in busiest if row.value >= TOO_FEW]
        most = listed([told_of(_whole(row), "") for row in parts])
        tail = (
            Text(f"人最多的是{most.zh}。", f"Most are in {most.en}.")
            if parts and is_member(asker)
            else Text("", "")
        )
        text = Text(
            f"{where.name.zh}现在{some.zh}{within.zh}{full.zh}。{tail.zh}",
            f"There {some.en} in {where.name.en} now{within.en}{full.en}. {tail.en}".strip(),
        )
        today = now.astimezone(find_zone(guide)).replace(hour=0, minute=0, second=0, microsecond=0)
        if now - today < timedelta(hours=1):
            today = now - timedelta(days=1)
        times, values, unit = over_time(self.twin, guide, where, TwinQuantity.PEOPLE, today, now)
        on_map = twin_map(guide, state, TwinQuantity.PEOPLE, where.id, least=_least(asker))
        cards = (*chart_of(where, TwinQuantity.PEOPLE, times, values, unit), *on_map)
        return Reply(text=text, understanding=understanding, cards=cards)

    def forecast(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say when a place will be how busy, by what was usual and by the last days."""
        where = where_of(guide, understanding, asker)
        if not self._may(guide, where, asker):
            return refused(understanding, SIGN_IN)
        when = when_of(guide, understanding, now, prefer="future")
        start, end = max(when.start, now), when.end
        if end <= now or start - now > LONGEST:
            text = Text("只能预计未来 14 天之内的人数。", "People can be foretold for the next 14 days only.")
            return Reply(text=text, understanding=understanding)
        expected = self.forecasts.expected(guide.campus, where.id, end - now, now)
        hours = [h for h in expected.hours if start <= h.at + timedelta(minutes=59) and h.at < end]
        if not hours:
            return Reply(text=_nothing(where), understanding=understanding)
        top = max(range(len(hours)), key=lambda i: hours[i].mean)
        peak, zone = hours[top], find_zone(guide)
        if peak.mean - min(h.mean for h in hours) < max(1.0, (peak.high_80 - peak.low_80) / 4):
            steady, made = f"{round(peak.mean):,}", _made(expected, zone)
            text = Text(
                f"{where.name.zh}{when.name.zh}预计没有明显的高峰，一直约 {steady} 人。{made.zh}",
                f"{where.name.en} {when.name.en} will have no clear peak: about {steady} all along.{made.en}",
            )
            return Reply(text=text, understanding=understanding)
        at, ends = (
            clock_in(peak.at.astimezone(zone), when),
            (peak.at + timedelta(hours=1)).astimezone(zone),
        )
        open_hours = [h for h in hours if h.mean >= 0.15 * peak.mean]
        quiet = min(open_hours, key=lambda h: h.mean)
        calm = clock_in(quiet.at.astimezone(zone), when)
        made = _made(expected, zone)
        people, few = f"{round(peak.mean):,}", f"{round(quiet.mean):,}"
        calmer = Text("", "")
        if quiet.mean < CALMER * peak.mean:
            calmer = Text(
                f"；{calm.zh} 前后人少一些，约 {few} 人",
                f"; it is quieter around {calm.en}, with about {few}",
            )
        within = f"{max(round(peak.low_80), 0):,}–{round(peak.high_80):,}"
        text = Text(
            f"{where.name.zh}{when.name.zh}预计 {at.zh}–{ends:%H:%M} 最挤，约 {people} 人（{within}）"
            f"{calmer.zh}。{made.zh}",
            f"{where.name.en} {when.name.en} will be busiest {at.en}–{ends:%H:%M}, with about {people} people "
            f"({within}){calmer.en}.{made.en}",
        )
        line = Line(
            name=Text("预计人数", "people expected"), values=tuple(h.mean for h in hours),
            low=tuple(max(h.low_80, 0.0) for h in hours), high=tuple(h.high_80 for h in hours),
        )  # fmt: skip
        title = Text(f"{where.name.zh}预计人数", f"{where.name.en}, people expected")
        chart = Chart(title=title, unit="", lines=(line,), times=tuple(h.at for h in hours), marked=top)
        return Reply(text=text, understanding=understanding, cards=(Card(kind="chart", chart=chart),))

    def trend(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how many people there were over a span: the peak, the mean, and against the span before."""
        where = where_of(guide, understanding, asker)
        if not self._may(guide, where, asker):
            return refused(understanding, SIGN_IN)
        told = self._passed(guide, understanding, asker, where, when_of(guide, understanding, now), now)
        if told is not None:
            return told
        when = when_of(guide, understanding, now, days=7)
        end = min(when.end, now)
        if end <= when.start:
            return self.forecast(guide, understanding, asker, now)
        if understanding.find("rank") and named_in(understanding.text, "ranked"):
            return self._most(guide, understanding, where, when, now)
        times, values, unit = over_time(self.twin, guide, where, TwinQuantity.PEOPLE, when.start, end)
        known = [(at, value) for at, value in zip(times, values, strict=True) if value is not None]
        if not known:
            return Reply(text=_nothing(where, when), understanding=understanding)
        top = max(known, key=lambda one: one[1])
        mean = sum(value for _, value in known) / len(known)
        other = understanding.find("compare_to")
        then = None if other is None else span_then(guide, other, understanding, when, now)
        then = None if then is None else as_far(then, when, now)
        begin, until = (
            (when.start - (end - when.start), when.start) if then is None else (then.start, then.end)
        )
        before = over_time(self.twin, guide, where, TwinQuantity.PEOPLE, begin, until)[1]
        earlier = [value for value in before if value is not None]
        past = sum(earlier) / len(earlier) if len(earlier) > len(known) / 2 else 0.0
        than = change(mean / past - 1) if past else None
        at = clock_in(top[0].astimezone(find_zone(guide)), when)
        if when.length <= timedelta(hours=1):
            text = Text(
                f"{where.name.zh}{when.name.zh}约有 {round(mean):,} 人。",
                f"There were about {round(mean):,} people in {where.name.en} at {when.name.en}.",
            )
            return Reply(text=text, understanding=understanding, cards=self._day(guide, where, top[0], end))
        said = Text("上一个同样长的时段", "in the span before") if then is None else then.name
        tail = Text(f"，比{said.zh}{than.zh}", f", {than.en} than {said.en}") if than else Text("", "")
        if then is not None and than is None:
            tail = Text(f"；{said.zh}没有数据，无法比较", f"; nothing is known of {said.en} to compare with")
        text = Text(
            f"{where.name.zh}{when.name.zh}人最多是 {at.zh}，约 {round(top[1]):,} 人；"
            f"平均 {figure(mean)} 人{tail.zh}。",
            f"{where.name.en} {when.name.en} was fullest at {at.en}, with about {round(top[1]):,} people; "
            f"{figure(mean)} on average{tail.en}.",
        )
        cards = chart_of(where, TwinQuantity.PEOPLE, times, values, unit, times.index(top[0]))
        return Reply(text=text, understanding=understanding, cards=cards)

    def _day(self, guide: Guide, where: Where, at: datetime, end: datetime) -> tuple[Card, ...]:
        """Return the curve of the day around a time, which is marked."""
        first = at.astimezone(find_zone(guide)).replace(hour=0, minute=0, second=0, microsecond=0)
        last = max(end, first + timedelta(days=1))
        times, values, unit = over_time(self.twin, guide, where, TwinQuantity.PEOPLE, first, last)
        marked = times.index(at) if at in times else None
        return chart_of(where, TwinQuantity.PEOPLE, times, values, unit, marked)

    def _which(
        self, guide: Guide, understanding: Understanding, asker: Asker, where: Where, kind: str, now: datetime
    ) -> Reply:
        kinds, state = KINDS.get(kind, KINDS["building"]), self.twin.state(guide.campus.id, now)
        rows = [
            _whole(row)
            for row in ranked(guide, state, TwinQuantity.PEOPLE, kinds, where)
            if row.value >= _least(asker)
        ]
        said = understanding.find("threshold")
        threshold = find_threshold(said, language=understanding.language) if said else None
        if threshold is not None:
            rows = [row for row in rows if fits(row.value, threshold, "")]
        if not rows:
            text = Text("现在没有这样的地方。", "There is no such place now.") if said else _nothing(where)
            return Reply(text=text, understanding=understanding)
        least = says(f"{understanding.find('rank') or ''} {understanding.text}", "least")
        ordered = rows[::-1] if least else [row for row in rows if row.value] or rows
        told = listed([told_of(row, "") for row in ordered[:3]])
        end = Text("人最少", "The fewest people are") if least else Text("人最多", "The most people are")
        text = Text(f"现在{end.zh}的是{told.zh}。", f"{end.en} in {told.en} now.")
        on_map = twin_map(guide, state, TwinQuantity.PEOPLE, ordered[0].id, ordered[:3], least=_least(asker))
        cards = (*bars_of(TwinQuantity.PEOPLE, "", ordered), *on_map)
        return Reply(text=text, understanding=understanding, cards=cards)

    def _most(
        self, guide: Guide, understanding: Understanding, where: Where, when: When, now: datetime
    ) -> Reply:
        """Rank the parts of a place by how many people were there on average."""
        kinds = KINDS.get(named_in(understanding.text, "ranked") or "building", KINDS["building"])
        state = self.twin.state(guide.campus.id, now)
        rows = {r.id: r for r in ranked(guide, state, TwinQuantity.PEOPLE, kinds, where)}
        told = self.twin.history(
            guide.campus.id, TwinQuantity.PEOPLE, when.start, min(when.end, now), every=Every.HOUR
        )
        found = [
            Ranked(id=i, name=row.name, value=round(float(np.mean(known)), 1))
            for i, row in rows.items()
            if (known := [v for v in told.values.get(i, ()) if v is not None])
        ]
        least = says(f"{understanding.find('rank') or ''}", "least")
        ordered = sorted(found, key=lambda row: row.value if least else -row.value)
        if not ordered:
            return Reply(text=_nothing(where, when), understanding=understanding)
        names = listed([told_of(row, "") for row in ordered[:3]])
        end = Text("人最少", "the fewest people") if least else Text("人最多", "the most people")
        text = Text(
            f"{when.name.zh}平均{end.zh}的是{names.zh}。",
            f"On average {end.en} {when.name.en} were in {names.en}.",
        )
        cards = (
            *bars_of(TwinQuantity.PEOPLE, "", ordered),
            *ranked_map(guide, NAME, "", ordered, opens="people"),
        )
        return Reply(text=text, understanding=understanding, cards=cards)

    def _passed(
        self,
        guide: Guide,
        understanding: Understanding,
        asker: Asker,
        where: Where,
        when: When,
        now: datetime,
    ) -> Reply | None:
        """Say who came in and went out, where that is asked of a day that has begun."""
        if when.start > now:
            return None
        return find_passed(self.passed, guide, understanding, where, when, now, least=_least(asker))

    def _may(self, guide: Guide, where: Where, asker: Asker) -> bool:
        """Whether somebody may know: of rooms that are no public service only members."""
        place = None if where.id is None else guide.campus.find(where.id)
        return is_member(asker) or not isinstance(place, Unit) or place.category in SERVICES


def _least(asker: Asker) -> float:
    """Return how many people a place has to hold for somebody to be told of it."""
    return 0.0 if is_member(asker) else TOO_FEW


def _made(expected: ExpectedPeople, zone: tzinfo) -> Text:
    """Return when a night made the forecast, unless it was computed for the answer, and what it hangs on."""
    why = expected.why or Text("", "")
    if expected.made_at is None:
        return Text(why.zh, f" {why.en}".rstrip())
    local = expected.made_at.astimezone(zone)
    return Text(
        f"（{local:%m-%d %H:%M} 的预测）{why.zh}", f" (forecast made {local:%m-%d %H:%M}) {why.en}".rstrip()
    )


def _within(low: float | None, high: float | None, people: int) -> Text:
    if low is None or high is None or round(low) == round(high) == people:
        return Text("", "")
    return Text(
        f"（估计 {max(round(low), 0):,}–{round(high):,}）",
        f" (estimated {max(round(low), 0):,}–{round(high):,})",
    )


def _seats(guide: Guide, where: Where) -> int | None:
    place = None if where.id is None else guide.campus.find(where.id)
    return place.capacity if isinstance(place, Unit) and place.capacity else None


def _below(kind: PlaceKind | None) -> tuple[PlaceKind, ...]:
    return {
        PlaceKind.SITE: (PlaceKind.BUILDING,), PlaceKind.BUILDING: (PlaceKind.LEVEL,),
        PlaceKind.LEVEL: (PlaceKind.SPACE,),
    }.get(kind or PlaceKind.SPACE, ())  # fmt: skip


def _whole(row: Ranked) -> Ranked:
    return Ranked(id=row.id, name=row.name, value=float(round(row.value)))


def _nothing(where: Where, when: When | None = None) -> Text:
    if when is not None and when.said:
        return Text(
            f"{where.name.zh}{when.name.zh}没有人数数据。",
            f"Nobody counted the people in {where.name.en} {when.name.en}.",
        )
    return Text(
        f"{where.name.zh}没有人数数据：没有计数器或传感器，或者它最近没有上报。",
        f"Nobody counts the people in {where.name.en}, or the counter sent nothing lately.",
    )

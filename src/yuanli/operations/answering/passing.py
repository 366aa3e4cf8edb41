"""Answers on who came in and went out, by the counters at doors and gates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from yuanli.campus import FeatureId
from yuanli.errors import Text, YuanliError
from yuanli.language import Understanding
from yuanli.operations.answering.asked import (
    PLACE_SLOTS,
    When,
    Where,
    as_far,
    change,
    feature_name,
    find_zone,
    span_then,
    text_of,
)
from yuanli.operations.answering.maps import ranked_map
from yuanli.operations.answering.places import Ranked
from yuanli.operations.answering.vocabulary import is_one_of, named_in
from yuanli.operations.guidance import Guide
from yuanli.operations.people_flow import Entrance, PeopleCounts, PeopleFlow
from yuanli.operations.replies import Card, Chart, Line, Reply

HOUR, WHOLE_DAY, MOST_DAYS = timedelta(hours=1), timedelta(hours=23), timedelta(days=30)
IN, OUT = Text("进", "in"), Text("出", "out")


def find_passed(
    people: PeopleCounts, guide: Guide, understanding: Understanding, where: Where, when: When, now: datetime,
    *, least: float,
) -> Reply | None:  # fmt: skip
    """Say how many came in or went out by a door, or by those of a place, on a day; None where it was not asked.

    Parameters
    ----------
    least
        Fewer people are not told to who asks: neither in the answer nor in an hour or at a door.
    """
    way = named_in(understanding.text, "passing")
    if way is None:
        return None
    asked = _door(guide, understanding) or where.id
    flow = _over(people, guide, asked, when, now)
    if not flow.entrances and asked != where.id:
        asked, flow = where.id, _over(people, guide, where.id, when, now)
    name = where.name if asked == where.id else feature_name(guide.campus, FeatureId(asked or ""))
    if not flow.entrances:
        text = Text(f"{name.zh}的门没有客流计。", f"No door of {name.en} counts people.")
        return Reply(text=text, understanding=understanding)
    if all(hour.entered is None and hour.left is None for hour in flow.hours):
        text = Text(
            f"{name.zh}的客流计{when.name.zh}没有上报。", f"The people counters of {name.en} sent nothing {_on(when)}."
        )  # fmt: skip
        return Reply(text=text, understanding=understanding)
    told = _told(flow, name, when, way, least, door=asked != where.id)
    other = understanding.find("compare_to")
    then = None if other is None else span_then(guide, other, understanding, when, now)
    if then is not None:
        before = _over(people, guide, asked, as_far(then, when, now), now)
        more = _against(flow, before, as_far(then, when, now), way, least)
        told = Text(told.zh + more.zh, f"{told.en} {more.en}")
    return Reply(
        text=told, understanding=understanding,
        cards=(*_chart(flow, name, way, least), *_map(guide, flow, way, least)),
    )  # fmt: skip


def _over(
    people: PeopleCounts, guide: Guide, place: FeatureId | None, when: When, now: datetime
) -> PeopleFlow:
    """Return who passed over a span: of days their sums, of a part of a day its hours; a month at most."""
    zone = find_zone(guide)
    start, end = when.start.astimezone(zone), min(when.end, max(now, when.start + HOUR)).astimezone(zone)
    days = min((end - timedelta(microseconds=1)).date() - start.date(), MOST_DAYS)
    flows = [
        people.day(guide.campus.id, start.date() + timedelta(days=day), place, now) for day in range(days.days + 1)
    ]  # fmt: skip
    hours = tuple(hour for flow in flows for hour in flow.hours if start <= hour.start < end)
    if when.length < WHOLE_DAY:
        entered, left = sum(hour.entered or 0 for hour in hours), sum(hour.left or 0 for hour in hours)
        return replace(flows[0], hours=hours, entered=entered, left=left, entrances=flows[0].entrances[:1])
    sums: dict[FeatureId, Entrance] = {}
    for one in (entrance for flow in flows for entrance in flow.entrances):
        before = sums.get(one.id)
        sums[one.id] = one if before is None else replace(
            one, entered=one.entered + before.entered, left=one.left + before.left
        )  # fmt: skip
    return replace(
        flows[0], hours=hours, entered=sum(flow.entered for flow in flows), left=sum(flow.left for flow in flows),
        entrances=tuple(sorted(sums.values(), key=lambda one: -one.entered - one.left)),
    )  # fmt: skip


def _door(guide: Guide, understanding: Understanding) -> FeatureId | None:
    """Return the door or gate that was named, as it is, not the level that it is on."""
    for slot in PLACE_SLOTS:
        said = understanding.find(slot)
        if said and not is_one_of(said, "site"):
            try:
                return guide.resolve(said, language=understanding.language).stop.feature_id
            except YuanliError:  # it is a word for a kind of place, or "here"
                continue
    return None


def _told(flow: PeopleFlow, name: Text, when: When, way: str, least: float, *, door: bool) -> Text:
    came, left, on = flow.entered, flow.left, _on(when)
    if max(came, left) < least:
        return Text(f"{name.zh}{when.name.zh}进出的人很少。", f"Few people passed {name.en} {on}.")
    shown = [round(number) if number >= least else 0 for number in (came, left)]
    tail = _busiest(flow, way, least)
    went, came_in = ("went out through", "came in through") if door else ("left", "came into")
    if way == "out":
        return Text(
            f"{name.zh}{when.name.zh}出了 {shown[1]:,} 人，进了 {shown[0]:,} 人。{tail.zh}",
            f"{shown[1]:,} people {went} {name.en} {on}, and {shown[0]:,} came in.{tail.en}",
        )
    return Text(
        f"{name.zh}{when.name.zh}进了 {shown[0]:,} 人，出了 {shown[1]:,} 人。{tail.zh}",
        f"{shown[0]:,} people {came_in} {name.en} {on}, and {shown[1]:,} went out.{tail.en}",
    )


def _against(flow: PeopleFlow, before: PeopleFlow, then: When, way: str, least: float) -> Text:
    """Say how many passed in the span that is compared with."""
    new, old = (one.left if way == "out" else one.entered for one in (flow, before))
    if all(hour.entered is None and hour.left is None for hour in before.hours):
        return Text(f"{then.name.zh}客流计没有上报，无法比较。",
                    f"The counters sent nothing {_on(then)}: there is nothing to compare with.")  # fmt: skip
    if min(new, old) < least or old <= 0:
        return Text(f"{then.name.zh}进出的人很少。", f"Few people passed {_on(then)}.")
    than = change(new / old - 1)
    went, went_en = ("出", "went out") if way == "out" else ("进", "came in")
    return Text(
        f"{then.name.zh}{went}了 {round(old):,} 人，相比{than.zh}。",
        f"{round(old):,} {went_en} {_on(then)}: that is {than.en}.",
    )


def _on(when: When) -> str:
    """Return a span as English says when: on a date, or its words."""
    return f"on {when.name.en}" if when.name.en[:1].isdigit() else when.name.en


def _busiest(flow: PeopleFlow, way: str, least: float) -> Text:
    if len(flow.entrances) < 2 or (top := _of(flow.entrances[0], way)) < least:
        return Text("", "")
    named = text_of(flow.entrances[0].name, flow.entrances[0].id)
    return Text(f"其中{named.zh}最多，{round(top):,} 人。", f" {named.en} had the most, {round(top):,}.")


def _of(one: Entrance, way: str) -> float:
    return one.left if way == "out" else one.entered


def _chart(flow: PeopleFlow, name: Text, way: str, least: float) -> tuple[Card, ...]:
    """Return both ways hour by hour; hours with too few people are left out."""
    hours = flow.hours
    ways = {
        "in": [hour.entered for hour in hours],
        "out": [hour.left for hour in hours],
    }
    told = {one: tuple(None if n is None or n < least else n for n in values) for one, values in ways.items()}
    known = [(n, at) for at, n in enumerate(told[way]) if n is not None]
    if not known:
        return ()
    lines = tuple(Line(name=IN if one == "in" else OUT, values=values) for one, values in told.items())
    chart = Chart(
        title=Text(f"{name.zh}每小时进出人数", f"{name.en}, people in and out by the hour"), unit="", lines=lines,
        times=tuple(hour.start for hour in hours), marked=max(known)[1],
    )  # fmt: skip
    return (Card(kind="chart", chart=chart),)


def _map(guide: Guide, flow: PeopleFlow, way: str, least: float) -> tuple[Card, ...]:
    rows = [
        Ranked(id=one.id, name=text_of(one.name, one.id), value=round(_of(one, way)))
        for one in sorted(flow.entrances, key=lambda one: -_of(one, way))
        if _of(one, way) >= least
    ]
    title = (
        Text("出门人数", "people who went out") if way == "out" else Text("进门人数", "people who came in")
    )
    return ranked_map(guide, title, "", rows, opens="people")

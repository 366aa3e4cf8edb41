"""How much rooms are used, in words: the least or most used, one place, who does not come, what could be saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanli.campus import FeatureId, Unit
from yuanli.errors import Text
from yuanli.language import Understanding, find_number, find_threshold
from yuanli.operations.answering.asked import (
    SIGN_IN,
    When,
    feature_name,
    is_member,
    listed,
    place_of,
    refused,
    when_of,
)
from yuanli.operations.answering.how_many import people_asked, thing_asked, told_number
from yuanli.operations.answering.places import fits
from yuanli.operations.answering.vocabulary import is_one_of, says
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply
from yuanli.operations.reservations import (
    RoomUsage,
    SpaceUsage,
    UsageRow,
    UsageWish,
    categories_said,
    is_kind,
)
from yuanli.operations.size_curves import (
    SizeCurve,
    SizeCurves,
    SizeError,
    SizeThing,
    SizeWish,
    UnknownDemandError,
)

DAYS = 7
MEETING = "meeting room"
SHOWN = 8
NAMED = 3
PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageAnswers:
    """Answers `space_utilization` from reservations and sensors."""

    usage: RoomUsage
    sizes: SizeCurves

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say how rooms were used: of a place, ranked, or who did not come."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        when = when_of(guide, understanding, now, prefer="past", days=DAYS)
        wish, name = self._wish(guide, understanding, asker, when)
        thing = thing_asked(understanding)
        if thing is not None and thing is not SizeThing.ROOMS:
            return Reply(
                text=self._number(guide, thing, wish.place, understanding, now), understanding=understanding
            )
        told = self.usage.measure(guide.campus.id, wish, now)
        absent = says(understanding.text, "absent")
        rows = _ranked(told, understanding, absent)
        one = len(told.rows) == 1
        parts = [_whole(told, name, when)]
        enough = thing is SizeThing.ROOMS or says(understanding.text, "sufficient")
        if enough and set(wish.categories) <= set(categories_said(MEETING)):
            parts.insert(0, self._enough(guide, wish.place, now))
        if rows and not one:
            parts.append(_ranking(rows, understanding, absent))
        if told.suggestions:
            best = told.suggestions[0].text
            parts.append(Text(f"建议：{best.zh}", f"Suggestion: {best.en}"))
        text = Text("".join(part.zh for part in parts), " ".join(part.en for part in parts))
        return Reply(text=text, understanding=understanding, cards=_chart(rows or told.rows, absent))

    def _number(
        self, guide: Guide, thing: SizeThing, place: FeatureId | None, heard: Understanding, now: datetime
    ) -> Text:
        """Say how many of a thing are needed."""
        if (
            place is not None
            and isinstance(guide.campus.find(place), Unit)
            and (spot := guide.campus.spot(place))
        ):
            place = spot.building_id
        where = Text("全园", "The campus") if place is None else feature_name(guide.campus, place)
        try:
            wish = SizeWish(thing=thing, place=place, people=people_asked(heard.text))
            return told_number(self.sizes.curve(guide.campus.id, wish, now), where)
        except (SizeError, UnknownDemandError) as error:
            hint = error.hint or Text("", "")
            return Text(f"{error.message.zh}{hint.zh}", f"{error.message.en} {hint.en}".rstrip())

    def _enough(self, guide: Guide, place: FeatureId | None, now: datetime) -> Text:
        """Say how many meeting rooms of each size are needed by what was booked, beside how many there are."""
        try:
            curve = self.sizes.curve(guide.campus.id, SizeWish(thing=SizeThing.ROOMS, place=place), now)
        except (SizeError, UnknownDemandError) as error:
            return Text(
                f"推算不出需要几间：{error.message.zh}",
                f"How many are needed can't be told: {error.message.en}",
            )
        return told_sizes(curve)

    def _wish(self, guide: Guide, heard: Understanding, asker: Asker, when: When) -> tuple[UsageWish, Text]:
        """Return what is asked of, and what that is called."""
        kinds = [*heard.values("room_type")]
        place, name = None, Text("可预订房间", "the bookable rooms")
        for said in (*heard.values("place"), *heard.values("room")):
            if is_kind(said):
                kinds.append(said)
            elif not is_one_of(said, "site"):
                found = place_of(guide, said, heard.language, asker)
                if found.id is not None:
                    place, name = found.id, feature_name(guide.campus, found.id)
        categories = tuple(dict.fromkeys(one for kind in kinds for one in categories_said(kind)))
        if categories and place is not None:
            name = Text(f"{name.zh}的房间", f"rooms in {name.en}")
        elif categories:
            said = kinds[0]
            name = Text(said, "these rooms") if heard.language == "zh" else Text("这类房间", said)
        return UsageWish(start=when.start, end=when.end, place=place, categories=categories), name


def told_sizes(curve: SizeCurve) -> Text:
    """Say how many rooms of each size are needed, and how many there are."""
    rows = [
        (size.seats, size.enough, size.number, sum(one.enough for one in curve.sizes[i:]) > size.larger)
        for i, size in enumerate(curve.sizes)
    ]
    few = [seats for seats, _, _, short in rows if short]
    zh = "、".join(f"{seats} 座需 {need} 间（现有 {there}）" for seats, need, there, _ in rows)
    en = ", ".join(f"{need} of {seats} seats ({there} there)" for seats, need, there, _ in rows)
    verdict = Text("够用", "There are enough") if not few else Text(
        f"不够：{'、'.join(map(str, few))} 座及以上的会议室不足",
        f"There are too few of {', '.join(map(str, few))} seats or more",
    )  # fmt: skip
    return Text(
        f"{verdict.zh}：需要 {curve.enough} 间，现有 {curve.number} 间；{zh}。最忙一小时里找不到房间的会议不超过 "
        f"{curve.chance:.0%}；{curve.sources[0].zh}",
        f"{verdict.en}: {curve.enough} are needed, {curve.number} are there; {en}. At most {curve.chance:.0%} of "
        f"the meetings of the busiest hour find none; {curve.sources[0].en}",
    )


def _whole(told: SpaceUsage, name: Text, when: When) -> Text:
    total = told.total
    zh = [f"预订了 {_percent(total.booked)}"]
    en = [f"{_percent(total.booked)} of the open time was booked"]
    if total.occupied is not None:
        zh.append(f"实际有人 {_percent(total.occupied)}（最高 {_percent(total.peak)}）")
        en.append(f"{_percent(total.occupied)} occupied (peak {_percent(total.peak)})")
    else:
        zh.append("没有传感器数据")
        en.append("no sensor told who was there")
    if total.bookings:
        zh.append(f"{total.bookings} 次预订中 {total.no_shows} 次没人来")
        en.append(f"nobody came to {total.no_shows} of {total.bookings} bookings")
    if total.unbooked_use:
        zh.append(f"{_percent(total.unbooked_use)} 的使用没有预订")
        en.append(f"{_percent(total.unbooked_use)} of the use was not booked")
    return Text(
        f"{name.zh}（{total.rooms} 间）{when.name.zh}开放时间内{'，'.join(zh)}。",
        f"{name.en[:1].upper()}{name.en[1:]} ({total.rooms} rooms), {when.name.en}: {', '.join(en)}.",
    )


def _ranked(told: SpaceUsage, heard: Understanding, absent: bool) -> tuple[UsageRow, ...]:
    """Return the rooms that are told: with most no-shows, least or most used, or that fulfil a condition."""
    if absent:
        rows = [row for row in told.rows if row.no_shows]
        return tuple(sorted(rows, key=lambda row: (-row.no_shows / row.bookings, row.name.en)))
    rows = [row for row in told.rows if _share(row) is not None]
    said = heard.find("threshold")
    threshold = find_threshold(said, language=heard.language) if said else None
    if threshold is not None:
        rows = [row for row in rows if fits((_share(row) or 0.0) * PERCENT, threshold, "%")]
    rank = " ".join((*heard.values("rank"), heard.text))
    if says(rank, "most") and not says(rank, "least"):
        rows.reverse()
    count = next((n for r in heard.values("rank") if (n := find_number(r, language=heard.language))), None)
    most = 0 if count is None else round(count.high or count.low or 0)
    return tuple(rows[:most]) if most >= 1 else tuple(rows)


def _ranking(rows: Sequence[UsageRow], heard: Understanding, absent: bool) -> Text:
    said = []
    for row in rows[:NAMED]:
        value = f"{row.no_shows}/{row.bookings}" if absent else _percent(_share(row))
        said.append(Text(f"{row.name.zh}（{value}）", f"{row.name.en} ({value})"))
    if absent:
        return Text(f"没人来最多的是{listed(said).zh}。", f"Most no-shows: {listed(said).en}.")
    most = says(heard.text, "most") and not says(heard.text, "least")
    if heard.find("threshold"):
        return Text(
            f"符合条件的有 {len(rows)} 间：{listed(said).zh}。", f"{len(rows)} fit: {listed(said).en}."
        )
    if most:
        return Text(f"用得最多的是{listed(said).zh}。", f"Used most: {listed(said).en}.")
    return Text(f"用得最少的是{listed(said).zh}。", f"Used least: {listed(said).en}.")


def _chart(rows: Sequence[UsageRow], absent: bool) -> tuple[Card, ...]:
    shown = rows[:SHOWN]
    if not shown:
        return ()
    names = tuple(row.name for row in shown)
    if absent:
        line = Line(name=Text("没人来", "no-shows"), values=tuple(float(row.no_shows) for row in shown))
        called = Text("没人来的预订", "No-shows")
        return (Card(kind="chart", chart=Chart(title=called, unit="", lines=(line,), names=names)),)
    both = (
        Line(name=Text("预订", "booked"), values=tuple(_hundred(row.booked) for row in shown)),
        Line(name=Text("有人", "occupied"), values=tuple(_hundred(row.occupied) for row in shown)),
    )
    lines = tuple(line for line in both if any(v is not None for v in line.values))
    title = Text("开放时间的使用率", "Use of the open time")
    return (Card(kind="chart", chart=Chart(title=title, unit="%", lines=lines, names=names)),)


def _share(row: UsageRow) -> float | None:
    return row.occupied if row.occupied is not None else row.booked


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _hundred(share: float | None) -> float | None:
    return None if share is None else round(share * PERCENT, 1)

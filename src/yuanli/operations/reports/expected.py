"""What is expected of the day after a report is made: loads and people, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from yuanli.errors import Text
from yuanli.operations.energy import Energy, Medium
from yuanli.operations.expected_people import PeopleForecasts
from yuanli.operations.replies import Chart, Line
from yuanli.operations.reports.blocks import Block, Picture, Sentence, Table
from yuanli.operations.reports.subject import Names, Subject

EXPECTED: Names = (("介质", "Medium"), ("预计全天", "Expected"), ("单位", "Unit"), ("最高的一小时", "Highest hour"),
                   ("时刻", "When"), ("80% 区间", "80 % interval"))  # fmt: skip
NAMES = {
    Medium.ELECTRICITY: Text("用电", "Electricity"), Medium.WATER: Text("用水", "Water"),
    Medium.GAS: Text("用气", "Gas"), Medium.HEAT: Text("用热", "Heat"), Medium.PV: Text("光伏发电", "Solar power"),
}  # fmt: skip
PEOPLE = Text("预计人数", "People expected")


def expected_blocks(energy: Energy, forecasts: PeopleForecasts, of: Subject) -> Iterator[Block]:
    """Yield the expected use of each medium and the expected people of tomorrow, by the park's clock."""
    midnight = of.now.astimezone(of.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = midnight + timedelta(days=1), midnight + timedelta(days=2)
    rows, pictures = [], list[Picture]()
    for medium in Medium:
        told = energy.expected(of.campus_id, start, place=of.place, medium=medium)
        hours = [hour for hour in told.hours if start <= hour.start < end]
        if not hours:
            continue
        top = max(hours, key=lambda hour: hour.mean)
        within = f"{top.low:,.0f} – {top.high:,.0f}"
        rows.append(
            (of.say(NAMES[medium]), sum(hour.mean for hour in hours), told.unit, top.mean, top.start, within)
        )
        line = Line(
            name=NAMES[medium], values=tuple(hour.mean for hour in hours),
            low=tuple(hour.low for hour in hours), high=tuple(hour.high for hour in hours),
        )  # fmt: skip
        times = tuple(hour.start for hour in hours)
        pictures.append(Picture(chart=Chart(title=NAMES[medium], unit=told.unit, lines=(line,), times=times)))
    people = tuple(_people(forecasts, of, start, end))
    if rows or people:
        yield Sentence(text=of.say(Text(f"{start:%Y-%m-%d} 的预测。", f"Expected of {start:%Y-%m-%d}.")))
    if rows:
        title = of.say(Text("预计用量", "Expected use"))
        yield Table(title=title, headers=of.headers(EXPECTED), rows=tuple(rows))
    yield from pictures
    yield from people


def _people(forecasts: PeopleForecasts, of: Subject, start: datetime, end: datetime) -> Iterator[Block]:
    told = forecasts.expected(of.campus, of.place, end - of.now, of.now)
    hours = [hour for hour in told.hours if start <= hour.at < end]
    if not hours:
        return
    top = max(hours, key=lambda hour: hour.mean)
    at = f"{top.at.astimezone(of.zone):%H:%M}"
    within = f"{max(top.low_80, 0):,.0f}–{top.high_80:,.0f}"
    yield Sentence(
        text=of.say(
            Text(
                f"预计 {at} 人最多，约 {top.mean:,.0f} 人（{within}）。",
                f"Most people are expected at {at}: about {top.mean:,.0f} ({within}).",
            )
        )
    )
    line = Line(
        name=PEOPLE, values=tuple(hour.mean for hour in hours), low=tuple(max(hour.low_80, 0.0) for hour in hours),
        high=tuple(hour.high_80 for hour in hours),
    )  # fmt: skip
    yield Picture(chart=Chart(title=PEOPLE, unit="", lines=(line,), times=tuple(hour.at for hour in hours)))

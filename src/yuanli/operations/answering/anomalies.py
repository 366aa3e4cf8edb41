"""Answers on unusual consumption: where, how much more, since when, and why it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.anomalies import Anomalies
from yuanli.operations.anomaly_scene import AnomalyKind, AnomalyQuery, FoundAnomaly
from yuanli.operations.answering.asked import (
    SIGN_IN,
    clock,
    figure,
    find_zone,
    is_operator,
    money,
    refused,
    text_of,
    when_of,
    where_of,
)
from yuanli.operations.answering.vocabulary import says
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Card, Chart, Line, Reply

ENERGY = frozenset({AnomalyKind.ENERGY, AnomalyKind.BASE_LOAD, AnomalyKind.WATER_LEAK})
LEAKS = frozenset({AnomalyKind.WATER_LEAK})
TOLD = 3
OPERATORS = Text("用能异常只对园区运营人员开放。", "Only the park's operators may see what is unusual.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyAnswers:
    """Answers questions on what is unusual."""

    anomalies: Anomalies

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say what was unusual, the worst first, with its cost so far and the likely cause."""
        if not is_operator(asker):
            return refused(understanding, OPERATORS if "member" in asker.roles else SIGN_IN)
        where, when = where_of(guide, understanding, asker), when_of(guide, understanding, now, days=3)
        leaks = says(understanding.text, "leaks")
        query = AnomalyQuery(kinds=LEAKS if leaks else ENERGY, place=where.id)
        report = self.anomalies.find(guide.campus.id, when.start, when.end, now, query)
        found = sorted(
            report.anomalies, key=lambda one: (-one.severity, -(one.excess_kwh or 0.0), -one.score)
        )
        if not report.checked:
            text = Text(
                f"{when.name.zh}之前的历史不足三周，还判断不了什么是异常。",
                f"Less than three weeks are known from before {when.name.en}: nobody can tell what is unusual yet.",
            )
            return Reply(text=text, understanding=understanding)
        if not found:
            what = Text("漏水", "No leak") if leaks else Text("用能异常", "Nothing unusual")
            text = Text(
                f"{where.name.zh}{when.name.zh}没有发现{what.zh}（检查了 {report.checked} 个点位）。",
                f"{what.en} was found in {where.name.en} {when.name.en} (of {report.checked} points).",
            )
            return Reply(text=text, understanding=understanding)
        worst = {(one.place, one.kind): one for one in reversed(found)}
        told = [_told(guide, one, report.currency, when.start) for one in [*reversed(worst.values())][:TOLD]]
        text = Text(
            f"{where.name.zh}{when.name.zh}有 {len(found)} 处用能异常：{'；'.join(t.zh for t in told)}。",
            f"{len(found)} unusual in {where.name.en} {when.name.en}: {'; '.join(t.en for t in told)}.",
        )
        return Reply(text=text, understanding=understanding, cards=_chart(found[0]))


def _told(guide: Guide, one: FoundAnomaly, currency: str | None, start: datetime) -> Text:
    place = text_of(one.place_name, one.place or "")
    at = clock(one.start.astimezone(find_zone(guide)), start)
    zh, en = f"{place.zh}{one.title.zh}，{at.zh} 起", f"{place.en}: {one.title.en}, since {at.en}"
    if one.excess_kwh is not None:
        zh, en = (
            f"{zh}，多用 {figure(one.excess_kwh, 'kWh')}",
            f"{en}, {figure(one.excess_kwh, 'kWh')} too much",
        )
    if one.cost is not None and currency is not None:
        cost = money(one.cost, currency)
        zh, en = f"{zh}（{cost.zh}）", f"{en} ({cost.en})"
    if one.causes:
        zh, en = f"{zh}，可能是{one.causes[0].zh}", f"{en}; likely {one.causes[0].en}"
    return Text(zh.rstrip("。"), en.rstrip("."))


def _chart(one: FoundAnomaly) -> tuple[Card, ...]:
    if not one.series:
        return ()
    lines = [Line(name=Text("实测", "measured"), values=tuple(s.value for s in one.series))]
    if any(s.expected is not None for s in one.series):
        lines.append(Line(name=Text("预期", "expected"), values=tuple(s.expected for s in one.series)))
    times = tuple(s.at for s in one.series)
    return (
        Card(
            kind="chart", chart=Chart(title=one.title, unit=one.unit or "", lines=tuple(lines), times=times)
        ),
    )

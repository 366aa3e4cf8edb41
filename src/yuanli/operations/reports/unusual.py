"""What was unusual in the span of a report, how many alarms each point raised, and what its meters saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from yuanli.campus import PointId
from yuanli.errors import Text
from yuanli.forecast import InvalidSavingsError, NoBaselineError
from yuanli.operations.anomalies import Anomalies
from yuanli.operations.anomaly_scene import AnomalyQuery
from yuanli.operations.energy import Energy, Medium
from yuanli.operations.reports.blocks import Block, Sentence, Table
from yuanli.operations.reports.subject import MOST_ROWS, Names, Subject, percent
from yuanli.operations.savings import (
    NotAMeterError,
    SavingsMeasurement,
    SavingsPeriod,
    SavingsReport,
)

WORST, METERS = 20, 12
"""Anomalies that are told one by one, and meters at most whose savings are measured."""
BASELINES = (timedelta(days=364), timedelta(days=182), timedelta(days=98))
"""How long a baseline is: the longest that is measured."""
UNUSUAL: Names = (("地点", "Place"), ("异常", "Anomaly"), ("开始", "Since"), ("结束", "Until"),
                  ("多用（kWh）", "Too much (kWh)"), ("费用", "Cost"), ("可能的原因", "Likely cause"))  # fmt: skip
VOLUME: Names = (("点位", "Point"), ("编号", "Id"), ("告警数", "Alarms"), ("每周", "A week"))
SAVED: Names = (("表", "Meter"), ("基准期起", "Baseline from"), ("实用（kWh）", "Used (kWh)"),
                ("预期（kWh）", "Expected (kWh)"), ("节约（kWh）", "Saved (kWh)"), ("区间", "Interval"),
                ("节约率", "Share"), ("可信", "Sure"))  # fmt: skip


def anomaly_blocks(anomalies: Anomalies, of: Subject) -> Iterator[Block]:
    """Yield how much was unusual, what it cost, the worst with its likely cause, and alarms by point and week."""
    query = AnomalyQuery(place=of.place)
    report = anomalies.find(of.campus_id, of.start, of.end, of.now, query)
    if not report.checked:
        return
    currency = report.currency or ""
    costs = [one.cost for one in report.anomalies if one.cost is not None]
    cost = f"{sum(costs):,.2f} {currency}"
    spent = Text(f"，至今多花 {cost}", f"; they cost {cost} so far") if costs else Text("", "")
    going = sum(one.ongoing for one in report.anomalies)
    yield Sentence(
        text=of.say(
            Text(
                f"检查了 {report.checked} 个点位，发现 {report.total} 处异常，{going} 处仍在持续{spent.zh}；"
                f"平均每个点位每周 {report.per_point_week:.2f} 条。",
                f"{report.checked} points were judged: {report.total} anomalies, {going} of them go on{spent.en}; "
                f"{report.per_point_week:.2f} a point and week.",
            )
        )
    )
    if report.start > of.start or report.end < of.end:
        zone = of.zone
        begun, ended = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (report.start, report.end))
        yield Sentence(
            text=of.say(Text(f"只看了 {begun} – {ended}。", f"Only {begun} – {ended} was looked at.")),
            warns=True,
        )
    if not report.anomalies:
        return
    yield Table(
        title=of.say(Text("最严重的异常", "The worst anomalies")), headers=of.headers(UNUSUAL),
        rows=tuple(
            (
                of.named(one.place_name, one.place or ""), of.say(one.title), one.start,
                of.say(Text("持续中", "goes on")) if one.ongoing else one.end, one.excess_kwh, one.cost,
                of.say(one.causes[0]) if one.causes else "",
            )
            for one in report.anomalies[:WORST]
        ),
    )  # fmt: skip
    yield Table(
        title=of.say(Text("各点位每周告警量", "Alarms by point and week")), headers=of.headers(VOLUME),
        rows=tuple(
            (of.named(one.name, one.point), one.point, one.count, one.per_week) for one in report.volume[:MOST_ROWS]
        ),
    )  # fmt: skip


def savings_blocks(savings: SavingsMeasurement, energy: Energy, of: Subject) -> Iterator[Block]:
    """Yield what each main electricity meter saved against the year before; of those with a baseline that fits."""
    meters = energy.main_points(of.campus_id, of.place, Medium.ELECTRICITY)
    found = [one for point in meters[:METERS] if (one := _saved(savings, of, point)) is not None]
    if not found:
        if meters:
            yield Sentence(
                text=of.say(
                    Text(
                        "没有可用的基准：此前的读数不足 90 天，或没有合格的模型。",
                        "There is no baseline: less than 90 days were measured before, or no model fits.",
                    )
                ),
                warns=True,
            )
        return
    yield Table(
        title=of.say(Text("相对基准的节能量", "Saved against the baseline")), headers=of.headers(SAVED),
        rows=tuple(
            (
                of.name(one.point), f"{one.before.start.astimezone(of.zone):%Y-%m-%d}", one.used, one.expected,
                one.saved, f"{one.low:,.0f} – {one.high:,.0f}", percent(one.share, signed=True),
                of.say(Text("是", "yes") if one.sure else Text("否", "no")),
            )
            for one in found
        ),
    )  # fmt: skip
    yield Sentence(
        text=of.say(
            Text(
                f"预期由基准期的回归按天气和日历调整得出；区间的置信水平 {found[0].level:.0%}。",
                "Expected: by a regression of the baseline, adjusted for weather and calendar; "
                f"intervals at {found[0].level:.0%}.",
            )
        )
    )
    warnings = dict.fromkeys(of.say(warning) for one in found for warning in one.warnings)
    yield from (Sentence(text=warning, warns=True) for warning in warnings)
    if len(meters) > METERS:
        more = len(meters) - METERS
        told = Text(f"另有 {more} 块表未列出。", f"{more} more meters are not told.")
        yield Sentence(text=of.say(told), warns=True)


def _saved(savings: SavingsMeasurement, of: Subject, point: PointId) -> SavingsReport | None:
    """Return what a meter saved, by the longest baseline that it has; None where it has none."""
    after = SavingsPeriod(start=of.start, end=of.end)
    for length in BASELINES:
        before = SavingsPeriod(start=of.start - length, end=of.start)
        try:
            return savings.measure(of.campus_id, point, before, after)
        except NoBaselineError:
            continue
        except (InvalidSavingsError, NotAMeterError):
            return None
    return None

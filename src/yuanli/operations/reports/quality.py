"""How good the readings of a report's span are: what came, what was estimated or missing, what the rules found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from yuanli.errors import Text
from yuanli.operations.data_quality import DataQuality, PointQuality
from yuanli.operations.reports.blocks import Block, Cell, Sentence, Table
from yuanli.operations.reports.subject import MOST_ROWS, Names, Subject, percent
from yuanli.operations.telemetry import RangeError

SHARES: Mapping[str, Text] = {
    "good": Text("正常", "good"), "estimated": Text("估计", "estimated"), "suspect": Text("可疑", "suspect"),
    "bad": Text("错误", "bad"), "missing": Text("缺失", "missing"),
}  # fmt: skip
RULES: Mapping[str, Text] = {
    "duplicate": Text("重复送达", "came again"), "conflict": Text("同一时刻有不同的值", "two values of one time"),
    "late": Text("迟到", "came late"), "future": Text("时间在未来", "of a time to come"),
    "clock": Text("设备时钟偏差", "clock of the device off"), "sentinel": Text("无效值代码", "a code for no value"),
    "hard_range": Text("超出物理范围", "impossible"), "soft_range": Text("超出常见范围", "unusual"),
    "unit": Text("单位可能有误", "probably another unit"), "spike": Text("尖峰", "spike"),
    "stuck": Text("数值不动", "stuck"), "noise": Text("噪声突增", "burst of noise"), "drift": Text("漂移", "drift"),
    "offset": Text("偏移", "offset"), "rollover": Text("计数器翻转", "counter rolled over"),
    "reset": Text("计数器清零", "counter reset"), "swap": Text("换表", "meter exchanged"),
    "gap": Text("中断", "nothing came"), "manual": Text("人工判定", "a person said so"),
    "source": Text("设备自报异常", "the device said so"),
}  # fmt: skip
HOURS: Names = (("质量", "Quality"), ("占小时数", "Share of hours"))
FLAGS: Names = (("规则", "Rule"), ("读数", "Readings"), ("点位", "Points"))
WORST: Names = (("点位", "Point"), ("编号", "Id"), ("到报率", "Coverage"), ("估计", "Estimated"),
                ("可疑或错误", "Suspect or bad"), ("缺失", "Missing"))  # fmt: skip


def quality_blocks(quality: DataQuality, of: Subject) -> Iterator[Block]:
    """Yield the shares of hours by quality, what the rules flagged in the worst points, and these points."""
    report = quality.report(of.campus_id, of.start, of.end, now=of.now, limit=MOST_ROWS)
    if not report.shares:
        return
    estimated, missing = (report.shares.get(name, 0.0) for name in ("estimated", "missing"))
    yield Sentence(
        text=of.say(
            Text(
                f"全园 {report.total} 个点位，{report.silent} 个从无读数，{report.stale} 个已停报；"
                f"估计的占 {estimated:.1%}，缺失的占 {missing:.1%}。",
                f"Of all {report.total} points {report.silent} never sent and {report.stale} have stopped; "
                f"{estimated:.1%} was estimated, {missing:.1%} is missing.",
            )
        )
    )
    yield Table(
        title=of.say(Text("按质量的小时", "Hours by quality")), headers=of.headers(HOURS),
        rows=tuple((of.say(SHARES[name]), percent(share)) for name, share in report.shares.items()),
    )  # fmt: skip
    troubled = [one for one in report.points if one.shares]
    flags = tuple(_flags(quality, of, troubled, of.start, of.end))
    if flags:
        title = Text(
            f"规则标记（最差的 {len(troubled)} 个点位）",
            f"Flags by rule, of the {len(troubled)} worst points",
        )
        yield Table(title=of.say(title), headers=of.headers(FLAGS), rows=flags)
    yield Table(
        title=of.say(Text("质量最差的点位", "The worst points")), headers=of.headers(WORST),
        rows=tuple(
            (
                of.named(one.name, one.point), one.point, percent(one.coverage), percent(one.shares["estimated"]),
                percent(one.shares["suspect"] + one.shares["bad"]), percent(one.shares["missing"]),
            )
            for one in troubled
        ),
    )  # fmt: skip


def _flags(
    quality: DataQuality, of: Subject, points: list[PointQuality], start: datetime, end: datetime
) -> Iterator[tuple[Cell, ...]]:
    """Yield of each rule how many readings of how many points it flagged, the most first."""
    readings, flagged = Counter[str](), Counter[str]()
    for one in points:
        try:
            (told,) = quality.reasons(of.campus_id, [one.point], start, end)
        except RangeError:  # so many readings that counting them one by one takes too long
            continue
        readings.update(told.reasons)
        flagged.update(told.reasons.keys())
    for rule, count in readings.most_common():
        yield of.say(RULES[rule]), count, flagged[rule]

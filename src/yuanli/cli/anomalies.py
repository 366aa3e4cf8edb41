"""`yuanli anomalies` and `yuanli savings`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
import typer

from yuanli.campus import FeatureId, PointId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, named, plain, print_json, print_json_lines, print_table, said
from yuanli.cli.reading_tables import zone_of
from yuanli.devices import read_signals
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.forecast import (
    DAY,
    BaselineKind,
    Calendar,
    History,
    find_air_point,
    history_of_signals,
    measure_savings,
)
from yuanli.operations import (
    AnomalyKind,
    AnomalyQuery,
    FoundAnomaly,
    RecordedAnomaly,
    SavingsPeriod,
    SavingsReport,
    recorded_anomalies,
    savings_report,
)

BASELINES = {
    BaselineKind.CALENDAR: Text("日历模型", "Calendar model"),
    BaselineKind.HEATING: Text("采暖模型", "Heating model"),
    BaselineKind.COOLING: Text("制冷模型", "Cooling model"),
    BaselineKind.BOTH: Text("采暖与制冷模型", "Heating and cooling model"),
    BaselineKind.TIME_OF_WEEK: Text("周时段模型", "Hour of the week model"),
}
LAST = timedelta(days=7)
SHOWN = 40
TITLES = (
    Text("级别", "Severity"), Text("何时", "When"), Text("何处", "Where"), Text("什么", "What"),
    Text("依据", "Evidence"), Text("可能原因", "Likely cause"),
)  # fmt: skip


class PeriodError(InvalidInputError):
    """A time or a period can't be read."""


class NoTargetError(NotFoundError):
    """A file is not there."""


FileAnomaly = tuple[str, RecordedAnomaly]


def anomalies(
    targets: Annotated[
        list[str] | None, typer.Argument(help="Recordings, or a stored campus. 记录文件，或园区。")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="ISO time; a week before the end. 开始。")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="ISO time; now. 结束。")] = None,
    kind: Annotated[list[AnomalyKind] | None, typer.Option("--kind", help="Only these. 类别。")] = None,
    place: Annotated[
        str | None,
        typer.Option("--place", help="A building, level, space, device or point. 地点、设备或点位编号。"),
    ] = None,
    price: Annotated[float | None, typer.Option("--price", help="Of a kWh. 每千瓦时价格。")] = None,
    train_rows: Annotated[
        int | None,
        typer.Option("--train-rows", min=20, help="Of a file: first rows that are usual. 训练行数。"),
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="Of times without one. 时区。")] = "Asia/Shanghai",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Find what is unusual, with evidence and likely causes. 查找异常。

    A recording is a table with a column of times: of an air handler (judged by its rules), of a machine, or of one
    point. JSON tells one anomaly a line. The exit code is 0, whether there are any or none.

    Example: yuanli anomalies ahu1.csv --json
    """
    files = [target for target in targets or [] if Path(target).exists()]
    if files:
        missing = [target for target in targets or [] if target not in files]
        if missing:
            raise NoTargetError(
                Text(f"没有文件“{missing[0]}”。", f"There is no file {missing[0]!r}."), field="file",
                hint=Text("检查路径。", "Check the path."),
            )  # fmt: skip
        _of_files(files, start, end, train_rows, zone, kind, as_json)
        return
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, targets[0] if targets else None)
    clock = zone_of(opened.places.campus(campus_id).time_zone)
    last = opened.now() if end is None else _moment(end, clock)
    first = last - LAST if start is None else _moment(start, clock)
    query = AnomalyQuery(kinds=frozenset(kind or AnomalyKind), place=place, price_kwh=price)
    report = opened.anomalies.find(campus_id, first, last, opened.now(), query)
    if as_json:
        print_json_lines(report.anomalies)
        return
    print_table(TITLES, (_row(one) for one in report.anomalies[:SHOWN]))
    computed = report.computed_at.astimezone(clock)
    OUT.print(
        said(
            Text(
                f"{report.total} 处异常，{report.checked} 个点位；每点每周 {report.per_point_week:.3f} 次。"
                f"{computed:%Y-%m-%d %H:%M} 计算。",
                f"{report.total} anomalies, {report.checked} points; {report.per_point_week:.3f} a point and week. "
                f"Computed {computed:%Y-%m-%d %H:%M}.",
            )
        )
    )


def _of_files(
    files: Sequence[str],
    start: str | None,
    end: str | None,
    train_rows: int | None,
    zone: str,
    kind: Sequence[AnomalyKind] | None,
    as_json: bool,
) -> None:
    clock = zone_of(zone)
    first, last = (None if text is None else _moment(text, clock) for text in (start, end))
    found: list[FileAnomaly] = [
        (name, one)
        for name in files
        for one in recorded_anomalies(
            read_signals(Path(name), zone=clock), train_rows=train_rows, start=first, end=last, zone=zone
        )
        if not kind or one.kind in kind
    ]
    if as_json:
        print_json_lines({"file": name} | plain(one) for name, one in found)
        return
    print_table(TITLES, (_file_row(one) for one in found[:SHOWN]))
    OUT.print(said(Text(f"{len(found)} 处异常。", f"{len(found)} anomalies.")))


def savings(
    target: Annotated[str, typer.Argument(help="A point's id, or a table. 点位编号或文件。")],
    before: Annotated[str, typer.Option("--before", help="The baseline, FROM/TO. 基准期。")],
    after: Annotated[str, typer.Option("--after", help="The period measured, FROM/TO. 核算期。")],
    people: Annotated[
        str | None, typer.Option("--people", help="A point or column that counts people. 人数。")
    ] = None,
    price: Annotated[float | None, typer.Option("--price", help="Of a kWh. 每千瓦时价格。")] = None,
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    zone: Annotated[str, typer.Option("--zone", help="Of a file: its clock. 文件的时区。")] = "Asia/Shanghai",
    country: Annotated[str, typer.Option("--country", help="Of a file: whose holidays. 节假日。")] = "CN",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Measure what a change saved, adjusted for weather and people, with a 90 % interval. 核算节能量。

    A table has a column of times, one of energy a step, and may have an outdoor temperature and a count of people.

    Example: yuanli savings meter.csv --before 2025-01-01/2026-01-01 --after 2026-02-01/2026-05-01
    """
    if Path(target).exists():
        clock = zone_of(zone)
        spans = _period(before, clock), _period(after, clock)
        report = _saved_in_file(Path(target), spans, people, price, (zone, country))
    else:
        opened = opening.house(data_dir)
        campus_id = opening.stored_id(opened, campus)
        clock = zone_of(opened.places.campus(campus_id).time_zone)
        report = opened.savings.measure(
            campus_id, PointId(FeatureId(target)), _period(before, clock), _period(after, clock),
            people=PointId(FeatureId(people)) if people else None, price_kwh=price,
        )  # fmt: skip
    if as_json:
        print_json(report)
        return
    _print_savings(report)


def _saved_in_file(
    path: Path,
    spans: tuple[SavingsPeriod, SavingsPeriod],
    people: str | None,
    price: float | None,
    zone: tuple[str, str],
) -> SavingsReport:
    signals = read_signals(path, zone=zone_of(zone[0]))
    history = history_of_signals(signals, zone=zone[0], coarsest=DAY)
    names = signals.names
    if people is not None and people not in names:
        raise PeriodError(
            Text(f"文件里没有列“{people}”。", f"The file has no column {people!r}."), field="people",
            hint=Text(f"有：{'、'.join(names)}。", f"It has {', '.join(names)}."),
        )  # fmt: skip
    places = {name: place for place, name in enumerate(names)}
    warm = next((i for name, i in places.items() if _is_temperature(name)), None)
    meter = next(i for name, i in places.items() if name != people and i != warm)
    used = history.values[meter]
    load = History(values=used[None, :], start=history.start, step=history.step, zone=history.zone)
    before, after = spans
    clock = zone_of(zone[0]) if history.step == DAY else UTC
    own = [SavingsPeriod(start=_by(clock, one.start), end=_by(clock, one.end)) for one in spans]
    found = measure_savings(
        load, own[0].micros, own[1].micros, temp=None if warm is None else history.values[warm],
        people=None if people is None else history.values[places[people]], calendar=Calendar(country=zone[1]),
    )  # fmt: skip
    return savings_report(found, names[meter], "kWh", before, after, price=price)


def _by(clock: tzinfo, at: datetime) -> datetime:
    """Return what a clock shows as a time of UTC, as daily rows have theirs."""
    return at.astimezone(clock).replace(tzinfo=UTC)


def _is_temperature(name: str) -> bool:
    plain = name.lower()
    return find_air_point(name) == "outdoor_temp" or any(word in plain for word in ("temp", "气温", "室外"))


def _moment(text: str, clock: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise PeriodError(
            Text(f"看不懂时间“{text}”。", f"The time {text!r} can't be read."), field="time",
            hint=Text("例如 2026-05-01 或 2026-05-01T08:00+08:00。", "Write such as 2026-05-01T08:00+08:00."),
        ) from error  # fmt: skip
    return at if at.tzinfo else at.replace(tzinfo=clock)


def _period(text: str, clock: ZoneInfo) -> SavingsPeriod:
    first, slash, last = text.partition("/")
    if not slash:
        raise PeriodError(
            Text(f"时段“{text}”应为 开始/结束。", f"The period {text!r} must be FROM/TO."), field="period",
            hint=Text("例如 2025-01-01/2026-01-01。", "Write such as 2025-01-01/2026-01-01."),
        )  # fmt: skip
    return SavingsPeriod(start=_moment(first, clock), end=_moment(last, clock))


def _row(one: FoundAnomaly) -> tuple[object, ...]:
    cost = f" ({one.cost:g})" if one.cost is not None else ""
    return (one.severity, _when(one.start, one.end), named(one.point_name), said(one.title) + cost,
            said(one.evidence), said(one.causes[0]))  # fmt: skip


def _file_row(one: FileAnomaly) -> tuple[object, ...]:
    name, found = one
    return (found.severity, _when(found.start, found.end), Path(name).name, said(found.title),
            said(found.evidence), said(found.causes[0]))  # fmt: skip


def _when(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"


def _print_savings(report: SavingsReport) -> None:
    level = f"{report.level:.0%}"
    OUT.print(
        said(
            Text(
                f"节省 {_amount(report.saved)} {report.unit}（{report.share:.1%}），"
                f"{level} 区间 {_amount(report.low)} 至 {_amount(report.high)}。",
                f"Saved {_amount(report.saved)} {report.unit} ({report.share:.1%}), "
                f"{level} interval {_amount(report.low)} to {_amount(report.high)}.",
            )
        ),
        style="bold",
        markup=False,
    )
    verdict = (
        Text("变化明确。", "The change is certain.")
        if report.sure
        else Text("区间含零，不能确定有变化。", "The interval holds nought: no change is certain.")
    )
    fit = f"{said(BASELINES[report.model])}{said(Text('，', ', '))}CV-RMSE {report.cv_rmse:.1%} R² {report.r2:.2f}"
    OUT.print(f"{said(verdict)} {fit}", markup=False)
    if report.cost is not None:
        OUT.print(said(Text(f"折合费用 {report.cost:,.2f}。", f"Worth {report.cost:,.2f}.")), markup=False)
    for warning in report.warnings:
        OUT.print(said(warning), markup=False)
    if np.isfinite(report.expected):
        OUT.print(
            said(
                Text(f"用了 {_amount(report.used)}，预期 {_amount(report.expected)}。",
                     f"Used {_amount(report.used)}, expected {_amount(report.expected)}.")
            ),
            markup=False,
        )  # fmt: skip


def _amount(value: float) -> str:
    """Return a number with four digits that tell, and no exponent."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"

"""`yuanli forecast`."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from yuanli.bootstrap import open_forecasters
from yuanli.campus import FeatureId, PointId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, ImportProgress, print_json, print_json_lines, print_table, said
from yuanli.cli.reading_tables import zone_of
from yuanli.devices import check_table_file, read_table_file
from yuanli.errors import Text
from yuanli.forecast import HOUR, Calendar
from yuanli.operations import HorizonError, Outlook, PointForecast, forecast_series
from yuanli.telemetry import DecodeParams, Row, Series

HORIZON = re.compile(r"(\d{1,4})\s*(h|d|小时|天)")
SHORT = re.compile(r"(\d{1,4})\s*(s|m|min|h|秒|分|分钟|小时)")
FORECASTING = Text("预测", "Forecasting")
UNITS_S = {"s": 1, "秒": 1, "m": 60, "min": 60, "分": 60, "分钟": 60, "h": 3600, "小时": 3600}


def forecast(
    target: Annotated[
        str | None, typer.Argument(help="A point's id, or a table of readings. 点位编号或读数文件。")
    ] = None,
    horizon: Annotated[str, typer.Option("--horizon", help="Such as 24h or 7d. 预测时长。")] = "24h",
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    zone: Annotated[str, typer.Option("--zone", help="Of a file: its clock. 文件的时区。")] = "Asia/Shanghai",
    country: Annotated[str, typer.Option("--country", help="Of a file: whose holidays. 节假日。")] = "CN",
    nightly: Annotated[
        bool,
        typer.Option(
            "--nightly", help="Make the whole campus's forecasts of the night now. 立即做夜间预测。"
        ),
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Compute it now, not as the night made it. 重新计算。")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Forecast hour by hour, with 80 % and 95 % intervals. 预测。

    Example: yuanli forecast meters.csv --horizon 24h --json
    """
    if nightly:
        _make_night(campus, data_dir, as_json=as_json)
        return
    ahead = _horizon(horizon)
    if target is None:
        raise HorizonError(
            Text("没有给出点位或文件。", "No point and no file is given."),
            field="target",
            hint=Text(
                "给出点位编号，或用 --nightly。", "Give a point's id, or --nightly for the whole campus."
            ),
        )
    if Path(target).exists():
        found = _of_file(Path(target), ahead, zone, country, data_dir)
    else:
        opened = opening.house(data_dir)
        ids = [PointId(FeatureId(target))]
        found = opened.forecasts.forecast(
            opening.stored_id(opened, campus), ids, ahead, opened.now(), anew=anew
        )
    if as_json:
        print_json_lines(found)
        return
    for one in found:
        _print(one)


def _make_night(campus: str | None, data_dir: Path | None, *, as_json: bool) -> None:
    """Make the last night's forecasts, going on where they were cut short; complete ones are made anew."""
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    again = not opened.nightly.is_due(campus_id)
    with ImportProgress(quiet=as_json) as progress:
        night = opened.nightly.renew(
            campus_id, told=lambda night: progress(said(FORECASTING), night.share), again=again
        )
    if as_json:
        print_json(night)
        return
    OUT.print(
        said(
            Text(
                f"{night.night} 夜：{night.kept} 个预测，{night.too_little} 个历史不足，{night.failed} 个失败。",
                f"Night of {night.night}: {night.kept} forecasts made, {night.too_little} with too little past, "
                f"{night.failed} failed.",
            )
        )
    )
    for failure in night.failures:
        OUT.print(f"{failure.subject}: {said(failure.message)}", markup=False)


def _of_file(
    path: Path, ahead: timedelta, zone: str, country: str, data_dir: Path | None
) -> tuple[PointForecast, ...]:
    decoding = DecodeParams(zone=zone_of(zone))
    check_table_file(path, None, decoding)
    by_point: dict[str, dict[int, float]] = defaultdict(dict)
    units: dict[str, str | None] = {}
    for row in read_table_file(path, None, decoding):
        if isinstance(row, Row) and row.at is not None:
            by_point[row.point].setdefault(row.at, row.value)
            units.setdefault(row.point, row.unit)
    series = [_series(number, values) for number, values in enumerate(by_point.values())]
    end = max((int(one.at[-1]) for one in series), default=0) // HOUR * HOUR + HOUR
    plugins = open_forecasters(opening.settings(data_dir).forecaster)
    outlook = Outlook(calendar=Calendar(country=country), plugins=plugins)
    return forecast_series(series, list(units.items()), ahead, end=end, zone=zone, outlook=outlook)


def _series(number: int, values: dict[int, float]) -> Series:
    at = np.array(sorted(values), np.int64)
    value = np.array([values[time] for time in at.tolist()], np.float64)
    return Series(
        point=number, at=at, raw=value, value=value, quality=np.zeros(len(at), np.uint8),
        reason=np.zeros(len(at), np.uint32),
    )  # fmt: skip


def duration_of(text: str) -> timedelta:
    """Read seconds, minutes or hours, such as 30m.

    Raises
    ------
    HorizonError
        It is none.
    """
    match = SHORT.fullmatch(text.strip().lower())
    if match is None:
        raise HorizonError(
            Text(f"看不懂时长“{text}”。", f"The duration {text!r} can't be read."),
            field="horizon",
            hint=Text("例如 30m 或 1h。", "For example 30m or 1h."),
        )
    return timedelta(seconds=int(match[1]) * UNITS_S[match[2]])


def _horizon(text: str) -> timedelta:
    match = HORIZON.fullmatch(text.strip().lower())
    if match is None:
        raise HorizonError(
            Text(f"看不懂预测时长“{text}”。", f"The horizon {text!r} can't be read."),
            field="horizon",
            hint=Text("例如 24h 或 7d。", "Give such as 24h or 7d."),
        )
    count = int(match[1])
    return timedelta(days=count) if match[2] in ("d", "天") else timedelta(hours=count)


def _print(found: PointForecast) -> None:
    OUT.print(f"{found.point}  {found.method}", style="bold", markup=False)
    OUT.print(said(found.verdict), markup=False)
    OUT.print(said(found.why), markup=False)
    if found.made_at is not None:
        made = found.made_at.isoformat(timespec="minutes")
        OUT.print(said(Text(f"夜间预测，{made} 作出。", f"Made in the night, {made}.")), markup=False)
    headers = (
        Text("时间", "Time"),
        Text("预计", "Expected"),
        Text("80% 区间", "80 %"),
        Text("95% 区间", "95 %"),
    )
    print_table(
        headers,
        (
            (
                hour.at.isoformat(timespec="minutes"),
                f"{hour.mean:.4g} {found.unit or ''}".strip(),
                f"{hour.low_80:.4g}–{hour.high_80:.4g}",
                f"{hour.low_95:.4g}–{hour.high_95:.4g}",
            )
            for hour in found.hours
        ),
    )

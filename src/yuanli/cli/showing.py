"""`yuanli telemetry show`: the readings of one point, with their flags."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.campus import FeatureId, PointId
from yuanli.cli import opening
from yuanli.cli.energy import moment_of
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import Judged, Standard, reading_table
from yuanli.storage import TableFormat, write_table

SHOWN = 200
HEADERS = (
    Text("时间", "Time"), Text("原值", "As it came"), Text("采用值", "What holds"), Text("质量", "Quality"),
    Text("原因", "Why"),
)  # fmt: skip


class TableNotWrittenError(InvalidInputError):
    """A table can't be written where it should."""


def show(
    point: Annotated[str, typer.Argument(help="The id of a point. 点位。")],
    start: Annotated[str, typer.Option("--from", help="A day, a time, or such as 7d. 起。")] = "1d",
    end: Annotated[
        str | None, typer.Option("--to", help="A day or time, not included; now without. 止。")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a table, .csv or .parquet. 写成表格。")
    ] = None,
    flags: Annotated[
        list[Standard] | None,
        typer.Option("--flags", help="Of the table: those of standards too. 标准标记。"),
    ] = None,
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show the readings of a point: as they came, what holds, how good and why. 显示点位读数。

    Example: yuanli telemetry show meter-3 --from 7d -o meter-3.csv
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    zone, now = ZoneInfo(opened.places.campus(campus_id).time_zone), opened.now()
    begin = moment_of(start, "from", zone, now)
    until = now if end is None else moment_of(end, "to", zone, now)
    point_id = PointId(FeatureId(point))
    if output is None:
        found = opened.telemetry.series(campus_id, point_id, begin, until)
        print_json_lines(found) if as_json else _print(found, zone)
        return
    kind = TableFormat.PARQUET if output.suffix.lower() == ".parquet" else TableFormat.CSV
    columns = reading_table(opened.telemetry, campus_id, [point_id], begin, until, flags=tuple(flags or ()))
    try:
        output.open("wb").close()
    except OSError as error:
        raise TableNotWrittenError(
            Text(f"无法写入 {output}：{error}", f"{output} can't be written: {error}"), field="output",
            hint=Text("给出可写文件夹中的文件名。", "Name a file in a folder that you may write."),
        ) from error  # fmt: skip
    write_table(columns, output, kind)
    rows = len(columns["time"])
    OUT.print(
        said(Text(f"{rows} 条读数已写入 {output}。", f"{rows} readings written to {output}.")), markup=False
    )


def _print(found: tuple[Judged, ...], zone: ZoneInfo) -> None:
    print_table(
        HEADERS,
        (
            (
                f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", _told(one.raw), _told(one.value),
                one.quality.name.lower(), ", ".join(one.reasons),
            )
            for one in found[-SHOWN:]
        ),
    )  # fmt: skip
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        told = Text(f"另有更早的 {more} 条，见 --json 或 -o。", f"{more} earlier ones; see --json or -o.")
        OUT.print(said(told))


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"

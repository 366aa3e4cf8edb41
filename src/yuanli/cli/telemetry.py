"""`yuanli telemetry`: import, check, latest, export; replay and forward are in `sending`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from yuanli.cli import opening, overrules, rules
from yuanli.cli.augmenting import augment
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, ImportProgress, named, print_json, print_json_lines, print_table, said
from yuanli.cli.reading_tables import ColumnNames, columns_of, rows_of, zone_of
from yuanli.cli.sending import forward, replay_file
from yuanli.cli.showing import show
from yuanli.errors import Text
from yuanli.operations import Delivery, PointHealth, PointValue
from yuanli.telemetry import Decoded, DecodeParams, touched

app = typer.Typer(no_args_is_help=True, help="Readings of meters and sensors. 仪表与传感器读数。")
Campus = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]
app.add_typer(overrules.app, name="overrules")
app.add_typer(rules.app, name="rules")
app.command("replay")(replay_file)
app.command("forward")(forward)
app.command("augment")(augment)
app.command("show")(show)
SHOWN = 40
POINT = Text("点位", "Point")
HEALTH = (POINT, Text("读数", "Readings"), Text("可疑或错误", "Suspect or bad"), Text("原因", "Why"))
EXPORTING, RESTORING = Text("导出", "Export"), Text("恢复", "Restore")
CLEANING = Text("清洗", "Cleaning")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.gz, xlsx or Parquet. 读数文件。")],
    campus: Campus = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Zone of times without one; the campus's. 时区。")
    ] = None,
    columns: ColumnNames = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Import a table of readings, all or nothing, and judge what it touches. 导入读数。

    Example: yuanli telemetry import meters.csv --zone Asia/Shanghai --column point=表号
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    decoding = DecodeParams(zone=zone_of(zone or opened.places.campus(campus_id).time_zone))
    mapping = columns_of(columns or ())
    rows = rows_of(file, mapping, decoding)
    receipt = opened.intake.take(
        [Delivery(campus_id=campus_id, decoded=Decoded(rows=rows), gateway=file.name)]
    )
    at = np.array([row.at for row in rows if row.at is not None], np.int64)
    with ImportProgress(quiet=as_json) as progress:
        health = opened.telemetry.clean(
            campus_id, touched(at), told=lambda share: progress(said(CLEANING), share)
        )
    opened.cleaner.forget()
    opened.tidy()
    if as_json:
        print_json({"receipt": receipt, "points": health})
        return
    OUT.print(
        said(
            Text(
                f"已保存 {receipt.kept} 条；重复 {receipt.duplicates} 条，矛盾 {receipt.conflicts} 条。",
                f"Kept {receipt.kept}; {receipt.duplicates} were there, {receipt.conflicts} contradict.",
            )
        )
    )
    _print_health(health)


@app.command("check")
def check(campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Judge all readings anew, and show how good each point's are. 检查读数质量。

    Example: yuanli telemetry check
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    with ImportProgress(quiet=as_json) as progress:
        health = opened.telemetry.clean(campus_id, told=lambda share: progress(said(CLEANING), share))
    if as_json:
        print_json_lines(health)
        return
    _print_health(health)


@app.command("latest")
def latest(campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show the newest reading of each point. 显示最新读数。

    Example: yuanli telemetry latest --json
    """
    opened = opening.house(data_dir)
    values = opened.telemetry.latest(opening.stored_id(opened, campus))
    if as_json:
        print_json_lines(values)
        return
    print_table(
        (POINT, Text("名称", "Name"), Text("时间", "Time"), Text("值", "Value"), Text("质量", "Quality")),
        ((v.point, named(v.name), v.at.isoformat(), _valued(v), v.quality.name.lower()) for v in values),
    )


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder. 新文件夹。")],
    data_dir: DataDir = None,
) -> None:
    """Write the whole store of readings, of all campuses, as Parquet files. 导出全部读数。

    Example: yuanli telemetry export backup/readings
    """
    store = opening.house(data_dir).readings
    with ImportProgress(quiet=False) as progress:
        store.export(folder, told=lambda share: progress(said(EXPORTING), share))
    OUT.print(said(Text(f"已导出到 {folder}。", f"Written to {folder}.")), markup=False)


@app.command("restore")
def restore(
    folder: Annotated[Path, typer.Argument(help="What an export wrote. 导出的文件夹。")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Read a folder that `export` wrote into a store without readings, all or nothing. 恢复读数。

    Example: yuanli telemetry restore backup/readings --data-dir new-data
    """
    store = opening.house(data_dir).readings
    with ImportProgress(quiet=as_json) as progress:
        store.restore(folder, told=lambda share: progress(said(RESTORING), share))
    footprint = store.footprint()
    if as_json:
        print_json(footprint)
        return
    OUT.print(said(Text(f"已恢复 {footprint.rows} 行。", f"Restored {footprint.rows} rows.")))


def _print_health(health: tuple[PointHealth, ...]) -> None:
    rows = [
        (one.point, one.readings, f"{one.faulty:.1%}", ", ".join(f"{n} {c}" for n, c in one.reasons.items()))
        for one in health
    ]
    print_table(HEALTH, rows[:SHOWN])
    if len(rows) > SHOWN:
        more = len(rows) - SHOWN
        OUT.print(said(Text(f"另有 {more} 个点位，见 --json。", f"{more} more points; see --json.")))


def _valued(value: PointValue) -> str:
    return "-" if value.value is None else f"{value.value:g} {value.unit or ''}".strip()

"""`yuanli campus`: import, check, list, find, export, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yuanli.campus import TABLE_OF, Finding, SearchIndex, Severity
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, CampusName, Crs, DataDir
from yuanli.cli.printing import (
    OUT,
    ImportProgress,
    named,
    plain,
    print_json,
    print_json_lines,
    print_table,
    said,
)  # fmt: skip
from yuanli.devices import table_cells
from yuanli.errors import Text
from yuanli.operations import write_campus

app = typer.Typer(no_args_is_help=True, help="The place: what is where. 园区地图。")
SHOWN = 20
"""Repairs and findings shown to a person before the rest is only counted."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Map file or folder. 地图文件或文件夹。")],
    format: Annotated[
        str, typer.Option("--format", help="auto, osm, imdf, geojson, brick, haystack. 格式。")
    ] = "auto",
    name: Annotated[str | None, typer.Option("--name", help="Name of the campus. 园区名称。")] = None,
    crs: Crs = "wgs84",
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="GeoJSON mapping file. 映射文件。")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a stored campus. 覆盖。")] = False,
    into: Annotated[
        str | None,
        typer.Option("--into", help="Bring its devices and points onto this campus. 并入已有园区。"),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Import a map, or devices and points, all or nothing. 导入地图或设备点位。

    Example: yuanli campus import park.osm.pbf --name "云谷"
    """
    opened = opening.house(data_dir)
    joined = opening.stored_id(opened, into) if into is not None else None
    with ImportProgress(quiet=as_json) as progress:
        imported = opened.places.import_file(
            file, who=opening.user(), format=format, name=name, crs=crs, mapping=mapping, replace=replace,
            into=joined, progress=progress,
        )  # fmt: skip
    if as_json:
        campus = imported.campus
        print_json({
            "campus_id": campus.id, "name": campus.name, "counts": imported.counts,
            "repairs": imported.repairs, "attribution": campus.attribution,
        })  # fmt: skip
        return
    OUT.print(said(Text(f"已导入 {imported.campus.id}：", f"Imported {imported.campus.id}:")))
    print_table((Text("类型", "Type"), Text("数量", "Count")), sorted(imported.counts.items()))
    _print_findings(imported.repairs, Text("已修复", "Repaired"))
    if imported.campus.attribution:
        OUT.print(imported.campus.attribution, style="dim", markup=False)


@app.command("check")
def check(
    source: Annotated[str | None, typer.Argument(help="Campus, file or folder. 园区或文件。")] = None,
    campus: CampusName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Check a campus; exit code 1 where something is wrong. 检查地图。

    Example: yuanli campus check park.osm.pbf
    """
    findings = opening.guide(source or campus, data_dir).findings
    if as_json:
        print_json_lines(findings)
    else:
        _print_findings(findings, Text("发现", "Found"))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


@app.command("list")
def list_stored(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the stored campuses. 列出园区。

    Example: yuanli campus list
    """
    summaries = opening.house(data_dir).places.summaries()
    if as_json:
        print_json_lines(summaries)
        return
    headers = (
        Text("编号", "Id"),
        Text("名称", "Name"),
        Text("修订", "Revision"),
        Text("要素", "Features"),
        Text("来源", "Source"),
    )
    print_table(
        headers, ((s.id, named(s.name), s.revision, sum(s.counts.values()), s.source) for s in summaries)
    )


@app.command("find")
def find(
    text: Annotated[str, typer.Argument(help="Name, number, pinyin … 名称、房间号、拼音……")],
    campus: CampusName = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most hits. 最多条数。")] = 10,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Find places by any of their names; exit code 1 where nothing fits. 查找地点。

    Example: yuanli campus find bgt
    """
    index = SearchIndex(opening.campus(campus, data_dir))
    hits = index.search(text, limit=limit)
    if as_json:
        print_json_lines(hits)
    elif hits:
        headers = (Text("名称", "Name"), Text("类型", "Type"), Text("编号", "Id"), Text("匹配", "Match"))
        print_table(headers, ((said(h.label), h.category, h.feature_id, h.matched) for h in hits))
    if hits:
        return
    if not as_json:
        close = index.suggest(text)
        OUT.print(said(Text(f"没有找到“{text}”。", f"Nothing is called {text!r}.")), markup=False)
        if close:
            shown = ", ".join(dict.fromkeys(said(hit.label) for hit in close))
            OUT.print(said(Text(f"您是否想找：{shown}？", f"Did you mean: {shown}?")), markup=False)
    raise typer.Exit(1)


@app.command("show")
def show(
    feature_id: Annotated[str, typer.Argument(help="Feature id. 要素编号。")],
    campus: CampusName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show one feature with all its fields. 查看要素。

    Example: yuanli campus show north-gate
    """
    place = opening.campus(campus, data_dir)
    feature = place.find(feature_id)
    if feature is None:
        feature = place.get(feature_id, next(iter(TABLE_OF)))
    document = plain(feature)
    if as_json:
        print_json({"feature_type": TABLE_OF[type(feature)], **document})
    else:
        print_table((Text("字段", "Field"), Text("值", "Value")), document.items())


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="File to write. 输出文件。")],
    format: Annotated[
        str, typer.Option("--format", help="imdf, geojson, brick, csv, xlsx, teams-csv. 格式。")
    ],
    campus: CampusName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Export a campus. 导出园区。

    Example: yuanli campus export park.zip --format imdf
    """
    write_campus(opening.campus(campus, data_dir), format, file)
    if as_json:
        print_json({"file": file, "format": format})
    else:
        OUT.print(said(Text(f"已写入 {file}。", f"Wrote {file}.")), markup=False)


@app.command("points")
def add_points(
    campus: Annotated[str, typer.Argument(help="A stored campus. 园区。")],
    file: Annotated[Path, typer.Argument(help="CSV or Excel table of points. 点位表。")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make or change points from a table, all or none, as a revision. 由表格建立点位。

    Example: yuanli campus points demo points.csv
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    revision = opened.places.add_points(campus_id, table_cells(file), who=opening.user(), why=file.name)
    count = 0 if revision is None else len(revision.changes)
    if as_json:
        print_json({"changed": count, "revision": None if revision is None else revision.number})
    else:
        OUT.print(said(Text(f"{count} 个点位有改动。", f"{count} points changed.")))


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="A stored campus. 园区。")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再确认。")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Forget a stored campus and its revisions. 删除园区。

    Example: yuanli campus remove demo --yes
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, name)
    if not yes:
        typer.confirm(said(Text(f"删除 {campus_id}？", f"Remove {campus_id}?")), abort=True)
    opened.places.remove(campus_id)
    if as_json:
        print_json({"removed": campus_id})


def _print_findings(findings: tuple[Finding, ...], title: Text) -> None:
    if not findings:
        OUT.print(said(Text("没有问题。", "Nothing to report.")))
        return
    OUT.print(f"{said(title)}: {len(findings)}")
    headers = (
        Text("级别", "Level"),
        Text("规则", "Rule"),
        Text("要素", "Feature"),
        Text("说明", "What"),
        Text("处理", "Remedy"),
    )
    print_table(
        headers,
        ((f.severity, f.rule, f.feature_id or "", said(f.message), said(f.remedy)) for f in findings[:SHOWN]),
    )
    if len(findings) > SHOWN:
        more = len(findings) - SHOWN
        OUT.print(
            said(Text(f"……另有 {more} 条，用 --json 查看全部。", f"… and {more} more; --json shows all."))
        )

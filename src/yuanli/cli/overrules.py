"""`yuanli telemetry overrules`: what people say of readings, over the rules, and what a second person says of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.bootstrap import House
from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import KeptOverrule, ReadingVerdict

app = typer.Typer(no_args_is_help=True, help="What people say of readings, over the rules. 人工判定。")
Campus = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]
Point = Annotated[str, typer.Argument(help="Id of a point. 点位编号。")]
Number = Annotated[int, typer.Argument(help="As `list` shows it. 判定编号。")]
Who = Annotated[str | None, typer.Option("--who", help="Who says so; yourself if left out. 何人。")]
HEAD = (Text("编号", "Number"), Text("区间", "Interval"), Text("判定", "Verdict"), Text("何人何时", "By"),
        Text("规则曾判", "Rules found"), Text("复核", "Reviewed"))  # fmt: skip


class UnwritableError(InvalidInputError):
    """A file can't be written where it is asked for."""


@app.command("say")
def say(
    point: Point,
    verdict: Annotated[ReadingVerdict, typer.Argument(help="good, bad or estimated. 判定。")],
    start: Annotated[str, typer.Option("--from", help="First time, by the campus's clock. 起。")],
    end: Annotated[str, typer.Option("--to", help="Last time, included. 止（含）。")],
    value: Annotated[float | None, typer.Option("--value", help="What held, with `estimated`. 实际值。")] = None,
    note: Annotated[str, typer.Option("--note", help="Why. 说明。")] = "",
    who: Who = None, campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Say what the readings of an interval are: it wins over every rule, also for late readings. 人工判定。

    Example: yuanli telemetry overrules say meter-3 bad --from 2026-05-01T08:00 --to 2026-05-01T09:00
    """
    opened, campus_id = _opened(campus, data_dir)
    zone = ZoneInfo(opened.places.campus(campus_id).time_zone)
    kept = opened.overruling.overrule(
        campus_id, _id(point), opening.moment(start, "from", zone), opening.moment(end, "to", zone),
        verdict=verdict, value=value, note=note, who=who or opening.user(),
    )  # fmt: skip
    _show((kept,), zone, as_json=as_json)


@app.command("list")
def show(
    point: Point,
    undone: Annotated[bool, typer.Option("--undone", help="Also what was taken back. 含已撤销。")] = False,
    campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """List what people say of a point, newest first. 列出人工判定。"""
    opened, campus_id = _opened(campus, data_dir)
    found = opened.overruling.list(campus_id, _id(point), undone=undone)
    if as_json:
        print_json_lines(found)
        return
    _show(found, ZoneInfo(opened.places.campus(campus_id).time_zone))


@app.command("review")
def review(
    point: Point,
    number: Number,
    agreed: Annotated[bool, typer.Option("--agree/--dispute", help="Agree, or not. 同意或有异议。")],
    who: Who = None, campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Say whether you agree with somebody else's word; no rule learns from one that is disputed. 复核他人的判定。

    Example: yuanli telemetry overrules review meter-3 12 --agree
    """
    opened, campus_id = _opened(campus, data_dir)
    kept = opened.overruling.review(campus_id, _id(point), number, agreed=agreed, who=who or opening.user())
    _show((kept,), ZoneInfo(opened.places.campus(campus_id).time_zone), as_json=as_json)


@app.command("undo")
def undo(
    point: Point, number: Number,
    who: Who = None, campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Take a word back: the readings are judged by the rules again. 撤销判定。"""
    opened, campus_id = _opened(campus, data_dir)
    kept = opened.overruling.undo(campus_id, _id(point), number, who=who or opening.user())
    _show((kept,), ZoneInfo(opened.places.campus(campus_id).time_zone), as_json=as_json)


@app.command("export")
def export(
    campus: Campus = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file instead of the screen. 输出文件。")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write what people said of readings as JSON Lines to learn from. 导出人工判定。

    Example: yuanli telemetry overrules export -o overrules.jsonl
    """
    opened, campus_id = _opened(campus, data_dir)
    lines = opened.overruling.export(campus_id)
    if output is None:
        for line in lines:
            typer.echo(line, nl=False)
        return
    try:
        with output.open("w", encoding="utf-8") as file:
            count = sum(file.write(line) > 0 for line in lines)
    except OSError as error:
        raise UnwritableError(
            Text(f"无法写入 {output}：{error}", f"{output} can't be written: {error}"),
            field="output", hint=Text("换一个能写的位置。", "Choose a place that can be written."),
        ) from error  # fmt: skip
    OUT.print(said(Text(f"已写入 {count} 条到 {output}。", f"{count} were written to {output}.")))


def _opened(campus: str | None, data_dir: Path | None) -> tuple[House, CampusId]:
    opened = opening.house(data_dir)
    return opened, opening.stored_id(opened, campus)


def _id(point: str) -> PointId:
    return PointId(FeatureId(point))


def _show(words: tuple[KeptOverrule, ...], zone: ZoneInfo, *, as_json: bool = False) -> None:
    if as_json:
        print_json(words[0])
        return
    print_table(
        HEAD,
        (
            (str(one.number), f"{_moment(one.start, zone)} – {_moment(one.end, zone)}", _verdict(one),
             f"{one.who} {_moment(one.at, zone)}", _found(one), _review(one))
            for one in words
        ),
    )  # fmt: skip


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _verdict(one: KeptOverrule) -> str:
    value = "" if one.value is None else f" {one.value:g}"
    gone = "" if one.holds else said(Text(f"（{one.undone_by} 已撤销）", f" (undone by {one.undone_by})"))
    return f"{one.verdict}{value}{gone}"


def _found(one: KeptOverrule) -> str:
    reasons = {} if one.flags is None else one.flags.reasons
    return ", ".join(f"{rule} {count}" for rule, count in reasons.items()) or "–"


def _review(one: KeptOverrule) -> str:
    if one.agreed is None:
        return "–"
    return said(
        Text(f"{one.reviewed_by} 同意", f"{one.reviewed_by} agrees")
        if one.agreed
        else Text(f"{one.reviewed_by} 有异议", f"{one.reviewed_by} disputes")
    )

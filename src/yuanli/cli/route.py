"""`yuanli route`: one way, or many from a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from yuanli.cli import opening
from yuanli.cli.opening import AsJson, CampusName, DataDir
from yuanli.cli.printing import OUT, plain, print_error, print_json, said
from yuanli.errors import InvalidInputError, Text, YuanliError
from yuanli.operations import Guide, RouteRequest
from yuanli.routing import Route, load_profiles

LINE_FIELDS = ("from", "to", "via", "profile", "at", "avoid", "order", "alternatives")


class BadRequestLineError(InvalidInputError):
    """A line of a request file is not a request."""


def route(
    origin: Annotated[
        str | None, typer.Argument(metavar="FROM", help="Id, name, or lon,lat[,level]. 起点。")
    ] = None,
    destination: Annotated[
        str | None, typer.Argument(metavar="TO", help="Id, name, or lon,lat[,level]. 终点。")
    ] = None,
    via: Annotated[
        list[str] | None, typer.Option("--via", help="Stop on the way; repeatable. 途经点。")
    ] = None,
    profile: Annotated[
        str, typer.Option("--profile", "-p", help=f"{', '.join(load_profiles())}. 出行方式。")
    ] = "walk",
    at: Annotated[
        str | None, typer.Option("--at", help="Departure, ISO 8601; now by default. 出发时间。")
    ] = None,
    avoid: Annotated[
        list[str] | None, typer.Option("--avoid", help="Id, name, or stairs, elevator, … 避开。")
    ] = None,
    order: Annotated[str, typer.Option("--order", help="given or best. 途经顺序。")] = "given",
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=3, help="Other ways. 备选路线。")
    ] = 0,
    file: Annotated[Path | None, typer.Option("--file", help="Requests, one JSON a line. 批量请求。")] = None,
    campus: CampusName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Find the way. 找路。

    Example: yuanli route 北门 A座301 --profile wheelchair
    """
    guide = opening.guide(campus, data_dir)
    if file is not None:
        _many(guide, file)
        return
    if origin is None or destination is None:
        raise BadRequestLineError(
            Text("请给出起点和终点。", "Give both FROM and TO."),
            field="to" if origin else "from",
            hint=Text("例如 yuanli route 北门 A座301", "For example: yuanli route 'North gate' A301"),
        )
    request = RouteRequest(
        origin=origin, destination=destination, via=tuple(via or ()), profile=profile, at=_time(at),
        avoid=tuple(avoid or ()), order=order, alternatives=alternatives,
    )  # fmt: skip
    routes = guide.routes(request, now=datetime.now(UTC))
    if as_json:
        print_json({**plain(routes[0]), "alternatives": plain(routes[1:])})
        return
    for number, found in enumerate(routes):
        if number:
            OUT.print()
        print_route(found)


def print_route(found: Route) -> None:
    """Print a route's steps for a person."""
    minutes = max(1, round(found.duration_s / 60))
    metres = round(found.distance_m)
    head = Text(f"约 {minutes} 分钟，{metres} 米", f"about {minutes} min, {metres} m")
    OUT.print(said(head), style="bold", markup=False)
    for number, step in enumerate(found.steps, start=1):
        OUT.print(f"{number:>2}. {said(step.text)}", markup=False)
    for warning in found.warnings:
        OUT.print(f"! {said(warning)}", style="yellow", markup=False)


def _many(guide: Guide, file: Path) -> None:
    """Answer each line of a file by a route or an error, one a line."""
    for number, line in enumerate(_lines(file), start=1):
        try:
            request = _request(line, number)
            print_json(guide.routes(request, now=datetime.now(UTC))[0])
        except YuanliError as error:
            print_error(error, as_json=True)


def _lines(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            yield from (line for line in stream if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestLineError(
            Text(f"文件 {file} 无法读取：{error}", f"The file {file} can't be read: {error}"), field=str(file)
        ) from error


def _request(line: str, number: int) -> RouteRequest:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _bad_line(number, f"不是 JSON：{error}", f"is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise _bad_line(number, "不是 JSON 对象。", "is no JSON object.")
    unknown = [name for name in row if name not in LINE_FIELDS]
    if unknown:
        raise _bad_line(number, f"含未知字段 {unknown[0]!r}。", f"has an unknown field {unknown[0]!r}.")
    texts = {name: row.get(name) for name in ("from", "to")}
    for name, value in texts.items():
        if not isinstance(value, str) or not value.strip():
            raise _bad_line(number, f"缺少 {name}。", f"lacks {name}.")
    request = RouteRequest(origin=row["from"], destination=row["to"])
    many = {name: row[name] for name in ("via", "avoid") if row.get(name)}
    many = {name: (v,) if isinstance(v, str) else tuple(map(str, v)) for name, v in many.items()}
    plain_fields = {name: row[name] for name in ("profile", "order", "alternatives") if row.get(name)}
    return replace(request, **many, **plain_fields, at=_time(row.get("at")))


def _time(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise BadRequestLineError(
            Text(f"时间 {text!r} 不是 ISO 8601。", f"The time {text!r} is not ISO 8601."),
            field="at",
            hint=Text("例如 2026-05-01T09:30+08:00", "For example 2026-05-01T09:30+08:00"),
        ) from None


def _bad_line(number: int, zh: str, en: str) -> BadRequestLineError:
    return BadRequestLineError(
        Text(f"第 {number} 行{zh}", f"Line {number} {en}"),
        field=f"line {number}",
        hint=Text(
            '每行一个 {"from": …, "to": …, "via"?, "profile"?, "at"?}。',
            'One {"from": …, "to": …, "via"?, "profile"?, "at"?} a line.',
        ),
    )

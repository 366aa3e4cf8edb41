"""`yuanli energy`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.bootstrap import House
from yuanli.campus import CampusId, FeatureId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, named, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import EnergyCurve, EnergySummary, Medium, Period

ALL = "all"
LENGTH = re.compile(r"(\d{1,3})\s*(d|天)")


class MomentError(InvalidInputError):
    """A day or time can't be read."""


def energy(
    place: Annotated[
        str | None, typer.Argument(help="Building, level, room or device; the site without. 场所或设备。")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="A day, a time, or such as 7d; today without. 起。")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="A day or time, not included; now without. 止。")
    ] = None,
    every: Annotated[
        Period | None, typer.Option("--every", help="Print what each of these took. 按周期列出。")
    ] = None,
    medium: Annotated[
        str, typer.Option("--medium", help="electricity, water, gas, heat, pv or all. 介质。")
    ] = ALL,
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tell how much energy a place used. 能耗。

    Example: yuanli energy 主楼 --from 2026-05-01 --to 2026-06-01 --every day --medium electricity
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    zone = ZoneInfo(opened.places.campus(campus_id).time_zone)
    now = opened.now()
    until = moment_of(end, "to", zone, now) if end is not None else now
    begin = moment_of(start, "from", zone, now) if start is not None else _day(now.astimezone(zone), zone)
    media = _media(medium)
    where = None if place is None else _place(opened, campus_id, place)
    if every is None:
        told = opened.energy.summary(campus_id, begin, until, place=where, media=media)
        print_json_lines([told]) if as_json else _print_summary(told)
        return
    curves = [
        opened.energy.curve(campus_id, begin, until, place=where, medium=one, every=every) for one in media
    ]
    if as_json:
        print_json_lines(curves)
        return
    for curve in curves:
        _print_curve(curve, zone)


def _media(name: str) -> tuple[Medium, ...]:
    if name == ALL:
        return tuple(Medium)
    try:
        return (Medium(name),)
    except ValueError as error:
        raise MomentError(
            Text(f"没有名为“{name}”的介质。", f"There is no medium {name!r}."),
            field="medium",
            hint=Text(f"可选：{ALL}、{'、'.join(Medium)}。", f"Give {ALL}, {', '.join(Medium)}."),
        ) from error


def _place(opened: House, campus_id: CampusId, name: str) -> FeatureId:
    if opened.places.campus(campus_id).find(name) is not None:
        return FeatureId(name)
    hits = opened.places.search(campus_id, name).hits
    return FeatureId(hits[0].place_id) if hits else FeatureId(name)


def moment_of(text: str, field: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return what a day, a time or such as `7d` names; without a zone it is of the campus's clock."""
    match = LENGTH.fullmatch(text.strip().lower())
    if match is not None:
        return _day((now - timedelta(days=int(match[1]))).astimezone(zone), zone)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise MomentError(
            Text(f"看不懂时间“{text}”。", f"The time {text!r} can't be read."),
            field=field,
            hint=Text("例如 2026-05-01 或 7d。", "Give such as 2026-05-01 or 7d."),
        ) from error
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _day(local: datetime, zone: ZoneInfo) -> datetime:
    return datetime(local.year, local.month, local.day, tzinfo=zone)


def _print_summary(told: EnergySummary) -> None:
    OUT.print(named(told.place.name), style="bold", markup=False)
    headers = (
        Text("介质", "Medium"), Text("用量", "Amount"), Text("较上期", "Against before"), Text("峰值", "Peak"),
        Text("覆盖", "Covered"), Text("说明", "Note"),
    )  # fmt: skip
    print_table(
        headers,
        (
            (
                said(one.name), "–" if one.amount is None else f"{one.amount:,.1f} {one.unit}",
                next((f"{c.change:+.1%}" for c in one.compared if c.change is not None), "–"),
                "–" if one.peak is None else f"{one.peak.power:,.1f}", f"{one.covered:.0%}",
                "" if one.note is None else said(one.note),
            )
            for one in told.media
        ),
    )  # fmt: skip


def _print_curve(curve: EnergyCurve, zone: ZoneInfo) -> None:
    OUT.print(f"{named(curve.place.name)}  {curve.medium}", style="bold", markup=False)
    if curve.note is not None:
        OUT.print(said(curve.note), markup=False)
    headers = (
        Text("起", "From"),
        Text(f"用量 {curve.unit}", f"Amount {curve.unit}"),
        Text("覆盖", "Covered"),
    )
    print_table(
        headers,
        (
            (
                bucket.start.astimezone(zone).isoformat(timespec="minutes"),
                "–" if bucket.amount is None else f"{bucket.amount:,.2f}",
                f"{bucket.covered:.0%}",
            )
            for bucket in curve.buckets
        ),
    )

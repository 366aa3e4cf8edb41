"""How much rooms are used, and what could be saved: `yuanli plan utilisation`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.campus import FeatureId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, language, print_json, print_table, said
from yuanli.cli.reading_tables import zone_of
from yuanli.devices import table_cells
from yuanli.errors import Text
from yuanli.operations import (
    BookableRoom,
    FilesWish,
    SpaceUsage,
    UsageFiles,
    UsageWish,
    measure_files,
)

WEEK = timedelta(days=7)
DAYS = frozenset(range(7))
Table = Path | None


@dataclass(frozen=True, slots=True)
class _Hours:
    """When rooms count as available."""

    from_hour: int
    to_hour: int
    weekdays: frozenset[int]


def utilisation(
    bookings: Annotated[
        Table, typer.Option("--bookings", help="Table: space, start, end, attendees. 预订表。")
    ] = None,
    counts: Annotated[
        Table, typer.Option("--counts", help="Table: space, start, end, people or yes/no. 人数表。")
    ] = None,
    spaces: Annotated[
        Table, typer.Option("--spaces", help="Table: space, seats …; else the campus's rooms. 空间表。")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="A day or time; else all of the files, or a week. 从。")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="A day or time. 到。")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Building or level. 楼宇或楼层。")] = None,
    from_hour: Annotated[int, typer.Option("--open", min=0, max=23, help="First open hour. 开放。")] = 8,
    to_hour: Annotated[int, typer.Option("--close", min=1, max=24, help="Closing hour. 关闭。")] = 18,
    weekends: Annotated[bool, typer.Option("--weekends", help="Open at weekends too. 周末也开放。")] = False,
    zone: Annotated[
        str, typer.Option("--zone", help="Of files without a campus: their clock. 时区。")
    ] = "Asia/Shanghai",
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tell how much rooms are booked and used, who didn't come, and what could be saved. 空间利用率。

    From what is stored, or from tables of CSV or Excel.

    Example: yuanli plan utilisation --bookings bookings.xlsx --counts counts.csv --spaces rooms.csv
    """
    days = DAYS if weekends else frozenset(range(5))
    if bookings is None and counts is None and spaces is None:
        found = _stored(start, end, place, _Hours(from_hour, to_hour, days), campus, data_dir)
    else:
        clock: tzinfo
        rooms: Sequence[BookableRoom]
        if spaces is not None:
            clock, rooms = zone_of(zone), ()
        else:
            opened = opening.house(data_dir)
            campus_id = opening.stored_id(opened, campus)
            clock = ZoneInfo(opened.places.campus(campus_id).time_zone)
            rooms = opened.reservations.rooms(campus_id)
        wish = FilesWish(
            start=None if start is None else opening.moment(start, "--from", clock),
            end=None if end is None else opening.moment(end, "--to", clock),
            from_hour=from_hour, to_hour=to_hour, weekdays=days,
        )  # fmt: skip
        files = UsageFiles(bookings=_table(bookings), counts=_table(counts), spaces=_table(spaces))
        found = measure_files(files, wish, rooms, clock)
    if as_json:
        print_json(found)
        return
    _print(found)


def _stored(
    start: str | None,
    end: str | None,
    place: str | None,
    hours: _Hours,
    campus: str | None,
    data_dir: Path | None,
) -> SpaceUsage:
    opened = opening.house(data_dir)
    campus_id, now = opening.stored_id(opened, campus), opened.now()
    clock = ZoneInfo(opened.places.campus(campus_id).time_zone)
    where = None
    if place is not None:
        where = opened.guidance.guide(campus_id).resolve(place, language=language()).stop.feature_id
    until = now if end is None else opening.moment(end, "--to", clock)
    wish = UsageWish(
        start=until - WEEK if start is None else opening.moment(start, "--from", clock), end=until,
        place=None if where is None else FeatureId(where), from_hour=hours.from_hour, to_hour=hours.to_hour,
        weekdays=hours.weekdays,
    )  # fmt: skip
    return opened.room_usage.measure(campus_id, wish, now)


def _table(path: Table) -> tuple[str, Iterator[Sequence[object]]] | None:
    return None if path is None else (path.name, table_cells(path))


def _print(found: SpaceUsage) -> None:
    OUT.print(f"{found.start:%Y-%m-%d %H:%M} – {found.end:%Y-%m-%d %H:%M}", markup=False)
    headers = (
        Text("房间", "Room"), Text("座位", "Seats"), Text("已订", "Booked"), Text("使用", "Used"),
        Text("上座", "Seats taken"), Text("未到", "No-shows"), Text("峰值/平均", "Peak/average"),
    )  # fmt: skip
    print_table(
        headers,
        (
            (
                said(row.name), row.seats, _share(row.booked), _share(row.occupied), _share(row.seat_use),
                f"{row.no_shows}/{row.bookings}", f"{_share(row.peak)}/{_share(row.average)}",
            )
            for row in (*found.rows, found.total)
        ),
    )  # fmt: skip
    for one in found.suggestions:
        cost = "" if not one.saving_cost else f" ¥{one.saving_cost:,.0f}"
        OUT.print(f"· {said(one.text)}{cost}", markup=False)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"

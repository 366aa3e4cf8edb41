"""`yuanli reserve`: rooms looked for, reserved, listed, given back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.bootstrap import House
from yuanli.campus import CampusId, FeatureId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, language, print_json, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import (
    BookableRoom,
    Reservation,
    ReservationWish,
    RoomWish,
    room_name,
    write_calendar,
)

app = typer.Typer(no_args_is_help=True, help="Rooms reserved. 房间预订。")
CampusOption = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]
From = Annotated[str, typer.Option("--from", help="YYYY-MM-DDTHH:MM, by the campus's clock. 开始。")]
Minutes = Annotated[int, typer.Option("--minutes", min=5, help="How long. 分钟。")]
People = Annotated[int, typer.Option("--people", min=1, help="How many come. 人数。")]
Who = Annotated[str | None, typer.Option("--who", help="For whom; yourself if left out. 预订人。")]
Number = Annotated[str, typer.Argument(help="Its id, of `yuanli reserve list`. 预订编号。")]
MOST_NAMED = 5
SHOWN = 10


class RoomOptionError(InvalidInputError):
    """A room or place can't be found by what is told of it."""


class CalendarFileError(InvalidInputError):
    """A calendar can't be written."""


@app.callback()
def reserve() -> None:
    """Rooms reserved. 房间预订。"""


@app.command("free")
def free(
    start: From,
    minutes: Minutes = 60,
    people: People = 1,
    place: Annotated[
        str | None, typer.Option("--place", help="Building or level, by name or id. 地点。")
    ] = None,
    near: Annotated[str | None, typer.Option("--near", help="From where one walks. 从哪里走过去。")] = None,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", help="projector, video …; repeat it. 设施。")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option("--category", help="conferenceroom …; repeat it. 房间类别。")
    ] = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the rooms that are free and fit, the best first. 查找空房。

    Example: yuanli reserve free --from 2026-05-04T14:00 --people 8 --feature projector
    """
    opened, campus_id, zone = _open(data_dir, campus)
    begin = opening.moment(start, "--from", zone)
    wish = RoomWish(
        start=begin, end=begin + timedelta(minutes=minutes), people=people, near=near, categories=tuple(category or ()),
        features=tuple(feature or ()), place=None if place is None else _place(opened, campus_id, place),
    )  # fmt: skip
    found = opened.reservations.free(campus_id, wish, opened.now())
    if as_json:
        print_json_lines(found)
        return
    headers = (
        Text("编号", "Id"),
        Text("房间", "Room"),
        Text("容纳", "Holds"),
        Text("设施", "Has"),
        Text("步行", "Walk"),
    )
    print_table(
        headers,
        (
            (
                one.room.id, said(one.room.name), one.room.capacity or "–", ", ".join(one.room.features),
                "–" if one.walk_s is None else f"{one.walk_s / 60:.0f} min",
            )
            for one in found[:SHOWN]
        ),
    )  # fmt: skip
    if len(found) > SHOWN:
        OUT.print(said(Text(f"共 {len(found)} 间。", f"{len(found)} rooms are free.")), markup=False)


@app.command("book")
def book(
    room: Annotated[str, typer.Argument(help="By id or name. 房间。")],
    start: From,
    minutes: Minutes = 60,
    people: People = 1,
    title: Annotated[str, typer.Option("--title", help="What for; others don't see it. 名称。")] = "",
    who: Who = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Reserve a room. 预订房间。

    Example: yuanli reserve book A301 --from 2026-05-04T14:00 --minutes 90 --people 8
    """
    opened, campus_id, zone = _open(data_dir, campus)
    begin = opening.moment(start, "--from", zone)
    wish = ReservationWish(
        space_id=_room(opened, campus_id, room).id, start=begin, end=begin + timedelta(minutes=minutes),
        attendees=people, title=title,
    )  # fmt: skip
    made = opened.reservations.reserve(campus_id, wish, who=who or opening.user(), now=opened.now())
    _tell(opened, made, zone, as_json)


@app.command("list")
def list_reservations(
    start: Annotated[str | None, typer.Option("--from", help="A day or time; now if left out. 从。")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days. 天数。")] = 7,
    room: Annotated[str | None, typer.Option("--room", help="By id or name. 房间。")] = None,
    who: Annotated[str | None, typer.Option("--who", help="Whose; all if left out. 预订人。")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write an iCalendar file instead. 写为 .ics 文件。")
    ] = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List reservations by start, or write them as an .ics file. 列出预订，或写为 .ics 文件。

    Example: yuanli reserve list --days 30 --room A301 -o a301.ics
    """
    opened, campus_id, zone = _open(data_dir, campus)
    begin = opened.now() if start is None else opening.moment(start, "--from", zone)
    spaces = None if room is None else (_room(opened, campus_id, room).id,)
    found = opened.reservations.list(
        campus_id, begin, begin + timedelta(days=days), space_ids=spaces, who=who
    )
    if output is not None:
        _write(opened, campus_id, found, output)
        return
    if as_json:
        print_json_lines(found)
        return
    headers = (
        Text("编号", "Id"), Text("房间", "Room"), Text("时间", "Time"), Text("人数", "People"), Text("预订人", "By"),
        Text("名称", "Title"), Text("签到", "Came"),
    )  # fmt: skip
    place = opened.places.campus(campus_id)
    print_table(
        headers,
        (
            (
                one.id, said(room_name(place, one.space_id)), _span(one, zone), one.attendees, one.who, one.title,
                "–" if one.came_at is None else f"{one.came_at.astimezone(zone):%H:%M}",
            )
            for one in found
        ),
    )  # fmt: skip


@app.command("cancel")
def cancel(
    reservation: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再确认。")] = False,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Give a room back; one that is in use is free from now on. 取消预订。

    Example: yuanli reserve cancel RESERVATION --yes
    """
    opened, campus_id, zone = _open(data_dir, campus)
    if not yes:
        typer.confirm(
            said(Text(f"取消预订 {reservation}？", f"Cancel reservation {reservation}?")), abort=True
        )
    done = opened.reservations.cancel(
        campus_id, reservation, who=opening.user(), manages=True, now=opened.now()
    )
    _tell(opened, done, zone, as_json)


@app.command("check-in")
def check_in(
    reservation: Number, campus: CampusOption = None, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Tell that somebody came. 签到。

    Example: yuanli reserve check-in RESERVATION
    """
    opened, campus_id, zone = _open(data_dir, campus)
    done = opened.reservations.check_in(
        campus_id, reservation, who=opening.user(), manages=True, now=opened.now()
    )
    _tell(opened, done, zone, as_json)


def _open(data_dir: Path | None, campus: str | None) -> tuple[House, CampusId, ZoneInfo]:
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    return opened, campus_id, ZoneInfo(opened.places.campus(campus_id).time_zone)


def _room(opened: House, campus_id: CampusId, name: str) -> BookableRoom:
    """Return the room that can be reserved and has an id, or a name, of which this is all, or of one only a part."""
    rooms = opened.reservations.rooms(campus_id)
    for room in rooms:
        if room.id == name:
            return room
    wanted = name.casefold()
    named = [
        room for room in rooms if any(wanted in text.casefold() for text in (room.name.zh, room.name.en))
    ]
    starting = [
        room for room in named if any(_is_name(wanted, text) for text in (room.name.zh, room.name.en))
    ]
    found = starting or named
    if len(found) != 1:
        some = "、".join(f"{room.name.zh}（{room.id}）" for room in found[:MOST_NAMED])
        some_en = ", ".join(f"{room.name.en} ({room.id})" for room in found[:MOST_NAMED])
        raise RoomOptionError(
            Text(f"“{name}”有 {len(found)} 间：{some}。", f"{len(found)} rooms are called {name!r}: {some_en}.")
            if found
            else Text(f"没有可预订的房间“{name}”。", f"No room {name!r} can be reserved."),
            field=name, hint=Text("用 yuanli reserve free 查看编号。", "See ids with: yuanli reserve free"),
        )  # fmt: skip
    return found[0]


def _is_name(wanted: str, text: str) -> bool:
    """Whether a name, of which the room's own comes first or last, begins or ends with just that."""
    parts = text.casefold().replace(",", " ").split()
    return wanted in parts or text.casefold() == wanted


def _place(opened: House, campus_id: CampusId, name: str) -> FeatureId:
    if opened.places.campus(campus_id).find(name) is not None:
        return FeatureId(name)
    hits = opened.places.search(campus_id, name).hits
    if not hits:
        raise RoomOptionError(
            Text(f"没有地点“{name}”。", f"There is no place {name!r}."), field="--place",
            hint=Text("用 yuanli campus find 查找。", "Look for it with: yuanli campus find"),
        )  # fmt: skip
    return FeatureId(hits[0].place_id)


def _write(opened: House, campus_id: CampusId, found: Iterable[Reservation], output: Path) -> None:
    place = opened.places.campus(campus_id)
    text = write_calendar(found, name=lambda key: room_name(place, key), language=language())
    try:
        output.write_bytes(text.encode())
    except OSError as error:
        raise CalendarFileError(
            Text(f"无法写入 {output}：{error.strerror}", f"{output} can't be written: {error.strerror}"),
            field="--output",
        ) from error


def _span(one: Reservation, zone: ZoneInfo) -> str:
    return f"{one.start.astimezone(zone):%Y-%m-%d %H:%M}–{one.end.astimezone(zone):%H:%M}"


def _tell(opened: House, one: Reservation, zone: ZoneInfo, as_json: bool) -> None:
    if as_json:
        print_json(one)
        return
    name = said(room_name(opened.places.campus(one.campus_id), one.space_id))
    state = said(Text("已取消", "cancelled")) if not one.steps else ""
    OUT.print(f"{one.id}  {name}  {_span(one, zone)}  {state}".rstrip(), markup=False)

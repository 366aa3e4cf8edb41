"""Problems of who sits where, drafted from the map and filled in: `yuanli plan draft-spaces`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from yuanli.cli import opening
from yuanli.cli.draft_options import parts_of, refuse_option
from yuanli.cli.drafts import CampusOption, DraftFileError, DraftOutput, read_json, say_draft, write_draft
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import language, print_json
from yuanli.errors import Text, counted
from yuanli.operations import SpaceWish, draft_workbook

Rows = list[dict[str, Any]]
EVERY = "*"
OF_ROOM = {
    "m2": "capacity_m2", "rent": "rent_per_m2", "fitout": "fit_out_per_m2", "noise": "noise", "security": "security",
    "energy": "energy_kwh_m2", "lease": "lease_end", "zone": "zone", "floor": "floor", "building": "building",
}  # fmt: skip
OF_TEAM = {"people": "headcount", "m2": "need_m2", "move": "move_cost", "lease": "lease_end", "room": "room"}
WORDS = frozenset({"lease_end", "zone", "floor", "building", "room"})
ROOM_EXAMPLE = "A301; rent=3; fitout=200; lease=2027-06-30; noise=1; security=2"
TEAM_EXAMPLE = "Sales; people=12; room=A301"
GROW_EXAMPLE = "2027-01-01; Research=30; Sales=15"
WALK_EXAMPLE = "Research; Sales; 40"


def draft_spaces(
    output: DraftOutput,
    place: Annotated[
        str | None, typer.Option("--place", help="Building or level by name or id; all. 楼宇或楼层。")
    ] = None,
    demands: Annotated[
        list[str] | None, typer.Option("--demand", help="A wish in words, again and again. 要求，可多次。")
    ] = None,
    m2: Annotated[float, typer.Option("--m2", help="m² that a person needs. 人均面积。")] = 8.0,
    rooms: Annotated[
        list[str] | None,
        typer.Option("--room", help=f"'{ROOM_EXAMPLE}'; * is every room; m2= adds one. 房间，可多次。"),
    ] = None,
    teams: Annotated[
        list[str] | None, typer.Option("--team", help=f"'{TEAM_EXAMPLE}'; people= adds one. 团队，可多次。")
    ] = None,
    growth: Annotated[
        list[str] | None,
        typer.Option("--grow", help=f"From a day on: '{GROW_EXAMPLE}'. 某日起的人数，可多次。"),
    ] = None,
    walks: Annotated[
        list[str] | None,
        typer.Option("--walk", help=f"Trips to and fro in a period: '{WALK_EXAMPLE}'. 往返次数，可多次。"),
    ] = None,
    weights: Annotated[
        list[str] | None, typer.Option("--weight", help="What counts: rent=1, walking=0.01 … 权重，可多次。")
    ] = None,
    tables: Annotated[
        Path | None, typer.Option("--tables", help="JSON of tables instead of the map's. 代替地图的表格。")
    ] = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Draft who could sit where, for `yuanli plan spaces`: JSON, or .xlsx to fill in. 从地图起草空间分配问题。

    Example: yuanli plan draft-spaces --place A座 --demand 研发部和测试部同层 --room "*; rent=3" -o spaces.xlsx
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    where = None
    if place is not None:
        where = opened.guidance.guide(campus_id).resolve(place, language=language()).stop.feature_id
    filled: dict[str, Any] | None = None if tables is None else read_json(tables)
    wish = SpaceWish(place=where, m2_per_person=m2, language=language(), tables=filled)
    if rooms or teams or growth or walks or weights:
        document = opened.space_drafts.draft(campus_id, wish).document
        today = (
            opened.now().astimezone(ZoneInfo(opened.places.campus(campus_id).time_zone)).date().isoformat()
        )
        entities = _with_teams([dict(row) for row in document["entities"]], teams or (), m2)
        filled = {
            **(filled or {}), "entities": entities,
            "rooms": _with_rooms([dict(row) for row in document["rooms"]], rooms or ()),
            "flows": [*document.get("flows", ()), *map(_flow, walks or ())],
            "periods": _periods(document.get("periods", ()), growth or (), entities, today, m2),
            "weights": {**document.get("weights", {}), **dict(map(_weight, weights or ()))},
        }  # fmt: skip
    wish = SpaceWish(
        place=where, demands="；".join(demands or ()), m2_per_person=m2, language=language(), tables=filled
    )
    found = opened.space_drafts.draft(campus_id, wish)
    if output.suffix.lower() == ".xlsx":
        _write(output, draft_workbook(found.document))
    else:
        write_draft(output, found.document)
    if as_json:
        counts = {name: getattr(found, name) for name in ("rooms", "teams", "people")}
        print_json({**counts, "rules": found.rules, "unread": found.unread, "assumed": found.assumed})
        return
    summary = Text(
        f"{found.rooms} 间房，{found.teams} 个团队共 {found.people} 人。",
        f"{counted(found.rooms, 'room')}, {counted(found.teams, 'team')} of "
        f"{counted(found.people, 'person', 'people')}.",
    )
    unread = [Text(f"没有读懂：{part}", f"Not understood: {part}") for part in found.unread]
    say_draft(summary, (*found.rules, *unread, *found.assumed))


def _with_rooms(rows: Rows, given: Sequence[str]) -> Rows:
    for text in given:
        (name,), told = parts_of("--room", text, tuple(OF_ROOM), ROOM_EXAMPLE, plain=1)
        cells = _cells("--room", told, OF_ROOM)
        meant = [row for row in rows if name in (EVERY, row["name"])]
        if not meant and "capacity_m2" in cells:
            meant = [{"name": name}]
            rows += meant
        if not meant:
            refuse_option("--room", name, f"{rows[0]['name']}; rent=3, {name}; m2=40")
        for row in meant:
            row.update(cells)
    return rows


def _with_teams(rows: Rows, given: Sequence[str], m2: float) -> Rows:
    for text in given:
        (name,), told = parts_of("--team", text, tuple(OF_TEAM), TEAM_EXAMPLE, plain=1)
        cells = _cells("--team", told, OF_TEAM)
        if "headcount" in cells:
            cells.setdefault("need_m2", round(cells["headcount"] * m2, 1))
        meant = _parts(rows, name)
        if not meant and "headcount" in cells:
            meant = [{"name": name}]
            rows += meant
        if len(meant) != 1:
            known = ", ".join(row["name"] for row in (meant or rows)[:3])
            refuse_option("--team", name, f"{known}; {name}; people=12")
        meant[0].update(cells)
    return rows


def _periods(
    kept: Sequence[Mapping[str, Any]], given: Sequence[str], teams: Rows, today: str, m2: float
) -> Rows:
    """Return the periods that there are, and one from each day on which people of teams are told."""
    found = [dict(one) for one in kept]
    if given and not found:
        found = [{"name": today, "starts": today}]
    for text in given:
        day, *rest = (part.strip() for part in text.replace("；", ";").split(";"))
        people: dict[str, float] = {}
        for part in rest:
            name, equals, number = (one.strip() for one in part.rpartition("="))
            meant = _parts(teams, name)
            if not equals or not meant:
                refuse_option("--grow", part, GROW_EXAMPLE)
            whole = sum(row["headcount"] for row in meant)
            for row in meant:
                share = row["headcount"] / whole if whole else 1 / len(meant)
                people[row["name"]] = round(share * _number("--grow", number, GROW_EXAMPLE), 2)
        if not people:
            refuse_option("--grow", text, GROW_EXAMPLE)
        needs = {name: round(heads * m2, 1) for name, heads in people.items()}
        found.append({"name": day, "starts": day, "headcounts": people, "needs_m2": needs})
    return found


def _parts(rows: Rows, name: str) -> Rows:
    """Return the team of a name, or the parts of it in its rooms."""
    return [row for row in rows if row["name"] == name] or [row for row in rows if row.get("group") == name]


def _flow(text: str) -> dict[str, Any]:
    (origin, destination, trips), _ = parts_of("--walk", text, (), WALK_EXAMPLE, plain=3)
    return {"origin": origin, "destination": destination, "trips": _number("--walk", trips, WALK_EXAMPLE)}


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    return name.strip().replace("-", "_"), _number("--weight", number, "rent=1")


def _cells(option: str, told: Mapping[str, Sequence[str]], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return what is told of a room or team by the problem's columns."""
    return {
        column: told[key][-1] if column in WORDS else _number(option, told[key][-1], f"{key}=5")
        for key, column in columns.items()
        if key in told
    }


def _number(option: str, text: str, example: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not number >= 0 or not isfinite(number):
        refuse_option(option, text.strip(), example)
    return number


def _write(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError as error:
        raise DraftFileError(
            Text(f"无法写入 {output}：{error.strerror}", f"{output} can't be written: {error.strerror}"),
            field="--output",
        ) from error

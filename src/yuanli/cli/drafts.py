"""Problems drafted from what is known of the park: `yuanli schedule draft-flows`, `draft-rooms`, `plan draft-sites`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from yuanli.cli import opening
from yuanli.cli.draft_options import DraftOptionError, number_of, parts_of, refuse_option, span_of
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, language, plain, print_json, said
from yuanli.errors import InvalidInputError, Text, counted
from yuanli.operations import FlowSpot, FlowUse, FlowWish, RoomPlanWish, SiteGoal, SitePeople, SiteWish

CampusOption = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]
DraftOutput = Annotated[Path, typer.Option("--output", "-o", help="The problem's file. 问题文件。")]
STAFF = frozenset({"member", "operator", "staff"})
"""Who sits at the shell may enter what the park's staff may."""
DAYS = ("yesterday", "today", "tomorrow")
ALSO_EXAMPLE = "North gate; 08:00-09:30; use=arrive; lanes=4; people=60"
OF_SPOT = ("use", "stay", "lag", "capacity", "lanes", "people", "vehicles", "seats", "trip", "cost")


class DraftFileError(InvalidInputError):
    """A draft can't be written."""


def read_json(path: Path) -> dict[str, Any]:
    """Return the object of a JSON file.

    Raises
    ------
    DraftFileError
        It is not there, or is no object.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = str(error)
    else:
        if isinstance(told, dict):
            return told
        why = type(told).__name__
    raise DraftFileError(
        Text(f"{path} 不是 JSON 对象：{why}。", f"{path} is no JSON object: {why}."), field="beside",
        hint=Text("更正文件后重试。", "Correct the file and try again."),
    )  # fmt: skip


def draft_flows(
    output: DraftOutput,
    begins: Annotated[str, typer.Option("--from", help="HH:MM, by the campus's clock. 开始。")],
    ends: Annotated[str, typer.Option("--to", help="HH:MM. 结束。")],
    place: Annotated[
        str | None, typer.Option("--place", help="Canteen, gate, building by name or id; the site. 地点。")
    ] = None,
    use: Annotated[
        FlowUse, typer.Option("--use", help="stay (lunch), arrive or leave. 停留、到达或离开。")
    ] = FlowUse.STAY,
    day: Annotated[
        str, typer.Option("--day", help="yesterday, today, tomorrow or YYYY-MM-DD. 哪天。")
    ] = "tomorrow",
    slot_min: Annotated[int, typer.Option("--slot", help="Minutes of a slot. 时段分钟数。")] = 15,
    stay_min: Annotated[float, typer.Option("--stay", help="Minutes that one stays. 停留分钟数。")] = 30.0,
    move_min: Annotated[
        float, typer.Option("--move", help="By how many minutes a team may be moved. 最多调整分钟数。")
    ] = 30.0,
    capacity: Annotated[
        float | None, typer.Option("--capacity", help="People through in a slot. 每时段通过人数。")
    ] = None,
    lanes: Annotated[int, typer.Option("--lanes", min=0, help="Lanes to choose from. 通道数。")] = 0,
    lane_people: Annotated[
        float, typer.Option("--lane-people", help="People through a lane in a slot. 每通道每时段人数。")
    ] = 0.0,
    lane_cost: Annotated[
        float, typer.Option("--lane-cost", help="Of an open lane in a slot. 每通道每时段费用。")
    ] = 0.0,
    times: Annotated[
        list[str] | None, typer.Option("--time", help="TEAM=HH:MM, when it comes now. 团队目前时间，可多次。")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", help=f"A further place: '{ALSO_EXAMPLE}'. 同时考虑的其他地点，可多次。"),
    ] = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Draft who could come when, for `yuanli schedule flows`. 从人数起草错峰问题。

    Example: yuanli schedule draft-flows --place 食堂 --from 11:00 --to 13:00 --capacity 120 -o flows.json
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    now = opened.now()
    today = now.astimezone(ZoneInfo(opened.places.campus(campus_id).time_zone)).date()
    spot = FlowSpot(
        begins=_clock("--from", begins), ends=_clock("--to", ends), place=place, use=use, stay_min=stay_min,
        capacity=capacity, lanes=lanes, lane_people=lane_people, lane_cost=lane_cost, times=_times(times or ()),
    )  # fmt: skip
    wish = FlowWish(
        day=_day(day, today), spots=(spot, *map(_spot, also or ())), slot_min=slot_min, move_min=move_min,
        language=language(),
    )  # fmt: skip
    found = opened.flow_drafts.draft(campus_id, wish, now)
    write_draft(output, found.document)
    if as_json:
        counts = {"people": found.people, "teams": found.teams, "slots": found.slots}
        print_json({**counts, "aims": found.aims, "assumed": found.assumed})
        return
    summary = Text(
        f"{found.people} 人、{found.teams} 个可调整的团队、{found.slots} 个时段。",
        f"{counted(found.people, 'person', 'people')}, {counted(found.teams, 'team')} that may move, "
        f"{counted(found.slots, 'slot')}.",
    )
    say_draft(summary, (*found.aims, *found.assumed))


def draft_rooms(
    output: DraftOutput,
    day: Annotated[
        str, typer.Option("--day", help="today, tomorrow or YYYY-MM-DD: the first day. 哪天起。")
    ] = "tomorrow",
    days: Annotated[int, typer.Option("--days", help="1 to 7. 天数。")] = 1,
    within: Annotated[
        list[str] | None,
        typer.Option("--within", help="Building, level or room; all. 楼宇、楼层或房间，可多次。"),
    ] = None,
    hours: Annotated[
        int, typer.Option("--hours", help="By how many times may move; 0: rooms only. 时间可前后调整几小时。")
    ] = 0,
    near_min: Annotated[
        float, typer.Option("--near", help="Minutes between consecutive events. 连续活动的最长间隔（分钟）。")
    ] = 30.0,
    walks: Annotated[bool, typer.Option(help="Count organisers' walks. 计预订人步行。")] = True,
    equipment: Annotated[
        bool, typer.Option(help="Another room has all the present one has. 设备不少于现在。")
    ] = True,
    change_cost: Annotated[
        float,
        typer.Option("--change-cost", help="Empty seats that outweigh a change. 一次变动相当于几个空座。"),
    ] = 5.0,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Draft which reservation could have which room, for `yuanli schedule rooms`. 从预订起草房间排期问题。

    What is reserved now is kept beside FILE.json as FILE.plan.json, for --start; no reservation is changed.

    Example: yuanli schedule draft-rooms --day tomorrow --hours 1 -o rooms.json
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    now = opened.now()
    today = now.astimezone(ZoneInfo(opened.places.campus(campus_id).time_zone)).date()
    wish = RoomPlanWish(
        day=_day(day, today), days=days, within=tuple(within or ()), hours=hours, near_min=near_min if walks else None,
        keep_equipment=equipment, change_cost=change_cost, roles=STAFF, language=language(),
    )  # fmt: skip
    found = opened.room_drafts.draft(campus_id, wish, now, who="", manages=True)
    write_draft(output, found.document)
    start = output.with_suffix(".plan.json")
    write_draft(start, {"assignments": found.start})
    if as_json:
        counts = {name: getattr(found, name) for name in ("events", "movable", "rooms", "organisers")}
        texts = {"aims": found.aims, "assumed": found.assumed, "left_out": found.left_out}
        print_json({**counts, **texts, "start": str(start)})
        return
    summary = Text(
        f"{found.organisers} 人的 {found.events} 个预订，其中 {found.movable} 个可调整，{found.rooms} 个房间。"
        f"现在的安排见 {start}。",
        f"{counted(found.events, 'reservation')} of {counted(found.organisers, 'person', 'people')}, {found.movable} "
        f"may change; {counted(found.rooms, 'room')}. "
        f"What is reserved now is in {start}.",
    )
    say_draft(summary, (*found.aims, *found.assumed, *found.left_out))


def draft_sites(
    thing: Annotated[str, typer.Argument(help="What is placed, such as lockers. 放什么，如急救箱。")],
    output: DraftOutput,
    number: Annotated[int, typer.Option("--number", "-n", help="How many more. 新增数量。")] = 1,
    within: Annotated[
        list[str] | None, typer.Option("--within", help="Building or level; all. 楼宇或楼层，可多次。")
    ] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Kind of space, such as lobby. 候选空间类型，可多次。")
    ] = None,
    places: Annotated[
        list[str] | None, typer.Option("--place", help="A candidate by name or id. 候选地点，可多次。")
    ] = None,
    existing: Annotated[
        list[str] | None, typer.Option("--existing", help="Where there is one. 已有的位置，可多次。")
    ] = None,
    keep: Annotated[bool, typer.Option(help="Count those on the map. 保留地图上已有的。")] = True,
    goal: Annotated[
        SiteGoal, typer.Option("--goal", help="median, center, cover or all (fewest). 目标。")
    ] = SiteGoal.MEDIAN,
    reach_min: Annotated[
        float | None, typer.Option("--within-min", help="Minutes of walking. 步行分钟数。")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option("--capacity", help="People that one serves. 每处服务人数。")
    ] = None,
    people: Annotated[
        SitePeople, typer.Option("--people", help="seats or usual. 人数来源。")
    ] = SitePeople.SEATS,
    profile: Annotated[str, typer.Option("--profile", help="walk, wheelchair … 出行方式。")] = "walk",
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Draft where shared things could go, for `yuanli plan sites`. 从地图起草选址问题。

    Example: yuanli plan draft-sites 急救箱 -n 3 --within A座 -o sites.json
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    wish = SiteWish(
        thing=thing, number=number, within=tuple(within or ()), kinds=tuple(kinds or ()), places=tuple(places or ()),
        existing=tuple(existing or ()), keep=keep, goal=goal, reach_min=reach_min, capacity=capacity, people=people,
        profile=profile, roles=STAFF, language=language(),
    )  # fmt: skip
    found = opened.site_drafts.draft(campus_id, wish, opened.now())
    write_draft(output, found.document)
    if as_json:
        counts = {
            name: getattr(found, name) for name in ("people", "spaces", "candidates", "number", "existing")
        }
        print_json({**counts, "assumed": found.assumed})
        return
    summary = Text(
        f"{found.spaces} 个空间共 {found.people} 人，{found.candidates} 个候选点选 {found.number} 处"
        f"（已有 {found.existing} 处）。",
        f"{counted(found.people, 'person', 'people')} in {counted(found.spaces, 'space')}; {found.number} of "
        f"{counted(found.candidates, 'candidate')}, "
        f"{found.existing} of them there already.",
    )
    say_draft(summary, found.assumed)


def write_draft(output: Path, document: Mapping[str, Any]) -> None:
    """Write the problem of a draft as JSON."""
    try:
        output.write_text(json.dumps(plain(document), ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise DraftFileError(
            Text(f"无法写入 {output}：{error.strerror}", f"{output} can't be written: {error.strerror}"),
            field="--output",
        ) from error


def say_draft(summary: Text, notes: Sequence[Text]) -> None:
    """Print what a draft has, and what it rests on."""
    OUT.print(said(summary), markup=False)
    for text in notes:
        OUT.print(f"  {said(text)}", markup=False)


def _day(text: str, today: date) -> date:
    if text in DAYS:
        return today + timedelta(days=DAYS.index(text) - 1)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DraftOptionError(
            Text(f"看不懂日期“{text}”。", f"The day {text!r} can't be read."), field="--day",
            hint=Text("用 today、tomorrow 或 2026-05-01。", "Write today, tomorrow, or such as 2026-05-01."),
        ) from error  # fmt: skip


def _clock(option: str, text: str) -> time:
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError as error:
        raise DraftOptionError(
            Text(f"看不懂时间“{text}”。", f"The time {text!r} can't be read."), field=option,
            hint=Text("例如 11:30。", "Write such as 11:30."),
        ) from error  # fmt: skip


def _spot(text: str) -> FlowSpot:
    (place, span), told = parts_of("--also", text, OF_SPOT, ALSO_EXAMPLE, plain=2)
    begins, ends = (time(at // 3600 % 24, at // 60 % 60) for at in span_of("--also", span))
    use = told.get("use", ["stay"])[0]
    if use not in list(FlowUse):
        refuse_option("--also", f"use={use}", "use=stay, use=arrive, use=leave")
    cost = float(number_of("--also", told, "cost", 0))
    return FlowSpot(
        begins=begins, ends=ends, place=place, use=FlowUse(use), stay_min=number_of("--also", told, "stay", 30),
        lag_min=number_of("--also", told, "lag", 0),
        capacity=number_of("--also", told, "capacity", 0) if "capacity" in told else None,
        lanes=number_of("--also", told, "lanes", 0), lane_people=number_of("--also", told, "people", 0), lane_cost=cost,
        vehicles=number_of("--also", told, "vehicles", 0), seats=number_of("--also", told, "seats", 0),
        round_trip_min=number_of("--also", told, "trip", 30), departure_cost=cost,
    )  # fmt: skip


def _times(given: Sequence[str]) -> dict[str, time]:
    pairs = [one.rpartition("=") for one in given]
    for pair, one in zip(pairs, given, strict=True):
        if not pair[0]:
            raise DraftOptionError(
                Text(f"“{one}”没有写明团队。", f"{one!r} names no team."), field="--time",
                hint=Text("例如 研发部=12:00。", "Write such as Research=12:00."),
            )  # fmt: skip
    return {team: _clock("--time", at) for team, _, at in pairs}

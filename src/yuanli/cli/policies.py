"""`yuanli policies`: within which limits plans of devices are carried out without asking."""

from __future__ import annotations

import secrets
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.campus import CampusId, DeviceId, FeatureId
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import PlanPolicy, told_days, told_devices

app = typer.Typer(no_args_is_help=True, help="Standing policies for plans of devices. 设备方案的常设策略。")
CampusOption = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]
ID_BYTES = 12


class PolicyOptionError(InvalidInputError):
    """An option of a policy can't be read."""


@app.callback()
def policies() -> None:
    """Standing policies for plans of devices. 设备方案的常设策略。"""


@app.command("list")
def list_policies(campus: CampusOption = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List standing policies, newest first. 列出常设策略。

    Example: yuanli policies list
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    found = opened.plan_runs.policies(campus_id)
    if as_json:
        print_json_lines(found)
        return
    place = opened.places.campus(campus_id)
    zone = ZoneInfo(place.time_zone)
    headers = (
        Text("编号", "Id"), Text("设备", "Devices"), Text("时段", "Hours"), Text("界限", "Limits"),
        Text("设定人", "Set by"), Text("止于", "Until"),
    )  # fmt: skip
    print_table(
        headers,
        (
            (
                one.id, said(told_devices(one, place, opened.commands.rules.kinds)),
                f"{said(told_days(one.weekdays))} {one.start}–{one.end}", said(_limits(one)),
                f"{one.who} {one.at.astimezone(zone):%Y-%m-%d}",
                "–" if one.until is None else f"{one.until.astimezone(zone):%Y-%m-%d %H:%M}",
            )
            for one in found
        ),
    )  # fmt: skip


@app.command("add")
def add(
    device: Annotated[list[str] | None, typer.Option("--device", help="By id; repeat it. 设备编号。")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="All of a kind in the place: hvac, lighting … 设备类型。")
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help="Where, by id; the site if left out. 地点。")
    ] = None,
    days: Annotated[str, typer.Option("--days", help="1 Monday to 7 Sunday: 1-5 or 1,3,5. 星期。")] = "1-7",
    start: Annotated[str, typer.Option("--from", help="HH:MM, by the campus's clock. 从。")] = "00:00",
    end: Annotated[str, typer.Option("--to", help="HH:MM or 24:00. 至。")] = "24:00",
    most_starts: Annotated[
        int, typer.Option("--most-starts", help="Of one device in a plan. 最多启动次数。")
    ] = 6,
    least_service: Annotated[
        float, typer.Option("--least-service", help="Share of the demand that is served, 0–1. 需求满足率。")
    ] = 1.0,
    least_saving: Annotated[
        float, typer.Option("--least-saving", help="Share of the usual cost, such as 0.05. 最少节省。")
    ] = 0.0,
    most_cost: Annotated[float | None, typer.Option("--most-cost", help="Of a plan. 费用上限。")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="YYYY-MM-DD or with HH:MM, by the campus's clock. 止于。")
    ] = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Let plans within limits be carried out without asking, in your name. 添加常设策略。

    Example: yuanli policies add --kind hvac --place building-a --days 1-5 --from 06:00 --to 22:00 --least-saving 0.05
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    zone = ZoneInfo(opened.places.campus(campus_id).time_zone)
    named = tuple(DeviceId(FeatureId(name)) for name in device or ())
    where = None if place is None else FeatureId(place)
    of_kind = () if kind is None else opened.plan_runs.switchable(campus_id, where, kind)
    made = opened.plan_runs.add_policy(
        PlanPolicy(
            id=secrets.token_hex(ID_BYTES), campus_id=campus_id, who=opening.user(), at=opened.now(),
            device_ids=tuple(dict.fromkeys((*named, *of_kind))), kind=kind, place_id=where, start=start, end=end,
            weekdays=_read_days(days),
            most_starts=most_starts, least_service=least_service, least_saving=least_saving, most_cost=most_cost,
            until=None if until is None else opening.moment(until, "--until", zone),
        )
    )  # fmt: skip
    if as_json:
        print_json(made)
        return
    n = len(made.device_ids)
    OUT.print(said(Text(f"策略 {made.id}：{n} 台设备。", f"Policy {made.id}: {n} devices.")), markup=False)


@app.command("remove")
def remove(
    policy: Annotated[str, typer.Argument(help="Its id, of `yuanli policies list`. 策略编号。")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再确认。")] = False,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Take a standing policy back; plans that run go on. 取消常设策略，执行中的方案不受影响。

    Example: yuanli policies remove POLICY --yes
    """
    opened = opening.house(data_dir)
    campus_id: CampusId = opening.stored_id(opened, campus)
    if not yes:
        typer.confirm(said(Text(f"取消策略 {policy}？", f"Take back policy {policy}?")), abort=True)
    opened.plan_runs.remove_policy(campus_id, policy)
    if as_json:
        print_json({"removed": policy})


def _limits(policy: PlanPolicy) -> Text:
    zh = [f"启动≤{policy.most_starts}", f"需求≥{policy.least_service:.0%}"]
    en = [f"starts ≤ {policy.most_starts}", f"demand ≥ {policy.least_service:.0%}"]
    if policy.least_saving:
        zh.append(f"节省≥{policy.least_saving:.0%}")
        en.append(f"saving ≥ {policy.least_saving:.0%}")
    if policy.most_cost is not None:
        zh.append(f"费用≤{policy.most_cost:g}")
        en.append(f"cost ≤ {policy.most_cost:g}")
    return Text("，".join(zh), ", ".join(en))


def _read_days(text: str) -> tuple[int, ...]:
    """Return the days of a list of days and spans.

    >>> _read_days("1-3,6")
    (1, 2, 3, 6)
    """
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            raise PolicyOptionError(
                Text(f"“{part}”不是星期。", f"{part!r} is no day of the week."), field="--days",
                hint=Text("例如 1-5 或 1,3,5。", "Such as 1-5 or 1,3,5."),
            )  # fmt: skip
        found.update(range(int(first), min(int(last or first), 8) + 1))
    return tuple(sorted(found))

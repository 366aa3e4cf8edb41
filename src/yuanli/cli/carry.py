"""`yuanli carry`: plans of devices drafted from the map, carried out, stopped, and compared with what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuanli.campus import FeatureId
from yuanli.cli import opening
from yuanli.cli.drafts import CampusOption, DraftOutput, read_json, say_draft, write_draft
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.errors import Text, counted
from yuanli.operations import DeviceWish, PlanDay, PlanRecord, RunOutcome, RunState, read_beside

app = typer.Typer(no_args_is_help=True, help="Plans of devices, carried out. 设备方案的执行。")
RunName = Annotated[str, typer.Argument(help="Its id, of `yuanli carry list`. 执行编号。")]
STATES = {
    RunState.RUNNING: Text("执行中", "running"),
    RunState.ENDING: Text("收尾", "ending"),
    RunState.ENDED: Text("已结束", "ended"),
}
OUTCOMES = {
    RunOutcome.FINISHED: Text("完成", "finished"),
    RunOutcome.STOPPED: Text("停止", "stopped"),
    RunOutcome.REPLACED: Text("被接替", "replaced"),
}


@app.callback()
def carry() -> None:
    """Plans of devices, carried out. 设备方案的执行。"""


@app.command("draft")
def draft(
    output: DraftOutput,
    place: Annotated[
        str | None, typer.Option("--place", help="Building, level or room by id. 场所编号。")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="hvac, lighting or a Brick class. 设备类型。")] = "hvac",
    day: Annotated[PlanDay, typer.Option("--day", help="today or tomorrow. 哪天。")] = PlanDay.TOMORROW,
    limit_kw: Annotated[float | None, typer.Option("--limit-kw", help="The most power. 功率上限。")] = None,
    least_share: Annotated[
        float, typer.Option("--least-share", help="Of a room's devices, on while open. 最低开机比例。")
    ] = 0.3,
    carbon_weight: Annotated[
        float, typer.Option("--carbon-weight", help="Money a kg of carbon weighs. 每千克碳的权重（元）。")
    ] = 0.0,
    solar_kwp: Annotated[
        float | None,
        typer.Option("--solar-kwp", help="PV that the map doesn't measure; 0: none. 光伏峰值功率。"),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            "--beside",
            help="JSON with storages, vehicles, climates, as of the API. 储能、车辆、热模型的 JSON 文件。",
        ),
    ] = None,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Draft a problem of devices from the map, for `yuanli schedule devices`. 从园区生成设备排程问题。

    Example: yuanli carry draft --place building-a --day tomorrow -o devices.json
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    told = read_beside({} if beside is None else read_json(beside))
    wish = DeviceWish(
        place=None if place is None else FeatureId(place),
        kind=kind,
        day=day,
        limit_kw=limit_kw,
        least_share=least_share,
        carbon_weight=carbon_weight,
        solar_kwp=solar_kwp,
        storages=told.storages,
        vehicles=told.vehicles,
        climates=told.climates,
    )
    found = opened.device_drafts.draft(campus_id, wish)
    write_draft(output, found.document)
    if as_json:
        print_json(
            {
                "devices": found.devices,
                "zones": found.zones,
                "assumptions": found.assumptions,
                "left_out": found.left_out,
            }
        )
        return
    summary = Text(
        f"{found.devices} 台设备、{found.zones} 个区域。",
        f"{counted(found.devices, 'device')} in {counted(found.zones, 'zone')}.",
    )
    say_draft(summary, (*found.assumptions, *found.left_out))


@app.command("hand-in")
def hand_in(
    plan: Annotated[
        str,
        typer.Argument(help="Its id, the end of its page's address. 方案编号（页面地址末段）。"),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 不再确认。")] = False,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Carry a solved plan out if a standing policy covers it, else say why none does. 按常设策略执行方案。

    Example: yuanli carry hand-in PLAN --yes
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    if not yes:
        typer.confirm(
            said(Text(f"策略涵盖即开始执行 {plan}？", f"Carry {plan} out where a policy covers it?")),
            abort=True,
        )
    found = opened.plan_runs.hand_in(campus_id, plan, who=opening.user(), at_once=False)
    if as_json:
        print_json(found)
    else:
        OUT.print(said(found.message), markup=False)
        for one in found.refusals:
            OUT.print(f"- {said(one.policy)}: {' '.join(said(why) for why in one.why)}", markup=False)
    if found.run is None:
        raise typer.Exit(1)


@app.command("list")
def list_runs(campus: CampusOption = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List plans that are or were carried out, newest first. 列出执行过的方案。

    Example: yuanli carry list
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    zone = ZoneInfo(opened.places.campus(campus_id).time_zone)
    runs = opened.plan_runs.list(campus_id)
    if as_json:
        print_json_lines(runs)
        return
    headers = (
        Text("编号", "Id"), Text("名称", "Name"), Text("开始", "Begins"), Text("状态", "State"),
        Text("批准人", "Approved by"), Text("设备", "Devices"), Text("退出", "Left"),
    )  # fmt: skip
    print_table(
        headers,
        (
            (
                run.id, run.name, f"{run.begins_at.astimezone(zone):%Y-%m-%d %H:%M}",
                said(STATES[run.state] if run.outcome is None else OUTCOMES[run.outcome]),
                run.approved_by if run.policy is None else said(run.policy),
                len(run.devices), sum(device.left is not None for device in run.devices),
            )
            for run in runs
        ),
    )  # fmt: skip


@app.command("record")
def record(
    run: RunName,
    adjusted: Annotated[
        bool, typer.Option("--adjusted", help="Also adjust for weather and people. 按天气与人数调整。")
    ] = False,
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Compare a plan with what happened, and tell what it saved. 计划与实际对照及节省。

    Example: yuanli carry record RUN --adjusted
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    found = opened.plan_records.record(
        opened.plan_runs.get(campus_id, run), now=opened.now(), adjusted=adjusted
    )
    if as_json:
        print_json(found)
        return
    _say(found)


@app.command("stop")
def stop(
    run: RunName, campus: CampusOption = None, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """End a plan: the server gives its devices back to their own control. 停止执行，设备交还自控。

    Example: yuanli carry stop RUN
    """
    opened = opening.house(data_dir)
    found = opened.plan_runs.stop(opening.stored_id(opened, campus), run, who=opening.user(), at_once=False)
    if as_json:
        print_json(found)
        return
    OUT.print(said(found.message or OUTCOMES[RunOutcome.STOPPED]), markup=False)


def _say(found: PlanRecord) -> None:
    headers = (
        Text("设备", "Device"), Text("一致", "As planned"), Text("计划 kWh", "Planned kWh"),
        Text("实际 kWh", "Actual kWh"), Text("平常 kWh", "Usual kWh"), Text("说明", "Note"),
    )  # fmt: skip
    print_table(
        headers,
        (
            (
                row.name, "–" if row.agreed is None else f"{row.agreed:.0%}", row.planned_kwh, row.actual_kwh,
                "–" if row.usual_kwh is None else row.usual_kwh,
                " ".join(said(one) for one in (row.message, row.returns) if one is not None),
            )
            for row in found.devices
        ),
    )  # fmt: skip
    saving = found.saving
    if saving is not None:
        kwh, money = f"{saving.kwh:g} kWh", f"{saving.cost:g} {saving.currency}"
        OUT.print(
            said(
                Text(
                    f"节省 {kwh}（{saving.kwh_low:g}…{saving.kwh_high:g}），{money}"
                    f"（{saving.cost_low:g}…{saving.cost_high:g}），已知时段 {saving.coverage:.0%}。{saving.method.zh}",
                    f"Saved {kwh} ({saving.kwh_low:g} to {saving.kwh_high:g}), {money} ({saving.cost_low:g} to "
                    f"{saving.cost_high:g}); {saving.coverage:.0%} of the slots are known. {saving.method.en}",
                )
            ),
            markup=False,
        )
    report = found.adjusted
    if report is not None:
        OUT.print(
            said(
                Text(
                    f"调整后节省 {report.saved:.1f} kWh（{report.low:.1f}…{report.high:.1f}，{report.level:.0%}）。",
                    f"Adjusted: {report.saved:.1f} kWh saved ({report.low:.1f} to {report.high:.1f}, "
                    f"{report.level:.0%}).",
                )
            ),
            markup=False,
        )
    OUT.print(said(found.adjusted_note), markup=False)

"""A plan as a document to print: what was reached, why, what it costs, and who or what goes where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.errors import Text, counted
from yuanli.operations.replies import Chart, Line
from yuanli.operations.reports import Block, Cell, Document, Heading, Picture, Sentence, Table
from yuanli.operations.solving.cells import Said, cells_of
from yuanli.operations.solving.comparing import measure_rows
from yuanli.operations.solving.jobs import SolveJob, SolveNotFoundError, SolveOrder
from yuanli.operations.solving.kinds import kind_of
from yuanli.operations.solving.measuring import measures_of
from yuanli.operations.solving.names import name_of
from yuanli.operations.solving.showing import FloorUse, SpaceView, space_view
from yuanli.solver import Plan, Row, Status

MOST_ROWS = 2_000
STATUS = {
    Status.OPTIMAL: Text("已证明最优", "Proved to cost least"), Status.FEASIBLE: Text("可行", "Feasible"),
    Status.INFEASIBLE: Text("无可行方案", "No plan is possible"),
    Status.UNKNOWN: Text("时限内未找到", "None found in time"),
}  # fmt: skip
MOVES = (Text("团队", "Team"), Text("从", "From"), Text("到", "To"), Text("人数", "People"))
FLOORS = (Text("楼宇", "Building"), Text("楼层", "Floor"), Text("可用面积（m²）", "Capacity (m²)"),
          Text("占用（m²）", "Used (m²)"), Text("人数", "People"), Text("利用率", "Use"),
          Text("耗电（kWh/年）", "Energy (kWh a year)"))  # fmt: skip
CHARGES = (Text("团队", "Team"), Text("分摊面积（m²）", "Area (m²)"), Text("租金", "Rent"))
PERIOD = Text("时期", "Period")
MEASURES = Text("指标", "Measures")


def plan_document(
    job: SolveJob, order: SolveOrder, *, language: str, time_zone: str, made_at: datetime
) -> Document:
    """Return a plan as a document.

    Raises
    ------
    SolveNotFoundError
        The problem has no plan yet.
    """
    plan = job.plan
    if plan is None:
        raise SolveNotFoundError(
            Text(f"“{job.summary.name}”还没有方案。", f"{job.summary.name!r} has no plan yet."),
            field="job",
            hint=Text("请等待求解结束。", "Wait until it is solved."),
        )

    def say(text: Text) -> str:
        return text.zh if language == "zh" else text.en

    kind = kind_of(order.kind)
    blocks: list[Block] = [Heading(text=say(Text("结果", "Result"))), Sentence(text=_told(plan, say))]
    blocks += [Sentence(text=say(one), warns=True) for one in plan.conflicts]
    blocks += [Sentence(text=say(one)) for one in plan.explanation]
    if plan.cost_breakdown:
        blocks += [
            Heading(text=say(Text("费用构成", "Cost in parts"))),
            Picture(chart=_parts(plan.cost_breakdown)),
        ]
    if plan.assignments:
        measures = measures_of(kind, kind.parse(order.problem, order.file_name), plan)
        blocks += [
            Heading(text=say(MEASURES)),
            Table(title=say(MEASURES), headers=("", ""), rows=measure_rows(measures, say)),
        ]
    if order.kind == "spaces" and plan.assignments:
        blocks += _spaces(space_view(order, plan.assignments), say)
    if plan.assignments:
        said = cells_of(kind.parse(order.problem, order.file_name), ZoneInfo(time_zone))
        blocks += _assignments(plan.assignments, say, language, said)
    return Document(
        title=job.summary.name, subtitle=f"{say(kind.title)} · {job.summary.who} · {say(plan.method)}",
        language=language, time_zone=time_zone, made_at=made_at, blocks=tuple(blocks),
    )  # fmt: skip


def _told(plan: Plan, say: Any) -> str:
    told = [say(STATUS[plan.status])]
    if plan.cost is not None:
        told.append(say(Text(f"费用 {plan.cost:,.2f}", f"cost {plan.cost:,.2f}")))
    if plan.bound is not None:
        told.append(say(Text(f"已证明下界 {plan.bound:,.2f}", f"proved bound {plan.bound:,.2f}")))
    if plan.gap is not None:
        told.append(say(Text(f"间隙 {plan.gap:.2%}", f"gap {plan.gap:.2%}")))
    if plan.changes is not None:
        told.append(say(Text(f"变动 {plan.changes} 项", counted(plan.changes, "change"))))
    return "；".join(told) + "。" if "；" in say(Text("；", "; ")) else "; ".join(told) + "."


def _parts(parts: Mapping[str, float]) -> Chart:
    return Chart(
        title=Text("费用构成", "Cost in parts"), unit="",
        lines=(Line(name=Text("费用", "Cost"), values=tuple(float(part) for part in parts.values())),),
        names=tuple(name_of("part", name) for name in parts),
    )  # fmt: skip


def _spaces(view: SpaceView, say: Any) -> list[Block]:
    several = len({use.period for use in view.after}) > 1

    def table(title: Text, headers: Sequence[Text], rows: Sequence[tuple[str, tuple[Cell, ...]]]) -> Table:
        return Table(
            title=say(title),
            headers=tuple(say(one) for one in ((PERIOD, *headers) if several else headers)),
            rows=tuple((period, *cells) if several else cells for period, cells in rows[:MOST_ROWS]),
        )

    moves = [
        (m.period, (m.entity, m.origin or "–", m.destination, m.people)) for m in view.moves
    ]  # fmt: skip
    floors = [(use.period, _floor(use)) for use in view.after]
    charges = [(c.period, (c.entity, c.area_m2, c.rent)) for c in view.charges]
    return [
        Heading(text=say(Text("空间", "Spaces"))),
        table(Text("楼层利用", "Use of floors"), FLOORS, floors),
        *([table(Text("搬动", "Moves"), MOVES, moves)] if moves else []),
        table(Text("费用分摊", "Chargeback"), CHARGES, charges),
    ]


def _floor(use: FloorUse) -> tuple[Cell, ...]:
    return (
        use.building,
        use.floor,
        use.capacity_m2,
        use.used_m2,
        use.people,
        f"{use.share:.0%}",
        use.energy_kwh,
    )


def _assignments(rows: Sequence[Row], say: Any, language: str, said: Said) -> list[Block]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(
        title=say(Text("安排", "Assignments")),
        headers=tuple(say(name_of("column", name)) for name in columns),
        rows=tuple(
            tuple(_cell(said(name, row.get(name)), language) for name in columns) for row in rows[:MOST_ROWS]
        ),
    )
    blocks: list[Block] = [Heading(text=say(Text("安排", "Assignments"))), table]
    if len(rows) > MOST_ROWS:
        more = len(rows) - MOST_ROWS
        blocks.append(
            Sentence(
                text=say(
                    Text(
                        f"另有 {more} 行未列出。",
                        f"{counted(more, 'more row is', 'more rows are')} left out.",
                    )
                ),
                warns=True,
            )
        )
    return blocks


def _cell(value: Any, language: str) -> Cell:
    if isinstance(value, Text):
        return value.zh if language == "zh" else value.en
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return float(value) if isinstance(value, int | float) else None if value is None else str(value)

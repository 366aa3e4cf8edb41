"""Plans side by side as a document: what each costs and means in the park, and the assignments that differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from yuanli.errors import Text, counted
from yuanli.operations.reports import Cell, Document, Heading, Sentence, Table
from yuanli.operations.solving.cells import Said
from yuanli.operations.solving.kinds import kind_of
from yuanli.operations.solving.measuring import SHARES
from yuanli.operations.solving.names import name_of
from yuanli.operations.solving.scenarios import PlanComparison
from yuanli.solver import Row

MEASURE = Text("指标", "Measure")
COST, AGAINST, CHANGED = (
    Text("费用", "Cost"),
    Text("比第一个多", "More than the first"),
    Text("不同的安排", "Changed"),
)
DIFFER = Text("不同的安排", "Assignments that differ")


def comparison_document(
    told: PlanComparison, said: Said, *, language: str, time_zone: str, made_at: datetime
) -> Document:
    """Return plans side by side as a document; `said` says the cells of their rows."""

    def say(text: Text) -> str:
        return text.zh if language == "zh" else text.en

    kind = kind_of(told.kind)
    names = tuple(one.name for one in told.scenarios)
    costs: list[tuple[Cell, ...]] = [(say(COST), *(one.cost for one in told.scenarios))]
    costs += _figures("part", [one.parts for one in told.scenarios], say)
    costs += [
        (say(AGAINST), *(None if one.against is None else one.against.cost for one in told.scenarios)),
        (say(CHANGED), *(float(one.changed) for one in told.scenarios)),
    ]
    measures = _figures("measure", [one.measures for one in told.scenarios], say)
    differing = tuple(
        (one.item, *(_row(row, kind.changed_by, said, say) for row in one.rows)) for one in told.items
    )
    left = told.differing - len(told.items)
    more = [
        Sentence(
            text=say(Text(f"另有 {left} 项未列出。", f"{counted(left, 'more is', 'more are')} left out.")),
            warns=True,
        )
    ]
    return Document(
        title=say(Text("方案对比", "Plans compared")), subtitle=f"{say(kind.title)} · {', '.join(names)}",
        language=language, time_zone=time_zone, made_at=made_at,
        blocks=(
            Heading(text=say(MEASURE)), Table(title=say(MEASURE), headers=("", *names), rows=tuple(measures)),
            Heading(text=say(COST)), Table(title=say(COST), headers=("", *names), rows=tuple(costs)),
            Heading(text=say(DIFFER)),
            *([Table(title=say(DIFFER), headers=("", *names), rows=differing)] if differing else []),
            Sentence(text=say(Text(f"共 {told.differing} 项。", f"{told.differing} in all."))),
            *(more if left else []),
        ),
    )  # fmt: skip


def measure_rows(measures: Mapping[str, float], say: Callable[[Text], str]) -> tuple[tuple[Cell, ...], ...]:
    """Return what one plan means in the park as rows of a table."""
    return tuple(_figures("measure", [measures], say))


def _figures(
    table: str, columns: list[Mapping[str, float]], say: Callable[[Text], str]
) -> list[tuple[Cell, ...]]:
    keys = dict.fromkeys(key for one in columns for key in one)
    return [(say(name_of(table, key)), *(_figure(key, one.get(key)) for one in columns)) for key in keys]


def _figure(key: str, value: float | None) -> Cell:
    return f"{value:.1%}" if key in SHARES and value is not None else value


def _row(row: Row | None, changed_by: tuple[str, ...], said: Said, say: Callable[[Text], str]) -> str:
    if row is None:
        return "–"
    columns = changed_by or tuple(row)[1:]
    values = [said(column, row.get(column)) for column in columns]
    return " · ".join(
        say(one) if isinstance(one, Text) else f"{one:g}" if isinstance(one, float) else str(one)
        for one in values
        if one not in (None, "")
    )

"""`yuanli schedule` and `yuanli plan`: a problem's file in, a checked plan out."""

from __future__ import annotations

import csv
import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from math import inf, isfinite
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated, Any

import typer

from yuanli.cli.opening import AsJson
from yuanli.cli.printing import CLOCKED, ERR, OUT, plain, print_json, print_table, said, shown_cell
from yuanli.errors import InvalidInputError, NotFoundError, Text, counted
from yuanli.operations import (
    PLANNING_KINDS,
    SCHEDULING_KINDS,
    WhyNotTold,
    ask_why_not,
    find_problem_example,
    plan_table,
    read_plan_table,
    warm_up,
)
from yuanli.solver import (
    MOST_BYTES,
    Checked,
    Kind,
    Moves,
    Plan,
    Row,
    Search,
    SearchProgress,
    Sensitivity,
    Status,
    Stop,
    Wish,
    json_of,
    make_plan,
    sensitivity,
)

SHOWN = 40
STATUSES = {
    Status.OPTIMAL: Text("已证明最优", "proved to be best"),
    Status.FEASIBLE: Text("可行", "feasible"),
    Status.INFEASIBLE: Text("无可行方案", "there is no plan"),
    Status.UNKNOWN: Text("时限内未找到方案", "no plan was found in this time"),
}

schedule = typer.Typer(no_args_is_help=True, help="Devices, rooms, rounds, flows: when and who. 调度。")
plan = typer.Typer(no_args_is_help=True, help="Spaces, layouts, sites: where and how many. 空间规划。")


class ProblemFileError(NotFoundError):
    """A file of a problem or a plan is not there."""


class PlanFileError(InvalidInputError):
    """A file is no plan, or can't be written."""


Problem = Annotated[Path | None, typer.Argument(help="The problem's file. 问题文件。")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write the plan: .json or .csv. 保存方案。")
]
TimeLimit = Annotated[float, typer.Option("--time-limit", min=0.0, help="Seconds. 时限（秒）。")]
Gap = Annotated[
    float, typer.Option("--gap", min=0.0, max=1.0, help="Enough when so near the bound. 允许间隙。")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of what is drawn by lot. 随机种子。")]
Rounds = Annotated[
    int | None, typer.Option("--rounds", min=1, help="Steps instead of seconds: repeatable. 轮数。")
]
CpuLimit = Annotated[
    float | None, typer.Option("--cpu-limit", min=0.0, help="Seconds of processors. 处理器时限（秒）。")
]
Stale = Annotated[
    float | None,
    typer.Option("--stale", min=0.0, help="Seconds without a better plan. 多久无改进即停（秒）。"),
]
Begin = Annotated[Path | None, typer.Option("--start", help="A plan to begin from. 现有方案。")]
Locked = Annotated[list[str] | None, typer.Option("--lock", help="Stays as in --start. 锁定，可多次。")]
Changes = Annotated[
    int | None, typer.Option("--max-changes", min=0, help="Rows that may differ from --start. 最多变动数。")
]
Extra = Annotated[
    float | None,
    typer.Option(
        "--extra",
        min=0.0,
        max=1.0,
        help="Plan anew, changing least of --start at this share of extra cost. 少变动重排，可贵的比例。",
    ),
]
Check = Annotated[Path | None, typer.Option("--check", help="Only check this plan. 仅核验该方案。")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Threads; else all processors, or one with --rounds. 线程数；默认全部，--rounds 时为一。",
    ),
]
Sense = Annotated[
    float,
    typer.Option(
        "--sensitivity", min=0.0, help="Seconds for what one more of each would change. 敏感性分析秒数。"
    ),
]
Why = Annotated[
    str | None,
    typer.Option(
        "--why-not", help="Of the plan's first column: ask why it isn't as --to says. 为什么不：要问的一项。"
    ),
]
To = Annotated[
    list[str] | None,
    typer.Option("--to", help="COLUMN=VALUE, may be repeated; with --why-not. 希望的安排，可多次。"),
]
Example = Annotated[bool, typer.Option("--example", help="Print a small problem. 输出示例问题。")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON schema of problems. 输出问题格式。")]


def command_of(kind: Kind[Any, Any], group: str) -> Callable[..., None]:
    """Return the command that solves one kind of problem."""

    def solve(
        problem: Problem = None,
        output: Output = None,
        time_limit: TimeLimit = 30.0,
        cpu_limit: CpuLimit = None,
        stale: Stale = None,
        gap: Gap = 0.0,
        seed: Seed = 0,
        rounds: Rounds = None,
        start: Begin = None,
        locked: Locked = None,
        max_changes: Changes = None,
        extra: Extra = None,
        check: Check = None,
        workers: Workers = None,
        sensitivity_s: Sense = 0.0,
        why: Why = None,
        to: To = None,
        schema: Schema = False,
        example: Example = False,
        as_json: AsJson = False,
    ) -> None:
        if schema:
            print_json(kind.schema())
            return
        if example:
            sys.stdout.write((find_problem_example(kind.name) or b"").decode())
            return
        if problem is None:
            raise ProblemFileError(
                Text("请给出问题文件。", "Give the file of a problem."),
                field="PROBLEM",
                hint=Text(
                    "用 --example 和 --schema 查看格式。", "See the format with --example and --schema."
                ),
            )
        tables = kind.parse(bytes_of(problem), problem.name)
        wanted = _wanted(kind, why, to)
        if check is not None and wanted:
            warm_up(kind.name)
            kept = kind.read_rows(tables, rows_of(check))
            with _interruptible() as cancelled:
                answer = _why_not(
                    kind, tables, kept, wanted, Search(Stop(time_s=time_limit), cancelled=cancelled.is_set)
                )
            if as_json:
                print_json(finite(plain(answer)))
            else:
                _say_why(answer)
            return
        if check is not None:
            _say_check(kind.check(tables, kind.read_rows(tables, rows_of(check))), as_json)
            return
        read = kind.read_rows if extra is None else kind.start_of
        begin = None if start is None else read(tables, rows_of(start))
        if begin is None and (locked or max_changes is not None or extra is not None):
            raise PlanFileError(
                Text(
                    "--lock、--max-changes 和 --extra 需要 --start。",
                    "--lock, --max-changes and --extra need --start.",
                ),
                field="--start",
            )
        warm_up(kind.name)
        gc.freeze()  # What is read now lives on: a look of the collector at it would make Ctrl-C wait.
        wish = Wish(
            seed=seed,
            start=begin,
            locked=frozenset(locked or ()),
            max_changes=max_changes,
            workers=workers or (1 if rounds else os.cpu_count() or 1),
            extra=extra,
        )
        told: Sensitivity | None = None
        stop = Stop(
            time_s=None if rounds else time_limit, cpu_s=cpu_limit, stale_s=stale, gap=gap, rounds=rounds
        )
        asked: WhyNotTold | None = None
        with _interruptible() as cancelled, _Bar(stop, quiet=as_json) as bar:
            search: Search[Any] = Search(stop, cancelled=cancelled.is_set, told=bar)
            found = make_plan(kind, tables, search, wish)
            if sensitivity_s and found.cost is not None:
                told = sensitivity(
                    kind, tables, kind.read_rows(tables, found.assignments), stop=Stop(time_s=sensitivity_s),
                    wish=wish, bound=-inf if found.bound is None else found.bound, cancelled=cancelled.is_set,
                )  # fmt: skip
            if wanted and found.cost is not None:
                asked = _why_not(
                    kind, tables, kind.read_rows(tables, found.assignments), wanted,
                    Search(Stop(time_s=time_limit), cancelled=cancelled.is_set),
                    bound=-inf if found.bound is None else found.bound,
                )  # fmt: skip
        if output is not None:
            write(output, found)
        if as_json:
            more = {} if told is None else {"sensitivity": plain(told)}
            more |= {} if asked is None else {"why_not": plain(asked)}
            print_json(finite({**plain(found), **more}))
        else:
            say(found, clock=getattr(tables, "clock", False))
            for sense in () if told is None else told.senses:
                OUT.print(said(sense.text), markup=False)
            if asked is not None:
                _say_why(asked)
        if found.status in (Status.INFEASIBLE, Status.UNKNOWN):
            raise typer.Exit(1)

    solve.__doc__ = f"""{kind.title.en}. {kind.title.zh}。

    Exit code 1 where there is no plan. Ctrl-C ends the search and keeps the best so far.

    Example: yuanli {group} {kind.name} problem.json -o plan.json --time-limit 10
    """
    return solve


for _kind in SCHEDULING_KINDS:
    schedule.command(_kind.name)(command_of(_kind, "schedule"))
for _kind in PLANNING_KINDS:
    plan.command(_kind.name)(command_of(_kind, "plan"))


class _Bar:
    """A line on stderr that says how far the search is and what is left, by the clock of now."""

    def __init__(self, stop: Stop, *, quiet: bool) -> None:
        self._stop, self._began = stop, time.monotonic()
        self._now: SearchProgress | None = None
        self._status = None if quiet or not ERR.is_terminal else ERR.status("")

    def __enter__(self) -> _Bar:
        if self._status is not None:
            self._status.update(self)
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, progress: SearchProgress, best: object) -> None:
        """Note cost, bound and gap; they are shown with the next look at the clock."""
        del best
        self._now = progress

    def __rich__(self) -> str:
        """Return the line as it is now."""
        return said(progress_line(self._now, self._stop, elapsed_s=time.monotonic() - self._began))


def progress_line(now: SearchProgress | None, stop: Stop, *, elapsed_s: float) -> Text:
    """Say how much time, or how many rounds, a search has left, with its cost, bound and gap; – where there is none."""
    if stop.time_s is not None:
        left_s = max(0.0, stop.time_s - elapsed_s)
        left = Text(f"还剩 {left_s:.0f} 秒", f"{left_s:.0f} s left")
    elif stop.rounds is not None:
        left_rounds = max(0, stop.rounds - (0 if now is None else now.rounds))
        left = Text(f"还剩 {left_rounds} 轮", f"{left_rounds} rounds left")
    else:
        left = Text("不限时", "no limit")
    cost, bound = ("–" if now is None or not isfinite(x) else f"{x:,.6g}" for x in _of(now))
    gap = "–" if now is None or not isfinite(now.gap) else f"{now.gap:.2%}"
    return Text(
        f"{elapsed_s:.1f} 秒，{left.zh}，费用 {cost}，下界 {bound}，间隙 {gap}",
        f"{elapsed_s:.1f} s, {left.en}, cost {cost}, bound {bound}, gap {gap}",
    )


def _of(now: SearchProgress | None) -> tuple[float, float]:
    return (inf, -inf) if now is None else (now.cost, now.bound)


def _wanted(kind: Kind[Any, Any], item: str | None, to: Sequence[str] | None) -> dict[str, Row]:
    """Return the wish that --why-not and --to tell; empty without them."""
    if item is None and not to:
        return {}
    columns: dict[str, Any] = {}
    for one in to or ():
        column, equals, value = one.partition("=")
        if not equals:
            column, value = kind.moved_by, one
        columns[column] = _value(value)
    if item is None or not columns or "" in columns:
        raise PlanFileError(
            Text(
                "--why-not 和 --to COLUMN=VALUE 要一起给出。", "--why-not and --to COLUMN=VALUE go together."
            ),
            field="--to",
            hint=Text(
                "例如 --why-not 研发部 --to room=201；列名见方案的表头。",
                "Such as --why-not R&D --to room=201; the columns are those of the plan's table.",
            ),
        )
    return {item: columns}


def _value(text: str) -> Any:
    """Return a cell as it is in a plan's rows: true, false, null and numbers are JSON, all else is text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if value is None or isinstance(value, bool | int | float) else text


def _why_not(
    kind: Kind[Any, Any], tables: Any, plan: Any, wanted: Moves, search: Search[Any], *, bound: float = -inf
) -> WhyNotTold:
    """Ask why a plan is not as wanted; by the clock of the problem, as its other sentences are."""
    begins = getattr(tables, "begins_at", None)
    zone = (None if begins is None else begins.tzinfo) or UTC
    return ask_why_not(kind, tables, plan, wanted, search=search, bound=bound, zone=zone)


def _say_why(told: WhyNotTold) -> None:
    OUT.print(said(Text("为什么不：", "Why not: ")) + said(told.wish), style="bold", markup=False)
    for sentence in told.explanation:
        OUT.print(said(sentence), markup=False)


@contextmanager
def _interruptible() -> Iterator[Event]:
    """Turn the first Ctrl-C into the wish to stop; the second ends the program as usual."""
    cancelled = Event()

    def heard(number: int, frame: FrameType | None) -> None:
        del number, frame
        cancelled.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield cancelled
    finally:
        signal.signal(signal.SIGINT, before)


def bytes_of(path: Path) -> bytes:
    """Return what is in a file; of one that is too large, so much that its reader refuses it."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ProblemFileError(
            Text(f"无法读取 {path}：{error.strerror}", f"{path} can't be read: {error.strerror}"),
            field=str(path),
        ) from error


def rows_of(path: Path) -> Sequence[Row]:
    """Return the rows of a plan, as it was written by --output."""
    data = bytes_of(path)
    try:
        text = data.decode("utf-8-sig")
        if path.suffix.lower() == ".csv":
            return read_plan_table(text)
        document = json_of(text, str(path))
        rows = document["assignments"] if isinstance(document, dict) else document
        if not (isinstance(rows, list) and all(isinstance(row, dict) and row for row in rows)):
            raise ValueError("assignments")
    except (ValueError, KeyError, csv.Error) as error:
        raise PlanFileError(
            Text(f"{path} 不是方案文件。", f"{path} is no plan."),
            field=str(path),
            hint=Text("用 -o 保存的 .json 或 .csv。", "Give a .json or .csv that -o wrote."),
        ) from error
    return rows


def write(path: Path, found: Plan) -> None:
    """Write a plan as .csv or .json."""
    try:
        if path.suffix.lower() == ".csv":
            path.write_text(plan_table(found), encoding="utf-8-sig")
        else:
            document = json.dumps(finite(plain(found)), ensure_ascii=False, indent=1)
            path.write_text(document + "\n", encoding="utf-8")
    except OSError as error:
        raise PlanFileError(
            Text(f"无法写入 {path}：{error.strerror}", f"{path} can't be written: {error.strerror}"),
            field="--output",
        ) from error


def finite(value: Any) -> Any:
    """Return a document with null for what JSON has no number for."""
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


def say(found: Plan, *, clock: bool = False) -> None:
    """Print a plan for people; on a `clock`, begins and ends are seconds of a day."""
    OUT.print(said(STATUSES[found.status]), style="bold", markup=False)
    if found.cost is not None:
        bound = "–" if found.bound is None else f"{found.bound:,.6g}"
        gap = "–" if found.gap is None else f"{found.gap:.2%}"
        OUT.print(
            said(
                Text(
                    f"费用 {found.cost:,.6g}，下界 {bound}，间隙 {gap}，用时 {found.elapsed_s:.1f} 秒",
                    f"Cost {found.cost:,.6g}, bound {bound}, gap {gap}, in {found.elapsed_s:.1f} s",
                )
            ),
            markup=False,
        )
        for name, part in found.cost_breakdown.items():
            OUT.print(f"  {name}: {part:,.6g}", markup=False)
    for sentence in (*found.explanation, *found.conflicts):
        OUT.print(said(sentence), markup=False)
    rows = found.assignments
    if rows:
        names = list(rows[0])
        print_table(
            [Text(name, name) for name in names],
            [[shown_cell(row.get(n), clock=clock and n in CLOCKED) for n in names] for row in rows[:SHOWN]],
        )
    if len(rows) > SHOWN:
        more = len(rows) - SHOWN
        OUT.print(
            said(
                Text(
                    f"……另有 {more} 行，用 -o 保存。", f"… and {counted(more, 'more row')}; save all with -o."
                )
            ),
            markup=False,
        )


def _say_check(checked: Checked, as_json: bool) -> None:
    """Print what the checker says; exit with 1 where a rule is broken."""
    if as_json:
        print_json(
            {
                "valid": checked.valid,
                "cost": checked.cost,
                "cost_breakdown": checked.parts,
                "broken": checked.broken,
            }
        )
    else:
        verdict = (
            Text("方案有效", "The plan is valid")
            if checked.valid
            else Text("方案违反规则", "The plan breaks rules")
        )
        OUT.print(
            said(Text(f"{verdict.zh}，费用 {checked.cost:,.6g}", f"{verdict.en}, cost {checked.cost:,.6g}")),
            markup=False,
        )
        for broken in checked.broken:
            OUT.print(f"  {said(broken.message)}", markup=False)
    if not checked.valid:
        raise typer.Exit(1)

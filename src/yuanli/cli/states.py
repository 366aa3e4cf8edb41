"""`yuanli states`: which state a room or a device is in, and which comes next."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from yuanli.campus import FeatureId, PointId
from yuanli.cli import opening
from yuanli.cli.forecast import duration_of
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.cli.reading_tables import zone_of
from yuanli.devices import read_table_file
from yuanli.errors import Text
from yuanli.forecast import (
    InvalidStatesError,
    Place,
    StateLearning,
    StateModel,
    StateParams,
    StateScores,
    evaluate_states,
    fit_states,
    load_states,
    place_of,
    save_states,
    say_states,
)
from yuanli.learning import code_version, environment, load_facts, write_durably
from yuanli.operations import StateOrder, place_of_columns
from yuanli.telemetry import Columns, DecodeParams, Row, Times, Values

app = typer.Typer(no_args_is_help=True, help="States of rooms and devices. 房间与设备的状态。")
Files = Annotated[
    list[Path],
    typer.Argument(
        help="Tables with a column of times and one a signal; each is a place. 宽表，每个文件一个地点。"
    ),
]
Zone = Annotated[str, typer.Option("--zone", help="Whose clock the times are. 时区。")]
TimeColumn = Annotated[str | None, typer.Option("--time", help="The column of times. 时间列。")]
SCORED = (
    Text("模型", "Model"), Text("准确率", "Accuracy"), Text("95% 区间", "95 %"),
    Text("变化召回", "Changes foreseen"), Text("误报变化", "False changes"),
)  # fmt: skip
MODEL, RUN = "model", "run.json"
DATA = "data"


@app.command("train")
def train(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Tables, each a place; none with --point. 宽表，每个文件一个地点。")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="The column that holds the state. 状态列。")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the run. 结果文件夹。")] = None,
    point: Annotated[
        str | None, typer.Option("--point", "-p", help="Learn from a point's own history. 用点位自己的历史训练。")
    ] = None,
    labels: Annotated[
        str | None, typer.Option("--labels", help="A set of intervals as the truth. 以标注组为真值。")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="Of how many days. 用最近多少天。")] = 28,
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    ahead: Annotated[str, typer.Option("--ahead", help="Such as 30m; 0m: the state now. 提前量。")] = "0m",
    step: Annotated[str, typer.Option("--step", help="The grid. 时间步长。")] = "1m",
    signal: Annotated[list[str] | None, typer.Option("--signal", help="Columns to look at; all. 信号列。")] = None,
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", help="kind:view, such as trees:now or network:own. 候选模型。")
    ] = None,
    time: TimeColumn = None,
    zone: Zone = "UTC",
    seed: Annotated[int, typer.Option("--seed", help="What is drawn at random. 随机种子。")] = 0,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Learn the state from tables, or a point's from its history; chosen on whole days left out. 训练状态模型。

    Example: yuanli states train room1.csv room2.csv --target fan --ahead 30m -o runs/fan
    Example: yuanli states train --point ahu-1-fan --ahead 30m
    """
    if point is not None:
        if files or target or output:
            raise _either()
        order = StateOrder(
            ahead=duration_of(ahead if ahead != "0m" else "30m"), past=timedelta(days=days), labels=labels,
            candidates=tuple(candidate or ()),
        )  # fmt: skip
        _train_point(point, campus, order, data_dir, as_json)
        return
    if not files or target is None or output is None:
        raise _either()
    every, far = duration_of(step), duration_of(ahead)
    if every <= timedelta(0) or far % every:
        raise InvalidStatesError(
            Text(f"提前量 {ahead} 不是步长 {step} 的整数倍。",
                 f"The horizon {ahead} is no multiple of the step {step}."),
            field="ahead", hint=Text("例如步长 1m，提前 30m。", "Give such as a step of 1m and 30m ahead."),
        )  # fmt: skip
    classes: tuple[str, ...] = ()
    tables = {path.stem: _columns(path, time, zone) for path in files}
    known = sorted({float(v) for table in tables.values() for v in _states(table, target)})
    classes = tuple(f"{value:g}" for value in known)
    places = [
        place_of_columns(name, table, target, step=every, zone=zone, classes=classes, signals=signal or ())[1]
        for name, table in tables.items()
    ]
    started = datetime.now(UTC)
    params = StateParams(candidates=tuple(candidate or ()), learning=StateLearning(seed=seed))
    model = fit_states(places, classes, ahead=far // every, params=params)
    _keep(output, model, files, target=target, seed=seed, started=started, params=params)
    _print(model.validation, model, as_json)


def _train_point(
    point: str, campus: str | None, order: StateOrder, data_dir: Path | None, as_json: bool
) -> None:
    opened = opening.house(data_dir)
    told = opened.state_training.train(
        opening.stored_id(opened, campus), PointId(FeatureId(point)), order, who=opening.user()
    )
    if as_json:
        print_json(told)
        return
    OUT.print(f"{told.model.name} {told.model.version}  {told.method}", style="bold", markup=False)
    OUT.print(said(told.verdict), markup=False)
    print_table(
        SCORED,
        (
            (
                said(one.title), f"{one.accuracy:.4f}", f"{one.accuracy_low:.3f}–{one.accuracy_high:.3f}",
                *("–" if share is None else f"{share:.3f}" for share in (one.change_recall, one.false_changes)),
            )
            for one in told.scores
        ),
    )  # fmt: skip
    OUT.print(f"yuanli learn promote {told.model.name} {told.model.version}", markup=False)


def _either() -> InvalidStatesError:
    return InvalidStatesError(
        Text("训练需要表格、--target 和 -o，或只要 --point。",
             "A training takes tables with --target and -o, or --point alone."),
        field="point", hint=Text("见 yuanli states train --help。", "See yuanli states train --help."),
    )  # fmt: skip


@app.command("evaluate")
def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder of a run. 训练结果。")],
    files: Files,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", help="Score from here on; what is before is known as the past. 只评估此后的时刻。"
        ),
    ] = None,
    time: TimeColumn = None,
    zone: Zone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Score a model and the plain answers on tables whose states are known. 评估状态模型。

    Example: yuanli states evaluate runs/fan room1.csv --since 2026-08-16
    """
    found, target = _open(model)
    places = [_place(path, found, target, time, zone) for path in files]
    start = None if since is None else round(since.replace(tzinfo=zone_of(zone)).timestamp() * 1e6)
    _print(evaluate_states(found, places, since=start), found, as_json)


@app.command("predict")
def predict(
    model: Annotated[Path, typer.Argument(help="Folder of a run. 训练结果。")],
    files: Files,
    every: Annotated[
        bool, typer.Option("--all", help="At every moment, not only the last. 每个时刻。")
    ] = False,
    time: TimeColumn = None,
    zone: Zone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Say the state of each table's place at its last moment, or at all. 判断或预测状态。

    Example: yuanli states predict runs/fan room1.csv --json
    """
    found, target = _open(model)
    places = [_place(path, found, target, time, zone) for path in files]
    told = say_states(found, places, latest=not every)
    rows = [_row(found, places, told.known.place[i], told.known.step[i], int(told.state[i]), told.probabilities[i])
            for i in range(len(told.known))]  # fmt: skip
    if as_json:
        print_json_lines(rows)
        return
    headers = (
        Text("地点", "Place"),
        Text("时刻", "Time"),
        Text("状态", "State"),
        Text("概率", "Probability"),
    )
    print_table(headers, ((r["place"], r["at"], r["state"], f"{r['probability']:.0%}") for r in rows))


@app.command("next")
def next_state(
    point: Annotated[str, typer.Argument(help="A point's id. 点位编号。")],
    ahead: Annotated[str, typer.Option("--ahead", help="Such as 30m. 提前量。")] = "30m",
    campus: Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tell the next state of a point of a campus from its kept readings. 预测点位的下一状态。

    Example: yuanli states next ahu-1-fan --ahead 30m
    """
    opened = opening.house(data_dir)
    told = opened.states.forecast(
        opening.stored_id(opened, campus), PointId(FeatureId(point)), duration_of(ahead), opened.now()
    )
    if as_json:
        print_json(told)
        return
    OUT.print(f"{told.point}  {told.now or '?'} → {told.expected}  {told.probability:.0%}", markup=False)
    OUT.print(said(told.verdict), markup=False)
    if told.fault is not None:
        OUT.print(said(told.fault), style="yellow", markup=False)


def _columns(path: Path, time: str | None, zone: str) -> dict[str, tuple[Times, Values]]:
    """Return times and values by column; cells that are no numbers are left out."""
    columns = None if time is None else Columns(time=time)
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for row in read_table_file(path, columns, DecodeParams(zone=zone_of(zone))):
        if isinstance(row, Row) and row.at is not None:
            found[row.point][row.at] = row.value
    return {
        name: (np.array(sorted(values), np.int64), np.array([values[at] for at in sorted(values)]))
        for name, values in found.items()
    }


def _states(table: dict[str, tuple[Times, Values]], target: str) -> list[float]:
    return [] if target not in table else np.unique(table[target][1]).tolist()


def _place(path: Path, model: StateModel, target: str, time: str | None, zone: str) -> Place:
    table = _columns(path, time, zone)
    step = timedelta(microseconds=model.step)
    if target in table:
        return place_of_columns(path.stem, table, target, step=step, zone=zone, classes=model.classes)[1]
    nothing = (np.zeros(0, np.int64), np.zeros(0))
    return place_of(path.stem, table, nothing, step=model.step, zone=zone)


def _open(run: Path) -> tuple[StateModel, str]:
    folder = run / MODEL if (run / MODEL).is_dir() else run
    return load_states(folder), load_facts(folder).name


def _row(
    model: StateModel, places: list[Place], place: int, step: int, state: int, chances: Values
) -> dict[str, Any]:
    history = places[place].history
    at = datetime.fromtimestamp((history.start + (step + model.look.ahead) * model.step) / 1e6, UTC)
    return {
        "place": places[place].name, "at": at.isoformat(), "state": model.classes[state],
        "probability": float(chances[state]),
        "states": dict(zip(model.classes, chances.tolist(), strict=True)),
    }  # fmt: skip


def _keep(
    output: Path, model: StateModel, files: list[Path], *, target: str, seed: int, started: datetime,
    params: StateParams,
) -> None:  # fmt: skip
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    facts = save_states(
        output / MODEL, model, name=target, data=digest.hexdigest(), code=code_version(), seed=seed
    )
    record = {
        "recipe": {"target": target, "ahead": model.look.ahead, "step_us": model.step, "seed": seed,
                   "base": model.method, "candidates": list(params.candidates), "files": [path.name for path in files]},
        "data": facts.data, "code": facts.code, "started": started.isoformat(), "environment": environment(),
        "counts": {DATA: [model.validation["model"].count, 0, 0]},
        "seconds": (datetime.now(UTC) - started).total_seconds(), "curve": [], "dev": dict(facts.scores), "test": {},
    }  # fmt: skip
    write_durably(output / RUN, json.dumps(record, ensure_ascii=False, indent=1))


def _print(scores: dict[str, StateScores], model: StateModel, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "method": model.method, "verdict": model.verdict(), "better_than_floors": model.better_than_floors(),
                "shares": model.weights(), "scores": {name: _finite(asdict(one)) for name, one in scores.items()},
            }
        )  # fmt: skip
        return
    OUT.print(model.method, style="bold", markup=False)
    OUT.print(said(model.verdict()), markup=False)
    print_table(
        SCORED,
        (
            (
                name, f"{one.accuracy:.4f}", f"{one.accuracy_low:.3f}–{one.accuracy_high:.3f}",
                f"{one.change_recall:.3f}", f"{one.false_changes:.3f}",
            )
            for name, one in scores.items()
        ),
    )  # fmt: skip


def _finite(scores: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and np.isnan(value) else value
        for name, value in scores.items()
    }

"""`yuanli learn`: the models of this installation, and what people say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yuanli.cli import feedback, opening, training
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.errors import Text
from yuanli.learning import Changed, GateReport, ListedModel

app = typer.Typer(no_args_is_help=True, help="Models and what they learn from. 模型与学习。")
app.add_typer(feedback.app, name="feedback")
for name, command in training.COMMANDS.items():
    app.command(name)(command)
Name = Annotated[str, typer.Argument(help="Name of the model. 模型名称。")]
Version = Annotated[str, typer.Argument(help="Version; built-in is the shipped one. 版本。")]
Why = Annotated[str, typer.Option("--why", help="Why, for the history. 原因。")]


@app.command("models")
def models(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the models, their versions and stages. 列出模型。

    Example: yuanli learn models
    """
    listed = opening.house(data_dir).models.overview().models
    if as_json:
        print_json_lines(listed)
        return
    headers = (
        Text("模型", "Model"), Text("版本", "Version"), Text("阶段", "Stage"), Text("大小 MB", "MB"),
        Text("指标", "Scores"), Text("影子对比", "As a shadow"),
    )  # fmt: skip
    print_table(headers, (_row(model) for model in listed))


@app.command("register")
def register(
    folder: Annotated[Path, typer.Argument(help="Folder of a trained model. 模型文件夹。")],
    why: Why = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Copy a trained model into the registry, as a candidate. 登记模型。

    Example: yuanli learn register runs/mine/model
    """
    facts = opening.house(data_dir).models.register(folder, who=opening.user(), why=why)
    done = Text(f"已登记 {facts.name} {facts.version}。", f"Registered {facts.name} {facts.version}.")
    _done({"name": facts.name, "version": facts.version}, done, as_json=as_json)


@app.command("promote")
def promote(
    name: Name,
    version: Version,
    why: Why = "",
    gate_set: Annotated[
        Path | None, typer.Option("--gate-set", help="Labelled examples to judge it on. 门禁样本。")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a version live if it passes the gate; a running server takes it over within a second. 发布模型。

    Example: yuanli learn promote understanding 2 --why "trained on the feedback of March"
    """
    report = opening.house(data_dir).models.promote(
        name, version, who=opening.user(), why=why, gate_set=gate_set
    )
    if as_json:
        print_json(report)
        return
    _print_gate(report)
    OUT.print(said(Text(f"{name} {version} 已上线。", f"{name} {version} is live.")), markup=False)


@app.command("rollback")
def rollback(name: Name, why: Why = "", as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Make the version live again that was live before. 回退模型。

    Example: yuanli learn rollback understanding
    """
    version = opening.house(data_dir).models.rollback(name, who=opening.user(), why=why)
    done = Text(f"{name} 已回退到 {version}。", f"{name} is back at {version}.")
    _done({"name": name, "version": version}, done, as_json=as_json)


@app.command("shadow")
def shadow(
    name: Name,
    version: Annotated[str | None, typer.Argument(help="Version; without it, none. 版本。")] = None,
    why: Why = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Let a version run beside the live one and count where they differ, or none. 影子运行。

    Example: yuanli learn shadow understanding 2
    """
    opening.house(data_dir).models.shadow(name, version, who=opening.user(), why=why)
    done = Text(f"{name} 的影子版本：{version or '无'}。", f"The shadow of {name}: {version or 'none'}.")
    _done({"name": name, "shadow": version}, done, as_json=as_json)


@app.command("compare")
def compare(
    name: Name,
    before: Version,
    after: Version,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="Labelled examples; by default the exported feedback. 样本。"),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show what one version gets right that another does not. 比较两个版本。

    Example: yuanli learn compare understanding built-in 2
    """
    house = opening.house(data_dir)
    changed = house.models.compare(name, before, after, file or house.feedback.folder)
    if as_json:
        print_json(changed)
    else:
        _print_changed(changed)


def _row(model: ListedModel) -> tuple[object, ...]:
    scores = ", ".join(f"{name} {value:.3f}" for name, value in sorted(model.scores.items()))
    beside = "; ".join(f"{c.labels}+{c.spans}/{c.compared} ({c.against})" for c in model.shadow)
    stage = model.stage.value if model.usable else said(Text("已损坏", "damaged"))
    return model.name, model.version, stage, model.size_mb, scores, beside


def _print_gate(report: GateReport) -> None:
    headers = (Text("检查", "Check"), Text("上线版本", "Live"), Text("新版本", "New"), Text("界限", "Limit"))
    rows = ((c.name, "–" if c.before is None else c.before, c.after, c.limit) for c in report.checks)
    print_table(headers, rows)


def _print_changed(changed: Changed) -> None:
    better, worse, p_value = len(changed.better), len(changed.worse), changed.comparison.p_value
    text = Text(
        f"{changed.count} 条：变好 {better}，变差 {worse}，都对 {changed.both_right}，"
        f"都错 {changed.both_wrong}（p = {p_value:.3f}）。",
        f"{changed.count} examples: {better} better, {worse} worse, {changed.both_right} right with both, "
        f"{changed.both_wrong} wrong with both (p = {p_value:.3f}).",
    )
    OUT.print(said(text), markup=False)
    for sign, differences in (("+", changed.better), ("-", changed.worse)):
        for d in differences:
            OUT.print(f"{sign} {d.text}  {d.before[0]} → {d.after[0]}", markup=False)


def _done(value: object, text: Text, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        OUT.print(said(text), markup=False)

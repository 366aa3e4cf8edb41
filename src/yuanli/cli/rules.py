"""`yuanli telemetry rules`: how strict cleaning rules are, as people's overrules say."""

from __future__ import annotations

from typing import Annotated

import typer

from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table
from yuanli.errors import Text
from yuanli.telemetry import Flagging

app = typer.Typer(no_args_is_help=True, help="How strict rules are, learnt from overrules. 清洗规则的松紧。")
Campus = Annotated[str | None, typer.Option("--campus", "-c", help="A stored campus. 园区。")]
PROPOSED = (
    Text("类别", "Kind"), Text("规则", "Rule"), Text("人工判定", "Words"), Text("阈值倍数", "Threshold times"),
    Text("现在 精度/召回", "Now, precision/recall"), Text("留出判定上", "On held-out words"), Text("更好", "Better"),
)  # fmt: skip
CHANGES = (Text("版本", "Version"), Text("类别", "Kind"), Text("规则", "Rule"), Text("阈值倍数", "Threshold times"),
           Text("何人何时", "By"), Text("生效", "Holds"))  # fmt: skip


@app.command("propose")
def propose(campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show what overrules say of each rule, tried on held-out points or days. 由人工判定提出建议。"""
    opened = opening.house(data_dir)
    found = opened.rule_tuner.propose(opening.stored_id(opened, campus))
    if as_json:
        print_json_lines(found)
        return
    print_table(
        PROPOSED,
        (
            (one.quantity, one.rule, str(one.words), "–" if one.calibration is None else f"{one.calibration.factor:g}",
             *(("–", "–") if one.calibration is None
               else (_share(one.calibration.before), _share(one.calibration.after))), "✓" if one.better else "–")
            for one in found
        ),
    )  # fmt: skip


@app.command("list")
def show(campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the changes of rules, those taken back too. 列出规则调整。"""
    opened = opening.house(data_dir)
    found = opened.rule_tuner.changes(opening.stored_id(opened, campus))
    if as_json:
        print_json_lines(found)
        return
    print_table(
        CHANGES,
        (
            (str(one.version), one.quantity, one.rule, f"{one.factor:g}", f"{one.who} {one.at:%Y-%m-%d %H:%M}",
             "✓" if one.holds else f"– {one.undone_by}")
            for one in found
        ),
    )  # fmt: skip


@app.command("adopt")
def adopt(
    quantity: Annotated[str, typer.Argument(help="A kind of points, such as power. 点位类别。")],
    rule: Annotated[str, typer.Argument(help="Such as spike. 规则。")],
    campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Let a rule be as strict as overrules say, if that is better on held-out words. 采用建议。

    Example: yuanli telemetry rules adopt power spike
    """
    opened = opening.house(data_dir)
    found = opened.rule_tuner.adopt(opening.stored_id(opened, campus), quantity, rule, who=opening.user())
    if as_json:
        print_json(found)
        return
    OUT.print(f"{found.version}  {quantity} {rule} × {found.factor:g}", markup=False)


@app.command("undo")
def undo(
    version: Annotated[int, typer.Argument(help="A change's version. 版本。")],
    campus: Campus = None, as_json: AsJson = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Take a change of a rule back. 撤销规则调整。"""
    opened = opening.house(data_dir)
    found = opened.rule_tuner.undo(opening.stored_id(opened, campus), version, who=opening.user())
    if as_json:
        print_json(found)
        return
    OUT.print(f"{found.version}  {found.quantity} {found.rule} –", markup=False)


def _share(flags: Flagging) -> str:
    return f"{flags.precision:.2f} / {flags.recall:.2f}"

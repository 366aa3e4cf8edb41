"""`yuanli learn feedback`: the review of what people say, and making examples of it."""

from __future__ import annotations

from typing import Annotated

import typer

from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, marked, print_json, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.learning import parse_markup
from yuanli.operations import Feedback, FeedbackState, Meaning, Verdict, example_of

app = typer.Typer(no_args_is_help=True, help="What people say of answers. 用户反馈。")
FeedbackIdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the feedback. 反馈编号。")]
Note = Annotated[str, typer.Option("--note", help="A note for other reviewers. 备注。")]
PAGE = 200


class OtherTextError(InvalidInputError):
    """The markup is of another text than the feedback."""


@app.command("list")
def list_feedback(
    state: Annotated[
        FeedbackState | None, typer.Option("--state", help="new, accepted, rejected, exported. 状态。")
    ] = FeedbackState.NEW,
    everything: Annotated[bool, typer.Option("--all", help="In any state. 全部。")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the feedback that waits for review. 列出待审核的反馈。

    Example: yuanli learn feedback list
    """
    loop, wanted = opening.house(data_dir).feedback, None if everything else state
    found: list[Feedback] = []
    while items := loop.page(wanted, limit=PAGE, offset=len(found)).items:
        found += items
    if as_json:
        print_json_lines(found)
        return
    headers = (
        Text("编号", "Id"), Text("状态", "State"), Text("类型", "Kind"), Text("理解为", "Understood"),
        Text("应为", "Should be"),
    )  # fmt: skip
    print_table(headers, (_row(item) for item in found))


@app.command("accept")
def accept(
    feedback_id: FeedbackIdArgument,
    intent: Annotated[
        str | None, typer.Option("--intent", help="What it means, if not as proposed. 正确意图。")
    ] = None,
    markup: Annotated[
        str | None,
        typer.Option("--markup", help="The text with slots: 去[A座301](destination). 带标注的原话。"),
    ] = None,
    note: Note = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Accept a feedback to learn from it, corrected where need be. 采纳反馈。

    Example: yuanli learn feedback accept 3f2a --intent guidance_route --markup "去[A座301](destination)"
    """
    opened = opening.house(data_dir)
    meaning = _meaning(opened.feedback.find(feedback_id), intent, markup)
    changed = opened.feedback.review(
        feedback_id, Verdict.ACCEPT, reviewer=opening.user(), meaning=meaning, note=note
    )
    _done(changed, as_json=as_json)


@app.command("reject")
def reject(
    feedback_id: FeedbackIdArgument, note: Note = "", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Reject a feedback: nothing is learned from it. 驳回反馈。

    Example: yuanli learn feedback reject 3f2a --note "not what was said"
    """
    loop = opening.house(data_dir).feedback
    changed = loop.review(feedback_id, Verdict.REJECT, reviewer=opening.user(), note=note)
    _done(changed, as_json=as_json)


@app.command("export")
def export(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Write what is accepted as labelled examples, without personal data. 导出为训练样本。

    Example: yuanli learn feedback export
    """
    exported = opening.house(data_dir).feedback.export()
    if as_json:
        print_json(exported)
        return
    text = Text(
        f"已导出 {exported.count} 条：{exported.path}。", f"Exported {exported.count} to {exported.path}."
    )
    nothing = Text("没有已采纳的反馈。", "No accepted feedback to export.")
    OUT.print(said(text if exported.count else nothing), markup=False)


@app.command("agreement")
def agreement(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show how far each two reviewers agree: Cohen's kappa. 审核一致性。

    Example: yuanli learn feedback agreement
    """
    found = opening.house(data_dir).feedback.agreement()
    if as_json:
        print_json_lines(found)
        return
    headers = (
        Text("审核人", "Reviewers"),
        Text("条数", "Both"),
        Text("一致", "Agreed"),
        Text("Kappa", "Kappa"),
    )
    print_table(
        headers, ((f"{a.first}, {a.second}", a.count, f"{a.agreed:.0%}", f"{a.kappa:.2f}") for a in found)
    )


def _meaning(feedback: Feedback, intent: str | None, markup: str | None) -> Meaning | None:
    if intent is None and markup is None:
        return None
    old = feedback.proposed or feedback.understood
    if markup is None:
        return Meaning(intent=intent or old.intent, slots=old.slots)
    parsed = parse_markup(markup)
    if parsed.text != feedback.text:
        raise OtherTextError(
            Text(f"标注的原话应为“{feedback.text}”。", f"The text in the markup must be {feedback.text!r}."),
            field="markup",
            hint=Text("只加标注，不改原话。", "Mark the text, and change nothing of it."),
        )
    return Meaning(intent=intent or old.intent, slots=parsed.spans)


def _row(item: Feedback) -> tuple[object, ...]:
    return (
        item.id, item.state, item.kind, _told(item, item.understood),
        "" if item.proposed is None else _told(item, item.proposed),
    )  # fmt: skip


def _told(item: Feedback, meaning: Meaning) -> str:
    return f"{meaning.intent}: {marked(example_of(item, meaning))}"


def _done(changed: Feedback, *, as_json: bool) -> None:
    if as_json:
        print_json(changed)
    else:
        text = Text(f"反馈 {changed.id}：{changed.state}。", f"Feedback {changed.id}: {changed.state}.")
        OUT.print(said(text), markup=False)

"""An evaluation as one self-contained page in Chinese and English, alone or beside another model's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from yuanli.errors import Text
from yuanli.learning.metrics import ClassScore, Score, confusion
from yuanli.learning.reporting.charts import confusion_chart, interval_chart, reliability_chart
from yuanli.learning.reporting.evaluation import Evaluation
from yuanli.learning.reporting.outcomes import Outcome
from yuanli.learning.reporting.page import both, cell, page, section, table
from yuanli.learning.reporting.scoring import LOWER_IS_BETTER, compare_outcomes

MOST_LABELS = 40
NAMES = {
    "accuracy": Text("准确率", "accuracy"),
    "macro_f1": Text("宏平均 F1", "macro F1"),
    "spans": Text("片段 F1", "span F1"),
    "exact": Text("整句全对", "whole text right"),
    "rmse": Text("均方根误差", "RMSE"),
    "mae": Text("平均绝对误差", "MAE"),
    "spearman": Text("斯皮尔曼相关", "Spearman correlation"),
    "recall_at_1": Text("前 1 召回", "recall at 1"),
    "recall_at_5": Text("前 5 召回", "recall at 5"),
    "mrr": Text("平均倒数排名", "mean reciprocal rank"),
}
KINDS = {
    "language": Text("语言", "language"),
    "condition": Text("条件", "condition"),
    "length": Text("长度（字符）", "length in characters"),
}
SCORE, LABEL, COUNT = Text("指标", "score"), Text("类", "class"), Text("条数", "count")
TRUE, SAID = Text("正确", "true"), Text("模型", "said")


def write_report(
    evaluation: Evaluation, path: Path, *, other: Evaluation | None = None, language: str = "zh"
) -> None:
    """Write the page of an evaluation.

    Parameters
    ----------
    evaluation
        Of the model that the page is about.
    path
        The HTML file.
    other
        Of the model it is compared with, on the same examples.
    language
        Shown first, `zh` or `en`; the page switches.

    Raises
    ------
    InvalidInputError
        The other evaluation is of other examples.
    """
    part = path.with_name(f".{path.name}.part")
    part.write_text(report_html(evaluation, other=other, language=language), "utf-8")
    part.replace(path)


def report_html(evaluation: Evaluation, *, other: Evaluation | None = None, language: str = "zh") -> str:
    """Return the page of an evaluation as HTML."""
    facts = f"{evaluation.data} · n = {len(evaluation.outcomes)}"
    parts = [
        f'<p class="soft">{both(Text(facts, facts))}</p>',
        section(Text("总览", "Headline"), _headline(evaluation.scores)),
        _comparison(evaluation, other) if other else "",
        section(Text("按类", "By class"), _classes(evaluation.classes)),
        section(Text("混淆", "Confusion"), _confusion(evaluation)),
        section(Text("置信度校准", "Calibration"), _calibration(evaluation)),
        section(Text("范围外", "Out of scope"), _out_of_scope(evaluation)),
        section(Text("按片段类型", "By span type"), _classes(evaluation.span_types)),
        section(Text("分组", "Slices"), _slices(evaluation)),
        section(Text("最严重的错误", "Worst errors"), _errors(evaluation)),
    ]
    return page(evaluation.model or "yuanli", parts, language=language)


def _headline(scores: Mapping[str, Score]) -> str:
    head = [SCORE, Text("值", "value"), Text("95 % 区间", "95 % interval"), COUNT, Text("0 到 1", "0 to 1")]
    return table(head, (_score_row(name, score) for name, score in scores.items()))


def _score_row(name: str, score: Score) -> list[str]:
    strip = "" if name in LOWER_IS_BETTER else interval_chart(score.low, score.value, score.high)
    interval = f"{score.low:.3f} – {score.high:.3f}"
    return [cell(NAMES[name]), cell(score.value), cell(interval), cell(score.count), f"<td>{strip}</td>"]


def _comparison(evaluation: Evaluation, other: Evaluation) -> str:
    head = [SCORE, *(Text(n, n) for n in (other.model or "A", evaluation.model or "B")),
            Text("差", "difference"), Text("95 % 区间", "95 % interval"), Text("p 值", "p-value")]  # fmt: skip
    rows = []
    for name, found in compare_outcomes(other.outcomes, evaluation.outcomes).items():
        better = found.difference < 0 if name in LOWER_IS_BETTER else found.difference > 0
        sure = found.p_value < 0.05 and found.difference != 0
        tone = ("good" if better else "bad") if sure else ""
        rows.append(
            [cell(NAMES[name]), cell(other.scores[name].value), cell(evaluation.scores[name].value),
             cell(f"{found.difference:+.3f}", tone=tone), cell(f"{found.low:+.3f} – {found.high:+.3f}"),
             cell("< 0.001" if found.p_value < 0.001 else f"{found.p_value:.3f}")]
        )  # fmt: skip
    note = Text("p 值由成对近似随机化检验得出。", "p-values by paired approximate randomisation.")
    changed = table([Text("原文", "text"), TRUE, *head[1:3]], _changed(evaluation, other))
    return section(
        Text("两个模型对比", "Two models"), table(head, rows), f'<p class="soft">{both(note)}</p>', changed
    )


def _changed(evaluation: Evaluation, other: Evaluation, most: int = 30) -> Iterator[list[str]]:
    pairs = zip(other.outcomes, evaluation.outcomes, strict=True)
    differing = [(a, b) for a, b in pairs if a.right != b.right]
    for a, b in sorted(differing, key=lambda pair: pair[1].right)[:most]:
        yield [cell(_asked(b)), cell(_truth(b)), cell(_said(a), tone=_tone(a)), cell(_said(b), tone=_tone(b))]


def _classes(scores: Sequence[ClassScore]) -> str:
    head = [LABEL, Text("精确率", "precision"), Text("召回率", "recall"), Text("F1", "F1"), COUNT]
    order = sorted(scores, key=lambda score: (score.f1, score.label))
    return table(
        head, ([cell(s.label), cell(s.precision), cell(s.recall), cell(s.f1), cell(s.support)] for s in order)
    )


def _confusion(evaluation: Evaluation) -> str:
    labelled = [(o.truth, o.said or "") for o in evaluation.outcomes if o.truth is not None]
    if not labelled:
        return ""
    labels, counts = confusion([a for a, _ in labelled], [b for _, b in labelled])
    errors = counts - np.diag(np.diag(counts))
    most = np.argsort(-(errors.sum(0) + errors.sum(1)), kind="stable")[:MOST_LABELS]
    shown = np.sort(most)
    note = ""
    if len(labels) > len(shown):
        few = Text(
            f"只画错得最多的 {len(shown)} 类。", f"Only the {len(shown)} classes with most errors are drawn."
        )
        note = f'<p class="soft">{both(few)}</p>'
    chart = confusion_chart([labels[i] for i in shown], counts[np.ix_(shown, shown)])
    rows = ([cell(a), cell(b), cell(count)] for a, b, count in evaluation.confusions[:MOST_LABELS])
    return f'<div class="wide">{chart}</div>{note}{table([TRUE, SAID, COUNT], rows)}'


def _calibration(evaluation: Evaluation) -> str:
    found = evaluation.calibration
    if found is None:
        return ""
    loss = "" if found.log_loss is None else f"; NLL {found.log_loss:.3f}"
    note = Text(
        f"期望校准误差 {found.error:.3f}{loss}。横轴置信度，纵轴答对的份额。",
        f"Expected calibration error {found.error:.3f}{loss}. Confidence across, share of right answers up.",
    )
    return f"{reliability_chart(found)}<p>{both(note)}</p>"


def _out_of_scope(evaluation: Evaluation) -> str:
    found = evaluation.out_of_scope
    if found is None:
        return ""
    note = Text(
        f"误拒不超过 {found.false_rejection:.0%} 时，"
        f"{found.count} 条范围外例句认出 {found.recall:.1%}（阈值 {found.threshold:.3f}）。",
        f"With at most {found.false_rejection:.0%} false rejections, {found.recall:.1%} of {found.count} out-of-scope "
        f"examples are found (threshold {found.threshold:.3f}).",
    )
    return f"<p>{both(note)}</p>"


def _slices(evaluation: Evaluation) -> str:
    names = list(evaluation.scores)
    head = [Text("按", "by"), Text("值", "value"), COUNT, *(NAMES[name] for name in names)]
    rows = (
        [cell(KINDS[s.kind]), cell(s.name), cell(s.count),
         *(_interval(s.scores[name]) if name in s.scores else cell("") for name in names)]
        for s in evaluation.slices
    )  # fmt: skip
    return table(head, rows)


def _interval(score: Score) -> str:
    return f'<td class="n">{score.value:.3f} <span class="soft">{score.low:.2f}–{score.high:.2f}</span></td>'


def _errors(evaluation: Evaluation) -> str:
    head = [Text("原文", "text"), TRUE, SAID, Text("置信度", "confidence")]
    wrong = [evaluation.outcomes[place] for place in evaluation.worst]
    return table(
        head, ([cell(_asked(o)), cell(_truth(o)), cell(_said(o)), cell(o.confidence)] for o in wrong)
    )


def _asked(outcome: Outcome) -> str:
    return f"{outcome.context} >>> {outcome.text}" if outcome.context else outcome.text


def _truth(outcome: Outcome) -> str:
    if outcome.target is not None:
        return f"{outcome.target:g}"
    return _shown(outcome.truth, outcome.true_values)


def _said(outcome: Outcome) -> str:
    if outcome.target is not None and outcome.number is not None:
        return f"{outcome.number:g}"
    return _shown(outcome.said, outcome.said_values)


def _shown(label: str | None, values: Sequence[tuple[str, str]]) -> str:
    return " · ".join([label or "", *(f"{kind}={said}" for kind, said in values)]).strip(" ·") or "–"


def _tone(outcome: Outcome) -> str:
    return "good" if outcome.right else "bad"

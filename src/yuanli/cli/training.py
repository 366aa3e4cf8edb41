"""`yuanli learn data|augment|train|pretrain|search|evaluate|explain|compress`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    track,
)

from yuanli.bootstrap import open_paraphraser, with_built_in
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import ERR, OUT, marked, print_json, print_json_lines, print_table, said
from yuanli.errors import InvalidInputError, Text
from yuanli.language import Rewording
from yuanli.learning import (
    BUILT_IN,
    DataSet,
    Ensemble,
    Evaluation,
    EvaluationParams,
    Example,
    Model,
    Recipe,
    StepReport,
    Trial,
    attribute,
    augment,
    clean,
    compress,
    describe,
    evaluate,
    explain_by_occlusion,
    find_leaks,
    load_dataset,
    load_examples,
    load_parts,
    load_recipe,
    load_run_recipe,
    load_space,
    nearest_examples,
    paraphrased,
    parse_recipe,
    parse_step,
    pretrain,
    save_dataset,
    save_evaluation,
    search,
    span_types_of,
    split,
    tables_of,
    train,
    write_report,
    write_statistics,
)
from yuanli.operations import UNDERSTANDING

Data = Annotated[Path, typer.Argument(help="Labelled examples: file or folder. 标注数据。")]
Form = Annotated[str, typer.Option("--format", help="auto, yaml, jsonl, rasa, bio, csv, excel. 格式。")]
Out = Annotated[Path, typer.Option("--output", "-o", help="Where to write. 输出位置。")]
MOST_SHOWN = 20


class NothingToTrainError(InvalidInputError):
    """Neither a recipe nor data was given."""


def data(
    path: Data,
    form: Form = "auto",
    against: Annotated[
        Path | None, typer.Option("--against", help="Find leaks into this data. 查泄漏。")
    ] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Clean, split and keep it here. 保存。")] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the data set. 名称。")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Its licence. 许可。")] = "",
    held_out: Annotated[
        float, typer.Option("--held-out", help="Share for dev, and for test. 留出比例。")
    ] = 0.1,
    seed: Annotated[int, typer.Option("--seed", help="Of the split. 随机种子。")] = 0,
    as_json: AsJson = False,
) -> None:
    """Describe and check labelled examples; find leaks; keep a clean, split data set. 检查标注数据。

    Example: yuanli learn data utterances/ --against test.jsonl
    """
    examples = load_examples(path, form=form)
    cleaned = clean(examples)
    leaks = find_leaks(examples, load_examples(against, form=form)) if against else ()
    version = None
    if save:
        parts = split(cleaned.kept, dev=held_out, test=held_out, seed=seed)
        kept = {"train": parts.train, "dev": parts.dev, "test": parts.test}
        whole = DataSet(name=name or path.stem, parts=kept, licence=licence, sources=(str(path),))
        save_dataset(whole, save)
        version = load_dataset(save).version
    if as_json:
        print_json(
            {
                "statistics": describe(examples),
                "findings": cleaned.findings,
                "leaks": leaks,
                "version": version,
            }
        )
        return
    OUT.print(write_statistics(describe(examples), language=said(Text("zh", "en"))), markup=False)
    for finding in cleaned.findings[:MOST_SHOWN]:
        OUT.print(f"{finding.origin} {said(finding.message)} {said(finding.remedy)}", markup=False)
    for leak in leaks[:MOST_SHOWN]:
        told = f"{leak.kind.value} {leak.similarity:.2f}: {leak.train.origin} ~ {leak.other.origin}"
        OUT.print(told, markup=False)
    counts = Text(
        f"{len(cleaned.findings)} 处问题，{len(leaks)} 处泄漏。",
        f"{len(cleaned.findings)} findings, {len(leaks)} leaks.",
    )
    OUT.print(said(counts), markup=False)
    if version:
        OUT.print(said(Text(f"已保存，版本 {version}。", f"Kept as version {version}.")), markup=False)


def augmented(
    path: Data,
    output: Out,
    ways: Annotated[
        list[str],
        typer.Option("--with", help="typo=0.5, asr=0.3, paraphrase=0.2 …: a way and its share. 方法与比例。"),
    ],
    times: Annotated[int, typer.Option("--times", help="Tries an example. 每句次数。", min=1)] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Random seed. 随机种子。")] = 0,
    form: Form = "auto",
    data_dir: DataDir = None,
) -> None:
    """Make new examples of old ones, labelled as such. 数据增广。

    paraphrase and back-translation ask the larger model of the settings.

    Example: yuanli learn augment train.yaml -o more.jsonl --with typo=0.5 --with asr=0.3
    """
    examples, shares = load_examples(path, form=form), [_share(way) for way in ways]
    own = [(name, share) for name, share in shares if name not in list(Rewording)]
    tables = tables_of(examples, [[kind] for kind in span_types_of(examples)])
    made = list(augment(examples, own, times=times, seed=seed, tables=tables))
    with ExitStack() as resources:
        for name, share in shares:
            if name in list(Rewording):
                paraphraser = open_paraphraser(opening.settings(data_dir), Rewording(name), resources)
                chosen = [e for i, e in enumerate(examples) if Random(f"{seed}/{name}/{i}").random() < share]
                for example in track(chosen, description=name, console=ERR, transient=True):
                    made += paraphrased(example, paraphraser, count=times)
    lines = [json.dumps(_record(example), ensure_ascii=False) for example in made]
    output.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    OUT.print(said(Text(f"已写入 {len(made)} 句。", f"Wrote {len(made)} examples.")), markup=False)


def training(
    recipe: Annotated[Path | None, typer.Option("--recipe", help="A recipe in YAML. 配方。")] = None,
    base: Annotated[str | None, typer.Option("--base", help="Hub id, folder, or built-in. 底座。")] = None,
    method: Annotated[
        str | None,
        typer.Option("--method", help="full, lora, adalora, adapter, prefix, bitfit, frozen. 方法。"),
    ] = None,
    path: Annotated[Path | None, typer.Option("--data", help="Examples to train on. 训练数据。")] = None,
    dev: Annotated[Path | None, typer.Option("--dev", help="Examples to steer by. 开发集。")] = None,
    test: Annotated[Path | None, typer.Option("--test", help="Examples to report on, once. 测试集。")] = None,
    epochs: Annotated[float | None, typer.Option("--epochs", help="Times through the data. 轮数。")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Random seed. 随机种子。")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the run. 输出目录。")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint. 断点续训。")
    ] = False,
    register: Annotated[bool, typer.Option("--register", help="Make it a candidate. 登记为候选。")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Fine-tune a model by a recipe or by options. 训练模型。

    Example: yuanli learn train --base ./encoder --method lora --data train.yaml --dev dev.jsonl -o runs/mine
    """
    asked = _recipe(recipe, base=base, method=method, path=path, dev=dev, test=test, epochs=epochs, seed=seed)
    folder = output or Path("runs") / asked.name
    with _progress(asked.name) as told:
        run = train(asked, folder, now=datetime.now(UTC), resume=resume, progress=told)
    if register:
        opening.house(data_dir).models.register(folder / "model", who=opening.user(), why=f"run {folder}")
    if as_json:
        print_json({"folder": str(folder), "facts": run.facts, "dev": run.dev, "test": run.test})
        return
    _print_scores({"dev": run.dev, "test": run.test})
    OUT.print(
        said(Text(f"模型在 {folder / 'model'}。", f"The model is in {folder / 'model'}.")), markup=False
    )


def pretraining(
    texts: Annotated[Path, typer.Argument(help="Folder of .txt and .md, or one file. 领域文本。")],
    base: Annotated[str, typer.Option("--base", help="Hub id or folder of an encoder. 底座。")],
    output: Out,
    epochs: Annotated[float, typer.Option("--epochs", help="Times through the texts. 轮数。")] = 3,
    seed: Annotated[int, typer.Option("--seed", help="Random seed. 随机种子。")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint. 断点续训。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let an encoder read texts of the field before it is fine-tuned. 继续预训练。

    Example: yuanli learn pretrain handbook/ --base ./encoder -o runs/read
    """
    with _progress("pretrain") as told:
        losses = pretrain(base, texts, output, epochs=epochs, seed=seed, resume=resume, progress=told)
    if as_json:
        print_json({"base": str(output / "base"), **losses})
        return
    text = Text(
        f"损失 {losses['before']:.3f} → {losses['after']:.3f}；新底座在 {output / 'base'}。",
        f"Loss {losses['before']:.3f} → {losses['after']:.3f}; the new base is in {output / 'base'}.",
    )
    OUT.print(said(text), markup=False)


def searching(
    recipe: Annotated[Path, typer.Option("--recipe", help="The recipe to vary. 配方。")],
    space: Annotated[
        Path, typer.Option("--space", help="YAML: name: {low, high, log} or {choices}. 搜索空间。")
    ],
    output: Out,
    trials: Annotated[int, typer.Option("--trials", help="How many in all. 次数。", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Search for better knobs; stopped, it goes on where it was. 超参数搜索。

    Example: yuanli learn search --recipe mine.yaml --space space.yaml --trials 20 -o runs/search
    """
    asked = with_built_in(load_recipe(recipe))

    def told(trial: Trial) -> None:
        ERR.print(f"#{trial.number} {trial.score:.4f} {dict(trial.values)}", markup=False)

    tried = search(asked, load_parts(asked), load_space(space), output, trials=trials, told=told)
    if as_json:
        print_json_lines(tried)
        return
    headers = (Text("序号", "No."), Text("得分", "Score"), Text("参数", "Values"))
    rows = (
        (str(t.number), "-" if t.score is None else f"{t.score:.4f}", json.dumps(t.values)) for t in tried
    )
    print_table(headers, rows)


def evaluating(
    model: Annotated[Path, typer.Argument(help="Folder of a model. 模型文件夹。")],
    path: Data,
    against: Annotated[Path | None, typer.Option("--against", help="Another model. 对比模型。")] = None,
    joined: Annotated[
        list[Path] | None, typer.Option("--ensemble", help="More models to answer with it. 集成的其他模型。")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="An HTML report. 报告文件。")] = None,
    outside: Annotated[
        str, typer.Option("--outside", help="Label of what is out of scope. 范围外的标签。")
    ] = "out_of_scope",
    false_rejection: Annotated[
        float,
        typer.Option("--false-rejection", help="Share of the rest that may be rejected. 允许的误拒率。"),
    ] = 0.05,
    form: Form = "auto",
    as_json: AsJson = False,
) -> None:
    """Score a model on labelled examples, with intervals; compare two. 评测模型。

    Example: yuanli learn evaluate runs/mine/model test.jsonl --report report.html
    """
    examples = load_examples(path, form=form)
    params = EvaluationParams(outside=outside, false_rejection=false_rejection)
    found = _evaluated([model, *(joined or ())], examples, path, params)
    other = _evaluated([against], examples, path, params) if against else None
    if report:
        write_report(found, report, other=other)
        save_evaluation(found, report.with_suffix(".json"))
    if as_json:
        print_json({"model": found, "against": other})
        return
    headers = (Text("指标", "Score"), Text("值", "Value"), Text("95% 区间", "95 % interval"))
    rows = [(name, f"{s.value:.4f}", f"{s.low:.4f}–{s.high:.4f}") for name, s in found.scores.items()]
    if found.out_of_scope is not None:
        told = found.out_of_scope
        rows.append((f"out_of_scope (≤ {told.false_rejection:.0%})", f"{told.recall:.4f}", ""))
    print_table(headers, rows)


def explaining(
    model: Annotated[
        Path, typer.Argument(help="Folder of a model, or of a run with --gradients. 模型文件夹。")
    ],
    text: Annotated[str, typer.Argument(help="A text. 一句话。")],
    examples: Annotated[
        Path | None, typer.Option("--examples", help="Show the nearest of these. 训练数据。")
    ] = None,
    gradients: Annotated[
        bool, typer.Option("--gradients", help="Integrated gradients on a run's network. 积分梯度。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show which words an answer hangs on, and the nearest examples. 解释模型。

    Example: yuanli learn explain runs/mine/model "会议室太热了" --examples train.yaml
    """
    loaded = Model(model / "model" if gradients else model)
    found = attribute(model, text) if gradients else explain_by_occlusion(loaded.predict, text)
    near: Any = ()
    if examples:
        known = load_examples(examples)
        vectors = loaded.vectors([e.text for e in known])
        near = nearest_examples(loaded.vectors([text])[0], vectors, known)
    if as_json:
        print_json({"attribution": found, "nearest": near})
        return
    OUT.print(f"{found.label}  {found.confidence:.2f}", style="bold")
    for part in found.parts:
        bar = ("+" if part.weight >= 0 else "−") * min(30, round(abs(part.weight) * 30))
        OUT.print(f"{text[part.start : part.end]:<12} {part.weight:+.3f} {bar}", markup=False)
    for neighbour in near:
        line = f"{neighbour.similarity:.2f} {neighbour.example.label} {marked(neighbour.example)}"
        OUT.print(line, markup=False)


def compressing(
    run: Annotated[Path, typer.Argument(help="Folder of a training run. 训练结果文件夹。")],
    output: Out,
    steps: Annotated[
        list[str],
        typer.Option("--step", help="layers=6+2, heads=0.25, neurons=0.25, vocabulary, int8. 步骤。"),
    ],
    most_points: Annotated[
        float, typer.Option("--most-points", help="Points each may cost. 每步最多损失分。")
    ] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Make a model smaller, step by step; a step that costs too much is refused. 压缩模型。

    Example: yuanli learn compress runs/mine -o runs/small --step layers=6+2 --step int8
    """
    parsed = [parse_step(step) for step in steps]
    recipe = load_run_recipe(run)
    reports = compress(run, parsed, output, part=load_parts(recipe)["main"], most_points=most_points)
    if as_json:
        print_json_lines(reports)
        return
    headers = (Text("步骤", "Step"), Text("MB", "MB"), Text("毫秒 p50", "ms p50"), Text("得分", "Score"))
    print_table(headers, _step_rows(reports))


def _step_rows(reports: tuple[StepReport, ...]) -> Iterator[tuple[str, ...]]:
    for report in reports:
        before, after = report.before, report.after
        yield (
            report.step.kind.value, f"{before.size_mb:.1f} → {after.size_mb:.1f}",
            f"{before.p50_ms:.1f} → {after.p50_ms:.1f}", f"{before.score:.4f} → {after.score:.4f}",
        )  # fmt: skip


def _recipe(
    file: Path | None, *, base: str | None, method: str | None, path: Path | None, dev: Path | None,
    test: Path | None, epochs: float | None, seed: int | None,
) -> Recipe:  # fmt: skip
    if file is None and path is None:
        raise NothingToTrainError(
            Text("请给出 --recipe 或 --data。", "Give --recipe or --data."),
            field="recipe",
            hint=Text(
                "例：yuanli learn train --data train.yaml",
                "For example: yuanli learn train --data train.yaml",
            ),
        )
    document: dict[str, Any] = (
        load_recipe(file).model_dump(mode="json") if file else {"name": UNDERSTANDING, "data": []}
    )
    if base is not None:
        document["base"] = str(Path(base).resolve()) if Path(base).is_dir() else base
    if path is not None:
        files = {"path": path, "dev": dev, "test": test}
        document["data"] = [{name: _absolute(p) for name, p in files.items() if p is not None}]
    if method is not None:
        document.setdefault("method", {})["name"] = method
    if epochs is not None:
        document.setdefault("optimiser", {})["epochs"] = epochs
    if seed is not None:
        document["seed"] = seed
    return with_built_in(parse_recipe(document, folder=Path.cwd()))


def _absolute(path: Path) -> str:
    return str(path if path.parts[0] == BUILT_IN else path.resolve())


def _evaluated(
    folders: Sequence[Path], examples: tuple[Example, ...], path: Path, params: EvaluationParams
) -> Evaluation:
    texts, contexts = [e.text for e in examples], [e.context for e in examples]
    said = Ensemble([Model(folder) for folder in folders]).predict(texts, contexts)
    params = replace(params, labels=said[0].labels if said else ())
    return evaluate(examples, said, model=" + ".join(map(str, folders)), data=str(path), params=params)


def _share(way: str) -> tuple[str, float]:
    name, _, share = way.partition("=")
    try:
        return name, float(share or 1)
    except ValueError as error:
        raise InvalidInputError(
            Text(f"“{way}”不是“方法=比例”。", f"{way!r} is not WAY=SHARE."), field="with",
            hint=Text("例：--with typo=0.5", "For example --with typo=0.5"),
        ) from error  # fmt: skip


def _record(example: Example) -> Mapping[str, Any]:
    spans = [{**asdict(span), "text": example.text[span.start : span.end]} for span in example.spans]
    return {
        "text": example.text, "intent": example.label, "slots": spans, "context": example.context,
        "language": example.language, "made_by": example.made_by, "origin": example.origin,
    }  # fmt: skip


def _print_scores(parts: Mapping[str, Mapping[str, float]]) -> None:
    headers = (Text("数据", "Data"), Text("指标", "Score"), Text("值", "Value"))
    print_table(headers, ((p, name, f"{v:.4f}") for p, found in parts.items() for name, v in found.items()))


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[told]}"),
    )  # fmt: skip
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task(name, total=None, told="")

        def told(step: int, steps: int, logs: Mapping[str, float]) -> None:
            scores = {k.removeprefix("eval_"): v for k, v in logs.items() if k.startswith("eval_")}
            shown = " ".join(f"{k} {v:.3f}" for k, v in scores.items() if k in ("label", "spans", "exact"))
            bar.update(task, completed=step, total=steps)
            if shown:
                bar.update(task, told=shown)
                if not ERR.is_terminal:
                    ERR.print(f"{name} {step}/{steps} {shown}", markup=False)

        yield told


COMMANDS: Mapping[str, Callable[..., None]] = {
    "data": data, "augment": augmented, "train": training, "pretrain": pretraining, "search": searching,
    "evaluate": evaluating, "explain": explaining, "compress": compressing,
}  # fmt: skip

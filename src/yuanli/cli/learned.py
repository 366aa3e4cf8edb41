"""`yuanli schedule learn` and `preview`: plans of devices foretold from plans of earlier days."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from yuanli.cli.opening import AsJson
from yuanli.cli.printing import OUT, plain, print_json, print_table, said
from yuanli.cli.solving import Output, PlanFileError, Seed, bytes_of, finite, rows_of, say, write
from yuanli.errors import Text
from yuanli.learning import code_version
from yuanli.operations import warm_up
from yuanli.scheduling import (
    DEVICES,
    Day,
    DevicesPlan,
    fit_plans,
    learned_devices,
    load_plans,
    save_plans,
    score_plans,
)
from yuanli.solver import Search, Stop, Wish, make_plan

PLAN = ".plan"
SUFFIXES = (".json", ".json.gz")
Past = Annotated[
    Path | None,
    typer.Option("--past", help="Folder of earlier days: NAME.json with NAME.plan.json. 往日问题与方案。"),
]


def learn(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of days, each a plant: NAME.json with NAME.plan.json, in the order of names. 往日文件夹。"
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the model. 模型文件夹。")],
    test: Annotated[int, typer.Option("--test", min=0, help="Last days to score on. 末尾测试天数。")] = 2,
    choose: Annotated[
        int, typer.Option("--choose", min=0, help="Days before to choose on. 选择模型天数。")
    ] = 2,
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", help="line, trees; both. 候选模型。")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Learn from plans of devices of earlier days; scored on the last. 由往日设备方案训练预览模型。

    Example: yuanli schedule learn days/ -o models/plans
    """
    unknown = sorted(set(candidate or ()) - {"line", "trees"})
    if unknown:
        raise PlanFileError(
            Text(f"没有候选模型“{unknown[0]}”。", f"There is no candidate {unknown[0]!r}."),
            field="--candidate", hint=Text("可用 line 和 trees。", "Use line and trees."),
        )  # fmt: skip
    warm_up(DEVICES.name)
    plants = [read_days(folder) for folder in folders]
    learnt = [days[: len(days) - test] for days in plants]
    model = fit_plans(learnt, candidates=tuple(candidate or ("line", "trees")), choose=choose, seed=seed)
    scores = [
        one
        for days, known in zip(plants, learnt, strict=True)
        for one in score_plans(model, days[len(known) :], before=known)
    ]
    facts = save_plans(output, model, scores, data=_sum_of(folders), code=code_version(), seed=seed)
    if as_json:
        print_json({"kind": model.kind, "days": model.days, "scores": dict(facts.scores)})
        return
    OUT.print(
        said(Text(f"{model.kind}，{model.days} 天", f"{model.kind}, {model.days} days")),
        style="bold",
        markup=False,
    )
    print_table(
        (Text("指标", "Score"), Text("值", "Value")), [(name, f"{v:.4f}") for name, v in facts.scores.items()]
    )


def preview(
    problem: Annotated[Path, typer.Argument(help="The problem's file. 问题文件。")],
    model: Annotated[Path, typer.Option("--model", "-m", help="Folder of the model. 模型文件夹。")],
    past: Past = None,
    output: Output = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.0, help="Seconds to search on; 0: none. 继续求解的秒数。")
    ] = 0.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Foretell a plan of devices at once, repaired and checked; search on from it if asked. 即时预览设备方案。

    Exit code 1 where no valid plan was found.

    Example: yuanli schedule preview today.json --model models/plans --past days/
    """
    tables = DEVICES.parse(bytes_of(problem), problem.name)
    kind = learned_devices(
        DEVICES, load_plans(model), () if past is None else read_days(past, before=problem)
    )
    warm_up(DEVICES.name)
    search = Search[DevicesPlan](Stop(time_s=time_limit) if time_limit else Stop(time_s=None, rounds=0))
    found = make_plan(kind, tables, search, Wish(seed=seed))
    if output is not None:
        write(output, found)
    if as_json:
        print_json(finite(plain(found)))
    else:
        say(found)
    if found.cost is None:
        raise typer.Exit(1)


def read_days(folder: Path, *, before: Path | None = None) -> list[Day]:
    """Return the days of a folder in the order of their names; problems without a plan are left out.

    Parameters
    ----------
    before
        A problem whose past is wanted: where it lies in the folder, it and what comes after it are left out.

    Raises
    ------
    PlanFileError
        There is no day with a plan.
    """
    days: list[Day] = []
    for path in _problems(folder):
        if before is not None and path.resolve() == before.resolve():
            return days
        plan = _plan_of(path)
        if plan.is_file():
            problem = DEVICES.parse(bytes_of(path), path.name)
            days.append(Day(problem=problem, plan=DEVICES.read_rows(problem, rows_of(plan))))
    if not days:
        raise PlanFileError(
            Text(f"“{folder}”中没有带方案的问题。", f"{folder} holds no problem with a plan."),
            field=str(folder),
            hint=Text(
                "每天放 名称.json 与 名称.plan.json。", "Put NAME.json and NAME.plan.json there for each day."
            ),
        )
    return days


def _problems(folder: Path) -> list[Path]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [p for p in files if p.name.endswith(SUFFIXES) and not _stem(p).endswith(PLAN)]


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".json")


def _plan_of(path: Path) -> Path:
    return path.with_name(f"{_stem(path)}{PLAN}.json")


def _sum_of(folders: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in _problems(folder):
            if _plan_of(path).is_file():
                digest.update(path.read_bytes())
                digest.update(_plan_of(path).read_bytes())
    return digest.hexdigest()

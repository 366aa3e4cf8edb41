"""A training run from recipe to model folder, with everything kept that it depended on."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.learning.augmentation import Augmenter, augmenter_of, tables_of
from yuanli.learning.datasets import dataset_hash
from yuanli.learning.examples import Example
from yuanli.learning.models import Model, ModelFacts, save_facts
from yuanli.learning.parts import MAIN, Part, load_parts
from yuanli.learning.recipes import CardParams, Recipe, WordsParams, parse_recipe
from yuanli.learning.registry import CardNotes, write_card
from yuanli.learning.reporting import Evaluation, evaluate, save_evaluation

RUN = "run.json"
TEST = "test.json"
"""The evaluation on the test examples, with the prediction of each."""
MODEL = "model"
NETWORK = "network"
Progress = Callable[[int, int, Mapping[str, float]], None]
FEW = 3
"""A type of span seen less often with a class is taken for a slip of the annotator."""
TRACKERS = ("tensorboard", "wandb", "mlflow")


class TrainingPartMissingError(UnavailableError):
    """The training side is not installed."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder holds `run.json`, curves, checkpoints and the exported model."""

    folder: Path
    facts: ModelFacts
    dev: Mapping[str, float]
    test: Mapping[str, float]


def train(
    recipe: Recipe, folder: Path, *, now: datetime, resume: bool = False,
    progress: Progress | None = None, parts: Mapping[str, Part] | None = None,
) -> Run:  # fmt: skip
    """Train, export and score a model; `folder` then holds all of the run.

    Parameters
    ----------
    resume
        Go on from the last whole checkpoint in `folder`; the result is that of a run that never stopped.

    Raises
    ------
    TrainingPartMissingError
        `yuanli[train]` is not installed.
    """
    require_training()
    from yuanli.learning.training.running import run_recipe

    parts = parts or load_parts(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    started = {
        "recipe": recipe.model_dump(mode="json"), "data": data_hash(parts), "code": code_version(),
        "started": now.isoformat(), "environment": environment(),
        "counts": {name: [len(p.train), len(p.dev), len(p.test)] for name, p in parts.items()},
    }  # fmt: skip
    _write(folder / RUN, started)
    facts, measured = run_recipe(
        recipe, parts, folder, augment=_augmenter(recipe, parts), resume=resume,
        progress=progress, trackers=installed_trackers(), facts=_facts(recipe, started, parts[MAIN], now),
    )  # fmt: skip
    model = Model(folder / MODEL)
    dev, test = (_evaluated(model, part, recipe) for part in (parts[MAIN].dev, parts[MAIN].test))
    facts = finish_model(folder / MODEL, facts, test or dev, recipe)
    if test is not None:
        save_evaluation(test, folder / TEST)
    measured |= {"dev": _plain(dev), "test": _plain(test)}
    _write(folder / RUN, started | measured)
    return Run(folder, facts, _plain(dev), _plain(test))


def finish_model(folder: Path, facts: ModelFacts, found: Evaluation | None, recipe: Recipe) -> ModelFacts:
    """Write a model's scores and card beside it; return its facts with them."""
    scored = replace(facts, scores=_plain(found))
    write_card(folder, scored, found.scores if found else None, _notes(recipe.card))
    return save_facts(folder, scored)


def data_hash(parts: Mapping[str, Part]) -> str:
    """Return a hash of all examples of a run, by task and split."""
    digest = hashlib.sha256()
    for name, part in sorted(parts.items()):
        for split, examples in (("train", part.train), ("dev", part.dev), ("test", part.test)):
            digest.update(f"{name}/{split}/{dataset_hash(examples)}\n".encode())
    return digest.hexdigest()


def load_run_recipe(run: Path) -> Recipe:
    """Return the recipe that a run was made by.

    Raises
    ------
    InvalidInputError
        The folder is no run.
    """
    try:
        document = json.loads((run / RUN).read_text("utf-8"))["recipe"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(
            Text(f"“{run}”不是训练结果文件夹。", f"{run} is no folder of a training run."),
            field=str(run),
            hint=Text("给出 yuanli learn train -o 的文件夹。", "Give the folder of yuanli learn train -o."),
        ) from error
    return parse_recipe(document, folder=run)


def code_version() -> str:
    """Return the version of yuanli, with the commit where it runs from a working copy."""
    try:
        done = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"],
            capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return version("yuanli")
    commit = done.stdout.strip()
    return f"{version('yuanli')}+{commit}" if commit else version("yuanli")


def environment() -> Mapping[str, str]:
    """Return what a result may depend on beside data and code."""
    names = ("torch", "transformers", "peft", "accelerate", "tokenizers", "numpy", "onnxruntime")
    found = {name: installed for name in names if (installed := _version(name))}
    return {"python": platform.python_version(), "machine": platform.machine(), **found}


def installed_trackers() -> tuple[str, ...]:
    """Return the experiment trackers that are installed: TensorBoard always, W&B and MLflow where they are."""
    return tuple(name for name in TRACKERS if find_spec(name))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _augmenter(recipe: Recipe, parts: Mapping[str, Part]) -> Augmenter | None:
    shares = [(params.name, params.share) for params in recipe.augmentation]
    examples = [example for part in parts.values() for example in part.train]
    return augmenter_of(shares, tables_of(examples, recipe.exchangeable)) if shares else None


def _spans_by_label(examples: Sequence[Example]) -> Mapping[str, Sequence[str]]:
    """Return the types of span that examples of each class hold a few times at least."""
    counts = Counter((e.label, s.type) for e in examples if e.label is not None for s in e.spans)
    labels = {e.label for e in examples if e.label is not None}
    return {
        label: sorted(kind for (other, kind), count in counts.items() if other == label and count >= FEW)
        for label in sorted(labels)
    }


def _facts(recipe: Recipe, started: Mapping[str, Any], part: Part, now: datetime) -> ModelFacts:
    return ModelFacts(
        spans_by_label=_spans_by_label(part.train) if recipe.bar_unseen_spans else {},
        name=recipe.name, version=f"{now:%Y%m%d-%H%M%S}-{started['data'][:8]}", base=Path(recipe.base).name,
        max_length=recipe.max_length, characters=recipe.characters, data=started["data"],
        code=started["code"], seed=recipe.seed,
    )  # fmt: skip


def _evaluated(model: Model, examples: Sequence[Example], recipe: Recipe) -> Evaluation | None:
    if not examples:
        return None
    said = model.predict([e.text for e in examples], [e.context for e in examples])
    return evaluate(examples, said, model=recipe.name)


def _plain(found: Evaluation | None) -> Mapping[str, float]:
    return {} if found is None else {name: score.value for name, score in found.scores.items()}


def _notes(card: CardParams) -> CardNotes:
    unknown = CardNotes()
    return CardNotes(
        data=_text(card.data, unknown.data), licence=_text(card.licence, unknown.licence),
        use=_text(card.use, unknown.use), limits=tuple(Text(words.zh, words.en) for words in card.limits),
    )  # fmt: skip


def _text(words: WordsParams | None, otherwise: Text) -> Text:
    return otherwise if words is None else Text(words.zh, words.en)


def require_training() -> None:
    """Refuse what needs the training side where it is not installed."""
    if not find_spec("torch") or not find_spec("transformers"):
        raise TrainingPartMissingError(
            Text("没有安装训练部分。", "The training part is not installed."),
            hint=Text("执行 pip install 'yuanli[train]'", "Run: pip install 'yuanli[train]'"),
        )


def _write(path: Path, document: Mapping[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document, ensure_ascii=False, indent=1, default=str), "utf-8")
    part.replace(path)

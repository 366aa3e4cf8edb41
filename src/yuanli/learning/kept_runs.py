"""The training runs in a folder: what each was made of, how it went, and two of them beside each other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.learning.metrics import Comparison
from yuanli.learning.reporting import Evaluation, compare_outcomes, load_evaluation
from yuanli.learning.runs import RUN, TEST

MOST_BYTES = 50_000_000
"""A file of a run that is larger is not read."""
STEPS = ("step", "epoch")
Scalar = str | float | bool | None
"""A value of a recipe; an empty list or mapping is written as text."""


class RunNotFoundError(NotFoundError):
    """The folder of runs holds no run of that name."""


class RunState(StrEnum):
    """Finished; started, and still going or stopped; or not readable."""

    DONE = "done"
    UNFINISHED = "unfinished"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run in the folder; of a broken one only why it is.

    Parameters
    ----------
    data
        Hash of all examples it learned from.
    code
        Version of the program, with the commit where there is one.
    seconds
        How long the training took.
    dev, test
        Scores, 0–1, by name.
    """

    name: str
    state: RunState
    problem: Text | None = None
    started: str = ""
    data: str = ""
    code: str = ""
    base: str = ""
    method: str = ""
    seed: int | None = None
    steps: int | None = None
    seconds: float | None = None
    parameters: int | None = None
    trainable: int | None = None
    dev: Mapping[str, float] = field(default_factory=dict)
    test: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What was measured at one step: `loss`, `learning_rate`, and scores on dev as `eval_…`."""

    step: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail:
    """A run with its curve, its recipe by dotted names, and what it ran on.

    `counts` are the examples of each task: train, dev and test.
    """

    run: KeptRun
    curve: tuple[CurvePoint, ...]
    recipe: Mapping[str, Scalar]
    environment: Mapping[str, str]
    counts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDifference:
    """A score of two runs, on `dev` or `test`; None where a run doesn't have it."""

    part: str
    name: str
    first: float | None
    second: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeDifference:
    """A knob that two runs have set differently, by its dotted name."""

    name: str
    first: Scalar
    second: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """Two runs beside each other.

    Parameters
    ----------
    same_data
        Whether both learned from the same examples.
    paired
        By score, how much better the second is on the same test examples, and how sure that is; None where
        `unpaired` says why it can't be told.
    """

    first: str
    second: str
    same_data: bool
    scores: tuple[ScoreDifference, ...]
    recipe: tuple[RecipeDifference, ...]
    paired: Mapping[str, Comparison] | None
    unpaired: Text | None


class Runs:
    """The runs in a folder, read anew each time; nothing is ever written.

    A run is a folder directly in it; links are not followed, so that a name leads nowhere else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the runs are."""
        return self._folder

    def all(self) -> tuple[KeptRun, ...]:
        """Return the runs, the last started first; broken ones last."""
        found = [self._read(name)[0] for name in self._names()]
        ordered = sorted(found, key=lambda run: run.name)
        return tuple(sorted(ordered, key=lambda run: (bool(run.started), run.started), reverse=True))

    def find(self, name: str) -> RunDetail:
        """Return a run; `RunNotFoundError` where the folder has none of that name."""
        run, document = self._read(self._known(name))
        return RunDetail(
            run=run,
            curve=tuple(_curve(document.get("curve"))),
            recipe=dict(_flat(document.get("recipe", {}))),
            environment={str(k): _text(v) for k, v in _mapping(document.get("environment")).items()},
            counts=_counts(document.get("counts")),
        )

    def compare(self, first: str, second: str) -> RunComparison:
        """Return two runs beside each other, with paired tests where both keep their predictions.

        Raises
        ------
        RunNotFoundError
            The folder has no run of one of the names.
        """
        one, other = self.find(first), self.find(second)
        paired, unpaired = self._paired(first, second)
        return RunComparison(
            first=first,
            second=second,
            same_data=bool(one.run.data) and one.run.data == other.run.data,
            scores=tuple(_score_differences(one.run, other.run)),
            recipe=tuple(
                RecipeDifference(name=name, first=one.recipe.get(name), second=other.recipe.get(name))
                for name in sorted({*one.recipe, *other.recipe})
                if one.recipe.get(name) != other.recipe.get(name)
            ),
            paired=paired,
            unpaired=unpaired,
        )

    def _names(self) -> Iterator[str]:
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
                    yield path.name

    def _known(self, name: str) -> str:
        if name not in set(self._names()):
            raise RunNotFoundError(
                Text(f"没有训练记录“{_text(name)}”。", f"There is no run {_text(name)!r}."),
                field="run",
                hint=Text("刷新训练记录列表。", "Load the list of runs again."),
            )
        return name

    def _read(self, name: str) -> tuple[KeptRun, Mapping[str, Any]]:
        try:
            document = json.loads(_file(self._folder / name / RUN))
            return _run(name, document), document
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
            told = _text(f"{RUN}: {reason}")
            problem = Text(f"读不出：{told}", f"Not readable: {told}")
            return KeptRun(name=_text(name), state=RunState.BROKEN, problem=problem), {}

    def _paired(self, first: str, second: str) -> tuple[Mapping[str, Comparison] | None, Text | None]:
        found: list[Evaluation] = []
        for name in (first, second):
            try:
                _file(path := self._folder / name / TEST)
                found.append(load_evaluation(path))
            except (OSError, ValueError, RecursionError, InvalidInputError):
                return None, Text(
                    f"“{name}”没有留下测试集上的预测（{TEST}）。",
                    f"The run {name} keeps no predictions on test ({TEST}).",
                )
        try:
            told = compare_outcomes(found[0].outcomes, found[1].outcomes)
        except InvalidInputError as error:
            return None, error.message
        return {name: test for name, test in told.items() if _is_finite(test)}, None


def _file(path: Path) -> str:
    """Return the text of a file of a run, if it is one and not too large."""
    if path.is_symlink() or path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is a link, or larger than {MOST_BYTES} bytes")
    return path.read_text("utf-8")


def _run(name: str, document: Mapping[str, Any]) -> KeptRun:
    recipe = document["recipe"]
    return KeptRun(
        name=name,
        state=RunState.DONE if "curve" in document else RunState.UNFINISHED,
        started=_text(document["started"]),
        data=_text(document["data"]),
        code=_text(document["code"]),
        base=_text(recipe.get("base", "")),
        method=_text(_mapping(recipe.get("method")).get("name", "")),
        seed=_whole(recipe.get("seed")),
        steps=_whole(document.get("steps")),
        seconds=_finite(document.get("seconds")),
        parameters=_whole(document.get("parameters")),
        trainable=_whole(document.get("trainable")),
        dev=_numbers(document.get("dev")),
        test=_numbers(document.get("test")),
    )


def _curve(points: Any) -> Iterator[CurvePoint]:
    for point in points if isinstance(points, list) else ():
        numbers = _numbers(point)
        step = _whole(numbers.get("step"))
        values = {name: value for name, value in numbers.items() if name not in STEPS}
        if step is not None and values:
            yield CurvePoint(step=step, values=values)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Scalar]]:
    """Return the values of a nested document by their dotted names."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _flat(inner, f"{name}.{_text(key)}" if name else _text(key))
    elif name:
        yield name, value if value is None or isinstance(value, bool) else _number_or_text(value)


def _number_or_text(value: Any) -> Scalar:
    number = _finite(value)
    return _text(value) if number is None else number


def _score_differences(first: KeptRun, second: KeptRun) -> Iterator[ScoreDifference]:
    for part, one, other in (("dev", first.dev, second.dev), ("test", first.test, second.test)):
        for name in sorted({*one, *other}):
            yield ScoreDifference(part=part, name=name, first=one.get(name), second=other.get(name))


def _numbers(value: Any) -> dict[str, float]:
    """Return the finite numbers of a mapping, by name."""
    items = _mapping(value).items()
    return {_text(name): number for name, given in items if (number := _finite(given)) is not None}


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _is_finite(test: Comparison) -> bool:
    return all(map(math.isfinite, (test.difference, test.low, test.high, test.p_value)))


def _whole(value: Any) -> int | None:
    number = _finite(value)
    return None if number is None else int(number)


def _counts(value: Any) -> Mapping[str, tuple[int, ...]]:
    counts = {_text(name): given for name, given in _mapping(value).items() if isinstance(given, list)}
    return {name: tuple(n for g in given if (n := _whole(g)) is not None) for name, given in counts.items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return a value as text that can be sent: half a Unicode character becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()

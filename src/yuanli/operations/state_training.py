"""Training: a history, with what people labelled as its truth, becomes a model of the next state in the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from yuanli.campus import CampusId, PointId
from yuanli.errors import InvalidInputError, Text
from yuanli.forecast import (
    FLOOR_NAMES,
    MODEL,
    InvalidStatesError,
    StateModel,
    StateParams,
    StateScores,
    fit_states,
    save_states,
)
from yuanli.learning import code_version
from yuanli.operations.models import Models
from yuanli.operations.state_history import PAST, NoStatesError, StateHistory, StateReader
from yuanli.operations.states import TrainedVersion, state_model_name, steps_ahead

SHORTEST, LONGEST = timedelta(days=3), timedelta(days=180)
OWN = ("line:own", "line:now", "trees:own", "trees:recent", "line:now+varied", "trees:recent+varied")
"""What is tried where the point tells its state; the last two learn from varied days too."""
LABELS = ("switches:now", "line:now", "line:recent", "trees:recent", "trees:recent+clock",
          "line:recent+varied", "trees:recent+varied")  # fmt: skip
NETWORK = {True: "network:own", False: "network:recent"}


class BadTrainingError(InvalidInputError):
    """A training asks for too few or too many days, or for what is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOrder:
    """What to train.

    Parameters
    ----------
    ahead
        How far ahead the state is asked for.
    past
        How much of the history is learnt from.
    labels
        The id of a set of intervals whose decided labels are the truth.
    network
        Whether the small transformer is tried as well, which takes PyTorch and minutes.
    candidates
        What to try in the place of the usual, as `yuanli states train --candidate`.
    """

    ahead: timedelta = timedelta(minutes=30)
    past: timedelta = PAST
    labels: str | None = None
    network: bool = False
    candidates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not SHORTEST <= self.past <= LONGEST:
            raise BadTrainingError(
                Text(f"训练天数 {self.past.days} 不在 {SHORTEST.days}–{LONGEST.days} 之内。",
                     f"{self.past.days} days to learn from are not within {SHORTEST.days}–{LONGEST.days}."),
                field="days", hint=Text("例如 28 天。", "Give such as 28 days."),
            )  # fmt: skip
        if self.network and find_spec("torch") is None:
            raise BadTrainingError(
                Text("没有安装 PyTorch，不能训练 Transformer。", "PyTorch, which trains the transformer, is missing."),
                field="network", hint=Text("安装 yuanli[train]，或不选它。", "Install yuanli[train], or leave it out."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredMethod:
    """How good one answer was on days left out; `floor` for a plain answer, `answers` for what the model says."""

    name: str
    title: Text
    floor: bool
    answers: bool
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    change_recall: float | None
    false_changes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedStates:
    """What came of a training; it answers once somebody promotes it.

    Parameters
    ----------
    labelled
        At how many moments people's labels are the truth.
    varied
        Whether varied days helped on the days left out, so that the model learnt from them; None where not tried.
    """

    model: TrainedVersion
    point: str
    minutes: int
    method: str
    verdict: Text
    better_than_floor: bool
    moments: int
    days: int
    labelled: int
    varied: bool | None
    scores: tuple[ScoredMethod, ...]


class StateTraining:
    """Trains models of states from what is kept, into the registry."""

    def __init__(self, reader: StateReader, models: Models, *, clock: Callable[[], datetime]) -> None:
        self._reader, self._models, self._clock = reader, models, clock

    def train(
        self, campus_id: CampusId, point_id: PointId, order: StateOrder, *, who: str,
        told: Callable[[float], None] = lambda share: None,
    ) -> TrainedStates:  # fmt: skip
        """Learn from the history of a point up to now, and register the model as a candidate.

        Raises
        ------
        PointNotFoundError, NoStatesError, UnfitLabelsError, StateHorizonError
            There is nothing to learn from, or the labels or the horizon don't fit.
        """
        steps = steps_ahead(order.ahead)
        now = self._clock()
        history = self._reader.read(campus_id, point_id, now, past=order.past, labels=order.labels)
        params = StateParams(candidates=candidates_of(history, order))
        try:
            model = fit_states(
                [history.place], history.classes, ahead=steps, params=params, own=history.own, told=told
            )
        except InvalidStatesError as error:
            raise NoStatesError(error.message, field="point", hint=error.hint) from error
        name = state_model_name(campus_id, point_id, steps)
        version = f"{now:%Y%m%d-%H%M%S}"
        with TemporaryDirectory() as folder:
            save_states(
                Path(folder), model, name=name, version=version, data=_digest(history), code=code_version(),
                seed=params.learning.seed, subject=_subject(point_id, order, history),
            )  # fmt: skip
            self._models.register(Path(folder), who=who, why=str(point_id))
        return trained_of(model, TrainedVersion(name=name, version=version), point_id, history, order)


def candidates_of(history: StateHistory, order: StateOrder) -> tuple[str, ...]:
    """Return what is tried: what was asked for, else what suits the question and is installed."""
    if order.candidates:
        return order.candidates
    usual = (OWN if history.own else LABELS) + ((NETWORK[history.own],) if order.network else ())
    return tuple(one for one in usual if find_spec("lightgbm") or not one.startswith("trees"))


def trained_of(
    model: StateModel, kept: TrainedVersion, point: str, history: StateHistory, order: StateOrder
) -> TrainedStates:
    """Return what came of a training, the answer first, then what was tried, then the floors."""
    own = model.validation[MODEL]
    tried = [name for name in model.validation if "+varied" in name]
    return TrainedStates(
        model=kept, point=str(point), minutes=order.ahead // timedelta(minutes=1), method=model.method,
        verdict=model.verdict(), better_than_floor=model.better_than_floors(), moments=own.count, days=own.days,
        labelled=history.labelled, varied="+varied" in model.method if tried else None,
        scores=tuple(_scored(name, one) for name, one in model.validation.items()),
    )  # fmt: skip


def _scored(name: str, scores: StateScores) -> ScoredMethod:
    title = Text(*FLOOR_NAMES[name]) if name in FLOOR_NAMES else Text(name, name)
    return ScoredMethod(
        name=name, title=Text("模型的回答", "what the model says") if name == MODEL else title,
        floor=name in FLOOR_NAMES, answers=name == MODEL, accuracy=scores.accuracy,
        accuracy_low=scores.accuracy_low, accuracy_high=scores.accuracy_high,
        change_recall=_known(scores.change_recall), false_changes=_known(scores.false_changes),
    )  # fmt: skip


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _digest(history: StateHistory) -> str:
    place = history.place
    found = hashlib.sha256("\n".join((*place.signals, *history.classes)).encode())
    for values in (place.history.values, place.truth):
        found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def _subject(point_id: PointId, order: StateOrder, history: StateHistory) -> Text:
    zh, en = (
        f"点位 {point_id} 最近 {order.past.days} 天的读数；",
        f"Point {point_id}, its last {order.past.days} days; ",
    )
    if history.labelled:
        zh += f"其中 {history.labelled} 个时刻以人工标注为准；"
        en += f"at {history.labelled} moments people's labels are the truth; "
    return Text(zh, en)

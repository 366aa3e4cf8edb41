"""Models that were learnt, one of a kind: what each looks at, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from yuanli.errors import Text
from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.states.features import Known, Look, joined, known_of
from yuanli.forecast.states.floors import Threshold, fit_floors
from yuanli.forecast.states.places import InvalidStatesError, Place
from yuanli.forecast.states.stretches import channel_scale, stretches_of
from yuanli.forecast.states.switches import Switches, fit_switches
from yuanli.forecast.states.varying import VaryParams, varied_places
from yuanli.forecast.states.views import Candidate, columns_of, features_of
from yuanli.learning import (
    ClassTrees,
    GrowParams,
    Line,
    Scale,
    WindowModel,
    WindowParams,
    fit_line,
    fit_windows,
    grow,
    scale_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLearning:
    """How candidates are learnt: the most rows, the knobs of each kind, and how days are varied."""

    rows: int = 30_000
    penalty: float = 1.0
    trees: GrowParams = field(default_factory=GrowParams)
    network: WindowParams = field(default_factory=WindowParams)
    vary: VaryParams = field(default_factory=VaryParams)
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """A threshold with how often each state was true on either side; row 0 below, 1 above, 2 where nothing is known."""

    threshold: Threshold
    shares: Floats

    def predict(self, known: Known) -> Floats:
        """Return probabilities, shape `(n, n_classes)`."""
        value = known.features[:, known.names.index(self.threshold.feature)]
        side = np.where(np.isfinite(value), (value > np.float32(self.threshold.cut)).astype(np.int64), 2)
        return np.asarray(self.shares[side])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """A trained transformer, what its stretches are measured in, and the line's scale for the facts beside them."""

    model: WindowModel
    onnx: bytes
    scale: Scale
    facts: Scale


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """A candidate that was learnt, and the columns it looks at."""

    candidate: Candidate
    columns: tuple[str, ...]
    learnt: Cut | Line | Switches | ClassTrees | Network

    def predict(self, known: Known, places: Sequence[Place], look: Look) -> Floats:
        """Return probabilities, shape `(n, n_classes)`."""
        if isinstance(self.learnt, Cut):
            return self.learnt.predict(known)
        rows = features_of(known, self.columns)
        if isinstance(self.learnt, Network):
            stretches = stretches_of(known, places, look, self.learnt.scale)
            said = self.learnt.model.predict(stretches, _facts(rows, self.learnt.facts))
            return np.asarray(said, dtype=np.float64)
        return self.learnt.predict(rows)

    def weights(self) -> dict[str, float]:
        """Return how much each column counts, shares of 1; a network doesn't say."""
        if isinstance(self.learnt, Cut):
            return {self.learnt.threshold.feature: 1.0}
        if isinstance(self.learnt, Line | Switches):
            line = self.learnt if isinstance(self.learnt, Line) else self.learnt.line
            weights = np.abs(line.weights[:, :-1]).sum(axis=0)
            shares = weights / max(float(weights.sum()), 1e-12)
        elif isinstance(self.learnt, ClassTrees):
            shares = self.learnt.weights()
        else:
            return {}
        return dict(zip(self.columns, shares.tolist(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Varied:
    """Changed copies of places, what is known of them, and at which row of it each place begins."""

    places: tuple[Place, ...]
    known: Known
    begins: Ints

    def like(self, known: Known) -> Known:
        """Return the copies of moments, where their states are known."""
        rows = self.known.only(self.begins[known.place] + known.step)
        return rows.only(np.isfinite(rows.truth))


def fit_member(
    candidate: Candidate,
    known: Known,
    places: Sequence[Place],
    look: Look,
    *,
    classes: int,
    params: StateLearning,
    varied: Varied | None = None,
) -> Member:
    """Learn a candidate from moments whose state is known; `varied` spares making the changed copies again."""
    known = known.only(np.arange(0, len(known), max(1, -(-len(known) // params.rows))))
    if candidate.varied:
        copies = varied or vary(places, look, params)
        known, places = joined(known, copies.like(known)), (*places, *copies.places)
    truth = known.truth.astype(np.int64)
    columns = columns_of(known.names, look, candidate.view)
    if not columns:
        raise InvalidStatesError(
            Text(f"候选“{candidate}”没有可看的列：过去的状态未知。",
                 f"The candidate {str(candidate)!r} has nothing to look at: the state's past is not known."),
            field="candidates", hint=Text("用 now、recent 或 long 视角。", "Take the view now, recent or long."),
        )  # fmt: skip
    if candidate.kind == "threshold":
        return Member(candidate=candidate, columns=columns, learnt=_cut(known, columns, classes))
    rows = features_of(known, columns)
    learnt: Line | Switches | ClassTrees | Network
    if candidate.kind == "line":
        learnt = fit_line(rows, truth, classes=classes, penalty=params.penalty)
    elif candidate.kind == "switches":
        learnt = fit_switches(rows, truth, classes=classes, penalty=params.penalty)
    elif candidate.kind == "trees":
        learnt = grow(rows, truth, classes=classes, params=params.trees, seed=params.seed)
    else:
        learnt = _network(known, columns, places, look, classes, params)
    return Member(candidate=candidate, columns=columns, learnt=learnt)


def vary(places: Sequence[Place], look: Look, params: StateLearning) -> Varied:
    """Return changed copies of places, and what is known of them."""
    changed = varied_places(places, look, params=params.vary, seed=params.seed)
    begins = np.cumsum([0, *(len(place.truth) for place in places)])
    return Varied(places=changed, known=known_of(changed, look).of_places(len(places)), begins=begins)


def open_network_of(onnx: bytes, scale: Scale, facts: Scale) -> Network:
    """Return a network from what was written of it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        path.write_bytes(onnx)
        return Network(model=WindowModel(path), onnx=onnx, scale=scale, facts=facts)


def _cut(known: Known, columns: tuple[str, ...], classes: int) -> Cut:
    floors = fit_floors(known, columns, classes)
    threshold = floors.threshold or Threshold(
        feature=columns[0], cut=0.0, below=floors.commonest, above=floors.commonest
    )
    value = known.features[:, known.names.index(threshold.feature)]
    side = np.where(np.isfinite(value), (value > np.float32(threshold.cut)).astype(np.int64), 2)
    shares = np.ones((3, classes))
    np.add.at(shares, (side, known.truth.astype(np.int64)), 1.0)
    return Cut(threshold=threshold, shares=shares / shares.sum(axis=1, keepdims=True))


def _network(
    known: Known,
    columns: tuple[str, ...],
    places: Sequence[Place],
    look: Look,
    classes: int,
    params: StateLearning,
) -> Network:
    scale = channel_scale(known, places, look)
    rows = features_of(known, columns)
    facts = scale_of(rows)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        model = fit_windows(
            stretches_of(known, places, look, scale), _facts(rows, facts), known.truth.astype(np.int64), path,
            classes=classes, params=params.network,
        )  # fmt: skip
        return Network(model=model, onnx=path.read_bytes(), scale=scale, facts=facts)


def _facts(rows: Floats, scale: Scale) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.concatenate([scale.apply(rows), np.isfinite(rows)], axis=1).astype(np.float32)

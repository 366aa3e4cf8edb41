"""The models of an installation: what is there, what is live, and making another one live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from threading import Lock

from yuanli.errors import InfeasibleError, Text
from yuanli.learning import (
    Author,
    Changed,
    Example,
    GateParams,
    GateReport,
    ListedModel,
    LiveModel,
    ModelFacts,
    Registry,
    ServingParams,
    ServingStatus,
    ShownModel,
    compare_models,
    list_models,
    load_examples,
    promote,
    promote_checked,
    register,
    rollback,
    set_shadow,
    show_model,
)
from yuanli.operations.state_gate import holds_states, state_checks

UNDERSTANDING = "understanding"
"""The model that reads requests."""
GATE_SETS = ("gate.jsonl", "gate.yaml")


class NoGateSetError(InfeasibleError):
    """There are no examples to judge a model on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelParams:
    """What a model must keep to go live, and how the live one is held."""

    gate: GateParams = field(default_factory=GateParams)
    serving: ServingParams = field(default_factory=ServingParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelList:
    """Every version of every model, and what this process runs."""

    models: tuple[ListedModel, ...]
    serving: tuple[ServingStatus, ...]


class Models:
    """The models in a registry, and the live ones, loaded when they are first asked for.

    Parameters
    ----------
    gate_sets
        The examples that the package ships to judge a model on, by name. A file `gate.jsonl` or `gate.yaml` in
        the model's folder goes before them.
    timer
        Counts seconds, never backwards.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        clock: Callable[[], datetime],
        timer: Callable[[], float],
        rng: Random,
        gate_sets: Mapping[str, Path] = {},
        params: ModelParams = ModelParams(),
    ) -> None:
        self._registry, self._clock, self._timer, self._rng = registry, clock, timer, rng
        self._gate_sets, self._params = gate_sets, params
        self._live: dict[str, LiveModel] = {}
        self._lock = Lock()

    def overview(self) -> ModelList:
        """Return every version of every model, and what this process runs."""
        with self._lock:
            held = tuple(self._live.values())
        return ModelList(models=list_models(self._registry), serving=tuple(model.status() for model in held))

    def show(self, name: str, version: str) -> ShownModel:
        """Return all that is kept of a version; `ModelNotFoundError` where there is none."""
        return show_model(self._registry, name, version)

    def live(self, name: str) -> LiveModel:
        """Return the live model of a name; it follows every change by itself."""
        with self._lock:
            if name not in self._live:
                self._live[name] = LiveModel(
                    self._registry, name, timer=self._timer, rng=self._rng, params=self._params.serving
                )
            return self._live[name]

    def find_live(self, name: str) -> str | None:
        """Return the live version of a name; None where there is no such model, or none is live."""
        return self._registry.find_live(name) if name in self._registry.names() else None

    def folder_of(self, name: str, version: str) -> Path:
        """Return the folder of a version, its files checked; `BrokenModelError` where one has changed."""
        self._registry.check(name, version)
        return self._registry.folder_of(name, version)

    def register(self, folder: Path, *, who: str, why: str = "") -> ModelFacts:
        """Copy a model's folder into the registry as a candidate."""
        return register(self._registry, folder, self._by(who, why))

    def promote(
        self, name: str, version: str, *, who: str, why: str = "", gate_set: Path | None = None
    ) -> GateReport:
        """Make a version live if it passes the gate; requests that begin afterwards are answered by it.

        Raises
        ------
        ModelNotFoundError
            There is no such model or version.
        NoGateSetError
            There are no examples to judge it on.
        GateClosedError
            It is worse than the live one, too large or too slow.
        """
        folder = self._registry.folder_of(name, version)
        if holds_states(folder):
            return promote_checked(
                self._registry, name, version, self._by(who, why), params=self._params.gate,
                checks=lambda against: state_checks(folder, self._params.gate),
            )  # fmt: skip
        examples = self._gate_set(name, gate_set)
        report = promote(
            self._registry,
            name,
            version,
            self._by(who, why),
            gate_set=examples,
            timer=self._timer,
            params=self._params.gate,
        )
        self._refresh(name)
        return report

    def rollback(self, name: str, *, who: str, why: str = "") -> str:
        """Make the version live that was live before, and return it; `NothingToRollBackError` without one."""
        version = rollback(self._registry, name, self._by(who, why))
        self._refresh(name)
        return version

    def shadow(self, name: str, version: str | None, *, who: str, why: str = "") -> None:
        """Let a version run beside the live one, or none."""
        set_shadow(self._registry, name, version, self._by(who, why))
        self._refresh(name)

    def compare(self, name: str, before: str, after: str, path: Path) -> Changed:
        """Return what one version gets right of a file or folder of examples that another does not."""
        first, second = (self._registry.load(name, version) for version in (before, after))
        return compare_models(load_examples(path), first, second)

    def close(self) -> None:
        """Keep what the shadows counted."""
        with self._lock:
            held, self._live = tuple(self._live.values()), {}
        for model in held:
            model.close()

    def _gate_set(self, name: str, given: Path | None) -> tuple[Example, ...]:
        own = [path for file in GATE_SETS if (path := self._registry.folder / name / file).is_file()]
        found = given or next(iter(own), None) or self._gate_sets.get(name)
        if found is None:
            raise NoGateSetError(
                Text(f"模型 {name} 没有门禁样本。", f"There is no gate set for the model {name}."),
                field=name,
                hint=Text(
                    f"把有标注的样本放在 models/{name}/gate.jsonl，或用 --gate-set 指定。",
                    f"Put labelled examples at models/{name}/gate.jsonl in the data folder, or give --gate-set.",
                ),
            )
        return load_examples(found)

    def _refresh(self, name: str) -> None:
        with self._lock:
            model = self._live.get(name)
        if model is not None:
            model.refresh()

    def _by(self, who: str, why: str) -> Author:
        return Author(who=who, at=self._clock(), why=why)

"""Every version of every model, as an operator sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yuanli.errors import YuanliError
from yuanli.learning.models import ModelFacts
from yuanli.learning.registry.folder import Registry
from yuanli.learning.registry.shadows import ShadowCounts, load_counts
from yuanli.learning.registry.stages import BUILT_IN, Stage, StageChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """A version of a model, and where it is on its way; `usable` where all its files are there."""

    name: str
    version: str
    stage: Stage
    base: str
    scores: Mapping[str, float]
    size_mb: float
    usable: bool
    history: tuple[StageChange, ...]
    shadow: tuple[ShadowCounts, ...]


def list_models(registry: Registry) -> tuple[ListedModel, ...]:
    """Return every version of every model, newest last."""
    return tuple(
        list_version(registry, name, version)
        for name in registry.names()
        for version in _versions(registry, name)
    )


def list_version(registry: Registry, name: str, version: str) -> ListedModel:
    """Return one version as it is listed; `ModelNotFoundError` where there is none."""
    stages = registry.stages(name)
    resting = Stage.LIVE if registry.find_live(name) == version else Stage.ARCHIVED
    folder = registry.folder_of(name, version)
    try:
        facts = registry.facts(name, version)
        usable = all((folder / file).is_file() for file in facts.sums)
    except YuanliError:
        facts, usable = ModelFacts(name=name, version=version, base=""), False
    return ListedModel(
        name=name,
        version=version,
        stage=stages.versions.get(version, resting),
        base=facts.base,
        scores=dict(facts.scores),
        size_mb=round(size_bytes(folder) / 1e6, 3),
        usable=usable,
        history=tuple(change for change in stages.history if change.version == version),
        shadow=load_counts(registry.folder / name / version),
    )


def size_bytes(folder: Path) -> int:
    """Return how large the files of a folder are together."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) if folder.is_dir() else 0


def _versions(registry: Registry, name: str) -> list[str]:
    built_in = [BUILT_IN] if name in registry.built_in else []
    return [*built_in, *(v for v in registry.stages(name).versions if v != BUILT_IN)]

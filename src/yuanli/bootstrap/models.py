"""The models of an installation: those in its data folder, and the ones that ship with the package."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from random import SystemRandom

from yuanli.learning import LiveModel, Registry
from yuanli.operations import UNDERSTANDING, ModelParams, Models
from yuanli.settings import Settings


def open_models(
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    params: ModelParams = ModelParams(),
) -> Models:
    """Open the models of an installation; what ships with the package is live where nothing else is."""
    return Models(
        Registry(folder=settings.data_dir / "models", built_in=_shipped("model")),
        clock=now,
        timer=time.perf_counter,
        rng=SystemRandom(),
        gate_sets=_shipped("utterances", "gate.jsonl") if _shipped("model") else {},
        params=params,
    )


def find_reader(models: Models) -> LiveModel | None:
    """Return the live model that reads requests; None where the package ships none."""
    return models.live(UNDERSTANDING) if _shipped("model") else None


def _shipped(*path: str) -> Mapping[str, Path]:
    """Return where the package keeps something of the understanding model, if it does."""
    found = Path(str(files("yuanli.language"))).joinpath(*path)
    return {UNDERSTANDING: found} if found.exists() else {}

"""All that is kept of one version of a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yuanli.errors import Text, YuanliError
from yuanli.learning.models import FACTS, ModelFacts, file_sum
from yuanli.learning.registry.cards import ListedScore, listed_scores, load_card
from yuanli.learning.registry.folder import Registry
from yuanli.learning.registry.gates import GateReport, find_report
from yuanli.learning.registry.listing import ListedModel, list_version


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownModel:
    """A version with its card and what was measured of it.

    Parameters
    ----------
    listed
        Its stage, its history and how it did as a shadow.
    facts
        What `model.json` says; None where the version is damaged, and `fault` says how.
    sha256
        Of `model.json`, which holds those of the other files.
    card
        As Markdown; None where there is none and the facts can't be read.
    gate
        How it did when it was last to go live; None where nobody asked.
    """

    listed: ListedModel
    facts: ModelFacts | None
    sha256: str | None
    fault: Text | None
    card: Text | None
    scores: tuple[ListedScore, ...]
    gate: GateReport | None


def show_model(registry: Registry, name: str, version: str) -> ShownModel:
    """Return all that is kept of a version; files other than `model.json` are not read through.

    Raises
    ------
    ModelNotFoundError
        There is no such model, or no such version of it.
    """
    folder = registry.folder_of(name, version)
    facts, fault = _facts(registry, name, version)
    card = load_card(folder, facts)
    return ShownModel(
        listed=list_version(registry, name, version),
        facts=facts,
        sha256=_sum(folder / FACTS),
        fault=fault,
        card=card,
        scores=listed_scores(card, facts),
        gate=find_report(registry.folder / name / version),
    )


def _facts(registry: Registry, name: str, version: str) -> tuple[ModelFacts | None, Text | None]:
    try:
        return registry.facts(name, version), None
    except YuanliError as error:
        return None, error.message


def _sum(path: Path) -> str | None:
    return file_sum(path) if path.is_file() else None

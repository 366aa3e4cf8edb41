"""Which version of a model is where on its way: candidate, shadow, live, archived; and every change of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from yuanli.errors import InfeasibleError, Text, UnavailableError
from yuanli.learning.keeping import write_durably

BUILT_IN = "built-in"
"""The version that the package ships; it is live where nothing else is."""


class Stage(StrEnum):
    """Where a version is. At most one of a model is live, and at most one shadow."""

    CANDIDATE = "candidate"
    SHADOW = "shadow"
    LIVE = "live"
    ARCHIVED = "archived"


class BrokenStagesError(UnavailableError):
    """`stages.json` can't be read."""


class NothingToRollBackError(InfeasibleError):
    """No version was live before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """One version's change of stage: by whom, when and why. `before` is None for a new version."""

    version: str
    before: Stage | None
    after: Stage
    who: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who makes a change, when and why."""

    who: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The versions of one model.

    Parameters
    ----------
    versions
        The stage of each.
    sums
        The SHA-256 of each version's `model.json`, which in turn holds those of its other files.
    line
        The versions that were made live, one after the other; the last is live, and a rollback takes it off.
    history
        Every change, oldest first.
    """

    versions: Mapping[str, Stage] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    line: tuple[str, ...] = ()
    history: tuple[StageChange, ...] = ()

    def find(self, stage: Stage) -> str | None:
        """Return the first version in a stage, or None."""
        return next((version for version, at in self.versions.items() if at is stage), None)

    @property
    def live(self) -> str:
        """The live version; the built-in one where none was made live."""
        return self.line[-1] if self.line else BUILT_IN


def added(stages: Stages, version: str, facts_sum: str, by: Author) -> Stages:
    """Return the stages with a new candidate."""
    whole = replace(stages, sums={**stages.sums, version: facts_sum})
    return moved(whole, version, Stage.CANDIDATE, by)


def promoted(stages: Stages, version: str, by: Author) -> Stages:
    """Return the stages with a version live in place of the one that was."""
    if stages.line and stages.line[-1] == version:
        return stages
    return replace(_live(stages, version, by), line=(*stages.line, version))


def rolled_back(stages: Stages, by: Author, usable: Callable[[str], bool]) -> Stages:
    """Return the stages with the version live that was live before this one; at last the built-in one.

    A version that is not `usable` any more is passed over.

    Raises
    ------
    NothingToRollBackError
        No version was live before.
    """
    line = stages.line[:-1]
    while line and not usable(line[-1]):
        line = line[:-1]
    version = line[-1] if line else BUILT_IN
    if not stages.line or not usable(version):
        raise NothingToRollBackError(
            Text(
                "没有可回退的版本：此前没有可用的上线版本。",
                "Nothing to roll back to: no usable version was live before.",
            ),
            hint=Text("用 yuanli learn promote 发布另一个版本。", "Promote another: yuanli learn promote"),
        )
    return replace(_live(stages, version, by), line=line)


def shadowed(stages: Stages, version: str | None, by: Author) -> Stages:
    """Return the stages with a version as the shadow, or with none; the shadow before is a candidate again."""
    if (old := stages.find(Stage.SHADOW)) is not None and old != version:
        stages = moved(stages, old, Stage.CANDIDATE, by)
    return stages if version is None else moved(stages, version, Stage.SHADOW, by)


def moved(stages: Stages, version: str, after: Stage, by: Author) -> Stages:
    """Return the stages with one version in another stage, and the change in the history."""
    before = stages.versions.get(version)
    if before is after:
        return stages
    change = StageChange(version=version, before=before, after=after, who=by.who, at=by.at, why=by.why)
    versions = {**stages.versions, version: after}
    return replace(stages, versions=versions, history=(*stages.history, change))


def load_stages(folder: Path) -> Stages:
    """Read the stages of a model's folder; none where it has no `stages.json` yet.

    Raises
    ------
    BrokenStagesError
        The file is there, and no JSON of stages.
    """
    path = stages_path(folder)
    try:
        return parse_stages(path.read_text("utf-8"))
    except FileNotFoundError:
        return Stages()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenStagesError(
            Text(f"读不出“{path}”：{error}", f"{path} can't be read: {error}"),
            field=str(path),
            hint=Text("从备份恢复这个文件。", "Restore this file from a backup."),
        ) from error


def save_stages(folder: Path, stages: Stages) -> None:
    """Write the stages of a model's folder; on disk when it returns."""
    write_durably(stages_path(folder), write_stages(stages))


def stages_path(folder: Path) -> Path:
    """Return where the stages of a model's folder are kept."""
    return folder / "stages.json"


def write_stages(stages: Stages) -> str:
    """Return stages as JSON; `parse_stages` reads it back."""
    document = asdict(stages)
    for change in document["history"]:
        change["at"] = change["at"].isoformat()
    return json.dumps(document, ensure_ascii=False, indent=1)


def parse_stages(text: str) -> Stages:
    """Read what `write_stages` wrote."""
    document: dict[str, Any] = json.loads(text)
    return Stages(
        versions={str(version): Stage(stage) for version, stage in document["versions"].items()},
        sums={str(version): str(value) for version, value in document["sums"].items()},
        line=tuple(map(str, document["line"])),
        history=tuple(_change(change) for change in document["history"]),
    )


def _live(stages: Stages, version: str, by: Author) -> Stages:
    if (old := stages.find(Stage.LIVE)) is not None and old != version:
        stages = moved(stages, old, Stage.ARCHIVED, by)
    return moved(stages, version, Stage.LIVE, by)


def _change(document: Mapping[str, Any]) -> StageChange:
    before = document["before"]
    return StageChange(
        version=str(document["version"]),
        before=None if before is None else Stage(before),
        after=Stage(document["after"]),
        who=str(document["who"]),
        at=datetime.fromisoformat(document["at"]),
        why=str(document["why"]),
    )

"""The folder of models: where each version is, and whether its files are what was registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yuanli.errors import NotFoundError, Text, YuanliError
from yuanli.learning.models import (
    FACTS,
    BrokenModelError,
    Model,
    ModelFacts,
    check_sums,
    file_sum,
    load_facts,
)
from yuanli.learning.registry.stages import BUILT_IN, Stage, Stages, load_stages, stages_path


class ModelNotFoundError(NotFoundError):
    """There is no such model, or no such version of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Models under `folder/<name>/<version>/`, their stages in `folder/<name>/stages.json`.

    Several processes may use one folder: each change is made with the model's folder locked, and is on disk
    when it returns.

    Parameters
    ----------
    built_in
        The folder of the version that the package ships, by name.
    """

    folder: Path
    built_in: Mapping[str, Path] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Return the names of the models."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        kept = {path.name for path in found if stages_path(path).is_file()}
        return tuple(sorted(kept | set(self.built_in)))

    def stages(self, name: str) -> Stages:
        """Return the stages of a model's versions.

        Raises
        ------
        ModelNotFoundError
            There is no such model.
        """
        if name not in self.names():
            known = ", ".join(self.names())
            raise ModelNotFoundError(
                Text(f"没有模型“{name}”。", f"There is no model {name!r}."),
                field=name,
                hint=Text(f"已有：{known}。", f"There are: {known}.")
                if known
                else Text("用 yuanli learn register 登记。", "Register one: yuanli learn register FOLDER"),
            )
        return load_stages(self.folder / name)

    def folder_of(self, name: str, version: str) -> Path:
        """Return the folder of a version; `ModelNotFoundError` where there is none."""
        if version == BUILT_IN and name in self.built_in:
            return self.built_in[name]
        stages = self.stages(name)
        if version in stages.versions and version != BUILT_IN:
            return self.folder / name / version
        known = ", ".join([*stages.versions, *([BUILT_IN] if name in self.built_in else [])])
        raise ModelNotFoundError(
            Text(f"模型 {name} 没有版本“{version}”。", f"The model {name} has no version {version!r}."),
            field=version,
            hint=Text(f"已有：{known}。", f"There are: {known}."),
        )

    def load(self, name: str, version: str) -> Model:
        """Load a version, its files checked.

        Raises
        ------
        BrokenModelError
            A file is missing or is not what was registered.
        """
        self.facts(name, version)
        return Model(self.folder_of(name, version))

    def facts(self, name: str, version: str) -> ModelFacts:
        """Return the facts of a version as they were registered; `BrokenModelError` where they have changed."""
        folder = self.folder_of(name, version)
        facts = load_facts(folder)
        expected = None if version == BUILT_IN else self.stages(name).sums.get(version)
        if expected is not None and file_sum(folder / FACTS) != expected:
            raise BrokenModelError(
                Text(
                    f"“{folder / FACTS}”在登记后被改动。",
                    f"{folder / FACTS} has changed since it was registered.",
                ),
                field=str(folder / FACTS),
                hint=Text("重新登记，或回退到前一个模型。", "Register it again, or roll back."),
            )
        return facts

    def check(self, name: str, version: str) -> ModelFacts:
        """Return the facts of a version, all its files checked; `BrokenModelError` where one has changed."""
        facts = self.facts(name, version)
        check_sums(self.folder_of(name, version), facts)
        return facts

    def is_usable(self, name: str, version: str) -> bool:
        """Whether a version is there with its files as they were registered."""
        try:
            self.check(name, version)
        except YuanliError:
            return False
        return True

    def find_live(self, name: str) -> str | None:
        """Return the live version, the built-in one where none was promoted, or None."""
        live = self.stages(name).live
        return None if live == BUILT_IN and name not in self.built_in else live

    def find_shadow(self, name: str) -> str | None:
        """Return the version that runs beside the live one, or None."""
        return self.stages(name).find(Stage.SHADOW)

"""What may be commanded and how: the table `command_rules.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from yuanli.errors import InvalidInputError, Text

Patterns = tuple[str, ...]


class CommandAction(StrEnum):
    """What a command asks for."""

    ON = "on"
    OFF = "off"
    SET = "set"
    SCENE = "scene"
    RELEASE = "release"
    """Give devices back to their own control."""


class UnknownNameError(InvalidInputError):
    """A command names a kind, an attribute or a scene that is not in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKind:
    """A kind of device that people name."""

    name: str
    text: Text
    classes: Patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class Settable:
    """What people set, the points that it is, and the unit that is meant where none is said."""

    name: str
    text: Text
    unit: str | None
    points: Patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTime:
    """How long devices run at least once they are on, and rest once they are off."""

    devices: Patterns
    on_s: float
    off_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What never runs at once in one zone."""

    text: Text
    one: Patterns
    other: Patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneStep:
    """One command of a scene."""

    kind: str
    action: CommandAction
    attribute: str | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Several commands at once."""

    name: str
    text: Text
    steps: tuple[SceneStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRules:
    """The whole table; the file says what each part means."""

    writable: Patterns
    protected_devices: Patterns
    protected_points: Patterns
    kinds: Mapping[str, DeviceKind]
    switches: Patterns
    levels: Patterns
    attributes: Mapping[str, Settable]
    runs: tuple[RunTime, ...]
    exclusive: tuple[Exclusion, ...]
    scenes: Mapping[str, Scene]

    @property
    def longest_run_s(self) -> float:
        """How far back a look at what was switched must go."""
        return max((max(row.on_s, row.off_s) for row in self.runs), default=0.0)

    def run_time(self, device_class: str) -> RunTime | None:
        """Return how long devices of a class run and rest, or None where it doesn't matter."""
        return next((row for row in self.runs if fits(device_class, row.devices)), None)

    def classes_of(self, kind: str) -> Patterns:
        """Return the patterns that a kind, or a Brick class, stands for."""
        known = self.kinds.get(kind)
        return (kind,) if known is None else known.classes

    def attribute(self, name: str) -> Settable:
        """Return an attribute; `UnknownNameError` where there is none of that name."""
        found = self.attributes.get(name)
        if found is None:
            raise _unknown("attribute", Text("可设的量", "attribute"), name, tuple(self.attributes))
        return found

    def scene(self, name: str) -> Scene:
        """Return a scene; `UnknownNameError` where there is none of that name."""
        found = self.scenes.get(name)
        if found is None:
            raise _unknown("scene", Text("场景", "scene"), name, tuple(self.scenes))
        return found


def fits(brick_class: str, patterns: Sequence[str]) -> bool:
    """Return whether a Brick class, with or without its namespace, fits one of the patterns."""
    local = local_class(brick_class)
    return any(fnmatchcase(local, pattern) for pattern in patterns)


def local_class(brick_class: str) -> str:
    """Return a Brick class without its namespace."""
    return brick_class.rsplit("#", 1)[-1].rsplit(":", 1)[-1]


@cache
def command_rules() -> CommandRules:
    """Return the table that comes with the package."""
    text = resources.files(__package__).joinpath("command_rules.yaml").read_text(encoding="utf-8")
    return parse_command_rules(yaml.safe_load(text))


def parse_command_rules(table: Mapping[str, Any]) -> CommandRules:
    """Read a table of the shape of `command_rules.yaml`."""
    return CommandRules(
        writable=tuple(table["writable"]),
        protected_devices=tuple(table["protected"]["devices"]),
        protected_points=tuple(table["protected"]["points"]),
        kinds=_named(
            table["kinds"],
            lambda name, row: DeviceKind(name=name, text=_text(row), classes=tuple(row["classes"])),
        ),
        switches=tuple(table["switches"]),
        levels=tuple(table["levels"]),
        attributes=_named(
            table["attributes"],
            lambda name, row: Settable(
                name=name, text=_text(row), unit=row["unit"], points=tuple(row["points"])
            ),
        ),
        runs=tuple(
            RunTime(devices=tuple(row["devices"]), on_s=float(row["on_s"]), off_s=float(row["off_s"]))
            for row in table["runs"]
        ),
        exclusive=tuple(
            Exclusion(text=_text(row), one=tuple(row["one"]), other=tuple(row["other"]))
            for row in table["exclusive"]
        ),
        scenes=_named(
            table["scenes"],
            lambda name, row: Scene(name=name, text=_text(row), steps=tuple(map(_step, row["steps"]))),
        ),
    )


def _step(row: Mapping[str, Any]) -> SceneStep:
    value = row.get("value")
    return SceneStep(
        kind=row["kind"],
        action=CommandAction(row["action"]),
        attribute=row.get("attribute"),
        value=None if value is None else float(value),
    )


def _text(row: Mapping[str, Any]) -> Text:
    return Text(row["zh"], row["en"])


def _named(rows: Mapping[str, Any], make: Any) -> Mapping[str, Any]:
    return MappingProxyType({name: make(name, row) for name, row in rows.items()})


def _unknown(field: str, what: Text, name: str, known: tuple[str, ...]) -> UnknownNameError:
    return UnknownNameError(
        Text(f"没有名为“{name}”的{what.zh}。", f"There is no {what.en} {name!r}."),
        field=field,
        hint=Text(f"可用：{'、'.join(known)}。", f"Use one of: {', '.join(known)}."),
    )

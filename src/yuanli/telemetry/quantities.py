"""What is measured, in which unit, and what can be true of it: the table `quantities.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, NotFoundError, Text

Values = TypeVar("Values", float, NDArray[np.float64])


class UnknownQuantityError(NotFoundError):
    """No row of the table has this name."""


class UnitError(InvalidInputError):
    """A unit is not known, or it measures something else."""


class Form(StrEnum):
    """How a quantity behaves, which says what rules it can break."""

    ANALOG = "analog"
    COUNTER = "counter"
    STATE = "state"
    SET = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit; `value * factor + offset` is in the first unit of its dimension."""

    name: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One row of `quantities.yaml`, which says what each field means."""

    name: str
    zh: str
    en: str
    unit: str | None
    classes: tuple[str, ...]
    hard: tuple[float, float]
    soft: tuple[float, float]
    form: Form = Form.ANALOG
    rate: float | None = None
    resolution: float = 0.0
    matters: float = 0.0
    zero: bool = False
    codes: frozenset[float] = frozenset()
    mixups: tuple[str, ...] = ()
    stuck_h: float = 6.0
    registers: tuple[float, ...] = ()
    interpolate_min: float = 15.0
    hold_min: float = 0.0


Affine = tuple[float, float]
"""`(factor, offset)` of `value * factor + offset`."""


@cache
def quantities() -> Mapping[str, Quantity]:
    """Return all quantities by name, in the order in which their patterns are tried."""
    table = _table()
    shared = frozenset(float(code) for code in table["codes"])
    return MappingProxyType({name: _row(name, row, shared) for name, row in table["quantities"].items()})


def quantity(name: str) -> Quantity:
    """Return a quantity by its name.

    Raises
    ------
    UnknownQuantityError
        The table has no such row.
    """
    found = quantities().get(name)
    if found is None:
        known = ", ".join(quantities())
        raise UnknownQuantityError(
            Text(f"没有名为“{name}”的量。", f"There is no quantity {name!r}."),
            hint=Text(f"可选：{known}", f"Known are: {known}."),
        )
    return found


@cache
def find_quantity(brick_class: str) -> Quantity | None:
    """Return what points of a Brick class measure, or None where the table does not tell."""
    local = brick_class.rsplit("#", 1)[-1].rsplit(":", 1)[-1]
    for row in quantities().values():
        if any(fnmatchcase(local, pattern) for pattern in row.classes):
            return row
    return None


@cache
def find_unit(name: str) -> Unit | None:
    """Return a unit by its symbol or one of its other spellings."""
    units = _units()
    return units.get(name.strip())


def conversion(source: str, target: str) -> Affine:
    """Return what brings values from one unit to another, as factor and offset.

    >>> factor, offset = conversion("°F", "°C")
    >>> round(77 * factor + offset, 6)
    25.0

    Raises
    ------
    UnitError
        A unit is not known, or the two measure different things.
    """
    a, b = _unit(source), _unit(target)
    if a.dimension != b.dimension:
        raise UnitError(
            Text(
                f"“{source}”与“{target}”量的不是同一种东西。",
                f"{source!r} and {target!r} measure different things.",
            ),
            hint=Text(
                f"前者是 {a.dimension}，后者是 {b.dimension}。", f"{a.dimension} against {b.dimension}."
            ),
        )
    return a.factor / b.factor, (a.offset - b.offset) / b.factor


def _unit(name: str) -> Unit:
    found = find_unit(name)
    if found is None:
        raise UnitError(
            Text(f"不认识单位“{name}”。", f"The unit {name!r} is not known."),
            hint=Text("请用 quantities.yaml 里的写法。", "Write it as in quantities.yaml."),
        )
    return found


def mixups(measured: Quantity, unit: str | None) -> tuple[tuple[str, Affine], ...]:
    """Return the units that may have been sent in place of `unit`, with what would put each right."""
    if unit is None:
        return ()
    others = (measured.unit, *measured.mixups) if measured.unit is not None else ()
    return tuple(
        (other, conversion(other, unit)) for other in others if find_unit(other) is not find_unit(unit)
    )


def in_unit(measured: Quantity, unit: str | None) -> tuple[Affine, Affine]:
    """Return the hard and the soft range of a quantity in a unit of a point; its own where none is told."""
    if unit is None or measured.unit is None:
        return measured.hard, measured.soft
    factor, offset = conversion(measured.unit, unit)
    hard, soft = (
        (low * factor + offset, high * factor + offset) for low, high in (measured.hard, measured.soft)
    )
    return hard, soft


def convert(values: Values, source: str, target: str) -> Values:
    """Return values in another unit; see `conversion`."""
    factor, offset = conversion(source, target)
    return values * factor + offset


@cache
def _units() -> Mapping[str, Unit]:
    units: dict[str, Unit] = {}
    for name, row in _table()["units"].items():
        unit = Unit(
            name=name,
            dimension=row["of"],
            factor=float(row.get("factor", 1)),
            offset=float(row.get("offset", 0)),
        )
        units |= dict.fromkeys((name, *row.get("also", ())), unit)
    return units


def _row(name: str, row: Mapping[str, Any], shared: frozenset[float]) -> Quantity:
    fields = dict(row)
    return Quantity(
        name=name,
        zh=fields.pop("zh"),
        en=fields.pop("en"),
        unit=fields.pop("unit"),
        classes=tuple(fields.pop("classes")),
        hard=_pair(fields["hard"]),
        soft=_pair(fields.pop("soft", fields.pop("hard"))),
        form=Form(fields.pop("form", "analog")),
        codes=shared | {float(code) for code in fields.pop("codes", ())},
        mixups=tuple(fields.pop("mixups", ())),
        registers=tuple(float(size) for size in fields.pop("registers", ())),
        **fields,
    )


def _pair(values: list[float]) -> tuple[float, float]:
    low, high = (float(value) for value in values)
    return low, high


@cache
def _table() -> Any:
    text = resources.files(__package__).joinpath("quantities.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

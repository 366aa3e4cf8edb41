"""From names of the field to points of a campus: topic templates, alias tables, and a policy for the unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from yuanli.campus import Alias, DataPoint, FeatureId, PointId
from yuanli.errors import InvalidInputError, Text

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
NO_NAMES: Mapping[str, str] = MappingProxyType({})
ASIDE = "aside:"
"""How the ids begin of points that nobody knows yet."""


class TemplateError(InvalidInputError):
    """A topic template can't be read."""


class UnknownPoints(StrEnum):
    """What becomes of readings whose point is not known.

    `REFUSE` tells each; `ASIDE` keeps them, on disk like all others, under the id `aside:` and their full name, until
    somebody makes the point.
    """

    REFUSE = "refuse"
    ASIDE = "aside"


@dataclass(frozen=True)
class TopicTemplate:
    """Which topics are read, and what their parts say, such as `{site}/{device}/{point}`.

    A placeholder stands for one level, or a part of one (`room-{device}`); `+` is any level, `#` at the end any rest.
    """

    text: str

    def __post_init__(self) -> None:
        names = PLACEHOLDER.findall(self.text)
        levels = self.text.split("/")
        odd = [
            level
            for at, level in enumerate(levels)
            if not level
            or "{" in PLACEHOLDER.sub("", level)
            or "}" in PLACEHOLDER.sub("", level)
            or ("+" in level and level != "+")
            or ("#" in level and (level != "#" or at < len(levels) - 1))
            or "}{" in level
        ]
        if odd or len(set(names)) != len(names) or not self.text.isprintable():
            raise TemplateError(
                Text(f"主题模板无效：{self.text}", f"The topic template {self.text!r} is not valid."),
                field="template",
                hint=Text(
                    "例如 {site}/{device}/{point}；每个名称用一次。",
                    "Write such as {site}/{device}/{point}; each name once.",
                ),
            )

    @cached_property
    def filter(self) -> str:
        """The filter that a broker is asked for."""
        return "/".join("+" if "{" in level else level for level in self.text.split("/"))

    @cached_property
    def _levels(self) -> tuple[tuple[str, ...], ...]:
        """Of each level its text and names in turn, beginning and ending with a text."""
        return tuple(tuple(PLACEHOLDER.split(level)) for level in self.text.split("/"))

    def find(self, topic: str) -> Mapping[str, str] | None:
        """Return what the parts of a topic say, or None if it does not fit.

        Of several names in a level each ends where the text after it first comes. A pattern would try all other ways,
        for hours where a topic is made for that.
        """
        given, levels = topic.split("/"), self._levels
        if levels[-1] == ("#",):
            levels = levels[:-1]
            given = given[: len(levels)]
        if len(given) != len(levels):
            return None
        said: dict[str, str] = {}
        for level, pieces in zip(given, levels, strict=True):
            if pieces != ("+",) and not _read_level(level, pieces, said):
                return None
        return said


def _read_level(level: str, pieces: tuple[str, ...], said: dict[str, str]) -> bool:
    """Read the names of one level; return whether it fits."""
    if len(pieces) == 1:
        return level == pieces[0]
    at = len(pieces[0])
    if not level.startswith(pieces[0]):
        return False
    for place in range(1, len(pieces), 2):
        text = pieces[place + 1]
        last = place + 2 == len(pieces)
        end = len(level) - len(text) if last else level.find(text, at + 1)
        if end <= at or (last and not level.endswith(text)):
            return False
        said[pieces[place]] = level[at:end]
        at = end + len(text)
    return True


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point of the campus and the unit that its readings are kept in."""

    id: PointId
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointBook:
    """The points of a campus by every name that the field may use."""

    by_name: Mapping[str, KnownPoint]
    unknown: UnknownPoints = UnknownPoints.REFUSE
    most_aside: int = 10_000

    def find(self, point: str, *, device: str | None = None, site: str | None = None) -> KnownPoint | None:
        """Return the point that a name means, the longest form first: site/device/point, device/point, point.

        A device may come as site/device.
        """
        for name in _forms(point, device, site):
            known = self.by_name.get(name)
            if known is not None:
                return known
        return None


def make_book(
    points: Iterable[DataPoint],
    aliases: Iterable[Alias] = (),
    *,
    table: Mapping[str, str] = NO_NAMES,
    unknown: UnknownPoints = UnknownPoints.REFUSE,
) -> PointBook:
    """Return the book of points: by id, by alias, and by the names of a table (name → id), which win.

    Raises
    ------
    TemplateError
        The table names a point that is not there.
    """
    known: dict[str, KnownPoint] = {point.id: KnownPoint(point.id, point.unit) for point in points}
    by_name: dict[str, KnownPoint] = {}
    for alias in aliases:
        point = known.get(alias.feature_id)
        if point is not None:
            by_name[alias.text] = point
    by_name.update(known)
    for name, point_id in table.items():
        if point_id not in known:
            raise TemplateError(
                Text(
                    f"别名表指向不存在的点位：{point_id}",
                    f"The table names a point that is not there: {point_id}",
                ),
                field=name,
                hint=Text("先建立点位，或改别名表。", "Make the point first, or change the table."),
            )
        by_name[name] = known[point_id]
    return PointBook(by_name=by_name, unknown=unknown)


def aside_id(point: str, *, device: str | None = None, site: str | None = None) -> PointId:
    """Return the id that readings of an unknown point are kept under."""
    return _point_id(ASIDE + _forms(point, device, site)[0])


def _point_id(text: str) -> PointId:
    return PointId(FeatureId(text))


def _forms(point: str, device: str | None, site: str | None) -> list[str]:
    forms = [point] if point else []
    if device and not site and "/" in device:
        site, device = device.rsplit("/", 1)
    if device:
        forms.insert(0, f"{device}/{point}" if point else device)
        if site:
            forms.insert(0, f"{site}/{forms[0]}")
    elif site and point:
        forms.insert(0, f"{site}/{point}")
    return forms or [""]

"""Kinds of facility that people ask for without a name: toilets, lifts, cash machines. See `kinds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from yuanli.campus.features import Amenity, Feature, Geofence, Kiosk, Node, Occupant, Opening, Unit
from yuanli.campus.place import Campus
from yuanli.campus.search.folding import compact, fold
from yuanli.errors import NotFoundError, Text

_FILLERS = ("最近的", "附近的", "哪里有", "哪儿有", "找个", "找", "一个", "的", "在哪里", "在哪儿", "在哪")
_ENGLISH_FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "nearest",
        "closest",
        "next",
        "nearby",
        "any",
        "some",
        "find",
        "where",
        "is",
        "for",
        "me",
        "to",
    ]
)


class UnknownKindError(NotFoundError):
    """No kind of facility has that key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of facility: its key, its display name, the words for it, the categories it matches.

    Parameters
    ----------
    sites
        Categories of space where more of it could go; none where it can't be placed anew, as a lake.
    """

    id: str
    name: Text
    words: tuple[str, ...]
    categories: tuple[str, ...]
    sites: tuple[str, ...] = ()

    def covers(self, category: str) -> bool:
        """Tell whether a category is of this kind: one listed, or below one (`restroom.male`)."""
        return any(category == c or category.startswith(f"{c}.") for c in self.categories)


@cache
def facility_kinds() -> Mapping[str, Kind]:
    """Return every kind by its key, as `kinds.yaml` lists them."""
    text = files("yuanli.campus.search").joinpath("kinds.yaml").read_text("utf-8")
    rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    kinds = {
        row["kind"]: Kind(
            id=row["kind"],
            name=Text(row["name"]["zh"], row["name"]["en"]),
            words=(*row["zh"], *row["en"]),
            categories=tuple(row["categories"]),
            sites=tuple(row.get("sites", ())),
        )
        for row in rows
    }
    return MappingProxyType(kinds)


def kind_of(text: str) -> str | None:
    """Return the kind of facility a generic word asks for (厕所, toilet, nearest ATM), or None."""
    words = _kinds_by_word()
    folded = fold(text)
    if kind := words.get(compact(folded)):
        return kind
    bare = compact(folded)
    for filler in _FILLERS:
        bare = bare.removeprefix(filler).removesuffix(filler)
    english = [word for word in folded.split() if word not in _ENGLISH_FILLERS]
    singular = "".join(english).removesuffix("s")
    return words.get(bare) or words.get("".join(english)) or words.get(singular)


def kinds_of_category(category: str) -> tuple[str, ...]:
    """Return the kinds that a category is of, narrowest first."""
    fits = [
        (len(c), kind.id)
        for kind in facility_kinds().values()
        for c in kind.categories
        if category == c or category.startswith(f"{c}.")
    ]
    return tuple(dict.fromkeys(kind for _, kind in sorted(fits, key=lambda fit: -fit[0])))


@cache
def category_name(category: str) -> Text | None:
    """Return what a category is called in zh and en; None where the table does not know it."""
    kinds = kinds_of_category(category)
    return facility_kinds()[kinds[0]].name if kinds else None


def places_of_kind(campus: Campus, kind: str) -> tuple[Feature, ...]:
    """Return the features of a kind: units, amenities, occupants, areas, kiosks, doors, path nodes.

    Raises
    ------
    UnknownKindError
        There is no such kind.
    """
    known = facility_kinds().get(kind)
    if known is None:
        raise UnknownKindError(
            Text(f"没有“{kind}”这一类设施。", f"There is no kind of facility {kind!r}."),
            field="kind",
            hint=Text(
                "设施类别见 kinds.yaml，例如 restroom、atm。", "Kinds are in kinds.yaml, as restroom, atm."
            ),
        )
    covers = cache(known.covers)
    tables = (Unit, Amenity, Occupant, Geofence, Kiosk, Opening, Node)
    return tuple(
        feature
        for table in tables
        for feature in campus.of(table)
        if covers(getattr(feature, "category", None) or "")
    )


@cache
def _kinds_by_word() -> Mapping[str, str]:
    return {compact(fold(word)): kind.id for kind in facility_kinds().values() for word in kind.words}

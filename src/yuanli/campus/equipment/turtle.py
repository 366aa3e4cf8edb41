"""Brick models in turtle, also those that name places by RealEstateCore; read and written with rdflib."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yuanli.campus.equipment.classes import (
    COLLECTION,
    EQUIPMENT,
    LOCATION,
    POINT,
    brick_classes,
    kind_of_class,
    most_specific,
    qudt_of_unit,
    unit_of_qudt,
)
from yuanli.campus.equipment.drafts import Thing, assemble
from yuanli.campus.features import (
    Alias,
    Amenity,
    Building,
    DataPoint,
    Device,
    Feature,
    Geofence,
    LanguageMap,
    Level,
    Opening,
    Section,
    Unit,
)
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.archive import unreadable
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imported import Imported, Progress, refused
from yuanli.campus.place import Campus, CampusId, level_of
from yuanli.errors import Text, UnavailableError

if TYPE_CHECKING:
    from rdflib import Graph

BRICK = "https://brickschema.org/schema/Brick#"
REF = "https://brickschema.org/schema/Brick/ref#"
REC = "https://w3id.org/rec#"
QUDT_UNIT = "http://qudt.org/vocab/unit/"
BRICK_NAMESPACES = re.compile(r"^https?://brickschema\.org/schema/(?:[\d.]+/)?Brick(?:Frame)?#(\w[\w.]*)$")
MOST_TRIPLES = 5_000_000
INSIDE = ("isPointOf", "isLocatedIn", "hasLocation", "isPartOf", "locatedIn")
HOLDS = ("hasPoint", "isLocationOf", "hasPart", "includes")
REC_CLASSES = {"Building": "Building", "Level": "Floor", "Storey": "Floor", "Site": "Site", "Room": "Room",
               "Zone": "Zone", "Space": "Space", "Campus": "Site", "RealEstate": "Site"}  # fmt: skip
LATIN = re.compile(r"^[\x00-\x7f]*$")


class BrickMissingError(UnavailableError):
    """The library that reads turtle is not installed."""


def read_brick(
    path: Path, *, campus_id: CampusId, name: str | None, progress: Progress = lambda stage, share: None
) -> Imported:
    """Read places, devices and points from a Brick model; all of it or nothing.

    Raises
    ------
    ImportRefusedError
        It is no turtle, or there is nothing of Brick in it.
    BrickMissingError
        `yuanli[bim]` is not installed.
    """
    graph = _graph()
    progress("reading", 0.0)
    try:
        graph.parse(str(path), format="turtle")
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, SyntaxError, RecursionError, AssertionError, IndexError, AttributeError) as error:
        line = getattr(error, "lines", None)
        where = f"第 {line + 1} 行" if isinstance(line, int) else ""
        at = f" at line {line + 1}" if isinstance(line, int) else ""
        raise refused(
            f"{path.name} {where}不是有效的 Turtle：{str(error).splitlines()[0][:200] if str(error) else '语法错误'}",
            f"{path.name} is no valid turtle{at}.",
            field=path.name,
            hint=Text("用 RDF 工具检查语法。", "Check its syntax with a tool for RDF."),
        ) from error
    if len(graph) > MOST_TRIPLES:
        raise refused(
            f"{path.name} 有 {len(graph)} 条三元组，超过上限 {MOST_TRIPLES}。",
            f"{path.name} has {len(graph)} triples, more than {MOST_TRIPLES}.",
            field=path.name,
            hint=Text("按建筑拆成几个文件。", "Split it by building."),
        )
    progress("reading", 0.5)
    repairs: list[Finding] = []
    things = list(_Model(graph).things())
    repairs += _unknown_classes(things)
    progress("building", 0.9)
    names = {"und": name} if name else {}
    return assemble(things, campus_id=campus_id, name=names, source=path.name, repairs=repairs)


class _Model:
    """Asks one graph for what a thing is and where it is."""

    def __init__(self, graph: Graph) -> None:
        self.classes: dict[Any, list[str]] = {}
        from rdflib import RDF, URIRef

        for subject, _, kind in graph.triples((None, RDF.type, None)):
            local = brick_name(str(kind))
            if local is not None and isinstance(subject, URIRef):
                self.classes.setdefault(subject, []).append(local)
        self.inside: dict[str, list[str]] = {}
        self.feeds: dict[str, list[str]] = {}
        self.said: dict[Any, dict[str, list[Any]]] = {}
        for subject, predicate, other in graph:
            said = re.split(r"[#/]", str(predicate))[-1]
            self.said.setdefault(subject, {}).setdefault(said, []).append(other)
            one, two = str(subject), str(other)
            if said in INSIDE:
                self.inside.setdefault(one, []).append(two)
            elif said in HOLDS:
                self.inside.setdefault(two, []).append(one)
            elif said == "feeds":
                self.feeds.setdefault(one, []).append(two)
            elif said == "isFedBy":
                self.feeds.setdefault(two, []).append(one)

    def things(self) -> Iterator[Thing]:
        """Yield all places, devices and points, in the order of their names."""
        for subject in sorted(self.classes):
            chosen = most_specific(self.classes[subject])
            kind = kind_of_class(chosen)
            if kind == COLLECTION:
                kind = EQUIPMENT
            if kind == POINT:
                chosen = (known.same_as if (known := brick_classes().get(chosen)) else None) or chosen
            low, high = self._range(subject)
            yield Thing(
                key=str(subject),
                kind=kind,
                brick_class=chosen,
                name=self._name(subject),
                inside=tuple(sorted(self.inside.get(str(subject), ()))),
                feeds=tuple(sorted(self.feeds.get(str(subject), ()))),
                names_of_feed=self._references(subject) if kind == POINT else (),
                unit=self._unit(subject),
                low=low,
                high=high,
                capacity=self._whole(subject, "capacity"),
                ordinal=self._number(subject, "levelNumber"),
                extra={"uri": str(subject)},
            )  # fmt: skip

    def _objects(self, subject: Any, local: str) -> list[Any]:
        return sorted(self.said.get(subject, {}).get(local, ()))

    def _name(self, subject: Any) -> LanguageMap:
        found: dict[str, str] = {}
        for predicate in ("label", "name", "prefLabel"):
            for text in self._objects(subject, predicate):
                language = (getattr(text, "language", None) or "und").lower()
                found.setdefault("zh" if language.startswith("zh") else language.split("-")[0], str(text))
        if not found:
            found["und"] = re.split(r"[#/]", str(subject))[-1].replace("_", " ")
        return found

    def _unit(self, subject: Any) -> str | None:
        for unit in self._objects(subject, "hasUnit"):
            local = str(unit).removeprefix(QUDT_UNIT)
            return unit_of_qudt().get(local, re.split(r"[#/]", local)[-1])
        return None

    def _references(self, subject: Any) -> tuple[str, ...]:
        """Return what the systems of the field call a point: ids of time series, BACnet objects, topics."""
        found: list[str] = [
            str(o) for p in ("hasTimeseriesId", "timeseriesId") for o in self._objects(subject, p)
        ]
        for local in ("hasExternalReference", "timeseries"):
            for node in self._objects(subject, local):
                for name in ("hasTimeseriesId", "object-name", "hasObjectName", "topic", "hasTopic"):
                    found += [str(o) for o in self._objects(node, name)]
        return tuple(found)

    def _range(self, subject: Any) -> tuple[float | None, float | None]:
        low, high = self._number(subject, "minValue"), self._number(subject, "maxValue")
        return (None, None) if low is not None and high is not None and low > high else (low, high)

    def _number(self, subject: Any, local: str) -> float | None:
        for node in self._objects(subject, local):
            for value in (node, *self._objects(node, "value")):
                try:
                    number = float(str(value))
                except ValueError:
                    continue
                if abs(number) < 1e300:
                    return number
        return None

    def _whole(self, subject: Any, local: str) -> int | None:
        number = self._number(subject, local)
        return int(number) if number is not None and 0 <= number < 1e9 else None


def _unknown_classes(things: list[Thing]) -> Iterator[Finding]:
    """Tell each class that Brick does not have, what its things were taken as, and the classes that sound like it."""
    taken = {POINT: ("点位", "points"), LOCATION: ("空间", "places"), EQUIPMENT: ("设备", "devices")}
    by_class: dict[str, list[Thing]] = {}
    for thing in things:
        if thing.brick_class not in brick_classes():
            by_class.setdefault(thing.brick_class, []).append(thing)
    for name, those in by_class.items():
        zh, en = taken[those[0].kind]
        near = get_close_matches(name, brick_classes(), n=3)
        yield repaired(
            "unknown_class",
            f"Brick 没有类 {name}；{len(those)} 个{zh}属于它，如 {those[0].key}。",
            f"Brick has no class {name}; {len(those)} {en} are of it, such as {those[0].key}.",
            remedy=Text(
                f"在文件里改正类名{'，例如 ' + '、'.join(near) if near else ''}，再导入一次。",
                f"Correct it in the file{', perhaps to ' + ' or '.join(near) if near else ''}, and import again.",
            ),
        )


def brick_name(uri: str) -> str | None:
    """Return the local name of a class of Brick, or of a place of RealEstateCore as Brick calls it; else None."""
    match = BRICK_NAMESPACES.match(uri)
    if match:
        return match[1]
    if uri.startswith(REC):
        local = uri.removeprefix(REC)
        return REC_CLASSES.get(local) or (local if local in brick_classes() else None)
    return None


def write_brick(campus: Campus, path: Path) -> None:
    """Write the places, devices and points of a campus as a Brick model in turtle.

    Raises
    ------
    BrickMissingError
        `yuanli[bim]` is not installed.
    """
    from urllib.parse import quote

    graph = _graph()
    from rdflib import RDF, RDFS, BNode, Literal, Namespace, URIRef
    from rdflib.namespace import XSD

    brick, ref, unit, rec = Namespace(BRICK), Namespace(REF), Namespace(QUDT_UNIT), Namespace(REC)
    own = Namespace(f"urn:yuanli:{quote(campus.id)}#")
    for prefix, space in (("brick", brick), ("ref", ref), ("unit", unit), ("rec", rec), ("", own)):
        graph.bind(prefix, space)

    def uri(feature_id: str) -> URIRef:
        return own[quote(feature_id, safe="")]

    def add(feature: Feature, brick_class: str, inside: str | None, relation: str = "isPartOf") -> None:
        graph.add((uri(feature.id), RDF.type, brick[brick_class]))
        for language, text in getattr(feature, "name", {}).items():
            graph.add(
                (uri(feature.id), RDFS.label, Literal(text, lang=None if language == "und" else language))
            )
        if inside is not None and campus.find(inside) is not None:
            graph.add((uri(feature.id), brick[relation], uri(inside)))

    venue = campus.venue
    if venue is not None:
        add(venue, "Site", None)
    for building in campus.of(Building):
        add(building, "Building", venue.id if venue else None)
    for level in campus.of(Level):
        add(level, "Floor", level.building_ids[0] if level.building_ids else venue.id if venue else None)
        graph.add((uri(level.id), rec.levelNumber, Literal(level.ordinal)))
    for room in campus.of(Unit):
        add(room, _class_of_room(room.category), room.level_id)
        if room.capacity is not None:
            graph.add((uri(room.id), rec.capacity, Literal(room.capacity)))
    for section in campus.of(Section):
        add(section, "Zone", section.level_id)
    for place in _other_places(campus):
        level_id = level_of(place)
        kind = "Outdoor_Area" if level_id is None else "Entrance" if isinstance(place, Opening) else "Space"
        add(place, kind, level_id or (venue.id if venue else None))
    for device in campus.of(Device):
        add(device, device.brick_class, device.space_id, "hasLocation")
        for fed in device.feeds:
            graph.add((uri(device.id), brick.feeds, uri(fed)))
    names: dict[str, list[str]] = {}
    for alias in campus.of(Alias):
        if alias.kind == "ref":
            names.setdefault(alias.feature_id, []).append(alias.text)
    for point in campus.of(DataPoint):
        add(point, point.brick_class, point.device_id, "isPointOf")
        if point.space_id is not None and (point.device_id is None or campus.find(point.device_id) is None):
            add(point, point.brick_class, point.space_id, "isPointOf")
        if point.unit is not None and point.unit in qudt_of_unit():
            graph.add((uri(point.id), brick.hasUnit, unit[qudt_of_unit()[point.unit]]))
        for local, bound in (("minValue", point.low), ("maxValue", point.high)):
            if bound is not None:
                graph.add((uri(point.id), brick[local], Literal(bound, datatype=XSD.double)))
        for text in names.get(point.id, [point.id]):
            node = BNode()
            graph.add((uri(point.id), ref.hasExternalReference, node))
            graph.add((node, RDF.type, ref.TimeseriesReference))
            graph.add((node, ref.hasTimeseriesId, Literal(text)))
    graph.serialize(destination=str(path), format="turtle", encoding="utf-8")


def _other_places(campus: Campus) -> list[Feature]:
    """Return the gates, facilities and areas that devices or points stand at."""
    things: list[Device | DataPoint] = [*campus.of(Device), *campus.of(DataPoint)]
    ids = dict.fromkeys(thing.space_id for thing in things if thing.space_id is not None)
    found = (campus.find(place) for place in ids)
    return [place for place in found if isinstance(place, Opening | Amenity | Geofence)]


def _class_of_room(category: str) -> str:
    from yuanli.campus.equipment.drafts import ROOMS

    for brick_class, own in ROOMS.items():
        if own == category:
            return brick_class
    written = category.title().replace("-", "_")
    return written if kind_of_class(written) == LOCATION else "Room"


def _graph() -> Graph:
    try:
        from rdflib import Graph
    except ImportError as error:
        raise BrickMissingError(
            Text("读写 Brick 需要可选组件。", "Brick models need an optional part."),
            field="format",
            hint=Text("请安装：pip install 'yuanli[bim]'", "Install it: pip install 'yuanli[bim]'"),
        ) from error
    return Graph()

"""A file of OpenStreetMap becomes a campus."""

from __future__ import annotations

from pathlib import Path

from shapely.geometry.base import BaseGeometry

from yuanli.campus.countries import time_zone_at
from yuanli.campus.features import NOTHING, FeatureId, LanguageMap, Venue
from yuanli.campus.imported import Imported, ImportRefusedError, Progress, no_progress, refused
from yuanli.campus.osm.barriers import add_barriers
from yuanli.campus.osm.buildings import add_buildings, shapes_of
from yuanli.campus.osm.container import EXPORT_HINT, LimitParams
from yuanli.campus.osm.doors import add_doors
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.indoor import add_indoor
from yuanli.campus.osm.measures import extra_of, phone_of, website_of
from yuanli.campus.osm.places import add_places
from yuanli.campus.osm.reading import Source, read_source, report_missing
from yuanli.campus.osm.repairs import Repairs
from yuanli.campus.osm.rows import Box, Tags
from yuanli.campus.osm.site import core_box, country_of, hull_of, trimmed
from yuanli.campus.osm.storeys import add_storeys
from yuanli.campus.osm.ways import add_ways
from yuanli.campus.place import Campus, CampusId, by_id
from yuanli.campus.swapped import evidence_of, find_swapped

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
_VENUES = {"university": "university", "college": "university", "hospital": "hospital", "school": "school"}
_PARKS = {"commercial": "businesscampus", "industrial": "businesscampus", "retail": "shoppingcenter"}


def read_osm(
    path: Path,
    *,
    campus_id: str,
    name: LanguageMap = NOTHING,
    progress: Progress = no_progress,
    limits: LimitParams = LimitParams(),
) -> Imported:
    """Read `.osm`, `.osm.gz`, `.osm.bz2` or `.osm.pbf`.

    Without a `name` the biggest named university, hospital or business area gives the campus its own.

    Raises
    ------
    ImportRefusedError
        The file is damaged, of another format, too large, or holds nothing to import.
    """
    repairs = Repairs()
    full = read_source(path, repairs=repairs, progress=progress, limits=limits)
    _refuse_swapped(full, path.name)
    report_missing(full, repairs)
    box = core_box(full)
    source = trimmed(full, box, repairs)
    middle = source.lonlat[len(source.lonlat) // 2]
    time_zone = time_zone_at(float(middle[0]), float(middle[1]))
    draft = Draft(source, country_of(source, time_zone), repairs)
    draft.shapes = shapes_of(source, full, repairs)
    progress("buildings", 0.0)
    add_buildings(draft)
    progress("indoor", 0.0)
    rooms = add_indoor(draft)
    add_doors(draft, rooms)
    add_storeys(draft)
    progress("places", 0.0)
    venue = _venue(draft, box)
    draft.claimed.add(str(venue.id))
    add_places(draft)
    progress("ways", 0.0)
    add_ways(draft)
    add_barriers(draft)
    if not draft.features:
        raise _nothing_left(path.name, repairs)
    features = [venue, *(f for f in draft.features.values() if f.id != venue.id)]
    progress("done", 1.0)
    campus = Campus(
        id=CampusId(campus_id),
        name=name or venue.name,
        features=by_id(features),
        source=path.name,
        attribution=ATTRIBUTION,
        time_zone=time_zone,
        country=draft.country,
    )
    return Imported(campus=campus, repairs=repairs.all())


def _nothing_left(name: str, repairs: Repairs) -> ImportRefusedError:
    first = repairs.findings[0] if repairs.findings else None
    return refused(
        f"文件 {name} 中没有建筑、道路或地点。{first.message.zh if first else ''}",
        f"File {name} has no building, way or place. {first.message.en if first else ''}".rstrip(),
        field=(first.feature_id if first else None) or name,
        hint=first.remedy if first else EXPORT_HINT,
    )


def _refuse_swapped(source: Source, name: str) -> None:
    tags = [row.tags for rows in (source.nodes, source.ways) for row in rows.values()]
    trouble = find_swapped(source.lonlat, evidence_of(tags, bounds=source.bounds))
    if trouble is not None:
        raise refused(
            f"{name}：{trouble.message.zh}", f"{name}: {trouble.message.en}", field=name, hint=trouble.remedy
        )


def _venue(draft: Draft, box: Box) -> Venue:
    """Return the biggest named area that is a site of its own, or the outline of the extract."""
    hull = hull_of(draft.source, box)
    candidates: list[tuple[float, str, str, Tags, BaseGeometry | None]] = []
    things: list[tuple[str, Tags]] = [(f"way/{w.id}", w.tags) for w in draft.source.ways.values()]
    things += [(f"relation/{r.id}", r.tags) for r in draft.source.relations.values()]
    for osm_id, tags in things:
        category = _VENUES.get(tags.get("amenity", "")) or _PARKS.get(tags.get("landuse", ""))
        if category is None or "name" not in tags or osm_id in draft.claimed:
            continue
        shape = draft.shapes.get(osm_id)
        area = shape.intersection(hull).area if shape is not None else 0.0
        least = 0.2 if osm_id.startswith("way/") and "landuse" in tags else 0.05
        if area < least * hull.area and not _mostly_elsewhere(draft, osm_id):
            continue
        # schools and shops inside a university do not name it
        candidates.append((area * (10 if category == "university" else 1), osm_id, category, tags, shape))
    if not candidates:
        return Venue(id=FeatureId("venue"), geometry=hull, display_point=hull.representative_point())
    _, osm_id, category, tags, shape = max(candidates, key=lambda row: row[0])
    names = draft.names(osm_id, tags)
    outline = shape if shape is not None else hull
    return Venue(
        id=FeatureId(osm_id),
        category=category,
        name=names.name,
        alt_name=names.alt_name,
        geometry=outline,
        display_point=outline.representative_point(),
        address_id=draft.address(osm_id, tags),
        hours=tags.get("opening_hours"),
        phone=phone_of(tags),
        website=website_of(tags),
        extra=extra_of(osm_id, tags),
    )


def _mostly_elsewhere(draft: Draft, osm_id: str) -> bool:
    """Return whether a site is far larger than the extract: most of its outline is not in the file."""
    kind, _, number = osm_id.partition("/")
    if kind != "relation" or osm_id in draft.shapes:
        return False
    relation = draft.source.relations[int(number)]
    refs = [m.ref for m in relation.members if m.kind == "w" and relation.tags.get("type") == "multipolygon"]
    return len(refs) > 2 and sum(ref in draft.source.ways for ref in refs) < len(refs) / 2

"""What holds a building together: its outline and names, and the shafts that join its levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shapely.geometry import Point, Polygon

from yuanli.campus import (
    Alias,
    Building,
    BuildingId,
    Feature,
    FeatureId,
    Footprint,
    Relationship,
    Unit,
)
from yuanli.demo.specs import BuildingSpec


def inside(shape: Polygon) -> Point:
    """Return the middle of a shape, or a point inside where the middle is not."""
    return shape.centroid if shape.contains(shape.centroid) else shape.representative_point()


def shells(spec: BuildingSpec, outlines: Mapping[int, Polygon]) -> Iterator[Feature]:
    """Yield a building with its footprints and other names; `outlines` are its floors' by ordinal."""
    building_id = BuildingId(FeatureId(f"building-{spec.id}"))
    ground = outlines[0]
    storeys = max(outlines) + 1
    yield Building(
        id=building_id,
        category=spec.category,
        name=spec.name,
        geometry=ground,
        display_point=inside(ground),
        address_id=FeatureId(f"address-{spec.id}"),
        accessibility=("wheelchair",),
        height_m=round(storeys * spec.storey_m + 1.2, 1),
        storeys=float(storeys),
    )
    yield Footprint(
        id=FeatureId(f"footprint-{spec.id}"), category="ground", geometry=ground, building_ids=(building_id,)
    )
    if min(outlines) < 0:
        yield Footprint(
            id=FeatureId(f"footprint-{spec.id}-below"),
            category="subterranean",
            geometry=outlines[-1],
            building_ids=(building_id,),
        )
    for i, (language, text, kind) in enumerate(spec.aliases, start=1):
        yield Alias(
            id=FeatureId(f"alias-{spec.id}-{i}"),
            feature_id=building_id,
            language=language,
            text=text,
            weight=0.7 if kind == "former" else 0.9,
            kind=kind,
        )


def relationships(shafts: Mapping[tuple[str, tuple[float, ...]], list[Unit]]) -> Iterator[Relationship]:
    """Yield what joins levels: each shaft from its lowest unit to its highest, or down an escalator."""
    for units in shafts.values():
        if len(units) < 2:
            continue
        category = units[0].category
        down = "escalator_down" in units[0].id
        ends = (units[-1], units[0]) if down else (units[0], units[-1])
        yield Relationship(
            id=FeatureId(f"{units[0].id}-shaft"),
            category=category,
            direction="directed" if category == "escalator" else "undirected",
            origin=ends[0].id,
            destination=ends[1].id,
            intermediary=tuple(u.id for u in units[1:-1]),
        )

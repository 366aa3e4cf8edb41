"""Outlines of buildings: IMDF draws them as footprints, the model keeps them on the building."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from yuanli.campus.features import Building, Feature, FeatureId, Footprint
from yuanli.campus.imdf.fields import AS_WRITTEN

OUTLINE = "yuanli_outline"
"""The property of a building that names the footprint with its outline."""


def outline_of(building: Building, footprints: Iterable[Footprint]) -> Footprint | None:
    """Return the footprint that draws a building's outline: one of its `footprints`, or one made for it.

    None where the building has no outline, or its IMDF file drew it on the building itself.
    """
    outline = building.geometry
    drawn = "drawn" in building.extra.get(AS_WRITTEN, {})
    if drawn or outline is None or outline.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    same = next((f for f in footprints if f.category == "ground" and f.geometry == outline), None)
    return same or Footprint(id=_made_id(building), geometry=outline, building_ids=(building.id,))


def with_outlines(features: Mapping[FeatureId, Feature]) -> dict[FeatureId, Feature]:
    """Return the features with outlines on the buildings that name them, without the footprints made for it."""
    kept = dict(features)
    for building in features.values():
        if not isinstance(building, Building) or OUTLINE not in building.extra:
            continue
        footprint = features.get(FeatureId(str(building.extra[OUTLINE])))
        extra = {key: value for key, value in building.extra.items() if key != OUTLINE}
        outline = footprint.geometry if isinstance(footprint, Footprint) else None
        kept[building.id] = replace(building, geometry=building.geometry or outline, extra=extra)
        if footprint is not None and footprint.id == _made_id(building):
            del kept[_made_id(building)]
    return kept


def _made_id(building: Building) -> FeatureId:
    return FeatureId(f"{building.id}#footprint")

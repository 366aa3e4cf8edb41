"""The demo park as one campus: laid out in metres, then put on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from yuanli.campus import Address, Building, Campus, CampusId, Feature, FeatureId, Frame, Venue, by_id
from yuanli.demo.buildings import build_all
from yuanli.demo.equipment import equip, equip_grounds
from yuanli.demo.fittings import fit_out
from yuanli.demo.grounds import lay_grounds
from yuanli.demo.kinds import load_fills, load_kinds
from yuanli.demo.naming import RoomNames
from yuanli.demo.people import own_names, settle
from yuanli.demo.specs import load_specs

CENTRE = Frame(120.0712, 30.3318)
"""Where the park is drawn; the park, its firms and its people are invented."""
NAME = {"zh": "云谷产业园", "en": "Yungu Business Park"}
SITE = Polygon(
    [(-244, 160), (-226, 182), (226, 182), (244, 160), (244, -176), (228, -192), (-228, -192), (-244, -176)]
)


def demo_campus(*, seed: int = 0) -> Campus:
    """Return the demo park; the same seed gives the same features."""
    rng = Random(seed)
    specs = load_specs()
    built = build_all(specs, kinds=load_kinds(), fills=load_fills(), names=RoomNames(own_names()), rng=rng)
    outlines = [f.geometry for f in built.features if isinstance(f, Building)]
    grounds = tuple(lay_grounds(built.doors, [o for o in outlines if isinstance(o, Polygon)]))
    features: list[Feature] = [
        Venue(
            id=FeatureId("venue"),
            name=NAME,
            geometry=SITE,
            address_id=FeatureId("address-park"),
            hours="24/7",
        ),
        Address(id=FeatureId("address-park"), address="云谷大道1号", locality="云谷", country="CN"),
        *(
            Address(
                id=FeatureId(f"address-{s.id}"),
                address=f"云谷大道1号{s.name['zh']}",
                locality="云谷",
                country="CN",
            )
            for s in specs
        ),
        *built.features,
        *grounds,
        *settle(built, rng),
        *fit_out(built),
        *equip(built),
        *equip_grounds(NAME, grounds),
    ]
    return Campus(
        id=CampusId("demo"),
        name=NAME,
        features=by_id(_on_the_map(features)),
        source="yuanli demo",
        time_zone="Asia/Shanghai",
        country="CN",
    )


def _on_the_map(features: Sequence[Feature]) -> list[Feature]:
    """Return the features with their geometry in degrees, to 1 mm."""
    for name in ("geometry", "display_point"):
        where = [i for i, f in enumerate(features) if getattr(f, name, None) is not None]
        shapes = np.array([getattr(features[i], name) for i in where], dtype=object)
        degrees = shapely.transform(shapes, _degrees)
        features = list(features)
        for i, shape in zip(where, degrees, strict=True):
            features[i] = replace(features[i], **{name: shape})
    return list(features)


def _degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return CENTRE.to_degrees(xy).round(8)

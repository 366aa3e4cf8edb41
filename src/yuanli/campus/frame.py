"""The campus frame: metres on a transverse Mercator plane centred on the campus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar, cast

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

G = TypeVar("G", bound=BaseGeometry)
Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """Metres east and north of `(lon, lat)`; true to 1 mm a kilometre over 20 km."""

    lon: float
    lat: float

    def to_metres(self, lonlat: Coordinates) -> Coordinates:
        """Turn degrees `(n, 2)` into metres `(n, 2)`."""
        x, y = _transformer(self.lon, self.lat).transform(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack([x, y])

    def to_degrees(self, xy: Coordinates) -> Coordinates:
        """Turn metres `(n, 2)` into degrees `(n, 2)`."""
        lon, lat = _transformer(self.lon, self.lat).transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.column_stack([lon, lat])

    def metric(self, geometry: G) -> G:
        """Return a geometry in degrees as one in metres."""
        return cast(G, shapely.transform(geometry, self.to_metres))

    def geographic(self, geometry: G) -> G:
        """Return a geometry in metres as one in degrees."""
        return cast(G, shapely.transform(geometry, self.to_degrees))


@lru_cache(maxsize=64)
def _transformer(lon: float, lat: float) -> pyproj.Transformer:
    plane = pyproj.CRS.from_proj4(f"+proj=tmerc +lat_0={lat!r} +lon_0={lon!r} +k=1 +ellps=WGS84")
    return pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)

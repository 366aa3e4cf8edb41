"""What callers may write: text of sane length without control characters, and GeoJSON."""

from __future__ import annotations

from typing import Annotated, Any

import shapely
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from shapely.geometry.base import BaseGeometry

from yuanli.errors import InvalidInputError, Text

PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(max_length=500, pattern=PRINTABLE)]
Name = Annotated[str, StringConstraints(max_length=200, pattern=PRINTABLE, strip_whitespace=True)]
Query = Annotated[str, StringConstraints(max_length=300, pattern=PRINTABLE)]
Names = Annotated[dict[Name, Name], Field(max_length=50)]
Bounded = Annotated[list[Query], Field(max_length=200)]


class Body(BaseModel):
    """A body of a request; unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Why(Body):
    """Why a change is made."""

    why: Line = ""


class BadGeometryError(InvalidInputError):
    """A geometry is not GeoJSON in degrees."""


def parse_geometry(document: dict[str, Any]) -> BaseGeometry:
    """Read a GeoJSON geometry.

    Raises
    ------
    BadGeometryError
        It is not one, is empty, or its coordinates are not degrees.
    """
    try:
        geometry = shapely.geometry.shape(document)
    except (ValueError, TypeError, LookupError, AttributeError, shapely.errors.ShapelyError) as error:
        raise _bad(str(error)) from error
    coordinates = shapely.get_coordinates(geometry)
    if geometry.is_empty or not len(coordinates):
        raise _bad("empty")
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    if not (-180 <= low[0] <= high[0] <= 180 and -90 <= low[1] <= high[1] <= 90):
        raise _bad(f"{low.tolist()} – {high.tolist()}")
    return geometry if geometry.is_valid else shapely.make_valid(geometry)


def _bad(what: str) -> BadGeometryError:
    return BadGeometryError(
        Text(f"几何图形无效：{what}", f"The geometry is not valid: {what}"),
        field="geometry",
        hint=Text(
            "应为 GeoJSON 几何，坐标为“经度,纬度”。", "Give a GeoJSON geometry with lon, lat in degrees."
        ),
    )

"""Rules on references: what a feature names exists, and is what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from yuanli.campus.checks.reporting import Advice, error, warning
from yuanli.campus.features import (
    TABLE_OF,
    Address,
    Alias,
    Amenity,
    Anchor,
    Building,
    Closure,
    Crowding,
    DataPoint,
    Detail,
    Device,
    Feature,
    Fixture,
    Footprint,
    Geofence,
    Kiosk,
    Level,
    Node,
    Occupant,
    Opening,
    Pathway,
    Relationship,
    Section,
    Team,
    Unit,
    Venue,
)
from yuanli.campus.findings import Finding
from yuanli.campus.place import Campus

_FIX = (
    "改为存在的编号，或清空该字段。",
    "Give an id that exists, or clear the field.",
)
BROKEN = error(
    "dangling_reference",
    "{name} 的 {field} 指向不存在的 {other!r}。",
    "{field} of {name} names {other!r}, which does not exist.",
    *_FIX,
)
LOOSE = warning(
    "dangling_reference",
    "{name} 的 {field} 指向不存在的 {other!r}。",
    "{field} of {name} names {other!r}, which does not exist.",
    *_FIX,
)
WRONG_TABLE = error(
    "reference_to_wrong_table",
    "{name} 的 {field} 指向 {other!r}，但它是 {table}。",
    "{field} of {name} names {other!r}, which is a {table}.",
    "改为正确类型的要素编号。",
    "Give the id of a feature of the right kind.",
)
UNKNOWN_CLOSED = warning(
    "closure_of_unknown",
    "封闭 {name} 指向不存在的 {other!r}，不起作用。",
    "The closure {name} names {other!r}, which does not exist: it closes nothing there.",
    "取消这个封闭，或改为存在的要素。",
    "Remove the closure, or name a feature that exists.",
)
UNKNOWN_ALIAS = warning(
    "alias_of_unknown",
    "别名 {name} 指向不存在的 {other!r}。",
    "The alias {name} is of {other!r}, which does not exist.",
    "删除这个别名，或改为存在的要素。",
    "Delete the alias, or name a feature that exists.",
)

_ANY: tuple[type[Feature], ...] = ()
_REFERENCES: Mapping[type[Feature], Mapping[str, tuple[tuple[type[Feature], ...], Advice]]] = (
    MappingProxyType(
        {
            Venue: {"address_id": ((Address,), LOOSE)},
            Building: {"address_id": ((Address,), LOOSE)},
            Footprint: {"building_ids": ((Building,), LOOSE)},
            Level: {"building_ids": ((Building,), BROKEN), "address_id": ((Address,), LOOSE)},
            Unit: {"level_id": ((Level,), BROKEN)},
            Opening: {"level_id": ((Level,), BROKEN)},
            Amenity: {
                "level_id": ((Level,), BROKEN),
                "unit_ids": ((Unit,), LOOSE),
                "address_id": ((Address,), LOOSE),
            },
            Anchor: {"unit_id": ((Unit,), BROKEN), "address_id": ((Address,), LOOSE)},
            Occupant: {"anchor_id": ((Anchor,), BROKEN)},
            Kiosk: {"level_id": ((Level,), BROKEN), "anchor_id": ((Anchor,), LOOSE)},
            Section: {"level_id": ((Level,), BROKEN), "address_id": ((Address,), LOOSE)},
            Fixture: {"level_id": ((Level,), BROKEN), "anchor_id": ((Anchor,), LOOSE)},
            Detail: {"level_id": ((Level,), LOOSE)},
            Geofence: {
                "building_ids": ((Building,), LOOSE),
                "level_ids": ((Level,), LOOSE),
                "parents": (_ANY, LOOSE),
            },
            Relationship: {
                "origin": (_ANY, LOOSE),
                "destination": (_ANY, LOOSE),
                "intermediary": (_ANY, LOOSE),
            },
            Node: {"level_id": ((Level,), BROKEN), "feature_ids": (_ANY, LOOSE)},
            Pathway: {
                "from_node_id": ((Node,), BROKEN),
                "to_node_id": ((Node,), BROKEN),
                "level_id": ((Level,), LOOSE),
            },
            Closure: {"feature_ids": (_ANY, UNKNOWN_CLOSED)},
            Crowding: {"feature_ids": (_ANY, LOOSE)},
            Device: {"space_id": (_ANY, LOOSE), "feeds": (_ANY, LOOSE)},
            DataPoint: {"device_id": ((Device,), LOOSE), "space_id": (_ANY, LOOSE)},
            Team: {"parent_id": ((Team,), LOOSE), "space_ids": (_ANY, LOOSE)},
            Alias: {"feature_id": (_ANY, UNKNOWN_ALIAS)},
        }
    )
)


def references(campus: Campus) -> Iterator[Finding]:
    """What a feature names exists and is of the right table."""
    for table, fields in _REFERENCES.items():
        rows: tuple[Feature, ...] = campus.of(table)
        for feature in rows:
            for field, (kinds, advice) in fields.items():
                value = getattr(feature, field)
                for other_id in value if isinstance(value, tuple) else (value,) if value else ():
                    other = campus.find(other_id)
                    if other is None:
                        yield advice.about(campus, feature, field=field, other=other_id)
                    elif kinds and not isinstance(other, kinds):
                        yield WRONG_TABLE.about(
                            campus, feature, field=field, other=other_id, table=TABLE_OF[type(other)]
                        )

"""Who may pass: what the restriction of a way or door means for somebody with certain roles."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class Access(IntEnum):
    """How a restriction treats somebody: pass, pass when needed, or keep out."""

    FREE = 0
    SOFT = 1
    BARRED = 2


RESTRICTIONS: Mapping[str, Access] = MappingProxyType(
    {
        "": Access.FREE,
        "yes": Access.FREE,
        "public": Access.FREE,
        "permissive": Access.FREE,
        "designated": Access.FREE,
        "official": Access.FREE,
        "unrestricted": Access.FREE,
        "customers": Access.FREE,
        "unknown": Access.FREE,
        "destination": Access.SOFT,
        "private": Access.SOFT,
        "permit": Access.SOFT,
        "residents": Access.SOFT,
        "delivery": Access.SOFT,
        "discouraged": Access.SOFT,
        "employeesonly": Access.BARRED,
        "restricted": Access.BARRED,
        "staff": Access.BARRED,
        "students": Access.SOFT,
        "agricultural": Access.BARRED,
        "forestry": Access.BARRED,
        "emergency": Access.BARRED,
        "military": Access.BARRED,
        "no": Access.BARRED,
    }
)
"""IMDF 1.0.0 restriction categories and OpenStreetMap `access` values. Others are barred."""

STAFF_MAY = frozenset({"employeesonly", "staff", "private", "permit", "delivery", "destination"})
"""What the role `staff` opens; any role opens restrictions of its own name."""

NEVER = frozenset({"no", "military"})
"""Not even an evacuation goes there."""


def access_of(restriction: str, roles: frozenset[str], *, all_areas: bool = False) -> Access:
    """Return how a restriction treats somebody with these roles; several values are joined by `;`."""
    values = [value.strip().lower() for value in restriction.split(";")]
    return max(_access(value, roles, all_areas=all_areas) for value in values)


def _access(value: str, roles: frozenset[str], *, all_areas: bool) -> Access:
    known = RESTRICTIONS.get(value, Access.BARRED)
    if value in roles or ("staff" in roles and value in STAFF_MAY):
        return Access.FREE
    if all_areas and value not in NEVER:
        return Access.FREE
    return known

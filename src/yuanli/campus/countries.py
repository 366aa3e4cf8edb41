"""Which country and time zone is a place in, and what language is a Latin name in there?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import tzfpy

LATIN_OF_COUNTRY = {
    "AT": "de", "AU": "en", "BE": "und", "CA": "und", "CH": "und", "DE": "de", "DK": "da", "ES": "es",
    "FR": "fr", "GB": "en", "IE": "en", "IT": "it", "LI": "de", "MX": "es", "NL": "nl", "NO": "no",
    "NZ": "en", "PL": "pl", "PT": "pt", "BR": "pt", "SE": "sv", "US": "en",
}  # fmt: skip
"""The language that a Latin name is in, where a country has mostly one."""


def time_zone_at(lon: float, lat: float) -> str:
    """Return the IANA time zone of a place; Beijing time in all of mainland China."""
    zone = str(tzfpy.get_tz(lon, lat))
    return "Asia/Shanghai" if zone in {"Asia/Urumqi", "Asia/Harbin", "Asia/Chongqing"} else zone or "UTC"


def country_at(lon: float, lat: float) -> str:
    """Return the ISO 3166 code of the country whose time zone a place is in; "" at sea."""
    return country_of_zone(time_zone_at(lon, lat))


def country_of_zone(time_zone: str) -> str:
    """Return the ISO 3166 code of the country of a time zone, by the tz database's `zone.tab`; "" if none."""
    return _countries().get(time_zone, "")


def is_far_at_sea(lon: float, lat: float) -> bool:
    """Tell whether no land or coastal water lies within half a degree, some 50 km."""
    steps = (-0.5, -0.25, 0.0, 0.25, 0.5)
    return all(
        time_zone_at(min(max(lon + dx, -180.0), 180.0), min(max(lat + dy, -90.0), 90.0)).startswith("Etc/")
        for dx in steps
        for dy in steps
    )


@cache
def _countries() -> Mapping[str, str]:
    text = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}

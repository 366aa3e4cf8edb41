"""Feasts and holidays by name; the lunar ones from a table of the years 2020 to 2050."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yuanli.language.grounding.calendars import nth_weekday


@cache
def feast_names(language: str) -> Mapping[str, int]:
    """Return the names of all feasts in a language, with the feast each means."""
    return {name: index for index, row in enumerate(_feasts()) for name in row[language]}


def find_feast(index: int, year: int) -> tuple[date, date] | None:
    """Return the first day of a feast in a year and the day after its last; None outside the lunar table."""
    row = _feasts()[index]
    day = _day(row, year)
    if day is None:
        return None
    first = day + timedelta(days=int(row.get("first", 0)))
    return first, first + timedelta(days=int(row.get("days", 1)))


def _day(row: Mapping[str, Any], year: int) -> date | None:
    if "lunar" in row:
        return _lunar().get((row["lunar"], year))
    if "nth" in row:
        month, weekday, nth = map(int, row["nth"].split("/"))
        return nth_weekday(year, month, weekday, nth)
    if "easter" in row:
        from dateutil.easter import easter

        sunday: date = easter(year)
        return sunday + timedelta(days=int(row["easter"]))
    month, day = map(int, row["on"].split("-"))
    return date(year, month, day)


@cache
def _feasts() -> tuple[Mapping[str, Any], ...]:
    text = files("yuanli.language.grounding").joinpath("holidays.yaml").read_text("utf-8")
    return tuple(yaml.load(text, yaml.BaseLoader))


@cache
def _lunar() -> Mapping[tuple[str, int], date]:
    text = files("yuanli.language.grounding").joinpath("lunar.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        (name, int(row["year"])): date.fromisoformat(f"{row['year']}-{day}")
        for row in rows
        for name, day in row.items()
        if name != "year"
    }

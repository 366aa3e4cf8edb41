"""What energy costs and emits: tariffs by month and clock, from a document that says where its figures come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum, unique
from functools import cache
from importlib import resources
from typing import Any, Protocol

import yaml

from yuanli.campus import CampusId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.energy.media import Medium

SLOTS = 96
"""Quarters of an hour of a day by the clock."""
SPAN = re.compile(r"([01]\d|2[0-4]):(00|15|30|45)-([01]\d|2[0-4]):(00|15|30|45)")
MOST_TARIFFS = 200
HIGHEST = Decimal(1_000_000)


class TariffError(InvalidInputError):
    """A document of tariffs breaks a rule."""


@unique
class Band(StrEnum):
    """A price band of the clock: 尖, 峰, 平, 谷, 深谷."""

    SHARP = "sharp"
    PEAK = "peak"
    FLAT = "flat"
    VALLEY = "valley"
    DEEP = "deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Which band holds in each quarter of an hour of the clock, in some months and on some weekdays (1 Monday)."""

    months: frozenset[int]
    weekdays: frozenset[int]
    slots: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Prices a unit from a date on; `demand` is a kW's and month's."""

    valid_from: date
    name: Text
    source: str
    prices: Mapping[Band, Decimal]
    schedules: tuple[Schedule, ...] = ()
    demand: Decimal | None = None

    def band(self, local: datetime) -> Band:
        """Return the band of a time by the clock of the place."""
        for schedule in self.schedules:
            if local.month in schedule.months and local.isoweekday() in schedule.weekdays:
                return schedule.slots[local.hour * 4 + local.minute // 15]
        return Band.FLAT


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonFactor:
    """How many kg of CO2 a unit stands for, by which source and of which year."""

    kg: Decimal
    source: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariffs:
    """All tariffs of a place, those of each medium oldest first."""

    currency: str
    example: bool
    pv_behind_main: bool
    tariffs: Mapping[Medium, tuple[Tariff, ...]]
    carbon: Mapping[Medium, CarbonFactor]

    def find(self, medium: Medium, day: date) -> Tariff | None:
        """Return the tariff that holds on a day; before the first, the first."""
        rows = self.tariffs.get(medium, ())
        return next((row for row in reversed(rows) if row.valid_from <= day), rows[0] if rows else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTariffs:
    """A campus's own document of tariffs, as it was given; `version` counts the changes."""

    document: Mapping[str, Any]
    changed_at: datetime
    changed_by: str


class TariffStore(Protocol):
    """Each campus's own tariffs. Each call is one transaction, on disk when it returns."""

    def find_tariffs(self, campus_id: CampusId) -> KeptTariffs | None:
        """Return a campus's own tariffs, or None."""

    def put_tariffs(self, campus_id: CampusId, kept: KeptTariffs) -> None:
        """Keep a campus's tariffs in the place of those before; `CampusNotFoundError` where there is no campus."""

    def remove_tariffs(self, campus_id: CampusId) -> bool:
        """Forget a campus's own tariffs; return whether there were any."""


@cache
def example_document() -> Mapping[str, Any]:
    """Return the examples that hold where nothing else is told."""
    text = resources.files(__package__).joinpath("tariffs.yaml").read_text(encoding="utf-8")
    return read_document(text)


def read_document(text: str) -> Mapping[str, Any]:
    """Return a document of YAML or JSON as JSON values; `TariffError` where it is none."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _error(
            "document", text[:60], "不是可读的 YAML 或 JSON", "is no YAML or JSON that can be read"
        ) from error
    plain: Mapping[str, Any] = _plain(_map(document, "document"))
    return plain


def parse_tariffs(document: Mapping[str, Any]) -> Tariffs:
    """Read a document of tariffs.

    Raises
    ------
    TariffError
        It breaks a rule; `field` says where.
    """
    _known(document, {"currency", "example", "pv_behind_main", "tariffs", "carbon"}, "document")
    currency = document.get("currency", "CNY")
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise _error(
            "currency", currency, "不是三个大写字母的货币代码", "is no currency code of three capitals"
        )
    tariffs = {}
    for name, rows in _map(document.get("tariffs", {}), "tariffs").items():
        where = f"tariffs.{name}"
        medium = _medium(name, where)
        if not isinstance(rows, Sequence) or isinstance(rows, str) or not 0 < len(rows) <= MOST_TARIFFS:
            raise _error(where, rows, "不是电价列表", f"is no list of 1 to {MOST_TARIFFS} tariffs")
        read = [_tariff(_map(row, f"{where}[{i}]"), f"{where}[{i}]") for i, row in enumerate(rows)]
        if len({row.valid_from for row in read}) != len(read):
            raise _error(where, "valid_from", "有两个电价同日生效", "begins twice on one day")
        tariffs[medium] = tuple(sorted(read, key=lambda row: row.valid_from))
    carbon = {
        _medium(name, f"carbon.{name}"): _carbon(_map(row, f"carbon.{name}"), f"carbon.{name}")
        for name, row in _map(document.get("carbon", {}), "carbon").items()
    }
    return Tariffs(
        currency=currency, example=_flag(document, "example"), pv_behind_main=_flag(document, "pv_behind_main"),
        tariffs=tariffs, carbon=carbon,
    )  # fmt: skip


def _tariff(row: Mapping[str, Any], where: str) -> Tariff:
    _known(row, {"valid_from", "name", "source", "price", "prices", "schedule", "demand"}, where)
    if ("price" in row) == ("prices" in row):
        raise _error(where, "price, prices", "须且只须给出其一", "has to give one of the two")
    if "price" in row:
        prices = {Band.FLAT: _number(row["price"], f"{where}.price")}
    else:
        given = _map(row["prices"], f"{where}.prices")
        prices = {_band(b, f"{where}.prices"): _number(p, f"{where}.prices.{b}") for b, p in given.items()}
    rows = row.get("schedule", [])
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > MOST_TARIFFS:
        raise _error(f"{where}.schedule", rows, "不是时段列表", "is no list")
    schedules = tuple(
        _schedule(_map(one, f"{where}.schedule[{i}]"), f"{where}.schedule[{i}]") for i, one in enumerate(rows)
    )
    used = {band for schedule in schedules for band in schedule.slots} or {Band.FLAT}
    covered = {(m, d) for s in schedules for m in s.months for d in s.weekdays}
    used |= {Band.FLAT} if len(covered) < 12 * 7 else set()
    if used - set(prices):
        missing = ", ".join(sorted(used - set(prices)))
        raise _error(f"{where}.prices", missing, "时段没有价格", "has no price, but hours")
    demand = row.get("demand")
    return Tariff(
        valid_from=_date(row.get("valid_from"), f"{where}.valid_from"),
        name=_name(row.get("name", ""), f"{where}.name"), source=str(row.get("source", ""))[:500], prices=prices,
        schedules=schedules, demand=None if demand is None else _number(demand, f"{where}.demand"),
    )  # fmt: skip


def _schedule(row: Mapping[str, Any], where: str) -> Schedule:
    _known(row, {"months", "weekdays", "hours"}, where)
    slots = [Band.FLAT] * SLOTS
    taken: set[int] = set()
    for name, spans in _map(row.get("hours", {}), f"{where}.hours").items():
        for span in [spans] if isinstance(spans, str) else spans or ():
            here = _slots(span, f"{where}.hours.{name}")
            if taken & set(here):
                raise _error(f"{where}.hours.{name}", span, "与其他时段重叠", "overlaps another span")
            taken |= set(here)
            for slot in here:
                slots[slot] = _band(name, f"{where}.hours")
    return Schedule(
        months=_numbers(row.get("months"), 12, f"{where}.months"),
        weekdays=_numbers(row.get("weekdays"), 7, f"{where}.weekdays"), slots=tuple(slots),
    )  # fmt: skip


def _slots(span: Any, where: str) -> list[int]:
    match = SPAN.fullmatch(span) if isinstance(span, str) else None
    if match is None:
        raise _error(
            where, span, "不是 08:00-11:00 这样的整刻时段", "is no span of quarters like 08:00-11:00"
        )
    start, end = (int(match[i]) * 4 + int(match[i + 1]) // 15 for i in (1, 3))
    if start in (end, SLOTS) or max(start, end) > SLOTS:
        raise _error(where, span, "不在一天之内", "is no span of a day")
    return list(range(start, end)) if start < end else [*range(start, SLOTS), *range(end)]


def _carbon(row: Mapping[str, Any], where: str) -> CarbonFactor:
    _known(row, {"kg", "source", "year"}, where)
    year = row.get("year")
    if not isinstance(year, int) or not 1990 <= year <= 2100 or not row.get("source"):
        raise _error(where, row, "须注明来源与年份", "has to tell its source and year")
    return CarbonFactor(kg=_number(row.get("kg"), f"{where}.kg"), source=str(row["source"])[:500], year=year)


def _medium(name: Any, where: str) -> Medium:
    try:
        return Medium(name)
    except ValueError as error:
        raise _error(
            where, name, f"不是 {'、'.join(Medium)} 之一", f"is none of {', '.join(Medium)}"
        ) from error


def _band(name: Any, where: str) -> Band:
    try:
        return Band(name)
    except ValueError as error:
        raise _error(where, name, f"不是 {'、'.join(Band)} 之一", f"is none of {', '.join(Band)}") from error


def _number(value: Any, where: str) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= HIGHEST:
        raise _error(where, value, "不是 0 到一百万之间的数", "is no number from 0 to a million")
    return number


def _numbers(value: Any, most: int, where: str) -> frozenset[int]:
    if value is None:
        return frozenset(range(1, most + 1))
    wrong = not isinstance(value, Sequence) or isinstance(value, str) or not value
    if wrong or any(not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= most for n in value):
        raise _error(
            where, value, f"不是 1 到 {most} 的整数列表", f"is no list of whole numbers from 1 to {most}"
        )
    return frozenset(value)


def _date(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _error(where, value, "不是 2025-01-01 这样的日期", "is no date like 2025-01-01") from error


def _name(value: Any, where: str) -> Text:
    if isinstance(value, str):
        return Text(value[:200], value[:200])
    named = _map(value, where)
    zh, en = str(named.get("zh") or named.get("en") or ""), str(named.get("en") or named.get("zh") or "")
    return Text(zh[:200], en[:200])


def _flag(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name, False)
    if not isinstance(value, bool):
        raise _error(name, value, "不是 true 或 false", "is neither true nor false")
    return value


def _map(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or any(not isinstance(key, str) for key in value):
        raise _error(where, value, "不是名称到内容的表", "is no table of names")
    return value


def _known(row: Mapping[str, Any], names: set[str], where: str) -> None:
    other = sorted(set(row) - names)
    if other:
        raise _error(
            where, other[0], f"不是 {'、'.join(sorted(names))} 之一", f"is none of {', '.join(sorted(names))}"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _error(where: str, value: Any, zh: str, en: str) -> TariffError:
    shown = str(value)[:80]
    return TariffError(
        Text(f"{where}：“{shown}”{zh}。", f"{where}: {shown!r} {en}."),
        field=where,
        hint=Text("格式见文档 energy.md。", "The form is described in energy.md."),
    )

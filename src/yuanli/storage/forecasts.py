"""What was forecast in the nights, in SQL: a row a subject and night, its steps packed."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, bindparam, delete, insert, select

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.forecast import FEWEST
from yuanli.operations import ForecastBand, KeptForecast, Night, NightFailure
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import FORECAST, FORECAST_NIGHT

COLUMNS = ("mean", "low_80", "high_80", "low_95", "high_95")
MOST_SUBJECTS = 500
"""Names in one query: databases bear only so many parameters."""


class SqlForecastStore:
    """Fills `ForecastStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_night(self, night: Night, made: Sequence[KeptForecast] = ()) -> None:
        """Keep how far a night is, and what it has made; both take the place of what was there."""
        own = (FORECAST_NIGHT.c.campus_id == night.campus_id) & (FORECAST_NIGHT.c.night == night.night)
        again = delete(FORECAST).where(
            FORECAST.c.campus_id == night.campus_id,
            FORECAST.c.night == night.night,
            FORECAST.c.quantity == bindparam("of_quantity"),
            FORECAST.c.subject == bindparam("of_subject"),
        )
        with self._database.writing() as connection:
            connection.execute(delete(FORECAST_NIGHT).where(own))
            connection.execute(insert(FORECAST_NIGHT).values(**_night_row(night)))
            if made:
                connection.execute(
                    again, [{"of_quantity": one.quantity, "of_subject": one.subject} for one in made]
                )
                connection.execute(insert(FORECAST), [_forecast_row(one) for one in made])

    def list_nights(self, campus_id: CampusId, *, limit: int) -> tuple[Night, ...]:
        """Return the nights of a campus, newest first."""
        if find_storable(campus_id) is None:
            return ()
        query = (
            select(FORECAST_NIGHT)
            .where(FORECAST_NIGHT.c.campus_id == campus_id)
            .order_by(FORECAST_NIGHT.c.night.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(_night_of(row) for row in connection.execute(query))

    def list_made(self, campus_id: CampusId, night: date) -> frozenset[tuple[str, str]]:
        """Return the subjects and quantities that a night has made already."""
        query = select(FORECAST.c.subject, FORECAST.c.quantity).where(
            FORECAST.c.campus_id == campus_id, FORECAST.c.night == night
        )
        with self._database.reading() as connection:
            return frozenset((row.subject, row.quantity) for row in connection.execute(query))

    def list_forecasts(
        self, campus_id: CampusId, quantity: str, *, since: date, subjects: Sequence[str] | None = None
    ) -> tuple[KeptForecast, ...]:
        """Return the forecasts of subjects, or of all, that nights since one have made; newest first."""
        if find_storable(campus_id) is None:
            return ()
        query = (
            select(FORECAST)
            .where(
                FORECAST.c.campus_id == campus_id,
                FORECAST.c.quantity == quantity,
                FORECAST.c.night >= since,
            )
            .order_by(FORECAST.c.night.desc(), FORECAST.c.subject)
        )
        if subjects is None:
            queries = [query]
        else:
            wanted = [one for one in dict.fromkeys(subjects) if find_storable(one) is not None]
            parts = [wanted[i : i + MOST_SUBJECTS] for i in range(0, len(wanted), MOST_SUBJECTS)]
            queries = [query.where(FORECAST.c.subject.in_(part)) for part in parts]
        with self._database.reading() as connection:
            found = [_forecast_of(row) for one in queries for row in connection.execute(one)]
        return tuple(sorted(found, key=lambda one: one.night, reverse=True))

    def forget_nights(self, before: date) -> None:
        """Forget the nights of all campuses before one."""
        with self._database.writing() as connection:
            connection.execute(delete(FORECAST).where(FORECAST.c.night < before))
            connection.execute(delete(FORECAST_NIGHT).where(FORECAST_NIGHT.c.night < before))


def _night_row(night: Night) -> dict[str, Any]:
    failures = [
        {"subject": one.subject, "quantity": one.quantity, "zh": one.message.zh, "en": one.message.en}
        for one in night.failures
    ]
    return {
        "campus_id": night.campus_id, "night": night.night, "origin": night.origin, "begun_at": night.begun_at,
        "ended_at": night.ended_at, "planned": night.planned, "kept": night.kept,
        "too_little": night.too_little, "failed": night.failed, "failures": to_text(failures),
    }  # fmt: skip


def _night_of(row: Row[Any]) -> Night:
    failures = tuple(
        NightFailure(
            subject=one["subject"], quantity=one["quantity"], message=Text(zh=one["zh"], en=one["en"])
        )
        for one in json.loads(row.failures)
    )
    return Night(
        campus_id=CampusId(row.campus_id), night=row.night, origin=row.origin, begun_at=row.begun_at,
        ended_at=row.ended_at, planned=row.planned, kept=row.kept, too_little=row.too_little,
        failed=row.failed, failures=failures,
    )  # fmt: skip


def _forecast_row(kept: KeptForecast) -> dict[str, Any]:
    told = {
        "unit": kept.unit, "origin": kept.origin.isoformat(), "made_at": kept.made_at.isoformat(),
        "past_from": kept.past_from.isoformat(), "known_until": kept.known_until.isoformat(),
        "coverage": kept.coverage, "whole": kept.whole, "rest": kept.rest,
        "hourly": _told(kept.hourly), "daily": None if kept.daily is None else _told(kept.daily),
    }  # fmt: skip
    return {
        "campus_id": kept.campus_id, "quantity": kept.quantity, "subject": kept.subject, "night": kept.night,
        "told": to_text(told), "hourly": _packed(kept.hourly),
        "daily": None if kept.daily is None else _packed(kept.daily),
    }  # fmt: skip


def _forecast_of(row: Row[Any]) -> KeptForecast:
    told = json.loads(row.told)
    at = {
        name: datetime.fromisoformat(told[name]) for name in ("origin", "made_at", "past_from", "known_until")
    }
    return KeptForecast(
        campus_id=CampusId(row.campus_id), subject=row.subject, quantity=row.quantity, night=row.night,
        unit=told["unit"], coverage=told["coverage"], whole=told["whole"], rest=told["rest"],
        hourly=_unpacked(row.hourly, told["hourly"]),
        daily=None if row.daily is None else _unpacked(row.daily, told["daily"]), **at,
    )  # fmt: skip


def _told(band: ForecastBand) -> dict[str, Any]:
    return {
        "method": band.method, "error": _number(band.error), "last_week_error": _number(band.last_week_error),
        "reasons": {name: round(share, 4) for name, share in band.reasons.items() if share >= FEWEST},
    }  # fmt: skip


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _packed(band: ForecastBand) -> bytes:
    """Return times as differences and the five columns, compressed."""
    times = np.diff(band.at, prepend=np.int64(0)).astype("<i8").tobytes()
    return zlib.compress(times + b"".join(getattr(band, name).astype("<f4").tobytes() for name in COLUMNS), 6)


def _unpacked(packed: bytes, told: dict[str, Any]) -> ForecastBand:
    plain = zlib.decompress(packed)
    count = len(plain) // (8 + 4 * len(COLUMNS))
    at = np.cumsum(np.frombuffer(plain, "<i8", count)).astype(np.int64)
    columns = np.frombuffer(plain, "<f4", offset=8 * count).reshape(len(COLUMNS), count).astype(np.float32)
    return ForecastBand(
        at=at, method=told["method"], reasons=told.get("reasons", {}),
        error=math.nan if told["error"] is None else told["error"],
        last_week_error=math.nan if told["last_week_error"] is None else told["last_week_error"],
        **dict(zip(COLUMNS, columns, strict=True)),
    )  # fmt: skip

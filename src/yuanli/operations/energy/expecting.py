"""What a place is expected to use in a day, by what it used in the weeks before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.forecast import say_reasons, verdict_of
from yuanli.operations.energy.answers import EnergyExpected, EnergyForecast, ExpectedPlace, ExpectedUse
from yuanli.operations.energy.asking import Asked
from yuanli.operations.energy.grounds import EnergyPlace
from yuanli.operations.energy.measuring import microseconds
from yuanli.operations.energy.media import Medium, unit_of
from yuanli.operations.forecast_reasons import told_reasons
from yuanli.operations.forecasts import (
    ExpectedHour,
    TooLittlePastError,
    expected_days,
    expected_hours,
    forecast_series,
)
from yuanli.operations.fresh_forecasts import FreshForecasts
from yuanli.operations.kept_forecasts import KeptForecast
from yuanli.operations.outlook import Outlook, Outlooks
from yuanli.operations.readings import Every
from yuanli.telemetry import Series

PAST = timedelta(days=60)
HOUR_US = 3_600_000_000
NO_NIGHT = Text(
    "还没有夜间预测：夜间任务完成后才有。",
    "No night has forecast it yet: it is there after the next night's run.",
)
LITTLE = Text("历史太短，还不能预测。", "Too little was measured to forecast from.")


def expected_of(
    asked: Asked,
    place: EnergyPlace,
    medium: Medium,
    day: datetime,
    kept: FreshForecasts | None,
    outlooks: Outlooks | None,
) -> EnergyExpected:
    """Return what is expected of the 24 hours from a time on; a time to come is forecast from now on.

    What the last nights said is told where it covers them.
    """
    found = kept and kept.find(
        asked.campus_id, [place.id], medium, start=day, end=day + timedelta(hours=24), now=asked.now
    ).get(place.id)
    if found:
        return EnergyExpected(
            place=place, medium=medium, unit=unit_of(medium), method=found.hourly.method,
            hours=_uses(expected_hours(found.hourly, day, day + timedelta(hours=25))), note=None,
            made_at=found.made_at, why=say_reasons(found.hourly.method, found.hourly.reasons),
            reasons=told_reasons(found.hourly.reasons),
        )  # fmt: skip
    begin = min(day, asked.now).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = min(-(-int((day + timedelta(hours=25) - begin).total_seconds()) // 3600), 14 * 24)
    edges = np.arange(microseconds(begin - PAST), microseconds(begin) + 1, HOUR_US)
    told = asked.told(place.id, medium, edges, Every.HOUR)
    note = asked.note(place, medium, told)
    known = told.amounts.covered > 0.99
    at, value = edges[:-1][known], told.amounts.amount[known]
    series = Series(
        point=0, at=at, raw=value, value=value, quality=np.zeros(len(at), np.uint8),
        reason=np.zeros(len(at), np.uint32),
    )  # fmt: skip
    campus = asked.grounds.campus
    outlook = Outlook() if outlooks is None else outlooks.of(campus, begin - PAST, begin)
    try:
        (ahead,) = forecast_series(
            [series], [(place.id, unit_of(medium))], timedelta(hours=hours), end=int(edges[-1]),
            zone=campus.time_zone, outlook=outlook, places=[place.id], trees=False,
        )  # fmt: skip
    except TooLittlePastError:
        return EnergyExpected(
            place=place, medium=medium, unit=unit_of(medium), method=None, hours=(), note=note or LITTLE
        )
    wanted = [hour for hour in ahead.hours if day <= hour.at < day + timedelta(hours=25)]
    return EnergyExpected(
        place=place,
        medium=medium,
        unit=unit_of(medium),
        method=ahead.method,
        hours=_uses(wanted),
        note=note,
        why=ahead.why,
        reasons=ahead.reasons,
    )


def forecast_of(
    asked: Asked, place: EnergyPlace, medium: Medium, kept: FreshForecasts | None
) -> EnergyForecast:
    """Return what the last night said of a place and of what it falls into, which adds up."""
    found = kept.list_newest(asked.campus_id, medium, asked.now) if kept is not None else ()
    whole = next((one for one in found if one.subject == place.id), None)
    parts = [one for one in found if one.whole == place.id] if whole is not None else []
    return EnergyForecast(
        place=place, medium=medium, unit=unit_of(medium),
        night=None if whole is None else whole.night, made_at=None if whole is None else whole.made_at,
        whole=None if whole is None else _expected_place(asked, place, whole),
        parts=tuple(
            _expected_place(asked, place if one.rest else asked.grounds.place(FeatureId(one.subject)), one)
            for one in parts
        ),
        note=NO_NIGHT if whole is None else None,
    )  # fmt: skip


def _expected_place(asked: Asked, place: EnergyPlace, kept: KeptForecast) -> ExpectedPlace:
    band, by_day = kept.hourly, kept.daily
    end = kept.origin + timedelta(days=30)
    return ExpectedPlace(
        place=place, rest=kept.rest, method=band.method, better_than_last_week=band.error < band.last_week_error,
        verdict=verdict_of(band.error, band.last_week_error), why=say_reasons(band.method, band.reasons),
        reasons=told_reasons(band.reasons), past_from=kept.past_from,
        known_until=kept.known_until, hours=expected_hours(band, kept.origin, end),
        days=() if by_day is None else expected_days(by_day, kept.night, asked.zone),
    )  # fmt: skip


def _uses(hours: Iterable[ExpectedHour]) -> tuple[ExpectedUse, ...]:
    return tuple(
        ExpectedUse(start=h.at, mean=max(h.mean, 0.0), low=max(h.low_80, 0.0), high=max(h.high_80, 0.0))
        for h in hours
    )

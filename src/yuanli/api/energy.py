"""What places use: totals, curves, rankings, calendars, flows; what it costs; and the tariffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from yuanli.api.bodies import Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import FeatureId
from yuanli.operations import (
    EnergyCalendar,
    EnergyCost,
    EnergyCurve,
    EnergyExpected,
    EnergyFlows,
    EnergyForecast,
    EnergyPlaceKind,
    EnergyRanking,
    EnergySummary,
    Medium,
    Period,
    Right,
    TariffDocument,
)

router = APIRouter(tags=["energy"])
PATH = "/campuses/{campus}/energy"
From = Annotated[AwareDatetime, Query(alias="from", description="With a zone")]
Until = Annotated[AwareDatetime, Query(alias="to", description="Not included")]
Place = Annotated[Name | None, Query(description="Id of a building, level, room or device; the site without")]
Media = Annotated[Sequence[Medium], Query(alias="medium", max_length=len(Medium))]
One = Annotated[Medium, Query()]
ALL = tuple(Medium)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of which place is asked about, from when to when; the site where the place is None."""

    start: datetime
    end: datetime
    place: FeatureId | None
    medium: Medium


def _asked(start: From, end: Until, place: Place = None, medium: One = Medium.ELECTRICITY) -> Asked:
    return Asked(start=start, end=end, place=_id(place), medium=medium)


AskedDep = Annotated[Asked, Depends(_asked)]


@router.get(f"{PATH}/summary", dependencies=[needs(Right.SEE_READINGS)])
def energy_summary(
    campus: CampusPath, house: HouseDep, start: From, end: Until, place: Place = None, media: Media = ALL
) -> EnergySummary:
    """Return the totals of a place by medium, how they compare, the peak and what made it, and the base load."""
    return house.energy.summary(campus, start, end, place=_id(place), media=tuple(dict.fromkeys(media)))


@router.get(f"{PATH}/curve", dependencies=[needs(Right.SEE_READINGS)])
def energy_curve(
    campus: CampusPath, house: HouseDep, asked: AskedDep, every: Period = Period.HOUR
) -> EnergyCurve:
    """Return what a place used by quarter of an hour, hour, day, week or month of its clock."""
    return house.energy.curve(
        campus, asked.start, asked.end, place=asked.place, medium=asked.medium, every=every
    )


@router.get(f"{PATH}/expected", dependencies=[needs(Right.SEE_READINGS)])
def energy_expected(
    campus: CampusPath,
    house: HouseDep,
    start: From,
    place: Place = None,
    medium: One = Medium.ELECTRICITY,
) -> EnergyExpected:
    """Return what a place is expected to use in the day that begins then, with 80 % intervals."""
    return house.energy.expected(campus, start, place=_id(place), medium=medium)


@router.get(f"{PATH}/ranking", dependencies=[needs(Right.SEE_READINGS)])
def energy_ranking(
    campus: CampusPath,
    house: HouseDep,
    asked: AskedDep,
    kind: EnergyPlaceKind | None = None,
    per_m2: bool = False,
) -> EnergyRanking:
    """Rank the parts of a place, or all places of a kind in it, by what they used."""
    return house.energy.ranking(
        campus, asked.start, asked.end, place=asked.place, medium=asked.medium, kind=kind, per_m2=per_m2
    )


@router.get(f"{PATH}/forecast", dependencies=[needs(Right.SEE_READINGS)])
def energy_forecast(
    campus: CampusPath, house: HouseDep, place: Place = None, medium: One = Medium.ELECTRICITY
) -> EnergyForecast:
    """Return what the last night expects of a place and its parts, by hour and day: the parts add up to it."""
    return house.energy.forecast(campus, place=_id(place), medium=medium)


@router.get(f"{PATH}/calendar", dependencies=[needs(Right.SEE_READINGS)])
def energy_calendar(campus: CampusPath, house: HouseDep, asked: AskedDep) -> EnergyCalendar:
    """Return what a place used by day and hour of its clock."""
    return house.energy.calendar(campus, asked.start, asked.end, place=asked.place, medium=asked.medium)


@router.get(f"{PATH}/sankey", dependencies=[needs(Right.SEE_READINGS)])
def energy_sankey(campus: CampusPath, house: HouseDep, asked: AskedDep) -> EnergyFlows:
    """Return what flows from the supply through buildings to uses; as much into each as out of it."""
    return house.energy.flows(campus, asked.start, asked.end, place=asked.place, medium=asked.medium)


@router.get(f"{PATH}/cost", dependencies=[needs(Right.SEE_REPORTS)])
def energy_cost(
    campus: CampusPath, house: HouseDep, start: From, end: Until, place: Place = None, media: Media = ALL
) -> EnergyCost:
    """Return what a place's energy cost by tariff band, and the CO2 it stands for."""
    return house.energy.cost(campus, start, end, place=_id(place), media=tuple(dict.fromkeys(media)))


@router.get(f"{PATH}/tariff", dependencies=[needs(Right.SEE_REPORTS)])
def energy_tariff(campus: CampusPath, house: HouseDep) -> TariffDocument:
    """Return the tariffs that hold."""
    return house.energy.tariff_document(campus)


@router.put(f"{PATH}/tariff", dependencies=[needs(Right.EDIT_PLACE)])
def replace_energy_tariff(
    campus: CampusPath, house: HouseDep, caller: CallerDep, document: dict[str, Any]
) -> TariffDocument:
    """Keep the campus's own tariffs."""
    return house.energy.replace_tariffs(campus, document, caller.name)


@router.delete(f"{PATH}/tariff", dependencies=[needs(Right.EDIT_PLACE)])
def reset_energy_tariff(campus: CampusPath, house: HouseDep) -> TariffDocument:
    """Forget the campus's own tariffs: those of the installation hold again."""
    return house.energy.reset_tariffs(campus)


def _id(place: str | None) -> FeatureId | None:
    return FeatureId(place) if place else None

"""The handlers of all intents that are answered from readings."""

from __future__ import annotations

from collections.abc import Mapping

from yuanli.operations.acts import Act
from yuanli.operations.anomalies import Anomalies
from yuanli.operations.answering.allocating import AllocateAct
from yuanli.operations.answering.anomalies import AnomalyAnswers
from yuanli.operations.answering.booking import BookAct
from yuanli.operations.answering.booking_answers import BookingAnswers
from yuanli.operations.answering.booking_changes import Bookings, CancelAct, ChangeAct, RunningAct
from yuanli.operations.answering.crowd import CrowdAnswers
from yuanli.operations.answering.devices import DeviceAnswers
from yuanli.operations.answering.energy import EnergyAnswers
from yuanli.operations.answering.environment import EnvironmentAnswers
from yuanli.operations.answering.outcomes import SpaceInfoAnswers
from yuanli.operations.answering.parking import ParkingAnswers
from yuanli.operations.answering.people_planning import AllocateOrPeopleAct, PeopleAct
from yuanli.operations.answering.site_planning import AllocateOrPlaceAct, SitesAct
from yuanli.operations.answering.usage import UsageAnswers
from yuanli.operations.command_rules import CommandRules
from yuanli.operations.energy import Energy
from yuanli.operations.expected_people import PeopleForecasts
from yuanli.operations.guidance import Guidance
from yuanli.operations.handlers import Handler
from yuanli.operations.people_flow import PeopleCounts
from yuanli.operations.reservations import Reservations, RoomUsage
from yuanli.operations.site_plans import SiteDrafts
from yuanli.operations.size_curves import SizeCurves
from yuanli.operations.solving import Sensing, Solving
from yuanli.operations.space_plans import SpaceDrafts
from yuanli.operations.twin import Twin


def space_answers(
    reservations: Reservations, usage: RoomUsage, sizes: SizeCurves, solving: Solving, guidance: Guidance
) -> Mapping[str, Handler]:
    """Return what answers questions on reservations, the use of rooms, plans and what is registered."""
    on_bookings = BookingAnswers(bookings=Bookings(reservations=reservations, guidance=guidance))
    return {
        "booking_search": on_bookings.search,
        "booking_query": on_bookings.query,
        "space_utilization": UsageAnswers(usage=usage, sizes=sizes).query,
        "space_info": SpaceInfoAnswers(solving=solving, sensing=Sensing(solving)).query,
    }


def space_acts(
    reservations: Reservations, drafts: SpaceDrafts, sites: SiteDrafts, people: PeopleAct, solving: Solving,
    guidance: Guidance,
) -> Mapping[str, Act]:  # fmt: skip
    """Return what the assistant does with reservations and plans of spaces, by intent."""
    bookings = Bookings(reservations=reservations, guidance=guidance)
    return {
        "booking_create": BookAct(reservations=reservations, guidance=guidance),
        "booking_modify": ChangeAct(bookings=bookings),
        "booking_cancel": CancelAct(bookings=bookings),
        "booking_checkin": RunningAct(bookings=bookings),
        "space_allocate": AllocateOrPeopleAct(
            spaces=AllocateOrPlaceAct(
                teams=AllocateAct(drafts=drafts, solving=solving, guidance=guidance),
                things=SitesAct(drafts=sites, solving=solving, guidance=guidance),
            ),
            people=people,
        ),
    }


def answers_of(
    energy: Energy,
    twin: Twin,
    anomalies: Anomalies,
    rules: CommandRules,
    people: PeopleForecasts,
    passed: PeopleCounts,
) -> Mapping[str, Handler]:
    """Return what answers each of these intents."""
    on_energy, on_air = EnergyAnswers(energy=energy, twin=twin), EnvironmentAnswers(twin=twin)
    on_people, on_cars = CrowdAnswers(twin=twin, forecasts=people, passed=passed), ParkingAnswers(twin=twin)
    return {
        "energy_query": on_energy.query,
        "energy_compare": on_energy.compare,
        "energy_anomaly": AnomalyAnswers(anomalies=anomalies).query,
        "env_query": on_air.query,
        "env_feedback": on_air.feedback,
        "crowd_query": on_people.query,
        "crowd_forecast": on_people.forecast,
        "crowd_trend": on_people.trend,
        "device_query": DeviceAnswers(twin=twin, rules=rules).query,
        "parking_query": on_cars.query,
    }

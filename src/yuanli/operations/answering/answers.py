"""The handlers of all intents that are answered from readings."""

from __future__ import annotations

from collections.abc import Mapping

from yuanli.operations.anomalies import Anomalies
from yuanli.operations.answering.anomalies import AnomalyAnswers
from yuanli.operations.answering.crowd import CrowdAnswers
from yuanli.operations.answering.devices import DeviceAnswers
from yuanli.operations.answering.energy import EnergyAnswers
from yuanli.operations.answering.environment import EnvironmentAnswers
from yuanli.operations.answering.parking import ParkingAnswers
from yuanli.operations.command_rules import CommandRules
from yuanli.operations.energy import Energy
from yuanli.operations.fresh_forecasts import FreshForecasts
from yuanli.operations.handlers import Handler
from yuanli.operations.twin import Twin


def answers_of(
    energy: Energy, twin: Twin, anomalies: Anomalies, rules: CommandRules, kept: FreshForecasts
) -> Mapping[str, Handler]:
    """Return what answers each of these intents."""
    on_energy, on_air = EnergyAnswers(energy=energy, twin=twin), EnvironmentAnswers(twin=twin)
    on_people, on_cars = CrowdAnswers(twin=twin, kept=kept), ParkingAnswers(twin=twin)
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

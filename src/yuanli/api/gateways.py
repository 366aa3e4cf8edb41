"""Where readings come from, and how much room they take."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from yuanli.api.callers import HouseDep, needs
from yuanli.operations import (
    GatewayReport,
    ReadingsHealth,
    Right,
    SenderReport,
    report_gateways,
    report_senders,
)

router = APIRouter(tags=["readings"])


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayList:
    """The gateways of the settings, and all that have sent something since the start."""

    gateways: tuple[GatewayReport, ...]
    senders: tuple[SenderReport, ...]


@router.get("/gateways", dependencies=[needs(Right.SEE_REPORTS)])
def list_gateways(house: HouseDep) -> GatewayList:
    """Return the gateways of the settings, whether they are connected, what came, and what went wrong last."""
    states = house.intake.gateways()
    connections = [gateway.connection() for gateway in house.gateways]
    return GatewayList(gateways=report_gateways(connections, states), senders=report_senders(states))


@router.get("/readings/health", dependencies=[needs(Right.SEE_REPORTS)])
def show_readings_health(house: HouseDep) -> ReadingsHealth:
    """Return what the readings take on the disk, when that is full, and how many wait to be judged."""
    return house.readings_health()

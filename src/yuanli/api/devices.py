"""The devices of a campus, with their states."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.operations import DeviceRow, Right, device_rows

router = APIRouter(tags=["devices"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceList:
    """All devices of a campus."""

    devices: tuple[DeviceRow, ...]


@router.get("/campuses/{campus}/devices", dependencies=[needs(Right.SEE_READINGS)])
def list_devices(campus: CampusPath, house: HouseDep) -> DeviceList:
    """Return the devices of a campus: what and where each is, whether it runs, and what can be commanded of it."""
    place = house.places.campus(campus)
    state = house.twin.state(campus, house.now())
    return DeviceList(devices=device_rows(place, state, house.commands.rules))

"""Which device, room, person or group, and when?"""

from typing import Any

from yuanli.scheduling.devices import (
    DEVICES,
    Device,
    DevicesPlan,
    DevicesProblem,
    DevicesProblemError,
    Order,
    Storage,
    Task,
    Zone,
    check_devices,
    conflicts_of_devices,
    devices_schema,
    explain_devices,
    parse_devices,
    read_rows_of_devices,
    rows_of_devices,
    solve_devices,
)
from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.flows import FLOWS
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.scheduling.projects import PROJECTS
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rosters import ROSTERS
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.scheduling.rounds import ROUNDS
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem
from yuanli.solver import Kind

KINDS: tuple[Kind[Any, Any], ...] = (
    DEVICES,
    ROUNDS,
    PROJECTS,
    ROSTERS,
    FLOWS,
)
"""The kinds of problems there are, in the order in which they are shown."""

__all__ = [
    "DEVICES",
    "FLOWS",
    "KINDS",
    "PROJECTS",
    "ROSTERS",
    "ROUNDS",
    "Device",
    "DevicesPlan",
    "DevicesProblem",
    "DevicesProblemError",
    "FlowsPlan",
    "FlowsProblem",
    "InvalidProblemError",
    "Order",
    "ProjectsPlan",
    "ProjectsProblem",
    "RostersPlan",
    "RostersProblem",
    "RoundsPlan",
    "RoundsProblem",
    "Storage",
    "Task",
    "Zone",
    "check_devices",
    "conflicts_of_devices",
    "devices_schema",
    "explain_devices",
    "parse_devices",
    "read_rows_of_devices",
    "rows_of_devices",
    "solve_devices",
]

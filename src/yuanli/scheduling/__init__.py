"""Which device, room, person or group, and when?"""

from typing import Any

from yuanli.scheduling.devices import (
    DEVICES,
    Climate,
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
    wish_conflicts_of_devices,
)
from yuanli.scheduling.documents import InvalidProblemError
from yuanli.scheduling.flows import FLOWS
from yuanli.scheduling.flows.tables import FlowsPlan, FlowsProblem
from yuanli.scheduling.projects import PROJECTS
from yuanli.scheduling.projects.tables import ProjectsPlan, ProjectsProblem
from yuanli.scheduling.rooms import (
    ROOMS,
    Booking,
    Course,
    Event,
    MovePreview,
    Placed,
    Room,
    RoomsError,
    RoomsPlan,
    RoomsProblem,
    RoomWeights,
    Rule,
    Slot,
    SlotRequest,
    Slots,
    SlotWeights,
    Time,
    check_rooms,
    find_slots,
    parse_itc2019_plan,
    parse_rooms,
    preview_move,
    solve_rooms,
)
from yuanli.scheduling.rosters import ROSTERS
from yuanli.scheduling.rosters.tables import RostersPlan, RostersProblem
from yuanli.scheduling.rounds import ROUNDS
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem
from yuanli.solver import Kind

KINDS: tuple[Kind[Any, Any], ...] = (
    DEVICES,
    ROOMS,
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
    "ROOMS",
    "ROSTERS",
    "ROUNDS",
    "Booking",
    "Climate",
    "Course",
    "Device",
    "DevicesPlan",
    "DevicesProblem",
    "DevicesProblemError",
    "Event",
    "FlowsPlan",
    "FlowsProblem",
    "InvalidProblemError",
    "MovePreview",
    "Order",
    "Placed",
    "ProjectsPlan",
    "ProjectsProblem",
    "Room",
    "RoomWeights",
    "RoomsError",
    "RoomsPlan",
    "RoomsProblem",
    "RostersPlan",
    "RostersProblem",
    "RoundsPlan",
    "RoundsProblem",
    "Rule",
    "Slot",
    "SlotRequest",
    "SlotWeights",
    "Slots",
    "Storage",
    "Task",
    "Time",
    "Zone",
    "check_devices",
    "check_rooms",
    "conflicts_of_devices",
    "devices_schema",
    "explain_devices",
    "find_slots",
    "parse_devices",
    "parse_itc2019_plan",
    "parse_rooms",
    "preview_move",
    "read_rows_of_devices",
    "rows_of_devices",
    "solve_devices",
    "solve_rooms",
    "wish_conflicts_of_devices",
]

"""Which room, and when, for each meeting, course and event?"""

from yuanli.scheduling.rooms.checking import check_rooms
from yuanli.scheduling.rooms.itc2019 import parse_itc2019_plan
from yuanli.scheduling.rooms.kind import ROOMS
from yuanli.scheduling.rooms.preview import MovePreview, preview_move
from yuanli.scheduling.rooms.reading import parse_rooms
from yuanli.scheduling.rooms.slots import Booking, Slot, SlotRequest, Slots, SlotWeights, find_slots
from yuanli.scheduling.rooms.solving import solve_rooms
from yuanli.scheduling.rooms.tables import (
    Course,
    Event,
    Placed,
    Room,
    RoomsPlan,
    RoomsProblem,
    RoomWeights,
    Rule,
    Time,
)

__all__ = [
    "ROOMS",
    "Booking",
    "Course",
    "Event",
    "MovePreview",
    "Placed",
    "Room",
    "RoomWeights",
    "RoomsPlan",
    "RoomsProblem",
    "Rule",
    "Slot",
    "SlotRequest",
    "SlotWeights",
    "Slots",
    "Time",
    "check_rooms",
    "find_slots",
    "parse_itc2019_plan",
    "parse_rooms",
    "preview_move",
    "solve_rooms",
]

"""How many rooms, desks, toilets, parking spaces and lifts does a demand need?"""

from yuanli.planning.sizes.lifts import LiftGroup, LiftTrip, lift_curve, lift_trip, lifts_for
from yuanli.planning.sizes.overlaps import Booking, most_at_once, rooms_for
from yuanli.planning.sizes.queues import (
    Waiting,
    erlang_b,
    erlang_c,
    places_for,
    servers_for,
    shortage_curve,
    waiting,
    waiting_curve,
)
from yuanli.planning.sizes.rooms import RoomDemand, busiest_load, room_demand
from yuanli.planning.sizes.sharing import desks_for, presence, sharing_curve
from yuanli.planning.sizes.simulating import Estimate, simulate_loss, simulate_waiting

__all__ = [
    "Booking",
    "Estimate",
    "LiftGroup",
    "LiftTrip",
    "RoomDemand",
    "Waiting",
    "busiest_load",
    "desks_for",
    "erlang_b",
    "erlang_c",
    "lift_curve",
    "lift_trip",
    "lifts_for",
    "most_at_once",
    "places_for",
    "presence",
    "room_demand",
    "rooms_for",
    "servers_for",
    "sharing_curve",
    "shortage_curve",
    "simulate_loss",
    "simulate_waiting",
    "waiting",
    "waiting_curve",
]

"""Who has which room when?"""

from yuanli.operations.reservations.booking import (
    STEP,
    NotYourReservationError,
    Reservation,
    ReservationError,
    ReservationNotFoundError,
    ReservationQuery,
    ReservationState,
    ReservationStore,
    ReservationTakenError,
    ReservationWish,
    no_reservation,
    taken,
)
from yuanli.operations.reservations.calendars import write_calendar
from yuanli.operations.reservations.choosing import Offer, RoomWish, offers
from yuanli.operations.reservations.reservations import ReservationParams, Reservations
from yuanli.operations.reservations.room_sizes import RoomSize, room_sizes
from yuanli.operations.reservations.rooms import (
    BookableRoom,
    alike,
    bookable_rooms,
    categories_said,
    feature_names,
    features_said,
    is_kind,
    is_open,
    room_name,
)
from yuanli.operations.reservations.usage import (
    RoomUsage,
    SpaceUsage,
    UsageError,
    UsageRow,
    UsageWish,
)
from yuanli.operations.reservations.usage_files import (
    FilesWish,
    UsageFiles,
    UsageFilesError,
    measure_files,
)
from yuanli.operations.reservations.usage_tables import UsageTableError

__all__ = [
    "STEP",
    "BookableRoom",
    "FilesWish",
    "NotYourReservationError",
    "Offer",
    "Reservation",
    "ReservationError",
    "ReservationNotFoundError",
    "ReservationParams",
    "ReservationQuery",
    "ReservationState",
    "ReservationStore",
    "ReservationTakenError",
    "ReservationWish",
    "Reservations",
    "RoomSize",
    "RoomUsage",
    "RoomWish",
    "SpaceUsage",
    "UsageError",
    "UsageFiles",
    "UsageFilesError",
    "UsageRow",
    "UsageTableError",
    "UsageWish",
    "alike",
    "bookable_rooms",
    "categories_said",
    "feature_names",
    "features_said",
    "is_kind",
    "is_open",
    "measure_files",
    "no_reservation",
    "offers",
    "room_name",
    "room_sizes",
    "taken",
    "write_calendar",
]

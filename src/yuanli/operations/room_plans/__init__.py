"""Which reservation could have which room when?"""

from yuanli.operations.room_plans.drafting import RoomDrafts
from yuanli.operations.room_plans.wishes import (
    NothingReservedError,
    RoomDraft,
    RoomPlanWish,
    RoomPlanWishError,
)

__all__ = ["NothingReservedError", "RoomDraft", "RoomDrafts", "RoomPlanWish", "RoomPlanWishError"]

"""Who may do what: four roles, and the rights each has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is to this park. A visitor is whoever has not signed in."""

    VISITOR = "visitor"
    MEMBER = "member"
    OPERATOR = "operator"
    ADMIN = "admin"


class Right(StrEnum):
    """What somebody may do; every endpoint needs exactly one."""

    SEE_PLACE = "see_place"
    ASK_WAY = "ask_way"
    ASK_ASSISTANT = "ask_assistant"
    GIVE_FEEDBACK = "give_feedback"
    OWN_ACCOUNT = "own_account"
    SEE_READINGS = "see_readings"
    SEE_REPORTS = "see_reports"
    BOOK_SPACES = "book_spaces"
    MANAGE_BOOKINGS = "manage_bookings"
    PUSH_READINGS = "push_readings"
    JUDGE_READINGS = "judge_readings"
    COMMAND_DEVICES = "command_devices"
    MAKE_PLANS = "make_plans"
    EDIT_PLACE = "edit_place"
    IMPORT_PLACE = "import_place"
    REVIEW_FEEDBACK = "review_feedback"
    MANAGE_USERS = "manage_users"
    MANAGE_MODELS = "manage_models"


_VISITOR = frozenset({Right.SEE_PLACE, Right.ASK_WAY, Right.ASK_ASSISTANT, Right.GIVE_FEEDBACK})
_MEMBER = _VISITOR | {Right.OWN_ACCOUNT, Right.SEE_READINGS, Right.BOOK_SPACES}
_OPERATOR = _MEMBER | {
    Right.SEE_REPORTS,
    Right.PUSH_READINGS,
    Right.JUDGE_READINGS,
    Right.COMMAND_DEVICES,
    Right.MAKE_PLANS,
    Right.MANAGE_BOOKINGS,
    Right.EDIT_PLACE,
    Right.IMPORT_PLACE,
    Right.REVIEW_FEEDBACK,
}
_ADMIN = _OPERATOR | {Right.MANAGE_USERS, Right.MANAGE_MODELS}

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {Role.VISITOR: _VISITOR, Role.MEMBER: _MEMBER, Role.OPERATOR: _OPERATOR, Role.ADMIN: _ADMIN}
)

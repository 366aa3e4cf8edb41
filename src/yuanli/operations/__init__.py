"""What do we do; did it help?"""

from yuanli.operations.accounts import (
    Account,
    AccountParams,
    AccountRefusedError,
    Accounts,
    TokenInfo,
    TooManyAttemptsError,
)
from yuanli.operations.assistant import Asker, Assistant, Card, Reply, answer, understand_on
from yuanli.operations.callers import VISITOR, Caller, NotAllowedError, NotSignedInError
from yuanli.operations.guidance import BadRouteRequestError, Guidance, Guide, RouteRequest, campus_guide
from yuanli.operations.passwords import PasswordParams
from yuanli.operations.places import (
    EXPORTS,
    ExportFormat,
    Found,
    Places,
    RevisionNotFoundError,
    UnknownFormatError,
    write_campus,
)
from yuanli.operations.ports import (
    AccessToken,
    AccountStore,
    CampusNameTakenError,
    CampusNotFoundError,
    CampusStore,
    CampusSummary,
    LastAdminError,
    RevisionConflictError,
    Session,
    StoreUnavailableError,
    User,
    UserExistsError,
)
from yuanli.operations.resolving import CoordinatesError, PlaceNotFoundError, Resolved
from yuanli.operations.rights import RIGHTS, Right, Role
from yuanli.operations.throttle import ThrottleParams

__all__ = [
    "EXPORTS",
    "RIGHTS",
    "VISITOR",
    "AccessToken",
    "Account",
    "AccountParams",
    "AccountRefusedError",
    "AccountStore",
    "Accounts",
    "Asker",
    "Assistant",
    "BadRouteRequestError",
    "Caller",
    "CampusNameTakenError",
    "CampusNotFoundError",
    "CampusStore",
    "CampusSummary",
    "Card",
    "CoordinatesError",
    "ExportFormat",
    "Found",
    "Guidance",
    "Guide",
    "LastAdminError",
    "NotAllowedError",
    "NotSignedInError",
    "PasswordParams",
    "PlaceNotFoundError",
    "Places",
    "Reply",
    "Resolved",
    "RevisionConflictError",
    "RevisionNotFoundError",
    "Right",
    "Role",
    "RouteRequest",
    "Session",
    "StoreUnavailableError",
    "ThrottleParams",
    "TokenInfo",
    "TooManyAttemptsError",
    "UnknownFormatError",
    "User",
    "UserExistsError",
    "answer",
    "campus_guide",
    "understand_on",
    "write_campus",
]

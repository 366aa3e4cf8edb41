"""What do we do; did it help?"""

from yuanli.operations.accounts import (
    VISITOR,
    Account,
    AccountParams,
    AccountRefusedError,
    Accounts,
    Caller,
    NotAllowedError,
    NotSignedInError,
    TokenInfo,
    TooManyAttemptsError,
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
from yuanli.operations.rights import RIGHTS, Right, Role
from yuanli.operations.throttle import ThrottleParams

__all__ = [
    "RIGHTS",
    "VISITOR",
    "AccessToken",
    "Account",
    "AccountParams",
    "AccountRefusedError",
    "AccountStore",
    "Accounts",
    "Caller",
    "CampusNameTakenError",
    "CampusNotFoundError",
    "CampusStore",
    "CampusSummary",
    "LastAdminError",
    "NotAllowedError",
    "NotSignedInError",
    "RevisionConflictError",
    "Right",
    "Role",
    "Session",
    "StoreUnavailableError",
    "ThrottleParams",
    "TokenInfo",
    "TooManyAttemptsError",
    "User",
    "UserExistsError",
]
